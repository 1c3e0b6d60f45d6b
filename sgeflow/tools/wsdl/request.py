"""The request of a described operation: its parameters, their types, and its envelope."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from math import isfinite
from typing import Any

from msgspec import Struct

from sgeflow.core.language.reader import Types
from sgeflow.patterns import regex
from sgeflow.tools.wsdl.model import ElementPath, XsdNode
from sgeflow.tools.wsdl.names import is_personal, unique, written_name

_PROSE = ("description", "examples", "personal", "default", "optional")
_LOGIN = regex(r"(?i).*login.*")
_CONTRACT = "contratId"  # SGE's word in all its services


class RequestSlot(Struct, frozen=True, kw_only=True):
    """A place of a request that takes a parameter: a text, or an element that repeats."""

    path: ElementPath
    node: XsdNode
    name: str
    required: bool  # it and all that stands above it


def slots(request: XsdNode, taken: Collection[str] = ()) -> tuple[RequestSlot, ...]:
    """The places of a request in document order, each with the name of its parameter."""
    places = list(_places(request, (), required=True))
    names = unique((path for path, _, _ in places), taken)
    return tuple(
        RequestSlot(path=path, node=node, name=names[path], required=required)
        for path, node, required in places
    )


def is_text(node: XsdNode) -> bool:
    """Whether a request writes the element as text; attributes beside a text have no place."""
    return bool(node.schema)


def is_writable(node: XsdNode) -> bool:
    """Whether an envelope can hold the element: it has a text, or something below that has."""
    return is_text(node) or any(map(is_writable, node.children))


def body(
    node: XsdNode,
    names: Mapping[ElementPath, str],
    known: Mapping[str, str],
    above: ElementPath = (),
) -> dict[str, Any]:
    """The content of an element as an envelope writes it."""
    content: dict[str, Any] = {}
    for child in filter(is_writable, node.children):
        path = (*above, child.name)
        name = names.get(path)
        content[written_name(child, known)] = (
            f"${{{name}}}" if name else body(child, names, known, path)
        )
    return content


def parameter(slot: RequestSlot, known: Mapping[str, str], types: Types) -> dict[str, Any]:
    """A parameter as a document declares it, by a shared type where one says the same."""
    schema = schema_of(slot.node, known)
    shared = _find_type(slot.node.name, schema, types)
    document: dict[str, Any] = {"$ref": f"types.yaml#/{shared}"} if shared else schema
    if slot.node.documentation and shared is None:
        document = {"description": slot.node.documentation, **document}
    shared_type = types[shared] if shared else {}
    default = _default(slot)
    if default is None and not slot.required:
        document["optional"] = True
    elif default is not None and default != shared_type.get("default"):
        document["default"] = default
    if is_personal(slot.node.name) and not shared_type.get("personal"):
        document["personal"] = True
    return document


def schema_of(node: XsdNode, known: Mapping[str, str], *, single: bool = False) -> dict[str, Any]:
    """The JSON Schema of an element's values: a list where it repeats."""
    if node.repeats and not single:
        schema: dict[str, Any] = {"type": "array", "minItems": max(1, node.least)}
        if node.most is not None:
            schema["maxItems"] = node.most
        return {**schema, "items": schema_of(node, known, single=True)}
    if is_text(node):
        return dict(node.schema)
    children = {written_name(c, known): c for c in node.children if is_writable(c)}
    needed = [name for name, child in children.items() if child.least]
    members = {name: member(child, known) for name, child in children.items()}
    schema = {"type": "object", "additionalProperties": False}
    return {**schema, **({"required": needed} if needed else {}), "properties": members}


def member(node: XsdNode, known: Mapping[str, str]) -> dict[str, Any]:
    """The JSON Schema of a child of an object, with its description."""
    schema = schema_of(node, known)
    return {"description": node.documentation, **schema} if node.documentation else schema


def plain(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A JSON Schema without its prose, for comparing."""
    bare = {key: value for key, value in schema.items() if key not in _PROSE}
    return {k: v for k, v in bare.items() if k != "type" or v != "string" or "enum" not in bare}


def _places(
    node: XsdNode, above: ElementPath, *, required: bool
) -> Iterator[tuple[ElementPath, XsdNode, bool]]:
    for child in filter(is_writable, node.children):
        path, needed = (*above, child.name), required and child.least > 0
        if is_text(child) or child.repeats:
            yield path, child, needed
        else:
            yield from _places(child, path, required=needed)


def _find_type(name: str, schema: Mapping[str, Any], types: Types) -> str | None:
    """The shared type of that name, or the only one that says the same, when it says much."""
    same = [key for key, known in types.items() if plain(known) == plain(schema)]
    if name in same:
        return name
    says_much = {"pattern", "enum", "format"} & schema.keys()
    return same[0] if len(same) == 1 and says_much else None


def _default(slot: RequestSlot) -> Any:
    """What fills a parameter: the environment, or the XSD where nothing above is left out."""
    if slot.node.repeats:
        return None
    if slot.required and _LOGIN.match(slot.node.name):
        return "${env.login}"
    if slot.required and slot.node.name == _CONTRACT:
        return "${env.contractId}"
    text = slot.node.default
    if text is None or not (slot.required or len(slot.path) == 1):
        return None
    return parse_default(text, slot.node.schema)


def parse_default(text: str, schema: Mapping[str, Any]) -> Any:
    """A default of an XSD in the type that its JSON Schema wants; None when it has none (INF)."""
    kind = schema.get("type")
    if kind == "boolean":
        return text in {"true", "1"}
    if kind == "integer":
        return int(text)
    if kind == "number":
        return float(text) if isfinite(float(text)) else None
    return text
