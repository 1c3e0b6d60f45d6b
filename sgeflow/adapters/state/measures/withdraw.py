"""What a delivered file takes back, and where files of one publication contradict each other."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from msgspec import Struct

from sgeflow.adapters.state.database import SqlConnection
from sgeflow.adapters.state.measures.chunk import KeptMeasure
from sgeflow.adapters.state.measures.moved_peaks import chunks_for
from sgeflow.adapters.state.measures.publications import Publication, times_of
from sgeflow.adapters.state.measures.series_chunks import SeriesChunks, find_series
from sgeflow.adapters.state.measures.upsert import is_repeated
from sgeflow.core.measures.columns import Measures
from sgeflow.core.measures.peaks import PeakPeriod, peak_period
from sgeflow.core.model import Measure, Series

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
_FILES = "SELECT id, name FROM publication WHERE id = ? OR (published = ? AND published > 0)"


class WithdrawResult(Struct, frozen=True, kw_only=True):
    """What taking measures back came to: how many went, and which had nothing to go."""

    removed: int
    unmatched: tuple[Measure, ...]


class Clash(Struct, frozen=True, kw_only=True):
    """A start of which the same publication has given another value, and in which file.

    The other one may be kept at another start: of an interval in the same time, or of the same
    day's highest power.
    """

    start: int
    kept_at: int
    kept: int | float
    given: int | float
    file: str


def withdraw(
    connection: SqlConnection, series: Series, measures: Sequence[Measure], by: Publication
) -> WithdrawResult:
    """Take back measures that were kept, unless a later publication gave what stands there.

    It is noted, so that an earlier publication that comes after this one does not bring them back.
    """
    if not measures:
        return WithdrawResult(removed=0, unmatched=())
    chunks = _chunks(connection, series, measures)
    removed = 0
    unmatched = []
    for measure in measures:
        kept = chunks.at(measure.start) if chunks else None
        number = kept.origin.publication if kept else 0
        is_later = times_of(connection, [number]).get(number, 0) > by.published
        goes = (
            chunks is not None
            and kept is not None
            and not is_later
            and is_repeated(measure, kept.measure.step, kept.measure.value, kept.measure.nature)
        )
        if chunks and goes:
            chunks.remove(measure.start)
            removed += 1
        went_before = _note(connection, series, measure, by, number if goes else None)
        if not (goes or is_later or went_before):
            unmatched.append(measure)
    if chunks:
        chunks.write()
    return WithdrawResult(removed=removed, unmatched=tuple(unmatched))


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
    """Where this file (`own`), or another of its publication, gave another value of some time."""
    if not measures or (by.is_alone and not own):
        return ()
    chunks = _chunks(connection, series, measures)
    if chunks is None:
        return ()
    same = (by.number, 0 if own else by.published)
    files = dict(connection.execute(_FILES, same).fetchall())
    came = [
        one
        for chunk in chunks
        if any(run.origin.publication in files for run in chunk.origins)
        for one in chunk.rows()
        if one.origin.publication in files
    ]
    found = (
        _of_same_day(period, came, measures)
        if (period := peak_period(series.name))
        else (_of_same_time(came, measures))
    )
    return tuple(
        Clash(
            start=one.start,
            kept_at=other.measure.start,
            kept=other.measure.value,
            given=one.value,
            file=files[other.origin.publication],
        )
        for one, others in zip(measures, found, strict=True)
        if not any(_is_same(other.measure, one) for other in others)
        for other in others
    )


def _is_same(one: Measure, other: Measure) -> bool:
    return (one.start, one.step, one.value) == (other.start, other.step, other.value)


def _of_same_day(
    period: PeakPeriod, kept: Sequence[KeptMeasure], measures: Sequence[Measure]
) -> Iterator[Sequence[KeptMeasure]]:
    """For each highest power what is kept of its day, or month: there is one."""
    by_day: dict[date, list[KeptMeasure]] = defaultdict(list)
    for one, day in zip(kept, period.of(one.measure.start for one in kept), strict=True):
        by_day[day].append(one)
    return (by_day.get(day, ()) for day in period.of(one.start for one in measures))


def _of_same_time(
    kept: Sequence[KeptMeasure], measures: Sequence[Measure]
) -> Iterator[Sequence[KeptMeasure]]:
    """For each measure what is kept, in order, of its instant or of a part of its interval."""
    starts = [one.measure.start for one in kept]
    longest = max((one.measure.step for one in kept), default=0)
    for one in measures:
        end = one.start + max(one.step, 1)
        first = bisect_right(starts, one.start - max(longest, 1))
        yield [
            other
            for other in kept[first : bisect_left(starts, end)]
            if other.measure.start + max(other.measure.step, 1) > one.start
        ]


def _chunks(
    connection: SqlConnection, series: Series, measures: Sequence[Measure]
) -> SeriesChunks | None:
    """The chunks that measures stand on; None when nothing is kept of the series."""
    row = find_series(connection, series.point, series.name)
    in_order = sorted(measures, key=lambda one: one.start)
    return chunks_for(connection, row, series.name, Measures.of(in_order)) if row else None
