"""Parses foreign XML safely, and converts it to plain data.

Plain data uses local names. An element with only text is a string; `xsi:nil` is null; attributes
and children make an object with its own text under `text`; repeated elements are a list.
"""

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from lxml import etree

from sgeflow.core.wires.answers import Flaw
from sgeflow.messages import say

Element = etree._Element  # noqa: SLF001 - lxml has no public name for it
WHITE = " \t\r\n"
SAFE_PARSING: Mapping[str, Any] = MappingProxyType(
    {
        "resolve_entities": False,
        "no_network": True,
        "load_dtd": False,
        "dtd_validation": False,
        "huge_tree": False,
    }
)
"""Options of lxml for foreign XML: entities are not expanded, and nothing is loaded."""
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_NIL = f"{{{_XSI}}}nil"
_ATTRIBUTES = etree.XPath("@*")
_FEW = 16  # up to so many attributes are looked up one by one
_DOCTYPE = say("holds a DOCTYPE, which is never accepted")
_BY_ENTITIES = (etree.ErrorTypes.ERR_ENTITY_LOOP, etree.ErrorTypes.ERR_RESOURCE_LIMIT)
_SHOWN = 120  # characters of a foreign message to show


def parse(body: bytes) -> Element | Flaw:
    """The root element of a document, or the flaw of the document.

    Entities are not expanded, nothing is loaded, and a DOCTYPE is refused: otherwise an unexpanded
    entity could pass as text. Each call has its own parser, so threads do not wait.
    """
    parser = etree.XMLParser(**SAFE_PARSING)
    if not body.strip():
        return Flaw(say("is empty"))
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        is_of_entities = getattr(error, "code", 0) in _BY_ENTITIES and b"<!DOCTYPE" in body
        if is_of_entities:
            return Flaw(_DOCTYPE)
        # libxml2's message may be empty or long; it names elements, never their content
        words = " ".join((error.msg or "").split()).partition(", line ")[0][:_SHOWN]
        line, column = error.position
        reason = say(
            "is malformed or cut off at line {line}, column {column}", line=line, column=column
        )
        return Flaw(say("{place}: {words}", place=reason, words=words) if words else reason)
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr] # unknown to the stubs
        return Flaw(_DOCTYPE)
    return root


def payload(root: Element) -> Element | Flaw:
    """The only element in the Body of a SOAP envelope, which may be a Fault; else the Body."""
    if local_name(root) != "Envelope":
        return Flaw(say("is <{seen}>, not a SOAP envelope", seen=local_name(root)))
    bodies = list(find_children(root, "Body"))
    if not bodies:
        return Flaw(say("is a SOAP envelope without a Body"))
    parts = [child for body in bodies for child in elements(body)]
    if len(parts) > 1:
        return Flaw(say("is a SOAP envelope with several answers in its Body"))
    return parts[0] if parts else bodies[0]


def local_name(node: Element) -> str:
    """The name of an element without its namespace."""
    return bare(str(node.tag))


def bare(name: str) -> str:
    """The local part of a name in lxml's form, `{namespace}name`."""
    return name.rpartition("}")[2]


def elements(node: Element) -> Iterator[Element]:
    """The child elements, without comments and processing instructions."""
    for child in node:
        if isinstance(child.tag, str):
            yield child


def find_children(node: Element, name: str) -> Iterator[Element]:
    """The child elements with a local name, in any namespace."""
    for child in elements(node):
        if local_name(child) == name:
            yield child


def attributes(node: Element) -> list[tuple[str, str]]:
    """The attributes with data, by local name, without `xsi:nil` and `xsi:type`."""
    pairs = all_attributes(node)
    return [(bare(name), value) for name, value in pairs if not name.startswith(f"{{{_XSI}}}")]


def all_attributes(node: Element) -> list[tuple[str, str]]:
    """All attributes by lxml's names; with many attributes faster than lxml's `items()`."""
    if len(node.keys()) <= _FEW:
        return [(str(name), str(value)) for name, value in node.items()]
    values: Any = _ATTRIBUTES(node)  # lxml's result strings know their attribute
    return [(str(value.attrname), str(value)) for value in values]


def is_nil(node: Element) -> bool:
    """Whether the element's value is null by `xsi:nil`."""
    return bool(node.keys()) and node.get(_NIL, "").strip() in {"true", "1"}


def is_simple(node: Element) -> bool:
    """Whether the element has only text or nothing: no data attributes, no children."""
    if len(node) and next(elements(node), None) is not None:
        return False
    return not (node.keys() and attributes(node))


def text_of(node: Element) -> str:
    """The text of a simple element, stripped of white space."""
    if not len(node):
        return (node.text or "").strip(WHITE)
    return "".join([node.text or "", *(child.tail or "" for child in node)]).strip(WHITE)


def own_text(node: Element) -> str:
    """The text between the children of an element, its pieces joined by a space."""
    pieces = [node.text, *(child.tail for child in node)]
    return " ".join(piece.strip(WHITE) for piece in pieces if piece and piece.strip(WHITE))


def to_document(element: Element, lists: Collection[str], path: str = "") -> Any:
    """Convert an element to plain data; paths in `lists` are lists even with one element.

    Args:
        element: the reply's root, or an element below it.
        lists: dotted paths from the root, `grandeur.mesure`.
        path: the dotted path of `element`; empty for the root. An empty root becomes `{}`.
    """
    document = _value(element, lists, path)
    return {} if document == "" and not path else document


def _value(element: Element, lists: Collection[str], path: str) -> Any:
    if is_nil(element):
        return None
    if is_simple(element):
        return text_of(element)
    prefix = f"{path}." if path else ""
    groups: dict[str, list[Any]] = {name: [value] for name, value in attributes(element)}
    for child in elements(element):
        name = local_name(child)
        groups.setdefault(name, []).append(_value(child, lists, prefix + name))
    if text := own_text(element):
        groups.setdefault("text", []).append(text)
    return {
        name: values if len(values) > 1 or prefix + name in lists else values[0]
        for name, values in groups.items()
    }
