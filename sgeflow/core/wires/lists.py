"""Finds the elements of a reply that are lists: some path reads their items, or `lists` has them.

An element that may repeat comes alone when there is one of it. If one path reads its items, it is a
list for every path over the same reply.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from sgeflow.core.documents import Echo, ResponseSpec
from sgeflow.core.language.expression import Node

PathValues = frozenset["Value"]

_CHAINS = {"subexpression", "index_expression", "pipe"}
_PROJECTIONS = {"projection", "filter_projection"}


class Value(Struct, frozen=True):
    """The place that a path has come to: an element by its dotted path, or lists made of it."""

    path: str
    is_whole: bool  # all that stands under a name, a list where the name repeats; else one of it
    made: int = 0  # so many lists around it, made by projections

    @property
    def is_list(self) -> bool:
        """Whether it has items."""
        return self.is_whole or self.made > 0

    def item(self) -> Value:
        """One item of this list."""
        return Value(self.path, self.is_whole and self.made > 0, max(self.made - 1, 0))


class Reads(Struct):
    """The elements of a reply that paths read as lists, and as one."""

    lists: set[str] = field(default_factory=set)  # dotted paths whose items are taken
    paths: set[str] = field(default_factory=set)  # dotted paths of all that is read
    single: list[tuple[str, Node]] = field(default_factory=list)  # an element, the name read of it


def repeated_paths(
    response: ResponseSpec, echo: Mapping[str, Echo] | None = None
) -> frozenset[str]:
    """The dotted paths of all that is a list in the replies of an operation, come one or many."""
    paths = (*response.paths.values(), *(one.path for one in (echo or {}).values()))
    return taken_lists(path.syntax_tree for path in paths).union(response.lists)


def taken_lists(trees: Iterable[Node]) -> frozenset[str]:
    """The dotted paths of what expressions over one reply take as lists."""
    return frozenset(name for tree in trees for name in reads(tree).lists)


def reads(tree: Node) -> Reads:
    """The elements of a reply that an expression reads as lists, and as one."""
    noted = Reads()
    _follow(tree, frozenset({Value("", is_whole=False)}), noted)
    return noted


def _follow(node: Node, base: PathValues, noted: Reads) -> PathValues:
    """The places to which a part leads from its `base`; none if it leads to no path."""
    kind, children = node["type"], node["children"]
    if kind == "field":
        return _below(node, base, noted)
    if kind in {"identity", "current"}:
        return base
    if kind in {"index", "slice"}:
        items = _items(base, noted)
        return items if kind == "index" else _lists_of(items)
    if kind in _CHAINS:
        for child in children:
            base = _follow(child, base, noted)
        return base
    if kind == "flatten":
        return _lists_of(_flat(_follow(children[0], base, noted), noted))
    if kind in _PROJECTIONS:
        items = _items(_follow(children[0], base, noted), noted)
        for condition in children[2:]:
            _follow(condition, items, noted)
        return _lists_of(_follow(children[1], items, noted))
    if kind == "function_expression":
        return _call(node, base, noted)
    if kind == "value_projection":
        _follow(children[0], base, noted)
        return frozenset()
    results = [_follow(child, base, noted) for child in children]
    is_either = kind in {"or_expression", "and_expression"}
    return frozenset().union(*results) if is_either else frozenset()


def _below(node: Node, base: PathValues, noted: Reads) -> PathValues:
    name = node["value"]
    for one in base:
        if one.path and one.is_whole and not one.made:
            noted.single.append((one.path, node))
    paths = [f"{one.path}.{name}" if one.path else name for one in base if not one.made]
    noted.paths.update(paths)
    return frozenset(Value(path, is_whole=True) for path in paths)


def _items(values: PathValues, noted: Reads) -> PathValues:
    """The items of values, which are lists therefore; an item of a list has none."""
    noted.lists.update(one.path for one in values if one.is_whole and not one.made)
    return frozenset(one.item() for one in values if one.is_list)


def _flat(values: PathValues, noted: Reads) -> PathValues:
    """The items of a list, and those of the lists in it."""
    items = _items(values, noted)
    lists = frozenset(one for one in items if one.is_list)
    return (items - lists) | _items(lists, noted)


def _lists_of(values: PathValues) -> PathValues:
    """A list of each of the values, as a projection makes it."""
    return frozenset(Value(one.path, one.is_whole, one.made + 1) for one in values)


def _call(node: Node, base: PathValues, noted: Reads) -> PathValues:
    """A function that takes nothing but lists says that it is given one."""
    from sgeflow.core.language.function_facts import signatures  # few paths call a function

    types = signatures().get(node["value"], ((), False))[0]
    items: PathValues = frozenset()
    for index, argument in enumerate(node["children"]):
        if argument["type"] != "expref":
            values = _follow(argument, base, noted)
            allowed = types[min(index, len(types) - 1)] if types else ()
            if allowed and all(name.startswith("array") for name in allowed):
                items |= _items(values, noted)
    for argument in node["children"]:
        if argument["type"] == "expref":
            _follow(argument["children"][0], items, noted)
    return frozenset()
