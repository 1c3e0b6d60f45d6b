"""The chunks of one series within a transaction: read, changed, and written back together.

Writers of a store take turns, so what is read here holds until the end of the transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property, lru_cache
from itertools import chain

from msgspec import Struct

from sgeflow.adapters.state.database import SqlConnection, SqlRows, storage_error
from sgeflow.adapters.state.measures.chunk import (
    UNREADABLE,
    KeptMeasure,
    MeasureChunk,
    base_of,
    count,
    number_of,
    pack,
    span_for,
    unpack,
)
from sgeflow.core.measures.columns import Measures
from sgeflow.core.model import Series
from sgeflow.messages import say

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
_AT_ONCE = 200  # chunks a statement
READ_CHUNKS = (
    "SELECT number, content FROM chunk WHERE series = ? AND number >= ? AND number <= ? "
    "ORDER BY number"
)
"""The chunks of a series from one number to another."""

_WRITE = (
    "INSERT INTO chunk VALUES {rows} ON CONFLICT (series, number) "
    "DO UPDATE SET content = excluded.content"
)
_NEXT = "SELECT coalesce(max(number), 0) + 1 FROM replaced WHERE series = ? AND chunk = ?"


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
            (place,) = self._connection.execute(_NEXT, key).fetchone()
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
        return len(self._changed) >= _AT_ONCE

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
        for first in range(0, len(rows), _AT_ONCE):
            some = rows[first : first + _AT_ONCE]
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
            with suppress(*UNREADABLE):
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
    except UNREADABLE:
        raise storage_error(
            say("the store keeps measures in a form that cannot be read"),
            say(
                "sgeflow state check tells what of; sgeflow state restore FOLDER brings a copy back"
            ),
        ) from None


@lru_cache(maxsize=_AT_ONCE)
def _statement(rows: int) -> str:
    """The statement for so many chunks: replies of one kind have as many again and again."""
    return _WRITE.format(rows=",".join(["(?, ?, ?)"] * rows))
