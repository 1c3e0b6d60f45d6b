"""What a delivered file takes back, and where files of one publication contradict each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence

from msgspec import Struct

from sgeflow.adapters.state.database import SqlConnection
from sgeflow.adapters.state.measures.chunk import KeptMeasure
from sgeflow.adapters.state.measures.moved_peaks import chunks_for
from sgeflow.adapters.state.measures.publications import Publication, times_of
from sgeflow.adapters.state.measures.series_chunks import SeriesChunks, find_series
from sgeflow.adapters.state.measures.upsert import is_repeated
from sgeflow.core.measures.columns import Measures
from sgeflow.core.measures.peaks import peak_period
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

    Of a day's highest power the other one may be kept at another start.
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
    """Where this file (`own`), or another of its publication, gave another value of an interval."""
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
    kept: dict[Hashable, list[KeptMeasure]] = defaultdict(list)
    for one, place in zip(came, _places(series, [one.measure for one in came]), strict=True):
        kept[place].append(one)
    return tuple(
        Clash(
            start=one.start,
            kept_at=others[0].measure.start,
            kept=others[0].measure.value,
            given=one.value,
            file=files[others[0].origin.publication],
        )
        for one, place in zip(measures, _places(series, measures), strict=True)
        if (others := kept.get(place))
        and not any(
            (other.measure.start, other.measure.value) == (one.start, one.value) for other in others
        )
    )


def _places(series: Series, measures: Sequence[Measure]) -> Iterable[Hashable]:
    """What there is one value of: an interval, or of highest powers a day or month."""
    if period := peak_period(series.name):
        return period.of(one.start for one in measures)
    return ((one.start, one.step) for one in measures)


def _chunks(
    connection: SqlConnection, series: Series, measures: Sequence[Measure]
) -> SeriesChunks | None:
    """The chunks that measures stand on; None when nothing is kept of the series."""
    row = find_series(connection, series.point, series.name)
    in_order = sorted(measures, key=lambda one: one.start)
    return chunks_for(connection, row, series.name, Measures.of(in_order)) if row else None
