"""The parts of an envelope's plan: each writes its element, or nothing for a missing value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from sgeflow.core.language.parameter import Values
from sgeflow.core.soap.envelope_text import Slot, TextPart, escape_value
from sgeflow.errors import Id, InvalidValues, Problem
from sgeflow.messages import say


class ObjectMember(Struct, frozen=True):
    """A child of the elements that a parameter of objects makes, in the order of its schema."""

    name: str  # with @ for an attribute
    members: tuple[ObjectMember, ...]


class TextElement(Struct, frozen=True):
    """An element whose text is constant, or has values among constants."""

    name: str
    pieces: tuple[TextPart, ...]

    def write(self, values: Values) -> str:
        """The element, or nothing when one of its values is missing."""
        text = join_pieces(self.pieces, values)
        return "" if text is None else f"<{self.name}>{text}</{self.name}>"


class Scalar(Struct, frozen=True):
    """An element that takes one parameter's value, once for each item when that is a list."""

    name: str
    parameter: str
    members: tuple[ObjectMember, ...] = ()

    def write(self, values: Values) -> str:
        """The element, several of them, or nothing."""
        value = values.get(self.parameter)
        if value is None:
            return ""
        if self.members or isinstance(value, list | tuple):
            return _each(self.name, value, self.members, self.parameter)
        return f"<{self.name}>{escape_value(value, self.parameter)}</{self.name}>"


class Branch(Struct, frozen=True):
    """An element with attributes and children; it goes when nothing of it is left."""

    name: str
    attributes: tuple[tuple[str, tuple[TextPart, ...]], ...]
    children: tuple[TextElement | Scalar | Branch, ...]

    def write(self, values: Values) -> str:
        """The element, or nothing."""
        start, inside = self.parts(values)
        return _element(self.name, start, inside) if start or inside else ""

    def parts(self, values: Values) -> tuple[str, str]:
        """What stands inside the opening tag, and between the tags."""
        inside = "".join([child.write(values) for child in self.children])
        if not self.attributes:
            return "", inside
        texts = [(name, join_pieces(pieces, values)) for name, pieces in self.attributes]
        return "".join(f' {name}="{text}"' for name, text in texts if text is not None), inside


def join_pieces(pieces: tuple[TextPart, ...], values: Values) -> str | None:
    """Constants and values as one text; None when a value is missing."""
    texts: list[str] = []
    for piece in pieces:
        if isinstance(piece, Slot):
            value = values.get(piece.parameter)
            if value is None:
                return None
            texts.append(escape_value(value, piece.parameter))
        else:
            texts.append(piece)
    return "".join(texts)


def _each(name: str, value: Any, members: tuple[ObjectMember, ...], parameter: str) -> str:
    if isinstance(value, list | tuple):
        return "".join([_each(name, item, members, parameter) for item in value])
    if value is None:
        return ""
    if not members:
        return f"<{name}>{escape_value(value, parameter)}</{name}>"
    if not isinstance(value, Mapping) or not value.keys() <= {member.name for member in members}:
        raise InvalidValues(_not_an_object(parameter, members))
    start = inside = ""
    for member in members:
        inner = value.get(member.name)
        if member.name.startswith("@"):
            if inner is not None:
                start += f' {member.name[1:]}="{escape_value(inner, parameter)}"'
        else:
            inside += _each(member.name, inner, member.members, parameter)
    return _element(name, start, inside) if start or inside else ""


def _element(name: str, start: str, inside: str) -> str:
    return f"<{name}{start}>{inside}</{name}>" if inside else f"<{name}{start}/>"


def _not_an_object(parameter: str, members: tuple[ObjectMember, ...]) -> Problem:
    return Problem(
        id=Id.INVALID_VALUE,
        message=say(
            "{parameter} holds an item that is no object of its known members", parameter=parameter
        ),
        where=say("parameter {parameter}", parameter=parameter),
        allowed=tuple(member.name for member in members),
        allowed_label="members",
    )
