"""What an expression proves to be there before it reads it: steps that ran, values that were given.

Steps are known by name, not by path: `present(steps.first.start)` vouches for `first` and `start`.
Other values are known by their path, with a dot before it: `.inputs.again`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from sgeflow.core.language.dialect import Node
from sgeflow.errors import Problem

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
    """What a path that reads no step is known by, alone; none when the part is no path."""
    path = _names(node)
    return (f".{'.'.join(path)}",) if path and path[0] != "steps" else ()


def _names(node: Node) -> tuple[str, ...]:
    if node["type"] == "field":
        return (node["value"],)
    if node["type"] not in _PATHS:
        return ()
    first: tuple[str, ...] = ()
    return reduce(lambda names, child: names + _names(child), node["children"], first)
