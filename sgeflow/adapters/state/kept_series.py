"""Reads kept measures: of one series, of all points at once, and what stood there before.

Writers of a store take turns: chunks read in a transaction hold until its end.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property, lru_cache
from itertools import chain, groupby

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.adapters.state.chunk import (
    UNREADABLE_CHUNK,
    KeptMeasure,
    MeasureChunk,
    ValueOrigin,
    base_of,
    count,
    join,
    number_of,
    pack,
    publications_of,
    span_for,
    unpack,
)
from sgeflow.adapters.state.customers import IS_PRESENT
from sgeflow.adapters.state.database import SqlConnection, SqlRows, storage_error
from sgeflow.adapters.state.records import row_run
from sgeflow.core.engine.effects import Loaded
from sgeflow.core.measures.columns import NO_MEASURES, Measures
from sgeflow.core.model import Measure, Series
from sgeflow.messages import say

_DIGITS = 15  # of the number of a row: no file has more


def ask_origin(connection: SqlConnection, run: str) -> Callable[[], ValueOrigin]:
    """A run as the origin of what it brings, asked; by what it gives the store learns of it."""
    if not run:
        return lambda: ValueOrigin(0, 0, 0)
    author, row = _author_of(run)
    rows = connection.execute("SELECT id FROM author WHERE run = ?", (author,))

    def origin() -> ValueOrigin:
        known = rows.fetchone()
        if known is None:
            statement = "INSERT INTO author (run) VALUES (?) RETURNING id"
            known = connection.execute(statement, (author,)).fetchone()
        return ValueOrigin(0, known[0], row)

    return origin


def run_of(connection: SqlConnection, origin: ValueOrigin) -> str:
    """The run that brought a value; empty when no run did."""
    row = connection.execute("SELECT run FROM author WHERE id = ?", (origin.author,)).fetchone()
    if row is None:
        return ""
    author: str = row[0]
    return row_run(author, origin.row) if origin.row else author


def _author_of(run: str) -> tuple[str, int]:
    """The fleet of a run and its row there; the run itself and 0 when it is of none."""
    fleet, _, digits = run.rpartition(".")
    if fleet and digits.isdecimal() and len(digits) <= _DIGITS:
        number = int(digits)
        if number and row_run(fleet, number) == run:
            return fleet, number
    return run, 0


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
    """When some publications were, by their numbers; what no file gave has none."""
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
"""The tables: a chunk's number is that of the span of its series. `replaced` has what
stood there before, in the order in which it went; `author` the runs and fleets that brought it."""

_FIND_OR_NUMBER = """
SELECT free.id, series.id, series.unit, series.span
FROM (SELECT coalesce(max(id), 0) + 1 AS id FROM series) AS free
LEFT JOIN series ON series.point = ? AND series.name = ?
"""
_CHUNKS_AT_ONCE = 200  # chunks a statement
READ_CHUNKS = (
    "SELECT number, content FROM chunk WHERE series = ? AND number >= ? AND number <= ? "
    "ORDER BY number"
)
"""The chunks of a series from one number to another."""

_WRITE = (
    "INSERT INTO chunk VALUES {rows} ON CONFLICT (series, number) "
    "DO UPDATE SET content = excluded.content"
)
_NEXT_PLACE = "SELECT coalesce(max(number), 0) + 1 FROM replaced WHERE series = ? AND chunk = ?"


class SeriesRow(Struct, frozen=True, kw_only=True):
    """A series in the store: its number there, its unit, and how many seconds a chunk covers."""

    number: int
    unit: str
    span: int
    is_new: bool = False


class SeriesChunks:
    """Chunks of a series, from one instant to another, as they are and as they shall be."""

    def __init__(self, connection: SqlConnection, row: SeriesRow, first: int, last: int) -> None:
        """Read the chunks with starts from `first` to `last`, both among them."""
        self.span = row.span
        self._connection = connection
        self._series = row.number
        bounds = (row.number, number_of(first, row.span), number_of(last, row.span))
        self._asked = None if row.is_new else connection.execute(READ_CHUNKS, bounds)
        self._chunks: dict[int, MeasureChunk | None] = {}
        self._changed: set[int] = set()

    @cached_property
    def _contents(self) -> dict[int, bytes]:
        """What was read, by number; asked for when it is looked at."""
        return dict(self._asked.fetchall()) if self._asked else {}

    def __iter__(self) -> Iterator[MeasureChunk]:
        """The chunks that hold something, in order."""
        for number in sorted({*self._contents, *self._chunks}):
            if chunk := self.chunk(number):
                yield chunk

    def chunk(self, number: int) -> MeasureChunk | None:
        """The chunk of a number; None when nothing is kept there."""
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
        """Have a chunk in the place of what stands there; what is `gone` of that is remembered."""
        self._chunks[number] = chunk
        self._changed.add(number)
        if before := tuple(gone):
            key = (self._series, number)
            (place,) = self._connection.execute(_NEXT_PLACE, key).fetchone()
            content = pack(MeasureChunk.of(before), base_of(number, self.span))
            statement = "INSERT INTO replaced VALUES (?, ?, ?, ?)"
            self._connection.execute(statement, (*key, place, content))

    def at(self, start: int) -> KeptMeasure | None:
        """The measure of a start."""
        chunk = self.chunk(number_of(start, self.span))
        return chunk.by_start().get(start) if chunk else None

    def remove(self, start: int) -> KeptMeasure:
        """Take the measure of a start out, and give it; it is remembered."""
        number = number_of(start, self.span)
        chunk = self.chunk(number)
        rows = chunk.by_start() if chunk else {}
        before = rows.pop(start)
        self.replace(number, MeasureChunk.of(rows.values()) if rows else None, [before])
        return before

    @property
    def is_full(self) -> bool:
        """Whether so many were changed that they had better be written before others are."""
        return len(self._changed) >= _CHUNKS_AT_ONCE

    def write(self) -> None:
        """Write what has changed, and let go of all that was unpacked.

        Raises:
            ValueError: a value is no number.
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
            self._connection.execute(_statement(len(some)), [*chain.from_iterable(some)])
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


def ask_for_series(connection: SqlConnection, point: str, name: str) -> SqlRows:
    """A series that is about to be kept, asked for: `series_for` has the answer.

    The number that it gets when it is new comes along: as a writer has its turn alone, nobody else
    takes it, and what is written for it need not wait for its number.
    """
    return connection.execute(_FIND_OR_NUMBER, (point, name))


def series_for(
    connection: SqlConnection, series: Series, asked: SqlRows, measures: Measures
) -> SeriesRow:
    """The series as it is kept; one that is new gets chunks that fit the first of its measures.

    Raises:
        TechnicalError: it is kept in another unit.
    """
    free, number, unit, span = asked.fetchone()
    if number is None:
        span = span_for(measures)
        connection.execute(
            "INSERT INTO series (id, point, name, unit, span) VALUES (?, ?, ?, ?, ?)",
            (free, series.point, series.name, series.unit, span),
        )
        return SeriesRow(number=free, unit=series.unit, span=span, is_new=True)
    known = SeriesRow(number=number, unit=unit, span=span)
    if known.unit != series.unit:
        raise storage_error(
            say(
                "{series} of point {point} is kept in {kept}, these measures are in {unit}",
                series=series.name,
                point=series.point,
                kept=known.unit,
                unit=series.unit,
            ),
            say("keep them under another series name, or erase the measures of the point first"),
        )
    return known


def erase_series(connection: SqlConnection, point: str) -> int:
    """Delete all series of a point with what they replaced; how many measures there were.

    Of a chunk that cannot be read none are counted: it goes all the same.
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
    """Chunks are unpacked within it; no SQL is.

    Raises:
        TechnicalError: one of them was not written here.
    """
    try:
        yield
    except UNREADABLE_CHUNK:
        raise storage_error(
            say("the store keeps measures in a form that cannot be read"),
            say(
                "sgeflow state check tells what of; sgeflow state restore FOLDER brings a copy back"
            ),
        ) from None


@lru_cache(maxsize=_CHUNKS_AT_ONCE)
def _statement(rows: int) -> str:
    """The statement for so many chunks: replies of one kind have as many again and again."""
    return _WRITE.format(rows=",".join(["(?, ?, ?)"] * rows))


_AROUND = """
SELECT number, content FROM chunk WHERE series = ?1
AND number >= coalesce((SELECT max(number) FROM chunk WHERE series = ?1 AND number < ?2), ?2)
AND number <= coalesce((SELECT min(number) FROM chunk WHERE series = ?1 AND number > ?3), ?3)
ORDER BY number
"""
_EVER = 2**62  # seconds beyond any measure
_SERIES_AT_ONCE = 200  # series of which chunks are read in one statement
_REPLACED = (
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
    """A value with what brought it: a run, and the delivered file that said it last."""

    measure: Measure
    run: str
    file: str


def load(
    connection: SqlConnection, point: str, name: str, start: int | None, end: int | None
) -> Loaded:
    """The kept measures of a series with `start <= t < end`, in order of their start."""
    row = find_series(connection, point, name)
    if row is None:
        return Loaded(unit="", measures=NO_MEASURES)
    contents = _contents(connection, READ_CHUNKS, row, start, end)
    return Loaded(unit=row.unit, measures=_join(contents, row.span, start, end))


def load_around(connection: SqlConnection, row: SeriesRow, first: int, last: int) -> Measures:
    """The kept measures from one instant to another, with some before and behind them."""
    bounds = (row.number, number_of(first, row.span), number_of(last, row.span))
    contents = connection.execute(_AROUND, bounds).fetchall()
    return _join(contents, row.span, None, None)


def cut_off(loaded: Loaded, end: int | None) -> Loaded:
    """What was loaded, without the measures that reach beyond an instant."""
    if end is None or not loaded.measures:
        return loaded
    own = (one for one in loaded.measures if one.start < end and one.start + one.step <= end)
    return replace(loaded, measures=Measures.of(own))


def points_after(connection: SqlConnection, name: str, point: str) -> list[tuple[str, int]]:
    """The next points that have a series of a name, each with the span of its chunks."""
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
    """The measures in a period of the series of a name of some points, by point.

    `points` are those after one, as `points_after` gave them.
    """
    spans = sorted({span for _, span in points})
    numbers = [_numbers(span, *bounds) for span in spans]
    query = _OF_ALL.format(first=_by_span(spans, numbers, 0), last=_by_span(spans, numbers, 1))
    rows = connection.execute(query, (name, after, points[-1][0])).fetchall()
    for (point, unit, span), same in groupby(rows, key=lambda row: row[:3]):
        measures = _join([row[3:] for row in same], span, *bounds)
        if measures:
            yield Series(point=point, name=name, unit=unit), measures


def kept_by(
    connection: SqlConnection, point: str, name: str, start: int | None, end: int | None
) -> tuple[ArrivedValue, ...]:
    """The kept measures of a series in a period, each with what brought it."""
    return _came(connection, READ_CHUNKS, (point, name), (start, end))


def replaced_measures(
    connection: SqlConnection, point: str, name: str, start: int | None, end: int | None
) -> tuple[ArrivedValue, ...]:
    """What was kept before of a series in a period: of each start in the order in which it went."""
    return _came(connection, _REPLACED, (point, name), (start, end))


def files_of(connection: SqlConnection, point: str, name: str) -> tuple[str, ...]:
    """The delivered files that kept values of a series came by, by their names."""
    row = find_series(connection, point, name)
    if row is None:
        return ()
    contents = _contents(connection, READ_CHUNKS, row, None, None)
    with reading_chunks():
        numbers = {one for _, content in contents for one in publications_of(content)}
    return tuple(sorted(filter(None, (_file(connection, number) for number in numbers))))


def _came(
    connection: SqlConnection,
    query: str,
    series: tuple[str, str],
    bounds: tuple[int | None, int | None],
) -> tuple[ArrivedValue, ...]:
    row = find_series(connection, *series)
    if row is None:
        return ()
    contents = _contents(connection, query, row, *bounds)
    with reading_chunks():
        chunks = [unpack(content, base_of(number, row.span)) for number, content in contents]
    teller = _Teller(connection)
    first, last = _first(bounds[0]), _last(bounds[1])
    return tuple(came for came in teller.all(chunks) if first <= came.measure.start <= last)


class _Teller:
    """Tells runs and files by their numbers, each of which is looked up once."""

    def __init__(self, connection: SqlConnection) -> None:
        self._connection = connection
        self._known: dict[ValueOrigin, tuple[str, str]] = {}

    def all(self, chunks: Iterable[MeasureChunk]) -> Iterator[ArrivedValue]:
        for chunk in chunks:
            for measure, origin in chunk.rows():
                run, file = self._names(origin)
                yield ArrivedValue(measure=measure, run=run, file=file)

    def _names(self, origin: ValueOrigin) -> tuple[str, str]:
        if origin not in self._known:
            file = _file(self._connection, origin.publication)
            self._known[origin] = run_of(self._connection, origin), file
        return self._known[origin]


def _file(connection: SqlConnection, publication: int) -> str:
    """The name of a publication's file; empty when there is none."""
    query = "SELECT name FROM publication WHERE id = ?"
    row = connection.execute(query, (publication,)).fetchone()
    return str(row[0]) if row else ""


def _contents(
    connection: SqlConnection, query: str, row: SeriesRow, start: int | None, end: int | None
) -> list[tuple[int, bytes]]:
    """The packed chunks of a series in a period, each behind its number."""
    numbers = _numbers(row.span, start, end)
    return connection.execute(query, (row.number, *numbers)).fetchall()


def _join(
    contents: Iterable[tuple[int, bytes]], span: int, start: int | None, end: int | None
) -> Measures:
    """The measures of chunks with their numbers, cut where the period begins and ends."""
    with reading_chunks():
        measures = join((base_of(number, span), content) for number, content in contents)
    starts = measures.starts
    first = 0 if start is None else bisect_left(starts, start)
    last = len(starts) if end is None else bisect_left(starts, end)
    return measures if (first, last) == (0, len(starts)) else measures[first:last]


def _by_span(spans: Sequence[int], numbers: Sequence[tuple[int, int]], side: int) -> str:
    """Numbers of chunks by the span of a series, as SQL; all of them are our own."""
    cases = " ".join(
        f"WHEN {span} THEN {both[side]}" for span, both in zip(spans, numbers, strict=True)
    )
    return f"CASE span {cases} END"


def _numbers(span: int, start: int | None, end: int | None) -> tuple[int, int]:
    """The numbers of the first and last chunk of a period."""
    return number_of(_first(start), span), number_of(_last(end), span)


def _first(start: int | None) -> int:
    return -_EVER if start is None else start


def _last(end: int | None) -> int:
    return _EVER if end is None else end - 1
