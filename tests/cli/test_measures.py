"""What a flow keeps and sums at the borders of days, of what it may keep and of what it compares."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from sgeflow.core.measures.civil_time import civil, midnight

POINT = "30000000000011"


@pytest.fixture
def outputs_of(sgeflow, tmp_path: Path):
    """Run a flow of these steps, and give its outputs."""

    def run(outputs: dict[str, str], *steps: dict[str, Any]) -> dict[str, Any]:
        (tmp_path / "flows").mkdir(exist_ok=True)
        named = [{"id": f"s{n}", **step} for n, step in enumerate(steps)]
        flow = {"flow": "keeping", "title": "x", "steps": named, "outputs": outputs}
        (tmp_path / "flows" / "keeping.yaml").write_text(json.dumps(flow))
        done = sgeflow("run", "keeping", "--output", "json")
        assert done.code == 0, done.out + done.err
        given: dict[str, Any] = json.loads(done.out)["outputs"]
        return given

    return run


def store(series: str, stamped: str, rows: list[dict[str, Any]], **more: str) -> dict[str, Any]:
    """A step that keeps rows of the point."""
    kept = {"series": series, "point": POINT, "stamped": stamped, "measures": rows}
    return {"store": {**kept, **more}}


def load(series: str, start: str, end: str) -> dict[str, Any]:
    """A step that loads rows of the point."""
    return {"load": {"point": POINT, "series": series, "start": start, "end": end}}


def half_hours(day: str, watts: int) -> Iterator[dict[str, Any]]:
    """A day's half-hours of one power, stamped at their ends."""
    first = date.fromisoformat(day)
    for start in range(midnight(first), midnight(first + timedelta(days=1)), 1800):
        stamp = civil(start + 1800).isoformat()
        yield {"date": stamp, "value": watts, "step": "PT30M", "nature": "B"}


def test_a_day_of_23_or_25_hours_has_no_half_hour_of_the_next_one(outputs_of):
    days = {"2025-03-30": 1000, "2025-03-31": 2000, "2024-10-27": 3000, "2024-10-28": 4000}
    rows = [one for day, watts in days.items() for one in half_hours(day, watts)]
    into = {"from": "load_curve", "by": "day", "point": POINT, "into": "curve_energy"}
    given = outputs_of(
        {"sums": "steps.s1.periods[].[period, value, complete]"},
        store("load_curve", "end", rows),
        {"aggregate": into},
    )
    assert given["sums"] == [
        ["2024-10-27", 25 * 3000, True],
        ["2024-10-28", 24 * 4000, True],
        ["2025-03-30", 23 * 1000, True],
        ["2025-03-31", 24 * 2000, True],
    ]


def test_a_month_that_is_written_in_another_zone_is_the_civil_month_in_france(outputs_of):
    ends = {"2025-01-31T23:00:00Z": 2, "2025-03-31T22:00:00Z": 4}
    rows = [{"date": end, "value": month, "step": "P1M"} for end, month in ends.items()]
    given = outputs_of(
        {"months": "steps.s1.measures[].[date(start), value]"},
        store("monthly_sum", "day", rows, unit="Wh"),
        load("monthly_sum", "2025-01-01", "2026-01-01"),
    )
    assert given["months"] == [["2025-02-01", 2], ["2025-04-01", 4]]


@pytest.mark.parametrize(
    ("minutes", "first"), [(15, "00:45"), (30, "00:30"), (60, "00:00"), (5, "01:00")]
)
def test_the_step_of_a_curve_tells_what_its_stamps_mark(outputs_of, minutes, first):
    row = {"date": "2025-05-15T01:00:00+02:00", "value": 7, "step": f"PT{minutes}M"}
    given = outputs_of(
        {"starts": "steps.s1.measures[].start"},
        store("load_curve", "auto", [row]),
        load("load_curve", "2025-05-15", "2025-05-16"),
    )
    assert given["starts"] == [f"2025-05-15T{first}:00+02:00"]


def test_curve_and_energy_of_a_day_differ_by_more_than_what_is_cut_off(outputs_of):
    """Half a watt over a day is 12 Wh, and less than 1 Wh of its energy."""
    energies = {"2025-05-01": 2400, "2025-05-02": 2412, "2025-05-03": 2413, "2025-05-04": 2387}
    curve = [row for day in energies for row in half_hours(day, 100)]
    given = outputs_of(
        {"differences": "steps.s2.differences[].day"},
        store("load_curve", "end", curve),
        store(
            "daily_energy", "day", [{"date": d, "value": v} for d, v in energies.items()], unit="Wh"
        ),
        {
            "aggregate": {
                "point": POINT,
                "from": "load_curve",
                "by": "day",
                "into": "curve_energy",
                "compare": "daily_energy",
            }
        },
    )
    assert given["differences"] == ["2025-05-03", "2025-05-04"]


def test_what_lies_in_the_time_of_a_kept_value_takes_its_place(outputs_of):
    hour = {"date": "2025-05-15T01:00:00+02:00", "value": 9, "step": "PT60M", "nature": "B"}
    half = {"date": "2025-05-15T01:00:00+02:00", "value": 3, "step": "PT30M", "nature": "B"}
    given = outputs_of(
        {"kept": "steps.s2.measures[].[value, step]"},
        store("load_curve", "end", [hour]),
        store("load_curve", "end", [half]),
        load("load_curve", "2025-05-15", "2025-05-16"),
    )
    assert given["kept"] == [[3, 1800]]
