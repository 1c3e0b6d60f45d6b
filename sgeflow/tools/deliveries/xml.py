"""Reads large XML files element by element, with the same care as answers of SGE."""

from collections.abc import Collection, Iterable, Iterator
from io import BufferedReader

from lxml import etree

from sgeflow.core.soap.xml import (
    SAFE_PARSING,
    Element,
    elements,
    find_children,
    local_name,
    text_of,
)
from sgeflow.messages import say
from sgeflow.tools.deliveries.model import damage_error, unknown_layout


def parts(file: BufferedReader, root: str, *names: str) -> Iterator[tuple[str, Element]]:
    """The elements of some local names, one by one, each whole and gone once the next is asked for.

    Raises:
        TechnicalError: it is not XML, is cut off, holds a DOCTYPE, or has another root.
    """
    events = etree.iterparse(file, events=("start", "end"), **SAFE_PARSING)
    try:
        yield from _find_elements(events, root, frozenset(names))
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise damage_error(
            say("it is not complete XML: line {line}, column {column}", line=line, column=column)
        ) from None


def _find_elements(
    events: Iterable[tuple[str, Element]], root: str, names: Collection[str]
) -> Iterator[tuple[str, Element]]:
    is_first = True
    for event, element in events:
        if event == "start":
            if is_first and element.getroottree().docinfo.doctype:  # type: ignore[attr-defined] # unknown to the stubs
                raise damage_error(say("it holds a DOCTYPE, which is never accepted"))
            if is_first and local_name(element) != root:
                raise unknown_layout("root", (root,), [local_name(element)])
            is_first = False
        elif local_name(element) in names:
            yield local_name(element), element
            element.clear()  # it was read: it is freed, and what stands before it
            parent = element.getparent()
            while parent is not None and element.getprevious() is not None:
                del parent[0]


def child(element: Element, name: str) -> str:
    """The text of the child of a local name, or nothing; several must say the same."""
    texts = [text_of(one) for one in find_children(element, name)]
    if len({*texts}) > 1:
        raise damage_error(
            say("{name} is in {parent} more than once", name=name, parent=local_name(element)),
            say("fetch the file again; if the error stays, tell Enedis"),
        )
    return texts[0] if texts else ""


def required_text(element: Element, name: str) -> str:
    """The text of a child that must be there, and must not be empty."""
    text = child(element, name)
    if not text:
        children = map(local_name, elements(element))
        raise unknown_layout(say("text of {name}", name=name), (name,), children)
    return text
