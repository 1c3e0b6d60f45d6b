"""Writes the measures of one series into an open transaction of the store.

A value replaces what was kept of its start, and what lies in its time; a highest power that of its
day or month.

Each measure knows the publication that it came by: 0 where no delivered file gave it. What a later
publication said is not replaced by an earlier one, in whatever order files are decoded. It knows
the run that brought its value, too; a value that goes is remembered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import NamedTuple

from msgspec import Struct

from sgeflow.adapters.state.database import SqlConnection, SqlRows, storage_error
from sgeflow.adapters.state.measures.authors import ask_origin
from sgeflow.adapters.state.measures.chunk import (
    KeptMeasure,
    MeasureChunk,
    OriginRun,
    ValueOrigin,
    spread,
)
from sgeflow.adapters.state.measures.moved_peaks import chunks_for, move_peaks, starts_of_same_peaks
from sgeflow.adapters.state.measures.overlaps import covered_starts
from sgeflow.adapters.state.measures.publications import Publication, times_of
from sgeflow.adapters.state.measures.reading import load_around
from sgeflow.adapters.state.measures.series_chunks import (
    SeriesChunks,
    SeriesRow,
    ask_for_series,
    series_for,
)
from sgeflow.core.engine.effects import Saved
from sgeflow.core.measures.columns import Measures
from sgeflow.core.measures.falling import find_fall, is_index
from sgeflow.core.model import Fall, Measure, Series
from sgeflow.errors import TechnicalError
from sgeflow.messages import say

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


class ChunkChange(Struct, frozen=True, kw_only=True):
    """What keeping measures makes of a chunk; None for the chunk that stays as it is."""

    chunk: MeasureChunk | None
    new: int = 0
    changed: int = 0
    gone: tuple[KeptMeasure, ...] = ()


class SeriesQuestion(NamedTuple):
    """What is asked before measures of a series are kept; its answers come together."""

    series: Series
    by: Publication | None
    row: SqlRows
    origin: Callable[[], ValueOrigin]


def ask_series(
    connection: SqlConnection, series: Series, by: Publication | None = None, run: str = ""
) -> SeriesQuestion:
    """Ask for a series, and for who brings measures of it: a publication, or else a `run`."""
    row = ask_for_series(connection, series.point, series.name)
    origin = ask_origin(connection, "" if by else run)
    return SeriesQuestion(series, by, row, origin)


def upsert(
    connection: SqlConnection, question: SeriesQuestion, measures: Iterable[Measure]
) -> Saved:
    """Keep measures: a changed value replaces, and each row is counted once.

    Of measures for the same start the last one is kept. Those of a publication leave alone what a
    later one gave, or took back.

    Raises:
        TechnicalError: the series is kept in another unit, or a value is no number.
    """
    incoming = Measures.of(measures).one_a_start()
    if not incoming:
        return Saved(new=0, changed=0, unchanged=0)
    series, by = question.series, question.by
    row = series_for(connection, series, question.row, incoming)
    chunks = chunks_for(connection, row, series.name, incoming)
    rows, removed = incoming, 0
    if by is not None and not by.is_last:
        rows, removed = _current(connection, series, chunks, incoming, by)
    origin = ValueOrigin(by.number, 0, 0) if by else question.origin()
    moved = move_peaks(connection, chunks, series.name, rows)
    new, changed = -moved.count, moved.count
    for some, came_by in moved.shares(rows, origin):
        for number, part in spread(some, row.span):
            change = merge(chunks.chunk(number), part, came_by)
            if change.chunk:
                chunks.replace(number, change.chunk, change.gone)
            new, changed = new + change.new, changed + change.changed
            if chunks.is_full:
                _write(chunks, series)
    _write(chunks, series)
    return Saved(
        new=new,
        changed=changed,
        unchanged=len(rows) - new - changed,
        outdated=len(incoming) - len(rows),
        removed=removed + moved.removed,
        fall=_fall(connection, row, rows) if is_index(series.name) and rows else None,
    )


def _fall(connection: SqlConnection, row: SeriesRow, rows: Measures) -> Fall | None:
    """Where an index falls at readings that were just written."""
    first, last = rows.starts[0], rows.starts[-1]
    kept = rows if row.is_new else load_around(connection, row, first, last)
    return find_fall(kept, first, last)


def _write(chunks: SeriesChunks, series: Series) -> None:
    try:
        chunks.write()
    except ValueError:
        raise _no_number(series) from None


def merge(chunk: MeasureChunk | None, part: Measures, origin: ValueOrigin) -> ChunkChange:
    """Put measures on a chunk; what is wholly new, there already, or follows is seen at once."""
    if chunk is None:
        return ChunkChange(chunk=_whole(part, origin), new=len(part))
    if part.starts[0] >= _end_of(chunk.measures):
        return ChunkChange(chunk=chunk.followed_by(_whole(part, origin)), new=len(part))
    if chunk.measures == part:
        return ChunkChange(chunk=_said_again(chunk, origin))
    return merge_one_by_one(chunk, part, origin)


def merge_one_by_one(
    chunk: MeasureChunk | None, part: Measures, origin: ValueOrigin
) -> ChunkChange:
    """Put measures on a chunk, each in the place of what is kept of its start and time."""
    kept = chunk.by_start() if chunk else {}
    of_files = [one for one in kept.values() if one.origin.publication]
    covered = covered_starts(chunk.measures, part) if chunk else ()
    new, replaced, said_again = 0, [kept.pop(start) for start in covered], False
    changed = -len(replaced)
    for measure in part:
        before = kept.get(measure.start)
        publication = origin.publication or _said_by(before, measure, of_files)
        if before is None or before.measure != measure:
            kept[measure.start] = KeptMeasure(measure, origin._replace(publication=publication))
            new += before is None
            replaced += [before] if before else []
        elif before.origin.publication != publication:
            kept[measure.start] = KeptMeasure(
                before.measure, before.origin._replace(publication=publication)
            )
            said_again = True
    if not (new or replaced or said_again):
        return ChunkChange(chunk=None)
    return ChunkChange(
        chunk=MeasureChunk.of(kept.values()),
        new=new,
        changed=changed + len(replaced),
        gone=tuple(replaced),
    )


def _said_by(before: KeptMeasure | None, measure: Measure, of_files: Iterable[KeptMeasure]) -> int:
    """The publication whose value a web service puts right: of its start, or else in its time."""
    if before is not None:
        return before.origin.publication
    return max(
        (
            one.origin.publication
            for one in of_files
            if one.measure.start < measure.start + measure.step
            and measure.start < one.measure.start + one.measure.step
        ),
        default=0,
    )


def is_repeated(measure: Measure, step: int, value: float, nature: str) -> bool:
    """Whether a value of the same start is the measure, sent again; a nature may be unknown."""
    same_nature = measure.nature == nature or not (measure.nature and nature)
    return measure.step == step and measure.value == value and same_nature


def _end_of(measures: Measures) -> int:
    """From which start on others follow measures, and meet none of them."""
    last = measures.starts[-1]
    return max(last + 1, last + measures.runs[-1].step)


def _whole(part: Measures, origin: ValueOrigin) -> MeasureChunk:
    return MeasureChunk(part, (OriginRun(0, len(part), origin),))


def _said_again(chunk: MeasureChunk, origin: ValueOrigin) -> MeasureChunk | None:
    """The chunk, when a file repeats all of it and another said it last."""
    number = origin.publication
    if not number or all(one.origin.publication == number for one in chunk.origins):
        return None
    return chunk.came_by(number)


def _current(
    connection: SqlConnection, series: Series, chunks: SeriesChunks, rows: Measures, by: Publication
) -> tuple[Measures, int]:
    """The measures of a publication that no later one gave or took back; how many they undid."""
    later = _given_later(connection, chunks, by)
    outdated = {one.start for one in later} | covered_starts(rows, later)
    outdated |= starts_of_same_peaks(series.name, rows, later)
    notes: dict[int, list[tuple[int, float, str]]] = defaultdict(list)
    for start, *measure, noted, replaced in connection.execute(
        _TAKEN_BACK, (series.point, series.name, rows.starts[0], rows.starts[-1])
    ).fetchall():
        if replaced is not None and replaced > by.published:
            outdated.add(start)
        if noted > by.published:
            notes[start].append(tuple(measure))
    current = rows.without(outdated)
    undone, removed = set(), 0
    for row in current if notes else ():
        if any(is_repeated(row, *one) for one in notes[row.start]):
            undone.add(row.start)
            removed += _undo(connection, series, chunks, row, by)
    return current.without(undone), removed


def _given_later(connection: SqlConnection, chunks: SeriesChunks, by: Publication) -> list[Measure]:
    """What a later publication gave."""
    runs = [(chunk, run) for chunk in chunks for run in chunk.origins]
    times = times_of(connection, {run.origin.publication for _, run in runs})
    return [
        measure
        for chunk, (first, end, origin) in runs
        if times.get(origin.publication, by.published) > by.published
        for measure in chunk.measures[first:end]
    ]


def _undo(
    connection: SqlConnection, series: Series, chunks: SeriesChunks, row: Measure, by: Publication
) -> int:
    """A measure comes after it was taken back: what it would have replaced goes all the same."""
    key = (series.point, series.name, row.start, row.step, row.value)
    connection.execute(_GIVEN, (by.number, *key))
    kept = chunks.at(row.start)
    if kept is None:
        return 0
    number = kept.origin.publication
    if times_of(connection, [number]).get(number, by.published) >= by.published:
        return 0
    chunks.remove(row.start)
    return 1


def _no_number(series: Series) -> TechnicalError:
    return storage_error(
        say(
            "a value of {series} of point {point} is no number: nothing of it was kept",
            series=series.name,
            point=series.point,
        ),
        say("look at what the service answered"),
    )
