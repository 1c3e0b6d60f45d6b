"""A reply in XML as plans see it: elements that become plain data when somebody asks."""

from __future__ import annotations

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
    """A reply as plans see it: which paths are lists, and the runs that marks stand for."""

    lists: Collection[str]
    runs: Sequence[RecordBatch]

    def root(self, element: Element) -> Any:
        """The reply's root: null, text, an empty object, or a node."""
        value = self.value(element, "")
        return {} if value == "" else value

    def value(self, element: Element, path: str) -> Any:
        """Null, text, or a node for what is an object in plain data."""
        if is_nil(element):
            return None
        if is_simple(element) and not (self.runs and any(map(self.run_of, element))):
            return text_of(element)
        return ElementNode(self, element, path)

    def run_of(self, mark: Any) -> RecordBatch | None:
        """The run that a node stands for, when the node is a mark."""
        if self.runs and mark.tag is etree.PI and mark.target == MARK:
            return self.runs[int(mark.text)]
        return None


class ElementNode(LazyObject):
    """An element that is an object in plain data, read no further than asked."""

    __slots__ = ("_groups", "element", "path", "view")

    def __init__(self, view: View, element: Element, path: str) -> None:
        self.view = view
        self.element = element
        self.path = path
        self._groups: dict[str, list[Any]] | None = None

    def get(self, name: str) -> Any:
        """The value that plain data has under a name; a run of records is one item of a list."""
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
            HiddenRunError: a run was lifted out of it.
        """
        if self.view.runs and any(self.view.run_of(mark) for mark in self.element.iter(etree.PI)):
            raise HiddenRunError
        return to_document(self.element, self.view.lists, self.path)

    def _group(self) -> dict[str, list[Any]]:
        groups: dict[str, list[Any]] = {name: [value] for name, value in attributes(self.element)}
        children: Iterator[Any] = iter(self.element)
        for child in children:
            if isinstance(child.tag, str):  # that of a comment or an instruction is none
                name = local_name(child)
                groups.setdefault(name, []).append(self.view.value(child, self._below(name)))
            elif run := self.view.run_of(child):
                groups.setdefault(run.tag, []).append(run)
        return groups

    def _below(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name
