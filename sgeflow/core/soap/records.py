"""Takes long runs of flat records out of a reply before it is parsed.

A reply of measures has thousands of `<mesure><v>312</v><d>…</d></mesure>` in sequence. A regular
expression made from the first record reads them four times faster than a parser and proves what it
reads: a run consists of whole records only, so it cannot contain a comment, a CDATA section, an
attribute, a prefix, an entity or an unknown child. A mark replaces each run. The rest, which is
small, goes through the real parser, and the caller checks that every mark became a node (a mark
inside a comment does not). Runs that are not proven stay in place.
"""

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

Field = tuple[bytes, bytes, bool]  # white space before it, its name, whether always there

_WINDOW = 1 << 15  # bytes read at once: short-lived objects, small enough for the cache
_MOST = 512  # records matched at once by one expression
_NAME = rb"[A-Za-z_][\w.-]*+"
_FIELD = regex(rb"([ \t\n]*+)<(" + _NAME + rb")>[^<]*+</")
# A run must not contain hidden markup, line ends that a parser would change, or characters that XML
# forbids.
_FOREIGN = ("&", "]]>", *(chr(code) for code in range(32) if code not in (9, 10)))


class RecordLayout(Struct, frozen=True):
    """The fields of a record in order, and the white space between its parts."""

    tag: str
    fields: tuple[Field, ...]
    end: bytes  # before the closing tag
    after: bytes  # before the next record


class CapturedPart(Struct, frozen=True):
    """A captured part of a record: a leaf, or unread fields."""

    leaf: str | None
    required: bool
    around: int  # characters of the tags around the captured text


class RecordPattern(Struct, frozen=True):
    """A compiled layout that reads some leaves.

    Reading is proven: either the lengths of all texts add up to the bytes of the run, or one
    expression matches all these bytes as whole records.
    """

    closing: bytes
    around: int  # characters of a record outside the groups
    is_dense: bool  # no white space between records, so the lengths are a proof
    groups: tuple[CapturedPart, ...]
    cells: re.Pattern[str]
    run: re.Pattern[bytes]

    def read(self, body: bytes, start: int) -> tuple[int, int, dict[str, Column]] | None:
        """Read the records from `start`: end, number and leaves; None if they are not flat."""
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
        length = len(records) * self.around + len(text)  # the length of whole records alone
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
    """Learn the layout of the record at `start`, joined with a known one; None if not flat."""
    match = _record(tag).match(body, start)
    if not match:
        return known
    fields = tuple((white, name, True) for white, name in _FIELD.findall(match[1]))
    if len({name for _, name, _ in fields}) < len(fields):
        return known  # a repeated field would be a list
    if known:
        fields = _join_fields(known.fields, fields)
    if not fields or not fields[0][2]:
        return known
    return RecordLayout(tag, fields, match[3], match[4])


@lru_cache(maxsize=64)
def tile_of(layout: RecordLayout, leaves: frozenset[str]) -> RecordPattern:
    """The expressions of a layout and its leaves; compiled once each."""
    opening, closing = f"<{re.escape(layout.tag)}>", f"</{re.escape(layout.tag)}>"
    end, after = layout.end.decode(), layout.after.decode()
    around = len(f"<{layout.tag}></{layout.tag}>{end}{after}")
    read = plain = ""  # patterns of fields: with groups, and without
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
    # a present optional field must not be empty: an empty group means that it is absent
    text = "[^<]*+" if required else "[^<]++"
    text = f"({text})" if is_group else text
    tag = re.escape(name.decode())
    whole = f"{white.decode()}<{tag}>{text}</{tag}>"
    return whole if required else f"(?:{whole})?+"


def _join_fields(known: Sequence[Field], fields: Sequence[Field]) -> tuple[Field, ...]:
    """Join the fields of two layouts in one order; a field is required if both require it."""
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
    """Strip white space from a column's texts; absent values become None."""
    if not required and not all(column):
        return [cell.strip(WHITE) if cell else None for cell in column]
    if is_white and any(map("".join(column).__contains__, WHITE)):
        return [cell.strip(WHITE) for cell in column]
    return column


MARK = "sgeflow-run"  # target of the processing instruction that replaces a run
_FEWEST = 4  # a shorter run is left in place
_LONG = 40_000  # records (more than two years of half-hours); longer runs are read in parts
_PART = 4_000  # records of a part
_STRANGE = 64  # after so many records of other forms the parser reads the rest


class Chunk(Struct, frozen=True):
    """Consecutive records as columns, one for each leaf."""

    start: int
    end: int
    count: int
    columns: dict[str, Column]

    def column(self, leaf: str) -> Column:
        """The column of a leaf; None where the leaf is absent."""
        return self.columns.get(leaf) or RepeatedCell(None, self.count)


class RecordBatch(RecordRun, frozen=True, eq=False):
    """Records that are side by side in one parent."""

    tag: str
    chunks: tuple[Chunk, ...]
    made: dict[tuple[Any, ...], Sequence[Any]] = field(default_factory=dict)

    def rows(self, leaves: tuple[str, ...], keys: tuple[str, ...] | None = None) -> Sequence[Any]:
        """One row for each record: a list of its leaves, or `Rows` of `keys`; None for absent ones.

        Outputs that want equal rows share one result, which nobody changes.
        """
        if (known := self.made.get((leaves, keys))) is None:
            parts = [_rows_of(chunks, leaves, keys) for chunks in self._parts()]
            known = self.made[leaves, keys] = join(parts)
        return known

    def _parts(self) -> list[list[Chunk]]:
        """All chunks together; for very many records in several parts."""
        if sum(chunk.count for chunk in self.chunks) <= _LONG:
            return [[*self.chunks]]
        parts: list[list[Chunk]] = [[]]
        for chunk in self.chunks:
            if sum(one.count for one in parts[-1]) >= _PART:
                parts.append([])
            parts[-1].append(chunk)
        return parts

    def column(self, leaf: str) -> list[Cell]:
        """The values of a leaf over the records that have it."""
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
        if runs and end == chunk.start:  # adjacent to the previous chunk
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
