"""Reads YAML text into plain data in which every value keeps its place.

libyaml composes nodes. This module decides which plain scalars are numbers, because no YAML library
keeps the digits of `01234567012345`: it reads the YAML 1.2 core schema without octal and
sexagesimal numbers, dates, and `yes`/`no`.
"""

from typing import Any, cast

import yaml
from msgspec.structs import replace

from sgeflow.core.language.text import (
    MAX_BYTES,
    Path,
    Place,
    Source,
    Tree,
    WrittenFloat,
    WrittenInt,
)
from sgeflow.errors import Id, InvalidDocuments, Problem
from sgeflow.messages import say
from sgeflow.patterns import regex

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

MAX_VISITS = 50_000  # aliases included: an alias bomb of ten levels would make 10^10 visits
MAX_DEPTH = 64

_NUMBER = regex(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?\Z")
_FIRST = frozenset("-0123456789")  # the first characters of numbers
_CONSTANTS = {"true": True, "false": False, "null": None, "~": None, "": None}
_EXPLICIT = regex(r"(?:&[^ \t\r\n]+[ \t\r\n]+)?(![^ \t\r\n,\]}]*)")
_NEGATION = regex(r"!(?:\(|\w+[.(])")
_LONGEST = 40  # digits; a longer text is not a number that a person wrote


def read_yaml(name: str, text: str, *, private: bool = False) -> Tree:
    """One YAML document as data with places; messages show no value of a private document.

    Raises:
        InvalidDocuments: the text is not YAML, has a duplicate key, or uses an unsupported feature.
    """
    source = Source(name, text.removeprefix("\ufeff"), private)
    if len(text) > MAX_BYTES:
        start = Place(source, 0, 1, 0, 0)
        raise InvalidDocuments(_feature(start, say("a document of more than 1 MiB")))
    try:
        loader = _Loader(source.text)  # the Python loader refuses control characters here
        try:
            root = cast("yaml.Node | None", loader.get_single_node())
        finally:
            loader.dispose()
    except (yaml.YAMLError, RecursionError) as error:
        from sgeflow.core.language.mistakes.yaml_syntax import explain_yaml

        raise InvalidDocuments(explain_yaml(source, error)) from error
    builder = _Builder(source)
    data = builder.build(root)
    if builder.problems:
        raise InvalidDocuments(*builder.problems)
    builder.values.setdefault((), Place(source, 0, 1, 0, 0))
    return Tree(source, data, builder.values, builder.keys)


class _Loader(_Base):  # type: ignore[misc]
    """A loader that resolves no types, because tags are not used."""

    def resolve(self, _kind: type, _value: str | None, _implicit: object) -> str:
        """No tag."""
        return ""

    def descend_resolver(self, _parent: yaml.Node | None, _index: object) -> None:
        """No tag depends on where a node stands."""

    def ascend_resolver(self) -> None:
        """No tag depends on where a node stands."""


class _Builder:
    """Walks the composed nodes once and collects data, places and problems."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.values: dict[Path, Place] = {}
        self.keys: dict[Path, Place] = {}
        self.problems: list[Problem] = []
        self.marks = set[int]()  # offsets at which a tag or an anchor may begin
        self.visits = 0
        for mark in "!&":
            at = source.text.find(mark)
            while at >= 0:  # in a long text with few of them, a pattern takes three times as long
                self.marks.add(at)
                at = source.text.find(mark, at + 1)

    def build(self, node: yaml.Node | None, path: Path = ()) -> Any:
        if node is None:
            return None
        place = self.values[path] = self._place(node)
        self.visits += 1
        if self.visits > MAX_VISITS:
            too_large = _feature(place, say("a document that aliases make this large"))
            raise InvalidDocuments(*self.problems, too_large)
        if len(path) > MAX_DEPTH:
            too_deep = _feature(place, say("a document nested this deeply"))
            raise InvalidDocuments(*self.problems, too_deep)
        if place.start in self.marks:
            self._tag(place)
        if isinstance(node, yaml.ScalarNode):
            return node.value if node.style else _scalar(node.value)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        return [self.build(item, (*path, index)) for index, item in enumerate(node.value)]

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            place = self._place(key_node)
            if not isinstance(key_node, yaml.ScalarNode) or key_node.value == "<<":
                from sgeflow.core.language.mistakes.yaml_syntax import name_in_braces

                no_text = _feature(place, say("a key that is not plain text"))
                self.problems.append(name_in_braces(place) or no_text)
                continue
            if place.start in self.marks:
                self._tag(place)
            key = key_node.value
            inner = (*path, key)
            if key in data:
                line = self.keys[inner].line + 1
                note = say("first written in line {line}", line=line)
                if key == "id":
                    note = say(
                        "first written in line {line}; another step begins with -", line=line
                    )
                message = say('key "{key}" is written twice', key=key)
                problem = Problem(
                    id=Id.DUPLICATE_KEY, message=message, at=place.location(), note=note
                )
                self.problems.append(problem)
                continue
            self.keys[inner] = place
            data[key] = self.build(value_node, inner)
        return data

    def _place(self, node: yaml.Node) -> Place:
        start, end = node.start_mark, node.end_mark
        return Place(self.source, start.index, end.index, start.line, start.column)

    def _tag(self, place: Place) -> None:
        """Add a problem for a written tag, which may be an expression without its quotes."""
        match = _EXPLICIT.match(self.source.text, place.start)
        if match is None:
            return
        self.problems.append(_feature(place, say("the tag {found}", found=match[1])))
        if _NEGATION.match(match[1]):
            quoted = say('quote an expression that begins with !: "!…"')
            self.problems[-1] = replace(self.problems[-1], note=quoted)


def _scalar(text: str) -> Any:
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    written = _NUMBER.match(text) if text[0] in _FIRST and len(text) <= _LONGEST else None
    if written is None:
        return text
    number = WrittenFloat(text) if written[1] else WrittenInt(text)
    number.text = text
    return number


def _feature(place: Place, what: str) -> Problem:
    return Problem(
        id=Id.YAML_FEATURE,
        message=say("{what} is not read", what=what),
        at=place.location(),
        note=say("plain mappings, lists and values are; no tags, merge keys or complex keys"),
    )
