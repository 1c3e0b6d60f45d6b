"""Slips in how a YAML text is laid out: lines in a wrong column, values that need quotes.

libyaml tells these in the words of its grammar ("did not find expected '-' indicator"), and mostly
at the character behind the slip.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import yaml
from msgspec import Struct

from sgeflow.core.language.text import Source
from sgeflow.messages import Message, join_items, say
from sgeflow.patterns import regex

_MERGE = regex(r"^(?:<{7} .*|={7}|>{7} .*)$", re.MULTILINE)
_CONTROL = regex(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_UNSEEN = regex(r"(?:^[ ]*|:)([\u00a0\u1680\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff])")
_DASH = regex(r"[ ]*([\u2010-\u2015\u2022\u2212\u00b7*•])\s")
_HEAD = regex(r"([ ]*)(?:(- +)*)([\w$@./\"'-][^:#]*?):(?:[ ]+|$)")
_PIECES = regex(r"'[^']*'|\"(?:[^\"\\]|\\.)*\"|[\[\]{}]")
_TAG = regex(r"[ ]*(?:- +)*(?:[\w-]+:[ ]+)?(!\S.*)")
NEEDS_QUOTES = say("a text that needs quotes")
_CLOSES = {"[": "]", "{": "}"}


class Slip(Struct, frozen=True):
    """What is wrong, and where it begins in the text."""

    index: int
    words: Message
    note: Message
    length: int = 1


def unseen(source: Source, error: yaml.MarkedYAMLError) -> Slip | None:
    """What no editor shows: a merge that was not settled, a space that is none."""
    if merge := _MERGE.search(source.text):
        note = say("choose one of the two versions, and take these lines out")
        words = say("a merge that was not settled")
        return Slip(merge.start(), words, note, len(merge[0]))
    for number in _lines_of(error):
        start, line = _line(source, number)
        if space := _UNSEEN.search(line):
            note = say("it looks like a space and is another character; type a space")
            return Slip(start + space.start(1), say("a special space"), note)
        if dash := _DASH.match(line):
            note = say("a line of a list begins with - and a space")
            words = say('"{seen}" is no hyphen', seen=dash[1])
            return Slip(start + dash.start(1), words, note)
    return None


def control(text: str) -> Slip | None:
    """A character that no text holds."""
    match = _CONTROL.search(text)
    if match is None:
        return None
    words = say("a control character (U+{code})", code=f"{ord(match[0]):04X}")
    return Slip(match.start(), words, say("save the file as plain text, in UTF-8"))


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
        return _needs_quotes(start + head.end(), line[head.end() :])
    indent = len(line) - len(line.lstrip())
    note = say("it stands below a value, and nothing can stand inside one; check its spaces")
    words = say("a line that begins too far in, in column {column}", column=indent + 1)
    return Slip(start + indent, words, note, len(line[indent : mark.column]))


def _column(source: Source, error: yaml.MarkedYAMLError) -> Slip | None:
    """A line that begins in the column of nothing above it."""
    mark = error.problem_mark
    if mark is None:
        return None
    start, line = _line(source, mark.line)
    indent = len(line) - len(line.lstrip())
    head = _HEAD.match(line)
    if head and mark.column > indent:
        return _needs_quotes(start + head.end(), line[head.end() :])
    word = re.match(r"(?:- )?[^\s:]*", line[indent:])
    length = len(word[0]) if word else 1
    if line[indent : indent + 2] == "- ":
        note = say("the keys above it end first, or the list belongs under one of them")
        return Slip(start + indent, say("a line of a list among keys"), note, length)
    is_list = "collection" in (error.context or "")
    if is_list and error.context_mark and indent == error.context_mark.column:
        note = say("a line of a list begins with - and a space")
        return Slip(start + indent, say("a key among the lines of a list"), note, length)
    words = say("a line that begins in column {column}", column=indent + 1)
    around = join_items(_around(source, mark.line, indent), between=say(" or "))
    note = say("what it can belong to begins in column {columns}", columns=around)
    return Slip(start + indent, words, note, length)


def _find_reserved(source: Source, error: yaml.MarkedYAMLError) -> Slip | None:
    """A value whose first character has a meaning in YAML."""
    is_alias = "alias" in (error.context or "")
    mark = error.context_mark if is_alias else error.problem_mark
    if mark is None:
        return None
    value = source.text[mark.index :].partition("\n")[0].rstrip()
    words = say("a text that begins with {seen} needs quotes", seen=value[:1])
    return Slip(mark.index, words, say('write it in quotes: "…"'), max(1, len(value)))


def _find_tag(source: Source, error: yaml.MarkedYAMLError) -> Slip | None:
    """A text whose `!` makes a tag of its first word, and whose rest fits nowhere."""
    mark = error.problem_mark
    start, line = _line(source, mark.line) if mark else (0, "")
    tag = _TAG.match(line)
    if tag is None:
        return None
    words = say("a text that begins with {seen} needs quotes", seen="!")
    return Slip(start + tag.start(1), words, say('write it in quotes: "…"'), len(tag[1].rstrip()))


def _bracket(source: Source, error: yaml.MarkedYAMLError) -> Slip | None:
    """In `{ }` or `[ ]`: a text that needs quotes, the wrong bracket, none at all."""
    mark, opened = error.problem_mark, error.context_mark
    if mark is None:
        return None
    text = source.text
    bracket = text[opened.index : opened.index + 1] if opened else ""
    if opened is None or bracket not in _CLOSES:
        return _stray(text, mark.index)
    if text[mark.index : mark.index + 1] in set("]}") - {_CLOSES.get(bracket)}:
        note = say("{bracket} is closed by {closes}", bracket=bracket, closes=_CLOSES[bracket])
        return Slip(mark.index, say("the wrong bracket"), note)
    if mark.line > opened.line or mark.index >= len(text.rstrip()):
        note = say("{closes} belongs where it ends", closes=_CLOSES[bracket])
        return Slip(opened.index, say("a {bracket} that is not closed", bracket=bracket), note)
    start = _value_before(text, opened.index, mark.index)
    return _needs_quotes(start, text[start:].partition("\n")[0])


def _stray(text: str, index: int) -> Slip | None:
    """A closing bracket that nothing opened; it is the last one before the place, or there."""
    closes = text[index : index + 1]
    if closes not in ("]", "}"):
        return _left_open(text, index)
    note = say("take it out, or write a text with it in quotes")
    return Slip(index, say("a {closes} that closes nothing", closes=closes), note)


def _left_open(text: str, index: int) -> Slip | None:
    """The last bracket of the line that nothing closes."""
    start = text.rfind("\n", 0, index) + 1
    opened: list[tuple[int, str]] = []
    for piece in _PIECES.finditer(text, start, index):
        if piece[0] in _CLOSES:
            opened.append((piece.start(), piece[0]))
        elif piece[0] in _CLOSES.values() and opened:
            opened.pop()
    if not opened:
        return None
    at, bracket = opened[-1]
    words = say("a {bracket} that is not closed", bracket=bracket)
    return Slip(at, words, say("{closes} belongs where it ends", closes=_CLOSES[bracket]))


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
    return Slip(start, NEEDS_QUOTES, note, max(1, len(value.rstrip())))


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


def _around(source: Source, number: int, indent: int) -> list[str]:
    """The columns before and behind one in which lines above begin, counted from 1."""
    columns = {0}
    for line in reversed(source.text.split("\n")[:number]):
        body = line.lstrip(" ")
        if not body.strip() or body.startswith("#"):
            continue
        columns.add(len(line) - len(body))
        if body.startswith("- "):
            columns.add(len(line) - len(body[2:].lstrip(" ")))
        if line == body:
            break
    before = max((each for each in columns if each < indent), default=0)
    behind = min((each for each in columns if each > indent), default=before)
    return [str(each + 1) for each in sorted({before, behind})]


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
