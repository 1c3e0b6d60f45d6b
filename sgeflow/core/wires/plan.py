"""Compiles JMESPath over a reply to functions; long lists of records become columns.

Most paths of an operation name a few members. Converting the whole reply to plain data may cost
more than everything else, so compiled paths walk the reply in its wire's own form, and only their
results become plain data. Each function does exactly what jmespath does with plain data;
expressions that cannot be compiled are left to jmespath.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from sgeflow.core.language.expression import Expression, Node
from sgeflow.core.language.rows import Rows, join


class HiddenRunError(Exception):
    """A part of a reply is read whole, but its runs were taken out: parse the reply again."""


class LazyObject:
    """An object of a reply, read on demand; each wire derives its own class."""

    __slots__ = ()

    def get(self, name: str) -> Any:
        """The value under a name; None without one."""
        raise NotImplementedError

    def document(self) -> Any:
        """The object as plain data."""
        raise NotImplementedError


class RecordRun(Struct, frozen=True, eq=False):
    """Records that are side by side in one list; each wire derives its own class."""

    def rows(self, leaves: tuple[str, ...], keys: tuple[str, ...] | None = None) -> Sequence[Any]:
        """One row for each record: a list of its leaves, or `Rows` of `keys`; None if absent."""
        raise NotImplementedError

    def column(self, leaf: str) -> list[Any]:
        """The values of a leaf over the records that have it."""
        raise NotImplementedError


PlanStep = Callable[[Any], Any]


class UnplannedError(Exception):
    """The expression cannot be compiled; jmespath evaluates it."""


def compile_plan(tree: Node) -> PlanStep:
    """Compile an expression to a function of a reply's root, as `View.root` gives it.

    Raises:
        UnplannedError: the expression needs jmespath.
    """
    step = _step(tree)
    return step if _is_made(tree) else lambda value: _plain(step(value))


def runs_of(trees: Collection[Node], lists: Collection[str]) -> dict[str, frozenset[str]]:
    """The elements whose runs may be taken out, with the leaves that are read of their records.

    An element qualifies if all expressions use it for rows of leaves and in no other way.
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
    """Every element that an expression names, with the leaves if it makes rows of them."""
    if tree["type"] == "projection" and (leaves := _leaves(tree["children"][1])):
        yield from _row_uses(tree["children"][0], leaves)
        return
    if tree["type"] == "field":
        yield tree["value"], ()
    for child in tree["children"]:
        yield from _uses(child)


def _row_uses(left: Node, leaves: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The uses on the left of a projection; its last name is the repeated element."""
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
    """The leaves that the right of a projection reads; empty unless it makes rows of leaves."""
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
    """A function from a run to the rows of a projection; `runs_of` has found its leaves."""
    leaves = _leaves(right)
    if right["type"] == "field":
        return lambda run: run.column(leaves[0])
    if right["type"] == "multi_select_list":
        return lambda run: run.rows(leaves)
    keys = tuple(str(pair["value"]) for pair in right["children"] if pair["type"] == "key_val_pair")
    return lambda run: run.rows(leaves, keys)


def _is_made(tree: Node) -> bool:
    """Whether the value of an expression is plain data, without a node in it."""
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
    """Expressions over one reply, by name: the compiled ones, and those left to JMESPath."""

    plans: Mapping[str, PlanStep]
    unplanned: Mapping[str, Expression]

    def evaluate(self, root: Any, document: Callable[[], Any]) -> dict[str, Any]:
        """The value of each expression; `document` converts the root to plain data."""
        values = {name: plan(root) for name, plan in self.plans.items()}
        if self.unplanned:
            whole = document()
            values |= {name: path.search(whole) for name, path in self.unplanned.items()}
        return values


def compile_paths(expressions: Mapping[str, Expression]) -> Paths:
    """Compile expressions where possible."""
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
