"""A fleet in processes of one machine: under one rate, one file of results, and no order twice."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests import offspring
from tests.postgres import on_servers_too
from tests.processes import start
from tests.runtime.durability.conftest import NOT_KEPT
from tests.tools.fleet.conftest import (
    TODAY,
    energy,
    kept,
    kill,
    konnector,
    point,
    results,
    settle,
    small,
    until,
    write,
)

ORDER = "commanderServicesAccesDonnees"
BESIDE = ("--engine", "processes", "--jobs", "4")
DIES_WITH_A_ROW = """
import os, signal, sys
if module.endswith("worker_main"):
    from sgeflow.tools.fleet import worker_site
    def die(site, task):
        print("Fatal Python error: simulator, of point", task.given["pointId"], file=sys.stderr)
        print("and where it was", flush=True, file=sys.stderr)
        os.kill(os.getpid(), signal.SIGKILL)
    worker_site.do = die
"""
WAITS_AT_A_DOOR = """
if module.endswith("worker_main"):
    open("door").read()
"""


def workers(process):
    """The processes that a fleet has started, and that are there."""
    return [
        int(number)
        for tasks in Path(f"/proc/{process.pid}/task").glob("*/children")
        for number in tasks.read_text().split()
        if Path(f"/proc/{number}/comm").read_text().strip() != offspring.NAME
    ]


def is_there(number):
    with suppress(ProcessLookupError, FileNotFoundError):
        os.kill(number, 0)
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def reader_of(pipe, opened):
    """Whether somebody waits for what a pipe gives; then it is open, and gives nothing."""
    with suppress(OSError):
        opened.append(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
    return opened


def read_until(pipe, word):
    """Wait until a process has said a word."""
    said = ""
    while word not in said:
        line = pipe.readline()
        assert line, said
        said += line


@on_servers_too("locks of a killed process are let go by the server")
@pytest.mark.slow
def test_a_process_that_is_killed_has_another_in_its_place_and_nothing_is_ordered_twice(fleet):
    here = fleet(6, faults="latency:40ms")
    write(here.folder, range(1, 7))
    process = here.start(*konnector(*BESIDE, "--output", "json"))
    until(lambda: len(here.server.requests) >= 20, seconds=60)
    first, *others = workers(process)
    os.kill(first, signal.SIGKILL)
    out, err = process.communicate(timeout=90)
    assert others
    assert "the process that did it died" in err
    run = here.last_run().run
    if process.returncode != 0:  # an order of the killed one was about to leave
        assert process.returncode in (7, 8), err
        settle(here, run)
    else:
        assert json.loads(out)["done"] == 6
    assert here.server.orders == {(ORDER, point(n)): 1 for n in range(1, 7)}
    assert set(results(here, run)) == set(range(1, 7))
    assert {where for where, _ in kept(here)} == {point(n) for n in range(1, 7)}
    assert not any(map(is_there, (first, *others)))


@on_servers_too("the rate is shared by SQL")
@pytest.mark.slow
def test_rate_results_and_metrics_are_those_of_all_processes_together(fleet):
    from tests.rates import most_within
    from tests.tools.fleet.test_rates import LATE, arrivals

    here = fleet(40, rate="20/s")
    small(here.folder, range(1, 41))
    starts = arrivals(here.server)
    metrics = here.folder / "fleet.prom"
    code, out, err = here.run(*energy(*BESIDE, "--output", "json", "--metrics", str(metrics)))
    assert code == 0, err
    called = 'calls_total{code="ok",service="consulterMesuresDetailleesV3"} 40\n'
    assert called in metrics.read_text()
    report = json.loads(out)
    assert (report["done"], report["calls"]) == (40, 40)
    assert most_within(1 - LATE, starts) <= 22
    assert starts[-1] - starts[0] > (40 - 20) / 20 * 0.9
    assert set(results(here, report["run"])) == set(range(1, 41))


@pytest.mark.slow
def test_an_interrupt_stops_the_rows_of_all_processes_and_resume_finishes_them(fleet):
    here = fleet(6, faults="latency:60ms")
    write(here.folder, range(1, 7))
    process = here.start(*konnector(*BESIDE, "--log", "json"))
    until(lambda: len(here.server.requests) >= 15, seconds=60)
    known = workers(process)
    for number in (process.pid, *known):  # as a terminal and systemd do
        os.kill(number, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    events = [json.loads(line) for line in err.splitlines()]
    (end,) = (one for one in events if one["event"] == "end")
    assert (end["interrupted"] + end["done"], end["exit"]) == (4, 130), err
    assert not any(map(is_there, known))
    run, seen = here.last_run().run, len(here.server.requests)
    code, out, err = here.run("resume", run, *BESIDE, "--output", "json")
    assert code == 0, err
    assert json.loads(out)["done"] == 6
    assert len(here.server.requests) > seen
    assert here.server.orders == {(ORDER, point(n)): 1 for n in range(1, 7)}


@pytest.mark.slow
def test_an_interrupt_stops_a_process_too_that_is_starting_in_anothers_place(fleet):
    here = fleet(3, faults="latency:500ms")
    small(here.folder, range(1, 4))
    door, asked = here.folder / "door", []
    os.mkfifo(door)
    process = here.start(*energy("--engine", "processes", "--jobs", "1"), FIRST=WAITS_AT_A_DOOR)
    door.write_text("come in")
    until(lambda: list(here.state.glob("fleets/*.jsonl")), seconds=60)
    run = here.last_run().run
    until(lambda: results(here, run), seconds=60)  # the next row begins
    os.kill(workers(process)[0], signal.SIGKILL)
    until(lambda: reader_of(door, asked), seconds=60)
    process.send_signal(signal.SIGINT)
    read_until(process.stderr, "stopping")
    os.close(asked[0])
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert f"sgeflow resume {run}" in err
    ends = {row: line["status"] for row, line in results(here, run).items()}
    assert ends == {1: "done", 2: "stopped"}


@pytest.mark.slow
def test_processes_whose_fleet_was_killed_end_their_rows_and_leave_the_rest_to_resume(fleet):
    here = fleet(6, faults="latency:60ms")
    write(here.folder, range(1, 7))
    process = here.start(*konnector(*BESIDE))
    until(lambda: len(here.server.requests) >= 15, seconds=60)
    known = workers(process)
    kill(process)
    until(lambda: not any(map(is_there, known)), seconds=60)
    seen = len(here.server.requests)
    time.sleep(0.2)
    assert len(here.server.requests) == seen
    code, out, err = here.run("resume", here.last_run().run, "--output", "json")
    assert code == 0, err  # no order was about to leave: each got its answer
    assert json.loads(out)["done"] == 6
    assert here.server.orders == {(ORDER, point(n)): 1 for n in range(1, 7)}


@pytest.mark.slow
def test_a_process_that_is_killed_while_it_opens_the_project_is_told_and_no_interrupt(fleet):
    here = fleet(1)
    small(here.folder, (1,))
    token = here.folder / "token"
    os.mkfifo(token)
    process = here.start(
        *energy("--engine", "processes", "--jobs", "1"), BO_TOKEN="", BO_TOKEN_FILE=str(token)
    )
    token.write_text("simulator")  # once: the process for rows waits for it in vain
    until(lambda: workers(process), seconds=60)
    asked = []
    until(lambda: reader_of(token, asked), seconds=60)
    os.kill(workers(process)[0], signal.SIGKILL)
    _, err = process.communicate(timeout=60)
    os.close(asked[0])
    assert process.returncode == 5, err
    assert "a process for rows cannot work: it ended at once (SIGKILL)" in err


@pytest.mark.slow
def test_an_interrupt_ends_processes_at_once_that_open_the_project_yet(fleet):
    here = fleet(1)
    small(here.folder, (1,))
    token, asked = here.folder / "token", []
    os.mkfifo(token)
    process = here.start(
        *energy("--engine", "processes", "--jobs", "1"), BO_TOKEN="", BO_TOKEN_FILE=str(token)
    )
    token.write_text("simulator")  # once: the process for rows waits for it in vain
    until(lambda: workers(process), seconds=60)
    known = workers(process)
    until(lambda: reader_of(token, asked), seconds=60)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    os.close(asked[0])
    assert process.returncode == 130, err
    assert f"sgeflow resume {here.last_run().run}" in err
    assert not any(map(is_there, known))


@pytest.mark.slow
def test_processes_that_die_again_and_again_end_the_fleet_and_tell_how_without_a_secret(fleet):
    here = fleet(12)
    small(here.folder, range(1, 13))
    process = here.start(*energy("--engine", "processes", "--jobs", "4"), FIRST=DIES_WITH_A_ROW)
    _, err = process.communicate(timeout=90)
    assert process.returncode == 5, err
    how = "(SIGKILL: “Fatal Python error: ***, of point ***”)"
    assert f"row 1: the process that did it died {how}" in err
    assert "10 died one after the other, and no row was done" in " ".join(err.split())
    assert "fewer --jobs, or more memory" in err
    assert list(here.server.requests) == []
    code, out, err = here.run("resume", here.last_run().run, "--output", "json")
    assert (code, json.loads(out)["done"]) == (0, 12), err


@pytest.mark.slow
def test_spans_that_processes_lost_are_counted_with_those_of_the_fleet(fleet):
    from tests.collector import collecting

    here = fleet(4)
    small(here.folder, range(1, 5))
    with collecting() as collector:
        collector.status = 401
        process = here.start(
            *energy(*BESIDE, "--traces"), OTEL_EXPORTER_OTLP_ENDPOINT=collector.address
        )
        _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    all_ = 1 + 4 * 4  # the fleet's; of each row those of the run, its two steps and the call
    told = f"! {all_} of {all_} spans of the trace were not taken by {collector.address}: HTTP 401"
    assert told in err


def test_a_secret_from_standard_input_is_not_there_for_processes_and_they_do_not_wait(fleet):
    here = fleet(1)
    small(here.folder, (1,))
    given = here.variables(**NOT_KEPT, BO_TOKEN="", BO_TOKEN_FILE="/dev/stdin")
    words = energy("--engine", "processes", "--jobs", "1")
    process = start("sgeflow", words, here.folder, given, subprocess.PIPE)
    _, err = process.communicate("simulator\n", timeout=60)
    assert process.returncode == 6, err
    assert "the file /dev/stdin is empty" in err
    assert "worker" in err


def test_files_of_a_project_are_no_modules_for_its_processes(fleet):
    here = fleet(1)
    small(here.folder, (1,))
    (here.folder / "secrets.py").write_text("raise SystemExit(9)\n")
    words = energy("--engine", "processes", "--jobs", "1")
    process = here.open([sys.executable, "-P", "-m", "sgeflow", *words])
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err


def test_a_simulated_world_is_no_place_for_processes(fleet):
    here = fleet(1)
    small(here.folder, (1,))
    words = ("run", "energy", "--today", TODAY, "--each", "points.csv", "--engine", "processes")
    code, _, err = here.run(*words)
    assert code == 2
    assert "sgeflow simulate" in err
