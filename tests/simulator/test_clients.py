"""Other people's SGE clients work with the simulator once they are given its address."""

import argparse
import datetime as dt
from pathlib import Path

import pytest

from tests.simulator.conftest import BUSINESS, GENERAL, LOGIN, POINT

AGREED = {"accord": True, "personnePhysique": {"nom": "LEFEVRE"}}
DEMAND = {
    "initiateurLogin": LOGIN,
    "pointId": POINT,
    "mesuresTypeCode": "COURBE",
    "grandeurPhysique": "PA",
    "dateDebut": dt.date(2025, 6, 8),
    "dateFin": dt.date(2025, 6, 15),
    "mesuresCorrigees": False,
}


def body(answer):
    """What zeep gives for the body, with or without the acknowledgement in the header."""
    return answer["body"] if hasattr(answer, "body") else answer


# -- zeep -------------------------------------------------------------------------------------------


@pytest.fixture
def zeep(sge, schemas, operations):
    """Calls an operation through zeep, on the official WSDL."""
    import lowatt_enedis
    from zeep import Client, Settings

    folder = Path(lowatt_enedis.__file__).parent / "wsdl"

    def call(operation: str, *arguments, **named):
        (file,) = (
            one
            for one in folder.rglob("*.wsdl")
            if f'name="{operation}"' in one.read_text() and "TransmissionHistorique" not in one.name
        )
        with Client(str(file), settings=Settings(strict=True)) as client:
            binding = next(iter(client.wsdl.bindings))
            address = f"{sge.simulator.base_url}/{operations[operation].route.direct}"
            proxy = client.create_service(binding, address)
            return getattr(proxy, operation)(*arguments, **named)

    return call


def test_zeep_reads_measures_of_both_versions(zeep):
    second = zeep(
        "consulterMesuresDetaillees",
        {**DEMAND, "soutirage": True, "injection": False, "accordClient": True},
    )
    assert len(second["grandeur"][0]["mesure"]) == 336
    third = zeep(
        "consulterMesuresDetailleesV3",
        {**DEMAND, "sens": "SOUTIRAGE", "cadreAcces": "ACCORD_CLIENT"},
    )
    assert [int(one["v"]) for one in third["grandeur"][0]["points"]] == [
        one["v"] for one in second["grandeur"][0]["mesure"]
    ]


def test_zeep_finds_the_household_and_its_contract(zeep):
    address = {
        "numeroEtNomVoie": "12 RUE DES ERABLES",
        "codePostal": "69003",
        "codeInseeCommune": "69383",
    }
    criteria = {
        "adresseInstallation": address,
        "nomClientFinalOuDenominationSociale": "LEFEVRE",
        "rechercheHorsPerimetre": True,
    }
    found = zeep("rechercherPoint", criteres=criteria, loginUtilisateur=LOGIN)
    assert body(found)["points"]["point"][0]["id"] == POINT
    contract = zeep(
        "consulterDonneesTechniquesContractuelles",
        pointId=POINT,
        loginUtilisateur=LOGIN,
        autorisationClient=True,
    )
    assert body(contract)["point"]["donneesGenerales"]["segment"]["code"] == "C5"


def test_zeep_orders_finds_and_stops(zeep):
    measures = {
        "dateDebut": dt.date(2025, 6, 15),
        "dateFin": dt.date(2026, 6, 15),
        "declarationAccordClient": AGREED,
        "mesuresTypeCode": "CDC",
        "soutirage": True,
        "injection": False,
        "mesuresPas": "PT30M",
        "mesuresCorrigees": False,
        "transmissionRecurrente": True,
        "periodiciteTransmission": "P1D",
    }
    order = {"donneesGenerales": {**GENERAL, "objetCode": "AME"}, "accesMesures": measures}
    ordered = zeep("commanderCollectePublicationMesures", order)
    number = body(ordered)["serviceSouscritId"]
    criteria = {"pointId": POINT, "contratId": "1234567"}
    search = {"criteres": criteria, "loginUtilisateur": LOGIN}
    found = body(zeep("rechercherServicesSouscritsMesures", **search))
    (service,) = found["servicesSouscritsMesures"]["serviceSouscritMesures"]
    assert (service["serviceSouscritId"], service["etatCode"]) == (number, "ACTIF")
    stop = {
        "donneesGenerales": {**GENERAL, "objetCode": "ASS"},
        "arretServiceSouscrit": {"serviceSouscritId": number},
    }
    zeep("commanderArretServiceSouscritMesures", stop)
    access = {
        "donneesGenerales": {
            **GENERAL,
            "dateFin": dt.date(2028, 6, 15),
            "sens": "SOUTIRAGE",
            "declarationAccordClient": AGREED,
        },
        "servicesSouscrits": {"serviceSouscrit": [{"typeDonnees": "ENERGIE"}]},
    }
    ordered = body(zeep("commanderServicesAccesDonnees", access))
    (affair,) = ordered["affaires"]["affaire"]
    number = affair["serviceSouscritMesures"]["serviceSouscritId"]
    found = body(zeep("rechercherServicesAccesDonnees", **search))
    services = found["servicesSouscrits"]["serviceSouscrit"]
    assert [one["etatCode"] for one in services] == ["TERMINE", "ACTIF"]
    assert services[1]["serviceSouscritId"] == number


def test_zeep_reads_what_bills_are_made_of(zeep):
    asked = {"pointId": POINT, "loginDemandeur": LOGIN, "contratId": "1234567"}
    found = body(zeep("consulterMesures", **asked, autorisationClient=True))
    (series,) = found["seriesMesuresDateesGrilleTurpe"]["serie"]
    assert series["unite"] == "kWh"
    assert len(series["mesuresDatees"]["mesure"]) == 35


def test_zeep_orders_an_access_and_changes_its_options(zeep):
    general = {"objetCode": "AME", "pointId": POINT, "initiateurLogin": LOGIN}
    demand = {
        "donneesGenerales": {**general, "contrat": {"contratId": "1234567"}},
        "accesDonnees": {
            "dateDebut": dt.date(2025, 6, 15),
            "dateFin": dt.date(2026, 6, 15),
            "declarationAccordClient": AGREED,
            "typeDonnees": "IDX",
            "soutirage": True,
            "injection": False,
        },
    }
    number = body(zeep("commanderAccesDonneesMesures", demand))["serviceSouscritId"]
    daily = {"optionPublication": [{"periodiciteTransmission": "P1D"}]}
    change = {
        "donneesGenerales": {**GENERAL, "sens": "SOUTIRAGE"},
        "servicesSouscrits": {
            "serviceSouscrit": [{"serviceSouscritId": number, "ajouterOptionsPublication": daily}]
        },
    }
    changed = body(zeep("commanderModificationOptionsServicesAccesDonnees", change))
    services = changed["servicesModifies"]["serviceSouscritId"]
    assert [one["serviceSouscritId"] for one in services] == [number]


def test_zeep_orders_the_data_of_today(zeep):
    who = {"personneMorale": {"denominationSociale": "EXEMPLE"}}
    consent = {"accordClient": True, "injection": False, "soutirage": True, **who}
    demand = {
        "donneesGenerales": {**GENERAL, "objetCode": "AME", "pointId": BUSINESS},
        "accesDonnees": {
            "declarationAccordClient": [consent],
            "injection": False,
            "soutirage": True,
            "cdc": True,
            "idx": False,
            "ptd": False,
        },
    }
    answer = body(zeep("commanderTransmissionDonneesInfraJ", demand))
    assert len(answer["demandeId"]) == 8


def test_zeep_sees_a_refusal_as_a_fault(zeep):
    from zeep.exceptions import Fault

    demand = {**DEMAND, "pointId": "99999999999999", "sens": "SOUTIRAGE"}
    with pytest.raises(Fault) as caught:
        zeep("consulterMesuresDetailleesV3", {**demand, "cadreAcces": "ACCORD_CLIENT"})
    assert caught.value.detail.find(".//resultat").get("code") == "SGT401"


# -- lowatt-enedis ----------------------------------------------------------------------------------


@pytest.fixture
def lowatt(sge, schemas):
    """Runs a command of lowatt-enedis against the simulator's address."""
    import lowatt_enedis as lowatt
    import lowatt_enedis.services
    from suds.client import Client

    def run(command: str, **options):
        service, declared, call = lowatt.COMMAND_SERVICE[command]
        client = Client(lowatt.wsdl(service), plugins=[lowatt._SetChoicePlugin()], cache=None)
        client.set_options(location=None)
        for method in lowatt.iter_methods(client):
            path = method.location.decode().split("/", 3)[3]
            if command == "details":  # its WSDL prints a namespace for an address
                path = "ConsultationMesuresDetaillees/v2.0"
            method.location = f"{sge.simulator.base_url}/{path}".encode()
        names = [name.lstrip("-").replace("-", "_") for name in declared]
        values = dict.fromkeys(names) | {"login": LOGIN} | options
        return call(client, argparse.Namespace(**values))

    return run


def test_lowatt_reads_the_technical_data(lowatt):
    answer = lowatt("technical", prm=POINT, autorisation=True)
    assert str(answer._id) == POINT
    assert str(answer.donneesGenerales.niveauOuvertureServices) == "2"


def test_lowatt_sees_a_refusal_with_its_code(lowatt):
    from lowatt_enedis import WSException

    with pytest.raises(WSException) as caught:
        lowatt("technical", prm="99999999999999", autorisation=True)
    assert caught.value.code == "SGT401"


def test_lowatt_searches_the_household(lowatt):
    answer = lowatt(
        "search", voie="12 RUE DES ERABLES", cp="69003", insee="69383", nom="LEFEVRE", hp=True
    )
    assert str(answer.point[0]._id) == POINT


def test_lowatt_reads_a_week_of_both_versions(lowatt):
    week = {"prm": POINT, "from": "2025-06-08", "to": "2025-06-15", "type": "COURBE"}
    week |= {"corrigee": False, "injection": False, "no_autorisation": False}
    with pytest.deprecated_call():
        second = lowatt("details", courbe_type="PA", **week)
    assert len(second.grandeur[0].mesure) == 336
    third = lowatt("detailsV3", courbe_type="PA", cadre="ACCORD_CLIENT", **week)
    assert len(third.grandeur[0].points) == 336


CONTRACT = {"contrat": "1234567"}
PERSON = {"nom": "DUPONT", "no_autorisation": False}


def test_lowatt_reads_what_bills_are_made_of(lowatt):
    answer = lowatt("measures", prm=POINT, autorisation=True, **CONTRACT)
    assert len(answer.seriesMesuresDateesGrilleTurpe.serie[0].mesuresDatees.mesure) == 35


def test_lowatt_orders_an_access_and_changes_its_options(lowatt):
    period = {"from": "2025-06-15", "to": "2028-06-15", "injection": False}
    ordered = lowatt("cmdAcces", prm=POINT, type="INDEX", **period, **PERSON, **CONTRACT)
    number = str(ordered.serviceSouscritId)
    import lowatt_enedis.services as theirs

    options = {"add": [theirs.OptionPublication(number, "daily", corrigee=True)], "drop": None}
    name = "cmdModificationOptionsServicesAccesDonnees"
    changed = lowatt(name, prm=POINT, sens="SOUTIRAGE", **options, **CONTRACT)
    assert str(changed.serviceSouscritId[0].serviceSouscritId) == number


def test_lowatt_orders_files(lowatt, sge):
    shared = {"sens": "SOUTIRAGE", "cadre": "ACCORD_CLIENT", "format": "JSON", **CONTRACT}
    period = {"from": "2025-06-01", "to": "2025-06-15"}
    points = f"{POINT},{BUSINESS}"
    given = {"prms": points, **shared}
    # suds makes nothing of a root that is text alone
    lowatt("cmdHistoFine", type="ENERGIE", corrigee=False, **given, **period)
    lowatt("cmdHistoFact", **given, **period)
    lowatt("cmdTechnical", **given)
    assert [one.outcome for one in sge.simulator.requests] == ["ok"] * 3
    assert {one.admitted for one in sge.simulator.cases.values()} == {(POINT, BUSINESS)}


def test_lowatt_orders_the_data_of_today_and_the_retired_history(lowatt, sge):
    wanted = {"cdc": True, "idx": False, "ptd": False, "soutirage": True, "injection": False}
    who = {"denomination": "Raison Sociale", "no_autorisation": False}
    today = lowatt("cmdInfraJ", prm=BUSINESS, **wanted, **who, **CONTRACT)
    period = {"from": "2025-05-01", "to": "2025-06-01", "corrigee": False, "civilite": "M"}
    with pytest.deprecated_call():
        past = lowatt("cmdHisto", prm=POINT, type="CDC", pas="30", **period, **PERSON, **CONTRACT)
    assert [str(today.demandeId), str(past.affaireId)] == list(sge.simulator.cases)


def test_lowatt_survives_a_refusal_without_a_code(lowatt):
    from lowatt_enedis import WSException

    shared = {"sens": "SOUTIRAGE", "cadre": "ACCORD_CLIENT", "format": "JSON", **CONTRACT}
    with pytest.raises(WSException):
        lowatt("cmdHistoFact", prms=POINT, **shared, **{"from": "2025-10-01", "to": "2025-08-01"})
