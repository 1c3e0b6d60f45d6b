"""Lifts long runs of flat records out of a reply before it is parsed.

A reply of measures is thousands of `<mesure><v>312</v><d>…</d></mesure>`, one after the other. A
regular expression made from the first record reads them four times faster than a parser, and
proves what it reads (`record_patterns.py`): a run is nothing but whole records, so no comment,
CDATA section, attribute, prefix, entity or unknown child can hide in it. A mark takes the place of
each run; the rest, which is small, goes through the real parser, and the caller checks that every
mark came out of it as a node: that of a run inside a comment does not. Whatever is not proven stays
in place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct, field

from sgeflow.core.language.rows import Rows, join
from sgeflow.core.packed import Cell, Column, JoinedColumns, RepeatedCell, pack
from sgeflow.core.soap.fast.record_patterns import (
    RecordLayout,
    RecordPattern,
    learn_layout,
    tile_of,
)

MARK = "sgeflow-run"  # the target of the processing instruction that stands for a run
_FEWEST = 4  # fewer records are not worth a mark
_LONG = 40_000  # records: more than two years of half-hours are read part by part
_PART = 4_000  # records of such a part
_STRANGE = 64  # records of another form after which the rest is left to the parser


class Chunk(Struct, frozen=True):
    """Records one after the other in the body, read: a column a leaf that any of them has."""

    start: int
    end: int
    count: int
    columns: dict[str, Column]

    def column(self, leaf: str) -> Column:
        """The leaf of every record, None where it is absent."""
        return self.columns.get(leaf) or RepeatedCell(None, self.count)


class RecordBatch(Struct, frozen=True, eq=False):
    """Records that stand side by side in one parent."""

    tag: str
    chunks: tuple[Chunk, ...]
    made: dict[tuple[Any, ...], Sequence[Any]] = field(default_factory=dict)

    def rows(self, leaves: tuple[str, ...], keys: tuple[str, ...] | None) -> Sequence[Any]:
        """A row a record: a list of its leaves, or `Rows` of `keys`; an absent leaf is None.

        Outputs that want the same rows (those of a quantity, those of all) get the same: they are
        made once, and are values that nobody changes.
        """
        if (known := self.made.get((leaves, keys))) is None:
            parts = [_rows_of(chunks, leaves, keys) for chunks in self._parts()]
            known = self.made[leaves, keys] = join(parts)
        return known

    def _parts(self) -> list[list[Chunk]]:
        """All chunks together; of very many records some at a time."""
        if sum(chunk.count for chunk in self.chunks) <= _LONG:
            return [[*self.chunks]]
        parts: list[list[Chunk]] = [[]]
        for chunk in self.chunks:
            if sum(one.count for one in parts[-1]) >= _PART:
                parts.append([])
            parts[-1].append(chunk)
        return parts

    def column(self, leaf: str) -> list[Cell]:
        """One leaf of every record that has it."""
        cells = (cell for chunk in self.chunks for cell in chunk.column(leaf))
        return [cell for cell in cells if cell is not None]


def _rows_of(
    chunks: Sequence[Chunk], leaves: tuple[str, ...], keys: tuple[str, ...] | None
) -> Sequence[Any]:
    columns = [_join_columns([chunk.column(leaf) for chunk in chunks]) for leaf in leaves]
    if keys is None:
        return list(map(list, zip(*columns, strict=True)))
    return Rows(dict(zip(keys, columns, strict=True)), sum(chunk.count for chunk in chunks))


def _join_columns(columns: list[Column]) -> Column:
    return columns[0] if len(columns) == 1 else JoinedColumns(columns)


def lift(
    body: bytes, tag: str, leaves: frozenset[str], number: int = 0
) -> tuple[bytes, tuple[RecordBatch, ...]]:
    """The body with a mark for each run of `tag`, and the runs.

    Args:
        body: a reply as it came.
        tag: the element that repeats.
        leaves: the children that are read; the others are proven and forgotten.
        number: the number of the first mark.
    """
    runs: list[RecordBatch] = []
    parts: list[bytes] = []
    end = 0
    for chunks in _side_by_side(_chunks(body, tag, leaves)):
        parts += [body[end : chunks[0].start], f"<?{MARK} {number + len(runs)}?>".encode()]
        end = chunks[-1].end
        runs.append(RecordBatch(tag, tuple(chunks)))
    return b"".join([*parts, body[end:]]) if runs else body, tuple(runs)


def _side_by_side(chunks: Iterator[Chunk]) -> Iterator[list[Chunk]]:
    group: list[Chunk] = []
    for chunk in chunks:
        if group and group[-1].end != chunk.start:
            yield group
            group = []
        group.append(chunk)
    if group:
        yield group


def _chunks(body: bytes, tag: str, leaves: frozenset[str]) -> Iterator[Chunk]:
    opening = f"<{tag}>".encode()
    layout: RecordLayout | None = None
    tile: RecordPattern | None = None
    strange = 0
    start = body.find(opening)
    while start >= 0 and strange < _STRANGE:
        chunk = _chunk(tile, body, start)
        if chunk is None:
            layout = learn_layout(layout, body, start, tag)
            tile = tile_of(layout, leaves) if layout else None
            chunk = _chunk(tile, body, start)
        if chunk:
            yield chunk
        else:
            strange += 1
        start = body.find(opening, chunk.end if chunk else start + len(opening))


def _chunk(tile: RecordPattern | None, body: bytes, start: int) -> Chunk | None:
    chunk = tile.read(body, start) if tile else None
    if chunk is None or chunk[1] < _FEWEST:
        return None
    end, count, columns = chunk
    return Chunk(start, end, count, {leaf: pack(column) for leaf, column in columns.items()})
