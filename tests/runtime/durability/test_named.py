"""A named run is begun once: the same command goes on with it, or says how it ended."""

import json

import pytest

from tests.postgres import ON_FILES
from tests.runtime.durability.conftest import until
from tests.tools.fleet.conftest import energy, fleet, kept, kill, konnector, point, small, write

__all__ = ["fleet"]


def test_a_run_of_that_name_that_ended_well_is_not_run_again(world):
    here = world()
    command = [*here.konnector(), "--run", "monday"]
    assert here.run(*command)[0] == 0
    seen = len(here.server.requests)
    code, out, err = here.run(*command)
    assert (code, out) == (0, "")
    assert "run monday has ended, with exit code 0" in err
    assert len(here.server.requests) == seen
    assert here.last_run().run == "monday"


def test_a_run_of_that_name_that_was_killed_goes_on(world):
    here = world(faults="latency:60ms")
    command = [*here.konnector(), "--run", "monday"]
    process = here.start(*command)
    until(lambda: len(here.server.requests) >= 2)
    kill(process)
    code, _, err = here.run(*command)
    assert code == 0, err
    labels = [entry.label for entry in here.server.requests]
    assert labels.count("GET communes") <= 2
    assert here.orders() == {"commanderServicesAccesDonnees": 1}


def test_a_fleet_of_that_name_that_was_killed_goes_on_and_then_stays_ended(fleet):
    here = fleet(8, faults="latency:40ms")
    small(here.folder, range(1, 9))
    command = energy("--run", "night", "--jobs", "1")
    process = here.start(*command)
    until(lambda: len(here.server.requests) >= 3)
    kill(process)
    code, _, err = here.run(*command)
    assert code == 0, err
    assert {where for where, _ in kept(here)} == {point(n) for n in range(1, 9)}
    seen = len(here.server.requests)
    assert seen <= 9
    assert here.run(*command)[0] == 0
    assert len(here.server.requests) == seen


def test_a_fleet_whose_rows_all_ended_tells_its_exit_code_again(fleet):
    here = fleet(3)
    write(here.folder, range(1, 4), wrong=(2,))
    command = konnector("--run", "night")
    assert here.run(*command)[0] == 7
    seen = len(here.server.requests)
    code, _, err = here.run(*command)
    assert code == 7
    assert "has ended, with exit code 7" in err
    assert len(here.server.requests) == seen


@pytest.mark.parametrize("name", ["a.b", "-x", "a b", "x" * 65, "é"])
def test_what_is_no_name_is_refused_before_anything_is_sent(world, name):
    here = world()
    code, _, err = here.run(*here.konnector(), f"--run={name}", "--output", "json")
    assert code == 2
    assert "is no name for a run" in json.loads(_problems(here, err))["problems"][0]["message"]
    assert not here.server.requests


def _problems(here, err):
    return err[err.index("{") :]


@ON_FILES
def test_a_name_does_not_stand_for_anything_else(fleet):
    here = fleet(3)
    small(here.folder, [1, 2])
    small(here.folder, [3], name="others.csv")
    assert here.run(*energy("--run", "night", "--shard", "0/2"))[0] == 0
    seen = len(here.server.requests)
    half = ("--run", "night", "--shard", "0/2")
    file = str((here.folder / "others.csv").resolve())
    for command, told in (
        (energy("--run", "night", "--shard", "1/2"), "--shard 1/2"),
        (energy(*half, each="others.csv"), f"--each {file}"),
        (energy(*half, "--env", "simulator"), "--env simulator"),
        (["run", "check-identity", "--env", "lasting", "--each", "points.csv", *half], "run check"),
        (["run", "energy", "--env", "lasting", "--run", "night"], "without it"),
    ):
        code, _, err = here.run(*command, COLUMNS="120")
        assert code == 2, err
        assert "run night was begun with something else" in err
        assert told in " ".join(err.split()).replace("/ ", "/")
    assert len(here.server.requests) == seen
    assert here.run(*energy(*half))[0] == 0


@ON_FILES
def test_failed_rows_that_run_again_under_a_name_are_known_by_it(fleet):
    here = fleet(1)
    small(here.folder, [1, 900])
    assert here.run(*energy())[0] == 7
    again = ("run", "energy", "--only-failed", here.last_run().run, "--run", "again")
    assert here.run(*again)[0] == 4
    seen = len(here.server.requests)
    code, _, err = here.run(*again)
    assert code == 4
    assert "run again has ended, with exit code 4" in err
    assert len(here.server.requests) == seen
