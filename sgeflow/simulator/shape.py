"""The form of a valid request, read from its operation's document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree
from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.core.documents import Operation
from sgeflow.core.language.mistakes.schema import validator
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.language.parameters import coerce
from sgeflow.core.language.quick_validation import quick_validator
from sgeflow.core.language.schemas import Schema
from sgeflow.patterns import regex
from sgeflow.simulator.soap import Refusal, local, namespace

_PLACE = regex(r"^\$\{\s*(\w+)\s*\}$")
_CHOICES = ("allOf", "anyOf", "oneOf")
_FACETS = {"type", "format", "enum", "const", "minLength", "maxLength", "pattern", *_CHOICES}
_DATE = regex(r"^(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01]))(Z|[+-]\d\d:\d\d)?$")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


class ElementShape(Struct, frozen=True):
    """The form of an element: its children in order, or the schema of its text.

    Holds only facts that are checked, so two equal forms refuse the same requests.
    """

    name: str
    children: tuple[ElementShape, ...] = ()
    schema: Schema | None = None
    required: bool = False
    repeats: bool = False


class Looseness(Struct, frozen=True):
    """Elements that the XSD leaves open: schemas of their text, and names of optional elements."""

    free: Mapping[str, Schema] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()

    def of(self, node: ElementShape) -> ElementShape:
        """The form of a node and its descendants, as loose as the XSD."""
        children = tuple(map(self.of, node.children))
        schema = self.free.get(node.name, node.schema)
        required = node.required and node.name not in self.optional
        return replace(node, children=children, schema=schema, required=required)


ANY_TEXT: Schema = {}
"""The schema of an element whose text the XSD does not restrict."""


class RequestShape(Struct, frozen=True):
    """The form of an operation's request body: a qualified root with unqualified descendants."""

    namespace: str
    root: ElementShape

    def check(self, element: etree._Element) -> None:
        """Refuse (SGT562) an element that the operation's XSD would refuse, and name it."""
        if local(element) != self.root.name or namespace(element) != self.namespace:
            raise _malformed_refusal(
                f"élément {{{self.namespace}}}{self.root.name} attendu,"
                f" {{{namespace(element)}}}{local(element)} reçu"
            )
        _check_children(element, self.root, self.root.name)


def request_shape(operation: Operation, loose: Looseness) -> RequestShape:
    """The form of an operation's request, from its envelope and its parameters' schemas.

    `loose` lists the elements that the XSD leaves open and the document does not.
    """
    (name, content), *_ = operation.envelope.body.items()
    prefix, _, root = name.rpartition(":")
    children = _declared_nodes(content, operation.parameters)
    uri = operation.envelope.namespaces.get(prefix, "")
    return RequestShape(uri, loose.of(ElementShape(root, children, required=True)))


def _declared_nodes(content: Any, parameters: Mapping[str, Parameter]) -> tuple[ElementShape, ...]:
    if not isinstance(content, Mapping):
        return ()
    nodes = []
    for key, value in content.items():
        if key.startswith("@"):
            continue
        name = key.rpartition(":")[2]
        if isinstance(value, Mapping):
            children = _declared_nodes(value, parameters)
            required = any(one.required for one in children)
            nodes.append(ElementShape(name, children, required=required))
            continue
        place = _PLACE.match(value) if isinstance(value, str) else None
        parameter = parameters.get(place.group(1)) if place else None
        if parameter is None or len(parameter.schema.get("enum", ())) == 1:
            # the document has a constant here; SGE itself refuses other values (objetCode, format)
            required = parameter is not None and parameter.required
            nodes.append(ElementShape(name, required=required))
        else:
            nodes.append(_from_schema(name, parameter.schema, required=parameter.required))
    return tuple(nodes)


def _from_schema(name: str, schema: Schema, *, required: bool) -> ElementShape:
    if schema.get("type") == "array":
        item = _from_schema(name, schema.get("items", {}), required=required)
        return ElementShape(name, item.children, item.schema, required=required, repeats=True)
    if "properties" not in schema:
        return ElementShape(name, (), _facets(schema), required=required)
    needed = schema.get("required", ())
    children = tuple(
        _from_schema(key.rpartition(":")[2], child, required=key in needed)
        for key, child in schema["properties"].items()
    )
    return ElementShape(name, children, None, required=required)


def _facets(schema: Schema) -> Schema:
    """The facets of a schema, without descriptions."""
    facets = {key: value for key, value in schema.items() if key in _FACETS}
    choices = {key: [*map(_facets, facets[key])] for key in _CHOICES if key in facets}
    return {**facets, **choices}


def _check_children(element: etree._Element, node: ElementShape, path: str) -> None:
    if not node.children:
        if len(element):
            raise _malformed_refusal(f"élément {local(element[0])} inattendu dans {path}")
        if not element.text:
            raise _malformed_refusal(f"élément {path} vide")
        if node.schema is not None and not _fits(element.text, node.schema):
            raise _malformed_refusal(f"valeur de l'élément {path} non conforme")
        return
    place = 0
    has_come = False  # whether the declared element at `place` was found
    for child in element:
        position = _position(child, node, path)
        if position < place or (
            position == place and has_come and not node.children[place].repeats
        ):
            raise _malformed_refusal(f"élément {local(child)} mal placé dans {path}")
        _check_missing(node.children[place + has_come : position], path)
        place, has_come = position, True
        _check_children(child, node.children[position], f"{path}/{local(child)}")
    _check_missing(node.children[place + has_come :], path)


def _position(child: etree._Element, node: ElementShape, path: str) -> int:
    if namespace(child):
        raise _malformed_refusal(f"élément {local(child)} de {path} ne doit pas avoir de namespace")
    for number, declared in enumerate(node.children):
        if declared.name == child.tag:
            return number
    raise _malformed_refusal(f"élément {child.tag} inattendu dans {path}")


def _check_missing(nodes: tuple[ElementShape, ...], path: str) -> None:
    for node in nodes:
        if node.required:
            raise _malformed_refusal(f"élément {node.name} manquant dans {path}")


def _fits(text: str, schema: Schema) -> bool:
    value: Any = text
    if schema.get("format") == "date" and (dated := _DATE.match(text.strip())):
        value = dated[1]  # xs:date may carry an offset, which the patterns do not contain
    elif schema.get("type") == "boolean":
        value = _BOOLEANS.get(text.strip(), text)
    elif schema.get("type") != "string":
        value = coerce(text, schema)
    return quick_validator(schema)(value) or bool(validator(schema).is_valid(value))


def _malformed_refusal(what: str) -> Refusal:
    return Refusal("SGT562", f"Message non conforme : {what}.")
