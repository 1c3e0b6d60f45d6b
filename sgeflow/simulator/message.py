"""One checked request, as the services read it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from lxml import etree
from msgspec import Struct

from sgeflow.core.documents import Operation
from sgeflow.simulator.soap import Refusal, namespace, write_element


class RequestMessage(Struct, frozen=True):
    """The body's element of a request whose shape has been checked."""

    operation: Operation
    element: etree._Element

    def text(self, path: str) -> str | None:
        """The text at a path below the root, None when the element is not there."""
        child = self.element.find(path)
        return None if child is None else (child.text or "")

    def need(self, path: str) -> str:
        """The text at a path. Raises: Refusal SGT562 naming the element when it is missing."""
        text = self.text(path)
        if text is None:
            raise Refusal("SGT562", f"Message non conforme : élément {path} manquant.")
        return text

    def flag(self, path: str) -> bool | None:
        """The boolean at a path, None when the element is not there."""
        text = self.text(path)
        return None if text is None else text.strip() in ("true", "1")

    def day(self, path: str) -> date:
        """The date at a path, its offset dropped. Raises: Refusal SGT562."""
        text = self.need(path).strip()[:10]
        try:
            return date.fromisoformat(text)
        except ValueError:
            reason = f"Message non conforme : {path} n'est pas une date."
            raise Refusal("SGT562", reason) from None

    def day_or_none(self, path: str) -> date | None:
        """The date at a path, None when the element is not there."""
        return None if self.element.find(path) is None else self.day(path)

    def has(self, path: str) -> bool:
        """Whether there is such an element."""
        return self.element.find(path) is not None

    def each(self, path: str) -> list[RequestMessage]:
        """Every element at a path, each read as a message of its own."""
        return [RequestMessage(self.operation, child) for child in self.element.findall(path)]

    @property
    def namespace(self) -> str:
        """The namespace of the request's root, which is that of the answer's."""
        return namespace(self.element)

    def answer(self, name: str, content: Mapping[str, Any] | str) -> bytes:
        """The answer's root of that name, in the service's namespace; its children, or a text."""
        return write_element(self.namespace, name, content)

    def point_id(self) -> str:
        """The point that the request is about, empty when it names none."""
        child = self.element.find(".//pointId")
        return "" if child is None else (child.text or "")
