"""Whether a value that does not exist yet can be what a parameter takes: by sorts and forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import inf
from typing import Any

from msgspec.structs import replace

from sgeflow.core.checking.expressions.hints import sort_text
from sgeflow.core.language.mistakes.schema import validator
from sgeflow.core.language.mistakes.wording import show
from sgeflow.core.language.parameters import coerce
from sgeflow.core.language.quick_validation import quick_validator
from sgeflow.core.language.shapes import Shape, Sort, can_be_digits, shape_of_value, signs_of
from sgeflow.messages import Message, join_items, say, say_count, verbatim

_PLAIN = frozenset({Sort.TEXT, Sort.NUMBER, Sort.BOOLEAN})
# what is merely written differently is converted: a number becomes text, text a number
_NEVER: Mapping[str, frozenset[Sort]] = {
    "string": frozenset({Sort.LIST, Sort.OBJECT, Sort.BOOLEAN}),
    "number": frozenset({Sort.LIST, Sort.OBJECT, Sort.BOOLEAN}),
    "integer": frozenset({Sort.LIST, Sort.OBJECT, Sort.BOOLEAN}),
    "boolean": frozenset({Sort.LIST, Sort.OBJECT, Sort.NUMBER}),
    "array": _PLAIN | {Sort.OBJECT},
    "object": _PLAIN | {Sort.LIST},
}
_UNKNOWN = (Sort.ANY, Sort.XML, Sort.NULL)
_SHOWN = 3  # values that a message repeats
_SAMPLES: Mapping[str, tuple[str, ...]] = {  # as good as any
    "day": ("2025-06-15", "2031-12-31"),
    "instant": ("2025-06-15T10:00:00+02:00", "2025-06-15T08:00:00Z"),
    "run": ("3f41ac9b27d05e18", "3f41ac9b27d05e18.12"),
}
_FORMS = {"day": say("a day"), "instant": say("an instant"), "run": say("the id of a run")}


def misfits_of(shape: Shape, schema: Mapping[str, Any], *, is_each: bool) -> Iterator[Message]:
    """What a value is that is never valid; nothing when some value of this shape may be.

    With `is_each` all that are written out are given: they are told one by one.
    """
    if misfit := _misfit_of(shape, schema):
        yield misfit
    elif is_each:
        each = (replace(shape, written=(value,)) for value in shape.written)
        yield from filter(None, (_misfit_of(one, schema) for one in each))


def _misfit_of(shape: Shape, schema: Mapping[str, Any]) -> Message | None:
    """What a value is that is never valid; None when some value of this shape may be."""
    kind, choice = json_type(schema), _choice(schema)
    if shape.sort in _UNKNOWN:
        return None
    if shape.sort in _NEVER.get(kind, ()) or (choice and not kind and _is_no(shape, choice)):
        return _words_of(shape)
    if shape.sort is Sort.LIST:
        words = _misfit_of(shape.items, schema.get("items", {}))
        return words and say("a list of what is {words}", words=words)
    if shape.sort is Sort.OBJECT:
        return _misfit_of_fields(shape, schema)
    return None if _may_be_valid(shape, schema, kind) else _words_of(shape)


def json_type(schema: Mapping[str, Any]) -> str:
    """The type that a schema asks for, texts to choose from being texts; empty when it is open."""
    choice = _choice(schema)
    is_text = bool(choice) and all(isinstance(one, str) for one in choice)
    return str(schema.get("type") or ("string" if is_text else ""))


def _choice(schema: Mapping[str, Any]) -> Sequence[Any]:
    """The only values that a schema takes; none: it takes others."""
    return schema.get("enum") or ([schema["const"]] if "const" in schema else ())


def _misfit_of_fields(shape: Shape, schema: Mapping[str, Any]) -> Message | None:
    """What an object surely lacks, has too many, or has that does not fit."""
    known = schema.get("properties", {})
    lacking = [name for name in schema.get("required", ()) if name not in shape.fields]
    if lacking and not shape.is_open and not shape.partial.issuperset(lacking):
        return say('an object without "{name}"', name=lacking[0])
    for name, inner in shape.fields.items():
        if inner.may_lack or inner.sometimes:
            continue
        if name not in known and schema.get("additionalProperties") is False:
            return say('an object with "{name}"', name=name)
        if words := _misfit_of(inner, known.get(name, {})):
            return say('an object of which "{name}" is {words}', name=name, words=words)
    return None


def _may_be_valid(shape: Shape, schema: Mapping[str, Any], kind: str) -> bool:
    """Whether a text, a number or a truth value may be valid."""
    if values := shape.values or _SAMPLES.get(shape.form, ()):
        return any(_is_valid(value, schema) for value in values)
    if shape.sort is Sort.NUMBER:
        return kind != "string" or _takes_a_number(schema)
    return shape.sort is not Sort.TEXT or not shape.signs or _has_room(shape.signs, schema)


def _is_no(shape: Shape, choice: Sequence[Any]) -> bool:
    """Whether a value is none of those to choose from, which are of other sorts."""
    return all(shape_of_value(one).sort is not shape.sort for one in choice)


def _is_valid(value: Any, schema: Mapping[str, Any]) -> bool:
    value = coerce(value, schema)
    return quick_validator(schema)(value) or validator(schema).is_valid(value)


def _takes_a_number(schema: Mapping[str, Any]) -> bool:
    """Whether a text of this form may be a number that was written down: no day is one."""
    if choice := _choice(schema):
        numbers = (coerce(one, {"type": "number"}) for one in choice if isinstance(one, str))
        return any(shape_of_value(one).sort is Sort.NUMBER for one in numbers)
    return "format" not in schema and can_be_digits(schema.get("pattern", ""))


def _has_room(signs: tuple[int, int], schema: Mapping[str, Any]) -> bool:
    """Whether so many letters and digits, and nothing else, may fit: days have signs between."""
    if choice := _choice(schema):
        return any(signs[0] <= len(str(one)) <= signs[1] for one in choice)
    if json_type(schema) == "boolean":
        return signs[0] <= len("false") and signs[1] >= len("true")
    least, most = signs_of(schema.get("pattern", "")) or (0, inf)
    least = max(least, schema.get("minLength", 0))
    most = min(most, schema.get("maxLength", inf))
    return "format" not in schema and signs[0] <= most and least <= signs[1]


def _words_of(shape: Shape) -> Message:
    """What a value is, as far as that decides what it can be given to."""
    if len(shape.written) > _SHOWN:
        more = len(shape.written) - 1
        others = say_count("{count} other value", "{count} other values", count=more)
        return say("{value} or {others}", value=show(shape.written[0]), others=others)
    if shape.values:
        return join_items([*map(show, shape.written)] or shape.allowed, between=say(" or "))
    if shape.signs:
        least, most = shape.signs
        count = str(least) if least == most else f"{least}-{most}"
        return say("a text of {count} letters and digits", count=count)
    return verbatim(_FORMS.get(shape.form) or sort_text(shape))
