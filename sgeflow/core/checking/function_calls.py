"""Whether a function is called rightly, and what it gives, before anything runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

from sgeflow.core.language.functions import LITERALS, RESULTS, signatures
from sgeflow.core.language.shapes import ANY, Shape, Sort, joined, list_of, object_of
from sgeflow.messages import Said, counted, listed, say, why

Node = Mapping[str, Any]
Fault = tuple[Node, Said, str]  # the node that it stands at, the message, the note

SIGNATURES = signatures()
_FITS = {
    Sort.TEXT: {"string"},
    Sort.NUMBER: {"number"},
    Sort.BOOLEAN: {"boolean"},
    Sort.OBJECT: {"object"},
    Sort.NULL: {"null"},
    Sort.XML: {"string", "object", "array", "array-string", "null"},
}
_ITEMS = {"array-number": Sort.NUMBER, "array-string": Sort.TEXT}
_WORDS = {
    "string": say("text"),
    "number": say("a number"),
    "boolean": say("true or false"),
    "array": say("a list"),
    "object": say("an object"),
    "null": say("nothing"),
    "array-number": say("a list of numbers"),
    "array-string": say("a list of texts"),
    "expref": say("an &expression"),
}
_SORTS = {
    Sort.TEXT: say("text"),
    Sort.NUMBER: say("a number"),
    Sort.BOOLEAN: say("true or false"),
    Sort.LIST: say("a list"),
    Sort.OBJECT: say("an object"),
    Sort.NULL: say("nothing"),
    Sort.XML: say("text from SGE"),
}
_MANY = {
    Sort.TEXT: say("texts"),
    Sort.NUMBER: say("numbers"),
    Sort.BOOLEAN: say("true or false"),
    Sort.OBJECT: say("objects"),
    Sort.XML: say("texts from SGE"),
    Sort.ANY: say("anything"),
    Sort.NULL: say("nothing"),
}
_SAME = {"having", "among", "one_each", "valid_on", "sort_by", "sort", "reverse"}
_ONE = {"earliest", "latest", "max", "min", "max_by", "min_by"}


def faults(node: Node, shapes: Sequence[Shape]) -> Iterator[Fault]:
    """What is wrong with the arguments of a known function: too many, too few, of a wrong sort."""
    name, arguments = node["value"], node["children"]
    types, many = SIGNATURES[name]
    count, least = len(arguments), len(types)
    if count < least or (count > least and not many):
        values = counted("{count} value", "{count} values", count=least)
        wanted = say("at least {values}", values=values) if many else values
        message = say("{name}() takes {wanted}, not {seen}", name=name, wanted=wanted, seen=count)
        yield node, message, ""
        return
    for index, (argument, shape) in enumerate(zip(arguments, shapes, strict=True)):
        allowed = types[min(index, least - 1)]
        is_each = argument["type"] == "expref"
        if is_each != ("expref" in allowed):
            seen = say("an &expression") if is_each else say("a value")
            wanted = say("an &expression") if "expref" in allowed else say("a value")
            note = "" if is_each else say("write &field")
            yield argument, _here(name, wanted, seen), note
        elif not is_each and not _fits(shape, allowed):
            yield argument, _unfit(name, allowed, shape), _remedy(shape, allowed)
        elif argument["type"] == "literal" and index in LITERALS.get(name, {}):
            yield from _misread(name, index, argument)
    if name == "sum_by" and shapes[1].sort not in (Sort.NUMBER, Sort.ANY):
        yield arguments[1], say("sum_by() adds numbers"), _remedy(shapes[1], ("number",))


def _misread(name: str, index: int, argument: Node) -> Iterator[Fault]:
    """A text that is written out, and that the function will not be able to read."""
    try:
        LITERALS[name][index](argument["value"])
    except ValueError as error:
        yield argument, why(error), ""


def result(name: str, shapes: Sequence[Shape]) -> Shape:
    """What a function gives for arguments of these shapes."""
    if name in RESULTS:
        return RESULTS[name]
    if not shapes:
        return ANY
    if name in _SAME:  # a text that is reversed is another
        return replace(shapes[0], allowed=())
    if name in _ONE:
        return shapes[0].items
    made = _MADE.get(name)
    return made(shapes) if made and len(shapes) >= len(SIGNATURES[name][0]) else ANY


def _grouped(shapes: Sequence[Shape]) -> Shape:
    return list_of(object_of({"key": shapes[1], "items": shapes[0]}, "group_by()"))


def _any_of(shapes: Sequence[Shape]) -> Shape:
    return reduce(joined, shapes)


_MADE: dict[str, Callable[[Sequence[Shape]], Shape]] = {
    "default": _any_of,
    "not_null": _any_of,
    "merge": _any_of,
    "map": lambda shapes: list_of(shapes[0]),
    "group_by": _grouped,
    "to_array": lambda s: s[0] if s[0].sort is Sort.LIST else list_of(s[0]),
}


def _fits(shape: Shape, allowed: Sequence[str]) -> bool:
    if shape.sort is Sort.ANY or not allowed:
        return True
    if shape.sort is not Sort.LIST:
        return bool(_FITS[shape.sort].intersection(allowed))
    if "array" in allowed or shape.items.sort is Sort.ANY:
        return any(kind.startswith("array") for kind in allowed)
    return any(shape.items.sort in (_ITEMS[k], _like(_ITEMS[k])) for k in allowed if k in _ITEMS)


def _like(sort: Sort) -> Sort:
    return Sort.XML if sort is Sort.TEXT else sort


def _unfit(name: str, allowed: Sequence[str], shape: Shape) -> Said:
    wanted = listed((_WORDS.get(kind, kind) for kind in allowed), between=say(" or "))
    seen = _SORTS[shape.sort]
    if shape.sort is Sort.LIST and "array" not in allowed:
        seen = say("a list of {items}", items=_MANY.get(shape.items.sort, say("lists")))
    return _here(name, wanted, seen)


def _here(name: str, wanted: str, seen: str) -> Said:
    return say("{name}() takes {wanted} here, not {seen}", name=name, wanted=wanted, seen=seen)


def _remedy(shape: Shape, allowed: Sequence[str]) -> str:
    textual = Sort.XML in (shape.sort, shape.items.sort) or shape.sort is Sort.TEXT
    numbers = {"number", "array-number"}.intersection(allowed)
    return (
        say("what SGE answers is text: to_number(…) makes a number of it")
        if textual and numbers
        else ""
    )
