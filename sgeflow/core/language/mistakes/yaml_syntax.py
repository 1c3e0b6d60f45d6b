"""What is wrong with a text that is no YAML, at the place of the slip.

libyaml says where it could not go on. The slip often stands before that: a quote that is not
closed swallows lines, a key without its colon joins the next line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import inf
from typing import Any

import yaml

from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.mistakes.yaml_layout import (
    Slip,
    SlipKind,
    control,
    find_misplaced,
    find_unseen,
)
from sgeflow.core.language.text import Place, Source
from sgeflow.errors import Id, Problem
from sgeflow.messages import Message, from_table, say
from sgeflow.patterns import regex

_KEY = regex(r"\s*(?:- )*(?:[\w$./-]+|\"[^\"\n]*\"):(?:\s|$)")
_COLONLESS = regex(r"(\s*(?:- )*)([A-Za-z_$][\w$.-]*)(?::\S|\s+\S)")
_ANCHOR = regex(r"(?<=[\s\[{,])&([\w-]+)")
APOSTROPHE = regex(
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


def unreadable(
    source: Source, error: yaml.MarkedYAMLError, loader: Any
) -> tuple[Problem, SlipKind]:
    """The one problem of a text that libyaml could not read, and what kind of slip it is."""
    mark = error.problem_mark or error.context_mark
    index, line, column = (mark.index, mark.line, mark.column) if mark else (0, 0, 0)
    if "\t" in source.line(line)[: column + 1]:
        note = say("YAML is indented with spaces")
        words = say("a tab where spaces are needed")
        return _problem(source, index, words, note), SlipKind.TAB
    if "undefined alias" in (error.problem or ""):
        return _unknown_alias(source, index), SlipKind.OTHER
    if error.problem == "second occurrence":
        return _second_anchor(source, index, error), SlipKind.OTHER
    slip = (
        find_unseen(source, error)
        or _escape(source, error, loader)
        or _quote(source, error, loader)
        or _key(source, error)
        or find_misplaced(source, error)
    )
    if slip:
        problem = _problem(source, slip.index, slip.words, slip.note, length=slip.length)
        return problem, slip.kind
    trouble = from_table((error.problem or "it cannot be read").removeprefix("but "))
    return _problem(source, index, trouble, from_table(error.context or "")), SlipKind.OTHER


def unsound(source: Source, error: yaml.YAMLError | RecursionError) -> Problem:
    """The one problem of a text in which libyaml found no place."""
    slip = control(source.text)
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


def _escape(source: Source, error: yaml.MarkedYAMLError, loader: Any) -> Slip | None:
    """A sign written with a backslash in double quotes, of which there is none.

    Behind a quote that is not closed what is in quotes and what is not have changed places.
    """
    known = _ESCAPES.get(error.problem or "")
    if known is None or error.problem_mark is None or _swallowing(source, loader) is not None:
        return None
    index = error.problem_mark.index
    begun = error.context_mark.index if error.context_mark else index
    if any(_KEY.match(line) for line in source.text[begun:index].split("\n")[1:]):
        return None
    start = source.text.rfind("\\", 0, index + 1)
    return Slip(start if start >= 0 else index, *known, kind=SlipKind.BACKSLASH)


def _quote(source: Source, error: yaml.MarkedYAMLError, loader: Any) -> Slip | None:
    """A quote that is not closed, or one that is not there."""
    opened = _swallowing(source, loader)
    if opened is not None and _left_open(source, loader) < opened:
        return None
    if opened is None and "quoted scalar" in (error.context or "") and error.context_mark:
        opened = error.context_mark.index
    start = find_unquoted(source.text, error)
    if opened is not None and (slip := _apostrophe(source.text, opened)):
        return slip
    if opened is not None and not (0 <= start < opened):
        note = say("the text in quotes goes on over the lines below")
        words = say("a quote that is not closed")
        return Slip(opened, words, note, kind=SlipKind.OPEN_QUOTE)
    if start >= 0:
        note = say("inside {{ }} and [ ] it is written in quotes: {quoted}", quoted='"${…}"')
        return Slip(start, say("${{…}} without quotes"), note)
    return None


def _apostrophe(text: str, opened: int) -> Slip | None:
    """A text in single quotes with an apostrophe in it, which ends it too early."""
    quoted = APOSTROPHE.match(text, opened)
    if quoted is None:
        return None
    note = say("write it in double quotes, or the apostrophe twice: ''")
    words = say("an apostrophe within a text in single quotes")
    return Slip(opened, words, note, len(quoted[0]), kind=SlipKind.APOSTROPHE)


def find_unquoted(text: str, error: yaml.MarkedYAMLError) -> int:
    """Where the `${…}` within { } or [ ] begins that has no quotes; -1 when it is none."""
    start = error.problem_mark.index - 1 if error.problem_mark else -1
    in_flow = (error.problem or "").startswith(_IN_FLOW)
    return start if in_flow and text.startswith("${", start) else -1


def _key(source: Source, error: yaml.MarkedYAMLError) -> Slip | None:
    """A key that has no colon behind it."""
    start = _colonless(source, error)
    if start is None:
        return None
    note = say("a key is written with a colon and a space behind it")
    return Slip(start, say("a key without its colon"), note, kind=SlipKind.NO_COLON)


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


def _swallowing(source: Source, loader: Any) -> int | None:
    """Where a text in quotes begins that goes on over lines which look like keys, or over others.

    Where it ends another was meant to begin, so that no comma or bracket follows it.
    """
    for start, end in _quoted_spans(source.text, loader):
        lines = source.text[start:end].split("\n")[1:]
        if any(_KEY.match(line) for line in lines) or source.text[end : end + 1] not in _BEHIND:
            return start
    return None


def _left_open(source: Source, loader: Any) -> float:
    """Where a line begins that is no further in than that of a bracket which is still open."""
    lines = source.text.split("\n")
    opened: list[int] = []  # how far in the line of each bracket is
    try:
        for token in yaml.scan(source.text, Loader=loader):
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


def _quoted_spans(text: str, loader: Any) -> Iterator[tuple[int, int]]:
    """Where the texts in quotes stand, as far as the text can be scanned."""
    try:
        for token in yaml.scan(text, Loader=loader):
            if isinstance(token, yaml.ScalarToken) and not token.plain:
                start, end = token.start_mark.index, token.end_mark.index
                if text[start] in "\"'":
                    yield start, end
    except yaml.YAMLError:
        return


def _colonless(source: Source, error: yaml.MarkedYAMLError) -> int | None:
    """Where a key begins that has no colon: the line of the error joined it to the next."""
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
