"""Source texts, and the locations of values in them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

from msgspec import Struct

from sgeflow.errors import Location
from sgeflow.patterns import regex
from sgeflow.values import Discreet

Path = tuple[str | int, ...]

_PROPERTIES = regex(r"(?:[&!][^ \t\r\n]*[ \t\r\n]+)*")  # an anchor or tag before a scalar
_ESCAPE = regex(r"\\(?:x..|u.{4}|U.{8}|.)")
_JOINED = regex(r"\\\r?\n[ \t]*")  # a `\` at the end of a line joins the next line
_FOLD = regex(r"[ \t]*\r?\n[ \t\r\n]*")

MAX_BYTES = 1024 * 1024
"""The largest size of a document in bytes."""


class WrittenInt(int):
    """An integer that remembers its digits, because it may be an id."""

    text: str


class WrittenFloat(float):
    """A decimal that remembers its digits: `version: 1.10` is not 1.1."""

    text: str


class Place(Struct, frozen=True):
    """The position of a value or key in a source."""

    source: Source
    start: int  # offsets in the text
    end: int
    line: int  # 0-based
    column: int

    def location(self) -> Location:
        """The location for a message: 1-based, with the lines to show."""
        line_end = self.source.text.find("\n", self.start)
        stop = len(self.source.text) if line_end < 0 else line_end
        text = self.source.line(self.line)
        return Location(
            file=self.source.name,
            line=self.line + 1,
            column=self.column + 1,
            length=max(1, min(self.end, stop) - self.start),
            before=self.source.line(self.line - 1),
            text=text,
        )

    def inside(self, value: str, offset: int, length: int) -> Location:
        """The location of `value[offset:offset + length]` in a scalar, quoted, folded or block."""
        raw = self.source.text[self.start : self.end]
        start = _PROPERTIES.match(raw).end()  # type: ignore[union-attr] # it matches nothing at least
        style = raw[start : start + 1]
        if style in ("|", ">"):
            places = _in_block(raw, raw.find("\n", start) + 1, value)
        elif style in ("'", '"'):
            places = _in_flow(raw, start + 1, style)
        else:
            places = _in_flow(raw, start, "")
        return self.part(next(islice(places, offset, None), max(0, len(raw) - 1)), length)

    def part(self, offset: int, length: int) -> Location:
        """The location of some characters of the source text."""
        start = self.start + offset
        line = self.source.text.count("\n", 0, start)
        column = start - (self.source.text.rfind("\n", 0, start) + 1)
        return Place(self.source, start, start + max(1, length), line, column).location()


class Spot(Struct, frozen=True):
    """A scalar and its place; locates any part of it."""

    place: Place | None
    value: str = ""
    offset: int = 0

    def at(self, offset: int = 0, length: int | None = None) -> Location | None:
        """The location of `length` characters from `offset` on; by default of the whole scalar."""
        if self.place is None:
            return None
        size = len(self.value) - self.offset - offset if length is None else length
        return self.place.inside(self.value, self.offset + offset, size)

    def move(self, offset: int) -> Spot:
        """The same scalar from a later character on."""
        return Spot(self.place, self.value, self.offset + offset)


NOWHERE = Spot(None)


def stem_of(file: str) -> str:
    """A file's name without folder and extension: `catalogue-26.1`."""
    return posixpath.splitext(posixpath.basename(file))[0]


class Source(Discreet, frozen=True):
    """A text and its name in messages.

    For a private source (an environment, a file of inputs), messages show keys but never values: a
    value may be a token or a person's name.
    """

    withheld = frozenset({"text"})

    name: str
    text: str
    private: bool = False

    @property
    def stem(self) -> str:
        """The file's name without folder and extension."""
        return stem_of(self.name)

    def line(self, number: int) -> str:
        """A line by its 0-based number, as messages show it; empty outside the text."""
        lines = _lines(self.text)
        line = lines[number].rstrip("\r") if 0 <= number < len(lines) else ""
        return _without_value(line) if self.private else line


class Tree(Struct, frozen=True, eq=False):
    """Plain data with the place of each value and key, by path; compared by identity."""

    source: Source
    data: Any
    values: dict[Path, Place]
    keys: dict[Path, Place]

    def place(self, path: Path) -> Place:
        """The place of a value, or of the nearest enclosing value that has one."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values[path]

    def key_place(self, path: Path) -> Place:
        """The place of the key of a value; for a value without a key, the place of the value."""
        return self.keys.get(path) or self.place(path)

    def at(self, path: Path, *, key: bool = False) -> Location:
        """The location for a message about a value, or about its key."""
        return (self.key_place(path) if key else self.place(path)).location()


@lru_cache(maxsize=32)
def _lines(text: str) -> list[str]:
    """The lines of a text, cached for the latest texts."""
    return text.split("\n")


def _in_flow(raw: str, position: int, style: str) -> Iterator[int]:
    """The offsets of the characters of a plain or quoted scalar in the source."""
    while position < len(raw):
        if style == '"' and (joined := _JOINED.match(raw, position)):
            position = joined.end()
        elif fold := _FOLD.match(raw, position):
            yield from [position] * max(1, fold.group().count("\n") - 1)
            position = fold.end()
        else:
            yield position
            escape = _ESCAPE.match(raw, position) if style == '"' else None
            twice = style == "'" and raw.startswith("''", position)
            position = escape.end() if escape else position + 1 + twice


def _in_block(raw: str, position: int, value: str) -> Iterator[int]:
    """The offsets of the characters of a block scalar in the source, without indentation."""
    for character in value:
        if not character.isspace():
            while position < len(raw) and raw[position].isspace():
                position += 1
        yield position
        if not character.isspace() or raw[position : position + 1].isspace():
            position += 1


def _without_value(line: str) -> str:
    """A line up to its first key, without the value."""
    key, colon, value = line.partition(":")
    if not colon:
        return "…" if line.strip() else ""
    return f"{key}: …" if value.strip() else line
