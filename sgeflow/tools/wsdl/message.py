"""Derives parameters, envelope and outputs from a described operation, and names them."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from math import isfinite
from typing import Any
from unicodedata import normalize

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.language.points import is_point
from sgeflow.core.language.reader import Types
from sgeflow.core.language.secret_names import is_secret_name
from sgeflow.core.soap.envelope import TEXT
from sgeflow.patterns import regex
from sgeflow.tools.wsdl.model import DescribedOperation, ElementPath, XsdNode

_PROSE = ("description", "examples", "personal", "default", "optional")
_LOGIN = regex(r"(?i).*login.*")
_CONTRACT = "contratId"  # SGE's word in all services


HEADER: ElementPath = ("#header",)
"""The path above the blocks of the header."""


class RequestSlot(Struct, frozen=True, kw_only=True):
    """A place of a request that takes a parameter: a text, or a repeated element."""

    path: ElementPath
    node: XsdNode
    name: str
    required: bool  # the place and everything above it are required

    @property
    def in_header(self) -> bool:
        """Whether the place is in the header."""
        return self.path[:1] == HEADER


def header_of(described: DescribedOperation) -> XsdNode:
    """The blocks of a request's header as optional children of one node."""
    return XsdNode(name=HEADER[0], children=described.header)


def slots(described: DescribedOperation) -> tuple[RequestSlot, ...]:
    """The places of a request and its header, with the names of their parameters."""
    places = list(_places(described.request, (), required=True))
    places += _places(header_of(described), HEADER, required=False)
    names = unique(_named(path) for path, _, _ in places)
    return tuple(
        RequestSlot(path=path, node=node, name=names[_named(path)], required=required)
        for path, node, required in places
    )


def _named(path: ElementPath) -> ElementPath:
    """The path that names a parameter; a text beside attributes is named after its element."""
    return path[:-1] if path[-1] == TEXT else path


def is_text(node: XsdNode) -> bool:
    """Whether a request writes the element as text alone."""
    return bool(node.schema)


def is_writable(node: XsdNode) -> bool:
    """Whether an envelope can contain the element: it or a descendant has a text."""
    return is_text(node) or any(map(is_writable, node.children))


def as_written(node: XsdNode, *, needed: bool = True) -> XsdNode:
    """The element in the form that an envelope can write.

    A text beside attributes becomes a child `#text`. An empty element that is not always there
    takes the value "". An optional element loses its children if it requires a child that takes no
    value, because no envelope could write it validly. A comment in the draft names both.
    """
    if not (node.schema or node.children or node.notes or needed):
        return replace(node, schema={"const": ""})
    if node.schema and node.children:
        text = XsdNode(name=TEXT, schema=node.schema, default=node.default)
        return replace(node, schema={}, default=None, children=(*node.children, text))
    children = tuple(
        as_written(child, needed=needed and child.least > 0 and not child.repeats)
        for child in node.children
    )
    lacking = [child.name for child in children if child.least and not is_writable(child)]
    if needed or not lacking or not any(map(is_writable, children)):
        return replace(node, children=children)
    note = f"it requires {' and '.join(lacking)}, which takes no value here, and is left out"
    return replace(node, children=(), groups=(), notes=(*node.notes, note))


def body(
    node: XsdNode,
    names: Mapping[ElementPath, str],
    known: Mapping[str, str],
    above: ElementPath = (),
    *,
    needed: bool = True,
) -> dict[str, Any]:
    """The content of an element in an envelope.

    A required empty element is `{}`; below an optional element it is left out, because it would
    keep that element.
    """
    content: dict[str, Any] = {}
    for child in node.children:
        path, is_needed = (*above, child.name), needed and child.least > 0
        if not is_writable(child) and (not is_needed or child.repeats or child.notes):
            continue
        name = names.get(path)
        inner = f"${{{name}}}" if name else body(child, names, known, path, needed=is_needed)
        content[written_name(child, known)] = inner
    return content


def parameter(slot: RequestSlot, known: Mapping[str, str], types: Types) -> dict[str, Any]:
    """A parameter for a document; a shared type replaces an equal schema."""
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
    """The JSON Schema of an element's values; a list for a repeated element."""
    if node.repeats and not single:
        schema: dict[str, Any] = {"type": "array", "minItems": max(1, node.least)}
        if node.most is not None:
            schema["maxItems"] = node.most
        return {**schema, "items": schema_of(node, known, single=True)}
    if is_text(node):
        return dict(node.schema)
    children = {written_name(c, known): c for c in node.children if is_writable(c)}
    needed = [name for name, child in children.items() if child.least]
    members = {name: schema_of(child, known) for name, child in children.items()}
    for name, child in children.items():
        if child.documentation:
            members[name] = {"description": child.documentation, **members[name]}
    schema = {"type": "object", "additionalProperties": False}
    return {**schema, **({"required": needed} if needed else {}), "properties": members}


def plain(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A JSON Schema without descriptions, for comparisons."""
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
    """The shared type with that name, or the only one with an equal, specific schema."""
    same = [key for key, known in types.items() if plain(known) == plain(schema)]
    if name in same:
        return name
    says_much = {"pattern", "enum", "format"} & schema.keys()
    return same[0] if len(same) == 1 and says_much else None


def _default(slot: RequestSlot) -> Any:
    """The default of a parameter: from the environment, or from the XSD."""
    if slot.node.repeats:
        return None
    if (slot.required or slot.in_header) and _LOGIN.match(slot.node.name):
        return "${env.login}"
    if slot.required and slot.node.name == _CONTRACT:
        return "${env.contractId}"
    text = slot.node.default
    if text is None or not (slot.required or len(slot.path) == 1):
        return None
    kind = slot.node.schema.get("type")
    if kind == "boolean":
        return text in {"true", "1"}
    if kind == "integer":
        return int(text)
    if kind == "number":
        return float(text) if isfinite(float(text)) else None  # JSON has no infinity
    return text


_IDENTIFIER = regex(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def lists(reply: XsdNode) -> tuple[str, ...]:
    """The dotted paths of all elements that may repeat."""
    paths = (".".join(map(bare, path)) for path, node in reply.walk() if node.repeats)
    return tuple(dict.fromkeys(paths))


def outputs(reply: XsdNode) -> dict[str, str]:
    """An output for each leaf, as JMESPath; repeated elements become rows."""
    parts = dict(_outputs(reply, ())) or {(reply.name,): "@"}
    names = unique(parts)
    return {names[path]: text for path, text in parts.items()}


def points(reply: XsdNode) -> Iterator[str]:
    """The places of the point in a reply, as JMESPath: the number itself, or a point's id."""
    for path, node in reply.walk():
        names = [bare(name) for name in path]
        is_id = len(names) > 1 and names[-1] == "id" and is_point(names[-2])
        if not node.children and node.schema and (is_point(names[-1]) or is_id):
            yield _flat(reply, path)


def whole(node: XsdNode, texts: Iterator[str]) -> Any:
    """A complete reply as plain data with distinct texts; repeated elements occur twice."""
    if not node.children:
        return next(texts)
    content: dict[str, Any] = {}
    for child in node.children:
        count = 2 if child.repeats else 1
        values = [whole(child, texts) for _ in range(count)]
        content[bare(child.name)] = values if child.repeats else values[0]
    return {**content, "text": next(texts)} if node.schema else content


def bare(name: str) -> str:
    """A name in plain data, where attributes are members."""
    return name.removeprefix("@")


def _outputs(node: XsdNode, above: ElementPath) -> Iterator[tuple[ElementPath, str]]:
    for child in node.children:
        path = (*above, bare(child.name))
        if child.repeats:
            yield path, f"{_dotted_name(path)}[]{_row(child)} || `[]`"
        elif child.children:
            yield from _outputs(child, path)
            if child.schema:
                yield path, f"{_dotted_name(path)}.text"
        elif child.schema:
            yield path, _dotted_name(path)


def _row(node: XsdNode) -> str:
    """The projection of a repeated element: empty for a text, else its leaves by name."""
    if not node.children:
        return ""
    parts: dict[ElementPath, str] = dict(_outputs(node, ()))
    if node.schema:
        parts["text",] = "text"
    names: Mapping[ElementPath, str] = unique(parts)
    inner = ", ".join(f"{names[path]}: {text}" for path, text in parts.items())
    return f".{{{inner}}}" if inner else ""


def _flat(reply: XsdNode, path: ElementPath) -> str:
    """A path through elements that may repeat."""
    repeating = {known for known, node in reply.walk() if node.repeats}
    steps = (
        _dotted_name((bare(name),)) + ("[]" if path[: place + 1] in repeating else "")
        for place, name in enumerate(path)
    )
    return ".".join(steps)


def _dotted_name(path: ElementPath) -> str:
    return ".".join(name if _IDENTIFIER.match(name) else f'"{name}"' for name in path)


_NAME = regex(r"[A-Za-z][A-Za-z0-9_]*\Z")
XML = "http://www.w3.org/XML/1998/namespace"
"""The namespace of `xml:lang`; XML itself declares its prefix."""
_VERSION = regex(r"[vV]([0-9]+)(?:\.[0-9]+)*/?\Z")
# Elements that probably name or locate a person: hidden unless a person decides otherwise.
_PERSONAL = regex(
    r"(?i)(nom|prenom|civilite|nomClient.*|denominationSociale|.*telephone.*|.*courriel|.*e?mail"
    r"|.*nomVoie|rue|adresse|lieuDit|batiment|escalier.*|ligne[1-7]|(first|last|family|sur)name|.*phone|street)"
    r"\Z"
)


def is_personal(name: str) -> bool:
    """Whether an element's name suggests a person's name or address, or a secret."""
    return bool(_PERSONAL.match(name)) or is_secret_name(name)


def unique(paths: Iterable[ElementPath]) -> dict[ElementPath, str]:
    """A unique name for each path: its last part, with as many preceding parts as needed."""
    every = list(paths)
    lengths = dict.fromkeys(every, 1)
    while True:
        names = {path: join_name(path[-depth:]) for path, depth in lengths.items()}
        counts = Counter(names.values())
        clashing = [path for path in every if counts[names[path]] > 1]
        longer = [path for path in clashing if lengths[path] < len(path)]
        if not longer:
            return _number_names(names)
        lengths |= {path: lengths[path] + 1 for path in longer}


def prefixes(described: DescribedOperation) -> dict[str, str]:
    """The prefix of each namespace in a request: `v1` for the root's, then `n1`, `n2`."""
    request, version, header = described.request, described.version, header_of(described)
    written = (request, *(n for _, n in (*request.walk(), *header.walk())))
    spaces = dict.fromkeys(node.namespace for node in written)
    match = _VERSION.search(request.namespace)
    main = f"v{match[1] if match else version.partition('.')[0] or '1'}"
    others = [space for space in spaces if space and space not in (request.namespace, XML)]
    return {
        request.namespace: main,
        **{space: f"n{number}" for number, space in enumerate(others, 1)},
        **({XML: "xml"} if XML in spaces else {}),  # XML allows no other prefix for it
    }


def written_name(node: XsdNode, known: Mapping[str, str]) -> str:
    """The key of an element in an envelope, with the prefix of a qualified element."""
    if not node.namespace:
        return node.name
    at = "@" if node.name.startswith("@") else ""
    return f"{at}{known[node.namespace]}:{node.name.removeprefix('@')}"


def join_name(parts: ElementPath) -> str:
    """A name for documents: `("contrat", "contratId")` as `contratContratId`, `a-b.c` as `aBC`."""
    plain = (normalize("NFKD", part).encode("ascii", "ignore").decode() for part in parts)
    words = [word for part in plain for word in re.split(r"[^A-Za-z0-9_]+", part) if word]
    name = "".join([*words[:1], *(word[:1].upper() + word[1:] for word in words[1:])])
    return name if _NAME.match(name) else f"x{name}"


def _number_names(names: dict[ElementPath, str]) -> dict[ElementPath, str]:
    used: set[str] = set()
    result = {}
    for path, name in names.items():
        number, free = 1, name
        while free in used:
            number += 1
            free = f"{name}{number}"
        used.add(free)
        result[path] = free
    return result
