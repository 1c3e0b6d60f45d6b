"""A malformed request is refused as SGE does, and the message names the element."""

import pytest
from msgspec.structs import replace

from sgeflow.core.soap.envelope import compile_envelope
from sgeflow.simulator.shape import Looseness, request_shape
from sgeflow.simulator.soap import Refusal, body_of

PATH = "/ConsultationMesuresDetaillees/v2.0"
NAMESPACE = "http://www.enedis.fr/sge/b2b/services/consultationmesuresdetaillees/v2.0"
DEMAND = {
    "initiateurLogin": "donnees.energie@example.org",
    "pointId": "30000000000011",
    "mesuresTypeCode": "COURBE",
    "grandeurPhysique": "PA",
    "soutirage": "true",
    "injection": "false",
    "dateDebut": "2025-06-08",
    "dateFin": "2025-06-15",
    "mesuresCorrigees": "false",
    "accordClient": "true",
}


def body(demand: str, name: str = "consulterMesuresDetaillees", uri: str = NAMESPACE) -> bytes:
    return (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Header/><e:Body>'
        f'<n:{name} xmlns:n="{uri}"><demande>{demand}</demande></n:{name}>'
        "</e:Body></e:Envelope>"
    ).encode()


def written(demand: dict[str, str | None]) -> str:
    return "".join(f"<{key}>{value}</{key}>" for key, value in demand.items() if value is not None)


def refused(sge, message: bytes) -> str:
    answer = sge.send("POST", PATH, message)
    assert (answer.status, answer.code) == (500, "SGT562")
    return answer.words


def test_the_message_that_the_others_change_is_answered(sge):
    assert sge.send("POST", PATH, body(written(DEMAND))).status == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pointId", "3000000000001"),
        ("pointId", " 30000000000011"),
        ("mesuresTypeCode", "CDC"),
        ("soutirage", "True"),
        ("dateDebut", "2025-13-01"),
        ("dateDebut", "15/06/2025"),
        ("dateDebut", "2025-02-30"),
        ("mesuresCorrigees", ""),
    ],
)
def test_a_value_of_the_wrong_form_is_named(sge, name, value):
    assert name in refused(sge, body(written({**DEMAND, name: value})))


@pytest.mark.parametrize("name", ["pointId", "mesuresTypeCode", "dateDebut", "dateFin"])
def test_a_missing_element_is_named(sge, name):
    assert name in refused(sge, body(written({**DEMAND, name: None})))


@pytest.mark.parametrize("value", ["2025-06-08+02:00", "2025-06-08Z"])
def test_a_date_may_carry_an_offset(sge, value):
    message = body(written({**DEMAND, "dateDebut": value}))
    assert sge.send("POST", PATH, message).status == 200


def test_booleans_may_be_digits(sge):
    message = body(written({**DEMAND, "soutirage": "1", "injection": "0"}))
    assert sge.send("POST", PATH, message).status == 200


def test_a_swapped_pair_is_refused(sge):
    swapped = {key: DEMAND[key] for key in ["pointId", "initiateurLogin", *list(DEMAND)[2:]]}
    assert "initiateurLogin" in refused(sge, body(written(swapped)))


def test_a_repeated_element_is_refused(sge):
    twice = written(DEMAND).replace("<pointId>", "<pointId>30000000000011</pointId><pointId>")
    assert "pointId" in refused(sge, body(twice))


def test_an_unknown_element_is_refused(sge):
    assert "cadreAcces" in refused(sge, body(written({**DEMAND, "cadreAcces": "ACCORD_CLIENT"})))


def test_an_element_inside_a_value_is_refused(sge):
    nested = written(DEMAND).replace("PA<", "<x/><")
    assert "grandeurPhysique" in refused(sge, body(nested))


def test_descendants_have_no_namespace(sge):
    message = body(written(DEMAND)).replace(b"<demande>", f'<demande xmlns="{NAMESPACE}">'.encode())
    assert "demande de consulterMesuresDetaillees ne doit pas avoir" in refused(sge, message)


def test_the_root_has_its_own_name_and_namespace(sge):
    right = "consulterMesuresDetaillees"
    assert "consulterMesures" in refused(sge, body(written(DEMAND), "consulterMesures"))
    assert "v3.0" in refused(sge, body(written(DEMAND), right, NAMESPACE[:-4] + "v3.0"))


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"pointId=30000000000011",
        b"<a/>",
        b'<Envelope xmlns="http://www.w3.org/2003/05/soap-envelope"/>',
        b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body/></e:Envelope>',
        b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"/>',
        b'<!DOCTYPE a [<!ENTITY b "PA">]>' + body(written(DEMAND).replace("PA", "&b;")),
        b"<!DOCTYPE a>" + body(written(DEMAND)),
    ],
)
def test_what_is_no_soap_message_is_refused(sge, message):
    refused(sge, message)


def test_children_of_repeated_objects_are_checked(sge):
    assert sge.order({"typeDonnees": "ELEVEN-LONG"}).code == "SGT562"
    assert "typeDonnees" in sge.order({"typeDonnees": "ELEVEN-LONG"}).words
    bad = {"typeDonnees": "CDC", "optionsPublication": {"optionPublication": {"x": "y"}}}
    assert "optionPublication" in sge.order(bad).words
    missing = {"optionsPublication": {"optionPublication": {"periodiciteTransmission": "P1D"}}}
    assert "typeDonnees" in sge.order(missing).words


def test_an_order_of_nothing_is_refused(sge):
    for answer in (sge.order(), sge.renew(), sge.stop_accesses()):
        assert answer.code == "SGT562"
        assert "serviceSouscrit" in answer.words


def test_the_offset_of_a_date_is_not_held_against_its_pattern(operations):
    operation = operations["consulterMesuresDetaillees"]
    strict = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d\d-\d\d$"}
    changed = replace(operation.parameters["dateDebut"], schema=strict)
    parameters = {**operation.parameters, "dateDebut": changed}
    shape = request_shape(replace(operation, parameters=parameters), Looseness())
    shape.check(body_of(body(written({**DEMAND, "dateDebut": "2025-06-08+02:00"}))))
    with pytest.raises(Refusal):
        shape.check(body_of(body(written({**DEMAND, "dateDebut": "2025-6-8"}))))


def test_an_unknown_path_is_forbidden_as_at_enedis(sge):
    assert sge.send("POST", "/Nothing/v1.0", body(written(DEMAND))).status == 403
    assert sge.send("GET", "/").status == 403


def test_a_service_is_posted_to(sge):
    assert sge.send("GET", PATH).status == 405


def test_a_refusal_repeats_nothing_personal(sge):
    answer = sge.point(
        numeroEtNomVoie="12 RUE DES ERABLES, ESCALIER DU FOND A GAUCHE PORTE",
        codePostal="69003",
        codeInseeCommune="69383",
    )
    assert answer.code == "SGT562"
    assert "ERABLES" not in answer.words


def test_every_documented_example_has_the_shape_that_is_checked(operations):
    environment = {"${env.login}": DEMAND["initiateurLogin"], "${env.contractId}": "1234567"}
    for operation in operations.values():
        written_by_us, shape = compile_envelope(operation), request_shape(operation, Looseness())
        defaults = {
            name: environment.get(one.default.written, one.default.written)
            for name, one in operation.parameters.items()
            if one.default is not None
        }
        for example in operation.examples.values():
            shape.check(body_of(written_by_us({**defaults, **example.parameters})))


# -- looser than the documents, as the XSDs are -----------------------------------------------------


@pytest.mark.parametrize("data", ["COURBE", "INDEX"])
def test_types_of_data_of_the_first_guide_are_well_formed_and_refused_as_such(sge, data):
    assert sge.order(data).code == "SGT4Q1"
    assert sge.collect(mesuresTypeCode=data).code == "SGT4Q1"


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("SGT4H3", {"mesuresPas": None}),
        ("SGT4H3", {"mesuresPas": "PT1H"}),
        ("SGT4H5", {"periodiciteTransmission": "P1Y"}),
        ("SGT562", {"mesuresTypeCode": "XX"}),
    ],
)
def test_the_guide_of_a_collection_is_stricter_than_its_xsd(sge, code, changes):
    assert sge.collect(**changes).code == code


def test_measures_do_not_check_who_asks_nor_which_quantities_there_are(sge):
    assert sge.measures_v3(initiateurLogin="somebody").code == "ok"
    assert sge.measures(initiateurLogin="somebody").code == "ok"
    assert sge.measures_v3(grandeurPhysique="XYZ").code == "SGT463"


@pytest.mark.parametrize(
    "name",
    [
        "commandeHistoriqueDonneesMesuresFacturantes",
        "commandeInformationsTechniquesEtContractuelles",
    ],
)
def test_an_access_service_opens_no_bills_and_no_contracts(sge, name):
    given = {"pointId": ["30000000000011"], "cadreAcces": "ACCORD_CLIENT"}
    if "Facturantes" in name:
        given |= {"dateDebut": "2025-05-01", "dateFin": "2025-06-01"}
    message = sge.message(name, **given)
    assert sge.post(name, message).code == "ok"
    frame = message.replace(b"ACCORD_CLIENT", b"SERVICE_ACCES")
    assert sge.post(name, frame).code == "SGT463"
