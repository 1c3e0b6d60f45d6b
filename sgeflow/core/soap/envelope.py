"""Writes the SOAP envelope of an operation from parameter values, by a plan compiled once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from math import isfinite
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from sgeflow.core.documents import EnvelopeSpec, Operation
from sgeflow.core.language.expression import Expression, compile_expression
from sgeflow.core.language.parameter import Parameter, Values
from sgeflow.errors import Id, InvalidValues
from sgeflow.messages import Message, say
from sgeflow.patterns import regex

_ILLEGAL = "\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"
_illegal = regex(f"[{_ILLEGAL}]")
# ASCII characters that must be escaped; a text with other characters is checked when it comes
_not_plain = regex(r"[^ !#-%'-;=?-~]")
# White space as character references: a parser turns a carriage return into a line feed, and any
# white space inside an attribute into a blank.
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
_NAME = regex(r"[A-Za-z][A-Za-z0-9_]*")
_REFERENCE = regex(r"\$(\$\{)|\$\{([^{}]*)\}")


TEXT = "#text"
"""The key of an element's text beside its attributes."""


FILLED = tuple(
    f"{one}()" for one in ("username", "password", "password_digest", "nonce", "created")
)
"""Functions of an envelope whose places are filled each time that the request is sent."""


def place_to_fill(name: str) -> str:
    """The XML instruction in the place of a function of `FILLED`; no escaped value contains one."""
    return f"<?sgeflow {name}?>"


class Slot(Struct, frozen=True):
    """The place of a parameter's or expression's value in a text."""

    parameter: str


TextPart = str | Slot


def escape_value(value: Any, parameter: str) -> str:
    """The escaped XML form of a value, for an element or an attribute.

    Raises:
        InvalidValues: the value has no text form, or contains a character that XML forbids.
    """
    text = value if type(value) is str else xml_text(value, parameter)
    if _not_plain.search(text) is None:
        return text
    if match := _illegal.search(text):
        message = say(
            "{parameter} holds the character U+{character:04X} (at place {place}), which "
            "XML cannot hold",
            parameter=parameter,
            character=ord(match[0]),
            place=match.start() + 1,
        )
        raise _invalid(parameter, message)
    return text.translate(_ENTITIES)


def xml_text(value: Any, parameter: str) -> str:
    """A value as XML Schema writes it: `true`, `2022-02-15`, numbers without an exponent.

    Raises:
        InvalidValues: the value is not a scalar.
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
    sort = say("no plain value ({name})", name=type(value).__name__)
    if isinstance(value, list | tuple | dict):
        sort = say("an object") if isinstance(value, dict) else say("a list")
    message = say(
        "{parameter} is {sort}, where one text, number, date or boolean belongs",
        parameter=parameter,
        sort=sort,
    )
    raise _invalid(parameter, message)


def _invalid(parameter: str, message: Message, members: tuple[str, ...] = ()) -> InvalidValues:
    label = "members" if members else "allowed here"
    where = say("parameter {parameter}", parameter=parameter)
    return InvalidValues.of(
        Id.INVALID_VALUE, message, where=where, allowed=members, allowed_label=label
    )


def pieces_of(value: Any) -> tuple[TextPart, ...]:
    """The parts of a text of an envelope: escaped constants and slots; `$${` writes `${`."""
    text = constant_text(value)
    pieces: list[TextPart] = []
    place = 0
    for match in _REFERENCE.finditer(text):
        pieces.append(escape_value(text[place : match.start()] + (match[1] or ""), _ENVELOPE))
        if not match[1]:
            name = match[2].strip()
            pieces.append(place_to_fill(name[:-2]) if name in FILLED else Slot(name))
        place = match.end()
    pieces.append(escape_value(text[place:], _ENVELOPE))
    return tuple(piece for piece in pieces if piece)


def references(value: Any) -> Iterator[str]:
    """The parameters and expressions in a text of an envelope, in order."""
    for match in _REFERENCE.finditer(constant_text(value)):
        if not match[1]:
            yield match[2].strip()


def all_references(content: Mapping[str, Any]) -> Iterator[str]:
    """The parameters and expressions in all texts of a tree, in order."""
    for value in content.values():
        if isinstance(value, Mapping):
            yield from all_references(value)
        elif value is not None and not isinstance(value, list):
            yield from references(value)


def is_closed(value: Any) -> bool:
    """Whether every `${` of a text has its `}`."""
    return "${" not in _REFERENCE.sub("", constant_text(value))


def constant_text(value: Any) -> str:
    """A constant of a document as XML text; a number keeps its written form."""
    text = getattr(value, "text", value)
    return text if isinstance(text, str) else xml_text(text, _ENVELOPE)


class ObjectMember(Struct, frozen=True):
    """A child of the elements made from an object parameter, in the order of its schema."""

    name: str  # with @ for an attribute
    members: tuple[ObjectMember, ...]


class TextElement(Struct, frozen=True):
    """An element whose text is constant or contains values."""

    name: str
    pieces: tuple[TextPart, ...]

    def write(self, values: Values) -> str:
        """The element; empty if one of its values is missing."""
        text = join_pieces(self.pieces, values)
        return "" if text is None else f"<{self.name}>{text}</{self.name}>"


class Scalar(Struct, frozen=True):
    """An element with the value of one parameter, repeated for each item of a list."""

    name: str
    parameter: str
    members: tuple[ObjectMember, ...] = ()

    def write(self, values: Values) -> str:
        """The element or elements; empty without a value."""
        return _each(self.name, values.get(self.parameter), self.members, self.parameter)


class Branch(Struct, frozen=True):
    """An element with attributes and children, written if one of them is; `{}` is always written.

    A `text` beside attributes is the content: without it the element is left out.
    """

    name: str
    attributes: tuple[tuple[str, tuple[TextPart, ...]], ...]
    children: tuple[TextElement | Scalar | Branch, ...]
    text: tuple[TextPart, ...] | None = None

    def write(self, values: Values) -> str:
        """The element; empty without content."""
        start, inside = self.parts(values)
        is_empty = not self.attributes and not self.children
        return _element(self.name, start, inside) if start or inside or is_empty else ""

    def parts(self, values: Values) -> tuple[str, str]:
        """The text inside the opening tag, and the text between the tags."""
        inside = "".join([child.write(values) for child in self.children])
        if self.text is not None:
            text = join_pieces(self.text, values)
            if text is None:
                return "", inside
            inside = text + inside
        if not self.attributes:
            return "", inside
        texts = [(name, join_pieces(pieces, values)) for name, pieces in self.attributes]
        return "".join(f' {name}="{text}"' for name, text in texts if text is not None), inside


def join_pieces(pieces: tuple[TextPart, ...], values: Values) -> str | None:
    """Join constants and values to one text; None if a value is missing."""
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
    names = tuple(member.name for member in members)
    if not isinstance(value, Mapping) or not value.keys() <= {*names}:
        message = say(
            "{parameter} holds an item that is no object of its known members", parameter=parameter
        )
        raise _invalid(parameter, message, names)
    start = inside = ""
    for member in members:
        inner = value.get(member.name)
        if member.name.startswith("@"):
            if inner is not None:
                start += f' {member.name[1:]}="{escape_value(inner, parameter)}"'
        elif member.name == TEXT:
            inside += "" if inner is None else escape_value(inner, parameter)
        else:
            inside += _each(member.name, inner, member.members, parameter)
    return _element(name, start, inside) if start or inside else ""


def _element(name: str, start: str, inside: str) -> str:
    return f"<{name}{start}>{inside}</{name}>" if inside else f"<{name}{start}/>"


_SPACES = {
    "1.1": "http://schemas.xmlsoap.org/soap/envelope/",
    "1.2": "http://www.w3.org/2003/05/soap-envelope",
}
_START = '<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope xmlns:soapenv="{space}">'
_END = "</soapenv:Body></soapenv:Envelope>"
NO_FACTS: Mapping[str, Any] = MappingProxyType({})


class Block(Struct, frozen=True):
    """The root of the body, or a block of the header, with its namespace declarations."""

    content: Branch | Scalar | TextElement
    declarations: str

    def write(self, values: Values) -> str:
        """The element; a header block without any value is left out."""
        text, name = self.content.write(values), f"<{self.content.name}"
        return f"{name}{self.declarations}{text[len(name) :]}" if text else ""


class Render(Struct, frozen=True):
    """The compiled envelope of an operation."""

    body: Block
    header: tuple[Block, ...]
    start: str  # the opening of the envelope in the namespace of its version
    has_places: bool  # for the user and password of the service
    expressions: Mapping[str, Expression]  # by text; they read the parameters and `env`

    def __call__(self, values: Mapping[str, Any], *, env: Mapping[str, Any] = NO_FACTS) -> bytes:
        """The envelope in UTF-8; equal values always make equal bytes.

        Args:
            values: the parameters' values; those that are missing or None are left out.
            env: the facts of the environment, for expressions.

        Raises:
            InvalidValues: a value has no text form, or contains a character that XML forbids.
            EvaluationError: an expression fails.
        """
        if self.expressions:
            scope = {"env": env, **values}
            values = {
                **values,
                **{text: one.search(scope) for text, one in self.expressions.items()},
            }
        header = "".join([block.write(values) for block in self.header])
        header = f"<soapenv:Header>{header}</soapenv:Header>" if header else ""
        body = self.body.write(values)
        if not body:  # an empty request still has its root
            body = f"<{self.body.content.name}{self.body.declarations}></{self.body.content.name}>"
        return f"{self.start}{header}<soapenv:Body>{body}{_END}".encode()


def root_of(spec: EnvelopeSpec) -> str:
    """The operation's name on the wire: the name of its root, with the namespace in braces."""
    return spec.qualified(next(iter(spec.body)))


def is_parameter(reference: str) -> bool:
    """Whether a reference is the name of a parameter, not an expression."""
    return _NAME.fullmatch(reference) is not None


def compile_envelope(operation: Operation) -> Render:
    """Compile the envelope of an operation; `check_envelope` reports mistakes in it."""
    spec, parameters = operation.envelope, operation.parameters
    ((root, content),) = spec.body.items()
    in_header = set(_prefixes(spec.header)) - set(_prefixes(spec.body))
    own = {prefix: one for prefix, one in spec.namespaces.items() if prefix not in in_header}
    texts = [*all_references(spec.header), *all_references(spec.body)]
    own_texts = (text for text in texts if not is_parameter(text) and text not in FILLED)
    expressions = dict.fromkeys(own_texts)
    return Render(
        body=Block(_branch(root, content or {}, parameters), _declarations(own)),
        header=tuple(
            Block(
                _part(name, value, parameters),
                _declarations({one: spec.namespaces[one] for one in _prefixes({name: value})}),
            )
            for name, value in spec.header.items()
        ),
        start=_START.format(space=_SPACES[spec.soap]),
        has_places=has_places(spec),
        expressions={text: compile_expression(text) for text in expressions},
    )


def has_places(spec: EnvelopeSpec) -> bool:
    """Whether an envelope has places for the user and password of the service."""
    return not {*all_references(spec.header), *all_references(spec.body)}.isdisjoint(FILLED)


def _declarations(namespaces: Mapping[str, str]) -> str:
    declared = [(prefix, escape_value(space, prefix)) for prefix, space in namespaces.items()]
    return "".join(f' xmlns:{prefix}="{space}"' for prefix, space in declared)


def _prefixes(content: Mapping[str, Any]) -> dict[str, None]:
    """The prefixes of names in a tree, in order, without those that XML declares."""
    found: dict[str, None] = {}
    for key, value in content.items():
        prefix = key.removeprefix("@").rpartition(":")[0]
        found |= {prefix: None} if prefix and prefix != "xml" else {}
        found |= _prefixes(value) if isinstance(value, Mapping) else {}
    return found


def pretty(envelope: bytes) -> str:
    """An envelope for people: indented, without the XML declaration."""
    from lxml import etree

    root = etree.fromstring(envelope)
    etree.indent(root)
    return etree.tostring(root, encoding="unicode")


def _branch(name: str, content: Mapping[str, Any], parameters: Mapping[str, Parameter]) -> Branch:
    attributes = [(key[1:], pieces_of(content[key])) for key in content if key.startswith("@")]
    children = [key for key in content if not key.startswith("@") and key != TEXT]
    return Branch(
        name=name,
        attributes=tuple(attributes),
        children=tuple(_part(key, content[key], parameters) for key in children),
        text=pieces_of(content[TEXT]) if TEXT in content else None,
    )


def _part(
    name: str, value: Any, parameters: Mapping[str, Parameter]
) -> Branch | Scalar | TextElement:
    if isinstance(value, Mapping):
        return _branch(name, value, parameters)
    pieces = pieces_of(value)
    if len(pieces) == 1 and isinstance(pieces[0], Slot):
        parameter = pieces[0].parameter
        schema = parameters[parameter].schema if parameter in parameters else {}
        return Scalar(name, parameter, _members(schema))
    return TextElement(name, pieces)


def _members(schema: Mapping[str, Any]) -> tuple[ObjectMember, ...]:
    """The children that an object schema describes, in order; empty for a scalar."""
    items = schema.get("items")
    if isinstance(items, Mapping):
        return _members(items)
    properties = schema.get("properties") or {}
    return tuple(ObjectMember(name, _members(inner)) for name, inner in properties.items())
