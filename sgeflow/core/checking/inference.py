"""What an expression will give, and whether every name in it exists, before anything runs.

A misspelt field must be an error with a suggestion, never a silent null: so the shape of every
root is known (inputs, the outputs of the steps before, the environment) and each expression is
walked over those shapes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sgeflow.core.checking.expression_hints import compared, meant, rooted_at
from sgeflow.core.checking.function_calls import SIGNATURES, faults, result
from sgeflow.core.checking.guards import Names, guards, refusals, steps_read
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.positions import Places
from sgeflow.core.language.shapes import (
    ANY,
    BOOLEAN,
    XML,
    Shape,
    Sort,
    joined,
    known_in,
    list_of,
    no_such,
    object_of,
    shape_of_value,
    words_of,
)
from sgeflow.errors import Id, Problem
from sgeflow.messages import Said, say

Node = Mapping[str, Any]
_ABSENT = {
    "state": say("the flow declares no state"),
    "this": say("this is read in until, poll and undo"),
    "fault": say("fault is read in on_fault"),
}
_NULLABLE = {"present", "default"}  # functions whose first value may be null
_UNORDERED = (Sort.TEXT, Sort.XML, Sort.BOOLEAN, Sort.LIST, Sort.OBJECT)
_NOT_LISTS = (Sort.TEXT, Sort.NUMBER, Sort.BOOLEAN)


@dataclass(frozen=True, slots=True)
class Known:
    """What may be read at a place: the roots, steps that come later, steps known to have run."""

    roots: Mapping[str, Shape]
    later: frozenset[str] = frozenset()
    ran: frozenset[str] = frozenset()  # guarded by a `when` with present()

    def with_root(self, name: str, shape: Shape) -> Known:
        """The same, and one more root."""
        return replace(self, roots={**self.roots, name: shape})


@dataclass(slots=True)
class Inference:
    """One expression being walked: its problems, and its shape as the result."""

    expression: Expression
    known: Known
    problems: list[Problem] = field(default_factory=list)

    def run(self) -> Shape:
        """The shape of the whole expression; `problems` holds what is wrong with it."""
        return _Walk(self).visit(self.expression.parsed, _scope(self.known))

    def report(self, id_: Id, message: Said, node: Node, places: Places, **more: Any) -> None:
        """Note one problem, at the name that causes it."""
        self.problems.append(Problem(id=id_, message=message, at=places.of(node), **more))


def infer(expression: Expression, known: Known) -> tuple[Shape, list[Problem]]:
    """The shape that an expression gives over known roots, and everything wrong with it."""
    inference = Inference(expression, known)
    shape = inference.run()
    return shape, inference.problems


def shape_over(data: Shape, expression: Expression) -> tuple[Shape, list[Problem]]:
    """The shape of a path over data: what a reply holds is not known, what the path makes is."""
    inference = Inference(expression, Known({}))
    return _Walk(inference).visit(expression.parsed, data), inference.problems


def _scope(known: Known) -> Shape:
    return Shape(Sort.OBJECT, fields=known.roots, is_open=False, origin="")


class _Walk:
    """Visits each kind of node of the syntax tree with the shape of what it is applied to."""

    def __init__(self, inference: Inference) -> None:
        self.note = inference
        self.places = Places(inference.expression)
        self.guarded = inference.known.ran

    def visit(self, node: Node, shape: Shape) -> Shape:
        method: Callable[[Node, Shape], Shape] = getattr(self, f"_{node['type']}")
        return method(node, shape)

    def _guarded(self, names: Names, node: Node, shape: Shape) -> Shape:
        """A part that is evaluated only when these steps ran, or may be null when they did not."""
        outside, self.guarded = self.guarded, self.guarded | names
        found = self.visit(node, shape)
        self.guarded = outside
        return found

    # -- names ------------------------------------------------------------------------------------

    def _field(self, node: Node, shape: Shape) -> Shape:
        name = node["value"]
        if shape.sort in (Sort.ANY, Sort.XML):
            return shape
        if shape.sort is not Sort.OBJECT:
            self._no_field(node, shape, ())
            return ANY
        if name in shape.fields:
            found = shape.fields[name]
            if found.sometimes and name not in self.guarded:
                self._not_always(node)
            return replace(found, sometimes=False)
        if not shape.is_open:
            self._no_field(node, shape, tuple(shape.fields))
        return ANY

    def _no_field(self, node: Node, shape: Shape, names: tuple[str, ...]) -> None:
        name, known = node["value"], self.note.known
        if shape.fields is known.roots:
            self._no_root(node, names)
        elif shape.origin == "steps" and name in known.later:
            message = say('step "{name}" is read before it runs', name=name)
            self._report(Id.NOT_YET, message, node, note=say("steps are read after they ran"))
        elif shape.sort is not Sort.OBJECT:
            message = say('"{name}" is read of {words}', name=name, words=words_of(shape))
            self._report(Id.UNKNOWN_FIELD, message, node, note=_remedy(shape))
        else:
            self._report(
                Id.UNKNOWN_FIELD,
                no_such(name, shape.origin),
                node,
                allowed=names,
                allowed_label=known_in(shape.origin),
                suggestion=closest(name, names),
            )

    def _no_root(self, node: Node, names: tuple[str, ...]) -> None:
        name = node["value"]
        if name == "secret":
            note = say("secrets stand in environments alone, as ${{secret.NAME}}")
            self._report(Id.SECRET, say("a secret may not be read here"), node, note=note)
            return
        rooted = rooted_at(name, self.note.known.roots)
        note, word = meant(name, quoted=self.places.is_quoted(node))
        self._report(
            Id.UNKNOWN_ROOT,
            say('unknown name "{name}"', name=name),
            node,
            allowed=() if word else names,
            allowed_label="an expression starts from",
            suggestion=word or rooted or ("" if name in _ABSENT else closest(name, names)),
            note=_ABSENT.get(name, note),
        )

    def _not_always(self, node: Node) -> None:
        name = node["value"]
        self._report(
            Id.NOT_YET,
            say('step "{name}" does not always run', name=name),
            node,
            note=say(
                "guard it: present(steps.{name}) && …, or default(steps.{name}.…, …)", name=name
            ),
        )

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
        return self._listed(node, shape).items

    def _slice(self, node: Node, shape: Shape) -> Shape:
        return self._listed(node, shape)

    def _current(self, node: Node, shape: Shape) -> Shape:  # noqa: ARG002 - a visitor's form
        return shape

    _identity = _current

    def _projection(self, node: Node, shape: Shape) -> Shape:
        base = self._listed(node, self.visit(node["children"][0], shape))
        return list_of(self.visit(node["children"][1], base.items))

    def _value_projection(self, node: Node, shape: Shape) -> Shape:
        base = self.visit(node["children"][0], shape)
        item = XML if base.sort is Sort.XML else ANY
        return list_of(self.visit(node["children"][1], item))

    def _flatten(self, node: Node, shape: Shape) -> Shape:
        base = self._listed(node, self.visit(node["children"][0], shape))
        return base.items if base.items.sort is Sort.LIST else base

    def _filter_projection(self, node: Node, shape: Shape) -> Shape:
        left, right, condition = node["children"]
        base = self._listed(node, self.visit(left, shape))
        self.visit(condition, base.items)
        return list_of(self.visit(right, base.items))

    def _listed(self, node: Node, shape: Shape) -> Shape:
        if shape.sort is Sort.LIST:
            return shape
        if shape.sort in _NOT_LISTS or (shape.sort is Sort.OBJECT and not shape.is_open):
            self._report(
                Id.UNKNOWN_FIELD, say("a list is read of {words}", words=words_of(shape)), node
            )
        return list_of(XML if shape.sort is Sort.XML else ANY)

    # -- values -----------------------------------------------------------------------------------

    def _literal(self, node: Node, shape: Shape) -> Shape:  # noqa: ARG002 - a visitor's form
        return shape_of_value(node["value"])

    def _multi_select_dict(self, node: Node, shape: Shape) -> Shape:
        pairs = {child["value"]: self.visit(child, shape) for child in node["children"]}
        return object_of(pairs)

    def _key_val_pair(self, node: Node, shape: Shape) -> Shape:
        return self.visit(node["children"][0], shape)

    def _multi_select_list(self, node: Node, shape: Shape) -> Shape:
        items = [self.visit(child, shape) for child in node["children"]]
        item = items[0] if items else ANY
        for other in items[1:]:
            item = joined(item, other)
        return list_of(item)

    def _comparator(self, node: Node, shape: Shape) -> Shape:
        left, right = (self.visit(child, shape) for child in node["children"])
        if node["value"] in {"eq", "ne"}:
            self._comparable(node, left, right)
        elif left.sort in _UNORDERED or right.sort in _UNORDERED:
            self._report(
                Id.EVALUATION,
                say("< and > compare numbers only"),
                node,
                note=say("for dates: days_between(a, b) > `0`; for text from SGE: to_number(…)"),
            )
        return BOOLEAN

    def _comparable(self, node: Node, left: Shape, right: Shape) -> None:
        sorts = {left.sort, right.sort}
        textual = {Sort.XML, Sort.TEXT} & sorts
        other = {Sort.NUMBER, Sort.BOOLEAN} & sorts
        if textual and other:
            is_number = Sort.NUMBER in other
            words = say("a number") if is_number else say("true or false")
            message = say("text never equals {words}", words=words)
            self._report(Id.EVALUATION, message, node, note=compared(node, is_number=is_number))

    def _or_expression(self, node: Node, shape: Shape) -> Shape:
        left, right = node["children"]
        first = self.visit(left, shape)
        return joined(first, self._guarded(refusals(left), right, shape))

    def _and_expression(self, node: Node, shape: Shape) -> Shape:
        first, second = node["children"]
        left = self.visit(first, shape)
        right = self._guarded(guards(first), second, shape)
        return BOOLEAN if left == right == BOOLEAN else ANY

    def _not_expression(self, node: Node, shape: Shape) -> Shape:
        self.visit(node["children"][0], shape)
        return BOOLEAN

    # -- functions --------------------------------------------------------------------------------

    def _expref(self, node: Node, shape: Shape) -> Shape:
        return self.visit(node["children"][0], shape)

    def _function_expression(self, node: Node, shape: Shape) -> Shape:
        name, arguments = node["value"], node["children"]
        if name not in SIGNATURES:
            self._report(
                Id.FUNCTION,
                say('unknown function "{name}"', name=name),
                node,
                allowed=tuple(sorted(SIGNATURES)),
                allowed_label="functions",
                suggestion=closest(name, SIGNATURES),
            )
            return ANY
        item = _first_list(self, arguments, shape)
        shapes = [self._argument(node, i, shape, item) for i in range(len(arguments))]
        for at, message, note in faults(node, shapes):
            place = at if self.places.names(at) else node
            self._report(Id.FUNCTION, message, place, note=note)
        return result(name, shapes)

    def _argument(self, node: Node, index: int, shape: Shape, item: Shape) -> Shape:
        argument = node["children"][index]
        if argument["type"] == "expref":
            return self.visit(argument, item)
        nullable = node["value"] in _NULLABLE and index == 0
        nullable = nullable or (node["value"] == "not_null" and index < len(node["children"]) - 1)
        return self._guarded(steps_read(argument) if nullable else frozenset(), argument, shape)

    def _report(self, id_: Id, message: Said, node: Node, **more: Any) -> None:
        self.note.report(id_, message, node, self.places, **more)


def _first_list(walk: _Walk, arguments: list[Node], shape: Shape) -> Shape:
    """The item that `&expression` is applied to: of the list that the function is given."""
    if not any(argument["type"] == "expref" for argument in arguments):
        return ANY
    quiet = Inference(walk.note.expression, walk.note.known)
    for argument in arguments:
        if argument["type"] != "expref":
            return _Walk(quiet).visit(argument, shape).items
    return ANY


def _remedy(shape: Shape) -> str:
    return (
        say("take the items of a list with [] or one with [0]") if shape.sort is Sort.LIST else ""
    )
