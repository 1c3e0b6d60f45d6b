"""The names that an expression may read, and those that its conditions prove to be not null.

Steps are noted by name, not by path: `present(steps.first.start)` proves `first` and `start`. Other
values are noted by their path, with a dot before it: `.inputs.again`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.language.expression import Node
from sgeflow.core.language.shapes import Shape
from sgeflow.errors import Problem


class Known(Struct, frozen=True):
    """The names that an expression of a document may read, and the facts about their values."""

    roots: Mapping[str, Shape]
    later: frozenset[str] = frozenset()  # steps that run after this expression
    ran: frozenset[str] = frozenset()  # steps that a `when` with present() proves to have run
    item: str = ""  # the `as` name of the `foreach` beside a `when`, which cannot read it
    takes_each_value: frozenset[str] = frozenset()  # `as` names of unconditional `foreach`

    def with_root(self, name: str, shape: Shape) -> Known:
        """A copy with one more root."""
        return replace(self, roots={**self.roots, name: shape})

    def under_condition(self, ran: frozenset[str] = frozenset()) -> Known:
        """A copy for an expression under a condition that proves that the steps `ran` have run."""
        return replace(self, ran=self.ran | ran, takes_each_value=frozenset())


StepNames = frozenset[str]

_NONE: StepNames = frozenset()
_PATHS = {"subexpression", "index_expression", "projection", "filter_projection", "flatten", "pipe"}


def steps_run_if_true(node: Node) -> StepNames:
    """The steps that have run when a condition is true: `present(steps.x…)`, `!`, `&&`, `||`."""
    kind, children = node["type"], node.get("children", ())
    if kind == "and_expression":
        return steps_run_if_true(children[0]) | steps_run_if_true(children[1])
    if kind == "or_expression":
        return steps_run_if_true(children[0]) & steps_run_if_true(children[1])
    if kind == "not_expression":
        return steps_run_if_false(children[0])
    if kind == "function_expression" and node["value"] == "present" and children:
        return steps_read(children[0])
    return _NONE


def steps_run_if_false(node: Node) -> StepNames:
    """The steps that have run when a condition is false."""
    kind, children = node["type"], node.get("children", ())
    if kind == "or_expression":
        return steps_run_if_false(children[0]) | steps_run_if_false(children[1])
    if kind == "and_expression":
        return steps_run_if_false(children[0]) & steps_run_if_false(children[1])
    return steps_run_if_true(children[0]) if kind == "not_expression" else _NONE


def suggested_names(problems: Iterable[Problem]) -> StepNames:
    """The names that the problems suggest in place of misspelt ones."""
    return frozenset(problem.suggestion for problem in problems if problem.suggestion)


def steps_read(node: Node) -> StepNames:
    """The steps of a path `steps.…`; for any other path, its one name as `value_read` gives it."""
    path = _names(node)
    return frozenset(path[1:]) if path[:1] == ("steps",) else frozenset(value_read(node))


def value_read(node: Node) -> tuple[str, ...]:
    """A path outside `steps` as the only item, `.inputs.again`; empty for any other node."""
    path = _names(node)
    return (f".{'.'.join(path)}",) if path and path[0] != "steps" else ()


def _names(node: Node) -> tuple[str, ...]:
    if node["type"] == "field":
        return (node["value"],)
    if node["type"] not in _PATHS:
        return ()
    first: tuple[str, ...] = ()
    return reduce(lambda names, child: names + _names(child), node["children"], first)
