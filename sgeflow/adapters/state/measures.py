"""Measures in the store: packs them in chunks; reads, writes and withdraws them.

A curve has one chunk for each day; series of days or instants have one chunk for 32 days. A chunk
is lossless: it keeps any values, at regular and irregular starts. Each half-hour of a full day
takes about 2.5 bytes.

| packed | bytes for a day of half-hours |
| --- | ---: |
| the first start within the span; the unit of the distances between starts (seconds) | 6 |
| each start, in units after the first; empty if all distances are equal | 2 |
| values, each in as few bytes as the largest needs | 98 |
| step and nature, each with the end of the places for which it holds | 8 |
| publication, author and row of a fleet, with the end of the places | 7 |

A value replaces the stored value with the same start, stored values with overlapping intervals, and
for maximum powers the stored one of the same day or month. Each measure has the publication of its
delivered file (0 without a file), and the run that stored it. An earlier publication does not
replace a later one, in whatever order the files are decoded. Replaced values are kept as history.
Writers of a store take turns: chunks read in a transaction stay valid until its end.
"""

from __future__ import annotations

import json
import struct
from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from functools import reduce
from itertools import accumulate, chain, groupby
from math import gcd, isfinite
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from sgeflow.adapters.state.customers import IS_PRESENT, by_customer
from sgeflow.adapters.state.database import SqlConnection, storage_error
from sgeflow.adapters.state.records import row_run
from sgeflow.core.engine.effects import Loaded, Saved
from sgeflow.core.measures.columns import NO_MEASURES, Measures, MeasureValues, QualityRun
from sgeflow.core.measures.impossible import find_fall, is_index
from sgeflow.core.measures.series import PeakPeriod, peak_period
from sgeflow.core.model import Measure, Series
from sgeflow.messages import say

_WIDTHS = tuple(  # format character, minimum and maximum of each integer type
    (sign, -(2 ** (8 * size - 1)) * (sign.islower()), 2 ** (8 * size - sign.islower()) - 1)
    for size, signs in ((1, "Bb"), (2, "Hh"), (4, "Ii"), (8, "q"))
    for sign in signs
)
_FLOATS, _MIXED = "d", "j"


def pack_numbers(values: MeasureValues) -> bytes:
    """Numbers as bytes: integers of any size and finite floats.

    Raises:
        ValueError: a number is infinite or NaN.
    """
    if not isinstance(values, array):
        return _MIXED.encode() + json.dumps(list(values), allow_nan=False).encode()
    sign = _FLOATS
    if values.typecode != _FLOATS:
        low, high = min(values), max(values)
        sign = next(sign for sign, least, most in _WIDTHS if least <= low and high <= most)
    elif not all(map(isfinite, values)):
        raise ValueError
    return sign.encode() + struct.pack(f"<{len(values)}{sign}", *values)


def unpack_numbers(packed: bytes) -> Sequence[int | float]:
    """The numbers that were packed; raises `ValueError`, `struct.error` for other bytes."""
    sign = packed[:1].decode("ascii")
    if sign == _MIXED:
        values: list[int | float] = json.loads(packed[1:])
        return values
    one = struct.calcsize(f"<{sign}")
    return struct.unpack(f"<{(len(packed) - 1) // one}{sign}", packed[1:])


UNREADABLE_CHUNK = (msgspec.MsgspecError, struct.error, ValueError, LookupError, TypeError)
"""What unpacking raises for bytes that were not packed here."""

_DAY = 86_400
_LONG = 32 * _DAY
_EAST = 3600  # seconds: chunks begin at midnight of French winter time, so a summer day is on two


class ValueOrigin(NamedTuple):
    """The origin of a value, as ids of the store; 0 if unknown.

    The publication of the delivered file that gave it last, the author (a run, or a fleet) that
    brought the value, and the row of the fleet.
    """

    publication: int
    author: int
    row: int


class OriginRun(NamedTuple):
    """Neighbouring measures with the same origin: the places `first <= place < end`."""

    first: int
    end: int
    origin: ValueOrigin


class KeptMeasure(NamedTuple):
    """A stored measure and its origin."""

    measure: Measure
    origin: ValueOrigin


class MeasureChunk(Struct, frozen=True):
    """The stored measures of one series in one span, in order, and their origins."""

    measures: Measures
    origins: tuple[OriginRun, ...]

    @classmethod
    def of(cls, kept: Iterable[KeptMeasure]) -> MeasureChunk:
        """A chunk of measures, in the order of their starts."""
        rows = sorted(kept, key=lambda one: one.measure.start)
        origins = (OriginRun(place, place + 1, row.origin) for place, row in enumerate(rows))
        return cls(Measures.of(row.measure for row in rows), _merge_runs(origins))

    def rows(self) -> Iterator[KeptMeasure]:
        """Each measure with its origin."""
        measures = iter(self.measures)
        for first, end, origin in self.origins:
            for _ in range(first, end):
                yield KeptMeasure(next(measures), origin)

    def by_start(self) -> dict[int, KeptMeasure]:
        """Each measure with its origin, by its start."""
        return {one.measure.start: one for one in self.rows()}

    def followed_by(self, other: MeasureChunk) -> MeasureChunk:
        """The measures of this chunk, then those of another."""
        one, two, place = self.measures, other.measures, len(self.measures)
        runs = (run._replace(first=run.first + place, end=run.end + place) for run in two.runs)
        origins = (OriginRun(first + place, end + place, by) for first, end, by in other.origins)
        measures = Measures(one.starts + two.starts, [*one.values, *two.values], (*one.runs, *runs))
        return MeasureChunk(measures, _merge_runs((*self.origins, *origins)))

    def came_by(self, publication: int) -> MeasureChunk:
        """A chunk with the same values, all of the given publication."""
        origins = (
            OriginRun(first, end, origin._replace(publication=publication))
            for first, end, origin in self.origins
        )
        return MeasureChunk(self.measures, _merge_runs(origins))


class _Packed(Struct, array_like=True, frozen=True):
    """The content of a packed chunk; the docstring of this module describes the fields."""

    first: int
    unit: int
    places: bytes
    values: bytes
    qualities: tuple[tuple[int, int, str], ...]
    origins: tuple[tuple[int, int, int, int], ...]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Packed).decode


def span_for(measures: Measures) -> int:
    """How many seconds a chunk of a new series covers; `measures` are its first measures."""
    return _DAY if 0 < measures.runs[0].step < _DAY else _LONG


def number_of(start: int, span: int) -> int:
    """The number of the chunk that contains an instant."""
    return (start + _EAST) // span


def base_of(number: int, span: int) -> int:
    """The first second of a chunk."""
    return number * span - _EAST


def pack(chunk: MeasureChunk, base: int) -> bytes:
    """A chunk as bytes; `base` is the first second of its span, in epoch seconds.

    Raises:
        ValueError: a value is not a number.
    """
    measures = chunk.measures
    first, unit, places = _pack_starts(measures.starts)
    return _encode(
        _Packed(
            first=first - base,
            unit=unit,
            places=places,
            values=pack_numbers(measures.values),
            qualities=tuple([(end, step, nature) for _, end, step, nature in measures.runs]),
            origins=tuple([(end, *origin) for _, end, origin in chunk.origins]),
        )
    )


def unpack(content: bytes, base: int) -> MeasureChunk:
    """The chunk of packed bytes; raises one of UNREADABLE_CHUNK for other bytes."""
    packed = _decode(content)
    measures = _join_packed([(base, packed)])
    origins, first = [], 0
    for end, *origin in packed.origins:
        origins.append(OriginRun(first, end, ValueOrigin(*origin)))
        first = end
    if first != len(measures):
        raise ValueError
    return MeasureChunk(measures, tuple(origins))


def count(content: bytes) -> int:
    """The number of measures in a packed chunk; raises one of UNREADABLE_CHUNK for other bytes."""
    return len(unpack_numbers(_decode(content).values))


def join(chunks: Iterable[tuple[int, bytes]]) -> Measures:
    """The measures of consecutive packed chunks, each with the first second of its span.

    Raises one of UNREADABLE_CHUNK for other bytes.
    """
    return _join_packed((base, _decode(content)) for base, content in chunks)


def _join_packed(chunks: Iterable[tuple[int, _Packed]]) -> Measures:
    starts = array("q")
    values: list[int | float] = []
    runs: list[QualityRun] = []
    whole, floats = True, True
    for base, packed in chunks:
        numbers = unpack_numbers(packed.values)
        place = len(values)
        values += numbers
        first, unit = base + packed.first, packed.unit
        if packed.places:
            starts.extend(first + unit * int(one) for one in unpack_numbers(packed.places))
        else:
            starts.extend(range(first, first + unit * len(numbers), unit))
        sign = chr(packed.values[0])
        whole, floats = whole and sign not in (_FLOATS, _MIXED), floats and sign == _FLOATS
        first = place
        for end, step, nature in packed.qualities:
            if runs and runs[-1][2:] == (step, nature):
                runs[-1] = QualityRun(runs[-1].first, place + end, step, nature)
            else:
                runs.append(QualityRun(first, place + end, step, nature))
            first = place + end
        if len(starts) != len(values) or runs[-1].end != len(values):
            raise ValueError
    if not values:
        return NO_MEASURES
    column = array("q", values) if whole else array("d", values) if floats else values
    return Measures(starts, column, runs)


def _pack_starts(starts: array[int]) -> tuple[int, int, bytes]:
    """The first start, the unit of distances, and the packed starts; empty if equidistant."""
    first = starts[0]
    if len(starts) == 1:
        return first, 1, b""
    unit = starts[1] - first
    is_regular = starts[-1] == first + unit * (len(starts) - 1)
    if is_regular and starts == array("q", range(first, starts[-1] + 1, unit)):
        return first, unit, b""
    after = [start - first for start in starts]
    unit = gcd(*after)
    return first, unit, pack_numbers(array("q", [one // unit for one in after]))


def _merge_runs(origins: Iterable[OriginRun]) -> tuple[OriginRun, ...]:
    runs: list[OriginRun] = []
    for one in origins:
        if runs and runs[-1].origin == one.origin:
            runs[-1] = OriginRun(runs[-1].first, one.end, one.origin)
        else:
            runs.append(one)
    return tuple(runs)


def spread(measures: Measures, span: int) -> Iterator[tuple[int, Measures]]:
    """Ordered measures divided by chunk: pairs of a chunk number and its measures."""
    starts = measures.starts
    first = 0
    while first < len(starts):
        number = number_of(starts[first], span)
        end = bisect_left(starts, base_of(number + 1, span), first)
        yield number, measures[first:end]
        first = end


_DIGITS = 15  # most digits of a row number


def origin_of(connection: SqlConnection, run: str, author: int | None) -> ValueOrigin:
    """The origin of values that a run stores; a new author is added to the store."""
    if not run:
        return ValueOrigin(0, 0, 0)
    name, row = _author_of(run)
    if author is None:
        statement = "INSERT INTO author (run) VALUES (?) RETURNING id"
        (author,) = connection.execute(statement, (name,)).fetchone()
    return ValueOrigin(0, author, row)


def run_of(connection: SqlConnection, origin: ValueOrigin) -> str:
    """The run that stored a value; empty if no run did."""
    row = connection.execute("SELECT run FROM author WHERE id = ?", (origin.author,)).fetchone()
    if row is None:
        return ""
    author: str = row[0]
    return row_run(author, origin.row) if origin.row else author


def _author_of(run: str) -> tuple[str, int]:
    """The fleet and row number of a run; the run and 0 if the run is not a row."""
    fleet, _, digits = run.rpartition(".")
    if fleet and digits.isdecimal() and len(digits) <= _DIGITS:
        number = int(digits)
        if number and row_run(fleet, number) == run:
            return fleet, number
    return run, 0


class Publication(Struct, frozen=True, kw_only=True):
    """A delivered file: its number in the store, its time, and which other files the store has."""

    number: int
    published: int
    is_last: bool  # the store has no file that was published later
    is_alone: bool  # the store has no other file of this time, and did not know this file


def publication(connection: SqlConnection, name: str, published: int) -> Publication:
    """The publication of a file; it is added to the store if it is new."""
    same = connection.execute(
        "SELECT id, name FROM publication WHERE published = ?", (published,)
    ).fetchall()
    known = next((number for number, other in same if other == name), None)
    if known is None:
        (known,) = connection.execute(
            "INSERT INTO publication (published, name) VALUES (?, ?) RETURNING id",
            (published, name),
        ).fetchone()
        is_alone = not (same and published)
    else:
        is_alone = False
    later = connection.execute(
        "SELECT 1 FROM publication WHERE published > ? LIMIT 1", (published,)
    ).fetchone()
    return Publication(number=known, published=published, is_last=later is None, is_alone=is_alone)


def times_of(connection: SqlConnection, numbers: Collection[int]) -> dict[int, int]:
    """Times of publications by their numbers; unknown numbers are left out."""
    times = {}
    for number in numbers:
        row = connection.execute(
            "SELECT published FROM publication WHERE id = ?", (number,)
        ).fetchone()
        if row:
            times[number] = row[0]
    return times


CHUNKS = """
        CREATE TABLE series (
          id INTEGER PRIMARY KEY, point TEXT NOT NULL, name TEXT NOT NULL, unit TEXT NOT NULL,
          span INTEGER NOT NULL, UNIQUE (point, name)
        );
        CREATE TABLE chunk (
          series INTEGER NOT NULL, number INTEGER NOT NULL, content BLOB NOT NULL,
          PRIMARY KEY (series, number)
        ) WITHOUT ROWID;
        CREATE TABLE replaced (
          series INTEGER NOT NULL, chunk INTEGER NOT NULL, number INTEGER NOT NULL,
          content BLOB NOT NULL, PRIMARY KEY (series, chunk, number)
        ) WITHOUT ROWID;
        CREATE TABLE author (id INTEGER PRIMARY KEY, run TEXT NOT NULL UNIQUE)
        """
"""The tables. `chunk.number` counts spans of the series. `replaced` has replaced measures, in the
order of their replacement; `author` has the runs and fleets that stored measures."""

_FIND_OR_NUMBER = """
SELECT free.id, series.id, series.unit, series.span, (SELECT id FROM author WHERE run = ?3),
  (SELECT since FROM customers WHERE name = ?1 AND until = '' LIMIT 1),
  (SELECT answer FROM done WHERE mark = ?4)
FROM (SELECT coalesce(max(id), 0) + 1 AS id FROM series) AS free
LEFT JOIN series ON series.point = ?1 AND series.name = ?2
"""
_CHUNKS_AT_ONCE = 200  # chunks in one statement
READ_CHUNKS = (
    "SELECT number, content FROM chunk WHERE series = ? AND number >= ? AND number <= ? "
    "ORDER BY number"
)
"""The chunks of a series from one number to another."""

_WRITE = (
    "INSERT INTO chunk VALUES {rows} ON CONFLICT (series, number) "
    "DO UPDATE SET content = excluded.content"
)
_REPLACE = (
    "INSERT INTO replaced SELECT ?1, ?2, coalesce(max(number), 0) + 1, ?3 FROM replaced "
    "WHERE series = ?1 AND chunk = ?2"
)


class FoundSeries(NamedTuple):
    """The result of `look_up`: all facts for a write, from one statement.

    `number` is None for a series that is not stored yet; `free` is the number for a new series.
    """

    free: int
    number: int | None
    unit: str | None
    span: int | None
    author: int | None  # the number of the run's author; None when the store has none
    since: str | None  # the first day of the point's present customer
    answer: str | None  # the note of an earlier write with the same mark


class SeriesRow(Struct, frozen=True, kw_only=True):
    """A stored series: its number, its unit, and how many seconds a chunk covers."""

    number: int
    unit: str
    span: int
    is_new: bool = False


class SeriesChunks:
    """The chunks of a series in a period, with changes that are written later."""

    def __init__(self, connection: SqlConnection, row: SeriesRow, first: int, last: int) -> None:
        """Read the chunks with starts from `first` to `last`, inclusive."""
        self.span = row.span
        self._connection = connection
        self._series = row.number
        bounds = (row.number, number_of(first, row.span), number_of(last, row.span))
        rows = [] if row.is_new else connection.execute(READ_CHUNKS, bounds).fetchall()
        self._contents: dict[int, bytes] = dict(rows)  # by number
        self._chunks: dict[int, MeasureChunk | None] = {}
        self._changed: set[int] = set()

    def __iter__(self) -> Iterator[MeasureChunk]:
        """The chunks that are not empty, in order."""
        for number in sorted({*self._contents, *self._chunks}):
            if chunk := self.chunk(number):
                yield chunk

    def chunk(self, number: int) -> MeasureChunk | None:
        """The chunk of a number; None if it has no measures."""
        if number not in self._chunks:
            content = self._contents.get(number)
            if content is None:
                return None
            with reading_chunks():
                self._chunks[number] = unpack(content, base_of(number, self.span))
        return self._chunks[number]

    def replace(
        self, number: int, chunk: MeasureChunk | None, gone: Iterable[KeptMeasure] = ()
    ) -> None:
        """Replace a chunk; the removed measures, `gone`, are kept as history."""
        self._chunks[number] = chunk
        self._changed.add(number)
        if before := tuple(gone):
            content = pack(MeasureChunk.of(before), base_of(number, self.span))
            self._connection.execute(_REPLACE, (self._series, number, content))

    def at(self, start: int) -> KeptMeasure | None:
        """The measure of a start."""
        chunk = self.chunk(number_of(start, self.span))
        return chunk.by_start().get(start) if chunk else None

    def remove(self, start: int) -> KeptMeasure:
        """Remove the measure of a start, keep it as history, and return it."""
        number = number_of(start, self.span)
        chunk = self.chunk(number)
        rows = chunk.by_start() if chunk else {}
        before = rows.pop(start)
        self.replace(number, MeasureChunk.of(rows.values()) if rows else None, [before])
        return before

    @property
    def is_full(self) -> bool:
        """Whether enough chunks have changed to write them before others are changed."""
        return len(self._changed) >= _CHUNKS_AT_ONCE

    def write(self) -> None:
        """Write the changed chunks, and free all unpacked ones.

        Raises:
            ValueError: a value is not a number.
        """
        rows, empty = [], []
        for number in sorted(self._changed):
            chunk = self._chunks[number]
            if chunk is None:
                empty.append(number)
                self._contents.pop(number, None)
            else:
                content = self._contents[number] = pack(chunk, base_of(number, self.span))
                rows.append((self._series, number, content))
        for first in range(0, len(rows), _CHUNKS_AT_ONCE):
            some = rows[first : first + _CHUNKS_AT_ONCE]
            statement = _WRITE.format(rows=",".join(["(?, ?, ?)"] * len(some)))
            self._connection.execute(statement, [*chain.from_iterable(some)])
        for number in empty:
            statement = "DELETE FROM chunk WHERE series = ? AND number = ?"
            self._connection.execute(statement, (self._series, number))
        self._changed.clear()
        self._chunks.clear()


def find_series(connection: SqlConnection, point: str, name: str) -> SeriesRow | None:
    """A series of the store, or None."""
    row = connection.execute(
        "SELECT id, unit, span FROM series WHERE point = ? AND name = ?", (point, name)
    ).fetchone()
    return SeriesRow(number=row[0], unit=row[1], span=row[2]) if row else None


def look_up(
    connection: SqlConnection, series: Series, run: str = "", mark: str = ""
) -> FoundSeries:
    """Look up a series and all other facts that a write to the series needs, in one statement."""
    names = (series.point, series.name, _author_of(run)[0], mark)
    return FoundSeries(*connection.execute(_FIND_OR_NUMBER, names).fetchone())


def series_for(
    connection: SqlConnection, series: Series, found: FoundSeries, measures: Measures
) -> SeriesRow:
    """The stored series; a new one is created with a span that suits its first measures.

    Raises:
        TechnicalError: the series is stored in another unit.
    """
    if found.number is None or found.unit is None or found.span is None:
        span = span_for(measures)
        connection.execute(
            "INSERT INTO series (id, point, name, unit, span) VALUES (?, ?, ?, ?, ?)",
            (found.free, series.point, series.name, series.unit, span),
        )
        return SeriesRow(number=found.free, unit=series.unit, span=span, is_new=True)
    known = SeriesRow(number=found.number, unit=found.unit, span=found.span)
    if known.unit != series.unit:
        raise storage_error(
            say(
                "{series} of point {point} is kept in {kept}, but these measures are in {unit}",
                series=series.name,
                point=series.point,
                kept=known.unit,
                unit=series.unit,
            ),
            say("keep them under another series name, or erase the measures of the point first"),
        )
    return known


def erase_series(connection: SqlConnection, point: str) -> int:
    """Delete all series of a point and their replaced values; return the number of measures.

    The measures of an unreadable chunk are deleted, but not counted.
    """
    erased = 0
    rows = connection.execute("SELECT id FROM series WHERE point = ?", (point,)).fetchall()
    for (number,) in rows:
        chunks = connection.execute("SELECT content FROM chunk WHERE series = ?", (number,))
        for (content,) in chunks.fetchall():
            with suppress(*UNREADABLE_CHUNK):
                erased += count(content)
        connection.execute("DELETE FROM chunk WHERE series = ?", (number,))
        connection.execute("DELETE FROM replaced WHERE series = ?", (number,))
    connection.execute("DELETE FROM series WHERE point = ?", (point,))
    return erased


@contextmanager
def reading_chunks() -> Iterator[None]:
    """Translate errors of unpacking chunks; SQL must be outside the block.

    Raises:
        TechnicalError: a chunk is damaged.
    """
    try:
        yield
    except UNREADABLE_CHUNK:
        raise storage_error(
            say("the store has unreadable measures"),
            say(
                "sgeflow state check shows the damage; sgeflow state restore FOLDER restores a copy"
            ),
        ) from None


_READ_WITH_NEIGHBOURS = """
SELECT number, content FROM chunk WHERE series = ?1
AND number >= coalesce((SELECT max(number) FROM chunk WHERE series = ?1 AND number < ?2), ?2)
AND number <= coalesce((SELECT min(number) FROM chunk WHERE series = ?1 AND number > ?3), ?3)
ORDER BY number
"""
_EVER = 2**62  # seconds beyond any measure
_SERIES_AT_ONCE = 200  # series of which chunks are read in one statement
READ_REPLACED = (
    "SELECT chunk, content FROM replaced WHERE series = ? AND chunk >= ? AND chunk <= ? "
    "ORDER BY chunk, number"
)
_NEXT = (
    "SELECT point, span FROM series "  # noqa: S608 - names of our own
    f"WHERE name = ? AND point > ? AND {IS_PRESENT} ORDER BY point LIMIT ?"
)
_OF_ALL = (
    "SELECT point, unit, span, number, content "  # noqa: S608 - names of our own
    "FROM series JOIN chunk ON series = series.id "
    "WHERE name = ? AND point > ? AND point <= ? AND number >= {first} AND number <= {last} "
    f"AND {IS_PRESENT} ORDER BY point, number"
)


class ArrivedValue(Struct, frozen=True, kw_only=True):
    """A value with the run that stored it, and the last delivered file that contained it."""

    measure: Measure
    run: str
    file: str


def load(
    connection: SqlConnection, point: str, name: str, start: int | None, end: int | None
) -> Loaded:
    """The stored measures of a series with `start <= t < end`, in order of their start."""
    row = find_series(connection, point, name)
    if row is None:
        return Loaded(unit="", measures=NO_MEASURES)
    contents = _contents(connection, READ_CHUNKS, row, start, end)
    return Loaded(unit=row.unit, measures=_join(contents, row.span, start, end))


def cut_off(loaded: Loaded, end: int | None) -> Loaded:
    """The loaded measures without intervals that end after an instant."""
    if end is None or not loaded.measures:
        return loaded
    own = (one for one in loaded.measures if one.start < end and one.start + one.step <= end)
    return replace(loaded, measures=Measures.of(own))


def points_after(connection: SqlConnection, name: str, point: str) -> list[tuple[str, int]]:
    """The points after `point` that have the series, each with the span of its chunks."""
    rows: list[tuple[str, int]] = connection.execute(
        _NEXT, (name, point, _SERIES_AT_ONCE)
    ).fetchall()
    return rows


def load_of_all(
    connection: SqlConnection,
    name: str,
    points: Sequence[tuple[str, int]],
    after: str,
    bounds: tuple[int | None, int | None],
) -> Iterator[tuple[Series, Measures]]:
    """The measures of one series of several points in a period, by point.

    `points` is the result of `points_after` for the point `after`.
    """
    spans = sorted({span for _, span in points})
    numbers = [_numbers(span, *bounds) for span in spans]
    query = _OF_ALL.format(first=_by_span(spans, numbers, 0), last=_by_span(spans, numbers, 1))
    rows = connection.execute(query, (name, after, points[-1][0])).fetchall()
    for (point, unit, span), same in groupby(rows, key=lambda row: row[:3]):
        measures = _join([row[3:] for row in same], span, *bounds)
        if measures:
            yield Series(point=point, name=name, unit=unit), measures


def files_of(connection: SqlConnection, point: str, name: str) -> tuple[str, ...]:
    """The names of the delivered files whose values are stored in a series."""
    row = find_series(connection, point, name)
    if row is None:
        return ()
    contents = _contents(connection, READ_CHUNKS, row, None, None)
    with reading_chunks():
        packed = [_decode(content) for _, content in contents]
    numbers = {publication for one in packed for _, publication, *_ in one.origins}
    return tuple(sorted(filter(None, (_file_name(connection, one) for one in numbers))))


def arrived_values(
    connection: SqlConnection,
    query: str,
    series: tuple[str, str],
) -> tuple[ArrivedValue, ...]:
    """The measures of the chunks that `query` finds, each with its run and file."""
    row = find_series(connection, *series)
    if row is None:
        return ()
    contents = _contents(connection, query, row, None, None)
    with reading_chunks():
        chunks = [unpack(content, base_of(number, row.span)) for number, content in contents]
    known: dict[ValueOrigin, tuple[str, str]] = {}  # each run and file is looked up once
    arrived = []
    for measure, origin in (row for chunk in chunks for row in chunk.rows()):
        if origin not in known:
            file = _file_name(connection, origin.publication)
            known[origin] = run_of(connection, origin), file
        run, file = known[origin]
        arrived.append(ArrivedValue(measure=measure, run=run, file=file))
    return tuple(arrived)


def _file_name(connection: SqlConnection, publication: int) -> str:
    """The name of a publication's file; empty if the publication is unknown."""
    query = "SELECT name FROM publication WHERE id = ?"
    row = connection.execute(query, (publication,)).fetchone()
    return str(row[0]) if row else ""


def _contents(
    connection: SqlConnection, query: str, row: SeriesRow, start: int | None, end: int | None
) -> list[tuple[int, bytes]]:
    """The packed chunks of a series in a period, each with its number."""
    numbers = _numbers(row.span, start, end)
    return connection.execute(query, (row.number, *numbers)).fetchall()


def _join(
    contents: Iterable[tuple[int, bytes]], span: int, start: int | None, end: int | None
) -> Measures:
    """The measures of packed chunks that start within the period."""
    with reading_chunks():
        measures = join((base_of(number, span), content) for number, content in contents)
    starts = measures.starts
    first = 0 if start is None else bisect_left(starts, start)
    last = len(starts) if end is None else bisect_left(starts, end)
    return measures if (first, last) == (0, len(starts)) else measures[first:last]


def _by_span(spans: Sequence[int], numbers: Sequence[tuple[int, int]], side: int) -> str:
    """An SQL expression for the first (0) or last (1) chunk number, by the span of the series."""
    cases = " ".join(
        f"WHEN {span} THEN {both[side]}" for span, both in zip(spans, numbers, strict=True)
    )
    return f"CASE span {cases} END"


def _numbers(span: int, start: int | None, end: int | None) -> tuple[int, int]:
    """The numbers of the first and last chunk of a period."""
    first, last = -_EVER if start is None else start, _EVER if end is None else end - 1
    return number_of(first, span), number_of(last, span)


_SHORTEST_DAY = 82_800  # seconds: that of spring


def covered_starts(measures: Iterable[Measure], by: Iterable[Measure]) -> set[int]:
    """The starts of measures of a curve that overlap a measure of `by` with another start."""
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
    """The result of `move_peaks`: maximum powers that got another start, or were removed.

    `count` is the number of new starts that replace removed ones. `removed` counts removed starts
    without a new one. `heirs` has new starts by the publication of the starts that they replace, so
    that an older file does not replace them.
    """

    count: int = 0
    removed: int = 0
    heirs: Mapping[int, frozenset[int]] = {}

    def shares(self, rows: Measures, origin: ValueOrigin) -> Iterator[tuple[Measures, ValueOrigin]]:
        """The measures divided by origin; usually all of them have one origin."""
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
    """The chunks of ordered measures; for maximum powers those of whole days or months."""
    first, last = measures.starts[0], measures.starts[-1]
    period = peak_period(series)
    if period is not None:
        first, last = period.bounds(first, last)
    return SeriesChunks(connection, row, first, last)


def move_peaks(
    connection: SqlConnection, chunks: SeriesChunks, series: str, rows: Measures
) -> MovedPeaks:
    """Remove stored maximum powers whose day or month gets another one from `rows`."""
    period = peak_period(series)
    if period is None or not rows:
        return MovedPeaks()
    first, last = period.bounds(rows.starts[0], rows.starts[-1])
    known = [start for chunk in chunks for start in chunk.measures.starts if first <= start <= last]
    going = _by_period(period, set(known).difference(rows.starts))
    if not going:  # the usual case: new days and unchanged days
        return MovedPeaks()
    coming = _by_period(period, set(rows.starts).difference(known))
    count, removed, heirs = 0, 0, defaultdict[int, frozenset[int]](frozenset)
    for day in sorted({*period.of(rows.starts)} & going.keys()):
        taken_out = [chunks.remove(start) for start in going[day]]
        news = coming.get(day, ())
        count, removed = count + len(news), removed + (0 if news else len(taken_out))
        # the latest publication; 0 if none of the removed values came from a delivered file
        times = times_of(connection, {one.origin.publication for one in taken_out} - {0})
        if publication := max(times, key=lambda one: (times[one], one), default=0):
            heirs[publication] |= {*news}
    return MovedPeaks(count, removed, heirs)


def starts_of_same_peaks(series: str, measures: Measures, others: Iterable[Measure]) -> set[int]:
    """The starts of maximum powers whose day or month also has a maximum power in `others`."""
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
    """The change of a chunk by new measures; `chunk` is None if nothing changes."""

    chunk: MeasureChunk | None
    new: int = 0
    changed: int = 0
    gone: tuple[KeptMeasure, ...] = ()


def upsert(
    connection: SqlConnection,
    series: Series,
    found: FoundSeries,
    measures: Iterable[Measure],
    by: Publication | None = None,
    run: str = "",
) -> Saved:
    """Store measures that a publication, or else a run, brings; each row is counted once.

    A changed value replaces the stored one. Among measures with the same start the last one is
    kept. A publication does not change values that a later publication gave or withdrew.

    Raises:
        TechnicalError: the series is kept in another unit, or a value is not a number.
    """
    incoming = Measures.of(measures).one_a_start()
    if not incoming:
        return Saved(new=0, changed=0, unchanged=0)
    row = series_for(connection, series, found, incoming)
    chunks = chunks_for(connection, row, series.name, incoming)
    rows, removed = incoming, 0
    if by is not None and not by.is_last:
        rows, removed = _current(connection, series, chunks, incoming, by)
    origin = ValueOrigin(by.number, 0, 0) if by else origin_of(connection, run, found.author)
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
    fall = None
    if is_index(series.name) and rows:
        first, last = rows.starts[0], rows.starts[-1]
        kept = rows
        if not row.is_new:
            bounds = (row.number, number_of(first, row.span), number_of(last, row.span))
            contents = connection.execute(_READ_WITH_NEIGHBOURS, bounds).fetchall()
            kept = _join(contents, row.span, None, None)
        fall = find_fall(kept, first, last)
    return Saved(
        new=new,
        changed=changed,
        unchanged=len(rows) - new - changed,
        outdated=len(incoming) - len(rows),
        removed=removed + moved.removed,
        fall=fall,
    )


def _write(chunks: SeriesChunks, series: Series) -> None:
    try:
        chunks.write()
    except ValueError:
        raise storage_error(
            say(
                "a value of {series} of point {point} is not a number: nothing was kept",
                series=series.name,
                point=series.point,
            ),
            say("check the response of the service"),
        ) from None


def merge(chunk: MeasureChunk | None, part: Measures, origin: ValueOrigin) -> ChunkChange:
    """Add measures to a chunk, with shortcuts for new, appended and repeated measures."""
    whole = MeasureChunk(part, (OriginRun(0, len(part), origin),))
    if chunk is None:
        return ChunkChange(chunk=whole, new=len(part))
    before = chunk.measures
    if part.starts[0] >= before.starts[-1] + max(1, before.runs[-1].step):
        return ChunkChange(chunk=chunk.followed_by(whole), new=len(part))
    if before == part:
        number = origin.publication
        if not number or all(one.origin.publication == number for one in chunk.origins):
            return ChunkChange(chunk=None)
        return ChunkChange(chunk=chunk.came_by(number))  # the same values from another file
    return merge_one_by_one(chunk, part, origin)


def merge_one_by_one(chunk: MeasureChunk, part: Measures, origin: ValueOrigin) -> ChunkChange:
    """Add measures to a chunk; each replaces the stored ones with its start or its time."""
    kept = chunk.by_start()
    of_files = [one for one in kept.values() if one.origin.publication]
    covered = covered_starts(chunk.measures, part)
    new, replaced, said_again = 0, [kept.pop(start) for start in covered], False
    changed = -len(replaced)
    for measure in part:
        before = kept.get(measure.start)
        publication = origin.publication or _corrected_publication(before, measure, of_files)
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


def _corrected_publication(
    before: KeptMeasure | None, measure: Measure, of_files: Iterable[KeptMeasure]
) -> int:
    """The publication of the value that a web service corrects: same start, or overlapping."""
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
    """Whether a value with the same start equals the measure; an unknown nature equals any."""
    same_nature = measure.nature == nature or not (measure.nature and nature)
    return measure.step == step and measure.value == value and same_nature


def _current(
    connection: SqlConnection, series: Series, chunks: SeriesChunks, rows: Measures, by: Publication
) -> tuple[Measures, int]:
    """The rows that no later publication gave or withdrew, and how many values were removed.

    A row that a later publication has withdrawn also removes the value that it would have replaced.
    """
    origins = [(chunk, run) for chunk in chunks for run in chunk.origins]
    times = times_of(connection, {run.origin.publication for _, run in origins})
    later = [
        measure
        for chunk, (first, end, origin) in origins
        if times.get(origin.publication, by.published) > by.published
        for measure in chunk.measures[first:end]
    ]
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


def _undo(
    connection: SqlConnection, series: Series, chunks: SeriesChunks, row: Measure, by: Publication
) -> int:
    """Remove the value that a withdrawn measure would have replaced; return how many went."""
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
    """How many stored measures were withdrawn, and which withdrawals matched none."""

    removed: int
    unmatched: tuple[Measure, ...]


class Clash(Struct, frozen=True, kw_only=True):
    """A measure whose stored value in the same publication differs, and the file of that value.

    The stored value may have another start, `kept_at`: that of an overlapping interval, or of
    another maximum power of the same day or month.
    """

    start: int
    kept_at: int
    kept: int | float
    given: int | float
    file: str


def withdraw(
    connection: SqlConnection, series: Series, measures: Sequence[Measure], by: Publication
) -> WithdrawResult:
    """Withdraw stored measures that equal these, unless a later publication gave the stored value.

    Each withdrawal is noted, so that an earlier publication that is decoded later does not store
    the measure again.
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
    """Note that a measure was withdrawn; return whether an earlier withdrawal removed a value."""
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
    """The measures that contradict stored values of the same publication.

    With `own` they are compared with the values of this file only; else with those of every file of
    the publication.
    """
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
    found = _of_same_time(came, measures)
    if period := peak_period(series.name):  # of a day, or a month, one highest power is kept
        by_day: dict[date, list[KeptMeasure]] = defaultdict(list)
        for kept, day in zip(came, period.of(one.measure.start for one in came), strict=True):
            by_day[day].append(kept)
        found = (by_day.get(day, []) for day in period.of(one.start for one in measures))
    return tuple(
        Clash(
            start=one.start,
            kept_at=other.measure.start,
            kept=other.measure.value,
            given=one.value,
            file=files[other.origin.publication],
        )
        for one, others in zip(measures, found, strict=True)
        if (one.start, one.step, one.value)
        not in {(other.measure.start, other.measure.step, other.measure.value) for other in others}
        for other in others
    )


def _of_same_time(
    kept: Sequence[KeptMeasure], measures: Sequence[Measure]
) -> Iterator[Sequence[KeptMeasure]]:
    """For each measure, the stored ones at its instant or within its interval, in order."""
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
    """The chunks that contain the starts of these measures; None if the series is not stored."""
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
        """Store measures, each for the customer of the point on its day.

        Values that a later publication gave or withdrew stay as they are.

        Raises:
            TechnicalError: the series is kept in another unit.
        """
        connection, by = self._connection, self._publication
        saved = [
            upsert(connection, own, look_up(connection, own), some, by)
            for own, some in self._by_customer(series, measures)
        ]
        return reduce(_sum, saved, Saved(new=0, changed=0, unchanged=0))

    def withdraw(self, series: Series, measures: Sequence[Measure]) -> WithdrawResult:
        """Withdraw stored measures that equal these in start, length, value and nature.

        Values of a later publication stay as they are.
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
        """The measures that contradict stored values of this file (`own`) or of its publication."""
        connection, by = self._connection, self._publication
        shares = self._by_customer(series, measures)
        found = (clashes(connection, one, some, by, own=own) for one, some in shares)
        return tuple(clash for some in found for clash in some)

    def overlapping(
        self, series: Series, measures: Sequence[Measure]
    ) -> Iterator[tuple[Measure, Measure]]:
        """Pairs of a measure and a stored one that overlaps it, and that has another start."""
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
        """Store a document about a point; it replaces one with the same flux and file name."""
        text = json.dumps(body)  # ASCII, because a file may contain invalid Unicode
        self._connection.execute(
            "INSERT INTO paper VALUES (?, ?, ?, ?) "
            "ON CONFLICT (flux, point, name) DO UPDATE SET body = excluded.body",
            (flux, point, name, text),
        )

    def note(self, name: str, digest: str, flux: str, at: int) -> None:
        """Record that a file was delivered; `at` is when, in epoch seconds."""
        self._connection.execute(
            "INSERT INTO delivery VALUES (?, ?, ?, ?) "
            "ON CONFLICT (name, digest) DO UPDATE SET kept = excluded.kept",
            (name, digest, flux, at),
        )


def _sum(one: Saved, other: Saved) -> Saved:
    counts = ("new", "changed", "unchanged", "outdated", "removed")
    total = {name: getattr(one, name) + getattr(other, name) for name in counts}
    return Saved(**total, fall=one.fall or other.fall)
