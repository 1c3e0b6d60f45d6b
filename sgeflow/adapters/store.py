"""Keeps measures and what flows remember, in one SQLite file.

A row is a series' number, the start in epoch seconds, the value as SGE sent it and the number of
a (step, nature) pair: some 18 bytes, without a row id, in the order in which they are read.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from operator import attrgetter, lt
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sgeflow.adapters.database import Database, Kind, storage_error
from sgeflow.core.engine.effects import Loaded, Saved
from sgeflow.core.model import Measure, Series

STORE = Kind(
    name="the store",
    mark=0x53474553,  # "SGES"
    versions=(
        """
        CREATE TABLE series (
          id INTEGER PRIMARY KEY, point TEXT NOT NULL, name TEXT NOT NULL, unit TEXT NOT NULL,
          UNIQUE (point, name)
        );
        CREATE TABLE quality (
          id INTEGER PRIMARY KEY, step INTEGER NOT NULL, nature TEXT NOT NULL,
          UNIQUE (step, nature)
        );
        CREATE TABLE measure (
          series INTEGER NOT NULL, start INTEGER NOT NULL, value NOT NULL, quality INTEGER NOT NULL,
          PRIMARY KEY (series, start)
        ) WITHOUT ROWID;
        CREATE TABLE state (
          collection TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
          PRIMARY KEY (collection, name)
        ) WITHOUT ROWID
        """,
    ),
)

_ROWS = 200  # a statement: twice as fast as one row each, more gains nothing
_UPSERT = (
    "INSERT INTO measure VALUES {} ON CONFLICT (series, start) "
    "DO UPDATE SET value = excluded.value, quality = excluded.quality "
    "WHERE value IS NOT excluded.value OR quality IS NOT excluded.quality"
)
_ONE = _UPSERT.format("(?1, ?3, ?4, ?2)")
_MANY = _UPSERT.format(
    ",".join(f"(?1, ?{3 + 2 * row}, ?{4 + 2 * row}, ?2)" for row in range(_ROWS))
)
_START = attrgetter("start")
_CELL = attrgetter("start", "value")
_QUALITY = attrgetter("step", "nature")
_Quality = tuple[int, str]
_ALWAYS = 2**62  # seconds beyond any measure


class Store:
    """The measures of a state folder; threads and processes may share the file."""

    def __init__(self, path: Path, *, patience: float = 30.0) -> None:
        """Open or create the file; `patience` is how many seconds to wait for another writer."""
        self._database = Database(path, STORE, patience=patience)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # -- measures ---------------------------------------------------------------------------------

    def save(self, series: Series, measures: Iterable[Measure]) -> Saved:
        """Keep measures, all or none: a changed value replaces, and each row is counted once.

        Of measures for the same start the last one is kept.

        Raises:
            TechnicalError: the series is kept in another unit, or the file cannot be written.
        """
        rows = _one_a_start(measures)
        if not rows:
            return Saved(new=0, changed=0, unchanged=0)
        with self._database.writing() as connection:
            number = _series_number(connection, series)
            batches = [
                ((number, _quality_number(connection, quality)), some)
                for quality, some in _by_quality(rows).items()
            ]
            span = (number, rows[0].start, rows[-1].start)
            before, changes = _count(connection, span), connection.total_changes
            for numbers, some in batches:
                _write(connection, numbers, some)
            written = connection.total_changes - changes
            new = _count(connection, span) - before if before else len(rows)
        return Saved(new=new, changed=written - new, unchanged=len(rows) - written)

    def load(
        self, point: str, name: str, start: int | None = None, end: int | None = None
    ) -> Loaded:
        """The kept measures of a series with `start <= t < end`, in order of their start."""
        with self._database.reading() as connection:
            found = connection.execute(
                "SELECT id, unit FROM series WHERE point = ? AND name = ?", (point, name)
            ).fetchone()
            if found is None:
                return Loaded(unit="", measures=())
            rows = connection.execute(
                "SELECT start, value, quality FROM measure "
                "WHERE series = ? AND start >= ? AND start < ? ORDER BY start",
                (found[0], -_ALWAYS if start is None else start, _ALWAYS if end is None else end),
            ).fetchall()
            qualities = {
                number: (step, nature)
                for number, step, nature in connection.execute("SELECT * FROM quality")
            }
        measures = tuple(Measure(at, value, *qualities[number]) for at, value, number in rows)
        return Loaded(unit=found[1], measures=measures)

    def erase(self, point: str) -> int:
        """Delete all kept measures of a point, for good; how many there were."""
        with self._database.writing(durable=True) as connection:
            erased = connection.execute(
                "DELETE FROM measure WHERE series IN (SELECT id FROM series WHERE point = ?)",
                (point,),
            ).rowcount
            connection.execute("DELETE FROM series WHERE point = ?", (point,))
        self._database.forget_deleted()
        return erased

    def points(self) -> tuple[str, ...]:
        """The points of which something is kept, in order."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT DISTINCT point FROM series ORDER BY point").fetchall()
        return tuple(point for (point,) in rows)

    def series_of(self, point: str) -> tuple[Series, ...]:
        """The series that are kept of a point, by name."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT name, unit FROM series WHERE point = ? ORDER BY name", (point,)
            ).fetchall()
        return tuple(Series(point=point, name=name, unit=unit) for name, unit in rows)

    # -- what flows remember ----------------------------------------------------------------------

    def recall(self, collection: str, name: str) -> dict[str, Any] | None:
        """What was remembered under a name, or None."""
        with self._database.reading() as connection:
            found = connection.execute(
                "SELECT value FROM state WHERE collection = ? AND name = ?", (collection, name)
            ).fetchone()
        value: dict[str, Any] | None = json.loads(found[0]) if found else None
        return value

    def remember(self, collection: str, name: str, value: Mapping[str, Any] | None) -> None:
        """Replace what is remembered under a name, on the disk before it returns; None forgets."""
        with self._database.writing(durable=True) as connection:
            if value is None:
                connection.execute(
                    "DELETE FROM state WHERE collection = ? AND name = ?", (collection, name)
                )
            else:
                text = json.dumps(value, ensure_ascii=False, sort_keys=True)
                connection.execute(
                    "INSERT INTO state VALUES (?, ?, ?) "
                    "ON CONFLICT (collection, name) DO UPDATE SET value = excluded.value",
                    (collection, name, text),
                )
        if value is None:
            self._database.forget_deleted()


def _one_a_start(measures: Iterable[Measure]) -> Sequence[Measure]:
    rows = tuple(measures)
    if all(map(lt, map(_START, rows), map(_START, rows[1:]))):
        return rows
    kept = {measure.start: measure for measure in rows}
    return [kept[start] for start in sorted(kept)]


def _by_quality(rows: Sequence[Measure]) -> dict[_Quality, Sequence[Measure]]:
    found: set[_Quality] = set(map(_QUALITY, rows))
    if len(found) == 1:  # nearly always
        return {found.pop(): rows}
    return {quality: [row for row in rows if _QUALITY(row) == quality] for quality in sorted(found)}


def _series_number(connection: sqlite3.Connection, series: Series) -> int:
    found = connection.execute(
        "SELECT id, unit FROM series WHERE point = ? AND name = ?", (series.point, series.name)
    ).fetchone()
    if found is None:
        return _number(
            connection,
            "INSERT INTO series (point, name, unit) VALUES (?, ?, ?) RETURNING id",
            (series.point, series.name, series.unit),
        )
    number: int = found[0]
    if found[1] != series.unit:
        raise storage_error(
            f"{series.name} of point {series.point} is kept in {found[1]}, "
            f"these measures are in {series.unit}",
            "keep them under another series name, or erase the measures of the point first",
        )
    return number


def _quality_number(connection: sqlite3.Connection, quality: _Quality) -> int:
    found = connection.execute(
        "SELECT id FROM quality WHERE step = ? AND nature = ?", quality
    ).fetchone()
    if found:
        number: int = found[0]
        return number
    return _number(
        connection, "INSERT INTO quality (step, nature) VALUES (?, ?) RETURNING id", quality
    )


def _number(connection: sqlite3.Connection, statement: str, values: Sequence[object]) -> int:
    number: int = connection.execute(statement, values).fetchone()[0]
    return number


def _count(connection: sqlite3.Connection, span: tuple[int, int, int]) -> int:
    return _number(
        connection,
        "SELECT count(*) FROM measure WHERE series = ? AND start >= ? AND start <= ?",
        span,
    )


def _write(
    connection: sqlite3.Connection, numbers: tuple[int, int], rows: Sequence[Measure]
) -> None:
    whole = len(rows) - len(rows) % _ROWS
    for first in range(0, whole, _ROWS):
        some = rows[first : first + _ROWS]
        connection.execute(_MANY, [*numbers, *chain.from_iterable(map(_CELL, some))])
    connection.executemany(_ONE, [(*numbers, row.start, row.value) for row in rows[whole:]])
