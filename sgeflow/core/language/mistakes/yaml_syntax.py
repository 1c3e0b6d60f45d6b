"""Explains why a text is not YAML: what is wrong, where, and the correct form.

libyaml reports where it could not continue, in terms of its grammar. The mistake is often earlier:
an open quote swallows lines, and a key without its colon joins the next line.
"""

import re
from collections.abc import Callable
from math import inf
from typing import Any

import yaml
from msgspec import Struct

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
"""A text in single quotes, alone behind its key, in which every other `'` is between letters."""
_IN_BRACES = regex(r"\{\{[ ]*([A-Za-z_][\w.]*)[ ]*\}\}")
_BEHIND = " \t\r\n,]}:"  # a quoted text is followed by one of these, or by nothing
_ESCAPES = {  # libyaml's messages about quoted texts, and their meanings
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


class Slip(Struct, frozen=True):
    """A mistake: its words and its first offset in the text."""

    index: int
    words: Message
    note: Message
    length: int = 1
    suggestion: str = ""


class Stop(Struct, frozen=True):
    """The place where libyaml stopped, and its message; `begun` is the start of its `context`."""

    text: str
    problem: str
    mark: yaml.Mark
    context: str
    begun: yaml.Mark


def explain_yaml(source: Source, error: yaml.YAMLError | RecursionError) -> Problem:
    """The problem of a text that libyaml cannot read."""
    slip = _find_slip(source, error)
    at = Place(source, 0, 0, 0, 0).part(slip.index, slip.length)
    note = slip.note
    if any(rest.strip() for rest in source.text.split("\n")[at.line :]):
        rest = say("the rest of the document was not looked at")
        note = sentences(note, rest, between="; ")
    return Problem(
        id=Id.NOT_YAML,
        message=say("not YAML: {words}", words=slip.words),
        at=at,
        note=note,
        suggestion=slip.suggestion,
    )


def name_in_braces(place: Place) -> Problem | None:
    """The problem of a name in double braces, the form of other programs' templates."""
    text = place.source.text
    name = _IN_BRACES.fullmatch(text, place.start - 1, place.end + 1)
    if name is None:
        return None
    outer = Place(place.source, name.start(), name.end(), place.line, place.column - 1)
    return Problem(
        id=Id.BRACES,
        message=say("an expression without ${{ }} is text"),
        at=outer.location(),
        note=say("write a computed value in ${{…}}"),
        suggestion="" if place.source.private else f"${{{name[1]}}}",
    )


def _find_slip(source: Source, error: yaml.YAMLError | RecursionError) -> Slip:
    text, mark = source.text, None
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
    if not isinstance(error, yaml.MarkedYAMLError) or mark is None:
        if match := _CONTROL.search(text):
            words = say("a control character (U+{code})", code=f"{ord(match[0]):04X}")
            return Slip(match.start(), words, say("save the file in UTF-8"))
        words = from_table(" ".join(str(error).split())) or say("it is nested too deeply")
        return Slip(0, words, from_table(""))
    begun = error.context_mark or mark
    stop = Stop(text, error.problem or "", mark, error.context or "", begun)
    if "\t" in source.line(mark.line)[: mark.column + 1]:
        note = say("YAML is indented with spaces")
        return Slip(mark.index, say("a tab where spaces are needed"), note)
    for begins, find in _FINDERS:
        if stop.problem.startswith(begins) and (slip := find(stop)):
            return slip
    trouble = from_table((stop.problem or "it cannot be read").removeprefix("but "))
    return Slip(mark.index, trouble, from_table(stop.context))


def _unknown_alias(stop: Stop) -> Slip:
    text, index = stop.text, stop.mark.index
    name = re.compile(r"\*?([\w-]*)").match(text, index)
    alias = name[1] if name else ""
    words = say("there is no anchor &{name} before it", name=alias)
    note = say("write an anchor before its alias")
    near = closest(alias, _ANCHOR.findall(text[:index]))
    return Slip(index, words, note, len(alias) + 1, near)


def _second_anchor(stop: Stop) -> Slip:
    anchor = _ANCHOR.match(stop.text, stop.mark.index)
    name = anchor[1] if anchor else ""
    words = say("the anchor &{name} is written twice", name=name)
    note = say("first written in line {line}", line=stop.begun.line + 1)
    return Slip(stop.mark.index, words, note, len(name) + 1)


def _unseen(stop: Stop) -> Slip | None:
    """A mistake that is hard to see: merge marks, a special space, a dash that is not a hyphen."""
    if merge := _MERGE.search(stop.text):
        note = say("choose one of the two versions, and take these lines out")
        return Slip(merge.start(), say("a merge that was not settled"), note, len(merge[0]))
    for number in (stop.mark.line, stop.mark.line - 1):
        start, line = _line(stop.text, number)
        if space := _UNSEEN.search(line):
            note = say("it looks like a space and is another character; type a space")
            return Slip(start + space.start(1), say("a special space"), note)
        note = say("a line of a list begins with - and a space")
        if dash := _DASH.match(line):
            return Slip(start + dash.start(1), say('"{seen}" is not a hyphen', seen=dash[1]), note)
        if tight := _TIGHT.match(line):
            return Slip(start + tight.start(1), say("a - without a space behind it"), note)
    return None


def _escape(stop: Stop) -> Slip | None:
    """An escape in double quotes that YAML does not have.

    Behind an unclosed quote, quoted and unquoted text are swapped, so the mistake is the quote.
    """
    known = _ESCAPES.get(stop.problem)
    if known is None or _swallowing(stop.text) is not None:
        return None
    index = stop.mark.index
    if any(_KEY.match(line) for line in stop.text[stop.begun.index : index].split("\n")[1:]):
        return None
    start = stop.text.rfind("\\", 0, index + 1)
    return Slip(start if start >= 0 else index, *known)


def _quote(stop: Stop) -> Slip | None:
    """An unclosed quote, or a surplus one."""
    opened = _swallowing(stop.text)
    if opened is not None and _below_open_bracket(stop.text) < opened:
        return None
    if opened is None and "quoted scalar" in stop.context:
        opened = stop.begun.index
    if opened is not None and (quoted := _APOSTROPHE.match(stop.text, opened)):
        note = say("write it in double quotes, or the apostrophe twice: ''")
        words = say("an apostrophe within a text in single quotes")
        return Slip(opened, words, note, len(quoted[0]))
    start = stop.mark.index - 1
    is_bare = stop.problem.startswith("did not find expected ',' or")
    is_bare = is_bare and stop.text.startswith("${", start)
    if opened is not None and not (is_bare and start < opened):
        note = say("the quoted text continues on the lines below")
        return Slip(opened, say("a quote that is not closed"), note)
    if is_bare:
        note = say("inside {{ }} and [ ] it is written in quotes: {quoted}", quoted='"${…}"')
        return Slip(start, say("${{…}} without quotes"), note)
    return None


def _swallowing(text: str) -> int | None:
    """The offset of a quoted text that continues over lines that look like keys or other quotes.

    Its end was meant as the beginning of another text, so no comma or bracket follows.
    """
    try:
        for token in yaml.scan(text, Loader=_SCANNER):
            if not isinstance(token, yaml.ScalarToken) or token.plain:
                continue
            start: int = token.start_mark.index
            end = token.end_mark.index
            lines = text[start:end].split("\n")[1:]
            is_open = any(_KEY.match(line) for line in lines) or text[end : end + 1] not in _BEHIND
            if text[start] in "\"'" and is_open:
                return start
    except yaml.YAMLError:
        pass
    return None


def _below_open_bracket(text: str) -> float:
    """The offset of the first line that is indented no further than the line of an open bracket."""
    lines = text.split("\n")
    opened: list[int] = []  # the indentation of each bracket's line
    try:
        for token in yaml.scan(text, Loader=_SCANNER):
            mark = token.start_mark
            line = lines[mark.line] if mark.line < len(lines) else ""  # behind the last line
            is_first = not line[: mark.column].strip()
            if isinstance(token, yaml.FlowMappingEndToken | yaml.FlowSequenceEndToken):
                del opened[-1:]
            elif opened and is_first and mark.column <= opened[0]:
                return float(mark.index)
            elif isinstance(token, yaml.FlowMappingStartToken | yaml.FlowSequenceStartToken):
                opened.append(_indent_of(line))
    except yaml.YAMLError:
        pass
    return inf


def _key(stop: Stop) -> Slip | None:
    """A key without its colon, which joined its line to the next."""
    words = say("a key without its colon")
    note = say("write a colon and a space after a key")
    if stop.context == "while scanning a simple key":
        return Slip(stop.begun.index, words, note)
    joined = ("mapping values are not allowed", "did not find expected key")
    number = stop.mark.line
    if not stop.problem.startswith(joined) or not number:
        return None
    (start, above), (_, here) = _line(stop.text, number - 1), _line(stop.text, number)
    match = _COLONLESS.match(above)
    if match is None or _KEY.match(above) or len(match[1]) != len(here) - len(here.lstrip()):
        return None
    return Slip(start + len(match[1]), words, note)


def _colon(stop: Stop) -> Slip | None:
    """A second `: ` in a line, or a line that is indented below a value."""
    start, line = _line(stop.text, stop.mark.line)
    head = _HEAD.match(line)
    if head and head.end() <= stop.mark.column:
        return _value_slip(start + head.end(), line[head.end() :])
    indent = len(line) - len(line.lstrip())
    note = say("it is below a value, which can contain nothing; check its spaces")
    words = say("a line indented too far, to column {column}", column=indent + 1)
    return Slip(start + indent, words, note, len(line[indent : stop.mark.column]))


def _column(stop: Stop) -> Slip | None:
    """A line whose indentation matches no line above it."""
    start, line = _line(stop.text, stop.mark.line)
    indent = len(line) - len(line.lstrip())
    head = _HEAD.match(line)
    if head and stop.mark.column > indent:
        return _value_slip(start + head.end(), line[head.end() :])
    word = re.match(r"(?:- )?[^\s:]*", line[indent:])
    length = len(word[0]) if word else 1
    if line[indent : indent + 2] == "- ":
        note = say("the keys above it end first, or the list belongs under one of them")
        return Slip(start + indent, say("a line of a list among keys"), note, length)
    if "collection" in stop.context and indent == stop.begun.column:
        note = say("a line of a list begins with - and a space")
        return Slip(start + indent, say("a key among the lines of a list"), note, length)
    words = say("a line that begins in column {column}", column=indent + 1)
    columns = _columns_around(stop.text.split("\n")[: stop.mark.line], indent)
    around = join_items([str(one + 1) for one in columns], between=say(" or "))
    note = say("indent it to column {columns}", columns=around)
    return Slip(start + indent, words, note, length)


def _columns_around(above: list[str], indent: int) -> list[int]:
    """The nearest open indentations before and behind a column, counted from 0."""
    columns, limit = {0}, inf
    for line in reversed(above):
        body = line.lstrip(" ")
        begin = len(line) - len(body)
        if not body.strip() or body.startswith("#") or begin >= limit:
            continue
        content = body[2:].lstrip(" ") if body.startswith("- ") else body
        columns |= {begin, len(line) - len(content)}
        limit = begin
    before = max((each for each in columns if each < indent), default=0)
    behind = min((each for each in columns if each > indent), default=before)
    return sorted({before, behind})


def _reserved(stop: Stop) -> Slip:
    """A value whose first character has a meaning in YAML."""
    mark = stop.begun if "alias" in stop.context else stop.mark
    value = stop.text[mark.index :].partition("\n")[0].rstrip()
    words = say("a text that begins with {seen} needs quotes", seen=value[:1])
    return Slip(mark.index, words, say('write it in quotes: "…"'), max(1, len(value)))


def _tag(stop: Stop) -> Slip | None:
    """A text whose `!` turns its first word into a tag."""
    start, line = _line(stop.text, stop.mark.line)
    tag = _TAG.match(line)
    if tag is None:
        return None
    words = say("a text that begins with {seen} needs quotes", seen="!")
    return Slip(start + tag.start(1), words, say('write it in quotes: "…"'), len(tag[1].rstrip()))


def _bracket(stop: Stop) -> Slip | None:
    """In `{ }` or `[ ]`: a text that needs quotes, a wrong bracket, or a missing one."""
    text, index, opened = stop.text, stop.mark.index, stop.begun
    bracket = text[opened.index : opened.index + 1] if stop.context else ""
    if bracket not in _CLOSES:
        return _stray(text, index)
    closes = _CLOSES[bracket]
    if text[index : index + 1] in set("]}") - {closes}:
        note = say("{bracket} is closed by {closes}", bracket=bracket, closes=closes)
        return Slip(index, say("the wrong bracket"), note)
    if stop.mark.line > opened.line and _is_closed(text, opened.index, index):
        end = len(text[: text.rfind("\n", 0, index)].rstrip())
        note = say("write a comma between values in {{ }} and [ ]")
        return Slip(end, say("a comma is missing"), note)
    if stop.mark.line > opened.line or index >= len(text.rstrip()):
        note = say("{closes} belongs where it ends", closes=closes)
        words = say("a {bracket} that is not closed", bracket=bracket)
        return Slip(opened.index, words, note)
    part = text[opened.index + 1 : index]
    begin = max(part.rfind(": ") + 2 if ": " in part else 0, part.rfind(",") + 1)
    start = opened.index + 1 + begin + len(part[begin:]) - len(part[begin:].lstrip())
    return _needs_quotes(start, text[start:].partition("\n")[0])


def _is_closed(text: str, opened: int, index: int) -> bool:
    """Whether a bracket is closed in a later line that is indented further than its own."""
    depth = 0
    for piece in _PIECES.finditer(text, opened):
        depth += 1 if piece[0] in _CLOSES else -1 if piece[0] in _OPENS else 0
        if depth == 0:
            begin, here = (text.rfind("\n", 0, at) + 1 for at in (opened, index))
            return piece.start() > index and _indent_of(text[here:]) > _indent_of(text[begin:])
    return False


def _stray(text: str, index: int) -> Slip | None:
    """A closing bracket without an opening one; otherwise the last open one of the line before."""
    closes = text[index : index + 1]
    if closes in _OPENS:
        note = say("take it out, or write a text with it in quotes")
        return Slip(index, say("a {closes} that closes nothing", closes=closes), note)
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
    return Slip(at, words, say("{closes} belongs where it ends", closes=_CLOSES[bracket]))


def _value_slip(start: int, value: str) -> Slip:
    """The mistake of a value with a surplus bracket; other values lack their quotes."""
    opened: list[str] = []
    for piece in _PIECES.finditer(value):
        if piece[0] in _CLOSES:
            opened.append(_CLOSES[piece[0]])
        elif piece[0] in _OPENS and (not opened or opened.pop() != piece[0]):
            note = say("{opens} belongs where it begins", opens=_OPENS[piece[0]])
            words = say("a {closes} that closes nothing", closes=piece[0])
            return Slip(start + piece.start(), words, note)
    return _needs_quotes(start, value)


def _needs_quotes(start: int, value: str) -> Slip:
    length = max(1, len(value.rstrip()))
    if re.fullmatch(r"\w+:\s*", value):
        note = say("write a name with a colon without a space")
        return Slip(start, say("a key in the place of a value"), note, length)
    note = say('quote the whole text if it has ": ", quotes or brackets')
    return Slip(start, say("a text that needs quotes"), note, length)


_FINDERS: tuple[tuple[str, Callable[[Stop], Slip | None]], ...] = (
    ("found undefined alias", _unknown_alias),
    ("second occurrence", _second_anchor),
    *(("", find) for find in (_unseen, _escape, _quote, _key)),
    ("mapping values are not allowed", _colon),
    ("did not find expected '-' indicator", _column),
    ("did not find expected key", _column),
    ("did not find expected <document start>", _column),
    ("did not find expected ',' or", _bracket),
    ("did not find expected node content", _bracket),
    ("found unexpected ':'", _bracket),
    ("did not find expected alphabetic", _reserved),
    ("did not find expected comment or line break", _tag),
    ("found character that cannot start any token", _reserved),
)


def _line(text: str, number: int) -> tuple[int, str]:
    """The offset and the text of a line; an empty text for a line outside."""
    lines = text.split("\n", number + 1)
    if not 0 <= number < len(lines):  # libyaml counts one more if the last line has no line break
        return len(text), ""
    return sum(len(line) + 1 for line in lines[:number]), lines[number].rstrip("\r")


def _indent_of(line: str) -> int:
    """The number of spaces at the beginning of a line."""
    return len(line) - len(line.lstrip(" "))
