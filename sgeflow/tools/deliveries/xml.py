"""Reads large XML files element by element, with the same care as answers of SGE."""

from __future__ import annotations

from collections.abc import Iterator
from io import BufferedReader

from lxml import etree

from sgeflow.core.soap.xml import Element, elements, find_children, local_name, text_of
from sgeflow.messages import say
from sgeflow.tools.deliveries.model import damage_error, unknown_layout


def parts(file: BufferedReader, root: str, *names: str) -> Iterator[tuple[str, Element]]:
    """The elements of some local names, one by one, each whole and gone once the next is asked for.

    Raises:
        TechnicalError: it is not XML, is cut off, holds a DOCTYPE, or has another root.
    """
    tags = frozenset(names)
    events = etree.iterparse(
        file,
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
    )
    depth = 0
    try:
        for event, element in events:
            if event == "start":
                depth += 1
                if depth == 1:
                    _check_root(element, root)
                continue
            depth -= 1
            if local_name(element) in tags:
                yield local_name(element), element
                _drop(element)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise damage_error(
            say("it is no whole XML: line {line}, column {column}", line=line, column=column)
        ) from None


def child(element: Element, name: str) -> str:
    """The text of the first child of a local name, or nothing."""
    return next((text_of(one) for one in find_children(element, name)), "")


def required_text(element: Element, name: str) -> str:
    """The text of a child that must be there.

    Raises:
        TechnicalError: it is not, or is empty.
    """
    text = child(element, name)
    if not text:
        children = map(local_name, elements(element))
        raise unknown_layout(say("text of {name}", name=name), (name,), children)
    return text


def _check_root(element: Element, root: str) -> None:
    if element.getroottree().docinfo.doctype:  # type: ignore[attr-defined] # unknown to the stubs
        raise damage_error(say("it holds a DOCTYPE, which is never accepted"))
    if local_name(element) != root:
        raise unknown_layout("root", (root,), [local_name(element)])


def _drop(element: Element) -> None:
    """Free an element that was read, and what stands before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
