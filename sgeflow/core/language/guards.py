"""Which steps an expression proves to have run before it reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sgeflow.core.language.expression import Expression

Node = Mapping[str, Any]


def guards(expression: Expression) -> frozenset[str]:
    """The steps that a condition proves to have run: `present(steps.x…)`, joined by &&."""
    found: set[str] = set()

    def look(node: Node) -> None:
        if node["type"] == "and_expression":
            for child in node["children"]:
                look(child)
        elif node["type"] == "function_expression" and node["value"] == "present":
            found.update(_steps_read(node))

    look(expression.parsed)
    return frozenset(found)


def guarded_within(node: Node) -> frozenset[str]:
    """The steps that the same expression asks for with present() or default()."""
    children = [child for child in node.get("children", ()) if isinstance(child, dict)]
    found: frozenset[str] = frozenset()
    if node["type"] == "function_expression" and node["value"] in {"present", "default"}:
        found = _steps_read(children[0]) if children else found
    for child in children:
        found |= guarded_within(child)
    return found


def _steps_read(node: Node) -> frozenset[str]:
    names: set[str] = set()
    path = _field_path(node)
    if len(path) > 1 and path[0] == "steps":
        names.update(path[1:])
    for child in node.get("children", ()):
        if isinstance(child, dict):
            names |= _steps_read(child)
    return frozenset(names)


def _field_path(node: Node) -> tuple[str, ...]:
    if node["type"] == "field":
        return (node["value"],)
    if node["type"] in {"subexpression", "index_expression", "projection", "flatten"}:
        return tuple(name for child in node["children"] for name in _field_path(child))
    return ()
