"""An operation's values to the bytes of its SOAP envelope, by a plan made once a document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from sgeflow.core.documents import EnvelopeSpec, Operation
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.soap.envelope_parts import Branch, ObjectMember, Scalar, TextElement
from sgeflow.core.soap.envelope_text import Slot, escape_value, pieces_of

_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_HEADERS = {  # technique v1.0, of nearly all services; the v4 dictionary, of HDM alone
    "entete": "http://www.enedis.fr/sge/b2b/technique/v1.0",
    "enteteP": "http://www.erdf.fr/sge/b2b/dictionnaire/v4.0/dc",
}
_START = f'<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope xmlns:soapenv="{_SOAP}">'
_END = "</soapenv:Body></soapenv:Envelope>"


class Render(Struct, frozen=True):
    """The envelope of an operation, waiting for values."""

    root: str  # with its prefix
    declarations: str
    content: Branch
    header: str  # "" for none
    version: str

    def __call__(self, values: Mapping[str, Any], *, login: str = "") -> bytes:
        """The envelope in UTF-8; equal values always make equal bytes.

        Args:
            values: the parameters' values; those that are missing or None are left out.
            login: the environment's, for the header of the services that have one.

        Raises:
            InvalidValues: a value has no text form, or holds what XML has no way to write.
        """
        start, inside = self.content.parts(values)
        head = self._head(values, login) if self.header else ""
        return (
            f"{_START}{head}<soapenv:Body><{self.root}{self.declarations}{start}>{inside}"
            f"</{self.root}>{_END}"
        ).encode()

    def _head(self, values: Mapping[str, Any], login: str) -> str:
        caller = point = ""
        if login:
            caller = f"<loginDemandeur>{escape_value(login, 'login')}</loginDemandeur>"
            caller = f"<infoDemandeur>{caller}</infoDemandeur>"
        if self.header == "enteteP" and (value := values.get("pointId")):
            # HDM's guide makes the point mandatory in its header, before the caller
            point = f"<pointId>{escape_value(value, 'pointId')}</pointId>"
            point = f"<infoFonctionnelles>{point}</infoFonctionnelles>"
        return (
            f'<soapenv:Header><tec:{self.header} xmlns:tec="{_HEADERS[self.header]}">'
            f"<version>{self.version}</version>{point}{caller}</tec:{self.header}></soapenv:Header>"
        )


def root_of(spec: EnvelopeSpec) -> str:
    """What SGE knows a service by: the root's name, its namespace before it in braces."""
    prefix, _, name = next(iter(spec.body)).rpartition(":")
    return f"{{{spec.namespaces.get(prefix, '')}}}{name}"


def compile_envelope(operation: Operation) -> Render:
    """The plan of an operation's envelope; `check_envelope` tells what is wrong in it."""
    spec = operation.envelope
    root, content = next(iter(spec.body.items()))
    declared = [(prefix, escape_value(space, prefix)) for prefix, space in spec.namespaces.items()]
    return Render(
        root=root,
        declarations="".join(f' xmlns:{prefix}="{space}"' for prefix, space in declared),
        content=_branch(root, content or {}, operation.parameters),
        header="" if spec.header == "none" else spec.header,
        version=escape_value(operation.version, "version"),
    )


def pretty(envelope: bytes) -> str:
    """An envelope as people read it: indented, without the XML declaration."""
    from lxml import etree

    root = etree.fromstring(envelope)
    etree.indent(root)
    return etree.tostring(root, encoding="unicode")


def _branch(name: str, content: Mapping[str, Any], parameters: Mapping[str, Parameter]) -> Branch:
    attributes = [(key[1:], pieces_of(content[key])) for key in content if key.startswith("@")]
    children = [key for key in content if not key.startswith("@")]
    return Branch(
        name=name,
        attributes=tuple(attributes),
        children=tuple(_part(key, content[key], parameters) for key in children),
    )


def _part(
    name: str, value: Any, parameters: Mapping[str, Parameter]
) -> Branch | Scalar | TextElement:
    if isinstance(value, Mapping):
        return _branch(name, value, parameters)
    pieces = pieces_of(value)
    if len(pieces) == 1 and isinstance(pieces[0], Slot):
        parameter = pieces[0].parameter
        return Scalar(name, parameter, _members(parameters[parameter].schema))
    return TextElement(name, pieces)


def _members(schema: Mapping[str, Any]) -> tuple[ObjectMember, ...]:
    """The children, in order, of what a JSON Schema describes; none for a scalar."""
    items = schema.get("items")
    if isinstance(items, Mapping):
        return _members(items)
    properties = schema.get("properties") or {}
    return tuple(ObjectMember(name, _members(inner)) for name, inner in properties.items())
