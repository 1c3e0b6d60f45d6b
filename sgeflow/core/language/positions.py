"""Where each name of an expression stands."""

from __future__ import annotations

from sgeflow.core.language.dialect import Node
from sgeflow.core.language.expression import Expression
from sgeflow.errors import Location

Extent = tuple[int, int]  # where it starts, and its length


class Places:
    """The place of every name and literal of one expression."""

    def __init__(self, expression: Expression) -> None:
        self._expression = expression

    def of(self, node: Node) -> Location | None:
        """The place of a node's name, or of the first name within it."""
        start, length = _first(node) or (0, len(self._expression.text))
        return self._expression.spot.at(start, length)

    def is_quoted(self, node: Node) -> bool:
        """Whether a name is written in double quotes."""
        start, _ = node.get("at") or (0, 0)
        return self._expression.text[start : start + 1] == '"'

    def names(self, node: Node) -> bool:
        """Whether a name stands in a node, so that it has a place of its own."""
        return _first(node) is not None


def _first(node: Node) -> Extent | None:
    """The place of a node, or of the first within it, in the order in which they are written."""
    if node.get("at"):
        place: Extent = node["at"]
        return place
    inner = (c for c in node.get("children", ()) if isinstance(c, dict))
    return min(filter(None, map(_first, inner)), default=None)
