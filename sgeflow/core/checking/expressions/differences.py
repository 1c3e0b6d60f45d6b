"""What an expression in an old form is told: its rewrite, and a case in which both differ.

JMESPath passes over what is false, empty or null, so a choice by `&&` and `||` may give what nobody
meant. Its parts are given values, one after the other, until the two are not the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from typing import Any

from jmespath.visitor import TreeInterpreter
from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.core.checking.expressions.plain_forms import JOINED, PlainForms, old_forms
from sgeflow.core.language.dialect import Node
from sgeflow.core.language.expression import Expression, value_of
from sgeflow.core.language.shapes import BOOLEAN, Shape, Sort
from sgeflow.core.language.unparse import nodes, unparse
from sgeflow.errors import Details, EvaluationError, Problem

_MOST = 500  # cases that are tried
_JMESPATH = TreeInterpreter()


def propose_plain_form(
    expression: Expression, shapes: Mapping[int, Shape], untrue: Sequence[Problem]
) -> list[Problem]:
    """The first part that has a plainer form, with the whole expression in its plainest.

    `shapes` are those of its parts, by their identity; `untrue` is what of it stands beside `&&`
    and `||` and is neither true nor false.
    """
    first = next(iter(untrue or old_forms(expression)), None)
    if first is None:
        return []
    tree, forms = expression.syntax_tree, PlainForms(shapes)
    return [replace(first, suggestion=forms.text(tree), details=_difference(tree, forms))]


def _difference(tree: Node, forms: PlainForms) -> Details:
    """A case in which the first form of an expression and its rewrite differ; nothing if none."""
    return next((case for node in _outermost(tree) for case in _cases(node, forms)), ())


def _outermost(node: Node) -> Iterator[Node]:
    """The forms in an expression, without those in a form."""
    if node["type"] in JOINED or _is_choice(node):
        yield node
        return
    for child in node.get("children", ()):
        if isinstance(child, Mapping):
            yield from _outermost(child)


class _Parts(Struct):
    """The parts of a form that have values of their own, each as a name."""

    forms: PlainForms
    names: dict[str, str] = field(default_factory=dict)  # by their text
    shapes: dict[str, Shape] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)  # texts that are said

    def over_names(self, node: Node) -> Node:
        """The same form over names."""
        kind = node["type"]
        if kind == "literal":
            if isinstance(node["value"], str):
                self.words.append(node["value"])
            return node
        if kind in JOINED or _is_choice(node):
            return {**node, "children": [self.over_names(child) for child in node["children"]]}
        name = self.names.setdefault(unparse(node), f"part{len(self.names)}")
        known = BOOLEAN if self.forms.is_condition(node) else self.forms.shapes.get(id(node))
        if known is not None:
            self.shapes[name] = known
        return {"type": "field", "value": name, "children": []}

    def values(self, name: str) -> list[Any]:
        """The values that a part may have, those that JMESPath passes over among them."""
        shape = self.shapes.get(name)
        if shape is not None and shape.sort is Sort.BOOLEAN:
            return [True, False]
        if shape is not None and shape.sort is Sort.LIST:
            return [["x"], []]
        return [*dict.fromkeys(self.words), "x", "", None]


def _cases(node: Node, forms: PlainForms) -> Iterator[Details]:
    parts = _Parts(forms)
    old = parts.over_names(node)
    known = {id(one): parts.shapes[one["value"]] for one in _fields(old, parts.shapes)}
    new = PlainForms(known).plain(old)
    choices = [[(name, value) for value in parts.values(name)] for name in parts.names.values()]
    for case in islice(product(*choices), _MOST):
        data = dict(case)
        before, after = _JMESPATH.visit(old, data), _value(new, data)
        if after is not _NONE and before != after:
            case_text = ", ".join(
                f"{text} → {_text(data[name])}" for text, name in parts.names.items()
            )
            yield (
                ("for example", case_text),
                ("it gives", _text(before)),
                ("rewritten", _text(after)),
            )


def _is_choice(node: Node) -> bool:
    """Whether it compares with one of several: `x == ('a' || 'b')`."""
    return bool(node["type"] == "comparator" and node["children"][1]["type"] == "or_expression")


def _fields(node: Node, shapes: Mapping[str, Shape]) -> Iterator[Node]:
    return (one for one in nodes(node) if one["type"] == "field" and one["value"] in shapes)


def _value(node: Node, data: Mapping[str, Any]) -> Any:
    try:
        return value_of(node, data)
    except EvaluationError:
        return _NONE


_NONE = object()


def _text(value: Any) -> str:
    return unparse({"type": "literal", "value": value, "children": []})
