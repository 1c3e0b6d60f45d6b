"""Whether a value that does not exist yet can be what a parameter takes: by sorts and forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sgeflow.core.checking.expressions.hints import sort_text
from sgeflow.core.language.parameters import coerce
from sgeflow.core.language.quick_yes import text_check
from sgeflow.core.language.shapes import Shape, Sort, signs_of
from sgeflow.messages import Message, join_items, say, verbatim
from sgeflow.patterns import regex

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
_NUMBER = regex(r"-?\d+(\.\d+)?")
_TEXTS = {  # as good as any
    "day": ("2025-06-15", "2031-12-31"),
    "instant": ("2025-06-15T10:00:00+02:00",),
}


def can_fit(shape: Shape, schema: Mapping[str, Any]) -> bool:
    """Whether some value of this shape may be valid; False when none ever is."""
    if shape.sort in _NEVER.get(json_type(schema), ()):
        return False
    if shape.sort is Sort.LIST:
        return can_fit(shape.items, schema.get("items", {}))
    if shape.sort is Sort.NUMBER:
        return json_type(schema) != "string" or _takes_a_number(schema)
    if shape.sort is not Sort.TEXT:
        return True
    texts = shape.allowed or _TEXTS.get(shape.time, ())
    if shape.time == "instant" and json_type(schema) == "string":
        return schema.get("format") != "date"
    if shape.signs and not _has_room(shape.signs, schema):
        return False
    return not texts or any(_is_valid(text, schema) for text in texts)


def _takes_a_number(schema: Mapping[str, Any]) -> bool:
    """Whether a text of this form may be a number that was written down: no day is one."""
    if schema.get("format") in ("date", "date-time"):
        return False
    choice = schema.get("enum")
    return not choice or any(isinstance(one, str) and _NUMBER.fullmatch(one) for one in choice)


def _has_room(signs: tuple[int, int], schema: Mapping[str, Any]) -> bool:
    """Whether so many letters and digits, and nothing else, may fit: days have signs between."""
    if schema.get("format") in ("date", "date-time"):
        return False
    least, most = signs_of(schema.get("pattern", "")) or signs
    return signs[0] <= most and least <= signs[1]


def words_of_fit(shape: Shape) -> Message:
    """What a value is, as far as that decides what it can be given to."""
    if shape.allowed:
        return join_items(shape.allowed, between=say(" or "))
    if shape.signs:
        least, most = shape.signs
        count = str(least) if least == most else f"{least}-{most}"
        return say("a text of {count} letters and digits", count=count)
    return verbatim(_TIMES.get(shape.time) or sort_text(shape))


_TIMES = {"day": say("a day"), "instant": say("an instant")}


def json_type(schema: Mapping[str, Any]) -> str:
    """The type that a schema asks for, texts to choose from being texts; empty when it is open."""
    texts = schema.get("enum", ())
    is_choice = bool(texts) and all(isinstance(text, str) for text in texts)
    return str(schema.get("type") or ("string" if is_choice else ""))


def _is_valid(text: str, schema: Mapping[str, Any]) -> bool:
    """Whether a text has the form of a schema, or is converted to what is no text."""
    kind = json_type(schema)
    if kind in ("boolean", "integer", "number"):
        return not isinstance(coerce(text, schema), str)
    if kind != "string":
        return True
    return text in schema.get("enum", [text]) and text_check(schema)(text)
