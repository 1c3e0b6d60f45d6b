"""A fleet that is interrupted or killed goes on: nothing is asked twice, ordered twice or lost."""

import json
import random
import shlex
import signal
import time
from collections import Counter

import pytest

from sgeflow.adapters.state.journal import Journal
from tests.conftest import CURVE_DAYS, DAYS
from tests.postgres import on_servers_too
from tests.tools.fleet.conftest import (
    energy,
    kept,
    kill,
    konnector,
    point,
    results,
    settle,
    small,
    until,
    without_end,
    write,
)

ORDER = "commanderServicesAccesDonnees"
WHOLE = {"daily_energy": DAYS, "load_curve": CURVE_DAYS * 48, "max_power": DAYS}


def test_an_interrupted_fleet_begins_nothing_more_and_says_how_to_go_on(fleet):
    here = fleet(6, faults="latency:20ms")
    write(here.folder, range(1, 7))
    process = here.start(*konnector("--jobs", "3"))
    until(lambda: len(here.server.requests) >= 25)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    run = here.last_run().run
    assert f"sgeflow resume {run}" in err
    assert "not begun" in out
    seen = len(here.server.requests)
    time.sleep(0.1)
    assert len(here.server.requests) == seen
    code, out, err = here.run("resume", run, "--output", "json")
    assert code == 0, err
    report = json.loads(out)
    assert (report["rows"], report["done"], report["notBegun"]) == (6, 6, 0)
    assert here.server.orders == {(ORDER, point(n)): 1 for n in range(1, 7)}
    labels = Counter(entry.label for entry in here.server.requests)
    assert labels["POST consent"] == 6
    assert labels["consulterMesuresDetailleesV3"] == 6 * 6


def test_a_fleet_at_work_is_said_to_run_and_is_not_pruned(fleet):
    here = fleet(20, faults="latency:1s")
    small(here.folder, range(1, 21))
    assert here.run(*energy("--shard", "0/20"))[0] == 0
    old = here.last_run().run
    process = here.start(*energy("--jobs", "1"))
    until(lambda: len(here.server.requests) >= 2)
    run = here.last_run().run
    for words in ((), ("show", run)):
        assert "running" in here.run("runs", *words)[1]
    (here.state / "fleets" / "other.jsonl").write_text("{}")
    assert here.run("runs", "prune", "--older-than", "0")[2].startswith("1 run deleted · ")
    kill(process)
    assert sorted(path.stem for path in (here.state / "fleets").iterdir()) == sorted(["other", run])
    assert [entry.run for entry in here.runs()] == [run]
    assert "stopped" in here.run("runs")[1]
    assert old not in here.run("runs")[1]
    here.server.calm()
    assert here.run("resume", run)[0] == 0


@pytest.mark.parametrize(("wrong", "exit_"), [(0, 0), (1, 7)])
def test_a_fleet_that_died_right_before_its_end_is_ended_by_going_on(fleet, wrong, exit_):
    here = fleet(3)
    path = small(here.folder, range(1, 4))
    if wrong:
        path.write_text(path.read_text() + f"{point(99)}\n")  # nobody lives there
    assert here.run(*energy())[0] == exit_
    run, sent = here.last_run().run, len(here.server.requests)
    without_end(here, run)
    code, _, err = here.run("resume", run)
    assert code == exit_, err
    assert here.last_run().ended is not None
    with Journal(here.home.journal) as journal:
        assert (journal.inputs(run) is None) is (not wrong)
    assert len(here.server.requests) == sent
    code, _, err = here.run("resume", run)
    assert (code, "there is nothing to go on" in err) == (2, True), err


def test_rows_that_ended_untold_have_their_line_when_the_fleet_goes_on(fleet):
    here = fleet(9)
    small(here.folder, range(1, 9))
    assert here.run(*energy("--max-failures", "1"))[0] == 0
    run = here.last_run().run
    path = here.state / "fleets" / f"{run}.jsonl"
    whole = results(here, run)
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:3]) + lines[3][:20])  # its process died, on a full disk
    small(here.folder, range(1, 10))
    without_end(here, run)
    code, _, err = here.run("resume", run, "--changed-documents")
    assert code == 0, err
    told = [json.loads(line) for line in path.read_text().splitlines() if line.endswith("}")]
    assert sorted(line["row"] for line in told) == list(range(1, 10))
    for line in told[3:-1]:
        same = ("row", "line", "run", "status", "exit", "calls", "warnings")
        assert [line[name] for name in same] == [whole[line["row"]][name] for name in same]


def test_what_ends_a_service_ends_a_fleet_with_order(fleet):
    here = fleet(20, faults="latency:30ms")
    small(here.folder, range(1, 21))
    process = here.start(*energy("--jobs", "2"))
    until(lambda: len(here.server.requests) >= 4)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "sgeflow resume" in err
    code, _, err = here.run("resume", here.last_run().run)
    assert code == 0, err
    assert len(here.server.requests) == 20


def killed_again_and_again(fleet, points, kills, seed):
    """A person settles what nobody else can: an order that was about to leave."""
    here, chance = fleet(points), random.Random(seed)
    numbers = range(1, points + 1)
    write(here.folder, numbers)
    command, met = konnector("--jobs", "4"), 0
    for _ in range(kills):
        before = len(here.server.requests)
        process = here.start(*command)
        aim = before + chance.randint(20, min(200, points * 10 // 3))
        until(lambda p=process, a=aim: len(here.server.requests) >= a or p.poll() is not None, 60)
        met += process.poll() is None
        kill(process)
        command = ["resume", here.last_run().run]
    run = here.last_run().run
    code, _, err = here.run("resume", run, "--output", "json")
    assert met >= kills - 1
    settle(here, run)
    assert code in (0, 2, 7, 8), err  # 8: an order waits for a person
    assert here.server.orders == {(ORDER, point(n)): 1 for n in numbers}
    found = kept(here)
    for number in numbers:
        for series, count in WHOLE.items():
            assert found[point(number), series] == count
    # a read that was under way at a kill is asked again: at most one a thread and branch
    labels = Counter(entry.label for entry in here.server.requests)
    assert labels["consulterMesuresDetailleesV3"] <= points * 6 + met * 4 * 3
    assert labels["consulterDonneesTechniquesContractuelles"] <= points + met * 4
    return f"{points} points, killed {met} times: {sum(labels.values()):,} requests for {points * 13:,}"


@on_servers_too("what a killed process wrote is rolled back by the server")
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_fleet_killed_again_and_again_loses_nothing_and_orders_nothing_twice(fleet):
    killed_again_and_again(fleet, points=12, kills=4, seed=1)


@pytest.mark.parametrize("before", ["soap", "rest"])
@pytest.mark.parametrize("then", ["soap", "rest"])
def test_what_was_answered_before_a_kill_is_not_asked_again(fleet, before, then):
    here = fleet(20, faults="latency:15ms")

    def sent():
        return [one.label for one in here.server.requests].count("consulterMesuresDetailleesV3")

    small(here.folder, range(1, 21))
    here.use(before)
    process = here.start(*energy("--jobs", "2"))
    until(lambda: sent() >= 8)
    kill(process)
    here.use(then)
    more = ("--changed-documents",) if then != before else ()
    code, _, err = here.run("resume", here.last_run().run, *more)
    assert code == 0, err
    assert 20 <= sent() <= 20 + 2  # once each, but for what each job had under way at the kill
    assert len(kept(here)) == 20


def test_a_changed_file_is_refused_and_named(fleet):
    here = fleet(12, faults="latency:30ms")
    path = small(here.folder, range(1, 11))
    process = here.start(*energy("--jobs", "1"))
    until(lambda: len(here.server.requests) >= 3)
    kill(process)
    run, text = here.last_run().run, path.read_text()
    for other in ("of,another,kind\n", f"{text}{point(11)}\n"):
        path.write_text(other)
        code, _, err = here.run("resume", run)
        assert (code, "points.csv was changed" in err) == (8, True), err
    code, out, err = here.run("resume", run, "--changed-documents", "--output", "json")
    assert code == 0, err
    assert json.loads(out)["done"] == 11


def test_a_row_can_go_on_alone(fleet):
    here = fleet(4, faults="latency:40ms")
    write(here.folder, range(1, 5))
    process = here.start(*konnector("--jobs", "1"))
    until(lambda: len(here.server.requests) >= 5)
    kill(process)
    run = here.last_run().run
    code, _, err = here.run("resume", f"{run}.1")
    if code == 8:  # the kill met a call that changes something, before it arrived
        here.age(f"{run}.1", 3600)
        assert here.run("orders", "resolve", f"{run}.1", "--not-accepted")[0] == 0
        code, _, err = here.run("resume", f"{run}.1")
    assert code == 0, err
    code, out, err = here.run("resume", run, "--output", "json")
    assert code == 0, err
    assert json.loads(out)["done"] == 4
    assert here.server.orders == {(ORDER, point(n)): 1 for n in range(1, 5)}


@on_servers_too("who works is told by locks of the server")
def test_neither_a_fleet_at_work_nor_a_row_of_it_is_gone_on_with(fleet):
    here = fleet(5, faults="latency:2s")  # so that no row ends while it is tried
    write(here.folder, range(1, 6))
    process = here.start(*konnector("--jobs", "4"))
    until(lambda: len(here.server.requests) >= 3)
    run = here.last_run().run
    for name in (f"{run}.1", run):
        code, _, err = here.run("resume", name)
        assert code == 8, err
        assert f"another process works on run {run}" in err
    here.server.calm()
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert here.server.orders == {(ORDER, point(n)): 1 for n in range(1, 6)}


WARNS = """
flow: energy
title: Keeps nothing, and every row writes one and the same file, whose name an answer gives
inputs: {pointId: {$ref: "types.yaml#/pointId"}}
steps:
  - id: keep
    store: {series: daily_energy, point: "${inputs.pointId}", stamped: day, measures: "${`[]`}"}
  - id: written
    export: {point: "${inputs.pointId}", format: csv, file: "data/${steps.keep.rows}.csv"}
outputs: {rows: steps.keep.rows}
"""


@pytest.mark.parametrize("behind", ["2>/dev/full", "2> >(exec true)", "2>&-"])
def test_what_cannot_be_told_stops_no_fleet_and_is_in_the_journal(fleet, behind):
    here = fleet(4)
    small(here.folder, range(1, 5))
    (here.folder / "flows" / "energy.yaml").write_text(WARNS)
    command = shlex.join(here.command(*energy("-v", "--run", "night")))
    process = here.open(["bash", "-c", f"{command} {behind}"])
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, out + err
    assert "4 of 4 rows done" in out
    if behind == "2>/dev/full":
        assert "! stderr could not be written (no space left on device)" in out.splitlines()[-1]
        assert out.splitlines()[-1].endswith("in the journal  sgeflow runs show night")
    assert "daily_energy: no measures came" in here.run("runs", "show", "night.1")[1]
    assert "wrote one file, data/0" in here.run("runs", "show", "night")[1]


def test_a_file_that_is_overwritten_in_the_middle_changes_no_row(fleet):
    here = fleet(20, faults="latency:20ms")
    path = small(here.folder, range(1, 21))
    lines = [f"{point(n)},{'LONG ' * 1000}X\n" for n in range(1, 21)]  # more than is read ahead
    path.write_text("pointId,name\n" + "".join(lines))
    process = here.start(*energy("--jobs", "1"))
    until(lambda: len(here.server.requests) >= 2)
    path.write_text("pointId,name\n" + "".join(reversed(lines)))
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "20 of 20 rows done" in out
    assert {where for where, _ in kept(here)} == {point(n) for n in range(1, 21)}
