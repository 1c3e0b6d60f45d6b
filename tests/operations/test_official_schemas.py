"""The examples against the official XSDs, which come with the oracle `lowatt-enedis`.

What the documents declare is compared with the WSDLs in `test_official_wsdl`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from sgeflow.core.language.parameters import fill
from sgeflow.core.soap.envelope import compile_envelope
from tests.skips import NEEDS_OFFICIAL, official_folder

pytestmark = NEEDS_OFFICIAL

OLD = "ERDF.Dictionnaire.TypeComplexe.v4.0.xsd"
SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
TECHNICAL = "ENEDIS.Dictionnaire.Technique.v1.0.xsd"
LOGIN = "agent@example.org"
LEVELS = "{0}/Services/{0}/"
ACCES = "AccesDonneesOptionPublication/xsd/"
BULK = "M023_v1.2.0/xsd/m023/"
FILES = {
    "rechercherPoint": LEVELS.format("RecherchePoint") + "RechercherPoint-v2.0.xsd",
    "consulterDonneesTechniquesContractuelles": LEVELS.format(
        "ConsultationDonneesTechniquesContractuelles"
    )
    + "ConsulterDonneesTechniquesContractuelles-v1.0.xsd",
    "consulterMesuresDetaillees": "ConsultationMesuresDetaillees/ConsulterMesuresDetaillees-v2.0.1.xsd",
    "consulterMesuresDetailleesV3": "ConsultationMesuresDetailleesV3/"
    "ADAM.ConsulterMesuresDetailleesCommun.xsd",
    "commanderCollectePublicationMesures": LEVELS.format("CommandeCollectePublicationMesures")
    + "CommanderCollectePublicationMesures-v3.0.xsd",
    "rechercherServicesSouscritsMesures": LEVELS.format("RechercheServicesSouscritsMesures")
    + "RechercherServicesSouscritsMesures-v1.0.xsd",
    "commanderArretServiceSouscritMesures": LEVELS.format("CommandeArretServiceSouscritMesures")
    + "CommanderArretServiceSouscritMesures-v1.0.xsd",
    "commanderServicesAccesDonnees": ACCES + "CommanderServicesAccesDonnees-V1.0.xsd",
    "commanderRenouvellementServicesAccesDonnees": ACCES
    + "CommanderRenouvellementServicesAccesDonnees-V1.0.xsd",
    "commanderArretServicesAccesDonnees": ACCES + "CommanderArretServicesAccesDonnees-v1.0.xsd",
    "commanderModificationOptionsServicesAccesDonnees": ACCES
    + "CommanderModificationOptionsServicesAccesDonnees-V1.0.xsd",
    "rechercherServicesAccesDonnees": "RechercheServicesAccesDonnees/xsd/"
    "RechercherServicesAccesDonnees-V1.0.1.xsd",
    "consulterMesures": LEVELS.format("ConsultationMesures") + "ConsulterMesures-v1.1.xsd",
    "commanderAccesDonneesMesures": "CommandeAccesDonneesMesures/Services/"
    "CommanderAccesDonneesMesures/CommanderAccesDonneesMesures-V1.0.xsd",
    "commanderTransmissionDonneesInfraJ": LEVELS.format("CommandeTransmissionDonneesInfraJ")
    + "CommanderTransmissionDonneesInfraJ-v1.0.xsd",
    "commanderTransmissionHistoriqueMesures": LEVELS.format("TransmissionHistoriqueMesures")
    + "CommanderTransmissionHistoriqueMesures-v1.0.xsd",
    "commandeHistoriqueDonneesMesuresFines": BULK + "MesuresFinesModel.xsd",
    "commandeHistoriqueDonneesMesuresFacturantes": BULK + "MesuresFacturantesModel.xsd",
    "commandeInformationsTechniquesEtContractuelles": BULK + "ITCModel.xsd",
}


@pytest.fixture
def folder() -> Path:
    return official_folder()


@pytest.fixture
def file(name, folder) -> Path:
    return folder / FILES[name]


@pytest.fixture
def envelopes(operation):
    """The request of each example, as it would be sent."""
    env = {"env": {"login": LOGIN, "contractId": "1234567"}}
    render = compile_envelope(operation)
    return {
        name: etree.fromstring(
            render(fill(operation.parameters, e.parameters, env, owner=name), env=env["env"])
        )
        for name, e in operation.examples.items()
    }


def test_every_example_is_a_message_of_the_schema(envelopes, file):
    official = etree.XMLSchema(etree.parse(file))
    for name, envelope in envelopes.items():
        (body,) = envelope.find(f"{SOAP}Body")
        assert official.validate(body), (name, official.error_log)


def test_every_header_is_one_of_its_dictionary(envelopes, operation, folder):
    dictionary = OLD if "tec:enteteP" in operation.envelope.header else TECHNICAL
    official = etree.XMLSchema(etree.parse(next(folder.rglob(dictionary))))
    for envelope in envelopes.values():
        header = envelope.find(f"{SOAP}Header")
        if not operation.envelope.header:
            assert header is None
        else:
            (entete,) = header
            assert official.validate(entete), official.error_log
            assert entete.findtext("version") == operation.version


# -- the WSDLs: where and how ------------------------------------------------------------------------
