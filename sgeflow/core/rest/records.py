"""Takes long runs of flat records out of a JSON reply before it is parsed.

A reply of measures has thousands of `{"v": "312", "d": "…"}` in sequence. A regular expression made
from the first record reads them faster than a parser and proves what it reads: a run consists of
whole records only, with the same names in the same order, and its texts have no escapes. A mark
replaces each run. Runs that are not proven stay in place.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct

from sgeflow.core.language.rows import Rows
from sgeflow.core.packed import Column, JoinedColumns, RepeatedCell, pack
from sgeflow.core.wires.plan import HiddenRunError, LazyObject, RecordRun
from sgeflow.patterns import regex

MARK = "sgeflow-run:"  # followed by the number of the run: a text in the list
_FEWEST = 4  # a shorter run is left in place
_WINDOW = 1 << 15  # characters read at once: short-lived objects, small enough for the cache
_MOST = 512  # records matched at once by one expression
_STRANGE = 64  # after so many records of other forms the parser reads the rest
_TEXT = r'"[^"\\\x00-\x1f]*+"'
_NUMBER = r"-?(?:0|[1-9][0-9]{0,300}+)(?:\.[0-9]++)?+"  # within the range of a float
_VALUE = rf"(?:{_TEXT}|{_NUMBER}(?![0-9.eE]))"
_MEMBER = rf'\s*"[A-Za-z_][A-Za-z0-9_]*"\s*:\s*{_VALUE}\s*'
_RECORD = regex(rf"\{{({_MEMBER}(?:,{_MEMBER})*)\}}")
_PIECE = regex(rf'(\s*,?\s*"([A-Za-z_][A-Za-z0-9_]*)"\s*:\s*)({_VALUE})')
_STRANGER = regex(r"\{[^{}\[\]]*\}")  # a record of another form without nested values
_COMMA = regex(r"\s*,\s*(?=\{)")


class JsonRun(RecordRun, frozen=True, eq=False):
    """Records that are side by side in one list: a column for each member that is read."""

    names: tuple[str, ...]  # of all members, read or not
    columns: Mapping[str, Column]
    count: int

    def column(self, leaf: str) -> list[Any]:
        """The values of a member; empty if no record has it."""
        return list(self.columns.get(leaf, ()))

    def rows(self, leaves: tuple[str, ...], keys: tuple[str, ...] | None = None) -> Sequence[Any]:
        """One row for each record: a list of its members, or `Rows` of `keys`; None if absent."""
        absent = RepeatedCell(None, self.count)
        columns = [self.columns.get(leaf, absent) for leaf in leaves]
        if keys is None:
            return list(map(list, zip(*columns, strict=True)))
        return Rows(dict(zip(keys, columns, strict=True)), self.count)


class ObjectWithRuns(LazyObject):
    """An object that contained runs, at any depth."""

    __slots__ = ("members",)

    def __init__(self, members: dict[str, Any]) -> None:
        self.members = members

    def get(self, name: str) -> Any:
        """The value of a name."""
        return self.members.get(name)

    def document(self) -> Any:
        """Always fails, because a part was taken out. Raises: HiddenRunError."""
        raise HiddenRunError


class RecordForm(Struct, frozen=True):
    """The members of a record in order, and the expressions that match such records."""

    names: tuple[str, ...]
    numbers: frozenset[str]  # members whose values are numbers
    around: int  # characters of a record and the comma before it, outside the values
    next: re.Pattern[str]  # matches a comma and a record, with a group for each value
    run: re.Pattern[str]  # matches as many adjacent records as the bounds allow


@lru_cache(maxsize=64)
def _form_of(inside: tuple[tuple[str, str, bool], ...], end: str, comma: str) -> RecordForm:
    """The form of records from `inside`: the text before each value, its name and its type."""

    def record(texts: str) -> str:
        members = "".join(
            re.escape(before) + (f"({_NUMBER})" if is_number else texts)
            for before, _, is_number in inside
        )
        return rf"{re.escape(comma)}\{{{members}{re.escape(end)}\}}"

    names = tuple(name for _, name, _ in inside)
    quotes = 2 * sum(not is_number for *_, is_number in inside)
    return RecordForm(
        names=names,
        numbers=frozenset(name for _, name, is_number in inside if is_number),
        around=len(comma) + 2 + len(end) + quotes + sum(len(before) for before, *_ in inside),
        next=re.compile(record('"([^"]*+)"') + "()" * (2 - len(names))),
        run=re.compile(f"(?:{record(_TEXT)}){{1,{_MOST}}}+"),
    )


def _learn(text: str, start: int) -> tuple[RecordForm, list[str], int] | None:
    """Learn the form of the record at a place, its values and its end; None if not flat."""
    record = _RECORD.match(text, start)
    if record is None:
        return None
    pieces = list(_PIECE.finditer(text, start + 1, record.end() - 1))
    inside = tuple((one[1], one[2], not one[3].startswith('"')) for one in pieces)
    if len({name for _, name, _ in inside}) < len(inside):
        return None  # a repeated name
    comma = _COMMA.match(text, record.end())
    end = text[pieces[-1].end() : record.end() - 1]
    form = _form_of(inside, end, comma[0] if comma else "")
    return form, [one[3].strip('"') for one in pieces], record.end()


def lift(
    text: str, leaves: Mapping[str, frozenset[str]], *, as_text: bool
) -> tuple[str, list[JsonRun]]:
    """Replace each run in a list under one of the names by a mark; return the reply and the runs.

    With `as_text` numbers keep their text.
    """
    runs: list[JsonRun] = []
    parts: list[str] = []
    end = 0
    beginnings = _beginnings(frozenset(leaves))
    found = beginnings.search(text)
    while found:
        for start, stop, run in _runs(text, found.end(), leaves[found[1]], as_text=as_text):
            parts += [text[end:start], f'"{MARK}{len(runs)}"']
            runs.append(run)
            end = stop
        found = beginnings.search(text, max(end, found.end()))
    return "".join([*parts, text[end:]]) if runs else text, runs


def _runs(
    text: str, start: int, leaves: frozenset[str], *, as_text: bool
) -> Iterator[tuple[int, int, JsonRun]]:
    """The runs of a list whose first record begins at `start`."""
    for _ in range(_STRANGE):
        stop = start
        if learnt := _learn(text, start):
            form, first, stop = learnt
            chunks = [_packed(form, [(one,) for one in first], leaves, as_text=as_text)]
            count = 1
            for columns, end in _columns(form, text, stop):
                chunks.append(_packed(form, columns, leaves, as_text=as_text))
                count, stop = count + len(columns[0]), end
            if count >= _FEWEST:
                joined = {name: JoinedColumns([one[name] for one in chunks]) for name in chunks[0]}
                yield start, stop, JsonRun(form.names, joined, count)
        elif strange := _STRANGER.match(text, start):
            stop = strange.end()
        comma = _COMMA.match(text, stop)
        if comma is None:
            return
        start = comma.end()


def _columns(
    form: RecordForm, text: str, start: int
) -> Iterator[tuple[list[tuple[str, ...]], int]]:
    """The columns of the records from `start`, in parts, each with its end."""
    while True:
        last = text.rfind("}", start, start + _WINDOW) + 1
        rows = form.next.findall(text, start, last) if last > start else []
        columns = list(zip(*rows, strict=True))
        cells = "".join(map("".join, columns))
        stop = start + len(rows) * form.around + len(cells)
        # lengths that add up to the whole text, and no escape, are a proof
        if not rows or stop != last or "\\" in cells or not cells.isprintable():
            run = form.run.match(text, start)
            if run is None:
                return
            stop = run.end()
            columns = list(zip(*form.next.findall(text, start, stop), strict=True))
        yield columns, stop
        start = stop


def _packed(
    form: RecordForm, columns: Sequence[tuple[str, ...]], leaves: frozenset[str], *, as_text: bool
) -> dict[str, Column]:
    return {
        name: pack(_typed(cells) if name in form.numbers and not as_text else cells)
        for name, cells in zip(form.names, columns, strict=False)
        if name in leaves
    }


def _typed(column: Sequence[str]) -> list[Any]:
    return [float(cell) if "." in cell else int(cell) for cell in column]


def put_back(value: Any, runs: Sequence[JsonRun]) -> tuple[Any, int]:
    """Put runs back in place of their marks in a parsed reply, and count them."""
    if isinstance(value, str) and value.startswith(MARK):
        place = value.removeprefix(MARK)
        is_mark = place in map(str, range(len(runs)))  # a text with escapes is not a mark
        return (runs[int(place)], 1) if is_mark else (value, 0)
    if isinstance(value, list):
        items = [put_back(item, runs) for item in value]
        return [item for item, _ in items], sum(count for _, count in items)
    if isinstance(value, dict):
        pairs = {name: put_back(item, runs) for name, item in value.items()}
        found = sum(count for _, count in pairs.values())
        members = {name: item for name, (item, _) in pairs.items()}
        return (ObjectWithRuns(members) if found else members), found
    return value, 0


@lru_cache(maxsize=64)
def _beginnings(names: frozenset[str]) -> re.Pattern[str]:
    """Matches the places where a list of objects begins under one of the names."""
    return re.compile(rf'"({"|".join(sorted(map(re.escape, names)))})"\s*:\s*\[\s*(?=\{{)')
