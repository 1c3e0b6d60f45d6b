"""Who is accepted, refused or left to a person, as an operator sees it on the command line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
import yaml

from tests.cli.conftest import Result

UNCLEAR = "USER_ACTION_NEEDED.IDENTITY_UNCLEAR"
HOUSEHOLD = "30000000000011"  # of LEFEVRE, whose first line is MME LEFEVRE ELODIE
PLACE = """
environment: place
title: Where a last name suffices
simulated: true
generation: previous
login: donnees.energie@example.org
contractId: "1234567"
services: {sge: {base_url: simulator, route: gateway, headers: {apikey: simulator}}, communes: {base_url: simulator}}
inputs: {lastnameSuffices: true}
"""
NAMESAKES = {
    "people": "namesakes",
    "title": "Two of one name in streets of nearly one name",
    "communes": {"bron": {"postalCode": "69500", "insee": "69029", "town": "BRON"}},
    "points": [
        {"id": "33000000000001", "name": "MARTIN", "street": "12 RUE DU BOIS", "commune": "bron"},
        {"id": "33000000000002", "name": "MARTIN", "street": "12 RUE DES BOIS", "commune": "bron"},
        {"id": "33000000000003", "name": "PERRIN", "street": "9 B RUE A", "commune": "bron"},
        {"id": "33000000000004", "name": "PERRIN", "street": "9 BIS RUE A", "commune": "bron"},
        {"id": "33000000000005", "name": "ROY", "locality": "LES PINS", "commune": "bron"},
    ],
}
Verdict = Callable[..., str]


@pytest.fixture
def verdict(sgeflow: Callable[..., Result]) -> Verdict:
    """The code that check-identity ends with; empty for who is accepted."""

    def check(*words: str, **inputs: str) -> str:
        given = [f"{name}={value}" for name, value in inputs.items()]
        done = sgeflow("run", "check-identity", "--output", "json", *words, *given)
        assert done.code in (0, 1), done.err
        report = json.loads(done.out)
        return report["failure"]["code"] if done.code else ""

    return check


def test_where_enedis_shows_another_first_name_a_person_decides(verdict):
    assert verdict() == ""
    assert verdict(firstname="Paul") == UNCLEAR
    assert verdict(firstname="Paul", holderConfirmed="true") == ""
    assert verdict(lastname="Lefebvre", holderConfirmed="true") == "LOGIN_FAILED"


def test_an_environment_may_say_that_the_last_name_suffices(verdict, tmp_path):
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments/place.yaml").write_text(PLACE)
    assert verdict("--env", "place", firstname="Paul") == ""
    assert verdict("--env", "place", lastname="Lefebvre") == "LOGIN_FAILED"
    assert verdict("--env", "place", lastname="Li") == UNCLEAR


def test_a_number_may_be_written_with_blanks(verdict):
    blanks = {"pointId": "30 000 000 000 011", "postalCode": "69\u00a0003"}
    assert verdict(**blanks, firstname="Elodie") == ""


def test_a_namesake_with_the_number_of_another_home_is_refused(verdict, sgeflow, tmp_path):
    (tmp_path / "simulator/people").mkdir(parents=True)
    (tmp_path / "simulator/people/namesakes.yaml").write_text(yaml.safe_dump(NAMESAKES))
    town = {"postalCode": "69500", "city": "Bron", "firstname": "Zoé"}
    martin, perrin = {**town, "lastname": "Martin"}, {**town, "lastname": "Perrin"}
    first, second, letter, bis, hamlet = (one["id"] for one in NAMESAKES["points"])
    assert verdict(**martin, address="12 rue du Bois", pointId=first) == ""
    assert verdict(**martin, address="12 rue du Bois", pointId=second) == "LOGIN_FAILED"
    assert verdict(**martin, address="12, rue Bois", pointId=second) == ""
    assert verdict(**perrin, address="9B rue A", pointId=letter) == ""
    assert verdict(**perrin, address="9B rue A", pointId=bis) == "LOGIN_FAILED"
    assert verdict(**perrin, address="9 bis rue A", pointId=letter) == "LOGIN_FAILED"
    assert verdict(**perrin, address="9 bis rue D", pointId=bis) == "LOGIN_FAILED"
    given = [f"{key}={value}" for key, value in {**perrin, "address": "9B rue A"}.items()]
    known = 'known:={"address": "as Enedis writes it"}'  # of a row that said another address then
    done = sgeflow("run", "verify-identity", f"pointId={bis}", known, *given)
    assert (done.code, "LOGIN_FAILED" in done.err) == (1, True)
    roy = {**town, "lastname": "Roy", "pointId": hamlet}
    assert verdict(**roy, address="Lieu-dit Les Pins") == ""
    assert verdict(**{**roy, "lastname": "Leroy"}, address="Les Pins") == "LOGIN_FAILED"


def test_a_person_who_must_decide_is_on_the_work_list_of_a_fleet(sgeflow, tmp_path):
    columns = "pointId;lastname;firstname;address;postalCode;city;holderConfirmed\n"
    rows = "".join(
        f"{HOUSEHOLD};LEFEVRE;{firstname};12 rue des Érables;69003;Lyon;{confirmed}\n"
        for firstname, confirmed in (("Élodie", "false"), ("Paul", "false"), ("Luc", "true"))
    )
    (tmp_path / "rows.csv").write_text(columns + rows, encoding="utf-8")
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows/told.yaml").write_text("""\
flow: told
title: See that there is something to do
inputs: {fleet: {$ref: "types.yaml#/fleetReport"}}
steps:
  - id: listed
    check: inputs.fleet.todo[0].what == 'decide' && inputs.fleet.todo[1].what == 'failed'
    else: {code: NOT_LISTED, message: Nobody is told to decide.}
""")
    (tmp_path / "operations").mkdir()
    done = sgeflow(
        "run", "check-identity", "--each", "rows.csv", "--run", "one", "--finally", "told"
    )
    assert done.code == 7, done.err
    lines = (tmp_path / "state/fleets/one.jsonl").read_text().splitlines()
    codes = {one["row"]: one.get("code") for one in map(json.loads, lines) if "row" in one}
    assert codes == {1: None, 2: UNCLEAR, 3: None}
    assert re.search(r"status +done", sgeflow("runs", "show", "one-finally").out)
    assert sgeflow("page", "fleet", "one", "-o", "one.html").code == 0
    page = (tmp_path / "one.html").read_text()
    work = re.sub(r"<[^>]+>|\s+", " ", page.replace("<wbr>", ""))
    assert re.search(rf"(?i)operator .*{UNCLEAR}", work)
    assert "holderConfirmed=true accepts this customer" in work
