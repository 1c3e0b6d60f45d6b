"""Tables that are sorted by time, through the command line: kept as those sorted by point."""

import json
from itertools import groupby
from random import Random

import pytest

from sgeflow.adapters.state.measures import Delivery
from sgeflow.adapters.state.store import Store
from sgeflow.cli.main import run
from sgeflow.tools.deliveries import csv
from tests.tools.deliveries.delivered_files import days, half_hours, naive, sheet
from tests.tools.deliveries.test_fluxes import R63_HEADER, R64_HEADER, r63_row, r64_row

POINTS = [f"3000000000{n:04}" for n in range(12)]
CURVE = [
    r63_row(point, naive(end), watts)
    for point in POINTS
    for day in days("2025-10-25", 2)
    for end, watts in half_hours(point, day)
]
READINGS = [
    r64_row(f"2025-05-{day:02} 00:00:00", day * 10 + n, point=point, name=name)
    for n, point in enumerate(POINTS)
    for name in ("HPH", "HCH")
    for day in range(1, 20)
]
TABLES = {"R63": (R63_HEADER, CURVE, 7), "R64": (R64_HEADER, READINGS, 7)}


def in_time(rows, place):
    """Rows in the order in which they were measured; those of one time by point."""
    ranks = {}
    for _, same in groupby(rows, key=lambda row: row[0]):
        ranks |= {id(row): rank for rank, row in enumerate(same)}
    return sorted(rows, key=lambda row: ranks[id(row)])


def by_day(rows, place):
    return sorted(rows, key=lambda row: row[place][:10])


ORDERS = {
    "time": in_time,
    "day and point": by_day,
    "newest first": lambda r, p: in_time(r, p)[::-1],
}


@pytest.fixture
def decoded(folder, capsys):
    """Decode a table: its outcome, and all that is kept; the store is emptied."""

    def decode(flux, content, code=0):
        name = f"ENEDIS_{flux}_1.csv"
        (folder / name).write_bytes(content)
        assert run(["decode", "-O", "json", name]) == code
        (outcome,) = json.loads(capsys.readouterr().out)
        with Store(folder / ".sgeflow" / "mine" / "store.db") as store:
            kept = {
                (point, one.name): tuple(store.load(point, one.name).measures)
                for point in store.points()
                for one in store.series_of(point)
            }
            for point in store.points():
                store.erase(point)
        return outcome, kept

    return decode


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("flux", TABLES)
@pytest.mark.parametrize("quote", ["", '"'])
@pytest.mark.parametrize("held", [1 << 10, 1 << 19])
def test_a_table_is_kept_in_whatever_order_its_points_come(
    decoded, monkeypatch, flux, order, quote, held
):
    """In memory, and with what is held on disk."""
    monkeypatch.setattr(csv, "_HELD", held)
    header, rows, place = TABLES[flux]
    if quote:
        rows = [(*row[:-1], 'of the "clock"') for row in rows]
    saves = []
    save = Delivery.save
    monkeypatch.setattr(Delivery, "save", lambda *args: saves.append(args[1]) or save(*args))
    expected, kept = decoded(flux, sheet(header, *rows))
    assert len(saves) == len(kept)
    outcome, kept_too = decoded(flux, sheet(header, *ORDERS[order](rows, place)))
    assert kept_too == kept
    counts = ("state", "rows", "new", "points", "series", "flags", "doubtful")
    assert {name: outcome[name] for name in counts} == {name: expected[name] for name in counts}
    assert len(saves) <= 3 * len(kept)  # some were begun before it showed


def test_a_shuffled_table_is_kept_but_for_the_hour_that_nothing_tells(decoded):
    _, kept = decoded("R63", sheet(R63_HEADER, *CURVE))
    shuffled = CURVE[:]
    Random(1).shuffle(shuffled)
    outcome, kept_too = decoded("R63", sheet(R63_HEADER, *shuffled), code=7)
    assert outcome["state"] == "partial"
    for series, measures in kept.items():
        assert set(kept_too[series]) < set(measures)
        assert len(kept_too[series]) == len(measures) - 4


def test_a_mistake_in_a_table_sorted_by_time_is_told_with_its_line(decoded):
    rows = in_time(CURVE, 7)
    content = sheet(R63_HEADER, *rows[:700], rows[700][:-1], *rows[701:])
    outcome, kept = decoded("R63", content, code=5)
    assert "line 702: 12 in place of 13 cells" in outcome["problem"]["message"]
    assert kept == {}
