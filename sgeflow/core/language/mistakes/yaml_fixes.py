"""What is no YAML, and what may have been meant: ways to fix a text at the place of its slip."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import yaml
from msgspec import Struct

from sgeflow.core.language.mistakes.yaml_columns import indent_of, shifts
from sgeflow.core.language.mistakes.yaml_layout import CLOSES, OPENS, SlipKind
from sgeflow.core.language.mistakes.yaml_patches import Patch, Patches
from sgeflow.core.language.mistakes.yaml_syntax import APOSTROPHE, find_unquoted
from sgeflow.errors import Problem
from sgeflow.patterns import regex

_MOST_WAYS = 12  # that are tried: each has the text composed
_ALIAS = regex(r"\*[\w-]*")
_WORD = regex(r"[A-Za-z_$][\w$.-]*")
_BLANK = regex(r"[ \t]*")
_QUOTED = r"'(?:[^'\n]|'')*'|\"(?:[^\"\\\n]|\\.)*\""
_CODE = regex(rf"(?:{_QUOTED}|(?<!\s)#|[^#\n])*")  # a line up to its remark
_PIECES = regex(rf"{_QUOTED}|[\[\]{{}},]")
_DASH = regex(r"[ ]*(?:- +)+")
_VALUE = regex(r"[ ]*(?:- +)*(?:[\w$@./\"'-][^:#\n]*?:[ ]+)?")
_BETWEEN = regex(r"(?<=\w)'(?=\w)")
_QUOTES = ("'", '"')
_MARKS = ("!", "&", "*")  # what YAML reads a tag, an anchor or an alias from
_BRACKETS = {"[": 1, "{": 1, "]": -1, "}": -1}


Way = tuple[Patches, ...]
"""Patches that fix a slip in one sense, the likeliest first: those count that compose."""


class Site(Struct, frozen=True):
    """Where a slip stands: the text, where its line begins, and the slip itself."""

    text: str
    begin: int
    start: int
    opened: int = -1  # the bracket in which reading stopped


def ways_to_fix(
    text: str, error: yaml.MarkedYAMLError, problem: Problem, kind: SlipKind
) -> list[Way]:
    """What may make a text that could not be composed readable; nothing where it is not known."""
    mark, at = error.problem_mark, problem.at
    if mark is None or at is None:
        return []
    start = find_unquoted(text, error)
    if start >= 0:
        end = _end_of(text, mark.index)
        is_there = (at.line, at.column) == (mark.line + 1, mark.column)
        raw = Patch(start=start, end=end, text="x" * (end - start), is_raw=True)
        return [((raw,),)] if end and is_there else []
    is_alias = "undefined alias" in (error.problem or "")
    if alias := _ALIAS.match(text, mark.index) if is_alias else None:
        start, end, near = alias.start(), alias.end(), problem.suggestion
        return [((Patch(start=start, end=end, text="~", anchor=near, is_open=not near),),)]
    site = site_of(text, error, problem)
    moved = shifts(text, site.begin) if kind in (SlipKind.COLUMN, SlipKind.NO_COLON) else ()
    ways = [(patches,) for patches in _FIXES[kind](site)] if kind in _FIXES else []
    return [*ways, *moved] if len(ways) <= _MOST_WAYS else []


def site_of(text: str, error: yaml.MarkedYAMLError, problem: Problem) -> Site:
    """Where the slip of a problem stands in the text."""
    at, mark = problem.at, error.context_mark
    line = at.line if at else 1
    begin = sum(len(one) + 1 for one in text.split("\n")[: line - 1])
    start = begin + (at.column if at else 1) - 1
    return Site(text, begin, start, mark.index if mark else -1)


def open_value(site: Site) -> Iterator[Patches]:
    """The value in which a slip stands, of which nothing is known: in brackets the whole of it."""
    text, begin = site.text, site.begin
    if 0 <= site.opened < begin:
        begin = text.rfind("\n", 0, site.opened) + 1
    value = _VALUE.match(text, begin)
    start = value.end() if value else begin
    ends = (end for end in _ends_of_value(text, begin, site.start) if end > start)
    for end in ends:
        yield (Patch(start=start, end=end, text="~", is_open=True),)


def _ends_of_value(text: str, begin: int, start: int) -> Iterator[int]:
    """Where the value of a line may end: in it, or with the lines below that are further in."""
    yield _line_end(text, max(start, begin))
    yield _end_of_block(text, begin)


def _end_of_block(text: str, begin: int) -> int:
    """Where the lines end that are further in than the key or dash of the line that begins."""
    first, *below = text[begin:].split("\n")
    end, at = _line_end(text, begin), begin + len(first) + 1
    for line in below:
        if line.strip() and indent_of(line) <= indent_of(first):
            break
        end = max(end, _line_end(text, at)) if line.strip() else end
        at += len(line) + 1
    return end


def _end_of(text: str, start: int) -> int:
    """Where what a `{` begins ends, in the same line; 0 when it does not."""
    depth = 0
    for index in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[index], 0)
        if depth == 0:
            return index + 1
        if text[index] == "\n":
            break
    return 0


def _close_quote(site: Site) -> Iterator[Patches]:
    """The quote that a text lacks: at the end of its line, or before what closes around it."""
    text, start = site.text, site.start
    end = _line_end(text, start)
    places = [end]
    if _depth(text[site.begin : start]):
        places = [at for at in range(end, start, -1) if text[at - 1 : at] not in " \t"]
        places = [at for at in places if text[at : at + 1] in (",", "]", "}")]
    yield from _insertions(places, text[start])


def _depth(text: str) -> int:
    """How many brackets are open behind the beginning of a line."""
    return sum(_BRACKETS.get(one, 0) for one in text)


def _insertions(places: Iterable[int], text: str) -> Iterator[Patches]:
    return ((Patch(start=at, end=at, text=text),) for at in places)


def _colon(site: Site) -> Iterator[Patches]:
    """The colon behind a key, and the space behind a colon."""
    if word := _WORD.match(site.text, site.start):
        has_colon = site.text.startswith(":", word.end())
        yield from _insertions([word.end() + has_colon], " " if has_colon else ":")


def _untab(site: Site) -> Iterator[Patches]:
    """Spaces in the place of the tabs before a line: as many as the line above asks for."""
    text, begin = site.text, site.begin
    blank = _BLANK.match(text, begin)
    end = blank.end() if blank else begin
    above = [line for line in text[:begin].split("\n") if line.strip()]
    if above and "\t" in text[begin:end]:
        indent = _indent(above[-1]) + 2 * above[-1].rstrip().endswith(":")
        yield (Patch(start=begin, end=end, text=" " * indent),)


def _indent(line: str) -> int:
    """The column in which the keys of a line stand."""
    body = line.lstrip(" ")
    while body.startswith("- "):
        body = body[2:].lstrip(" ")
    return len(line) - len(body)


def _quote(site: Site) -> Iterator[Patches]:
    """Quotes around a text that needs them, up to the end of its line or what closes around it."""
    text, start = site.text, site.start
    ends = [_line_end(text, start)]
    if _depth(text[site.begin : start]):
        pieces = _PIECES.finditer(text, start, ends[0])
        ends = [one.start() for one in pieces if one[0] in (",", "]", "}")] or ends
    if text[start : start + 1] in _MARKS:
        raw = Patch(start=start, end=ends[0], text="x" * (ends[0] - start), is_raw=True)
        yield from [(raw,)] if len(ends) == 1 else ()
        return
    lone = text[ends[-1] - 1 : ends[-1]]
    if lone in _QUOTES and text.count(lone, start, ends[-1]) == 1:
        yield from _insertions([start], lone)
        return
    for end in ends:
        value = text[start:end].rstrip()
        quote = next((one for one in "'\"" if one not in value and "\\" not in value), "")
        if quote and value:
            quoted = f"{quote}{value}{quote}"
            yield (Patch(start=start, end=start + len(value), text=quoted),)


def _close(site: Site) -> Iterator[Patches]:
    """The bracket that closes what one opens: in its line, or behind the lines further in.

    Where nothing stands behind it somebody is about to write what belongs there.
    """
    text, start = site.text, site.start
    closes = CLOSES[text[start : start + 1]]
    line_end, block_end = _line_end(text, start), _end_of_block(text, site.begin)
    if not text[start + 1 : block_end].strip():
        return
    pieces = _PIECES.finditer(text, start + 1, line_end)
    places = [one.start() for one in pieces if one[0] in (",", "]", "}")]
    yield from _insertions(dict.fromkeys((*places, line_end, block_end)), closes)


def _comma(site: Site) -> Iterator[Patches]:
    """The comma between two lines in brackets."""
    yield from _insertions([site.start], ",")


def _right_bracket(site: Site) -> Iterator[Patches]:
    """The right bracket in the place of one of two, or before it or a comma further left."""
    text, start, opened = site.text, site.start, site.opened
    closes = CLOSES.get(text[opened : opened + 1], "")
    if closes:
        pieces = _PIECES.finditer(text, opened + 1, start)
        yield from _insertions([*(o.start() for o in pieces if o[0] == ","), start], closes)
        yield (Patch(start=start, end=start + 1, text=closes),)
        yield (Patch(start=opened, end=opened + 1, text=OPENS[text[start]]),)


def _unclose(site: Site) -> Iterator[Patches]:
    """A bracket that closes nothing, taken out; or the one that it closes, before the value."""
    text, start = site.text, site.start
    yield (Patch(start=start, end=start + 1, text=""),)
    heads = (head.match(text, site.begin) for head in (_VALUE, _DASH))
    begins = dict.fromkeys(head.end() for head in heads if head and head.end() < start)
    yield from _insertions(begins, OPENS[text[start]])


def _line_end(text: str, start: int) -> int:
    """Where a line ends that has no remark, or before its remark."""
    begin = text.rfind("\n", 0, start) + 1
    code = _CODE.match(text, begin)
    return max(start, begin + len((code[0] if code else "").rstrip()))


def _instead(text: str) -> Callable[[Site], Iterator[Patches]]:
    """A sign in the place of another."""

    def fix(site: Site) -> Iterator[Patches]:
        yield (Patch(start=site.start, end=site.start + 1, text=text),)

    return fix


def _double(site: Site) -> Iterator[Patches]:
    """Each apostrophe within a text in single quotes twice."""
    quoted = APOSTROPHE.match(site.text, site.start)
    span = quoted.span() if quoted else (site.start, site.start)
    inner = (one.start() for one in _BETWEEN.finditer(site.text, *span))
    yield tuple(Patch(start=at, end=at, text="'") for at in inner)


_FIXES: dict[SlipKind, Callable[[Site], Iterator[Patches]]] = {
    SlipKind.OPEN_QUOTE: _close_quote,
    SlipKind.NO_COLON: _colon,
    SlipKind.TAB: _untab,
    SlipKind.NEEDS_QUOTES: _quote,
    SlipKind.LEFT_OPEN: _close,
    SlipKind.NO_COMMA: _comma,
    SlipKind.WRONG_BRACKET: _right_bracket,
    SlipKind.NOT_OPENED: _unclose,
    SlipKind.SPACE: _instead(" "),
    SlipKind.HYPHEN: _instead("-"),
    SlipKind.TIGHT: _instead("- "),
    SlipKind.APOSTROPHE: _double,
    SlipKind.BACKSLASH: _instead("\\\\"),
}
