"""What fleets of a few rows come to: which rows are refused, done again, left alone, and told how."""

from __future__ import annotations

import json
import os
import signal
from functools import partial
from pathlib import Path

import pytest

from sgeflow.adapters.http.circuit_breaker import Breaker
from sgeflow.tools.fleet import work
from tests.cli.conftest import _calm, sgeflow
from tests.runtime.durability.office import Office

__all__ = ["_calm", "sgeflow"]
FLOW = """\
flow: ask
title: Asks the office
inputs:
  path: {type: string}
  kind: {type: string, optional: true}
steps:
  - id: asked
    http: {service: office, method: GET, path: "/${inputs.path}"}
    retry: {attempts: 1}
    timeout: PT1S
"""
REAL = """\
environment: real
title: Real
generation: current
login: one@example.org
contractId: "1234567"
services: {sge: {base_url: "http://127.0.0.1:1", route: direct}, office: {base_url: "URL"}}
"""


@pytest.fixture
def office():
    server = Office()
    yield server
    server.answer("over")
    server.close()


@pytest.fixture
def fleet(sgeflow, office: Office, tmp_path: Path):
    """Run the flow once a row, one row after the other."""
    for folder, text in (("flows", FLOW), ("environments", REAL.replace("URL", office.url))):
        (tmp_path / folder).mkdir()
        name = "ask" if folder == "flows" else "real"
        (tmp_path / folder / f"{name}.yaml").write_text(text)

    def run(*rows: str, words: tuple[str, ...] = ()):
        (tmp_path / "rows.csv").write_text("\n".join(["path,kind", *rows, ""]))
        each = ("--each", "rows.csv", "--env", "real", "--jobs", "1")
        return sgeflow("run", "ask", *each, *words)

    return run


def test_a_row_has_the_cells_of_the_header_and_more_only_when_they_are_empty(fleet):
    codes = {row: fleet("a,x", row).code for row in ("b,x", "b,", "b,x, ", "b", "b,x,y")}
    assert codes == {"b,x": 0, "b,": 0, "b,x, ": 0, "b": 3, "b,x,y": 3}
    assert "rows.csv:3" in fleet("a,x", "b").err


def test_a_fleet_of_which_one_row_is_done_is_partial(fleet, office):
    office.answers = {"GET /b": 503}
    fleets = {"g": 0, "gb": 7, "bgg": 7, "b": 5}
    for paths, code in fleets.items():
        assert fleet(*(f"{path},{n}" for n, path in enumerate(paths))).code == code, paths


def test_what_failed_is_done_again_and_not_what_was_stopped(fleet, office, sgeflow):
    office.answers, office.after = {"GET /b": 503}, {"GET /stop": "over"}
    before = office.answer

    def interrupt(asked: str) -> int | None:
        if asked == "GET /stop":
            os.kill(os.getpid(), signal.SIGINT)
        return before(asked)

    office.answer = interrupt
    stopped = fleet("b,", "stop,", "g,", words=("--run", "night"))
    assert stopped.code == 130
    again = sgeflow("run", "ask", "--only-failed", "night", "--output", "json")
    report = json.loads(again.out)
    assert (report["rows"], report["failed"]) == (1, 1)


def test_a_time_that_is_over_says_nothing_of_a_neighbour_that_fails_before_and_after(
    fleet, office, monkeypatch
):
    monkeypatch.setattr(work, "Breaker", partial(Breaker, failures=4, first_wait=0.05))
    office.answers, office.after = {"GET /down": [503] * 4}, {"GET /slow": "over"}
    done = fleet("down,1", "down,2", "slow,3", "down,4", "down,5")
    assert "failed 4 times in a row" in " ".join(done.err.split())
    assert done.code == 7
