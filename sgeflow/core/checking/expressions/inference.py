"""Infers the shape of an expression's value, and checks that every name in it exists.

A misspelt field must be an error with a suggestion, never a silent null. So the shape of every root
(inputs, the outputs of earlier steps, the environment) is known, and each expression is evaluated
over those shapes.

JMESPath has several forms for one meaning, and some are silently wrong: in ``(c && `false`) ||
`true` `` the result is always true. A form is refused if a plainer one exists.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from sgeflow.core.checking.expressions.function_calls import (
    mistakes,
    result,
    takes_each,
    unknown_function,
)
from sgeflow.core.checking.expressions.hints import (
    equality_slip,
    guard_of,
    is_brackets,
    is_truth,
    lacking,
    list_slip,
    no_field,
    nothing_to_order,
    order_slip,
    sort_text,
    untrue,
)
from sgeflow.core.checking.expressions.known import (
    Known,
    StepNames,
    steps_read,
    steps_run_if_false,
    steps_run_if_true,
    suggested_names,
)
from sgeflow.core.checking.identity_cache import cache_by_identity
from sgeflow.core.language.expression import Expression, Node, compile_expression
from sgeflow.core.language.shapes import (
    ANY,
    BOOLEAN,
    XML,
    Shape,
    Sort,
    join,
    list_of,
    object_of,
    shape_of_value,
)
from sgeflow.core.language.template import Template
from sgeflow.core.language.unparse import Places, nodes
from sgeflow.errors import Id, InvalidDocuments, Problem
from sgeflow.messages import Message, say
from sgeflow.patterns import regex

_BACKTICKS = regex(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`((?:[^`\\]|\\.)*)`", re.DOTALL)
_JOINED = {"and_expression", "or_expression"}
_THREE = 3  # the list, the &expression, and the compared value


def _has_bare_form(value: Any) -> bool:
    """Whether a constant can be written without backticks."""
    if isinstance(value, dict):
        return bool(value) and all(map(_has_bare_form, value.values()))
    if isinstance(value, list):
        return bool(value) and all(map(_has_bare_form, value))
    if isinstance(value, str):
        return value.isprintable()  # a line break needs backticks
    return not isinstance(value, float)


def _old_form(node: Node) -> Message | None:
    """Why a part of an expression is refused, with its plainer form; None for an accepted part."""
    kind, children = node["type"], node.get("children", ())
    if kind in _JOINED:
        literals = [child["value"] for child in children if child["type"] == "literal"]
        if any(isinstance(value, bool) for value in literals):
            return say("&& and || with true or false have no effect")
    if kind != "function_expression":
        return None
    name = node["value"]
    if name == "not_null":
        return say("for the first present value: default(a, b, …)")
    called = [child["value"] for child in children if child["type"] == "function_expression"]
    if name == "default" and "default" in called:
        return say("default() gives the first of its values that is present")
    if name == "having" and len(children) == _THREE:
        return say("having() takes a list and the fields that are wanted: {{field: value}}")
    each = children[1] if name == "among" and len(children) == _THREE else None
    if each and each["type"] == "expref" and each["children"][0]["type"] == "field":
        return say("fields are named in an object: having(list, {{field: values}})")
    if name == "contains" and children and _is_constant_list(children[0]):
        return say("for one of several values: one_of(value, 'a', 'b')")
    return None


def _is_constant_list(node: Node) -> bool:
    if node["type"] == "multi_select_list":
        return all(child["type"] == "literal" for child in node["children"])
    return node["type"] == "literal" and isinstance(node["value"], list) and bool(node["value"])


@cache_by_identity
def _old_forms(expression: Expression) -> tuple[Problem, ...]:
    """Problems of the parts of an expression that have a plainer form.

    Problems of `&&` and `||` between values that are not true or false come from the walk, which
    knows the shapes.
    """
    forms = []
    for match in _BACKTICKS.finditer(expression.text) if "`" in expression.text else ():
        if match[1] is not None and _has_bare_form(json.loads(match[1].replace("\\`", "`"))):
            at = expression.spot.at(match.start(), len(match[0]))
            forms.append((at, say("write it without backticks")))
    places = Places(expression)
    forms += [
        (places.of(node), words)
        for node in nodes(expression.syntax_tree)
        if (words := _old_form(node))
    ]
    return tuple(Problem(id=Id.PLAIN_FORM, message=words, at=at) for at, words in forms)


_FIRST_THERE = {"default", "not_null"}  # all values but the last may be null
_NONE: StepNames = frozenset()
_NOT_LISTS = (Sort.TEXT, Sort.NUMBER, Sort.BOOLEAN)


class _ShapeWalk:
    """Visits each node of the syntax tree with the shape of the value that it is applied to."""

    def __init__(self, expression: Expression, known: Known) -> None:
        self.is_path = expression.is_path
        self.outside = Shape(Sort.OBJECT, fields=known.roots, is_open=False, origin="")
        self.known = known
        self.places = Places(expression)
        self.guarded = known.ran
        self.problems: list[Problem] = []
        self.untrue: list[Problem] = []  # of values beside `&&` and `||` that are not true or false

    def visit(self, node: Node, shape: Shape) -> Shape:
        """The shape that a node makes of this shape."""
        method: Callable[[Node, Shape], Shape] = getattr(self, f"_{node['type']}")
        return method(node, shape)

    def _report(self, id_: Id, message: Message, node: Node, **more: Any) -> None:
        self.problems.append(Problem(id=id_, message=message, at=self.places.of(node), **more))

    # -- names ------------------------------------------------------------------------------------

    def _field(self, node: Node, shape: Shape) -> Shape:
        name = node["value"]
        if node.get("is_outside"):
            if shape is self.outside:
                self._report(Id.PLAIN_FORM, say("outside a filter, write it without $"), node)
            shape = self.outside
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
        for id_, message, more in no_field(
            node["value"],
            shape,
            self.known,
            quoted=self.places.is_quoted(node),
            of_item=not self.places.is_after_dot(node),
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
        # JMESPath binds ! more tightly than the dot: !a.b is the field b of !a, which is always
        # null
        note = say("write !(…) around the whole path")
        self._report(Id.EXPRESSION, say("! applies to the next name only"), first, note=note)
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
            note = say("test a list with empty(list)")
            self._report(Id.EXPRESSION, say("[] is not a list here"), node, note=note)
            return BOOLEAN
        left, right = (self.visit(child, shape) for child in node["children"])
        parts = node["children"]
        is_equality = node["value"] in {"eq", "ne"}
        if is_equality:
            slip = equality_slip(parts, left, right)
        else:
            slip = order_slip(parts, left, right, is_path=self.is_path)
        if slip:
            self._report(Id.EVALUATION, slip[0], node, note=slip[1])
        elif not is_equality and not self.is_path:
            for part, operand in zip(parts, (left, right), strict=True):
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
        proved = steps_run_if_false(left)
        second = self._infer_guarded(proved, right, shape)
        return self._truth(node, first, second, proved=proved) or join(first, second)

    def _and_expression(self, node: Node, shape: Shape) -> Shape:
        left, right = node["children"]
        first = self.visit(left, shape)
        proved = steps_run_if_true(left)
        second = self._infer_guarded(proved, right, shape)
        return self._truth(node, first, second, proved=proved) or ANY

    def _not_expression(self, node: Node, shape: Shape) -> Shape:
        self._truth(node, self.visit(node["children"][0], shape))
        return BOOLEAN

    def _truth(self, node: Node, *shapes: Shape, proved: StepNames = _NONE) -> Shape | None:
        """Check that parts are true or false; paths of a reply follow JMESPath's own truth.

        `proved` are the steps that have run when the last part is evaluated.
        """
        if self.is_path:
            return None
        result: Shape | None = BOOLEAN
        is_old = node["type"] in _JOINED and not all(map(is_truth, shapes))
        for child, shape in zip(node["children"], shapes, strict=True):
            guarded = self.guarded | (proved if child is node["children"][-1] else _NONE)
            if is_truth(shape):
                slip = lacking(child, shape, guarded)
            else:
                slip = untrue(node["type"], shape)
            if slip:
                at = self.places.of(child)
                problem = Problem(id=Id.NOT_BOOLEAN, message=slip[0], at=at, note=slip[1])
                (self.untrue if is_old else self.problems).append(problem)
                result = None
        return result

    def _infer_guarded(self, names: StepNames, node: Node, shape: Shape) -> Shape:
        """The shape of a part that is evaluated only if these steps ran, or may be null otherwise.

        A misspelt name before the part also proves the step that it resembles.
        """
        outside, self.guarded = self.guarded, self.guarded | names | suggested_names(self.problems)
        inner = self.visit(node, shape)
        self.guarded = outside
        return inner

    # -- functions --------------------------------------------------------------------------------

    def _expref(self, node: Node, shape: Shape) -> Shape:
        return self.visit(node["children"][0], shape)

    def _function_expression(self, node: Node, shape: Shape) -> Shape:
        name = node["value"]
        run = self.known.roots.get("run", ANY)
        if unknown := unknown_function(name, run, is_path=self.is_path):
            message, more = unknown
            self._report(Id.FUNCTION, message, node, **more)
            return ANY
        shapes = self._choices(node, shape) if name == "if" else self._arguments(node, shape)
        if self.is_path or not _old_form(node):
            for id_, at, message, more in mistakes(node, shapes):
                self._report(id_, message, at if self.places.names(at) else node, **more)
        return result(name, shapes)

    def _choices(self, node: Node, shape: Shape) -> list[Shape]:
        """The shapes of `if()`'s choices; each needs the conditions before it to be false."""
        *pairs, otherwise = node["children"] or [None]
        refused: StepNames = frozenset()
        shapes: list[Shape] = []
        for condition, value in zip(pairs[::2], pairs[1::2], strict=False):
            truth = self._infer_guarded(refused, condition, shape)
            self._truth({**node, "children": [condition]}, truth, proved=refused)
            shapes += [
                truth,
                self._infer_guarded(refused | steps_run_if_true(condition), value, shape),
            ]
            refused |= steps_run_if_false(condition)
        last = [otherwise] if otherwise and len(pairs) % 2 == 0 else []
        return [*shapes, *(self._infer_guarded(refused, part, shape) for part in last)]

    def _arguments(self, node: Node, shape: Shape) -> list[Shape]:
        """The shapes of a function's arguments; an `&expression` applies to the items of the list.

        A field of the items without its `&` counts as an `&expression`.
        """
        name, arguments = node["value"], node["children"]
        shapes: dict[int, Shape] = {}
        of_items = []
        for index, argument in enumerate(arguments):
            is_bare = argument["type"] == "field" and argument["value"] not in shape.fields
            is_bare = is_bare and not argument.get("is_outside")
            if argument["type"] == "expref" or (is_bare and takes_each(name, index)):
                of_items.append(index)
                continue
            is_last = index == len(arguments) - 1
            may_be_null = name == "present" or (name in _FIRST_THERE and not is_last)
            guarded = steps_read(argument) if may_be_null else _NONE
            shapes[index] = self._infer_guarded(guarded, argument, shape)
        item = next(iter(shapes.values()), ANY).items
        shapes |= {index: self.visit(arguments[index], item) for index in of_items}
        return [shapes[index] for index in range(len(arguments))]


def infer(expression: Expression, known: Known) -> tuple[Shape, list[Problem]]:
    """The shape of an expression's value for known roots, and every mistake in the expression."""
    walk = _ShapeWalk(expression, known)
    shape = walk.visit(expression.syntax_tree, walk.outside)
    if not expression.is_path:
        walk.problems += walk.untrue[:1] or _old_forms(expression)[:1]
    return shape, walk.problems


def shape_over(data: Shape, expression: Expression) -> tuple[Shape, list[Problem]]:
    """The shape of a path's value in data, and every mistake in the path."""
    walk = _ShapeWalk(expression, Known({}))
    return walk.visit(expression.syntax_tree, data), walk.problems


def check_condition(
    expression: Expression, known: Known, message: Message | None = None
) -> list[Problem]:
    """Problems of an expression that must be true or false, and so may not be null.

    `message` replaces the message about a condition of a flow.
    """
    shape, problems = infer(expression, known)
    at = expression.spot.at(0, len(expression.text))
    if slip := lacking(expression.syntax_tree, shape, known.ran):
        problems.append(Problem(id=Id.NOT_BOOLEAN, message=slip[0], at=at, note=slip[1]))
    if not is_truth(shape):
        note = "" if message else say("compare it: … == 'value', present(…), !empty(…)")
        sort = sort_text(shape)
        message = message or say("a condition must be true or false, not {seen}", seen=sort)
        problems.append(Problem(id=Id.NOT_BOOLEAN, message=message, at=at, note=note))
    return problems


_PATH = regex(r"([A-Za-z_]\w*)[.\[(]\S.*")
_WRAPPED = regex(r"(?:\{\{|\$\(|\{|<%|%\{)\s*(.+?)\s*(?:\}\}|\)|\}|%>)")
_NESTED = (Sort.LIST, Sort.OBJECT)


def braceless(template: Template, known: Known) -> list[Problem]:
    """Report a text that has the form of an expression over known names, but lacks its `${…}`."""
    text = template.written
    if template.children is not None or template.parts or not isinstance(text, str):
        return []
    wrapped = _WRAPPED.fullmatch(text.strip())
    inner = wrapped[1] if wrapped else text.strip()
    if not _PATH.fullmatch(inner):
        return []
    try:
        expression = compile_expression(inner)
    except InvalidDocuments:
        return []
    reads_nothing = known.roots.keys().isdisjoint(re.findall(r"\b[a-z]\w*", inner))
    if reads_nothing or infer(expression, known)[1]:
        return []
    problem = Problem(
        id=Id.BRACES,
        message=say("an expression without ${{ }} is text"),
        at=template.spot.at(),
        note=say("write a computed value in ${{…}}"),
        suggestion=f"${{{inner}}}",
    )
    return [problem]


def is_said(template: Template, known: Known) -> bool:
    """Whether a value is a literal that is meant as one."""
    is_constant = template.is_constant and template.evaluate({}) is not None
    return is_constant and not braceless(template, known)


def check_nesting(template: Template, shapes: list[Shape]) -> list[Problem]:
    """Report lists and objects within a text, which cannot contain them."""
    return [
        Problem(
            id=Id.EVALUATION,
            message=say("{sort} cannot be part of a text", sort=words),
            at=expression.spot.at(0, len(expression.text)),
            note=say("name what of it is meant, or join(', ', …)"),
        )
        for expression, shape in zip(template.expressions(), shapes, strict=True)
        if shape.sort in _NESTED
        for words in [say("a list") if shape.sort is Sort.LIST else say("an object")]
    ]
