"""How messages name a value, a type and what a value breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sgeflow.core.language.schemas import FORMS
from sgeflow.messages import Message, from_table, join_items, say, say_count
from sgeflow.patterns import regex

if TYPE_CHECKING:
    from jsonschema import ValidationError

_DIGITS = regex(r"\^(?:\[0-9\]|\\d)\{([0-9]+)\}\$")
_SHOWN = 60  # characters of a value that a message repeats
_TYPES = {
    "string": say("text"),
    "object": say("a mapping"),
    "array": say("a list"),
    "boolean": say("true or false"),
    "integer": say("a whole number"),
    "number": say("a number"),
    "null": say("nothing"),
}


def constraint_in_words(error: ValidationError) -> Message:
    """What a bound, pattern or format wants, as the end of a sentence about the value."""
    bound = error.validator_value
    words = {
        "pattern": _form(str(bound)),
        "format": say("is not a date, YYYY-MM-DD"),
        "minLength": _too_short(bound),
        "maxLength": say_count(
            "is longer than {count} character", "is longer than {count} characters", count=bound
        ),
        "minimum": say("is less than {bound}", bound=bound),
        "maximum": say("is more than {bound}", bound=bound),
        "minItems": say("has fewer than {items}", items=_items(bound)),
        "maxItems": say("has more than {items}", items=_items(bound)),
        "minProperties": say("has fewer than {keys}", keys=_keys(bound)),
        "maxProperties": say("has more than {keys}", keys=_keys(bound)),
        "uniqueItems": say("has the same item twice"),
        "required": say("lacks a member"),
    }
    return words.get(str(error.validator), say("is not valid"))


def _too_short(bound: Any) -> Message:
    """A text must have one character at least, or so many."""
    return say("is empty") if bound == 1 else say("is shorter than {bound} characters", bound=bound)


def _items(count: Any) -> Message:
    return say_count("{count} item", "{count} items", count=count)


def _keys(count: Any) -> Message:
    return say_count("{count} key", "{count} keys", count=count)


def _form(pattern: str) -> Message:
    if pattern in FORMS:
        return say("is not {form}", form=from_table(FORMS[pattern]))
    if digits := count_digits(pattern):
        return say_count("is not {count} digit", "is not {count} digits", count=digits)
    return say("does not fit {pattern}", pattern=pattern)


def count_digits(pattern: str) -> int:
    """How many digits a text is that fits a pattern, 14 of `^[0-9]{14}$`; 0 when it is no such."""
    match = _DIGITS.fullmatch(pattern)
    return int(match[1]) if match else 0


def type_in_words(kind: Any) -> str:
    """A JSON Schema type in words."""
    kinds = kind if isinstance(kind, list) else [kind]
    return join_items((_TYPES.get(str(name), str(name)) for name in kinds), between=say(" or "))


def show(value: Any) -> str:
    """A value as a message repeats it: short, and quoted when it is text."""
    if isinstance(value, dict):
        return say("a mapping")
    if isinstance(value, list):
        return say("a list")
    if value is None:
        return say("nothing")
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value) if isinstance(value, str) else str(getattr(value, "text", value))
    short = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return say('"{text}"', text=short) if isinstance(value, str) else short
