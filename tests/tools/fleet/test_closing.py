"""`--finally FLOW`: who is told how a fleet ended, at most once, whatever becomes of telling it."""

import json
from pathlib import Path

import pytest
import yaml

from tests.runtime.durability.conftest import office
from tests.tools.fleet.conftest import change_journal, energy, point, small, without_end

__all__ = ["office"]
OPERATIONS = Path(__file__).parents[3] / "operations"
TOLD = """
flow: told
title: Tell how a night went
inputs: {fleet: {$ref: "types.yaml#/fleetReport"}}
steps:
  - id: told
    http: {service: office, method: POST, path: /told, body: "${inputs.fleet}"}
outputs: {status: steps.told.status}
"""


@pytest.fixture
def telling(fleet, office):
    """A world of two households with an office, and the words of a fleet that fails in one row."""
    here = fleet(2)
    here.add_office(office)
    small(here.folder, [1, 2]).write_text(f"pointId,days\n{point(1)},1\n{point(9)},1\n")
    (here.folder / "flows" / "told.yaml").write_text(TOLD)
    return here


def told(office):
    pairs = zip(office.asked, office.bodies, strict=True)
    return [json.loads(body) for asked, body in pairs if asked == "POST /told"]


def test_how_a_fleet_ended_is_told_once_across_every_resume(telling, office):
    here = telling
    code, out, err = here.run(*energy("--finally", "told", "--output", "json"))
    report, (said,) = json.loads(out), told(office)
    assert code == 7, err
    assert (said["run"], said["outcome"], said["exit"]) == (report["run"], "partial", 7)
    declared = yaml.safe_load(OPERATIONS.joinpath("types.yaml").read_text())["fleetReport"]
    assert set(said) == set(declared["properties"]) == set(declared["required"])
    assert (said["rows"], said["done"], said["failed"]) == (2, 1, 1)
    assert [one["count"] for one in said["codes"]] == [1]
    assert said["failures"][0]["line"] == 3
    assert [one["what"] for one in said["todo"]] == ["failed"]
    assert point(9) not in json.dumps(said)
    for end, words in (
        ("", "already reported"),
        (f"{report['run']}-finally", "may have been sent"),
    ):
        without_end(here, report["run"])
        if end:
            without_end(here, end)
        _, _, err = here.run("resume", report["run"], "--finally", "told")
        assert words in " ".join(err.split())
    assert len(told(office)) == 1


def test_a_notice_that_never_began_or_was_stopped_is_told_by_who_shows_the_fleet(telling, office):
    here = telling
    command = energy("--finally", "told", "--run", "night")
    assert here.run(*command)[0] == 7
    assert "told how this fleet" not in here.run("runs", "show", "night")[1]
    without_end(here, "night-finally")
    shown = " ".join(here.run("runs", "show", "night")[1].split())
    assert "run night-finally, which reports the end of this fleet, was stopped" in shown
    change_journal(here, "DELETE FROM runs WHERE run = 'night-finally'")
    lost = "told did not start"
    assert lost in " ".join(here.run("runs", "show", "night")[1].split())
    code, _, err = here.run("resume", "night", "--finally", "told")
    assert (code, lost in " ".join(err.split())) == (2, True)
    code, _, err = here.run(*command)
    assert (code, lost in " ".join(err.split())) == (7, True)
    assert len(told(office)) == 1


def test_a_fleet_that_is_not_whole_is_failed_in_its_notice_as_in_the_journal(telling, office):
    code, _, _ = telling.run(
        *energy("--finally", "told", "--max-failures", "1", "--jobs", "1", "--run", "night"),
        "--each", str(small(telling.folder, [8, 1, 2], "many.csv")),
    )  # fmt: skip
    (said,) = told(office)
    shown = json.loads(telling.run("runs", "show", "night", "--output", "json")[1])
    assert (code, said["notBegun"]) == (7, 2)
    assert said["outcome"] == shown["status"] == "failed"


def test_a_notice_that_is_refused_changes_nothing_of_the_fleet(telling, office):
    office.answers["POST /told"] = 403
    code, out, err = telling.run(*energy("--finally", "told", "--output", "json"))
    assert (code, json.loads(out)["exit"]) == (7, 7)
    assert "told ended with HTTP403" in " ".join(err.split())


def test_a_flow_that_cannot_be_told_is_refused_before_anything_is_sent(telling):
    asked = len(telling.server.requests)
    for flow, words in (("energy", "needs the input"), ("tolt", "did you mean told")):
        code, _, err = telling.run(*energy("--finally", flow))
        assert code == 2
        assert words in " ".join(err.split())
    code, _, err = telling.run("run", "energy", f"pointId={point(1)}", "--finally", "told")
    assert (code, "go with --each" in err) == (2, True)
    assert len(telling.server.requests) == asked
