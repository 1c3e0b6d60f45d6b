"""What a delivered file takes back, and where files of one publication contradict each other."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from sgeflow.adapters.state.database import SqlConnection
from sgeflow.adapters.state.upsert import Publication, is_repeated
from sgeflow.core.model import Measure, Series

_SERIES = "SELECT id FROM series WHERE point = ? AND name = ?"
_KEPT = (
    "SELECT step, value, nature, measure.publication, COALESCE(published, 0) FROM measure "
    "JOIN quality ON quality.id = measure.quality "
    "LEFT JOIN publication ON publication.id = measure.publication "
    "WHERE series = ? AND start = ?"
)
_NOTES = (
    "SELECT step, value, nature, published, given FROM withdrawn "
    "JOIN publication ON publication.id = withdrawn.publication "
    "WHERE point = ? AND withdrawn.name = ? AND start = ?"
)
_NOTE = (
    "INSERT INTO withdrawn VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (point, name, start, step, value, nature) DO UPDATE SET "
    "publication = excluded.publication, given = COALESCE(excluded.given, withdrawn.given)"
)
_OF_PUBLICATION = (
    "SELECT start, step, value, publication.name FROM measure "
    "JOIN quality ON quality.id = measure.quality "
    "JOIN publication ON publication.id = measure.publication WHERE series = ? "
    "AND start >= ? AND start <= ? AND (publication.id = ? OR (published = ? AND published > 0))"
)


class Withdrawn(Struct, frozen=True, kw_only=True):
    """What taking measures back came to: how many went, and which had nothing to go."""

    removed: int
    unmatched: tuple[Measure, ...]


class Clash(Struct, frozen=True, kw_only=True):
    """A start of which the same publication has given another value, and in which file."""

    start: int
    kept: int | float
    given: int | float
    file: str


def withdraw(
    connection: SqlConnection, series: Series, measures: Sequence[Measure], by: Publication
) -> Withdrawn:
    """Take back measures that were kept, unless a later publication gave what stands there.

    It is noted, so that an earlier publication that comes after this one does not bring them back.
    """
    if not measures:
        return Withdrawn(removed=0, unmatched=())
    row = connection.execute(_SERIES, (series.point, series.name)).fetchone()
    number = row[0] if row else 0
    removed = 0
    unmatched = []
    for measure in measures:
        current = connection.execute(_KEPT, (number, measure.start)).fetchone()
        is_later = current is not None and current[4] > by.published
        goes = current is not None and not is_later and is_repeated(measure, *current[:3])
        if goes:
            statement = "DELETE FROM measure WHERE series = ? AND start = ?"
            removed += connection.execute(statement, (number, measure.start)).rowcount
        went_before = _note(connection, series, measure, by, current[3] if goes else None)
        if not (goes or is_later or went_before):
            unmatched.append(measure)
    return Withdrawn(removed=removed, unmatched=tuple(unmatched))


def _note(
    connection: SqlConnection,
    series: Series,
    measure: Measure,
    by: Publication,
    replaced: int | None,
) -> bool:
    """Note that a measure was taken back; whether it had gone before."""
    key = (series.point, series.name, measure.start)
    notes = [
        note
        for note in connection.execute(_NOTES, key).fetchall()
        if is_repeated(measure, *note[:3])
    ]
    if not any(note[3] > by.published for note in notes):
        row = (measure.step, measure.value, measure.nature, by.number, replaced)
        connection.execute(_NOTE, (*key, *row))
    return any(note[4] is not None for note in notes)


def clashes(
    connection: SqlConnection,
    series: Series,
    measures: Sequence[Measure],
    by: Publication,
    *,
    own: bool,
) -> tuple[Clash, ...]:
    """Where this file (`own`), or another of its publication, gave another value of an interval."""
    row = connection.execute(_SERIES, (series.point, series.name)).fetchone()
    if row is None or not measures or (by.is_alone and not own):
        return ()
    span = min(one.start for one in measures), max(one.start for one in measures)
    published = 0 if own else by.published
    values = {
        (start, step): (value, name)
        for start, step, value, name in connection.execute(
            _OF_PUBLICATION, (row[0], *span, by.number, published)
        ).fetchall()
    }
    return tuple(
        Clash(start=one.start, kept=value, given=one.value, file=name)
        for one in measures
        for value, name in [values.get((one.start, one.step), (one.value, ""))]
        if value != one.value
    )
