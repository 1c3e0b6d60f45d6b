"""Orders of files: their cases, what they refuse, and what they leave to the report."""

import pytest

from tests.simulator.conftest import BUSINESS, HOME, TERMINATED, UNKNOWN

FINES = "commandeHistoriqueDonneesMesuresFines"
BILLED = "commandeHistoriqueDonneesMesuresFacturantes"
TECHNICAL = "commandeInformationsTechniquesEtContractuelles"
MONTH = {"dateDebut": "2025-05-01", "dateFin": "2025-06-01"}


def fines(client, kind="ENERGIE", *points, **changes):
    given = {"pointId": list(points or [HOME]), "mesuresTypeCode": kind, **MONTH, **changes}
    return client.call(FINES, **given)


def case(client, answer):
    assert answer.code == "ok"
    return client.simulator.cases[answer.root.text]


def test_the_answer_is_the_number_of_a_running_case(sge):
    answer = fines(sge, "ENERGIE", HOME, BUSINESS)
    assert answer.root.tag.endswith("}affaireId")
    assert len(answer.root.text) == 8
    assert b"acquittement" not in answer.body
    found = case(sge, answer)
    assert found.operation == FINES
    assert found.points == found.admitted == (HOME, BUSINESS)
    assert found.state(sge.simulator.today) == "En cours"
    assert found.outcome(sge.simulator.today) == "Demande recevable"


def test_a_case_closes_after_a_day(sge):
    number = fines(sge).root.text
    sge.simulator.pass_minutes(24 * 60 - 1)
    assert sge.simulator.cases[number].state(sge.simulator.today) == "En cours"
    sge.simulator.pass_minutes(1)
    assert sge.simulator.cases[number].state(sge.simulator.today) == "Close"
    assert sge.simulator.cases[number].outcome(sge.simulator.today) == "Prestation réalisée"


def test_each_order_has_its_own_case(sge):
    numbers = [
        fines(sge).root.text,
        fines(sge).root.text,
        sge.call(TECHNICAL, pointId=[HOME]).root.text,
    ]
    assert list(sge.simulator.cases) == numbers
    assert len(set(numbers)) == 3


@pytest.mark.parametrize(
    ("kind", "changes", "admitted"),
    [
        ("ENERGIE", {}, (HOME, BUSINESS)),
        ("INDEX", {}, (HOME, BUSINESS)),
        ("PMAX", {}, (HOME,)),
        ("ENERGIE", {"sens": "INJECTION"}, ()),
        ("ENERGIE", {"cadreAcces": "SERVICE_ACCES"}, ()),
    ],
)
def test_what_a_point_cannot_give_is_left_to_the_report(sge, kind, changes, admitted):
    points = (UNKNOWN, HOME, TERMINATED, BUSINESS)
    found = case(sge, fines(sge, kind, *points, **changes))
    assert found.points == points
    assert found.admitted == admitted


def test_a_case_without_an_admitted_point_is_closed_at_once(sge):
    found = case(sge, fines(sge, "ENERGIE", UNKNOWN))
    assert found.state(sge.simulator.today) == "Close"
    assert found.outcome(sge.simulator.today) == "Non recevable"


def test_an_access_service_admits_its_own_type_alone(sge):
    sge.order("ENERGIE")
    under_service = {"cadreAcces": "SERVICE_ACCES"}
    assert case(sge, fines(sge, "ENERGIE", **under_service)).admitted == (HOME,)
    assert case(sge, fines(sge, "INDEX", **under_service)).admitted == ()


def test_a_curve_that_the_customer_opposes_is_not_admitted(opened):
    client = opened("opposition")
    assert case(client, fines(client, "COURBES")).admitted == ()
    assert case(client, fines(client, "ENERGIE")).admitted == (HOME,)


def test_a_meter_that_is_not_open_gives_nothing(opened):
    client = opened("level-too-low")
    assert case(client, fines(client, "ENERGIE")).admitted == ()


@pytest.mark.parametrize(
    ("code", "kind", "changes"),
    [
        ("SGT471", "ENERGIE", {"contratId": "0000000"}),
        ("SGT472", "ENERGIE", {"contratId": "7654321"}),
        ("SGT4K1", "ENERGIE", {"dateFin": "2025-06-16"}),
        ("SGT4L8", "COURBES", {"dateDebut": "2023-06-14"}),
        ("SGT4L8", "INDEX", {"dateDebut": "2022-06-14"}),
        ("SGT4H2", "COURBES", {"mesuresCorrigees": True}),
        ("SGT463", "ENERGIE", {"mesuresCorrigees": True}),
        ("SGT463", "COURBES", {"pointId": [HOME, BUSINESS]}),
        ("SGT562", "COURBES", {"pointId": [f"{n:014d}" for n in range(1501)]}),
    ],
)
def test_fine_measures_are_refused(sge, code, kind, changes):
    assert fines(sge, kind, **changes).code == code
    assert not sge.simulator.cases


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("COURBES", {"dateDebut": "2023-06-15"}),
        ("INDEX", {"dateDebut": "2022-06-15", "dateFin": "2025-06-15"}),
        ("COURBES", {"pointId": [BUSINESS], "mesuresCorrigees": True}),
        ("ENERGIE", {"pointId": [f"{n:014d}" for n in range(10_000)]}),
    ],
)
def test_the_largest_orders_are_taken(sge, kind, changes):
    assert fines(sge, kind, **changes).code == "ok"


def test_dates_in_the_wrong_order_are_refused_without_a_code(sge):
    turned = {"dateDebut": "2025-06-01", "dateFin": "2025-05-01"}
    for answer in (fines(sge, **turned), sge.call(BILLED, pointId=[HOME], **turned)):
        assert answer.status == 500
        assert answer.root.find("detail/*/resultat").get("code") == ""
        assert "antérieure" in answer.text("faultstring")
    assert [one.outcome for one in sge.simulator.requests] == ["fault", "fault"]


@pytest.mark.parametrize("operation", [BILLED, TECHNICAL])
def test_the_right_of_a_supplier_is_not_ours(sge, operation):
    dates = MONTH if operation == BILLED else {}
    given = {"pointId": [HOME], "cadreAcces": "EST_TITULAIRE", **dates}
    assert sge.call(operation, **given).code == "SGT402"


def test_billing_measures_go_36_months_back(sge):
    given = {"pointId": [HOME], "dateFin": "2025-06-15"}
    assert sge.call(BILLED, dateDebut="2022-06-15", **given).code == "ok"
    assert sge.call(BILLED, dateDebut="2022-06-14", **given).code == "SGT4L8"


def test_the_form_of_the_files_is_json(sge):
    body = sge.envelope(FINES, {})
    content = {
        "donneesGenerales": {"initiateurLogin": "x", "contratId": "1234567"},
        "demande": {
            "format": "CSV",
            "pointIds": {"pointId": [HOME]},
            "mesuresTypeCode": "ENERGIE",
            **MONTH,
            "sens": "SOUTIRAGE",
            "cadreAcces": "ACCORD_CLIENT",
        },
    }
    assert sge.sge(FINES, content).code == "SGT463"
    assert sge.post(FINES, body).code == "SGT562"
