"""A parsed XML reply for compiled paths: elements become plain data only when they are read."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from lxml import etree
from msgspec import Struct

from sgeflow.core.soap.records import MARK, RecordBatch
from sgeflow.core.soap.xml import (
    Element,
    attributes,
    is_nil,
    is_simple,
    local_name,
    own_text,
    text_of,
    to_document,
)
from sgeflow.core.wires.plan import HiddenRunError, LazyObject


class View(Struct, frozen=True):
    """A reply for compiled paths: its lists, and the records that marks in its tree stand for."""

    lists: Collection[str]
    runs: Sequence[RecordBatch]

    def root(self, element: Element) -> Any:
        """The reply's root: null, text, an empty object, or a node."""
        value = self.value(element, "")
        return {} if value == "" else value

    def value(self, element: Element, path: str) -> Any:
        """Null, text, or a node for an element that is an object in plain data."""
        if is_nil(element):
            return None
        if is_simple(element) and not (self.runs and any(map(self.run_of, element))):
            return text_of(element)
        return ElementNode(self, element, path)

    def run_of(self, mark: Any) -> RecordBatch | None:
        """The run that a mark represents; None for other nodes."""
        if self.runs and mark.tag is etree.PI and mark.target == MARK:
            return self.runs[int(mark.text)]
        return None


class ElementNode(LazyObject):
    """An element that is an object in plain data, read on demand."""

    __slots__ = ("_groups", "element", "path", "view")

    def __init__(self, view: View, element: Element, path: str) -> None:
        self.view = view
        self.element = element
        self.path = path
        self._groups: dict[str, list[Any]] | None = None

    def get(self, name: str) -> Any:
        """The value of a name in plain data; a run of records counts as one item of a list."""
        if self._groups is None:
            self._groups = self._group()
        values = self._groups.get(name)
        if name == "text" and (text := own_text(self.element)):
            values = [*(values or ()), text]
        if values is None:
            return None
        is_list = (
            len(values) > 1
            or type(values[0]) is RecordBatch
            or self._below(name) in self.view.lists
        )
        return values if is_list else values[0]

    def document(self) -> Any:
        """The element as plain data.

        Raises:
            HiddenRunError: the element contains a run that was taken out.
        """
        if self.view.runs and any(self.view.run_of(mark) for mark in self.element.iter(etree.PI)):
            raise HiddenRunError
        return to_document(self.element, self.view.lists, self.path)

    def _group(self) -> dict[str, list[Any]]:
        groups: dict[str, list[Any]] = {name: [value] for name, value in attributes(self.element)}
        children: Iterator[Any] = iter(self.element)
        for child in children:
            if isinstance(child.tag, str):  # comments and processing instructions have no name
                name = local_name(child)
                groups.setdefault(name, []).append(self.view.value(child, self._below(name)))
            elif run := self.view.run_of(child):
                groups.setdefault(run.tag, []).append(run)
        return groups

    def _below(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name
