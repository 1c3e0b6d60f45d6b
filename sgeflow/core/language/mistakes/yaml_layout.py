"""Slips in how a YAML text is laid out: lines in a wrong column, values that need quotes.

libyaml tells these in the words of its grammar ("did not find expected '-' indicator"), and mostly
at the character behind the slip.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum, auto

import yaml
from msgspec import Struct

from sgeflow.core.language.mistakes.yaml_columns import columns_around, indent_of
from sgeflow.core.language.text import Source
from sgeflow.messages import Message, join_items, say
from sgeflow.patterns import regex

_MERGE = regex(r"^(?:<{7} .*|={7}|>{7} .*)$", re.MULTILINE)
_CONTROL = regex(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_UNSEEN = regex(r"(?:^[ ]*|:)([\u00a0\u1680\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff])")
_DASH = regex(r"[ ]*([\u2010-\u2015\u2022\u2212\u00b7*•])\s")
_TIGHT = regex(r"[ ]*(?:- +)*(-)(?=[A-Za-z_]\w*:(?:[ ]|$))")
_HEAD = regex(r"([ ]*)(?:(- +)*)([\w$@./\"'-][^:#]*?):(?:[ ]+|$)")
_PIECES = regex(r"'[^']*'|\"(?:[^\"\\]|\\.)*\"|[\[\]{}]")
_TAG = regex(r"[ ]*(?:- +)*(?:[\w-]+:[ ]+)?(!\S.*)")
CLOSES = {"[": "]", "{": "}"}
OPENS = {closes: opens for opens, closes in CLOSES.items()}


class SlipKind(Enum):
    """What a slip is, for who mends it."""

    OPEN_QUOTE = auto()
    NO_COLON = auto()
    TAB = auto()
    BACKSLASH = auto()
    NEEDS_QUOTES = auto()
    LEFT_OPEN = auto()
    NO_COMMA = auto()
    WRONG_BRACKET = auto()
    NOT_OPENED = auto()
    SPACE = auto()
    HYPHEN = auto()
    TIGHT = auto()
    APOSTROPHE = auto()
    CONTROL = auto()
    COLUMN = auto()
    OTHER = auto()


class Slip(Struct, frozen=True):
    """What is wrong, and where it begins in the text."""

    index: int
    words: Message
    note: Message
    length: int = 1
    kind: SlipKind = SlipKind.OTHER


def find_unseen(source: Source, error: yaml.MarkedYAMLError) -> Slip | None:
    """What no editor shows: a merge that was not settled, a space that is none."""
    if merge := _MERGE.search(source.text):
        note = say("choose one of the two versions, and take these lines out")
        words = say("a merge that was not settled")
        return Slip(merge.start(), words, note, len(merge[0]))
    for number in _lines_of(error):
        start, line = _line(source, number)
        if space := _UNSEEN.search(line):
            note = say("it looks like a space and is another character; type a space")
            words = say("a special space")
            return Slip(start + space.start(1), words, note, kind=SlipKind.SPACE)
        if dash := _DASH.match(line):
            note = say("a line of a list begins with - and a space")
            words = say('"{seen}" is no hyphen', seen=dash[1])
            return Slip(start + dash.start(1), words, note, kind=SlipKind.HYPHEN)
        if tight := _TIGHT.match(line):
            note = say("a line of a list begins with - and a space")
            words = say("a - without a space behind it")
            return Slip(start + tight.start(1), words, note, kind=SlipKind.TIGHT)
    return None


def control(text: str) -> Slip | None:
    """A character that no text holds."""
    match = _CONTROL.search(text)
    if match is None:
        return None
    words = say("a control character (U+{code})", code=f"{ord(match[0]):04X}")
    note = say("save the file as plain text, in UTF-8")
    return Slip(match.start(), words, note, kind=SlipKind.CONTROL)


def find_misplaced(source: Source, error: yaml.MarkedYAMLError) -> Slip | None:
    """A value that needs quotes, a line in a wrong column, a bracket that is not closed."""
    for begins, find in _FINDERS:
        if (error.problem or "").startswith(begins):
            return find(source, error)
    return None


def _colon(source: Source, error: yaml.MarkedYAMLError) -> Slip | None:
    """A second `: ` in a line, or a line that stands below a value and further in."""
    mark = error.problem_mark
    if mark is None:
        return None
    start, line = _line(source, mark.line)
    head = _HEAD.match(line)
    if head and head.end() <= mark.column:
        value = start + head.end(), line[head.end() :]
        return _not_opened(*value) or _needs_quotes(*value)
    indent = len(line) - len(line.lstrip())
    note = say("it stands below a value, and nothing can stand inside one; check its spaces")
    words = say("a line that begins too far in, in column {column}", column=indent + 1)
    length = len(line[indent : mark.column])
    return Slip(start + indent, words, note, length, kind=SlipKind.COLUMN)


def _column(source: Source, error: yaml.MarkedYAMLError) -> Slip | None:
    """A line that begins in the column of nothing above it."""
    mark = error.problem_mark
    if mark is None:
        return None
    start, line = _line(source, mark.line)
    indent = len(line) - len(line.lstrip())
    head = _HEAD.match(line)
    if head and mark.column > indent:
        value = start + head.end(), line[head.end() :]
        return _not_opened(*value) or _needs_quotes(*value)
    word = re.match(r"(?:- )?[^\s:]*", line[indent:])
    length = len(word[0]) if word else 1
    if line[indent : indent + 2] == "- ":
        note = say("the keys above it end first, or the list belongs under one of them")
        words = say("a line of a list among keys")
        return Slip(start + indent, words, note, length, kind=SlipKind.COLUMN)
    is_list = "collection" in (error.context or "")
    if is_list and error.context_mark and indent == error.context_mark.column:
        note = say("a line of a list begins with - and a space")
        words = say("a key among the lines of a list")
        return Slip(start + indent, words, note, length, kind=SlipKind.COLUMN)
    words = say("a line that begins in column {column}", column=indent + 1)
    columns = columns_around(source.text.split("\n"), mark.line, indent)
    around = join_items([str(one + 1) for one in columns], between=say(" or "))
    note = say("what it can belong to begins in column {columns}", columns=around)
    return Slip(start + indent, words, note, length, kind=SlipKind.COLUMN)


def _find_reserved(source: Source, error: yaml.MarkedYAMLError) -> Slip | None:
    """A value whose first character has a meaning in YAML."""
    is_alias = "alias" in (error.context or "")
    mark = error.context_mark if is_alias else error.problem_mark
    if mark is None:
        return None
    value = source.text[mark.index :].partition("\n")[0].rstrip()
    words = say("a text that begins with {seen} needs quotes", seen=value[:1])
    note, length = say('write it in quotes: "…"'), max(1, len(value))
    return Slip(mark.index, words, note, length, kind=SlipKind.NEEDS_QUOTES)


def _find_tag(source: Source, error: yaml.MarkedYAMLError) -> Slip | None:
    """A text whose `!` makes a tag of its first word, and whose rest fits nowhere."""
    mark = error.problem_mark
    start, line = _line(source, mark.line) if mark else (0, "")
    tag = _TAG.match(line)
    if tag is None:
        return None
    words = say("a text that begins with {seen} needs quotes", seen="!")
    note, length = say('write it in quotes: "…"'), len(tag[1].rstrip())
    return Slip(start + tag.start(1), words, note, length, kind=SlipKind.NEEDS_QUOTES)


def _bracket(source: Source, error: yaml.MarkedYAMLError) -> Slip | None:
    """In `{ }` or `[ ]`: a text that needs quotes, the wrong bracket, none at all."""
    mark, opened = error.problem_mark, error.context_mark
    if mark is None:
        return None
    text = source.text
    bracket = text[opened.index : opened.index + 1] if opened else ""
    if opened is None or bracket not in CLOSES:
        return _stray(text, mark.index)
    if text[mark.index : mark.index + 1] in set("]}") - {CLOSES.get(bracket)}:
        note = say("{bracket} is closed by {closes}", bracket=bracket, closes=CLOSES[bracket])
        return Slip(mark.index, say("the wrong bracket"), note, kind=SlipKind.WRONG_BRACKET)
    if mark.line > opened.line and _is_closed(text, opened.index, mark.index):
        begin = text.rfind("\n", 0, mark.index)
        end = len(text[:begin].rstrip())
        note = say("inside {{ }} and [ ] a comma stands between two")
        return Slip(end, say("a comma is missing"), note, kind=SlipKind.NO_COMMA)
    if mark.line > opened.line or mark.index >= len(text.rstrip()):
        note = say("{closes} belongs where it ends", closes=CLOSES[bracket])
        words = say("a {bracket} that is not closed", bracket=bracket)
        return Slip(opened.index, words, note, kind=SlipKind.LEFT_OPEN)
    start = _value_before(text, opened.index, mark.index)
    return _needs_quotes(start, text[start:].partition("\n")[0])


def _is_closed(text: str, opened: int, index: int) -> bool:
    """Whether a bracket is closed behind a place, in a line that is further in than its own."""
    depth = 0
    for piece in _PIECES.finditer(text, opened):
        depth += 1 if piece[0] in CLOSES else -1 if piece[0] in OPENS else 0
        if depth == 0:
            begin, here = (text.rfind("\n", 0, at) + 1 for at in (opened, index))
            return piece.start() > index and indent_of(text[here:]) > indent_of(text[begin:])
    return False


def _stray(text: str, index: int) -> Slip | None:
    """A closing bracket that nothing opened; it is the last one before the place, or there."""
    closes = text[index : index + 1]
    if closes not in ("]", "}"):
        return _left_open(text, index)
    note = say("take it out, or write a text with it in quotes")
    words = say("a {closes} that closes nothing", closes=closes)
    return Slip(index, words, note, kind=SlipKind.NOT_OPENED)


def _left_open(text: str, index: int) -> Slip | None:
    """The last bracket that nothing closes, of the last line with something before a place."""
    start = text.rfind("\n", 0, len(text[:index].rstrip())) + 1
    opened: list[tuple[int, str]] = []
    for piece in _PIECES.finditer(text, start, index):
        if piece[0] in CLOSES:
            opened.append((piece.start(), piece[0]))
        elif piece[0] in OPENS and opened:
            opened.pop()
    if not opened:
        return None
    at, bracket = opened[-1]
    words = say("a {bracket} that is not closed", bracket=bracket)
    note = say("{closes} belongs where it ends", closes=CLOSES[bracket])
    return Slip(at, words, note, kind=SlipKind.LEFT_OPEN)


def _value_before(text: str, opened: int, index: int) -> int:
    """Where the value begins in which reading stopped."""
    part = text[opened + 1 : index]
    begin = max(part.rfind(": ") + 2 if ": " in part else 0, part.rfind(",") + 1)
    return opened + 1 + begin + len(part[begin:]) - len(part[begin:].lstrip())


def _needs_quotes(start: int, value: str) -> Slip:
    if value.rstrip().endswith(":") and re.fullmatch(r"\w+:\s*", value):
        note = say("a name with a colon in it is written without a space")
        return Slip(start, say("a key in the place of a value"), note, len(value.rstrip()))
    note = say('with ": ", quotes or brackets in it, a text stands in quotes as a whole')
    words, length = say("a text that needs quotes"), max(1, len(value.rstrip()))
    return Slip(start, words, note, length, kind=SlipKind.NEEDS_QUOTES)


def _not_opened(start: int, value: str) -> Slip | None:
    """The bracket at the end of a value that opens nothing: the one that it closes is missing."""
    opened: list[str] = []
    for piece in _PIECES.finditer(value):
        if piece[0] in CLOSES:
            opened.append(CLOSES[piece[0]])
        elif piece[0] in OPENS and (not opened or opened.pop() != piece[0]):
            note = say("{opens} belongs where it begins", opens=OPENS[piece[0]])
            words = say("a {closes} that closes nothing", closes=piece[0])
            return Slip(start + piece.start(), words, note, kind=SlipKind.NOT_OPENED)
    return None


_FINDERS: tuple[tuple[str, Callable[[Source, yaml.MarkedYAMLError], Slip | None]], ...] = (
    ("mapping values are not allowed", _colon),
    ("did not find expected '-' indicator", _column),
    ("did not find expected key", _column),
    ("did not find expected <document start>", _column),
    ("did not find expected ',' or", _bracket),
    ("did not find expected node content", _bracket),
    ("found unexpected ':'", _bracket),
    ("did not find expected alphabetic", _find_reserved),
    ("did not find expected comment or line break", _find_tag),
    ("found character that cannot start any token", _find_reserved),
)


def _lines_of(error: yaml.MarkedYAMLError) -> list[int]:
    """The lines in which the slip may stand: that of the error, and the one above."""
    marks = [mark.line for mark in (error.problem_mark, error.context_mark) if mark]
    return [n for line in marks[:1] for n in (line, line - 1) if n >= 0]


def _line(source: Source, number: int) -> tuple[int, str]:
    """Where a line begins in the text, and the line."""
    lines = source.text.split("\n", number + 1)
    if number >= len(lines):  # libyaml counts one more behind a text without a last line end
        return len(source.text), ""
    return sum(len(line) + 1 for line in lines[:number]), lines[number].rstrip("\r")
