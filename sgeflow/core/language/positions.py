"""Where each name of an expression stands; the syntax tree itself does not say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jmespath.lexer import Lexer

from sgeflow.core.language.expression import Expression
from sgeflow.errors import Location

Node = Mapping[str, Any]


def ended(text: str, start: int) -> int:
    """The length of a text in quotes or backticks that begins at `start`."""
    end = start + 1
    while end < len(text) and text[end] != text[start]:
        end += 2 if text[end] == "\\" else 1
    return end + 1 - start


class Places:
    """The place of every name of one expression."""

    def __init__(self, expression: Expression) -> None:
        self._expression = expression
        self._names: list[Any] = []
        self._texts: list[Any] = []
        self._found: dict[int, tuple[int, int]] = {}
        self._literals: dict[int, tuple[int, int]] = {}

    def _look(self) -> None:
        """Find every place, when one is asked for first: most expressions have no mistake."""
        if not self._found and not self._literals:
            for token in Lexer().tokenize(self._expression.text):
                if token["type"] in {"unquoted_identifier", "quoted_identifier"}:
                    self._names.append(token)
                elif token["type"] == "literal":
                    self._texts.append(token)
            self._walk(self._expression.parsed)

    def of(self, node: Node) -> Location | None:
        """The place of a node's name, or of the first name within it."""
        self._look()
        written = self._found.get(id(node)) or self._literals.get(id(node))
        start, length = written or self._first(node)
        return self._expression.spot.at(start, length)

    def is_quoted(self, node: Node) -> bool:
        """Whether a name is written in double quotes."""
        self._look()
        start, _ = self._found.get(id(node), (0, 0))
        return self._expression.text[start : start + 1] == '"'

    def names(self, node: Node) -> bool:
        """Whether a name stands in a node, so that it has a place of its own."""
        self._look()
        if id(node) in self._found or id(node) in self._literals:
            return True
        return self._first(node) != (0, len(self._expression.text))

    def _first(self, node: Node) -> tuple[int, int]:
        for child in node.get("children", ()):
            if isinstance(child, dict):
                found = self._found.get(id(child)) or self._first(child)
                if found[1] < len(self._expression.text):
                    return found
        return (0, len(self._expression.text))

    def _walk(self, node: Node) -> None:
        kind = node["type"]
        if kind in {"field", "function_expression", "key_val_pair"} and self._names:
            token = self._names.pop(0)
            length = token["end"] - token["start"]
            if token["type"] == "quoted_identifier":
                length = ended(self._expression.text, token["start"])
            self._found[id(node)] = (token["start"], length)
        if kind == "literal" and self._texts:
            token = self._texts.pop(0)
            written = self._expression.text
            self._literals[id(node)] = (token["start"], ended(written, token["start"]))
        children = [child for child in node.get("children", ()) if isinstance(child, dict)]
        if kind == "filter_projection":  # left, right, condition; written left, condition, right
            children = [children[0], children[2], children[1]]
        for child in children:
            self._walk(child)
