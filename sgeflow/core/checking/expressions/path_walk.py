"""What the names and paths of an expression read: every name in it exists, and lists are lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.core.checking.expressions.hints import list_slip
from sgeflow.core.checking.expressions.known import Known
from sgeflow.core.checking.expressions.unknown_names import guard_of, no_field
from sgeflow.core.language.dialect import Node
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.positions import Places
from sgeflow.core.language.shapes import ANY, BOOLEAN, XML, Shape, Sort, list_of
from sgeflow.errors import Id, Problem
from sgeflow.messages import Message, say

_NOT_LISTS = (Sort.TEXT, Sort.NUMBER, Sort.BOOLEAN)


class Notes(Struct):
    """What is noted of an expression while it is walked over."""

    expression: Expression
    known: Known
    problems: list[Problem] = field(default_factory=list)
    untrue: list[Problem] = field(default_factory=list)  # beside `&&` and `||`


class PathWalk:
    """Visits each kind of node of the syntax tree with the shape of what it is applied to."""

    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self.places = Places(notes.expression)
        self.guarded = notes.known.ran

    def visit(self, node: Node, shape: Shape) -> Shape:
        """The shape that a part gives, applied to this one."""
        method: Callable[[Node, Shape], Shape] = getattr(self, f"_{node['type']}")
        return method(node, shape)

    def _report(self, id_: Id, message: Message, node: Node, **more: Any) -> None:
        """Note one problem, at the name that causes it."""
        at = self.places.of(node)
        self.notes.problems.append(Problem(id=id_, message=message, at=at, **more))

    # -- names ------------------------------------------------------------------------------------

    def _field(self, node: Node, shape: Shape) -> Shape:
        name = node["value"]
        if shape.sort in (Sort.ANY, Sort.XML) and name not in shape.partial:
            return XML if shape.sort is Sort.XML else ANY
        if shape.sort is not Sort.OBJECT:
            self._no_field(node, shape)
            return ANY
        if name in shape.fields:
            inner = shape.fields[name]
            if inner.sometimes and name not in self.guarded:
                message = say('step "{name}" does not always run', name=name)
                self._report(Id.NOT_YET, message, node, note=guard_of(name))
            return replace(inner, sometimes=False) if inner.sometimes else inner
        if not shape.is_open:
            self._no_field(node, shape)
        return ANY

    def _no_field(self, node: Node, shape: Shape) -> None:
        is_quoted = self.places.is_quoted(node)
        for id_, message, more in no_field(
            node["value"], shape, self.notes.known, quoted=is_quoted
        ):
            self._report(id_, message, node, **more)

    # -- paths ------------------------------------------------------------------------------------

    def _chain(self, node: Node, shape: Shape) -> Shape:
        for child in node["children"]:
            shape = self.visit(child, shape)
        return shape

    _index_expression = _pipe = _chain

    def _subexpression(self, node: Node, shape: Shape) -> Shape:
        first, *others = node["children"]
        if first["type"] != "not_expression":
            return self._chain(node, shape)
        # JMESPath binds ! more tightly than the dot: !a.b is the b of !a, and always null
        note = say("write !(…) around the whole path")
        self._report(Id.EXPRESSION, say("! reaches to the next name only"), first, note=note)
        self._chain({"children": [first["children"][0], *others]}, shape)
        return BOOLEAN

    def _index(self, node: Node, shape: Shape) -> Shape:
        return self._list_shape(node, shape).items

    def _slice(self, node: Node, shape: Shape) -> Shape:
        return self._list_shape(node, shape)

    def _current(self, node: Node, shape: Shape) -> Shape:  # noqa: ARG002 - a visitor's form
        return shape

    _identity = _current

    def _projection(self, node: Node, shape: Shape) -> Shape:
        base = self._list_shape(node, self.visit(node["children"][0], shape))
        return list_of(self.visit(node["children"][1], base.items))

    def _value_projection(self, node: Node, shape: Shape) -> Shape:
        base = self.visit(node["children"][0], shape)
        item = XML if base.sort is Sort.XML else ANY
        return list_of(self.visit(node["children"][1], item))

    def _flatten(self, node: Node, shape: Shape) -> Shape:
        base = self._list_shape(node, self.visit(node["children"][0], shape))
        return base.items if base.items.sort is Sort.LIST else base

    def _list_shape(self, node: Node, shape: Shape) -> Shape:
        if shape.sort is Sort.LIST:
            return shape
        if shape.sort in _NOT_LISTS or (shape.sort is Sort.OBJECT and not shape.is_open):
            message, note = list_slip(node, shape)
            self._report(Id.UNKNOWN_FIELD, message, node, note=note)
        return list_of(XML if shape.sort is Sort.XML else ANY)
