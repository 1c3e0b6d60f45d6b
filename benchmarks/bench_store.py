"""The store beside bare sqlite3 with a row a half-hour: processor time and bytes, in one run.

python benchmarks/bench_store.py               # 300 points, four weeks of half-hours each
python benchmarks/bench_store.py --points 1000 --repeats 7 --json store.json
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sgeflow.adapters.state.store import Store
from sgeflow.core.measures.columns import Measures
from sgeflow.core.measures.sums import by_day, by_month
from sgeflow.core.model import Measure, Series

ROWS = 1344  # four weeks of half-hours: what one reply, or four, bring
FIRST = 1_735_686_000  # midnight in France
DAY = (FIRST + 10 * 86_400, FIRST + 11 * 86_400)
TABLE = (
    "CREATE TABLE measure (series INTEGER NOT NULL, start INTEGER NOT NULL, value NOT NULL, "
    "quality INTEGER NOT NULL, PRIMARY KEY (series, start)) WITHOUT ROWID"
)
UPSERT = (
    "INSERT INTO measure VALUES {} ON CONFLICT (series, start) "
    "DO UPDATE SET value = excluded.value, quality = excluded.quality"
)
BASE = "bare sqlite3, 192 rows a statement"
Batches = Sequence[Sequence[Measure]]


@dataclass(slots=True)
class Figures:
    """Samples of processor seconds by name, and bytes a half-hour."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    size: dict[str, float] = field(default_factory=dict)

    def time(self, name: str, work: Callable[[], object]) -> None:
        started = time.process_time()
        work()
        self.seconds.setdefault(name, []).append(time.process_time() - started)


def measures(points: int) -> Batches:
    return [
        Measures.of(
            Measure(FIRST + 1800 * place, (place * 37 + point * 91) % 5000, 1800, "B")
            for place in range(ROWS)
        )
        for point in range(points)
    ]


def bare(folder: Path, batches: Batches, figures: Figures, rows: int) -> None:
    """sqlite3 alone: a commit a reply, one row or many rows a statement."""
    name = f"bare sqlite3, {rows} row{'s' * (rows > 1)} a statement"
    path = folder / "bare.db"
    link = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "cache_size=-16384"):
        link.execute(f"PRAGMA {pragma}")
    link.execute(TABLE)
    many = UPSERT.format(",".join(["(?, ?, ?, ?)"] * rows))

    def write() -> None:
        for series, batch in enumerate(batches):
            link.execute("BEGIN")
            flat = [x for row in batch for x in (series, row.start, row.value, 1)]
            if rows == 1:
                link.executemany(many, [(series, row.start, row.value, 1) for row in batch])
            else:
                for first in range(0, len(flat), 4 * rows):
                    link.execute(many, flat[first : first + 4 * rows])
            link.execute("COMMIT")

    figures.time(f"{name}: keep", write)
    figures.time(f"{name}: keep again", write)
    if rows > 1:
        read_bare(link, len(batches), figures, name)
    link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    link.close()
    figures.size[name] = path.stat().st_size / sum(map(len, batches))
    path.unlink()


def read_bare(link: sqlite3.Connection, points: int, figures: Figures, name: str) -> None:
    """All rows of each point, and of all points those of one day."""

    def read() -> None:
        query = "SELECT start, value, quality FROM measure WHERE series = ? ORDER BY start"
        for series in range(points):
            link.execute(query, (series,)).fetchall()

    def read_day() -> None:
        query = "SELECT series, start, value FROM measure WHERE start >= ? AND start < ?"
        link.execute(query, DAY).fetchall()

    figures.time(f"{name}: read", read)
    figures.time(f"{name}: one day of all points", read_day)


def store(folder: Path, batches: Batches, figures: Figures) -> None:
    """The store, with its exact counts of what is new, changed and unchanged."""
    path = folder / "store.db"

    def write() -> None:
        for number, batch in enumerate(batches):
            kept.save(Series(point=f"{number:014}", name="load_curve", unit="W"), batch)

    with Store(path) as kept:
        figures.time("store: keep", write)
        figures.time("store: keep again", write)
        figures.time(
            "store: read", lambda: [kept.load(point, "load_curve") for point in kept.points()]
        )
        figures.time(
            "store: one day of all points", lambda: list(kept.load_of_all("load_curve", *DAY))
        )
    figures.size["store"] = path.stat().st_size / sum(map(len, batches))
    path.unlink()


def sums(figures: Figures) -> None:
    """A year of half-hours to days, and three years of days to months: one point."""
    year = [Measure(FIRST + 1800 * place, place % 5000, 1800) for place in range(17_520)]
    days = [Measure(FIRST + 86_400 * place, 7000 + place, 86_400) for place in range(1095)]
    figures.time("sums of 17,520 half-hours by day", lambda: by_day(year, "W"))
    figures.time("sums of 1,095 days by month", lambda: by_month(days))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=300)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    batches = measures(options.points)
    figures = Figures()
    with tempfile.TemporaryDirectory() as name:
        for _ in range(options.repeats):
            bare(Path(name), batches, figures, 1)
            bare(Path(name), batches, figures, 192)  # divides 1,344
            store(Path(name), batches, figures)
            sums(figures)
    base = statistics.median(figures.seconds[f"{BASE}: keep"])
    results = {}
    print(f"### Store: {options.points} points with four weeks of half-hours\n")
    print(f"| way | processor time | of `{BASE}: keep` | bytes a half-hour |")
    print("|---|---:|---:|---:|")
    for label, samples in sorted(figures.seconds.items()):
        median = statistics.median(samples)
        size = figures.size.get(label.partition(":")[0]) if label.endswith(": keep") else None
        results[label] = {"median_s": median, "bytes_a_row": size}
        weight = "" if size is None else f"{size:.1f}"
        print(f"| {label} | {median * 1000:.1f} ms | {median / base:.2f} | {weight} |")
    if options.json:
        options.json.write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
