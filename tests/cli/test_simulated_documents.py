"""People and scenarios of the simulator that a project brings: checked, listed, shown, played."""

import csv
import json

import pytest

PEOPLE = """\
people: hill
title: Somebody on a hill
communes:
  top: {postalCode: "01990", insee: "01382", town: ST TRIVIER}
points:
  - id: "30000000000500"
    person: {lastname: Tissot, firstname: Jeanne, address: 7 montée de l'Église, city: Saint-Trivier}
  - {id: "30000000000518", name: PERRIN, street: 9 MONTEE DE L EGLISE}
services:
  - {id: "40000077", point: "30000000000518", kind: OPPENR, label: Opposition, from: -P9D}
"""
SCENARIO = """\
scenario: new-there
title: Somebody who is new there
about: "30000000000500"
point: {level: "1", since: {contract: P10D, measures: P9D, curve: never}}
curve_service: {from: -P5D, to: P1Y}
"""
ENVIRONMENT = """\
environment: hillside
title: A simulated one that is always new there
simulated: true
scenario: new-there
generation: current
login: donnees.energie@example.org
contractId: "1234567"
services:
  sge: {base_url: simulator, route: direct}
  communes: {base_url: simulator}
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with people, a scenario and an environment of its own."""
    for name, text in (
        ("simulator/people/hill.yaml", PEOPLE),
        ("simulator/scenarios/new-there.yaml", SCENARIO),
        ("environments/hillside.yaml", ENVIRONMENT),
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def marred(project, name, before, after):
    path = project / "simulator" / name
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_they_are_valid_listed_and_shown(project, sgeflow):
    assert sgeflow("validate").code == 0
    names = {row["name"] for row in json.loads(sgeflow("show", "scenarios", "-O", "json").out)}
    assert {"new-there", "household", "down"} <= names
    names = {row["name"] for row in json.loads(sgeflow("show", "people", "-O", "json").out)}
    assert {"hill", "lyon", "producers", "fleet"} <= names
    shown = json.loads(sgeflow("show", "new-there", "-O", "json").out)
    assert shown["point"] == {
        "level": "1",
        "since": {"contract": "P10D", "measures": "P9D", "curve": "never"},
    }
    assert shown["curve_service"]["to"] == "P12M"
    assert "since: {contract: P10D" in sgeflow("show", "new-there").out
    (first, second) = json.loads(sgeflow("show", "hill", "-O", "json").out)["points"]
    assert (first["person"]["lastname"], second["name"]) == ("Tissot", "PERRIN")
    assert "9 MONTEE DE L EGLISE" in sgeflow("show", "hill").out


@pytest.mark.parametrize(
    "words", [("--env", "simulator", "--scenario", "new-there"), ("--env", "hillside")]
)
def test_a_flow_is_run_for_whom_the_scenario_is_about(project, sgeflow, words):
    done = sgeflow("run", "check-identity", *words, "-O", "json")
    assert done.code == 0, done.out + done.err
    assert json.loads(done.out)["outputs"] == {
        "verified": True,
        "inseeCode": "01382",
        "matched": {"address": "as given", "name": "whole"},
    }


def test_a_flow_test_names_it(project, sgeflow):
    test = (
        "test: mine\ntitle: Mine\nflow: check-identity\ntoday: 2025-06-15\ncases:\n"
        "  new: {title: Found, scenario: new-there, expect: {outcome: done}}\n"
    )
    (project / "tests").mkdir()
    (project / "tests" / "mine.test.yaml").write_text(test)
    assert sgeflow("test").code == 0
    (project / "tests" / "mine.test.yaml").write_text(test.replace("new-there", "new-ther"))
    told = sgeflow("validate").out
    assert 'there is no scenario "new-ther"' in told
    assert "did you mean  new-there ?" in told


MISTAKES = [
    ("people/hill.yaml", '"30000000000518", name', '"25946599093143", name', "SGE015", 8, ""),
    ("people/hill.yaml", '"30000000000518", name', '"30000000000500", name', "SGE018", 8, ""),
    ("people/hill.yaml", "street: 9", "stret: 9", "SGE012", 8, "street"),
    ("people/hill.yaml", "name: PERRIN, ", "", "SGE013", 8, ""),
    ("people/hill.yaml", 'point: "30000000000518"', 'point: "30000000000581"', "SGE020", 10,
     "30000000000518"),
    ("people/hill.yaml", "L EGLISE}", "L EGLISE, commune: to}", "SGE020", 8, "top"),
    ("people/hill.yaml", "L EGLISE}", "L EGLISE, segment: C6}", "SGE015", 8, "C1"),
    ("people/hill.yaml", "L EGLISE}", "L EGLISE, segment: none}", "SGE043", 8, ""),
    ("people/hill.yaml", "people: hill", "people: hills", "SGE018", 1, "hills.yaml"),
    ("scenarios/new-there.yaml", 'about: "30000000000500"', 'about: "30000000000501"', "SGE020", 3,
     "30000000000500"),
    ("scenarios/new-there.yaml", 'about: "30000000000500"', 'about: "30000000000518"', "SGE043", 3,
     ""),
    ("scenarios/new-there.yaml", "curve: never", "curve: nver", "SGE016", 4, ""),
    ("scenarios/new-there.yaml", "curve_service", "curve_servce", "SGE012", 5, "curve_service"),
    ("scenarios/new-there.yaml", "curve_service: {from: -P5D, to: P1Y}",
     'lapses: [{what: ENERGIE, from: -P2D, to: -P1D, at: "06:10"}]', "SGE043", 5, ""),
    ("scenarios/new-there.yaml", "curve_service: {from: -P5D, to: P1Y}", "consent: true", "SGE013",
     5, ""),
]  # fmt: skip


def test_each_mistake_is_told_with_its_place_and_what_was_meant(project, sgeflow):
    wrong = {}
    for number, (name, before, after, code, line, meant) in enumerate(MISTAKES):
        path = project / "simulator" / name
        kept = path.read_text(encoding="utf-8")
        marred(project, name, before, after)
        told = json.loads(sgeflow("validate", "--format", "json").out)["problems"]
        found = [(one["id"], one["line"], one.get("suggestion") or "") for one in told]
        if (code, line, meant) not in found or {one["file"] for one in told} != {
            f"simulator/{name}"
        }:
            wrong[number, after] = told
        path.write_text(kept, encoding="utf-8")
    assert wrong == {}, wrong


def test_an_unknown_scenario_of_an_environment_is_told(project, sgeflow):
    path = project / "environments" / "hillside.yaml"
    path.write_text(ENVIRONMENT.replace("scenario: new-there", "scenario: new-their"))
    told = sgeflow("validate")
    assert told.code == 3
    assert "environments/hillside.yaml:4:11" in told.out
    assert "did you mean  new-there ?" in told.out


def test_mistakes_stop_what_they_touch_and_nothing_else(project, sgeflow):
    marred(project, "scenarios/new-there.yaml", "curve: never", "curve: nver")
    assert sgeflow("run", "check-identity").code == 0
    told = sgeflow("run", "check-identity", "--scenario", "new-there")
    assert (told.code, "simulator/scenarios/new-there.yaml:4" in told.err) == (3, True)
    marred(project, "people/hill.yaml", "street: 9", "stret: 9")
    told = sgeflow("run", "check-identity")
    assert (told.code, "simulator/people/hill.yaml:8" in told.err) == (3, True)


def test_one_of_the_same_name_replaces_the_shipped_one(project, sgeflow):
    path = project / "simulator" / "scenarios" / "down.yaml"
    path.write_text('scenario: down\ntitle: SGE is up here\nabout: "30000000000011"\n')
    assert sgeflow("run", "check-identity", "--scenario", "down").code == 0


# -- a fleet --------------------------------------------------------------------------------------


def test_the_rows_of_a_fleet_are_those_that_a_run_knows(project, sgeflow):
    assert sgeflow("simulate", "--fleet", "4", "-o", "points.csv").code == 0
    text = (project / "points.csv").read_text(encoding="utf-8")
    assert sgeflow("simulate", "--fleet", "4", "-o", "-").out == text
    rows = list(csv.DictReader(text.splitlines()))
    assert [row["pointId"] for row in rows] == [f"3900000000000{n}" for n in (1, 2, 3, 4)]
    done = sgeflow("run", "check-identity", "--each", "points.csv", "-O", "json")
    assert done.code == 0, done.out + done.err
    assert json.loads(done.out)["done"] == 4


def test_rows_are_written_of_a_fleet_alone_and_of_a_possible_one(project, sgeflow):
    told = sgeflow("simulate", "-o", "points.csv")
    assert (told.code, "--fleet 1000" in told.err) == (2, True)
    for number in ("-1", "1000000"):
        assert sgeflow("simulate", "--fleet", number, "-o", "points.csv").code == 2
    for words in (("--tls", "ca.pem"), ("--tls", "c.pem", "--client", "d.pem"), ("--port", "0")):
        told = sgeflow("simulate", "--fleet", "4", "-o", "points.csv", *words)
        assert (told.code, "starts no server" in told.err, words[0] in told.err) == (2, True, True)
    assert not (project / "points.csv").exists()
