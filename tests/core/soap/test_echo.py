"""A reply that repeats something else than what was asked for answers another request."""

import re
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sgeflow.core.binding import bind
from sgeflow.core.model import FaultClass, NoAnswer, Response
from sgeflow.errors import Id
from tests.core.soap.test_binding import environment

POINT = "12345678901234"
OTHER = "12345678901235"
V2 = "consulterMesuresDetaillees"
V3 = "consulterMesuresDetailleesV3"
WEEK = {
    "pointId": POINT,
    "mesuresTypeCode": "ENERGIE",
    "grandeurPhysique": "EA",
    "soutirage": True,
    "injection": False,
    "sens": "SOUTIRAGE",
    "dateDebut": "2025-05-01",
    "dateFin": "2025-05-08",
}


@pytest.fixture(scope="module")
def bound(shipped):
    """`bound(name)`: the binding of a shipped operation."""
    return cache(lambda name: bind(shipped(name), {}))


@pytest.fixture
def answered(bound, envelope):
    """`answered(name, body, **values)`: what a call with these values makes of a reply."""

    def read(name, body, **values):
        binding = bound(name)
        reply = body if body.lstrip().startswith(b"<?xml") else envelope(body.decode())
        return binding.reader(values)(Response(status=200, headers={}, body=reply))

    return read


def measures(name, point=POINT, start="2025-05-01", end="2025-05-08", **more):
    """A reply of measures; an empty text leaves an element out."""
    quantity, direction = more.get("quantity", "EA"), more.get("direction", "CONS")
    root = f"{V2}Response" if name == V2 else "consulterMesuresDetailleesResponseV3"
    rows = "<mesure><v>1</v><d>2025-05-01T00:00:00.000+02:00</d></mesure>"
    if name == V3:
        rows = "<points><v>1</v><d>2025-05-01</d></points>"
    head = f"<pointId>{point}</pointId>" if point else ""
    period = f"<periode><dateDebut>{start}</dateDebut><dateFin>{end}</dateFin></periode>"
    block = (
        f"<grandeur><grandeurMetier>{direction}</grandeurMetier>"
        f"<grandeurPhysique>{quantity}</grandeurPhysique><unite>Wh</unite>{rows}</grandeur>"
    )
    if more.get("index"):
        block = f"<contexte><etapeMetier>BRUT</etapeMetier>{block}</contexte>"
    return f'<n:{root} xmlns:n="x">{head}{period}{block}</n:{root}>'.encode()


def is_other(result):
    return isinstance(result, NoAnswer) and result.problem.id is Id.OTHER_ANSWER


both = pytest.mark.parametrize("name", [V2, V3])


@both
@pytest.mark.parametrize(
    ("reply", "words"),
    [
        ({"point": OTHER}, "the answer says another pointId than was asked for"),
        ({"point": ""}, "the answer does not say whose it is: it lacks pointId"),
        ({"quantity": "PMA"}, "the answer says another grandeurPhysique than was asked for"),
        ({"start": "2025-04-30"}, "the answer's period goes beyond dateDebut"),
        ({"end": "2025-05-09+02:00"}, "the answer's period goes beyond dateFin"),
    ],
)
def test_a_reply_that_says_otherwise_is_no_answer_and_names_nobody(answered, name, reply, words):
    result = answered(name, measures(name, **reply), **WEEK)
    assert is_other(result)
    assert result.problem.message == words
    assert (result.sent, result.fault_class) == (True, FaultClass.TECHNICAL)
    assert not re.search(r"\d{14}", str(result.problem))


@both
def test_another_direction_is_no_answer(answered, name):
    assert is_other(answered(name, measures(name, direction="PROD"), **WEEK))
    produced = {**WEEK, "soutirage": False, "injection": True, "sens": "INJECTION"}
    assert not is_other(answered(name, measures(name, direction="PROD"), **produced))


@both
@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2025-05-03", "2025-05-08"),
        ("2025-05-01+02:00", "2025-05-08+02:00"),
        ("2025-05-01 00:00:00", "2025-05-07 23:59:59"),
        ("2025-05-01T00:00:00.000+02:00", "2025-05-04T00:00:00Z"),
        ("a day in May", "?"),
    ],
)
def test_a_period_that_was_cut_or_is_written_otherwise_is_the_answer(answered, name, start, end):
    assert not is_other(answered(name, measures(name, start=start, end=end), **WEEK))


@both
def test_all_quantities_may_come_where_all_were_asked_for(answered, name):
    body = measures(name, quantity="PRC")
    asked = {**WEEK, "mesuresTypeCode": "COURBE", "grandeurPhysique": "TOUT"}
    assert not is_other(answered(name, body, **asked))
    assert is_other(answered(name, body, **{**asked, "grandeurPhysique": "PA"}))


def test_readings_and_measures_are_not_taken_for_each_other(answered):
    readings = measures(V3, index=True)
    assert is_other(answered(V3, readings, **WEEK))
    assert not is_other(answered(V3, readings, **{**WEEK, "mesuresTypeCode": "INDEX"}))
    assert is_other(answered(V3, measures(V3), **{**WEEK, "mesuresTypeCode": "INDEX"}))


@both
def test_monthly_maxima_may_come_for_whole_months(answered, name):
    body = measures(name, start="2025-03-01", end="2025-06-01", quantity="PMA")
    asked = {
        **WEEK,
        "mesuresTypeCode": "PMAX",
        "grandeurPhysique": "PMA",
        "dateDebut": "2025-03-15",
        "dateFin": "2025-05-20",
    }
    assert not is_other(answered(name, body, **asked, mesuresPas="P1M"))
    assert is_other(answered(name, body, **asked, mesuresPas="P1D"))


@pytest.mark.parametrize(
    ("name", "body"),
    [
        (V2, f'<n:{V2}Response xmlns:n="x"/>'),
        (V3, '<n:consulterMesuresDetailleesResponseV3 xmlns:n="x"> <!-- none --> </n:consulterMesuresDetailleesResponseV3>'),
        ("rechercherServicesSouscritsMesures", '<n:rechercherServicesSouscritsMesuresResponse xmlns:n="x"><servicesSouscritsMesures/></n:rechercherServicesSouscritsMesuresResponse>'),
        ("rechercherServicesAccesDonnees", '<n:rechercherServicesAccesDonneesReponse xmlns:n="x"/>'),
    ]
)  # fmt: skip
def test_an_empty_reply_says_that_there_is_nothing(answered, name, body):
    assert not is_other(answered(name, body.encode(), **WEEK))


def test_each_service_that_a_search_shows_is_of_the_point(answered):
    one = "<serviceSouscrit><serviceSouscritId>1</serviceSouscritId><pointId>{}</pointId></serviceSouscrit>"
    root = "rechercherServicesAccesDonneesReponse"
    body = '<n:{0} xmlns:n="x"><servicesSouscrits>{1}</servicesSouscrits></n:{0}>'
    for points, other in ([POINT, POINT], False), ([POINT, OTHER], True), ([OTHER], True):
        reply = body.format(root, "".join(map(one.format, points))).encode()
        assert is_other(answered("rechercherServicesAccesDonnees", reply, pointId=POINT)) is other


def test_an_order_answered_with_the_service_of_another_is_unknown(answered):
    name = "commanderArretServicesAccesDonnees"
    one = "<serviceResilie><affaireId>A1</affaireId><serviceSouscritId>{}</serviceSouscritId></serviceResilie>"
    body = f'<n:{name}Response xmlns:n="x"><servicesResilies>{{}}</servicesResilies></n:{name}Response>'
    asked = {"pointId": POINT, "serviceSouscritId": ["51", "52"]}
    fits = body.format(one.format("51") + one.format("52")).encode()
    assert answered(name, fits, **asked)["serviceId"] == "51"
    result = answered(name, body.format(one.format("99")).encode(), **asked)
    assert is_other(result)
    assert (result.sent, result.fault_class) == (None, FaultClass.UNKNOWN)


def test_an_order_answered_with_another_type_is_unknown(answered, message):
    name = "commanderServicesAccesDonnees"
    reply = message(f"{name}.response")
    types = [{"typeDonnees": kind} for kind in ("CDC", "ENERGIE")]
    assert not is_other(answered(name, reply, serviceSouscrit=types))
    assert is_other(answered(name, reply, serviceSouscrit=[{"typeDonnees": "IDX"}]))


NOTHING_REPEATED = {  # new ids, series without a point, Enedis's own spelling of an address
    "commandeHistoriqueDonneesMesuresFacturantes",
    "commandeHistoriqueDonneesMesuresFines",
    "commandeInformationsTechniquesEtContractuelles",
    "commanderAccesDonneesMesures",
    "commanderArretServiceSouscritMesures",
    "commanderCollectePublicationMesures",
    "commanderRenouvellementServicesAccesDonnees",
    "commanderTransmissionDonneesInfraJ",
    "commanderTransmissionHistoriqueMesures",
    "consulterMesures",
    "rechercherPoint",
}


def test_every_other_operation_declares_what_its_reply_repeats(shipped):
    files = (Path(__file__).parents[3] / "operations").glob("*.yaml")
    names = {file.stem for file in files} - {"types", "faults", "services"}
    assert len(names) == 19
    assert {name for name in names if not shipped(name).echo} == NOTHING_REPEATED


def test_what_repeats_nothing_travels_alone(bound):
    place = environment("direct")
    for name, values in (
        ("rechercherPoint", {"numSiret": "12345678901234"}),
        ("consulterMesures", {"pointId": POINT}),
        ("consulterDonneesTechniquesContractuelles", {"pointId": POINT}),
    ):
        request = bound(name).request(values, place)
        assert request.alone is (name != "consulterDonneesTechniquesContractuelles")


days = st.dates(date(2022, 1, 1), date(2026, 1, 1))


@given(
    own=st.from_regex(r"[0-9]{14}", fullmatch=True),
    said=st.from_regex(r"[0-9]{14}", fullmatch=True),
    start=days,
    length=st.integers(1, 400),
    moved=st.tuples(st.integers(-3, 3), st.integers(-3, 3)),
    zone=st.sampled_from(["", "+02:00", "+01:00", "Z", "T00:00:00.000+02:00", " 00:00:00"]),
)
def test_only_the_point_within_the_period_is_the_answer(
    bound, envelope, own, said, start, length, moved, zone
):
    end = start + timedelta(length)
    first, last = start + timedelta(moved[0]), end + timedelta(moved[1])
    assume(first < last)
    asked = {**WEEK, "pointId": own, "dateDebut": f"{start}", "dateFin": f"{end}"}
    for name in (V2, V3):
        for point in (own, said):
            body = measures(name, point, f"{first}{zone}", f"{last}{zone}").decode()
            response = Response(status=200, headers={}, body=envelope(body))
            result = bound(name).reader(asked)(response)
            fits = point == own and start <= first and last <= end
            assert is_other(result) is not fits
