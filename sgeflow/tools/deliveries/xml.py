"""Reads large XML files element by element, with the same care as answers of SGE."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from io import BufferedReader
from typing import Any

from lxml import etree

from sgeflow.core.language.rows import Rows
from sgeflow.core.soap.extract import ASCII_BELOW
from sgeflow.core.soap.records import MARK, RecordBatch, lift
from sgeflow.core.soap.xml import (
    SAFE_PARSING,
    Element,
    elements,
    find_children,
    local_name,
    text_of,
)
from sgeflow.messages import say
from sgeflow.patterns import regex
from sgeflow.tools.deliveries.model import MisreadError, damage_error, unknown_layout

_CHUNK = 1 << 20
_DECLARATION = regex(rb"(?:\xef\xbb\xbf)?<\?xml[^<>]*\?>")
_ENCODING = regex(rb"encoding *= *[\"']([A-Za-z0-9._-]+)")
_DISGUISE = regex(rb"<[!?]")
_MARK = f"<?{MARK}".encode()
_NO_MARK = _MARK[:-1]  # the same in a file is not ours


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


class LiftedParts:
    """Elements of an XML file, with runs of flat records lifted out (`core/soap/records.py`).

    They are lifted until something comes in which a record may be none: a comment, a CDATA
    section, a DOCTYPE or an instruction.
    """

    def __init__(self, file: BufferedReader, tag: str, leaves: tuple[str, ...]) -> None:
        """`tag` is the name of the records, `leaves` are their children that are read."""
        self._file = file
        self._tag = tag
        self._leaves = leaves
        self._runs: dict[int, RecordBatch] = {}
        self._count = 0

    def parts(self, root: str, *names: str) -> Iterator[tuple[str, Element]]:
        """The elements of some local names, as `parts` gives them.

        Raises:
            TechnicalError: it holds a DOCTYPE, or has another root.
            MisreadError: it is not XML, or is cut off.
        """
        try:
            yield from _find_elements(self._events(), root, frozenset(names))
        except etree.XMLSyntaxError:
            raise MisreadError from None

    def records(self, element: Element) -> Iterator[Rows | Element]:
        """The records in an element, in their order: runs of them, and single ones."""
        children: Iterator[Any] = iter(element)
        for one in children:
            if isinstance(one.tag, str):
                if local_name(one) == self._tag:
                    yield one
            elif one.tag is etree.PI and one.target == MARK:
                rows: Any = self._runs.pop(int(one.text)).rows(self._leaves, self._leaves)
                yield rows

    def _events(self) -> Iterator[tuple[str, Element]]:
        parser = etree.XMLPullParser(events=("start", "end"), **SAFE_PARSING)
        events: Iterator[Any] = parser.read_events()
        for some in self._skeleton():
            parser.feed(some)
            yield from events
        parser.close()

    def _skeleton(self) -> Iterator[bytes]:
        """The bytes of the file with marks for runs."""
        head = self._file.peek(_CHUNK)
        rest, close = b"", f"</{self._tag}>".encode()
        declared = _DECLARATION.match(head)
        encoding = _ENCODING.search(declared[0]) if declared else None
        place = declared.end() if declared else 0
        # whether a byte below 128 is its ASCII character
        is_plain = encoding is None or encoding[1].decode().upper() in ASCII_BELOW
        while some := self._file.read(_CHUNK):
            before, end, after = (rest + some).rpartition(close)
            if not end:
                before, end, after = after.rpartition(b">")
            whole, rest = before + end, after
            is_plain = is_plain and not _DISGUISE.search(whole, place)
            place = max(0, place - len(whole))
            if is_plain:
                skeleton, runs = lift(whole, self._tag, frozenset(self._leaves), self._count)
                self._runs.update(enumerate(runs, self._count))
                self._count += len(runs)
                yield skeleton
            else:
                yield whole.replace(_MARK, _NO_MARK)
        yield rest.replace(_MARK, _NO_MARK)


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
