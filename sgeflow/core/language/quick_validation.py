"""Quickly accepts values that are valid under a JSON Schema; jsonschema decides all others.

jsonschema takes some 30 microseconds for a value and 55 milliseconds to import. Most values are
valid and need neither. Messages about mistakes come from jsonschema only (docs/adr/0001).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from itertools import combinations
from math import inf
from typing import TYPE_CHECKING, Any, TypeVar

from sgeflow.patterns import regex

if TYPE_CHECKING:
    from sgeflow.core.language.schemas import Schema

Yes = Callable[[Any], bool]
T = TypeVar("T")

_DATE = regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_FEW = 20  # up to this many values are compared pair by pair
_ANNOTATIONS = {"description", "title", "examples", "default", "$schema", "$comment", "$id"}
_TEXT = {"pattern", "minLength", "maxLength", "format"}
_NUMBER = {"minimum", "maximum"}
_LIST = {"items", "minItems", "maxItems", "uniqueItems"}
_OBJECT = {
    "properties",
    "required",
    "additionalProperties",
    "propertyNames",
    "minProperties",
    "maxProperties",
}


def once_a_schema(make: Callable[[Schema], T]) -> Callable[[Schema], T]:
    """A function of schemas that is called once for each schema object."""
    made: dict[int, tuple[Schema, T]] = {}  # the schema is kept alive, so its id stays its own

    def get(schema: Schema) -> T:
        known = made.get(id(schema))
        if known is None:
            known = made[id(schema)] = (schema, make(schema))
        return known[1]

    return get


@once_a_schema
def quick_validator(schema: Schema) -> Yes:
    """A function that tells whether a value is surely valid."""
    return _check(schema)


def _never(_value: Any) -> bool:
    return False


def _always(_value: Any) -> bool:
    return True


def _check(schema: Any) -> Yes:
    """A schema as a function, which rejects everything if a keyword is unknown."""
    if isinstance(schema, bool):
        return _always if schema else _never
    words = {
        key: value
        for key, value in schema.items()
        if key not in _ANNOTATIONS and not key.startswith("x-")
    }
    if not words.keys() <= _MAKERS.keys() or words.get("format", "date") != "date":
        return _never
    checks = [make(words) for make in dict.fromkeys(_MAKERS[word] for word in words)]
    if len(checks) == 1:
        return checks[0]
    return lambda value: all([check(value) for check in checks])  # noqa: C419 - twice as quick


def _kind_check(words: Schema) -> Yes:
    kinds = [words["type"]] if isinstance(words["type"], str) else words["type"]
    if not _KINDS.keys() >= set(kinds):
        return _never
    if len(kinds) == 1:
        return _KINDS[kinds[0]]
    return lambda value: any(_KINDS[kind](value) for kind in kinds)


def _choice_check(words: Schema) -> Yes:
    """Accepts listed texts and integers; jsonschema compares others (1.0 equals 1, not true)."""
    if "enum" in words and "const" in words:
        return _never
    allowed = words["enum"] if "enum" in words else [words["const"]]
    texts = {one for one in allowed if isinstance(one, str)}
    numbers = {one for one in allowed if _is_whole(one)}

    def accepts(value: Any) -> bool:
        return value in texts if isinstance(value, str) else _is_whole(value) and value in numbers

    return accepts


def _any_check(words: Schema) -> Yes:
    checks = [_check(one) for one in words["anyOf"]]
    return lambda value: any(check(value) for check in checks)


def _text_words(words: Schema) -> Yes:
    try:
        search = re.compile(words["pattern"]).search if "pattern" in words else _always
    except re.error:
        return lambda value: not isinstance(value, str)
    least, most = words.get("minLength", 0), words.get("maxLength", inf)
    dated = "format" in words

    def accepts(value: Any) -> bool:
        if not isinstance(value, str):
            return True
        if not least <= len(value) <= most:
            return False
        return bool(search(value)) and (not dated or _is_date(value))

    return accepts


def _is_date(text: str) -> bool:
    if not _DATE.match(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _number_words(words: Schema) -> Yes:
    least, most = words.get("minimum", -inf), words.get("maximum", inf)
    return lambda value: not _is_number(value) or least <= value <= most


def _list_words(words: Schema) -> Yes:
    each = _check(words.get("items", True))
    least, most = words.get("minItems", 0), words.get("maxItems", inf)
    unique = words.get("uniqueItems", False)

    def accepts(value: Any) -> bool:
        if not isinstance(value, list):
            return True
        if not least <= len(value) <= most or not all(map(each, value)):
            return False
        if unique and all(isinstance(one, str) for one in value):
            return len(set(value)) == len(value)
        # Python's equality is wider than jsonschema's: values that differ here differ there
        return not unique or (
            len(value) <= _FEW and all(one != other for one, other in combinations(value, 2))
        )

    return accepts


def _object_words(words: Schema) -> Yes:
    members = _Members(words)
    named = _check(words.get("propertyNames", True))
    needed = words.get("required", ())
    least, most = words.get("minProperties", 0), words.get("maxProperties", inf)

    def accepts(value: Any) -> bool:
        if not isinstance(value, dict):
            return True
        if not least <= len(value) <= most or not all([key in value for key in needed]):  # noqa: C419
            return False
        return all([named(key) and members[key](one) for key, one in value.items()])  # noqa: C419

    return accepts


class _Members(dict[str, Yes]):
    """The checks of an object's members, each made when the first value needs it.

    A step has few of its possible keys.
    """

    def __init__(self, words: Schema) -> None:
        self._schemas = words.get("properties", {})
        self._other = _check(words.get("additionalProperties", True))

    def __missing__(self, key: str) -> Yes:
        if key not in self._schemas:
            return self._other
        check = self[key] = _check(self._schemas[key])
        return check


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_KINDS: Mapping[str, Yes] = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": _is_whole,
    "number": _is_number,
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "null": lambda value: value is None,
}
_MAKERS: Mapping[str, Callable[[Schema], Yes]] = {
    "type": _kind_check,
    **dict.fromkeys(("enum", "const"), _choice_check),
    "anyOf": _any_check,
    **dict.fromkeys(_TEXT, _text_words),
    **dict.fromkeys(_NUMBER, _number_words),
    **dict.fromkeys(_LIST, _list_words),
    **dict.fromkeys(_OBJECT, _object_words),
}
"""The makers of checks, with the keywords that each reads."""
