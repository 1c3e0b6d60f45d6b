"""Lifts long runs of flat records out of a reply before it is parsed.

A reply of measures is thousands of `<mesure><v>312</v><d>…</d></mesure>`, one after the other. A
regular expression made from the first record reads them four times faster than a parser, and
proves what it reads: a run is nothing but whole records, so no comment,
CDATA section, attribute, prefix, entity or unknown child can hide in it. A mark takes the place of
each run; the rest, which is small, goes through the real parser, and the caller checks that every
mark came out of it as a node: that of a run inside a comment does not. Whatever is not proven stays
in place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

from msgspec import Struct, field

from sgeflow.core.language.rows import Rows, join
from sgeflow.core.packed import Cell, Column, JoinedColumns, RepeatedCell, pack
from sgeflow.core.soap.xml import WHITE
from sgeflow.core.wires.plan import RecordRun
from sgeflow.patterns import regex

Field = tuple[bytes, bytes, bool]  # white space before it, its name, whether every record has it

_WINDOW = 1 << 15  # bytes read at once: what they become dies young, and stays in the cache
_MOST = 512  # records that one expression matches at once
_NAME = rb"[A-Za-z_][\w.-]*+"
_FIELD = regex(rb"([ \t\n]*+)<(" + _NAME + rb")>[^<]*+</")
# What a run must not hold: markup in disguise, a line end that a parser would change, and
# characters that XML does not have.
_FOREIGN = ("&", "]]>", *(chr(code) for code in range(32) if code not in (9, 10)))


class RecordLayout(Struct, frozen=True):
    """A record's fields in order, and the white space between all its parts."""

    tag: str
    fields: tuple[Field, ...]
    end: bytes  # before the closing tag
    after: bytes  # before the next record


class CapturedPart(Struct, frozen=True):
    """One captured part of a record: a leaf, or fields in between that nobody reads."""

    leaf: str | None
    required: bool
    around: int  # characters around what is captured: those of its tags


class RecordPattern(Struct, frozen=True):
    """A layout made to read some leaves.

    Reading is proven: the lengths of all texts, captured or not, add up to the bytes that were
    given, or one expression matches all these bytes as whole records.
    """

    closing: bytes
    around: int  # characters of a record outside its groups
    is_dense: bool  # no white space between records: lengths alone are a proof
    groups: tuple[CapturedPart, ...]
    cells: re.Pattern[str]
    run: re.Pattern[bytes]

    def read(self, body: bytes, start: int) -> tuple[int, int, dict[str, Column]] | None:
        """The end of the records that begin at `start`, how many they are, and their leaves."""
        last = body.rfind(self.closing, start, start + _WINDOW) if self.is_dense else -1
        if last >= 0 and (records := self._read(body, start, last + len(self.closing))):
            return records
        run = self.run.match(body, start)
        return self._read(body, start, run.end(), is_proven=True) if run else None

    def _read(
        self, body: bytes, start: int, end: int, *, is_proven: bool = False
    ) -> tuple[int, int, dict[str, Column]] | None:
        part = body[start:end]
        if not part.isascii():
            return None
        records = self.cells.findall(part.decode("ascii"))
        columns: list[tuple[str, ...]] = list(zip(*records, strict=True))
        text = "".join(map("".join, columns))
        if any(map(text.__contains__, _FOREIGN)):
            return None
        length = len(records) * self.around + len(text)  # of nothing but these records
        is_white = any(map(text.__contains__, WHITE))
        leaves: dict[str, Column] = {}
        for group, column in zip(self.groups, columns, strict=False):
            if group.around:
                length += group.around * (len(records) - column.count(""))
            if group.leaf is not None:
                leaves[group.leaf] = _tidy(column, required=group.required, is_white=is_white)
        return (end, len(records), leaves) if is_proven or length == end - start else None


def learn_layout(
    known: RecordLayout | None, body: bytes, start: int, tag: str
) -> RecordLayout | None:
    """The layout of the record at `start`, joined with what other records have taught."""
    match = _record(tag).match(body, start)
    if not match:
        return known
    fields = tuple((white, name, True) for white, name in _FIELD.findall(match[1]))
    if len({name for _, name, _ in fields}) < len(fields):
        return known  # a field that repeats makes a list
    if known:
        fields = _join_fields(known.fields, fields)
    if not fields or not fields[0][2]:
        return known
    return RecordLayout(tag, fields, match[3], match[4])


@lru_cache(maxsize=64)
def tile_of(layout: RecordLayout, leaves: frozenset[str]) -> RecordPattern:
    """The expressions of a layout; they are compiled once a layout and set of leaves."""
    opening, closing = f"<{re.escape(layout.tag)}>", f"</{re.escape(layout.tag)}>"
    end, after = layout.end.decode(), layout.after.decode()
    around = len(f"<{layout.tag}></{layout.tag}>{end}{after}")
    read = plain = ""  # the fields, with a group a leaf and a group for unread neighbours; without
    groups: list[CapturedPart] = []
    for is_read, fields in groupby(layout.fields, lambda one: one[1].decode() in leaves):
        if not is_read:
            unread = "".join(_expression(*field) for field in fields)
            plain += unread
            read += f"({unread})"
            groups.append(CapturedPart(None, required=True, around=0))
            continue
        for white, name, required in fields:
            length = len(white) + 2 * len(name) + len("<></>")
            around += length if required else 0
            plain += _expression(white, name, required)
            read += _expression(white, name, required, is_group=True)
            groups.append(CapturedPart(name.decode(), required, 0 if required else length))
    return RecordPattern(
        closing=f"</{layout.tag}>".encode(),
        around=around,
        is_dense=not after,
        groups=tuple(groups),
        cells=re.compile(f"{opening}{read}{end}{closing}{after}" + "()" * (2 - len(groups))),
        run=re.compile(f"(?:{opening}{plain}{end}{closing}{after}){{1,{_MOST}}}+".encode()),
    )


def _expression(white: bytes, name: bytes, required: bool, *, is_group: bool = False) -> str:  # noqa: FBT001
    # an optional field must not be empty when it is there: an empty group means absent
    text = "[^<]*+" if required else "[^<]++"
    text = f"({text})" if is_group else text
    tag = re.escape(name.decode())
    whole = f"{white.decode()}<{tag}>{text}</{tag}>"
    return whole if required else f"(?:{whole})?+"


def _join_fields(known: Sequence[Field], fields: Sequence[Field]) -> tuple[Field, ...]:
    """Fields of two layouts in one order, required where both require."""
    joined = list(known)
    place = 0
    for white, name, _ in fields:
        names = [field[1] for field in joined]
        if name in names:
            place = names.index(name) + 1
        else:
            joined.insert(place, (white, name, False))
            place += 1
    present = {field[1] for field in fields}
    return tuple((white, name, required and name in present) for white, name, required in joined)


@lru_cache(maxsize=64)
def _record(tag: str) -> re.Pattern[bytes]:
    name = re.escape(tag.encode())
    field = rb"(?:[ \t\n]*+<(" + _NAME + rb")>[^<]*+</\2>)"
    return re.compile(rb"<%s>(%s++)([ \t\n]*+)</%s>([ \t\n]*+)" % (name, field, name))


def _tidy(column: tuple[str, ...], *, required: bool, is_white: bool) -> Column:
    """A column without white space around its texts, and None for what is absent."""
    if not required and not all(column):
        return [cell.strip(WHITE) if cell else None for cell in column]
    if is_white and any(map("".join(column).__contains__, WHITE)):
        return [cell.strip(WHITE) for cell in column]
    return column


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


class RecordBatch(RecordRun, frozen=True, eq=False):
    """Records that stand side by side in one parent."""

    tag: str
    chunks: tuple[Chunk, ...]
    made: dict[tuple[Any, ...], Sequence[Any]] = field(default_factory=dict)

    def rows(self, leaves: tuple[str, ...], keys: tuple[str, ...] | None = None) -> Sequence[Any]:
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
        """The values of a leaf, of all records that have it."""
        cells = (cell for chunk in self.chunks for cell in chunk.column(leaf))
        return [cell for cell in cells if cell is not None]


def _rows_of(
    chunks: Sequence[Chunk], leaves: tuple[str, ...], keys: tuple[str, ...] | None
) -> Sequence[Any]:
    parts = ([chunk.column(leaf) for chunk in chunks] for leaf in leaves)
    columns = [some[0] if len(some) == 1 else JoinedColumns(some) for some in parts]
    if keys is None:
        return list(map(list, zip(*columns, strict=True)))
    return Rows(dict(zip(keys, columns, strict=True)), sum(chunk.count for chunk in chunks))


def lift(
    body: bytes, tag: str, leaves: frozenset[str], number: int
) -> tuple[bytes, tuple[RecordBatch, ...]]:
    """The body with a mark for each run of `tag`, and the runs.

    Args:
        body: a reply as it came.
        tag: the element that repeats.
        leaves: the children that are read; the others are proven and forgotten.
        number: the number of the first mark.
    """
    runs: list[list[Chunk]] = []
    parts: list[bytes] = []
    end = 0
    for chunk in _chunks(body, tag, leaves):
        if runs and end == chunk.start:  # side by side with the last one
            runs[-1].append(chunk)
        else:
            parts += [body[end : chunk.start], f"<?{MARK} {number + len(runs)}?>".encode()]
            runs.append([chunk])
        end = chunk.end
    batches = tuple(RecordBatch(tag, tuple(chunks)) for chunks in runs)
    return b"".join([*parts, body[end:]]) if runs else body, batches


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
