"""A shipped document to be marred: its text, the places in it, and words written wrongly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from sgeflow.adapters import project_files
from sgeflow.core.language.text import Place
from sgeflow.core.language.yaml_reader import read_yaml

ROOT = Path(__file__).parents[2]
T = TypeVar("T")
Span = Place | tuple[int, int]

BARE = {"when", "check", "until", "fail_if", "found"}  # keys whose whole value is an expression

WORD = re.compile(r"[A-Za-z][\w]+")


@dataclass(frozen=True, kw_only=True)
class Slip:
    """One document with one slip: what was done, where it stands, what should be told."""

    kind: str
    file: str
    text: str
    line: int
    column: int
    ids: tuple[str, ...]
    meant: str = ""  # the suggestion that is due

    @property
    def name(self) -> str:
        return f"{self.kind} · {self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Page:
    """A document as it is shipped."""

    kind: str
    file: str
    text: str
    vocabulary: frozenset[str] = field(repr=False)

    @cached_property
    def tree(self):
        return read_yaml(self.file, self.text)

    @property
    def stem(self) -> str:
        return self.file.rpartition("/")[2].removesuffix(".yaml")

    @property
    def is_operation(self) -> bool:
        return self.kind == "operations" and self.stem not in ("types", "faults", "services")

    def get(self, path: Sequence[Any]) -> Any:
        value = self.tree.data
        for step in path:
            value = value[step]
        return value

    def raw(self, place: Place) -> str:
        return self.text[place.start : place.end]

    def slip(
        self,
        kind: str,
        span: Span,
        new: str,
        ids: str,
        *,
        meant: str = "",
        at: int = -1,
        into: bool = False,
    ) -> Slip:
        """The text at a place written otherwise; the slip stands at `at`, or where the text starts."""
        start, end = span if isinstance(span, tuple) else (span.start, span.end)
        where = start if at < 0 else at
        if where >= end > start or (where > start == end and not into):
            where += len(new) - (end - start)
        text = self.text[:start] + new + self.text[end:]
        return Slip(
            kind=kind,
            file=self.file,
            text=text,
            line=text.count("\n", 0, where) + 1,
            column=where - text.rfind("\n", 0, where),
            ids=tuple(ids.split()),
            meant=meant,
        )

    def misspelling(
        self,
        kind: str,
        span: Span,
        turn: int,
        ids: str,
        *,
        word: str = "",
        at: int = -1,
    ) -> Slip:
        """The word at a place, which was meant, with one slip of the fingers."""
        start, end = span if isinstance(span, tuple) else (span.start, span.end)
        meant = word or self.text[start:end]
        return self.slip(kind, span, self.misspelt(meant, turn), ids, meant=meant, at=at)

    # -- places -----------------------------------------------------------------------------------

    def key_places(self, *names: str, under: str = "") -> Iterator[tuple[tuple, Place]]:
        """The keys of these names, each place once (an alias repeats what its anchor holds)."""
        seen: set[int] = set()
        for path, place in self.tree.keys.items():
            right = not names or path[-1] in names
            if right and (not under or under in path[:-1]) and place.start not in seen:
                seen.add(place.start)
                yield path, place

    def values(self, *names: str, under: str = "") -> Iterator[tuple[tuple, Place, Any]]:
        """The scalars that stand under keys of these names."""
        for path, _ in self.key_places(*names, under=under):
            value = self.get(path)
            if not isinstance(value, dict | list):
                yield path, self.tree.values[path], value

    def expressions(self) -> Iterator[tuple[int, int]]:
        """Where expressions stand in the text: bare ones, and what is between `${` and `}`."""
        seen: set[int] = set()
        for path, place in self.tree.values.items():
            value = self.get(path)
            if not isinstance(value, str) or place.start in seen or "body" in path[:2]:
                continue
            seen.add(place.start)
            key = next((step for step in reversed(path) if isinstance(step, str)), "")
            if self._is_bare(path, key):
                yield place.start, place.end
            elif self.kind in ("flows", "homologation"):
                for found in re.finditer(r"(?<!\$)\$\{((?:[^{}]|\{[^{}]*\})*)\}", self.raw(place)):
                    yield place.start + found.start(1), place.start + found.end(1)

    def _is_bare(self, path: Sequence[Any], key: str) -> bool:
        return (
            (key in BARE and "continue" not in path)
            or (self.kind == "flows" and path[0] == "outputs")
            or (self.kind == "operations" and path[:2] == ("response", "paths"))
            or (self.kind == "operations" and path[:2] == ("reconcile", "outputs"))
            or (self.kind == "operations" and path[0] == "echo" and key != "bound")
        )

    def matches(self, pattern: str) -> Iterator[re.Match]:
        """Where a pattern stands inside an expression, outside texts in quotes."""
        for start, end in self.expressions():
            inner = self.text[start:end]
            hidden = re.sub(
                r"'[^'\n]*'|`[^`\n]*`", lambda m: m[0][0] + " " * (len(m[0]) - 2) + m[0][0], inner
            )
            padded = " " * start + hidden
            yield from re.compile(pattern).finditer(padded, start)

    def line_of(self, offset: int) -> tuple[int, int]:
        """Where the line that holds an offset begins and ends, its line feed left out."""
        begin = self.text.rfind("\n", 0, offset) + 1
        end = self.text.find("\n", offset)
        return begin, len(self.text) if end < 0 else end

    # -- words ------------------------------------------------------------------------------------

    def misspelt(self, word: str, turn: int) -> str:
        """The word with one slip of the fingers, and no other word of any document."""
        for way in range(4):
            found = _WAYS[(turn + way) % len(_WAYS)](word)
            if found != word and len(found) > 1 and found not in self.vocabulary:
                return found
        return word + "x"


def _swapped(word: str) -> str:
    at = len(word) // 2
    return word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]


def _dropped(word: str) -> str:
    at = len(word) // 2
    return word[:at] + word[at + 1 :]


def _doubled(word: str) -> str:
    at = len(word) // 2
    return word[:at] + word[at] + word[at:]


def _other(word: str) -> str:
    at = len(word) - 2 if len(word) > 3 else len(word) - 1
    near = {"a": "s", "e": "r", "i": "o", "o": "p", "n": "m", "t": "r", "s": "d", "l": "k"}
    return word[:at] + near.get(word[at], "z") + word[at + 1 :]


_WAYS = (_swapped, _dropped, _doubled, _other)


def shipped() -> list[Page]:
    """All documents that are shipped."""
    documents = project_files.read_documents(project_files.Project(folder=None, shipped=ROOT))
    words = frozenset(word for document in documents for word in WORD.findall(document.text))
    named = {d: f"{d.kind}/{d.file.rpartition('/')[2]}" for d in documents}
    return [Page(d.kind, named[d], d.text, words) for d in documents]


def spread(found: Iterable[T], most: int) -> list[T]:
    """At most so many of them, from all over."""
    items = list(found)
    if len(items) <= most:
        return items
    return [items[index * len(items) // most] for index in range(most)]
