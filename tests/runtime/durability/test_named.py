"""A named run is begun once: the same command goes on with it, or says how it ended."""

import json
import re

import pytest

import sgeflow
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.records import Order, OrderState
from sgeflow.cli import main
from sgeflow.errors import GuardError, UsageError
from sgeflow.runtime import named
from sgeflow.runtime.journal.history import run_state
from sgeflow.runtime.options import Options
from sgeflow.runtime.session import new_run
from sgeflow.tools.fleet.fleet import run_fleet
from sgeflow.tools.fleet.model import Fleet
from tests.postgres import on_servers_too, text_of
from tests.runtime.durability.conftest import TODAY, until
from tests.tools.fleet.conftest import energy, fleet, kept, kill, point, small

__all__ = ["fleet"]


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


@pytest.mark.parametrize("name", ["a.b", "-x", "a b", "x" * 65, "é"])
def test_what_is_no_name_is_refused_before_anything_is_sent(world, name):
    here = world()
    code, _, err = here.run(*here.konnector(), f"--run={name}", "--output", "json")
    assert code == 2
    assert "is not a name for a run" in json.loads(err[err.index("{") :])["problems"][0]["message"]
    assert not here.server.requests


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


BARE = """
flow: bare
title: Looks for a point's contract
inputs: {pointId: {$ref: "types.yaml#/pointId"}}
steps:
  - id: contract
    call: consulterDonneesTechniquesContractuelles
    with: {pointId: "${inputs.pointId}", autorisationClient: true}
outputs: {level: steps.contract.level}
"""


@on_servers_too("two meet at a row that is unique")
def test_an_id_that_the_journal_knows_begins_nothing(world, monkeypatch):
    monkeypatch.setenv("BO_TOKEN", "simulator")
    here = world()
    (here.folder / "flows").mkdir()
    (here.folder / "flows" / "bare.yaml").write_text(BARE)
    rows = small(here.folder, [1])
    workspace = sgeflow.open_catalog(here.folder)

    def options(run):
        return Options(environment="lasting", today=TODAY, state=here.home, run=run)

    own = {"pointId": here.server.household["pointId"]}
    more = {"workspace": workspace}
    begin = {
        "run": lambda run: sgeflow.run("bare", own, options=options(run), **more),
        "failed": lambda run: sgeflow.run(
            "bare", {"pointId": point(9)}, options=options(run), **more
        ),
        "call": lambda run: sgeflow.call(
            "consulterDonneesTechniquesContractuelles",
            {**own, "autorisationClient": True},
            options=options(run),
            **more,
        ),
        "fleet": lambda run: run_fleet(
            "energy", {}, Fleet(file=rows), options=options(run), **more
        ),
    }
    for run, first in begin.items():
        first(run)
    before, seen = here.noted("SELECT * FROM runs ORDER BY run"), len(here.server.requests)
    for run in begin:
        for again in begin.values():
            with pytest.raises(GuardError, match=f"run {run} already exists"):
                again(run)
    for again in begin.values():  # the id of a row is its fleet's to give
        with pytest.raises(UsageError, match="is not a name for a run"):
            again("other.1")
    assert here.noted("SELECT * FROM runs ORDER BY run") == before
    assert len(here.server.requests) == seen


def test_an_id_by_chance_has_64_bits():
    assert re.fullmatch("[0-9a-f]{16}", new_run())
    assert len({new_run() for _ in range(20_000)}) == 20_000


@pytest.fixture
def say_again(fleet, monkeypatch, capsys):
    """A world of households, and its command line in this process."""
    here = fleet(3, faults="latency:40ms")
    small(here.folder, [1, 2])
    monkeypatch.chdir(here.folder)
    monkeypatch.setenv("BO_TOKEN", "simulator")
    monkeypatch.setenv("COLUMNS", "150")
    if here.home.server:
        monkeypatch.setenv("SGEFLOW_STATE", text_of(here.home))

    def say(*words):
        capsys.readouterr()
        code = int(main.run(list(words)))
        return code, capsys.readouterr().err

    return here, say


def test_a_name_is_said_again_with_the_same_inputs_alone(say_again):
    here, say = say_again
    base = ["run", "energy", "--env", "lasting", "--today", TODAY, "--run", "monday"]
    given = (f"pointId={point(1)}", "name=MARTIN")
    night = energy("days=1", "--run", "night")
    assert say(*base, *given)[0] == say(*night)[0] == 0
    seen, noted = len(here.server.requests), str(here.noted("SELECT * FROM runs"))
    assert "MARTIN" not in noted
    assert point(1) not in noted
    for same in ([*base, *reversed(given)], energy("days:=1", "--run", "night")):
        code, err = say(*same)
        assert (code, "has ended, with exit code 0" in err) == (0, True), err
    small(here.folder, [1, 2, 3])
    for other, told in (
        ([*base, f"pointId={point(2)}", "name=MARTIN"], "monday was begun with other inputs"),
        ([*base, f"pointId={point(1)}"], "monday was begun with other inputs"),
        (energy("days=2", "--run", "night"), "night was begun with other inputs"),
        (night, "does not contain the rows that run night was begun with"),
    ):
        code, err = say(*other)
        assert code == 2
        assert told in err
        assert "give the new run another name" in err
    assert len(here.server.requests) == seen
    (here.folder / "points.csv").unlink()  # what is gone tells nothing
    assert say(*night)[0] == 0
    with Journal(here.home.journal) as journal:  # as by an answer that came late
        order = Order(run="night.1", key="main/x#y", operation="y", point="p", fingerprint="a.")
        journal.plan(order)
        journal.settle(order.run, order.key, OrderState.UNKNOWN, at=1.0)
    assert say(*night)[0] == 8


@on_servers_too("two meet at a row that is unique")
def test_a_name_whose_run_another_process_has_just_ended_tells_its_end(say_again, monkeypatch):
    here, say = say_again
    one = ["run", "energy", "--env", "lasting", "--today", TODAY, "--run", "monday"]
    one += [f"pointId={point(1)}"]
    night = energy("days=1", "--run", "night")
    assert say(*one)[0] == say(*night)[0] == 0
    seen = len(here.server.requests)
    for words in (one, night):
        with monkeypatch.context() as patched:
            unseen = [None]
            patched.setattr(
                named, "run_state", lambda *a, n=unseen: n.pop() if n else run_state(*a)
            )
            code, err = say(*words)
        assert (code, "has ended, with exit code 0" in err) == (0, True), err
    assert len(here.server.requests) == seen


def test_a_stopped_run_goes_on_with_the_same_inputs_alone(say_again):
    here, say = say_again
    command = ["run", "energy", "--env", "lasting", "--today", TODAY, "--run", "monday"]
    process = here.start(*command, f"pointId={point(1)}")
    until(lambda: len(here.server.requests) >= 1)
    kill(process)
    code, err = say(*command, f"pointId={point(2)}")
    assert (code, "monday was begun with other inputs" in err) == (2, True), err
    assert say(*command, f"pointId={point(1)}")[0] == 0
    assert {where for where, _ in kept(here)} == {point(1)}
