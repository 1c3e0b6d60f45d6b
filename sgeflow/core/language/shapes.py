"""The shapes of values: the static types of expressions."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import reduce
from typing import Any, Self

from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.core.language.dates import kind_of_time
from sgeflow.messages import Message, say
from sgeflow.patterns import regex


class Sort(StrEnum):
    """The kinds of values; `xml` is text, an object or null, and never a number."""

    ANY = "any"
    XML = "xml"
    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    LIST = "list"
    OBJECT = "object"
    NULL = "null"


class Shape(Struct, frozen=True):
    """The kind of a value, and the known fields of an object or items of a list."""

    sort: Sort
    fields: Mapping[str, Shape] = field(default_factory=dict)
    is_open: bool = True  # an object may have further fields
    item: Shape | None = None
    origin: str = ""  # the declaration of the fields, for messages
    sometimes: bool = False  # the value of a step that does not always run
    may_lack: bool = False  # an optional value, which is null when it is left out
    allowed: tuple[str, ...] = ()  # the only possible texts; empty: any text
    written: tuple[Any, ...] = ()  # the possible values, if the document lists them
    form: str = ""  # "day", "instant" or "run" (the id of a run), for texts of that form
    signs: tuple[int, int] | None = None  # least and greatest length of letters and digits
    partial: frozenset[str] = frozenset()  # fields that some alternatives do not have

    @property
    def items(self) -> Shape:
        """The shape of an item of a list."""
        return self.item or ANY

    @property
    def values(self) -> tuple[Any, ...]:
        """The only possible values; empty: any value of its kind."""
        return self.written or self.allowed

    def maybe(self) -> Self:
        """The same shape for a value that may be missing."""
        return replace(self, sometimes=True)


ANY = Shape(Sort.ANY)
XML = Shape(Sort.XML)
TEXT = Shape(Sort.TEXT)
NUMBER = Shape(Sort.NUMBER)
BOOLEAN = Shape(Sort.BOOLEAN)
NULL = Shape(Sort.NULL)
DAY = Shape(Sort.TEXT, form="day")
INSTANT = Shape(Sort.TEXT, form="instant")
RUN_ID = Shape(Sort.TEXT, form="run")
_BY_TIME = {"": TEXT, "day": DAY, "instant": INSTANT}
_FORMATS = {"date": DAY, "date-time": INSTANT}
_CLASS = r"\[(?:[0-9]-[0-9]|[A-Z]-[A-Z]|[a-z]-[a-z]|[0-9A-Za-z])+\]"
_SIGN = regex(rf"(?:\\d|[0-9A-Za-z]|{_CLASS})(?:\{{([0-9]+)(?:,([0-9]+))?\}})?")
_SIGNS = regex(rf"\^(?:{_SIGN.pattern})+\$")
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
    """An object with exactly these fields."""
    return Shape(Sort.OBJECT, fields=dict(fields), is_open=False, origin=origin)


def shape_of_schema(schema: Mapping[str, Any]) -> Shape:
    """The shape of the values that a JSON Schema allows."""
    kind = schema.get("type")
    if kind == "array":
        return list_of(shape_of_schema(schema.get("items", {})))
    if kind == "object":
        properties = schema.get("properties")
        if properties is None:
            return Shape(Sort.OBJECT)
        needed = schema.get("required", ())
        fields = {k: shape_of_schema(v) for k, v in properties.items()}
        return object_of({k: replace(v, may_lack=k not in needed) for k, v in fields.items()})
    texts = schema.get("enum") or ([schema["const"]] if "const" in schema else ())
    if kind in (None, "string") and texts and all(isinstance(text, str) for text in texts):
        return replace(TEXT, allowed=tuple(texts))
    if kind is None and texts:
        return reduce(join, map(shape_of_value, texts))
    if kind == "string" and schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    if kind == "string" and "pattern" in schema:
        return replace(TEXT, signs=signs_of(schema["pattern"]))
    return _BY_TYPE.get(kind, ANY) if isinstance(kind, str) else ANY


def signs_of(pattern: str) -> tuple[int, int] | None:
    """The least and greatest length of texts of letters and digits that fit a pattern; else None.

    Only patterns of letters, digits and classes are understood, each once or counted, as
    `^[0-9]{14}$`.
    """
    if not _SIGNS.fullmatch(pattern):
        return None
    counts = [match.group(1, 2) for match in _SIGN.finditer(pattern[1:-1])]
    least = sum(int(low or 1) for low, _ in counts)
    return least, sum(int(high or low or 1) for low, high in counts)


def can_be_digits(pattern: str) -> bool:
    """Whether a text that fits a pattern may consist of digits only; true if that is unknown."""
    if not _SIGNS.fullmatch(pattern):
        return True
    signs = (match[0].partition("{")[0] for match in _SIGN.finditer(pattern[1:-1]))
    return all(any(re.fullmatch(sign, digit) for digit in string.digits) for sign in signs)


def shape_of_value(value: Any) -> Shape:
    """The shape of a constant."""
    if isinstance(value, dict):
        return object_of({key: shape_of_value(item) for key, item in value.items()})
    if isinstance(value, list):
        return list_of(join_all([shape_of_value(item) for item in value]))
    if value is None:
        return NULL
    if isinstance(value, bool):
        return BOOLEAN
    shape = _BY_TIME[kind_of_time(value)] if isinstance(value, str) else NUMBER
    return replace(shape, written=(value,))


def join_all(shapes: Iterable[Shape]) -> Shape:
    """The shape of a value that has one of these shapes; any value for an empty list.

    Long literal lists mostly have one shape, so equal shapes are joined once.
    """
    kinds: dict[tuple[Sort, str], list[Shape]] = {}
    for shape in shapes:
        key = (shape.sort, shape.form) if shape.written else (shape.sort, str(len(kinds)))
        kinds.setdefault(key, []).append(shape)
    joined: list[Shape] = []
    for alike in kinds.values():
        values = dict.fromkeys(value for shape in alike for value in shape.written)
        joined.append(replace(alike[0], written=tuple(values)))
    return reduce(join, joined) if joined else ANY


def join(left: Shape, right: Shape) -> Shape:
    """The shape of a value that has one of two shapes."""
    if left == right or right.sort is Sort.NULL:
        return left
    if left.sort is Sort.NULL:
        return right
    if left.sort is not right.sort:
        sorts = {left.sort, right.sort}
        if sorts == {Sort.TEXT, Sort.XML}:
            return XML
        if {Sort.ANY, Sort.XML} & sorts or Sort.OBJECT not in sorts:
            return ANY
        known = left if left.sort is Sort.OBJECT else right  # its fields may be missing
        return ANY if known.is_open else replace(ANY, partial=known.partial | {*known.fields})
    if left.sort is Sort.ANY:
        return ANY
    if left.sort is Sort.OBJECT:
        return _either(left, right)
    if left.sort is Sort.LIST:
        either = join(left.items, right.items)
        return left if ANY in (left.items, right.items) else replace(left, item=either)
    one, other = left.values, right.values
    values = tuple(dict.fromkeys(one + other)) if one and other else ()
    both = left.allowed and right.allowed
    return replace(
        left,
        allowed=values if both else (),
        written=() if both else values,
        form=left.form if left.form == right.form else "",
        signs=left.signs if left.signs == right.signs else None,
    )


def union_of(left: Shape, right: Shape) -> Shape:
    """The shape of two merged objects, with the fields of both.

    Fields of only one of them may be null.
    """
    if left == right:
        return left
    if Sort.OBJECT is left.sort is right.sort:
        fields = {k: union_of(v, right.fields.get(k, v)) for k, v in left.fields.items()}
        is_open = left.is_open or right.is_open
        return replace(left, fields={**right.fields, **fields}, is_open=is_open)
    joined = join(left, right)
    return ANY if joined.sort is Sort.ANY else joined


def _either(left: Shape, right: Shape) -> Shape:
    """The shape of an object that is one of two: only the common fields are always there."""
    fields = {
        name: join(left.fields[name], right.fields[name])
        for name in left.fields
        if name in right.fields
    }
    others = {**left.fields, **right.fields}
    if left.is_open or right.is_open:
        return replace(left, fields={**others, **fields}, is_open=True)
    partial = frozenset(others) - frozenset(fields) | left.partial | right.partial
    return replace(left, fields=fields, partial=partial)


def no_such(name: str, origin: str) -> Message:
    """The message that a field does not exist; `origin` names the object."""
    if origin == "steps":
        return say('there is no {what} "{name}"', what=say("step"), name=name)
    if not origin:
        return say('there is no "{name}"', name=name)
    return say('{origin} has no "{name}"', origin=origin, name=name)


def known_in(origin: str) -> Message:
    """The label before the list of existing fields."""
    return say("known in {origin}", origin=origin) if origin else say("known here")


def objects_note(shape: Shape) -> Message:
    """The message that a list of objects is expected, and how to make one from lists."""
    if shape.items.sort is Sort.LIST:
        return say("a list of lists: [] behind it makes one list of them")
    return say("a list of objects")


def words_of(shape: Shape) -> str:
    """The shape in words for messages."""
    words = {
        Sort.OBJECT: say("an object"),
        Sort.BOOLEAN: say("true or false"),
        Sort.TEXT: say("text"),
        Sort.NULL: say("nothing"),
        Sort.NUMBER: say("a number"),
        Sort.LIST: say("a list"),
    }
    return words.get(shape.sort, shape.sort.value)
