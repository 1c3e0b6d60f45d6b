"""Why a condition did not hold: the value of each of its parts, nothing personal said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sgeflow.core.language.expression import Expression, sort_of, value_of
from sgeflow.errors import EvaluationError
from sgeflow.say import say

_DEEPER = {"and_expression", "or_expression", "not_expression", "comparator"}


def explained(
    expression: Expression, scope: Mapping[str, Any], *, openly: bool = False
) -> tuple[tuple[str, str], ...]:
    """The condition and its sub-values, as labelled lines of a message.

    Values are shown when they are numbers, true or false, or lists (their length); text may name
    a person and is shown only as being there, or `openly` where all people are made up.
    """
    lines = [("condition", " ".join(expression.text.split()))]
    lines += [
        ("└─ " + words, shown) for words, shown in _parts(expression.parsed, scope, openly=openly)
    ]
    return tuple(lines)


def _parts(
    node: Mapping[str, Any], scope: Mapping[str, Any], *, openly: bool
) -> Iterator[tuple[str, str]]:
    for child in node["children"] if node["type"] in _DEEPER else (node,):
        if child["type"] == "literal":
            continue
        if child["type"] in _DEEPER:
            yield from _parts(child, scope, openly=openly)
        else:
            yield _words(child), _shown(child, scope, openly=openly)


def _words(node: Mapping[str, Any]) -> str:
    kind = node["type"]
    if kind == "field":
        return str(node["value"])
    if kind == "function_expression":
        return f"{node['value']}(…)"
    if kind == "subexpression":
        return ".".join(_words(child) for child in node["children"])
    if kind in {"filter_projection", "projection", "flatten", "index_expression"}:
        return _words(node["children"][0]) + "[…]"
    return "…"


def _shown(node: Mapping[str, Any], scope: Mapping[str, Any], *, openly: bool) -> str:
    try:
        value = value_of(node, scope)
    except EvaluationError as error:
        return error.problems[0].message
    if openly and isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list):
        return say("a list of {count}", count=len(value))
    return sort_of(value)
