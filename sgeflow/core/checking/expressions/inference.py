"""What an expression will give, and whether every name in it exists, before anything runs.

A misspelt field must be an error with a suggestion, never a silent null: so the shape of every
root is known (inputs, the outputs of the steps before, the environment) and each expression is
walked over those shapes.
"""

from __future__ import annotations

from sgeflow.core.checking.expressions.function_calls import (
    mistakes,
    result,
    takes_each,
    unknown_function,
)
from sgeflow.core.checking.expressions.guards import StepNames, guards, meant, refusals, steps_read
from sgeflow.core.checking.expressions.hints import (
    Mistake,
    equality_slip,
    is_brackets,
    is_truth,
    lacking,
    nothing_to_order,
    order_slip,
    untrue,
)
from sgeflow.core.checking.expressions.known import Known
from sgeflow.core.checking.expressions.path_walk import Notes, PathWalk
from sgeflow.core.checking.expressions.plain_forms import JOINED, old_form, old_forms
from sgeflow.core.language.dialect import Node
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.shapes import (
    ANY,
    BOOLEAN,
    Shape,
    Sort,
    join,
    list_of,
    object_of,
    shape_of_value,
)
from sgeflow.errors import Id, Problem
from sgeflow.messages import say

_FIRST_THERE = {"default", "not_null"}  # whose values may be null, but for the last
_NONE: StepNames = frozenset()


def infer(expression: Expression, known: Known) -> tuple[Shape, list[Problem]]:
    """The shape that an expression gives over known roots, and everything wrong with it."""
    notes = Notes(expression, known)
    shape = _ShapeWalk(notes).visit(expression.syntax_tree, _scope(known))
    if not expression.is_path:
        notes.problems += notes.untrue[:1] or old_forms(expression)[:1]
    return shape, notes.problems


def shape_over(data: Shape, expression: Expression) -> tuple[Shape, list[Problem]]:
    """The shape of a path over data: what a reply holds is not known, what the path makes is."""
    notes = Notes(expression, Known({}))
    return _ShapeWalk(notes).visit(expression.syntax_tree, data), notes.problems


def _scope(known: Known) -> Shape:
    return Shape(Sort.OBJECT, fields=known.roots, is_open=False, origin="")


class _ShapeWalk(PathWalk):
    """Adds what is not read but made: values, conditions, and what functions give."""

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
            item = join(item, other)
        return list_of(item)

    def _comparator(self, node: Node, shape: Shape) -> Shape:
        if any(map(is_brackets, node["children"])):
            note = say("whether nothing is in a list: empty(list)")
            self._report(Id.EXPRESSION, say("[] is no list here"), node, note=note)
            return BOOLEAN
        left, right = (self.visit(child, shape) for child in node["children"])
        parts, is_path = node["children"], self.notes.expression.is_path
        is_equality = node["value"] in {"eq", "ne"}
        slip = (
            equality_slip(parts, left, right)
            if is_equality
            else order_slip(parts, left, right, is_path=is_path)
        )
        if slip:
            self._report(Id.EVALUATION, slip[0], node, note=slip[1])
        for part, operand in (
            () if slip or is_equality or is_path else zip(parts, (left, right), strict=True)
        ):
            if nothing := nothing_to_order(part, operand, self.guarded):
                self._report(Id.EVALUATION, nothing[0], part, note=nothing[1])
        return BOOLEAN

    # -- conditions --------------------------------------------------------------------------------

    def _filter_projection(self, node: Node, shape: Shape) -> Shape:
        left, right, condition = node["children"]
        base = self._list_shape(node, self.visit(left, shape))
        self._truth({**node, "children": [condition]}, self.visit(condition, base.items))
        return list_of(self.visit(right, base.items))

    def _or_expression(self, node: Node, shape: Shape) -> Shape:
        left, right = node["children"]
        first = self.visit(left, shape)
        proved = refusals(left)
        second = self._infer_guarded(proved, right, shape)
        return self._truth(node, first, second, proved=proved) or join(first, second)

    def _and_expression(self, node: Node, shape: Shape) -> Shape:
        left, right = node["children"]
        first = self.visit(left, shape)
        proved = guards(left)
        second = self._infer_guarded(proved, right, shape)
        return self._truth(node, first, second, proved=proved) or ANY

    def _not_expression(self, node: Node, shape: Shape) -> Shape:
        self._truth(node, self.visit(node["children"][0], shape))
        return BOOLEAN

    def _truth(self, node: Node, *shapes: Shape, proved: StepNames = _NONE) -> Shape | None:
        """What is true or false, outside of the paths of a reply, whose truth is JMESPath's.

        The last part is looked at only when more is `proved`.
        """
        if self.notes.expression.is_path:
            return None
        last = node["children"][-1]
        slips = [
            (child, slip)
            for child, shape in zip(node["children"], shapes, strict=True)
            if (slip := self._slip(node["type"], child, shape, proved if child is last else _NONE))
        ]
        for child, (message, note) in slips:
            at = self.places.of(child)
            problem = Problem(id=Id.NOT_BOOLEAN, message=message, at=at, note=note)
            is_old = node["type"] in JOINED and not all(map(is_truth, shapes))
            (self.notes.untrue if is_old else self.notes.problems).append(problem)
        return None if slips else BOOLEAN

    def _slip(self, kind: str, node: Node, shape: Shape, proved: StepNames) -> Mistake | None:
        if not is_truth(shape):
            return untrue(kind, shape)
        return lacking(node, shape, self.guarded | proved)

    def _infer_guarded(self, names: StepNames, node: Node, shape: Shape) -> Shape:
        """A part that is evaluated only when these steps ran, or may be null when they did not.

        A name that is misspelt before it vouches for the step that was meant.
        """
        outside, self.guarded = self.guarded, self.guarded | names | meant(self.notes.problems)
        inner = self.visit(node, shape)
        self.guarded = outside
        return inner

    # -- functions --------------------------------------------------------------------------------

    def _expref(self, node: Node, shape: Shape) -> Shape:
        return self.visit(node["children"][0], shape)

    def _function_expression(self, node: Node, shape: Shape) -> Shape:
        name = node["value"]
        run = self.notes.known.roots.get("run", ANY)
        if unknown := unknown_function(name, run, is_path=self.notes.expression.is_path):
            message, more = unknown
            self._report(Id.FUNCTION, message, node, **more)
            return ANY
        shapes = self._choices(node, shape) if name == "if" else self._arguments(node, shape)
        is_old = not self.notes.expression.is_path and old_form(node)
        for id_, at, message, more in () if is_old else mistakes(node, shapes):
            self._report(id_, message, at if self.places.names(at) else node, **more)
        return result(name, shapes)

    def _choices(self, node: Node, shape: Shape) -> list[Shape]:
        """The arguments of `if()`: each is worked out only when those before it did not hold."""
        *pairs, otherwise = node["children"] or [None]
        refused: StepNames = frozenset()
        shapes: list[Shape] = []
        for condition, value in zip(pairs[::2], pairs[1::2], strict=False):
            truth = self._infer_guarded(refused, condition, shape)
            self._truth({**node, "children": [condition]}, truth, proved=refused)
            shapes += [truth, self._infer_guarded(refused | guards(condition), value, shape)]
            refused |= refusals(condition)
        last = [otherwise] if otherwise and len(pairs) % 2 == 0 else []
        return [*shapes, *(self._infer_guarded(refused, part, shape) for part in last)]

    def _arguments(self, node: Node, shape: Shape) -> list[Shape]:
        """The arguments of a function; `&expression` is of the items of the list beside it."""
        indexes = range(len(node["children"]))
        each = [index for index in indexes if self._is_of_items(node, index, shape)]
        shapes = {
            index: self._argument(node, index, shape) for index in indexes if index not in each
        }
        item = next(iter(shapes.values()), ANY).items
        shapes |= {index: self.visit(node["children"][index], item) for index in each}
        return [shapes[index] for index in indexes]

    def _is_of_items(self, node: Node, index: int, shape: Shape) -> bool:
        """Whether an argument is an `&expression`, or a field of the items that lacks its `&`."""
        argument = node["children"][index]
        is_bare = argument["type"] == "field" and argument["value"] not in shape.fields
        return argument["type"] == "expref" or (is_bare and takes_each(node["value"], index))

    def _argument(self, node: Node, index: int, shape: Shape) -> Shape:
        argument = node["children"][index]
        is_last = index == len(node["children"]) - 1
        nullable = node["value"] == "present" or (node["value"] in _FIRST_THERE and not is_last)
        return self._infer_guarded(
            steps_read(argument) if nullable else frozenset(), argument, shape
        )
