"""Checks calls of functions before anything runs, and infers the shapes of their results."""

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from typing import Any

from jmespath.functions import Functions
from msgspec.structs import replace

from sgeflow.core.checking.expressions.hints import equality_slip, sort_text
from sgeflow.core.language import dates
from sgeflow.core.language.expression import SORTS, Node
from sgeflow.core.language.function_facts import (
    CONSTANT_CHECKS,
    RESULT_SHAPES,
    is_known,
    signatures,
)
from sgeflow.core.language.functions import added_names
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.mistakes.wording import redate, redelay
from sgeflow.core.language.shapes import (
    ANY,
    Shape,
    Sort,
    join,
    known_in,
    list_of,
    no_such,
    object_of,
    union_of,
)
from sgeflow.core.language.unparse import unparse
from sgeflow.errors import Id
from sgeflow.messages import Message, exception_text, join_items, say, say_count

CallFault = tuple[Node, Message, str, str]  # place, message, note, suggestion
CallMistake = tuple[Id, Node, Message, dict[str, Any]]  # id, place, message, more of the problem

SIGNATURES = signatures()
_JMESPATH = Functions.FUNCTION_TABLE.keys()
_LIKE = 0.65  # names of functions are short: `range` is not a misspelt `merge`
_FITS = {
    Sort.TEXT: {"string"},
    Sort.NUMBER: {"number"},
    Sort.BOOLEAN: {"boolean"},
    Sort.OBJECT: {"object"},
    Sort.NULL: {"null"},
    Sort.XML: {"string", "object", "array", "array-string", "null"},
}
_ITEMS = {"array-number": (Sort.NUMBER,), "array-string": (Sort.TEXT, Sort.XML)}
_WORDS = {
    **SORTS,
    "array-number": say("a list of numbers"),
    "array-string": say("a list of texts"),
    "expref": say("an &expression"),
}
_MANY = {
    Sort.TEXT: say("texts"),
    Sort.NUMBER: say("numbers"),
    Sort.BOOLEAN: say("true or false"),
    Sort.OBJECT: say("objects"),
    Sort.XML: say("texts from the service"),
    Sort.ANY: say("anything"),
    Sort.NULL: say("nothing"),
}
_SAME = {"having", "among", "one_each", "valid_on", "sort_by", "sort", "reverse"}
_NEAR: dict[Callable[[Any], object], Callable[[Any], str]] = {
    dates.parse_duration: redelay,
    dates.civil_date: redate,
}
_ONE = {"max", "min", "max_by", "min_by"}


def unknown_function(
    name: str, run: Shape, *, is_path: bool
) -> tuple[Message, dict[str, Any]] | None:
    """The problem of an unknown function, or None; a path through a reply has only JMESPath's own.

    If `run` has a value of that name, as in `today()`, the value was meant.
    """
    known = set(_JMESPATH)
    try:
        if name in known or (not is_path and is_known(name)):
            return None
    except ValueError as error:
        return exception_text(error), {}
    if not is_path:
        known = {*SIGNATURES, *added_names()}
    is_ours, is_of_run = name in SIGNATURES, name in run.fields
    note = say("a path through a reply can use only JMESPath's own functions") if is_ours else ""
    near = "" if is_ours else closest(name, known, _LIKE)
    if is_of_run:
        note, near = say("it is a value: write it without ( )"), f"run.{name}"
    message = say('unknown function "{name}"', name=name)
    return message, {
        "allowed": tuple(sorted(known - (set() if is_path else {"not_null"}))),
        "allowed_label": "functions",
        "suggestion": near,
        "note": note,
    }


def mistakes(node: Node, shapes: Sequence[Shape]) -> Iterator[CallMistake]:
    """Problems of the arguments of a known function, and of comparisons that are never true."""
    for at, message, note, near in _faults(node, shapes):
        yield Id.FUNCTION, at, message, {"note": note, "suggestion": near}
    yield from _comparisons(node, shapes)


def _faults(node: Node, shapes: Sequence[Shape]) -> Iterator[CallFault]:
    """Problems of the arguments of a known function: too many, too few, of a wrong type."""
    name, arguments = node["value"], node["children"]
    types, many = SIGNATURES[name]
    count, least = len(arguments), len(types)
    if count < least or (count > least and not many):
        values = say_count("{count:,} value", "{count:,} values", count=least)
        expectation = say("at least {values}", values=values) if many else values
        message = say(
            "{name}() takes {wanted}, not {seen}", name=name, wanted=expectation, seen=count
        )
        yield node, message, "", ""
        return
    if name == "if" and count % 2 == 0:
        message = say("if() takes one value for each condition, and one more if none is true")
        yield node, message, say("write if(condition, a, b), or if(c1, a, c2, b, otherwise)"), ""
        return
    for index, (argument, shape) in enumerate(zip(arguments, shapes, strict=True)):
        allowed = types[min(index, least - 1)]
        is_each = argument["type"] == "expref"
        if is_each != ("expref" in allowed):
            sort: str = say("an &expression") if is_each else say("a value")
            expectation = say("an &expression") if "expref" in allowed else say("a value")
            word = str(argument.get("value")) if argument["type"] in ("field", "literal") else ""
            field = word if word.isidentifier() else say("field")
            note = "" if is_each else say("write &{field}", field=field)
            yield argument, _here(name, expectation, sort), note, ""
        elif not is_each and not _fits(shape, allowed):
            expectation = join_items((_WORDS.get(k, k) for k in allowed), between=say(" or "))
            sort = sort_text(shape)
            if shape.sort is Sort.LIST and "array" not in allowed:
                sort = say("a list of {items}", items=_MANY.get(shape.items.sort, say("lists")))
            yield argument, _here(name, expectation, sort), _remedy(shape, allowed), ""
        elif reads_text := CONSTANT_CHECKS.get(name, {}).get(index):
            for literal in _literals(argument):
                try:
                    reads_text(literal["value"])
                except ValueError as error:
                    near = _NEAR[reads_text](literal["value"]) if reads_text in _NEAR else ""
                    yield literal, exception_text(error), "", f"'{near}'" if near else ""
    if name == "contains":
        yield from _check_contains(node, *shapes)
    is_sum = name == "sum_by" and arguments[1]["type"] == "expref"
    if is_sum and shapes[1].sort not in (Sort.NUMBER, Sort.ANY):
        yield arguments[1], say("sum_by() adds numbers"), _remedy(shapes[1], ("number",)), ""


def _check_contains(node: Node, whole: Shape, part: Shape) -> Iterator[CallFault]:
    """The problem of a `contains()` that can never find such a part in such a value."""
    there, other = node["children"]
    is_written = other["type"] == "multi_select_list"
    if whole.sort in (Sort.TEXT, Sort.XML) and part.sort is Sort.LIST:
        parts = [there, *other["children"]] if is_written else [other, there]
        turned = f"{'one_of' if is_written else 'contains'}({', '.join(map(unparse, parts))})"
        note = say("the list comes first")
        yield other, _here("contains", say("text"), sort_text(part)), note, turned
    elif whole.sort in (Sort.TEXT, Sort.XML) and not _fits(part, ("string",)):
        yield other, _here("contains", say("text"), sort_text(part)), "", ""
    has_lists = whole.items.sort in (Sort.LIST, Sort.ANY, Sort.XML)
    if whole.sort is part.sort is Sort.LIST and not has_lists:
        is_one = is_written and len(other["children"]) == 1
        meant = f"contains({unparse(there)}, {unparse(other['children'][0])})" if is_one else ""
        yield other, _here("contains", say("a value"), sort_text(part)), "", meant


def takes_each(name: str, index: int) -> bool:
    """Whether an argument of a function is an `&expression` over the items of the list argument."""
    types, _ = SIGNATURES.get(name, ((), False))
    return index < len(types) and "expref" in types[index]


def _comparisons(node: Node, shapes: Sequence[Shape]) -> Iterator[CallMistake]:
    """Problems of comparisons in `one_of()` and `having()` that are never true."""
    name, arguments = node["value"], node["children"]
    if name == "one_of":
        for argument, shape in zip(arguments[1:], shapes[1:], strict=True):
            yield from _compare(argument, (arguments[0], argument), (shapes[0], shape))
    if name == "having" and len(arguments) > 1 and shapes[1].sort is Sort.OBJECT:
        item = shapes[0].items
        pairs = {pair.get("value"): pair for pair in arguments[1]["children"]}
        for field, condition in shapes[1].fields.items():
            at = pairs.get(field, node)
            if item.sort is Sort.OBJECT and not item.is_open and field not in item.fields:
                names = tuple(item.fields)
                more = {
                    "allowed": names,
                    "allowed_label": known_in(item.origin),
                    "suggestion": closest(field, names),
                }
                yield Id.UNKNOWN_FIELD, at, no_such(field, item.origin), more
                continue
            value = condition.items if condition.sort is Sort.LIST else condition
            field_shape = item if item.sort is Sort.XML else item.fields.get(field, ANY)
            yield from _compare(at, (node, *at.get("children", [node])), (field_shape, value))


def _compare(at: Node, parts: Sequence[Node], shapes: tuple[Shape, Shape]) -> Iterator[CallMistake]:
    if wrong := equality_slip(parts, *shapes):
        message, note = wrong
        yield Id.EVALUATION, at, message, {"note": note}


def _literals(node: Node) -> Iterator[Node]:
    """The constants of an argument: the argument itself, or the choices of an `if()`."""
    if node["type"] == "literal":
        yield node
    elif node["type"] == "function_expression" and node["value"] == "if":
        *pairs, otherwise = node["children"]
        for part in (*pairs[1::2], otherwise):
            yield from _literals(part)


def result(name: str, shapes: Sequence[Shape]) -> Shape:
    """The shape of a function's result for arguments of these shapes."""
    if name in RESULT_SHAPES:
        return RESULT_SHAPES[name]
    if not shapes:
        return ANY
    if name in _SAME:  # a reversed text is another text
        return replace(shapes[0], allowed=(), written=(), form="")
    if name in _ONE:
        return shapes[0].items
    shape_of_call = _MADE.get(name)
    if shape_of_call is None or len(shapes) < len(SIGNATURES[name][0]):
        return ANY
    return shape_of_call(shapes)


_MADE: dict[str, Callable[[Sequence[Shape]], Shape]] = {
    "default": lambda shapes: reduce(join, shapes),
    "not_null": lambda shapes: reduce(join, shapes),
    "if": lambda shapes: reduce(join, [*shapes[1:-1:2], shapes[-1]]),
    "merge": lambda shapes: reduce(union_of, shapes),
    "map": lambda shapes: list_of(shapes[0]),
    "group_by": lambda s: list_of(object_of({"key": s[1], "items": s[0]}, "group_by()")),
    "to_array": lambda s: s[0] if s[0].sort is Sort.LIST else list_of(s[0]),
}


def _fits(shape: Shape, allowed: Sequence[str]) -> bool:
    if shape.sort is Sort.ANY or not allowed:
        return True
    if shape.sort is not Sort.LIST:
        return bool(_FITS[shape.sort].intersection(allowed))
    if "array" in allowed or shape.items.sort is Sort.ANY:
        return any(kind.startswith("array") for kind in allowed)
    return any(shape.items.sort in _ITEMS.get(kind, ()) for kind in allowed)


def _here(name: str, expectation: str, sort: str) -> Message:
    return say("{name}() takes {wanted}, not {seen}", name=name, wanted=expectation, seen=sort)


def _remedy(shape: Shape, allowed: Sequence[str]) -> str:
    is_text = Sort.XML in (shape.sort, shape.items.sort) or shape.sort is Sort.TEXT
    if is_text and not {"number", "array-number"}.isdisjoint(allowed):
        return say("the service returns text: convert it with to_number(…)")
    return ""
