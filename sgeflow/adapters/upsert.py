"""Writes the measures of one series into an open transaction of the store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain
from operator import attrgetter, lt

from sgeflow.adapters.database import Connection, storage_error
from sgeflow.core.engine.effects import Saved
from sgeflow.core.model import Measure, Series
from sgeflow.say import say

_ROWS = 200  # a statement: twice as fast as one row each, more gains nothing
_UPSERT = (
    "INSERT INTO measure VALUES {} ON CONFLICT (series, start) "
    "DO UPDATE SET value = excluded.value, quality = excluded.quality "
    "WHERE measure.value <> excluded.value OR measure.quality <> excluded.quality"
)
_START = attrgetter("start")
_CELL = attrgetter("start", "value")
_QUALITY = attrgetter("step", "nature")
_Quality = tuple[int, str]


def upsert(connection: Connection, series: Series, measures: Iterable[Measure]) -> Saved:
    """Keep measures: a changed value replaces, and each row is counted once.

    Of measures for the same start the last one is kept.

    Raises:
        TechnicalError: the series is kept in another unit.
    """
    rows = _one_a_start(measures)
    if not rows:
        return Saved(new=0, changed=0, unchanged=0)
    number = _series_number(connection, series)
    batches = [
        ((number, _quality_number(connection, quality)), some)
        for quality, some in _by_quality(rows).items()
    ]
    span = (number, rows[0].start, rows[-1].start)
    before = _count(connection, span)
    written = sum(_write(connection, numbers, some) for numbers, some in batches)
    new = _count(connection, span) - before if before else len(rows)
    return Saved(new=new, changed=written - new, unchanged=len(rows) - written)


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


def _series_number(connection: Connection, series: Series) -> int:
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
            say(
                "{series} of point {point} is kept in {kept}, these measures are in {unit}",
                series=series.name,
                point=series.point,
                kept=found[1],
                unit=series.unit,
            ),
            say("keep them under another series name, or erase the measures of the point first"),
        )
    return number


def _quality_number(connection: Connection, quality: _Quality) -> int:
    found = connection.execute(
        "SELECT id FROM quality WHERE step = ? AND nature = ?", quality
    ).fetchone()
    if found:
        number: int = found[0]
        return number
    return _number(
        connection, "INSERT INTO quality (step, nature) VALUES (?, ?) RETURNING id", quality
    )


def _number(connection: Connection, statement: str, values: Sequence[object]) -> int:
    number: int = connection.execute(statement, values).fetchone()[0]
    return number


def _count(connection: Connection, span: tuple[int, int, int]) -> int:
    return _number(
        connection,
        "SELECT count(*) FROM measure WHERE series = ? AND start >= ? AND start <= ?",
        span,
    )


def _write(connection: Connection, numbers: tuple[int, int], rows: Sequence[Measure]) -> int:
    """How many rows were new or changed."""
    written = 0
    for first in range(0, len(rows), _ROWS):
        some = rows[first : first + _ROWS]
        values = [*numbers, *chain.from_iterable(map(_CELL, some))]
        written += connection.execute(_statement(len(some)), values).rowcount
    return written


@lru_cache(maxsize=_ROWS)
def _statement(rows: int) -> str:
    """The statement for so many rows: replies of one kind have the same rests again and again."""
    return _UPSERT.format(
        ",".join(f"(?1, ?{3 + 2 * row}, ?{4 + 2 * row}, ?2)" for row in range(rows))
    )
