"""Values in their XML form, and the `${…}` of an envelope's texts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from math import isfinite
from typing import Any

from msgspec import Struct

from sgeflow.errors import Id, InvalidValues, Problem
from sgeflow.messages import say
from sgeflow.patterns import regex

_ILLEGAL = "\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"
_illegal = regex(f"[{_ILLEGAL}]")
_not_plain = regex(
    r"[^ !#-%'-;=?-~]"
)  # of ASCII: the rest is looked at, and compiled for, when it comes
# White space as references: a parser would turn a carriage return into a line feed, and any of
# the three into a blank inside an attribute.
_ENTITIES = str.maketrans(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        '"': "&quot;",
        "\t": "&#9;",
        "\n": "&#10;",
        "\r": "&#13;",
    }
)
_ENVELOPE = say("the envelope")
_REFERENCE = regex(r"\$(\$\{)|\$\{([^{}]*)\}")


class Slot(Struct, frozen=True):
    """The place of a parameter's value in a text."""

    parameter: str


TextPart = str | Slot


def escape_value(value: Any, parameter: str) -> str:
    """A value's XML form, ready to stand in an element or an attribute.

    Raises:
        InvalidValues: it has no text form, or holds a character that XML has no way to write.
    """
    text = value if type(value) is str else xml_text(value, parameter)
    if _not_plain.search(text) is None:
        return text
    if match := _illegal.search(text):
        raise InvalidValues(
            Problem(
                id=Id.INVALID_VALUE,
                message=say(
                    "{parameter} holds the character U+{character:04X} (at place {place}), which "
                    "XML cannot hold",
                    parameter=parameter,
                    character=ord(match[0]),
                    place=match.start() + 1,
                ),
                where=say("parameter {parameter}", parameter=parameter),
            )
        )
    return text.translate(_ENTITIES)


def xml_text(value: Any, parameter: str) -> str:
    """A value as XML Schema writes it: `true`, `2022-02-15`, numbers without an exponent.

    Raises:
        InvalidValues: it is not a scalar.
    """
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return format(value, "d")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal) and value.is_finite():
        return format(value, "f")
    if isinstance(value, float) and isfinite(value):
        return format(Decimal(repr(float(value))), "f")
    raise InvalidValues(
        Problem(
            id=Id.INVALID_VALUE,
            message=say(
                "{parameter} is {sort}, where one text, number, date or boolean belongs",
                parameter=parameter,
                sort=_sort(value),
            ),
            where=say("parameter {parameter}", parameter=parameter),
        )
    )


def pieces_of(value: Any) -> tuple[TextPart, ...]:
    """A text of an envelope: constants, escaped, and slots, in order; `$${` writes `${`."""
    text = constant_text(value)
    pieces: list[TextPart] = []
    place = 0
    for match in _REFERENCE.finditer(text):
        pieces.append(escape_value(text[place : match.start()] + (match[1] or ""), _ENVELOPE))
        if not match[1]:
            pieces.append(Slot(match[2].strip()))
        place = match.end()
    pieces.append(escape_value(text[place:], _ENVELOPE))
    return tuple(piece for piece in pieces if piece)


def references(value: Any) -> Iterator[str]:
    """The parameters that a text of an envelope names, in order."""
    for match in _REFERENCE.finditer(constant_text(value)):
        if not match[1]:
            yield match[2].strip()


def is_closed(value: Any) -> bool:
    """Whether every `${` of a text has its `}`."""
    return "${" not in _REFERENCE.sub("", constant_text(value))


def constant_text(value: Any) -> str:
    """What stands in a document as XML text: a number keeps the form in which it was written."""
    text = getattr(value, "text", value)
    return text if isinstance(text, str) else xml_text(text, _ENVELOPE)


def _sort(value: Any) -> str:
    if isinstance(value, list | tuple):
        return say("a list")
    return (
        say("an object")
        if isinstance(value, dict)
        else say("no plain value ({name})", name=type(value).__name__)
    )
