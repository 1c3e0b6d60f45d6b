"""`--metrics FILE`: what a command did, for the node exporter, without a word of a household."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sgeflow.cli.running import follow
from tests.cli.conftest import Result, write_two_households

Command = Callable[..., Result]
LINE = re.compile(r'([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\]|\\.)*",?)*)\})? (-?[0-9.e+-]+)')
EACH = ("--each", "points.csv", "file=data/{pointId}.json")


def read(file: Path) -> dict[tuple[str, ...], float]:
    """Values by name and labels; every line is one, or says what a name is before it comes."""
    values, known = {}, set()
    for line in file.read_text().splitlines():
        if line.startswith("# TYPE "):
            known.add(line.split()[2])
        elif not line.startswith("# HELP "):
            found = LINE.fullmatch(line)
            assert found, line
            assert found[1] in known
            labels = re.findall(r'="((?:[^"\\]|\\.)*)"', found[2] or "")
            values[found[1], *labels] = float(found[3])
    return values


def test_a_fleet_is_measured_with_its_rows_calls_and_codes(sgeflow):
    first = write_two_households(sgeflow)
    result = sgeflow("run", "konnector", *EACH, "--metrics", "m.prom", "-O", "json")
    report, values = json.loads(result.out), read(Path("m.prom"))
    where = ("simulator", "konnector")
    rows = [values["sgeflow_rows", *where, outcome] for outcome in ("done", "failed", "not_begun")]
    assert rows == [1, 1, 0]
    assert values["sgeflow_exit_code", *where] == result.code == 7
    assert values["sgeflow_failures_total", "LOGIN_FAILED", *where] == 1
    assert values["sgeflow_values_kept_total", *where] == report["values"]
    calls = {key[1:]: value for key, value in values.items() if key[0] == "sgeflow_calls_total"}
    assert sum(calls.values()) == report["calls"]
    assert calls["ok", "consulterMesuresDetailleesV3"] > 0
    assert values["sgeflow_orders_open",] == 0
    text = Path("m.prom").read_text()
    assert not any(word in text for word in [*first.split(",")[:4], "NOBODY"])
    assert stat.S_IMODE(Path("m.prom").stat().st_mode) & 0o044  # the exporter is another user


def test_the_last_good_end_is_the_journals_and_the_last_end_the_commands(sgeflow):
    assert sgeflow("run", "konnector", "--metrics", "m.prom").code == 0
    good = read(Path("m.prom"))["sgeflow_success_timestamp_seconds", "simulator", "konnector"]
    code = sgeflow("run", "konnector", "--scenario", "down", "--metrics", "m.prom").code
    values = read(Path("m.prom"))
    assert values["sgeflow_exit_code", "simulator", "konnector"] == code != 0
    assert values["sgeflow_success_timestamp_seconds", "simulator", "konnector"] == good
    assert values["sgeflow_end_timestamp_seconds", "simulator", "konnector"] > good


def test_a_place_where_no_file_of_metrics_can_be_is_told_before_anything_is_sent(sgeflow):
    Path("folder").mkdir()
    Path("points").write_text("no folder")
    for place in ("folder", "points/m.prom", "fodler/m.prom"):
        result = sgeflow("run", "konnector", "--metrics", place)
        assert result.code == 2, place
        assert f"{place} cannot be written" in result.err
        assert not Path(".sgeflow").exists()
    assert not Path("fodler").exists()


def test_metrics_that_can_no_longer_be_written_change_no_exit_code(sgeflow, monkeypatch):
    work = follow.run_flow

    def lose_the_folder(*args: Any) -> Any:
        code = work(*args)
        Path("out").rmdir()
        return code

    Path("out").mkdir()
    monkeypatch.setattr(follow, "run_flow", lose_the_folder)
    result = sgeflow("run", "konnector", "--metrics", "out/m.prom")
    assert result.code == 0
    assert "no metrics were written" in result.err


@pytest.mark.parametrize(
    ("words", "code", "flow"),
    [
        (("run", "konnector", "pointid=1"), 3, "konnector"),
        (("run", "konnector", "--each", "absent.csv"), 3, "konnector"),
        (("run", "konnector", "--env", "nowhere"), 2, "konnector"),
        (("run", "flows/nightly.yaml"), 3, "nightly"),
        (("run", "flows/weekly.yml"), 3, "weekly"),
        (("run", "konnector", "--inputs", "absent.yaml"), 3, "konnector"),
    ],
)
def test_a_command_that_never_begins_a_run_has_its_exit_code(sgeflow, words, code, flow):
    Path("flows").mkdir()
    for file in (Path("flows/nightly.yaml"), Path("flows/weekly.yml")):
        file.write_text(f"flow: {file.stem}\nsteps: [{{id: one, cal: rechercherPoint}}]\n")
    assert sgeflow(*words, "--metrics", "m.prom").code == code
    values = read(Path("m.prom"))
    environment = "nowhere" if "nowhere" in words else "simulator"
    assert values["sgeflow_exit_code", environment, flow] == code
    assert not [key for key in values if key[0] == "sgeflow_runs_total"]


def test_a_run_that_was_stopped_is_counted_as_interrupted(sgeflow, monkeypatch):
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sgeflow.runtime.driver.Driver.run", stop)
    assert sgeflow("run", "konnector", "--metrics", "m.prom").code == 130
    values = read(Path("m.prom"))
    assert values["sgeflow_runs_total", "simulator", "konnector", "interrupted"] == 1
    assert values["sgeflow_exit_code", "simulator", "konnector"] == 130


GAPS = """
flow: holes
title: A household with days that nobody asked for
inputs: {point: {type: string, default: "30000000000011"}}
state: {collection: accounts, key: "${inputs.point}"}
steps:
  - id: noted
    remember:
      gaps:
        daily_energy: [{start: "2025-06-01", end: "2025-06-02", why: none}, {start: "2025-06-05", end: "2025-06-08", why: unasked}]
outputs: {}
"""


def test_the_oldest_day_that_nobody_asked_for_has_its_age(sgeflow, tmp_path, monkeypatch):
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "holes.yaml").write_text(GAPS)
    monkeypatch.setattr("sgeflow.tools.observing.metrics.time.time", lambda: 1_750_000_000.0)
    assert sgeflow("run", "holes", "--metrics", "m.prom").code == 0
    age = read(Path("m.prom"))["sgeflow_oldest_gap_seconds", "simulator", "daily_energy"]
    assert age == 1_750_000_000 - 1_749_074_400  # 2025-06-05 at midnight in France
