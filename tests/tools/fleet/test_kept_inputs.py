"""All rows of a fleet have what its environment gave at its start, whenever they begin."""

import json

import pytest

from tests.tools.fleet.conftest import GATHER, energy, small

GIVEN = """  at: {type: string, optional: true}
  more: {type: string, optional: true}
steps:
  - id: asked
    check: inputs.at == 'the start' && inputs.more == null
    else: {code: OF_TODAY, message: An environment of today gave it.}
"""


@pytest.fixture
def stopped(fleet):
    """A fleet given up at its first row, whose environment gives other inputs since."""
    here = fleet(4)
    path = small(here.folder, [900, 1, 2, 3])  # nobody lives at the first
    (here.folder / "flows" / "energy.yaml").write_text(GATHER.replace("steps:\n", GIVEN))
    document = here.folder / "environments" / "lasting.yaml"
    text = document.read_text()
    document.write_text(f"{text}inputs: {{at: the start}}\n")
    code, _, err = here.run(*energy("--jobs", "1", "--max-failures", "1"))
    assert code == 7, err
    document.write_text(f"{text}inputs: {{at: today, more: of today}}\n")
    return here, path


def resume(here, *more):
    code, out, err = here.run(
        "resume", here.last_run().run, "--changed-documents", "--output", "json", *more
    )
    assert code == 7, err
    return json.loads(out)


def test_rows_that_begin_when_a_fleet_goes_on_have_the_inputs_of_its_start(stopped):
    here, _ = stopped
    report = resume(here)
    assert (report["done"], report["failed"], report["notBegun"]) == (3, 1, 0)
    assert "OF_TODAY" not in report["codes"]


def test_so_they_have_when_it_goes_on_once_more(stopped):
    here, path = stopped
    path.write_text(path.read_text().replace("000001\n", "000901\n"))  # nor at the second
    assert resume(here, "--jobs", "1", "--max-failures", "1")["notBegun"] == 2
    report = resume(here)
    assert (report["done"], report["failed"]) == (2, 2)
    assert "OF_TODAY" not in report["codes"]


def test_a_fleet_of_the_failed_rows_begins_today(stopped):
    here, _ = stopped
    run = here.last_run().run
    code, out, err = here.run("run", "energy", "--only-failed", run, "--output", "json")
    assert (code, json.loads(out)["codes"]) == (1, {"OF_TODAY": 1}), err


def test_what_the_environment_gave_goes_with_the_end_of_a_fleet_that_ended_well(stopped):
    here, path = stopped
    path.write_text(path.read_text().replace("000900\n", "000004\n"))
    document = here.folder / "environments" / "lasting.yaml"
    document.write_text(document.read_text().replace("at: today, more: of today", "at: the start"))
    code, _, err = here.run(*energy())
    assert code == 0, err
    assert len(here.noted("SELECT run FROM runs WHERE inputs IS NULL")) == 5
    assert here.noted("SELECT inputs FROM runs WHERE status = 'done' AND inputs IS NOT NULL") == []
