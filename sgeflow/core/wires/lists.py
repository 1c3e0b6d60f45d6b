"""Finds the elements of a reply that are lists: a path reads their items, or `lists` names them.

An element that may repeat sometimes occurs once. If one path reads its items, it is a list for
every path over the same reply.
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
    """The place that a path has reached: an element by its dotted path, or lists made of it."""

    path: str
    is_whole: bool  # the whole value of a name, perhaps a list; False: one item
    made: int = 0  # the number of lists that projections made around the element

    @property
    def is_list(self) -> bool:
        """Whether the value has items."""
        return self.is_whole or self.made > 0

    def item(self) -> Value:
        """One item of the list."""
        return Value(self.path, self.is_whole and self.made > 0, max(self.made - 1, 0))


class Reads(Struct):
    """The elements of a reply that paths read as lists, and as single ones."""

    lists: set[str] = field(default_factory=set)  # dotted paths whose items are taken
    paths: set[str] = field(default_factory=set)  # dotted paths of all elements read
    single: list[tuple[str, Node]] = field(default_factory=list)  # an element and its expression


def repeated_paths(
    response: ResponseSpec, echo: Mapping[str, Echo] | None = None
) -> frozenset[str]:
    """The dotted paths of all elements that are lists in the replies of an operation."""
    paths = (*response.paths.values(), *(one.path for one in (echo or {}).values()))
    return taken_lists(path.syntax_tree for path in paths).union(response.lists)


def taken_lists(trees: Iterable[Node]) -> frozenset[str]:
    """The dotted paths of the elements that expressions over one reply read as lists."""
    return frozenset(name for tree in trees for name in reads(tree).lists)


def reads(tree: Node) -> Reads:
    """The elements that an expression reads as lists, and as single ones."""
    noted = Reads()
    _follow(tree, frozenset({Value("", is_whole=False)}), noted)
    return noted


def _follow(node: Node, base: PathValues, noted: Reads) -> PathValues:
    """The places that an expression reaches from `base`; empty if it reaches none."""
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
    """The items of values, which are thereby lists; the item of a list has no items."""
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
    """Note the arguments of a function that takes lists only."""
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
