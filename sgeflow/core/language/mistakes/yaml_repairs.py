"""What is no YAML, and leaves no doubt about what was meant: the text as it can be read on.

A patch says in the text as it is written what is composed in its place, so that each place that is
told is one of that text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import yaml
from msgspec import Struct

from sgeflow.core.language.mistakes.yaml_layout import NEEDS_QUOTES
from sgeflow.core.language.mistakes.yaml_syntax import NO_COLON, OPEN_QUOTE, TAB, find_unquoted
from sgeflow.errors import Problem
from sgeflow.patterns import regex

MOST_PATCHES = 20  # each has the text composed once more
_ALIAS = regex(r"\*\w*")
_WORD = regex(r"[A-Za-z_$][\w$.-]*")
_BLANK = regex(r"[ \t]*")
_BRACKETS = {"[": 1, "{": 1, "]": -1, "}": -1}


class Patch(Struct, frozen=True, kw_only=True):
    """A part of a text that is composed as something else."""

    start: int
    end: int
    text: str  # that is composed in its place
    anchor: str = ""  # what a misspelt alias was meant to repeat
    is_raw: bool = False  # the value is what is written there
    is_open: bool = False  # of the value nothing is known

    @property
    def stands_for_value(self) -> bool:
        """Whether it is in the place of a whole value, and mends nothing around one."""
        return self.is_raw or self.is_open or bool(self.anchor)


def apply_patches(text: str, patches: Sequence[Patch]) -> str:
    """A text with what can be composed in the places of patches."""
    parts: list[str] = []
    at = 0
    for one in sorted(patches, key=_start):
        parts += (text[at : one.start], one.text)
        at = one.end
    return "".join((*parts, text[at:]))


def place_in_source(index: int, patches: Sequence[Patch]) -> int:
    """Where a place of the patched text is in the text as it is written."""
    moved = 0  # by the patches before it
    for one in sorted(patches, key=_start):
        begin = one.start + moved
        if index < begin:
            break
        if index < begin + len(one.text):
            return min(one.start + index - begin, one.end)
        moved += len(one.text) - (one.end - one.start)
    return index - moved


def _start(patch: Patch) -> int:
    return patch.start


def patches_for(text: str, error: yaml.MarkedYAMLError, problem: Problem) -> Iterator[Patch]:
    """What may make a text that could not be composed readable; nothing where it is not known."""
    mark, at = error.problem_mark, problem.at
    if mark is None or at is None:
        return
    start = find_unquoted(text, error)
    if start >= 0:
        end = _end_of(text, mark.index)
        if end and (at.line, at.column) == (mark.line + 1, mark.column):
            yield Patch(start=start, end=end, text="x" * (end - start), is_raw=True)
        return
    alias = _ALIAS.match(text, mark.index) if "undefined alias" in (error.problem or "") else None
    if alias is not None:
        near = problem.suggestion
        yield Patch(start=alias.start(), end=alias.end(), text="~", anchor=near, is_open=not near)
        return
    begin = sum(len(line) + 1 for line in text.split("\n")[: at.line - 1])
    words = getattr(problem.message, "values", {}).get("words")
    if mend := _MENDS.get(words or ""):
        yield from mend(text, begin, begin + at.column - 1)


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


def _close(text: str, begin: int, start: int) -> Iterator[Patch]:
    """The quote that a text lacks: at the end of its line, or before what closes around it."""
    end = _line_end(text, start)
    places = [end]
    if _depth(text[begin:start]):
        places = [at for at in range(end, start, -1) if text[at - 1 : at] not in " \t"]
        places = [at for at in places if text[at : at + 1] in (",", "]", "}")]
    for at in places:
        yield Patch(start=at, end=at, text=text[start])


def _depth(text: str) -> int:
    """How many brackets are open behind the beginning of a line."""
    return sum(_BRACKETS.get(one, 0) for one in text)


def _colon(text: str, _begin: int, start: int) -> Iterator[Patch]:
    """The colon behind a key, and the space behind a colon."""
    if word := _WORD.match(text, start):
        has_colon = text.startswith(":", word.end())
        at = word.end() + has_colon
        yield Patch(start=at, end=at, text=" " if has_colon else ":")


def _untab(text: str, begin: int, _start: int) -> Iterator[Patch]:
    """Spaces in the place of the tabs before a line: as many as the line above asks for."""
    blank = _BLANK.match(text, begin)
    end = blank.end() if blank else begin
    above = [line for line in text[:begin].split("\n") if line.strip()]
    if above and "\t" in text[begin:end]:
        indent = _indent(above[-1]) + 2 * above[-1].rstrip().endswith(":")
        yield Patch(start=begin, end=end, text=" " * indent)


def _indent(line: str) -> int:
    """The column in which the keys of a line stand."""
    body = line.lstrip(" ")
    while body.startswith("- "):
        body = body[2:].lstrip(" ")
    return len(line) - len(body)


def _quote(text: str, begin: int, start: int) -> Iterator[Patch]:
    """Quotes around a text that needs them."""
    end = _line_end(text, start)
    value = text[start:end]
    quote = next((one for one in "'\"" if one not in value and "\\" not in value), "")
    if quote and value[:1] not in ("", "!", "&", "*") and not _depth(text[begin:start]):
        yield Patch(start=start, end=end, text=f"{quote}{value}{quote}")


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return start + len(text[start : end if end >= 0 else len(text)].rstrip())


_MENDS: dict[str, Callable[[str, int, int], Iterator[Patch]]] = {
    OPEN_QUOTE: _close,
    NO_COLON: _colon,
    TAB: _untab,
    NEEDS_QUOTES: _quote,
}
