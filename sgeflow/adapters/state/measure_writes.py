"""Writes the measures of one series into an open transaction of the store.

A value replaces the kept value of its start, the values in its time, and the highest power of its
day or month. Each measure knows the publication that it came by: 0 where no delivered file gave it.
An earlier publication does not replace a later one, in whatever order files are decoded. A measure
knows the run that brought its value, too. Replaced values are kept as history.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import reduce
from itertools import accumulate
from typing import Any, NamedTuple

from msgspec import Struct

from sgeflow.adapters.state.chunk import KeptMeasure, MeasureChunk, OriginRun, ValueOrigin, spread
from sgeflow.adapters.state.customers import by_customer
from sgeflow.adapters.state.database import SqlConnection, SqlRows, storage_error
from sgeflow.adapters.state.kept_series import (
    Publication,
    SeriesChunks,
    SeriesRow,
    ask_for_series,
    ask_origin,
    find_series,
    load,
    load_around,
    series_for,
    times_of,
)
from sgeflow.core.engine.effects import Saved
from sgeflow.core.measures.columns import Measures
from sgeflow.core.measures.impossible import find_fall, is_index
from sgeflow.core.measures.series import PeakPeriod, peak_period
from sgeflow.core.model import Fall, Measure, Series
from sgeflow.errors import TechnicalError
from sgeflow.messages import say

_SHORTEST_DAY = 82_800  # seconds: that of spring


def covered_starts(measures: Iterable[Measure], by: Iterable[Measure]) -> set[int]:
    """The starts of those measures over a part of whose time others lie, which start elsewhere."""
    rows = [one for one in measures if _is_of_curve(one)]
    others = sorted((one.start, one.step) for one in by if _is_of_curve(one))
    if not rows or not others:
        return set()
    starts = [start for start, _ in others]
    reach = list(accumulate((start + step for start, step in others), max))
    own = set(starts)
    covered = set()
    for one in rows:
        place = bisect_left(starts, one.start + one.step) - 1
        if place >= 0 and reach[place] > one.start and one.start not in own:
            covered.add(one.start)
    return covered


def _is_of_curve(measure: Measure) -> bool:
    return 0 < measure.step < _SHORTEST_DAY


class MovedPeaks(Struct, frozen=True):
    """What room was made for: how many starts stand for others that went, and whose they are.

    `removed` counts those that went and no new start stands for. `heirs` are new starts by the
    publication that the gone ones came by: an older file replaces neither.
    """

    count: int = 0
    removed: int = 0
    heirs: Mapping[int, frozenset[int]] = {}

    def shares(self, rows: Measures, origin: ValueOrigin) -> Iterator[tuple[Measures, ValueOrigin]]:
        """Measures by what each comes by from now on: as a rule all of them by one origin."""
        if origin.publication or not self.heirs:
            yield rows, origin
            return
        yield rows.without(frozenset().union(*self.heirs.values())), origin
        for publication, starts in self.heirs.items():
            others = {start for start in rows.starts if start not in starts}
            yield rows.without(others), origin._replace(publication=publication)


def chunks_for(
    connection: SqlConnection, row: SeriesRow, series: str, measures: Measures
) -> SeriesChunks:
    """The chunks that measures, in order, stand on, and of peaks those of their whole periods."""
    first, last = measures.starts[0], measures.starts[-1]
    period = peak_period(series)
    if period is not None:
        first, last = period.bounds(first, last)
    return SeriesChunks(connection, row, first, last)


def move_peaks(
    connection: SqlConnection, chunks: SeriesChunks, series: str, rows: Measures
) -> MovedPeaks:
    """Take out the kept peaks in whose days, or months, others are about to be kept."""
    period = peak_period(series)
    if period is None or not rows:
        return MovedPeaks()
    first, last = period.bounds(rows.starts[0], rows.starts[-1])
    known = [start for chunk in chunks for start in chunk.measures.starts if first <= start <= last]
    going = _by_period(period, set(known).difference(rows.starts))
    if not going:  # nearly always: new days, and those that stay as they are
        return MovedPeaks()
    coming = _by_period(period, set(rows.starts).difference(known))
    count, removed, heirs = 0, 0, defaultdict[int, frozenset[int]](frozenset)
    for day in sorted({*period.of(rows.starts)} & going.keys()):
        taken_out = [chunks.remove(start) for start in going[day]]
        news = coming.get(day, ())
        count, removed = count + len(news), removed + (0 if news else len(taken_out))
        if publication := _latest(connection, taken_out):
            heirs[publication] |= {*news}
    return MovedPeaks(count, removed, heirs)


def starts_of_same_peaks(series: str, measures: Measures, others: Iterable[Measure]) -> set[int]:
    """The starts of those measures of whose day, or month, others are the highest powers."""
    period = peak_period(series)
    if period is None:
        return set()
    known = {*period.of(one.start for one in others)}
    days = zip(measures.starts, period.of(measures.starts), strict=True)
    return {start for start, day in days if day in known}


def _by_period(period: PeakPeriod, starts: Iterable[int]) -> dict[date, list[int]]:
    by_period = defaultdict[date, list[int]](list)
    every = sorted(starts)
    for start, day in zip(every, period.of(every), strict=True):
        by_period[day].append(start)
    return by_period


def _latest(connection: SqlConnection, measures: Iterable[KeptMeasure]) -> int:
    """The publication, of those that some came by, that came last; 0 where no file gave them."""
    times = times_of(connection, {one.origin.publication for one in measures} - {0})
    return max(times, key=lambda number: (times[number], number), default=0)


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


DELIVERIES = """
        CREATE TABLE delivery (
          name TEXT NOT NULL, digest TEXT NOT NULL, flux TEXT NOT NULL, kept INTEGER NOT NULL,
          PRIMARY KEY (name, digest)
        ) WITHOUT ROWID;
        CREATE TABLE paper (
          flux TEXT NOT NULL, point TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL,
          PRIMARY KEY (flux, point, name)
        ) WITHOUT ROWID;
        CREATE TABLE publication (
          id INTEGER PRIMARY KEY, published INTEGER NOT NULL, name TEXT NOT NULL,
          UNIQUE (published, name)
        );
        CREATE TABLE withdrawn (
          point TEXT NOT NULL, name TEXT NOT NULL, start INTEGER NOT NULL, step INTEGER NOT NULL,
          value NOT NULL, nature TEXT NOT NULL, publication INTEGER NOT NULL, given INTEGER,
          PRIMARY KEY (point, name, start, step, value, nature)
        ) WITHOUT ROWID
        """
"""The tables, as a version of the store's schema. A released script never changes."""


class Delivery(Struct, frozen=True):
    """One delivered file being kept, inside its transaction."""

    _connection: SqlConnection
    _publication: Publication
    _moved: frozenset[str]  # points that had an earlier customer

    def save(self, series: Series, measures: Sequence[Measure]) -> Saved:
        """Keep measures, each of who was the point's customer on its day.

        What a later publication gave or took back is left as it is.

        Raises:
            TechnicalError: the series is kept in another unit.
        """
        saved = [
            upsert(self._connection, ask_series(self._connection, own, self._publication), some)
            for own, some in self._by_customer(series, measures)
        ]
        return reduce(_sum, saved, Saved(new=0, changed=0, unchanged=0))

    def withdraw(self, series: Series, measures: Sequence[Measure]) -> WithdrawResult:
        """Take back measures that were kept, those alone: same start, length, value and nature.

        What a later publication gave is left as it is.
        """
        results = [
            withdraw(self._connection, own, some, self._publication)
            for own, some in self._by_customer(series, measures)
        ]
        return WithdrawResult(
            removed=sum(one.removed for one in results),
            unmatched=tuple(measure for one in results for measure in one.unmatched),
        )

    def clashes(
        self, series: Series, measures: Sequence[Measure], *, own: bool
    ) -> tuple[Clash, ...]:
        """Where the same publication gave another value: this file (`own`), or an earlier one."""
        connection, by = self._connection, self._publication
        shares = self._by_customer(series, measures)
        found = (clashes(connection, one, some, by, own=own) for one, some in shares)
        return tuple(clash for some in found for clash in some)

    def overlapping(
        self, series: Series, measures: Sequence[Measure]
    ) -> Iterator[tuple[Measure, Measure]]:
        """Measures that take days of one that stays, for none of them begins with it: both."""
        starts = {one.start for one in measures}
        for own, some in self._by_customer(series, measures):
            kept = load(self._connection, own.point, own.name, None, None).measures
            stays = [one for one in kept if one.start not in starts]
            for one in some if stays else ():
                end = one.start + one.step
                others = (
                    two for two in stays if two.start < end and one.start < two.start + two.step
                )
                yield from ((one, other) for other in others)

    def _by_customer(
        self, series: Series, measures: Sequence[Measure]
    ) -> Iterable[tuple[Series, Sequence[Measure]]]:
        if series.point not in self._moved:
            return [(series, measures)]
        return by_customer(self._connection, series, measures)

    def file(self, flux: str, point: str, name: str, body: Mapping[str, Any]) -> None:
        """Keep a document about a point; the one of the same flux and file name is replaced."""
        text = json.dumps(body)  # ASCII: a file may hold what is no Unicode text
        self._connection.execute(
            "INSERT INTO paper VALUES (?, ?, ?, ?) "
            "ON CONFLICT (flux, point, name) DO UPDATE SET body = excluded.body",
            (flux, point, name, text),
        )

    def note(self, name: str, digest: str, flux: str, at: int) -> None:
        """Remember that a file came; `at` is when, in epoch seconds."""
        self._connection.execute(
            "INSERT INTO delivery VALUES (?, ?, ?, ?) "
            "ON CONFLICT (name, digest) DO UPDATE SET kept = excluded.kept",
            (name, digest, flux, at),
        )


def _sum(one: Saved, other: Saved) -> Saved:
    counts = ("new", "changed", "unchanged", "outdated", "removed")
    total = {name: getattr(one, name) + getattr(other, name) for name in counts}
    return Saved(**total, fall=one.fall or other.fall)


def was_delivered(connection: SqlConnection, name: str, digest: str) -> bool:
    """Whether a file of that name and content was noted."""
    row = connection.execute(
        "SELECT 1 FROM delivery WHERE name = ? AND digest = ?", (name, digest)
    ).fetchone()
    return row is not None


def papers_of(connection: SqlConnection, point: str, flux: str) -> tuple[Any, ...]:
    """The documents of a flux about a point, by the names of their files."""
    rows = connection.execute(
        "SELECT body FROM paper WHERE flux = ? AND point = ? ORDER BY name", (flux, point)
    ).fetchall()
    return tuple(json.loads(body) for (body,) in rows)
