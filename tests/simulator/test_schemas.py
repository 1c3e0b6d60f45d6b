"""Every answer is valid against the official XSDs (as are all others of these tests: conftest)."""

import pytest
from lxml import etree

from sgeflow.simulator.services import service

PERIOD = {"dateDebut": "2025-03-28", "dateFin": "2025-04-02"}
MONTHS = {"dateDebut": "2025-03-28", "dateFin": "2025-06-01", "mesuresPas": "P1M"}
BUSINESS = "30000000000106"
THREE_PHASES = "30000000000086"


def answers(client):
    yield from (client.measures(kind, **PERIOD) for kind in ("COURBE", "ENERGIE", "PMAX"))
    yield client.measures("PMAX", **MONTHS)
    yield client.measures(pointId=BUSINESS, grandeurPhysique="TOUT", **PERIOD)
    yield from (
        client.measures_v3(kind, **PERIOD) for kind in ("COURBE", "ENERGIE", "PMAX", "INDEX")
    )
    yield client.measures_v3("PMAX", **MONTHS)
    yield client.measures_v3("INDEX", pointId=BUSINESS, **PERIOD)
    yield client.measures_v3("INDEX", pointId=BUSINESS, grandeurPhysique="TOUT", **PERIOD)
    yield client.measures_v3("PMAX", pointId=THREE_PHASES, grandeurPhysique="TOUT", **PERIOD)
    yield client.measures_v3(pointId=BUSINESS, grandeurPhysique="TOUT", **PERIOD)
    yield from (
        client.contract(point, flag)
        for point in ("30000000000011", BUSINESS, "30000000000037")
        for flag in ("true", "false")
    )
    yield client.point(codePostal="69003", codeInseeCommune="69383", categorieClientFinalCode="RES")
    yield client.point(numSiret="00000000000000")
    yield client.collect()
    number = client.subscribed().text(".//serviceSouscritId")
    yield client.stop(number)
    curve = {"mesuresCorrigees": "false", "periodiciteTransmission": "P1D"}
    curve = {"typeDonnees": "CDC", "optionsPublication": {"optionPublication": curve}}
    ordered = client.order(curve, "IDX", "ENERGIE", "PMAX", dateFin="2026-06-15")
    yield ordered
    numbers = ordered.texts(".//serviceSouscritId")
    yield client.renew(*numbers)
    yield client.stop_accesses(*numbers[:2])
    yield client.subscribed()
    yield client.accesses()
    yield from files_and_others(client)


def files_and_others(client):
    home, dates = "30000000000011", {"dateDebut": "2025-05-01", "dateFin": "2025-06-01"}
    for point in (home, BUSINESS):
        yield client.call("consulterMesures", pointId=point, autorisationClient=True)
    yield client.call(
        "commandeHistoriqueDonneesMesuresFines", pointId=[home], mesuresTypeCode="INDEX", **dates
    )
    yield client.call("commandeHistoriqueDonneesMesuresFacturantes", pointId=[home], **dates)
    yield client.call("commandeInformationsTechniquesEtContractuelles", pointId=[home])
    who = {"personneMorale": {"denominationSociale": "EXEMPLE"}}
    consent = {"accordClient": True, "injection": False, "soutirage": True, **who}
    yield client.call(
        "commanderTransmissionDonneesInfraJ",
        pointId=BUSINESS,
        cdc=True,
        declarationAccordClient=[consent],
    )
    yield client.call(
        "commanderTransmissionHistoriqueMesures", pointId=home, mesureType="IDX", **dates
    )
    ordered = client.call(
        "commanderAccesDonneesMesures",
        pointId=BUSINESS,
        dateDebut="2025-06-15",
        denominationSociale="EXEMPLE",
        typeDonnees="IDX",
    )
    yield ordered
    yield client.call(
        "commanderModificationOptionsServicesAccesDonnees",
        pointId=BUSINESS,
        serviceSouscrit=[
            {
                "serviceSouscritId": ordered.text("serviceSouscritId"),
                "ajouterOptionsPublication": {
                    "optionPublication": [{"periodiciteTransmission": "P1D"}]
                },
            }
        ],
    )


def test_every_service_answers_validly(schemas, sge, operations):
    seen = [answer.root.tag for answer in answers(sge)]  # conftest validates
    assert all(service(name).answer for name in operations)
    assert len(set(seen)) == len(operations)


@pytest.mark.parametrize("scenario", ["opposition", "already-active", "consent-expired", "no-data"])
@pytest.mark.parametrize("generation", ["previous", "current"])
def test_searches_answer_validly_in_other_worlds(schemas, opened, scenario, generation):
    client = opened(scenario, generation=generation)
    assert client.subscribed().code == client.accesses().code == "ok"


def test_the_acknowledgement_and_the_error_are_valid(schemas, sge):
    name = "{http://www.enedis.fr/sge/b2b/technique/v1.0}%s"
    technique = etree.XMLSchema(etree.parse(schemas[name % "acquittement"]))
    document = etree.fromstring(sge.contract().body)
    acknowledgement = document.find(f".//{name % 'acquittement'}")
    technique.assertValid(etree.ElementTree(acknowledgement))
    error = sge.contract("99999999999999").root.find(f"detail/{name % 'erreur'}")
    technique.assertValid(etree.ElementTree(error))


def test_the_old_acknowledgement_and_error_are_valid(schemas, sge):
    name = "{http://www.erdf.fr/sge/b2b/dictionnaire/v4.0/dc}%s"
    dictionary = etree.XMLSchema(etree.parse(schemas[name % "acquittementP"]))
    dates = {"dateDebut": "2025-05-01", "dateFin": "2025-06-01", "mesureType": "IDX"}
    for point, found in (("30000000000011", "acquittementP"), ("99999999999999", "erreur")):
        answer = sge.call("commanderTransmissionHistoriqueMesures", pointId=point, **dates)
        element = etree.fromstring(answer.body).find(f".//{name % found}")
        dictionary.assertValid(etree.ElementTree(element))


def test_services_without_a_header_do_not_acknowledge(sge):
    assert b"acquittement" not in sge.measures().body
    assert b"acquittement" not in sge.measures_v3().body
    assert b"acquittement" in sge.subscribed().body


def test_the_envelopes_of_the_test_client_are_those_of_the_xsd(schemas, sge, operations):
    for name, operation in operations.items():
        spec = operation.envelope
        prefix, _, root = next(iter(spec.body)).partition(":")
        assert f"{{{spec.namespaces[prefix]}}}{root}" in schemas, name
