"""Writes the measures of one series into an open transaction of the store.

Each measure knows the publication that it came by: 0 where no delivered file gave it. What a later
publication said is not replaced by an earlier one, in whatever order files are decoded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from operator import attrgetter, lt

from sgeflow.adapters.state.database import Connection, storage_error
from sgeflow.core.engine.effects import Saved
from sgeflow.core.model import Measure, Series
from sgeflow.messages import say

_ROWS = 200  # a statement: twice as fast as one row each, more gains nothing
_ROW = "(?1, ?{start}, ?{value}, ?2, ?3)"
_UPSERT = (
    "INSERT INTO measure VALUES {rows} ON CONFLICT (series, start) "
    "DO UPDATE SET value = excluded.value, quality = excluded.quality{more} "
    "WHERE measure.value <> excluded.value OR measure.quality <> excluded.quality"
)
_HELD = (
    "SELECT start FROM measure WHERE series = ? AND start >= ? AND start <= ? "
    "AND publication IN (SELECT id FROM publication WHERE published > ?)"
)
_TAKEN_BACK = (
    "SELECT start FROM withdrawn WHERE point = ? AND name = ? AND start >= ? AND start <= ? "
    "AND publication IN (SELECT id FROM publication WHERE published > ?)"
)
_MARK = "UPDATE measure SET publication = ? WHERE series = ? AND publication <> ? AND start IN ({})"
_START = attrgetter("start")
_CELL = attrgetter("start", "value")
_QUALITY = attrgetter("step", "nature")
_Quality = tuple[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A publication in the store: its number there, when it was, and whether one is later."""

    number: int
    published: int
    is_last: bool


def publication(connection: Connection, published: int) -> Publication:
    """The publication of an instant; the store learns of it."""
    number = 0
    if published:
        connection.execute(
            "INSERT INTO publication (published) VALUES (?) ON CONFLICT (published) DO NOTHING",
            (published,),
        )
        number = _number(connection, "SELECT id FROM publication WHERE published = ?", (published,))
    later = connection.execute(
        "SELECT 1 FROM publication WHERE published > ? LIMIT 1", (published,)
    ).fetchone()
    return Publication(number=number, published=published, is_last=later is None)


def upsert(
    connection: Connection,
    series: Series,
    measures: Iterable[Measure],
    by: Publication | None = None,
) -> Saved:
    """Keep measures: a changed value replaces, and each row is counted once.

    Of measures for the same start the last one is kept. Those of a publication leave alone what a
    later one gave, or took back.

    Raises:
        TechnicalError: the series is kept in another unit.
    """
    given = _one_a_start(measures)
    if not given:
        return Saved(new=0, changed=0, unchanged=0)
    number = _series_number(connection, series)
    rows = given if by is None or by.is_last else _current(connection, series, number, given, by)
    if not rows:
        return Saved(new=0, changed=0, unchanged=0, outdated=len(given))
    span = (number, rows[0].start, rows[-1].start)
    before = _count(connection, span)
    written = sum(
        _write(connection, (number, _quality_number(connection, quality)), some, by)
        for quality, some in _by_quality(rows).items()
    )
    new = _count(connection, span) - before if before else len(rows)
    if by is not None and by.number and written < len(rows):
        _mark(connection, number, rows, by)
    return Saved(
        new=new,
        changed=written - new,
        unchanged=len(rows) - written,
        outdated=len(given) - len(rows),
    )


def withdraw(connection: Connection, series: Series, starts: Sequence[int], by: Publication) -> int:
    """Take back what was kept at some starts, unless a later publication gave it; how many.

    It is noted, so that an earlier publication that comes after this one does not bring it back.
    """
    if not starts:
        return 0
    found = connection.execute(
        "SELECT id FROM series WHERE point = ? AND name = ?", (series.point, series.name)
    ).fetchone()
    number = found[0] if found else 0
    later = _starts_of_later(connection, series, number, (min(starts), max(starts)), by)
    removed = 0
    for start in set(starts) - later:
        removed += connection.execute(
            "DELETE FROM measure WHERE series = ? AND start = ?", (number, start)
        ).rowcount
        connection.execute(
            "INSERT INTO withdrawn VALUES (?, ?, ?, ?) ON CONFLICT (point, name, start) "
            "DO UPDATE SET publication = excluded.publication",
            (series.point, series.name, start, by.number),
        )
    return removed


def _current(
    connection: Connection, series: Series, number: int, rows: Sequence[Measure], by: Publication
) -> Sequence[Measure]:
    """The measures of a publication that no later one gave or took back."""
    later = _starts_of_later(connection, series, number, (rows[0].start, rows[-1].start), by)
    return [row for row in rows if row.start not in later] if later else rows


def _starts_of_later(
    connection: Connection, series: Series, number: int, span: tuple[int, int], by: Publication
) -> set[int]:
    held = connection.execute(_HELD, (number, *span, by.published))
    taken = connection.execute(_TAKEN_BACK, (series.point, series.name, *span, by.published))
    return {start for (start,) in chain(held.fetchall(), taken.fetchall())}


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


def _write(
    connection: Connection,
    numbers: tuple[int, int],
    rows: Sequence[Measure],
    by: Publication | None,
) -> int:
    """How many rows were new or changed."""
    written = 0
    number = by.number if by else 0
    for first in range(0, len(rows), _ROWS):
        some = rows[first : first + _ROWS]
        values = [*numbers, number, *chain.from_iterable(map(_CELL, some))]
        statement = _statement(len(some), is_published=by is not None)
        written += connection.execute(statement, values).rowcount
    return written


def _mark(connection: Connection, series: int, rows: Sequence[Measure], by: Publication) -> None:
    """Note the publication on values that it did not change: it said them too."""
    for first in range(0, len(rows), _ROWS):
        starts = list(map(_START, rows[first : first + _ROWS]))
        statement = _MARK.format(", ".join(["?"] * len(starts)))
        connection.execute(statement, (by.number, series, by.number, *starts))


@lru_cache(maxsize=2 * _ROWS)
def _statement(rows: int, *, is_published: bool) -> str:
    """The statement for so many rows: replies of one kind have the same rests again and again.

    What a web service gives leaves the publication as it is, so that no earlier file replaces it.
    """
    return _UPSERT.format(
        rows=",".join(_ROW.format(start=4 + 2 * row, value=5 + 2 * row) for row in range(rows)),
        more=", publication = excluded.publication" if is_published else "",
    )
