"""What is known of a value before it exists: the types of strict expressions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import reduce
from typing import Any, Self

from sgeflow.messages import Said, say


class Sort(StrEnum):
    """The sorts of values; `xml` is text, an object or nothing, and never a number."""

    ANY = "any"
    XML = "xml"
    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    LIST = "list"
    OBJECT = "object"
    NULL = "null"


@dataclass(frozen=True, slots=True)
class Shape:
    """A sort, and what is known of the fields of an object or the items of a list."""

    sort: Sort
    fields: Mapping[str, Shape] = field(default_factory=dict)
    is_open: bool = True  # an object may have further fields
    item: Shape | None = None
    origin: str = ""  # who declares the fields, for messages
    sometimes: bool = False  # a step that does not always run
    allowed: tuple[str, ...] = ()  # the only texts that it can be; none said: any

    @property
    def items(self) -> Shape:
        """The shape of an item of a list."""
        return self.item or ANY

    def maybe(self) -> Self:
        """The same shape, of a value that may be missing."""
        return replace(self, sometimes=True)


ANY = Shape(Sort.ANY)
XML = Shape(Sort.XML)
TEXT = Shape(Sort.TEXT)
NUMBER = Shape(Sort.NUMBER)
BOOLEAN = Shape(Sort.BOOLEAN)
NULL = Shape(Sort.NULL)
_BY_TYPE = {
    "string": TEXT,
    "number": NUMBER,
    "integer": NUMBER,
    "boolean": BOOLEAN,
    "null": NULL,
}


def list_of(item: Shape) -> Shape:
    """A list of such items."""
    return Shape(Sort.LIST, item=item)


def object_of(fields: Mapping[str, Shape], origin: str = "") -> Shape:
    """An object with just these fields."""
    return Shape(Sort.OBJECT, fields=dict(fields), is_open=False, origin=origin)


def shape_of_schema(schema: Mapping[str, Any]) -> Shape:
    """The shape that a JSON Schema promises."""
    kind = schema.get("type")
    if kind == "array":
        return list_of(shape_of_schema(schema.get("items", {})))
    if kind == "object" and "properties" in schema:
        return object_of({k: shape_of_schema(v) for k, v in schema["properties"].items()})
    texts = schema.get("enum", ())
    if kind in (None, "string") and texts and all(isinstance(text, str) for text in texts):
        return replace(TEXT, allowed=tuple(texts))
    if kind is None and texts:
        return reduce(joined, map(shape_of_value, texts))
    return _BY_TYPE.get(kind, ANY) if isinstance(kind, str) else ANY


def shape_of_value(value: Any) -> Shape:
    """The shape of a constant."""
    if isinstance(value, dict):
        return object_of({key: shape_of_value(item) for key, item in value.items()})
    if isinstance(value, list):
        return list_of(shape_of_value(value[0]) if value else ANY)
    if value is None:
        return NULL
    if isinstance(value, bool):
        return BOOLEAN
    return TEXT if isinstance(value, str) else NUMBER


def joined(left: Shape, right: Shape) -> Shape:
    """The shape of a value that has one or the other shape."""
    if left == right or right.sort is Sort.NULL:
        return left
    if left.sort is Sort.NULL:
        return right
    if left.sort is not right.sort:
        textual = {left.sort, right.sort} == {Sort.TEXT, Sort.XML}
        return XML if textual else ANY
    if left.sort is Sort.OBJECT:
        fields = {k: joined(v, right.fields.get(k, v)) for k, v in left.fields.items()}
        is_open = left.is_open or right.is_open
        return replace(left, fields={**right.fields, **fields}, is_open=is_open)
    if left.sort is Sort.LIST and ANY not in (left.items, right.items):
        return replace(left, item=joined(left.items, right.items))
    both = left.allowed and right.allowed
    return replace(left, allowed=tuple(dict.fromkeys(left.allowed + right.allowed)) if both else ())


def no_such(name: str, origin: str) -> Said:
    """That what is read there has no field of that name; `origin` says what is read."""
    if origin == "steps":
        return say('there is no step "{name}"', name=name)
    if not origin:
        return say('there is no "{name}"', name=name)
    return say('{origin} has no "{name}"', origin=origin, name=name)


def known_in(origin: str) -> Said:
    """The label of the fields that are there."""
    return say("known in {origin}", origin=origin) if origin else say("known here")


def words_of(shape: Shape) -> str:
    """What a value of this shape is."""
    words = {
        Sort.OBJECT: say("an object"),
        Sort.BOOLEAN: say("true or false"),
        Sort.TEXT: say("text"),
        Sort.NULL: say("nothing"),
        Sort.NUMBER: say("a number"),
        Sort.LIST: say("a list"),
    }
    return words.get(shape.sort, shape.sort.value)
