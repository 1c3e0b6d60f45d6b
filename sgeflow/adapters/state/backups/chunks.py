"""Whether the chunks of measures are whole: each can be read, and names what is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from sgeflow.adapters.state.database import SqlConnection
from sgeflow.adapters.state.measures.chunk import UNREADABLE, MeasureChunk, base_of, unpack
from sgeflow.messages import Message, say_count

_AT_ONCE = 500  # chunks that are read in one statement
_BEFORE_ALL = -(2**62)
_KEYS = {"chunk": "series, number", "replaced": "series, chunk, number"}
"""The columns that tell a chunk, by the table that it stands in: its series and number first."""


class KnownNumbers(Struct, frozen=True, kw_only=True):
    """What a chunk may name: series with their spans, publications and authors."""

    spans: Mapping[int, int]
    publications: frozenset[int]
    authors: frozenset[int]


def chunk_damages(connection: SqlConnection) -> Iterator[Message]:
    """Chunks that cannot be read, and measures of series, publications or runs not there."""
    known = KnownNumbers(
        spans=dict(connection.execute("SELECT id, span FROM series").fetchall()),
        publications=_numbers(connection, "SELECT id FROM publication"),
        authors=_numbers(connection, "SELECT id FROM author"),
    )
    lost: Counter[str] = Counter()
    for table in _KEYS:
        for series, number, content in _each(connection, table):
            lost.update(_damages_of(known, series, number, content))
    if unreadable := lost.pop("", 0):
        yield say_count(
            "{count} chunk of measures cannot be read",
            "{count} chunks of measures cannot be read",
            count=unreadable,
        )
    for what, count in sorted(lost.items()):
        yield say_count(
            "{count} measure is of a {table} that is not there",
            "{count} measures are of a {table} that is not there",
            count=count,
            table=what,
        )


def _each(connection: SqlConnection, table: str) -> Iterator[tuple[int, int, bytes]]:
    """The series, number and content of all chunks, read in portions."""
    keys = _KEYS[table]
    width = len(keys.split(","))
    query = (
        f"SELECT {keys}, content FROM {table} "  # noqa: S608 - names of our own
        f"WHERE ({keys}) > ({', '.join('?' * width)}) ORDER BY {keys} LIMIT ?"
    )
    last: tuple[Any, ...] = (_BEFORE_ALL,) * width
    while rows := connection.execute(query, (*last, _AT_ONCE)).fetchall():
        for row in rows:
            yield row[0], row[1], row[-1]
        last = tuple(rows[-1][:-1])


def _damages_of(known: KnownNumbers, series: int, number: int, content: bytes) -> Iterator[str]:
    """What each measure of a chunk is of that is not there; nothing has a name when unreadable."""
    span = known.spans.get(series, 1)
    try:
        chunk = unpack(content, base_of(number, span))
    except UNREADABLE:
        yield ""
        return
    if series not in known.spans:
        yield from ["series"] * len(chunk.measures)
    elif not _is_in_place(chunk, base_of(number, span), span):
        yield ""
    for first, end, origin in chunk.origins:
        if origin.publication and origin.publication not in known.publications:
            yield from ["publication"] * (end - first)
        if origin.author and origin.author not in known.authors:
            yield from ["run"] * (end - first)


def _is_in_place(chunk: MeasureChunk, base: int, span: int) -> bool:
    starts = chunk.measures.starts
    return chunk.measures.is_in_order and base <= starts[0] and starts[-1] < base + span


def _numbers(connection: SqlConnection, query: str) -> frozenset[int]:
    return frozenset(number for (number,) in connection.execute(query).fetchall())
