"""YAML text to plain data in which every value keeps its place.

libyaml composes; which plain scalar is a number is decided here, because no YAML library gets
`01234567012345` right: YAML 1.2 core without octal, sexagesimal, dates or `yes`/`no`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import yaml
from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.language.mistakes.yaml_composer import Composition, compose_text
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

if TYPE_CHECKING:
    from sgeflow.core.language.mistakes.yaml_patches import Patch

MAX_VISITS = 50_000  # aliases included: a bomb of ten levels would be 10^10
MAX_DEPTH = 64

_NUMBER = regex(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?\Z")
_FIRST = frozenset("-0123456789")  # one of them begins a number
_CONSTANTS = {"true": True, "false": False, "null": None, "~": None, "": None}
_MARKS = "!&"  # a tag or an anchor begins so
_EXPLICIT = regex(r"(?:&[^ \t\r\n]+[ \t\r\n]+)?(![^ \t\r\n,\]}]*)")
_NEGATION = regex(r"!(?:\(|\w+[.(])")
_LONGEST = 40  # digits; what is longer is no number that anybody means


def read_yaml(name: str, text: str, *, private: bool = False) -> Tree:
    """One YAML document as data with places; messages show no value of a private one.

    Raises:
        InvalidDocuments: not YAML, a duplicate key, or a feature that sgeflow does not read.
    """
    reading = read_on(name, text, private=private)
    if reading.problems:
        raise InvalidDocuments(*reading.problems)
    return reading.trees[0]


class Reading(Struct, frozen=True):
    """What a text says: all that it may mean, nothing where that is not known; and its mistakes.

    With a key that is written twice it may mean two things: the first value, or the last. So it
    may with an alias of which nothing is near: a null, or nothing at all; and with a bracket or a
    line in a wrong place, which may belong to one of two or three.
    """

    trees: tuple[Tree, ...]
    problems: tuple[Problem, ...] = ()


def read_on(name: str, text: str, *, private: bool = False) -> Reading:
    """One YAML document, read on behind mistakes that leave no doubt about what was meant."""
    source = Source(name, text.removeprefix("\ufeff"), private)
    if len(text) > MAX_BYTES:
        start = Place(source, 0, 1, 0, 0)
        return Reading((), (_feature(start, say("a document of more than 1 MiB")),))
    first, *others = _compose(source)
    problems = first.problems
    if not first.is_whole:
        return Reading((), problems)
    patched = _PatchedBuilder(source, first.node, first.patches)
    builder = patched if first.patches else _Builder(source)
    in_doubt = not all(other.is_whole for other in others)
    try:
        trees = [builder.tree(first.node)]
        problems = (*problems, *builder.problems)
        in_doubt |= builder.in_doubt
        for other in others or ((first,) if builder.is_twice else ()):
            last = _LastBuilder(source, other.node, other.patches)
            tree = last.tree(other.node)
            in_doubt |= last.in_doubt
            trees += [tree] if all(tree.data != known.data for known in trees) else []
    except InvalidDocuments as error:
        return Reading((), (*problems, *error.problems))
    return Reading(() if in_doubt else tuple(trees), problems)


def _compose(source: Source) -> tuple[Composition, ...]:
    """The nodes of a text, and how it was fixed where it is no YAML, as `recover` tells."""
    try:
        return (Composition(compose_text(source.text)),)
    except (yaml.YAMLError, RecursionError):
        from sgeflow.core.language.mistakes.yaml_recovery import recover

        return recover(source)


class _Builder:
    """Walks composed nodes once: data, places and every problem on the way."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.values: dict[Path, Place] = {}
        self.keys: dict[Path, Place] = {}
        self.problems: list[Problem] = []
        self.marks = frozenset(at for mark in _MARKS for at in _places_of(mark, source.text))
        self.visits = 0
        self.is_twice = False  # some key is
        self.in_doubt = False  # about what was meant

    def tree(self, root: yaml.Node | None) -> Tree:
        """What the nodes of a document say."""
        data = self.build(root)
        self.values.setdefault((), Place(self.source, 0, 1, 0, 0))
        return Tree(self.source, data, self.values, self.keys)

    def build(self, node: yaml.Node | None, path: Path = ()) -> Any:
        if node is None:
            return None
        place = self.values[path] = self._place(node)
        self.visits += 1
        if self.visits > MAX_VISITS:
            raise InvalidDocuments(_feature(place, say("a document that aliases make this large")))
        if len(path) > MAX_DEPTH:
            raise InvalidDocuments(_feature(place, say("a document nested this deeply")))
        is_negation = place.start in self.marks and self._tag(place)
        if isinstance(node, yaml.ScalarNode):
            if is_negation:
                return self.source.text[place.start : place.end]
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
                self.in_doubt = True
                continue
            if place.start in self.marks:
                self._tag(place)
            key = key_node.value
            inner = (*path, key)
            if key in data:
                self.problems.append(_duplicate(key, place, self.keys[inner]))
                self.is_twice = True
                continue
            self.keys[inner] = place
            data[key] = self.build(value_node, inner)
        return data

    def _place(self, node: yaml.Node) -> Place:
        start, end = node.start_mark, node.end_mark
        return Place(self.source, start.index, end.index, start.line, start.column)

    def _tag(self, place: Place) -> bool:
        """Note a tag that was written; whether it is an expression that lacks its quotes."""
        match = _EXPLICIT.match(self.source.text, place.start)
        if match is None:
            return False
        self.problems.append(_feature(place, say("the tag {found}", found=match[1])))
        if not _NEGATION.match(match[1]):
            self.in_doubt = True
            return False
        quoted = say('an expression that begins with ! stands in quotes: "!…"')
        self.problems[-1] = replace(self.problems[-1], note=quoted)
        return True


class _PatchedBuilder(_Builder):
    """One for nodes of a patched text: what a patch stands for is put in its place."""

    def __init__(self, source: Source, root: yaml.Node | None, patches: tuple[Patch, ...]) -> None:
        super().__init__(source)
        self.root, self.patches = root, patches

    def build(self, node: yaml.Node | None, path: Path = ()) -> Any:
        if not isinstance(node, yaml.ScalarNode):
            return super().build(node, path)
        patch = self._patch_at(node)
        if patch is None or patch.is_open:
            return super().build(node, path)
        if patch.anchor:
            return super().build(self._node_of(patch), path)
        place = self.values[path] = self._place(node)
        return self.source.text[place.start : place.end]

    def _patch_at(self, node: yaml.ScalarNode) -> Patch | None:
        """The patch that a value is; none of those that recover what is around it."""
        place = self._place(node)
        values = (one for one in self.patches if one.stands_for_value)
        inside = (one for one in values if place.start <= one.start < place.end)
        return None if node.style else next(inside, None)

    def _place(self, node: yaml.Node) -> Place:
        from sgeflow.core.language.mistakes.yaml_patches import place_in_source

        marks = (node.start_mark, node.end_mark)
        start, end = (place_in_source(mark.index, self.patches) for mark in marks)
        column = start - (self.source.text.rfind("\n", 0, start) + 1)
        return Place(self.source, start, end, node.start_mark.line, column)

    def _node_of(self, patch: Patch) -> yaml.Node | None:
        """What an alias was meant to repeat; it cannot stand in that itself."""
        anchors = regex(rf"&{patch.anchor}(?![\w-])").finditer(self.source.text)
        starts = {anchor.start() for anchor in anchors}  # of some a comment only speaks
        places = ((node, self._place(node)) for node in _nodes(self.root))
        named = (node for node, p in places if p.start in starts and p.end <= patch.start)
        node = next(named, None)
        self.in_doubt |= node is None
        return node


class _LastBuilder(_PatchedBuilder):
    """One for which the last value of a key counts, and none of which nothing is known."""

    def build(self, node: yaml.Node | None, path: Path = ()) -> Any:
        if isinstance(node, yaml.SequenceNode):
            known = [value for value in node.value if not self._is_open(value)]
            node = yaml.SequenceNode(node.tag, known, node.start_mark, node.end_mark)
        return super().build(node, path)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        if not all(isinstance(key, yaml.ScalarNode) for key, _ in node.value):
            return super()._mapping(node, path)
        known = [(key, value) for key, value in node.value if not self._is_open(value)]
        last = list({key.value: (key, value) for key, value in known}.values())
        once = yaml.MappingNode(node.tag, last, node.start_mark, node.end_mark)
        return super()._mapping(once, path)

    def _is_open(self, node: yaml.Node) -> bool:
        patch = self._patch_at(node) if isinstance(node, yaml.ScalarNode) else None
        return patch is not None and patch.is_open


def _nodes(root: yaml.Node | None) -> Iterator[yaml.Node]:
    """All nodes, each once; of a mapping its values."""
    rest, walked = [root], set()
    while rest:
        node = rest.pop()
        if node is not None and id(node) not in walked:
            walked.add(id(node))
            yield node
            is_mapping = isinstance(node, yaml.MappingNode)
            inner = node.value if isinstance(node, yaml.CollectionNode) else ()
            rest += [value for _, value in inner] if is_mapping else inner


def _places_of(sign: str, text: str) -> Iterator[int]:
    """Where a sign stands; in a long text with few of them a pattern would take thrice as long."""
    at = text.find(sign)
    while at >= 0:
        yield at
        at = text.find(sign, at + 1)


def _scalar(text: str) -> Any:
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    written = _NUMBER.match(text) if text[0] in _FIRST and len(text) <= _LONGEST else None
    if written is None:
        return text
    number = WrittenFloat(text) if written[1] else WrittenInt(text)
    number.text = text
    return number


def _duplicate(key: str, place: Place, first: Place) -> Problem:
    return Problem(
        id=Id.DUPLICATE_KEY,
        message=say('key "{key}" is written twice', key=key),
        at=place.location(),
        note=say("first written in line {line}; another step begins with -", line=first.line + 1)
        if key == "id"
        else say("first written in line {line}", line=first.line + 1),
    )


def _feature(place: Place, what: str) -> Problem:
    return Problem(
        id=Id.YAML_FEATURE,
        message=say("{what} is not read", what=what),
        at=place.location(),
        note=say("plain mappings, lists and values are; no tags, merge keys or complex keys"),
    )
