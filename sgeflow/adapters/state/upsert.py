"""Writes the measures of one series into an open transaction of the store.

Each measure knows the publication that it came by: 0 where no delivered file gave it. What a later
publication said is not replaced by an earlier one, in whatever order files are decoded.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain
from operator import attrgetter, lt

from msgspec import Struct

from sgeflow.adapters.state.database import SqlConnection, storage_error
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
    "SELECT start, step, value, nature, noted.published, given.published FROM withdrawn "
    "JOIN publication noted ON noted.id = withdrawn.publication "
    "LEFT JOIN publication given ON given.id = withdrawn.given "
    "WHERE point = ? AND withdrawn.name = ? AND start >= ? AND start <= ?"
)
_GIVEN = (
    "UPDATE withdrawn SET given = ? WHERE point = ? AND name = ? AND start = ? AND step = ? "
    "AND value = ?"
)
_OLDER = (
    "DELETE FROM measure WHERE series = ? AND start = ? "
    "AND publication IN (SELECT id FROM publication WHERE published < ?)"
)
_MARK = "UPDATE measure SET publication = ? WHERE series = ? AND publication <> ? AND start IN ({})"
_START = attrgetter("start")
_CELL = attrgetter("start", "value")
_QUALITY = attrgetter("step", "nature")
_Quality = tuple[int, str]


class Publication(Struct, frozen=True, kw_only=True):
    """A file in the store: its number there, when it was published, and what else came."""

    number: int
    published: int
    is_last: bool  # none of a later publication came
    is_alone: bool  # no other file of this publication came, nor one of its name


def publication(connection: SqlConnection, name: str, published: int) -> Publication:
    """The publication of a file; the store learns of it."""
    same = connection.execute(
        "SELECT id, name FROM publication WHERE published = ?", (published,)
    ).fetchall()
    known = next((number for number, other in same if other == name), None)
    number = known or _number(
        connection,
        "INSERT INTO publication (published, name) VALUES (?, ?) RETURNING id",
        (published, name),
    )
    later = connection.execute(
        "SELECT 1 FROM publication WHERE published > ? LIMIT 1", (published,)
    ).fetchone()
    is_alone = known is None and not (same and published)
    return Publication(number=number, published=published, is_last=later is None, is_alone=is_alone)


def upsert(
    connection: SqlConnection,
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
    incoming = _one_a_start(measures)
    if not incoming:
        return Saved(new=0, changed=0, unchanged=0)
    number = _series_number(connection, series)
    rows, removed = incoming, 0
    if by is not None and not by.is_last:
        rows, removed = _current(connection, series, number, incoming, by)
    if not rows:
        return Saved(new=0, changed=0, unchanged=0, outdated=len(incoming), removed=removed)
    span = (number, rows[0].start, rows[-1].start)
    before = _count(connection, span)
    count = sum(
        _write(connection, (number, _quality_number(connection, quality)), some, by)
        for quality, some in _by_quality(rows).items()
    )
    new = _count(connection, span) - before if before else len(rows)
    if by is not None and by.number and count < len(rows):
        _mark(connection, number, rows, by)
    return Saved(
        new=new,
        changed=count - new,
        unchanged=len(rows) - count,
        outdated=len(incoming) - len(rows),
        removed=removed,
    )


def is_repeated(measure: Measure, step: int, value: float, nature: str) -> bool:
    """Whether a value of the same start is the measure, sent again; a nature may be unknown."""
    same_nature = measure.nature == nature or not (measure.nature and nature)
    return measure.step == step and measure.value == value and same_nature


def _current(
    connection: SqlConnection, series: Series, number: int, rows: Sequence[Measure], by: Publication
) -> tuple[Sequence[Measure], int]:
    """The measures of a publication that no later one gave or took back; how many they undid."""
    span = rows[0].start, rows[-1].start
    later = connection.execute(_HELD, (number, *span, by.published)).fetchall()
    outdated = {start for (start,) in later}
    notes: dict[int, list[tuple[int, float, str]]] = defaultdict(list)
    for start, *measure, noted, replaced in connection.execute(
        _TAKEN_BACK, (series.point, series.name, *span)
    ).fetchall():
        if replaced is not None and replaced > by.published:
            outdated.add(start)
        if noted > by.published:
            notes[start].append(tuple(measure))
    current, removed = [], 0
    for row in rows:
        if row.start in outdated:
            continue
        note = next((one for one in notes[row.start] if is_repeated(row, *one)), None)
        if note is None:
            current.append(row)
        else:
            removed += _undo(connection, series, number, row, by)
    return current, removed


def _undo(
    connection: SqlConnection, series: Series, number: int, row: Measure, by: Publication
) -> int:
    """A measure comes after it was taken back: what it would have replaced goes all the same."""
    key = (series.point, series.name, row.start, row.step, row.value)
    connection.execute(_GIVEN, (by.number, *key))
    return connection.execute(_OLDER, (number, row.start, by.published)).rowcount


def _one_a_start(measures: Iterable[Measure]) -> Sequence[Measure]:
    rows = tuple(measures)
    if all(map(lt, map(_START, rows), map(_START, rows[1:]))):
        return rows
    by_start = {measure.start: measure for measure in rows}
    return [by_start[start] for start in sorted(by_start)]


def _by_quality(rows: Sequence[Measure]) -> dict[_Quality, Sequence[Measure]]:
    qualities: set[_Quality] = set(map(_QUALITY, rows))
    if len(qualities) == 1:  # nearly always
        return {qualities.pop(): rows}
    return {
        quality: [row for row in rows if _QUALITY(row) == quality] for quality in sorted(qualities)
    }


def _series_number(connection: SqlConnection, series: Series) -> int:
    row = connection.execute(
        "SELECT id, unit FROM series WHERE point = ? AND name = ?", (series.point, series.name)
    ).fetchone()
    if row is None:
        return _number(
            connection,
            "INSERT INTO series (point, name, unit) VALUES (?, ?, ?) RETURNING id",
            (series.point, series.name, series.unit),
        )
    number: int = row[0]
    if row[1] != series.unit:
        raise storage_error(
            say(
                "{series} of point {point} is kept in {kept}, these measures are in {unit}",
                series=series.name,
                point=series.point,
                kept=row[1],
                unit=series.unit,
            ),
            say("keep them under another series name, or erase the measures of the point first"),
        )
    return number


def _quality_number(connection: SqlConnection, quality: _Quality) -> int:
    row = connection.execute(
        "SELECT id FROM quality WHERE step = ? AND nature = ?", quality
    ).fetchone()
    if row:
        number: int = row[0]
        return number
    return _number(
        connection, "INSERT INTO quality (step, nature) VALUES (?, ?) RETURNING id", quality
    )


def _number(connection: SqlConnection, statement: str, values: Sequence[object]) -> int:
    number: int = connection.execute(statement, values).fetchone()[0]
    return number


def _count(connection: SqlConnection, span: tuple[int, int, int]) -> int:
    return _number(
        connection,
        "SELECT count(*) FROM measure WHERE series = ? AND start >= ? AND start <= ?",
        span,
    )


def _write(
    connection: SqlConnection,
    numbers: tuple[int, int],
    rows: Sequence[Measure],
    by: Publication | None,
) -> int:
    """How many rows were new or changed."""
    count = 0
    number = by.number if by else 0
    for first in range(0, len(rows), _ROWS):
        some = rows[first : first + _ROWS]
        values = [*numbers, number, *chain.from_iterable(map(_CELL, some))]
        statement = _statement(len(some), is_published=by is not None)
        count += connection.execute(statement, values).rowcount
    return count


def _mark(connection: SqlConnection, series: int, rows: Sequence[Measure], by: Publication) -> None:
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
