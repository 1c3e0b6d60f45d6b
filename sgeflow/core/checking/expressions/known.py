"""The names that an expression may read, and those that it proves to be there before it reads them.

Steps are known by name, not by path: `present(steps.first.start)` vouches for `first` and `start`.
Other values are known by their path, with a dot before it: `.inputs.again`.
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
    """The names at a place: the roots, steps that come later, steps known to have run."""

    roots: Mapping[str, Shape]
    later: frozenset[str] = frozenset()
    ran: frozenset[str] = frozenset()  # guarded by a `when` with present()
    each: frozenset[str] = frozenset()  # roots that surely take every value they can have

    def with_root(self, name: str, shape: Shape) -> Known:
        """These names and one more root."""
        return replace(self, roots={**self.roots, name: shape})

    def sometimes(self, ran: frozenset[str] = frozenset()) -> Known:
        """These names where not every value comes, and more steps are known to have run."""
        return replace(self, ran=self.ran | ran, each=frozenset())


StepNames = frozenset[str]

_NONE: StepNames = frozenset()
_PATHS = {"subexpression", "index_expression", "projection", "filter_projection", "flatten", "pipe"}


def guards(node: Node) -> StepNames:
    """The steps that have run when the condition holds: `present(steps.x…)`, `!`, `&&`, `||`."""
    kind, children = node["type"], node.get("children", ())
    if kind == "and_expression":
        return guards(children[0]) | guards(children[1])
    if kind == "or_expression":
        return guards(children[0]) & guards(children[1])
    if kind == "not_expression":
        return refusals(children[0])
    if kind == "function_expression" and node["value"] == "present" and children:
        return steps_read(children[0])
    return _NONE


def refusals(node: Node) -> StepNames:
    """The steps that have run when the condition does not hold."""
    kind, children = node["type"], node.get("children", ())
    if kind == "or_expression":
        return refusals(children[0]) | refusals(children[1])
    if kind == "and_expression":
        return refusals(children[0]) & refusals(children[1])
    return guards(children[0]) if kind == "not_expression" else _NONE


def meant(problems: Iterable[Problem]) -> StepNames:
    """The names that were meant where others are misspelt."""
    return frozenset(problem.suggestion for problem in problems if problem.suggestion)


def steps_read(node: Node) -> StepNames:
    """The steps on a path that is null, and no error, when one of them did not run."""
    path = _names(node)
    return frozenset(path[1:]) if path[:1] == ("steps",) else frozenset(value_read(node))


def value_read(node: Node) -> tuple[str, ...]:
    """The one name of a path that reads no step; empty when the part is not such a path."""
    path = _names(node)
    return (f".{'.'.join(path)}",) if path and path[0] != "steps" else ()


def _names(node: Node) -> tuple[str, ...]:
    if node["type"] == "field":
        return (node["value"],)
    if node["type"] not in _PATHS:
        return ()
    first: tuple[str, ...] = ()
    return reduce(lambda names, child: names + _names(child), node["children"], first)
