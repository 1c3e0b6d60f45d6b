"""Whether a value that does not exist yet can be what a parameter takes: by sorts and forms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sgeflow.core.checking.expressions.hints import sort_text
from sgeflow.core.language.quick_yes import text_check
from sgeflow.core.language.shapes import Shape, Sort
from sgeflow.messages import Message, join_items, say, verbatim

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


_DAYS = ("2025-06-15", "2031-12-31")  # days, as good as any


def can_fit(shape: Shape, schema: Mapping[str, Any]) -> bool:
    """Whether some value of this shape may be valid; False when none ever is."""
    if shape.sort in _NEVER.get(json_type(schema), ()):
        return False
    if shape.sort is Sort.LIST:
        return can_fit(shape.items, schema.get("items", {}))
    if shape.sort is not Sort.TEXT:
        return True
    texts = shape.allowed or (_DAYS if shape.time == "day" else ())
    if shape.time == "instant" and schema.get("format") == "date":
        return False
    return not texts or any(_is_valid(text, schema) for text in texts)


def words_of_fit(shape: Shape) -> Message:
    """What a value is, as far as that decides what it can be given to."""
    if shape.allowed:
        return join_items(shape.allowed, between=say(" or "))
    return verbatim(_TIMES.get(shape.time) or sort_text(shape))


_TIMES = {"day": say("a day"), "instant": say("an instant")}


def json_type(schema: Mapping[str, Any]) -> str:
    """The type that a schema asks for, texts to choose from being texts; empty when it is open."""
    texts = schema.get("enum", ())
    is_choice = bool(texts) and all(isinstance(text, str) for text in texts)
    return str(schema.get("type") or ("string" if is_choice else ""))


def _is_valid(text: str, schema: Mapping[str, Any]) -> bool:
    """Whether a text has the form of a schema, or may be converted to what is no text."""
    if json_type(schema) != "string":
        return True
    return text in schema.get("enum", [text]) and text_check(schema)(text)
