"""JMESPath over a reply, compiled to functions; long lists of records become columns.

Most paths of an operation name a handful of members. Making plain data of the whole reply to read
them may cost more than all the rest, so a path is walked over the reply as its wire gives it; what
it ends in becomes plain data. Each function does exactly what jmespath does with plain data; a kind
of expression that has no function here is left to jmespath.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from sgeflow.core.language.expression import Expression, Node
from sgeflow.core.language.rows import Rows, join


class HiddenRunError(Exception):
    """A part of a reply is wanted whole, and runs were lifted out of it: read it unlifted."""


class LazyObject:
    """An object of a reply, read no further than asked; a wire that has such objects derives it."""

    __slots__ = ()

    def get(self, name: str) -> Any:
        """The value under a name; None without one."""
        raise NotImplementedError

    def document(self) -> Any:
        """The object as plain data."""
        raise NotImplementedError


class RecordRun(Struct, frozen=True, eq=False):
    """Records that stand side by side in one list; a wire that lifts such out derives it."""

    def rows(self, leaves: tuple[str, ...], keys: tuple[str, ...] | None = None) -> Sequence[Any]:
        """A row a record: a list of its leaves, or `Rows` of `keys`; an absent leaf is None."""
        raise NotImplementedError

    def column(self, leaf: str) -> list[Any]:
        """The values of a leaf, of all records that have it."""
        raise NotImplementedError


PlanStep = Callable[[Any], Any]


class UnplannedError(Exception):
    """The expression holds something that has no plan; jmespath evaluates it."""


def compile_plan(tree: Node) -> PlanStep:
    """A function from a reply's root, as `View.root` gives it, to the value of an expression.

    Raises:
        UnplannedError: the expression needs jmespath.
    """
    step = _step(tree)
    return step if _is_made(tree) else lambda value: _plain(step(value))


def runs_of(trees: Collection[Node], lists: Collection[str]) -> dict[str, frozenset[str]]:
    """The elements that may be lifted out as runs, with the leaves that are read of their records.

    An element qualifies when all expressions use it for rows of leaves and in no other way.
    """
    rows: dict[str, set[str]] = {}
    others: set[str] = set()
    for tree in trees:
        for tag, leaves in _uses(tree):
            if leaves:
                rows.setdefault(tag, set()).update(leaves)
            else:
                others.add(tag)
    endings = {tuple(path.split(".")[-2:]) for path in lists}
    return {
        tag: frozenset(leaves)
        for tag, leaves in rows.items()
        if tag not in others and not any((tag, leaf) in endings for leaf in leaves)
    }


def _uses(tree: Node) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every element an expression names; with leaves where it makes rows of them."""
    if tree["type"] == "projection" and (leaves := _leaves(tree["children"][1])):
        yield from _row_uses(tree["children"][0], leaves)
        return
    if tree["type"] == "field":
        yield tree["value"], ()
    for child in tree["children"]:
        yield from _uses(child)


def _row_uses(left: Node, leaves: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The uses on the left of a projection: its last name is the element that repeats."""
    kind, children = left["type"], left["children"]
    if kind == "field":
        yield left["value"], leaves
    elif kind == "flatten":
        yield from _row_uses(children[0], leaves)
    elif kind in {"subexpression", "projection"}:
        for child in children[:-1]:
            yield from _uses(child)
        yield from _row_uses(children[-1], leaves)
    else:
        yield from _uses(left)


def _leaves(right: Node) -> tuple[str, ...]:
    """The leaves that the right of a projection reads, when it is a row of nothing but leaves."""
    if right["type"] == "field":
        return (right["value"],)
    if right["type"] not in {"multi_select_dict", "multi_select_list"}:
        return ()
    parts = [
        part["children"][0] if part["type"] == "key_val_pair" else part
        for part in right["children"]
    ]
    is_flat = all(part["type"] == "field" for part in parts)
    return tuple(part["value"] for part in parts) if is_flat else ()


def _step(tree: Node) -> PlanStep:
    try:
        return _COMPILERS[tree["type"]](tree)
    except KeyError:
        raise UnplannedError(tree["type"]) from None


def _field(tree: Node) -> PlanStep:
    name = tree["value"]

    def read(value: Any) -> Any:
        return value.get(name) if isinstance(value, LazyObject | dict) else None

    return read


def _chain(tree: Node) -> PlanStep:
    steps = tuple(map(_step, tree["children"]))

    def follow(value: Any) -> Any:
        for step in steps:
            value = step(value)
        return value

    return follow


def _index(tree: Node) -> PlanStep:
    place = tree["value"]

    def pick(value: Any) -> Any:
        is_there = isinstance(value, list | Rows) and -len(value) <= place < len(value)
        return value[place] if is_there else None

    return pick


def _flatten(tree: Node) -> PlanStep:
    base = _step(tree["children"][0])

    def flatten(value: Any) -> Any:
        items = base(value)
        if not isinstance(items, list | Rows):
            return None
        flat: list[Any] = []
        for item in items:
            if isinstance(item, list | Rows):
                flat += item
            else:
                flat.append(item)
        return flat

    return flatten


def _or(tree: Node) -> PlanStep:
    left, right = map(_step, tree["children"])

    def choose(value: Any) -> Any:
        first = left(value)
        return right(value) if _is_false(first) else first

    return choose


def _is_false(value: Any) -> bool:
    return value is None or value is False or (isinstance(value, str | list | dict) and not value)


def _multi_select_list(tree: Node) -> PlanStep:
    steps = list(map(compile_plan, tree["children"]))
    return lambda value: None if value is None else [step(value) for step in steps]


def _multi_select_dict(tree: Node) -> PlanStep:
    steps = {pair["value"]: compile_plan(pair["children"][0]) for pair in tree["children"]}
    return lambda value: None if value is None else {key: steps[key](value) for key in steps}


def _projection(tree: Node) -> PlanStep:
    left, right = tree["children"]
    base, each = _step(left), _step(right)
    rows = _rows(right)

    def project(value: Any) -> Any:
        items = base(value)
        if not isinstance(items, list | Rows):
            return None
        if items and all(isinstance(item, RecordRun) for item in items):
            return join(list(map(rows, items)))
        collected: list[Any] = []
        for item in items:
            if isinstance(item, RecordRun):
                collected += rows(item)
            elif (result := each(item)) is not None:
                collected.append(result)
        return collected

    return project


def _rows(right: Node) -> Callable[[RecordRun], Sequence[Any]]:
    """A function from a run to a projection's rows; runs come only where `runs_of` saw leaves."""
    leaves = _leaves(right)
    if right["type"] == "field":
        return lambda run: run.column(leaves[0])
    if right["type"] == "multi_select_list":
        return lambda run: run.rows(leaves)
    keys = tuple(str(pair["value"]) for pair in right["children"] if pair["type"] == "key_val_pair")
    return lambda run: run.rows(leaves, keys)


def _is_made(tree: Node) -> bool:
    """Whether the value of an expression is plain data already, without a node in it."""
    kind = tree["type"]
    if kind in {"multi_select_dict", "multi_select_list", "literal"}:
        return True
    if kind == "projection":
        return _is_made(tree["children"][1])
    return kind == "or_expression" and all(map(_is_made, tree["children"]))


def _plain(value: Any) -> Any:
    if isinstance(value, LazyObject):
        return value.document()
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


class Paths(Struct, frozen=True):
    """Expressions over one reply, by name: those with a plan, and those left to JMESPath."""

    plans: Mapping[str, PlanStep]
    unplanned: Mapping[str, Expression]

    def evaluate(self, root: Any, document: Callable[[], Any]) -> dict[str, Any]:
        """The value of each, over the root as its wire gives it; `document` makes it plain data."""
        values = {name: plan(root) for name, plan in self.plans.items()}
        if self.unplanned:
            whole = document()
            values |= {name: path.search(whole) for name, path in self.unplanned.items()}
        return values


def compile_paths(expressions: Mapping[str, Expression]) -> Paths:
    """Paths, each with its plan if it has one."""
    plans: dict[str, PlanStep] = {}
    unplanned: dict[str, Expression] = {}
    for name, path in expressions.items():
        try:
            plans[name] = compile_plan(path.syntax_tree)
        except UnplannedError:
            unplanned[name] = path
    return Paths(plans, unplanned)


_COMPILERS: dict[str, Callable[[Node], PlanStep]] = {
    "field": _field,
    "current": lambda _: lambda value: value,
    "identity": lambda _: lambda value: value,
    "literal": lambda tree: lambda _: tree["value"],
    "subexpression": _chain,
    "index_expression": _chain,
    "pipe": _chain,
    "index": _index,
    "flatten": _flatten,
    "projection": _projection,
    "or_expression": _or,
    "multi_select_list": _multi_select_list,
    "multi_select_dict": _multi_select_dict,
}
