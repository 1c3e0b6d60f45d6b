"""Explains why a text is not YAML: what is wrong, where, and how it is written.

libyaml says where it could not go on, in the words of its grammar. The slip often stands before
that: an open quote swallows lines, a key without its colon joins the next line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from math import inf
from typing import Any

import yaml
from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.text import Place, Source
from sgeflow.errors import Id, Problem
from sgeflow.messages import Message, from_table, join_items, say, sentences
from sgeflow.patterns import regex

_SCANNER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_MERGE = regex(r"^(?:<{7} .*|={7}|>{7} .*)$", re.MULTILINE)
_CONTROL = regex(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_UNSEEN = regex(r"(?:^[ ]*|:)([\u00a0\u1680\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff])")
_DASH = regex(r"[ ]*([\u2010-\u2015\u2022\u2212\u00b7*•])\s")
_TIGHT = regex(r"[ ]*(?:- +)*(-)(?=[A-Za-z_]\w*:(?:[ ]|$))")
_HEAD = regex(r"([ ]*)(?:(- +)*)([\w$@./\"'-][^:#]*?):(?:[ ]+|$)")
_PIECES = regex(r"'[^']*'|\"(?:[^\"\\]|\\.)*\"|[\[\]{}]")
_TAG = regex(r"[ ]*(?:- +)*(?:[\w-]+:[ ]+)?(!\S.*)")
_CLOSES = {"[": "]", "{": "}"}
_OPENS = {closes: opens for opens, closes in _CLOSES.items()}


_KEY = regex(r"\s*(?:- )*(?:[\w$./-]+|\"[^\"\n]*\"):(?:\s|$)")
_COLONLESS = regex(r"(\s*(?:- )*)([A-Za-z_$][\w$.-]*)(?::\S|\s+\S)")
_ANCHOR = regex(r"(?<=[\s\[{,])&([\w-]+)")
_APOSTROPHE = regex(
    r"'(?:[^'\n]|'')*(?:\w'\w(?:[^'\n]|'')*)+'(?=[ ]*(?:$|[,}\]]|[ ]#))", re.MULTILINE
)
"""A text in single quotes, alone behind its key, in which each other `'` is between letters."""
_IN_BRACES = regex(r"\{\{[ ]*([A-Za-z_][\w.]*)[ ]*\}\}")
_BEHIND = " \t\r\n,]}:"  # one of them, or nothing, follows a text in quotes
_ESCAPES = {  # what libyaml says of a text in quotes, and what it means
    "found invalid Unicode character escape code": (
        say("half of a character"),
        say("write the character itself, not its \\u"),
    ),
    "found unknown escape character": (
        say("a \\ that no sign of YAML begins with"),
        say("in double quotes \\ is written \\\\; in single quotes it is itself"),
    ),
    "did not find expected hexdecimal number": (
        say("a \\x or \\u without its digits"),
        say("in double quotes \\ is written \\\\; in single quotes it is itself"),
    ),
}
_IN_FLOW = "did not find expected ',' or"


class Slip(Struct, frozen=True):
    """A slip: its words, and where it begins in the text."""

    index: int
    words: Message
    note: Message
    length: int = 1


def explain_yaml(source: Source, error: yaml.YAMLError | RecursionError) -> Problem:
    """The problem of a text that libyaml cannot read."""
    problem = (
        _located(source, error)
        if isinstance(error, yaml.MarkedYAMLError)
        else _unsound(source, error)
    )
    line = problem.at.line if problem.at else 0
    if any(rest.strip() for rest in source.text.split("\n")[line:]):
        rest = say("the rest of the document was not looked at")
        return replace(problem, note=sentences(problem.note, rest, between="; "))
    return problem


def _located(source: Source, error: yaml.MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    index, line, column = (mark.index, mark.line, mark.column) if mark else (0, 0, 0)
    if "\t" in source.line(line)[: column + 1]:
        note = say("YAML is indented with spaces")
        words = say("a tab where spaces are needed")
        return _problem(source, index, words, note)
    if "undefined alias" in (error.problem or ""):
        return _unknown_alias(source, index)
    if error.problem == "second occurrence":
        return _second_anchor(source, index, error)
    slip = (
        _unseen(source, error)
        or _escape(source, error)
        or _quote(source, error)
        or _key(source, error)
        or _misplaced(source, error)
    )
    if slip:
        return _problem(source, slip.index, slip.words, slip.note, length=slip.length)
    trouble = from_table((error.problem or "it cannot be read").removeprefix("but "))
    return _problem(source, index, trouble, from_table(error.context or ""))


def _unsound(source: Source, error: yaml.YAMLError | RecursionError) -> Problem:
    """The one problem of a text in which libyaml found no place."""
    slip = _control(source.text)
    if slip:
        return _problem(source, slip.index, slip.words, slip.note)
    words = from_table(" ".join(str(error).split())) or say("it is nested too deeply")
    return _problem(source, 0, words, from_table(""))


def name_in_braces(place: Place) -> Problem | None:
    """A name in two braces, as templates of other programs have it."""
    text = place.source.text
    name = _IN_BRACES.fullmatch(text, place.start - 1, place.end + 1)
    if name is None:
        return None
    outer = Place(place.source, name.start(), name.end(), place.line, place.column - 1)
    return Problem(
        id=Id.BRACES,
        message=say("an expression without ${{ }} is text"),
        at=outer.location(),
        note=say("a value that is worked out stands in ${{…}}"),
        suggestion="" if place.source.private else f"${{{name[1]}}}",
    )


def _escape(source: Source, error: yaml.MarkedYAMLError) -> Slip | None:
    """An escape in double quotes that YAML does not have.

    Behind a quote that is not closed what is in quotes and what is not have changed places.
    """
    known = _ESCAPES.get(error.problem or "")
    if known is None or error.problem_mark is None or _swallowing(source) is not None:
        return None
    index = error.problem_mark.index
    begun = error.context_mark.index if error.context_mark else index
    if any(_KEY.match(line) for line in source.text[begun:index].split("\n")[1:]):
        return None
    start = source.text.rfind("\\", 0, index + 1)
    return Slip(start if start >= 0 else index, *known)


def _quote(source: Source, error: yaml.MarkedYAMLError) -> Slip | None:
    """A quote that is not closed, or one that is not there."""
    opened = _swallowing(source)
    if opened is not None and _below_open_bracket(source) < opened:
        return None
    if opened is None and "quoted scalar" in (error.context or "") and error.context_mark:
        opened = error.context_mark.index
    start = _unquoted(source.text, error)
    if opened is not None and (slip := _apostrophe(source.text, opened)):
        return slip
    if opened is not None and not (0 <= start < opened):
        note = say("the text in quotes goes on over the lines below")
        words = say("a quote that is not closed")
        return Slip(opened, words, note)
    if start >= 0:
        note = say("inside {{ }} and [ ] it is written in quotes: {quoted}", quoted='"${…}"')
        return Slip(start, say("${{…}} without quotes"), note)
    return None


def _apostrophe(text: str, opened: int) -> Slip | None:
    """A text in single quotes with an apostrophe in it, which ends it too early."""
    quoted = _APOSTROPHE.match(text, opened)
    if quoted is None:
        return None
    note = say("write it in double quotes, or the apostrophe twice: ''")
    words = say("an apostrophe within a text in single quotes")
    return Slip(opened, words, note, len(quoted[0]))


def _unquoted(text: str, error: yaml.MarkedYAMLError) -> int:
    """The offset of a `${…}` without quotes within { } or [ ]; -1 when there is none."""
    start = error.problem_mark.index - 1 if error.problem_mark else -1
    in_flow = (error.problem or "").startswith(_IN_FLOW)
    return start if in_flow and text.startswith("${", start) else -1


def _key(source: Source, error: yaml.MarkedYAMLError) -> Slip | None:
    """A key that has no colon behind it."""
    start = _colonless(source, error)
    if start is None:
        return None
    note = say("a key is written with a colon and a space behind it")
    return Slip(start, say("a key without its colon"), note)


def _problem(
    source: Source, index: int, words: Message, note: Message, *, length: int = 1, near: str = ""
) -> Problem:
    line = source.text.count("\n", 0, index)
    column = index - (source.text.rfind("\n", 0, index) + 1)
    return Problem(
        id=Id.NOT_YAML,
        message=say("not YAML: {words}", words=words),
        at=Place(source, index, index + length, line, column).location(),
        note=note,
        suggestion=near,
    )


def _unknown_alias(source: Source, index: int) -> Problem:
    name = re.compile(r"\*?([\w-]*)").match(source.text, index)
    alias = name[1] if name else ""
    near = closest(alias, _ANCHOR.findall(source.text[:index]))
    words = say("there is no anchor &{name} before it", name=alias)
    note = say("an anchor stands before what repeats it")
    return _problem(source, index, words, note, length=len(alias) + 1, near=near)


def _second_anchor(source: Source, index: int, error: yaml.MarkedYAMLError) -> Problem:
    anchor = _ANCHOR.match(source.text, index)
    name = anchor[1] if anchor else ""
    first = error.context_mark.line + 1 if error.context_mark else 0
    words = say("the anchor &{name} is written twice", name=name)
    note = say("first written in line {line}", line=first)
    return _problem(source, index, words, note, length=len(name) + 1)


def _swallowing(source: Source) -> int | None:
    """The offset of a quoted text that goes on over lines which look like keys, or over others.

    Where it ends another was meant to begin, so that no comma or bracket follows it.
    """
    for start, end in _quoted_spans(source.text):
        lines = source.text[start:end].split("\n")[1:]
        if any(_KEY.match(line) for line in lines) or source.text[end : end + 1] not in _BEHIND:
            return start
    return None


def _below_open_bracket(source: Source) -> float:
    """The offset of the first line that is no further in than the line of an open bracket."""
    lines = source.text.split("\n")
    opened: list[int] = []  # how far in the line of each bracket is
    try:
        for token in yaml.scan(source.text, Loader=_SCANNER):
            mark = token.start_mark
            line = lines[mark.line] if mark.line < len(lines) else ""  # behind the last one
            is_first = not line[: mark.column].strip()
            if isinstance(token, yaml.FlowMappingEndToken | yaml.FlowSequenceEndToken):
                del opened[-1:]
            elif opened and is_first and mark.column <= opened[0]:
                return float(mark.index)
            elif isinstance(token, yaml.FlowMappingStartToken | yaml.FlowSequenceStartToken):
                opened.append(len(line) - len(line.lstrip(" ")))
    except yaml.YAMLError:
        pass
    return inf


def _quoted_spans(text: str) -> Iterator[tuple[int, int]]:
    """The spans of the texts in quotes, as far as the text can be scanned."""
    try:
        for token in yaml.scan(text, Loader=_SCANNER):
            if isinstance(token, yaml.ScalarToken) and not token.plain:
                start, end = token.start_mark.index, token.end_mark.index
                if text[start] in "\"'":
                    yield start, end
    except yaml.YAMLError:
        return


def _colonless(source: Source, error: yaml.MarkedYAMLError) -> int | None:
    """The offset of a key that has no colon: the line of the error joined it to the next."""
    if error.context == "while scanning a simple key" and error.context_mark:
        return error.context_mark.index
    joined = ("mapping values are not allowed", "did not find expected key")
    if error.problem_mark is None or not (error.problem or "").startswith(joined):
        return None
    number = error.problem_mark.line
    above, here = (source.text.split("\n", number + 1)[each] for each in (number - 1, number))
    match = _COLONLESS.match(above) if number else None
    indent = len(here) - len(here.lstrip())
    if match is None or _KEY.match(above) or len(match[1]) != indent:
        return None
    lines = source.text.split("\n")
    return sum(len(line) + 1 for line in lines[: number - 1]) + len(match[1])


def _unseen(source: Source, error: yaml.MarkedYAMLError) -> Slip | None:
    """A slip that is hard to see: merge marks, a special space, a dash that is no hyphen."""
    if merge := _MERGE.search(source.text):
        note = say("choose one of the two versions, and take these lines out")
        words = say("a merge that was not settled")
        return Slip(merge.start(), words, note, len(merge[0]))
    for number in _lines_of(error):
        start, line = _line(source, number)
        if space := _UNSEEN.search(line):
            note = say("it looks like a space and is another character; type a space")
            words = say("a special space")
            return Slip(start + space.start(1), words, note)
        if dash := _DASH.match(line):
            note = say("a line of a list begins with - and a space")
            words = say('"{seen}" is no hyphen', seen=dash[1])
            return Slip(start + dash.start(1), words, note)
        if tight := _TIGHT.match(line):
            note = say("a line of a list begins with - and a space")
            words = say("a - without a space behind it")
            return Slip(start + tight.start(1), words, note)
    return None


def _control(text: str) -> Slip | None:
    """A character that no text holds."""
    match = _CONTROL.search(text)
    if match is None:
        return None
    words = say("a control character (U+{code})", code=f"{ord(match[0]):04X}")
    note = say("save the file as plain text, in UTF-8")
    return Slip(match.start(), words, note)


def _misplaced(source: Source, error: yaml.MarkedYAMLError) -> Slip | None:
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
    return Slip(start + indent, words, note, length)


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
        return Slip(start + indent, words, note, length)
    is_list = "collection" in (error.context or "")
    if is_list and error.context_mark and indent == error.context_mark.column:
        note = say("a line of a list begins with - and a space")
        words = say("a key among the lines of a list")
        return Slip(start + indent, words, note, length)
    words = say("a line that begins in column {column}", column=indent + 1)
    columns = _columns_around(source.text.split("\n"), mark.line, indent)
    around = join_items([str(one + 1) for one in columns], between=say(" or "))
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
    note, length = say('write it in quotes: "…"'), max(1, len(value))
    return Slip(mark.index, words, note, length)


def _find_tag(source: Source, error: yaml.MarkedYAMLError) -> Slip | None:
    """A text whose `!` makes a tag of its first word, and whose rest fits nowhere."""
    mark = error.problem_mark
    start, line = _line(source, mark.line) if mark else (0, "")
    tag = _TAG.match(line)
    if tag is None:
        return None
    words = say("a text that begins with {seen} needs quotes", seen="!")
    note, length = say('write it in quotes: "…"'), len(tag[1].rstrip())
    return Slip(start + tag.start(1), words, note, length)


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
    if mark.line > opened.line and _is_closed(text, opened.index, mark.index):
        begin = text.rfind("\n", 0, mark.index)
        end = len(text[:begin].rstrip())
        note = say("inside {{ }} and [ ] a comma stands between two")
        return Slip(end, say("a comma is missing"), note)
    if mark.line > opened.line or mark.index >= len(text.rstrip()):
        note = say("{closes} belongs where it ends", closes=_CLOSES[bracket])
        words = say("a {bracket} that is not closed", bracket=bracket)
        return Slip(opened.index, words, note)
    start = _value_before(text, opened.index, mark.index)
    return _needs_quotes(start, text[start:].partition("\n")[0])


def _is_closed(text: str, opened: int, index: int) -> bool:
    """Whether a bracket is closed behind a place, in a line that is further in than its own."""
    depth = 0
    for piece in _PIECES.finditer(text, opened):
        depth += 1 if piece[0] in _CLOSES else -1 if piece[0] in _OPENS else 0
        if depth == 0:
            begin, here = (text.rfind("\n", 0, at) + 1 for at in (opened, index))
            return piece.start() > index and _indent_of(text[here:]) > _indent_of(text[begin:])
    return False


def _stray(text: str, index: int) -> Slip | None:
    """A closing bracket that nothing opened; it is the last one before the place, or there."""
    closes = text[index : index + 1]
    if closes not in ("]", "}"):
        return _left_open(text, index)
    note = say("take it out, or write a text with it in quotes")
    words = say("a {closes} that closes nothing", closes=closes)
    return Slip(index, words, note)


def _left_open(text: str, index: int) -> Slip | None:
    """The last bracket that nothing closes, of the last line with something before a place."""
    start = text.rfind("\n", 0, len(text[:index].rstrip())) + 1
    opened: list[tuple[int, str]] = []
    for piece in _PIECES.finditer(text, start, index):
        if piece[0] in _CLOSES:
            opened.append((piece.start(), piece[0]))
        elif piece[0] in _OPENS and opened:
            opened.pop()
    if not opened:
        return None
    at, bracket = opened[-1]
    words = say("a {bracket} that is not closed", bracket=bracket)
    note = say("{closes} belongs where it ends", closes=_CLOSES[bracket])
    return Slip(at, words, note)


def _value_before(text: str, opened: int, index: int) -> int:
    """The offset of the value in which reading stopped."""
    part = text[opened + 1 : index]
    begin = max(part.rfind(": ") + 2 if ": " in part else 0, part.rfind(",") + 1)
    return opened + 1 + begin + len(part[begin:]) - len(part[begin:].lstrip())


def _needs_quotes(start: int, value: str) -> Slip:
    if value.rstrip().endswith(":") and re.fullmatch(r"\w+:\s*", value):
        note = say("a name with a colon in it is written without a space")
        return Slip(start, say("a key in the place of a value"), note, len(value.rstrip()))
    note = say('with ": ", quotes or brackets in it, a text stands in quotes as a whole')
    words, length = say("a text that needs quotes"), max(1, len(value.rstrip()))
    return Slip(start, words, note, length)


def _not_opened(start: int, value: str) -> Slip | None:
    """The bracket at the end of a value that opens nothing: the one that it closes is missing."""
    opened: list[str] = []
    for piece in _PIECES.finditer(value):
        if piece[0] in _CLOSES:
            opened.append(_CLOSES[piece[0]])
        elif piece[0] in _OPENS and (not opened or opened.pop() != piece[0]):
            note = say("{opens} belongs where it begins", opens=_OPENS[piece[0]])
            words = say("a {closes} that closes nothing", closes=piece[0])
            return Slip(start + piece.start(), words, note)
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
    """The offset of a line, and its text."""
    lines = source.text.split("\n", number + 1)
    if number >= len(lines):  # libyaml counts one more behind a text without a last line end
        return len(source.text), ""
    return sum(len(line) + 1 for line in lines[:number]), lines[number].rstrip("\r")


def _columns_around(lines: Sequence[str], number: int, indent: int) -> list[int]:
    """The columns before and behind one in which begins what is open above a line, from 0."""
    columns, limit = {0}, inf
    for line in reversed(lines[:number]):
        body = line.lstrip(" ")
        begin = len(line) - len(body)
        if not body.strip() or body.startswith("#") or begin >= limit:
            continue
        columns.add(begin)
        columns.add(_content_of(line))
        limit = begin
    before = max((each for each in columns if each < indent), default=0)
    behind = min((each for each in columns if each > indent), default=before)
    return sorted({before, behind})


def _content_of(line: str) -> int:
    """The column of what stands in a line, behind the dash of a list."""
    body = line.lstrip(" ")
    return len(line) - len(body[2:].lstrip(" ") if body.startswith("- ") else body)


def _indent_of(line: str) -> int:
    """How many spaces a line begins with."""
    return len(line) - len(line.lstrip(" "))
