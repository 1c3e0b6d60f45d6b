"""`--log`: what a run or fleet tells on stderr, for who reads it later or with a program."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.cli.conftest import Result, write_two_households

Command = Callable[..., Result]


def events(result: Result) -> list[dict[str, Any]]:
    """The lines of a log, each of which is an object."""
    return [json.loads(line) for line in result.err.splitlines()]


def fleet(sgeflow: Command, *more: str) -> Result:
    write_two_households(sgeflow)
    each = ("--each", "points.csv", "file=data/{pointId}.json")
    return sgeflow("run", "konnector", *each, *more)


def test_a_fleet_that_is_logged_as_json_tells_its_counts_and_failed_rows_and_nobodys_name(sgeflow):
    result = fleet(sgeflow, "--log", "json", "-O", "json")
    report, log = json.loads(result.out), events(result)
    assert [one["event"] for one in log if one["event"] != "warning"] == [
        "begin",
        "progress",
        "row",
        "end",
    ]
    assert {one["run"] for one in log} == {report["run"]}
    assert all(datetime.fromisoformat(str(one["time"])).tzinfo for one in log)
    (failed,) = (one for one in log if one["event"] == "row")
    assert (failed["code"], failed["level"], failed["line"]) == ("LOGIN_FAILED", "error", 3)
    end = log[-1]
    assert (end["done"], end["failed"], end["exit"]) == (1, 1, result.code)
    assert end["codes"] == {"LOGIN_FAILED": 1}
    assert "NOBODY" not in result.err


def test_lines_of_a_fleet_off_a_terminal_carry_moment_run_and_counts(sgeflow, monkeypatch):
    monkeypatch.setattr("sgeflow.terminal.fleet.EVERY", 0)
    result = fleet(sgeflow)
    run = re.search(r"fleet ([0-9a-f]{16})", result.out)
    assert run
    lines = [line for line in result.err.splitlines() if " rows" in line]
    stamp = r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\+0[12]:00"
    assert all(re.match(rf"{stamp} {run[1]} \d of 2 rows · ", line) for line in lines), lines
    assert "2 of 2 rows · 1 failed · 16 calls · 2,089 values kept" in lines[-1]


def test_a_run_that_is_logged_as_json_ends_with_why_it_failed(sgeflow):
    result = sgeflow("run", "konnector", "--log", "json", "--scenario", "opposition")
    log = events(result)
    assert {one["event"] for one in log} <= {"begin", "step", "warning", "end"}
    end = log[-1]
    assert (end["event"], end["level"], end["exit"]) == ("end", "error", result.code)
    assert str(end["code"]).startswith("USER_ACTION_NEEDED")
    assert end["problem"]["message"]


def test_what_keeps_a_run_from_beginning_is_a_line_too(sgeflow):
    result = sgeflow("run", "konector", "--log", "json")
    (problem,) = events(result)
    assert (problem["event"], problem["id"], problem["suggestion"]) == (
        "problem",
        "SGE002",
        "konnector",
    )
