"""Each scenario's world is what its name says."""

import re
from datetime import date
from pathlib import Path

import pytest

from sgeflow.errors import UsageError
from sgeflow.simulator import Simulator
from tests.simulator.conftest import OURS, POINT

IDENTITY = {
    "numeroEtNomVoie": "12 rue des Érables",
    "codePostal": "69003",
    "codeInseeCommune": "69383",
    "nomClientFinalOuDenominationSociale": "Lefèvre",
    "rechercheHorsPerimetre": "true",
}


def owner(client) -> list[str]:
    return [one.get("id") for one in client.point(**IDENTITY).root.findall("points/point")]


def states(client) -> list[str]:
    assert client.subscribed().texts(".//etatCode") == client.accesses().texts(".//etatCode")
    return client.subscribed().texts(".//etatCode")


@pytest.fixture(params=["previous", "current"])
def generation(request) -> str:
    return request.param


def test_household(opened):
    client = opened("household")
    assert owner(client) == [POINT]
    assert states(client) == []
    assert len(client.measures().texts("grandeur/mesure")) == 336
    assert client.simulator.state is None
    assert client.collect().code == "ok"
    assert client.order("CDC").code == "ok"


def test_the_household_is_given_as_the_inputs_of_a_flow(opened):
    assert opened().simulator.household == {
        "pointId": POINT,
        "lastname": "Lefèvre",
        "firstname": "Élodie",
        "address": "12 rue des Érables",
        "postalCode": "69003",
        "city": "Lyon",
    }


def test_settled(opened, generation):
    client = opened("settled", generation=generation)
    state = client.simulator.state
    assert state == {
        "boId": 1001,
        "serviceId": OURS,
        "consentEndDate": "2026-02-15",
        "startDate": "2022-02-15",
    }
    consent = client.consent("GET", state["boId"]).json
    assert (consent["serviceID"], consent["endDate"]) == (OURS, "2026-02-15")
    assert consent["pointID"] == POINT
    assert states(client) == ["ACTIF"]
    kind = {"previous": "TRANSREC", "current": "ACCES"}[generation]
    assert client.accesses().text(".//serviceSouscritCode") == kind


def test_renewal_due(opened, generation):
    client = opened("renewal-due", generation=generation)
    end = date.fromisoformat(client.simulator.state["consentEndDate"])
    assert 0 < (end - date(2025, 6, 15)).days < 30
    assert states(client) == ["ACTIF"]


def test_opposition(opened):
    client = opened("opposition")
    assert states(client) == ["ACTIF"]
    found = client.subscribed()
    assert found.root.find(".//serviceSouscritType").get("code") == "OPPENR"
    assert found.text(".//contratId") is None
    assert found.text(".//dateFin") is None
    assert client.measures().code == "SGT4N5"
    assert client.measures_v3().code == "SGT4N5"
    assert client.collect().code == "SGT4H7"
    assert client.order("CDC").code == "SGT4H7"
    assert client.order("ENERGIE", "CDC").code == "SGT4H7"
    assert client.measures("ENERGIE").code == "ok"
    assert client.order("ENERGIE").code == "ok"


def test_already_active(opened, generation):
    client = opened("already-active", generation=generation)
    assert client.simulator.state is None
    assert states(client) == ["ACTIF"]
    assert client.subscribed().text(".//serviceSouscritId") == OURS
    assert client.subscribed().text(".//mesuresTypeCode") == "CDC"
    if generation == "current":
        assert client.order("CDC").code == "SGT570"
    else:
        assert client.collect(dateFin="2026-05-26").code == "SGT570"


def test_producer(opened, generation):
    client = opened("producer", generation=generation)
    for answer in (client.subscribed(), client.accesses()):
        assert answer.text(".//serviceSouscritId") == OURS
        assert (answer.text(".//injection"), answer.text(".//soutirage")) == ("true", "false")
        assert (answer.text(".//mesuresTypeCode"), answer.text(".//etatCode")) == ("CDC", "ACTIF")
    ordered = client.order("CDC") if generation == "current" else client.collect()
    assert ordered.code == "ok"


def test_same_day_restart(opened, generation):
    client = opened("same-day-restart", generation=generation)
    assert states(client) == ["TERMINE"]
    assert client.subscribed().text(".//dateFin") == "2025-06-15+02:00"
    assert (client.order("CDC") if generation == "current" else client.collect()).code == "SGT570"


def test_unknown_point(opened):
    client = opened("unknown-point")
    assert owner(client) == []
    answers = [
        client.contract(),
        client.measures(),
        client.measures_v3(),
        client.subscribed(),
        client.accesses(),
        client.collect(),
        client.stop(OURS),
        client.order("CDC"),
        client.renew(OURS),
        client.stop_accesses(OURS),
    ]
    assert {one.code for one in answers} == {"SGT401"}


def test_wrong_identity(opened):
    client = opened("wrong-identity")
    assert owner(client) == ["30000000000094"]
    assert client.contract().code == "ok"
    assert b"ERABLES" not in client.contract().body


def test_no_data(opened):
    client = opened("no-data")
    assert owner(client) == [POINT]
    period = {"dateDebut": "2025-06-12"}
    answers = [client.measures(kind, **period) for kind in ("COURBE", "ENERGIE", "PMAX")]
    answers += [client.measures_v3(kind) for kind in ("COURBE", "ENERGIE", "PMAX", "INDEX")]
    assert all(one.code == "ok" and len(one.root) == 0 for one in answers)
    start = client.contract().text(".//dateDerniereModificationFormuleTarifaireAcheminement")
    assert start == "2025-06-12+02:00"


def test_version_two_refuses_what_came_before_the_customer(opened):
    client = opened("no-data")
    assert client.measures(dateDebut="2025-06-11").code == "SGT4N1"
    assert client.measures_v3(dateDebut="2025-06-11").code == "ok"


def test_level_too_low(opened):
    client = opened("level-too-low")
    assert client.contract().text(".//niveauOuvertureServices") == "1"
    answers = [
        client.measures(),
        client.measures_v3("ENERGIE"),
        client.collect(),
        client.order("CDC"),
    ]
    assert {one.code for one in answers} == {"SGT4H9"}


def test_consent_expired(opened, generation):
    client = opened("consent-expired", generation=generation)
    state = client.simulator.state
    assert state["consentEndDate"] == "2025-06-05"
    assert client.consent("GET", state["boId"]).json["endDate"] == "2025-06-05"
    assert states(client) == ["TERMINE"]
    assert client.subscribed().text(".//motifFinLibelle")
    assert owner(client) == [POINT]
    stop = client.stop if generation == "previous" else client.stop_accesses
    assert stop(state["serviceId"]).code == "SGT4O4"


def test_moved(opened, generation):
    client = opened("moved", generation=generation)
    state = client.simulator.state
    assert state["consentEndDate"] > "2025-06-15"
    assert client.consent("GET", state["boId"]).status == 200
    assert states(client) == ["ACTIF"]
    assert owner(client) == []
    assert client.contract().code == "ok"


def test_down(opened):
    client = opened("down")
    message = client.envelope("rechercherPoint", {})
    for path, headers in (
        ("/RecherchePoint/v2.0", {}),
        ("/enedis_SGE_RechercheServicesMesures/1.0", {"apikey": "simulator"}),
    ):
        answer = client.send("POST", path, message, **headers)
        assert answer.status == 503
        assert answer.headers["Content-Type"].startswith("text/html")
        assert answer.headers["Retry-After"] == "2"
    assert client.send("GET", "/communes/69003").status == 200
    assert client.consent("GET", 1).status == 404


def test_worlds_do_not_share_what_happens_in_them(opened):
    first, second = opened(), opened()
    first.collect()
    first.consent(
        "POST",
        record={
            "pointID": POINT,
            "lastname": "L",
            "firstname": "E",
            "address": "A",
            "postalCode": "69003",
            "city": "Lyon",
        },
    )
    assert states(second) == []
    assert second.simulator.world.consents == ()
    assert len(first.simulator.world.consents) == 1


def test_a_fleet_is_found_and_measured(opened):
    client = opened(fleet=500)
    criteria = {**IDENTITY, "numeroEtNomVoie": "77 rue de la flotte"}
    criteria |= {"codePostal": "69008", "codeInseeCommune": "69388"}
    criteria["nomClientFinalOuDenominationSociale"] = "FLOTTE 77"
    found = client.point(**criteria).root.find("points/point").get("id")
    assert found == "39000000000077"
    assert len(client.measures(pointId=found).texts("grandeur/mesure")) == 336


def test_every_scenario_lives_on_any_day(catalog):
    for name in catalog.scenarios:
        for today in ("2024-02-29", "2025-03-30", "2025-10-26", "2026-12-31"):
            Simulator(catalog, scenario=name, today=today)


def test_an_unknown_scenario_is_refused_with_those_there_are(catalog):
    with pytest.raises(UsageError) as caught:
        Simulator(catalog, scenario="nobody", today="2025-06-15")
    assert caught.value.problems[0].allowed == tuple(sorted(catalog.scenarios))


def test_a_day_that_is_none_is_refused(catalog):
    with pytest.raises(UsageError, match="2025-02-30"):
        Simulator(catalog, today="2025-02-30")


def test_the_manual_names_every_scenario_and_nobody_else(catalog):
    manual = (Path(__file__).parents[2] / "docs" / "simulator.md").read_text()
    table = manual.partition("## Scenarios")[2].partition("##")[0]
    assert re.findall(r"^\| `([a-z-]+)`", table, re.MULTILINE) == sorted(catalog.scenarios)
