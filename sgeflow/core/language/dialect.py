"""The two dialects in which documents ask for values.

A path through a reply is JMESPath as jmespath.org reads it, except that only numbers are ordered.
An expression is stricter, and easier to read aloud: numbers, `true`, `false` and `null` stand bare;
conditions, and what `&&`, `||` and `!` take, are true or false; days and instants are ordered like
numbers; `if()` works out the value that it gives and no other.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from jmespath import ast
from jmespath.parser import ParsedResult, Parser
from jmespath.visitor import Options, TreeInterpreter

from sgeflow.core.language import dates
from sgeflow.core.language.functions import Pack
from sgeflow.core.language.rows import Rows, as_list, join, plain_argument
from sgeflow.patterns import regex

LexerToken = Mapping[str, Any]
Node = Mapping[str, Any]
"""A part of the syntax tree of an expression: its `type`, `value`, `children`, and place `at`."""
CONSTANTS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None}
_QUOTES = frozenset("'\"`")
_NAMES = regex(  # nothing but names, as two of five expressions
    r"(?!(?:true|false|null)(?:\.|\Z))[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*"
)
_VALUE: Node = {"type": "identity", "children": []}
_ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
}


class NotOrderedError(Exception):
    """Two values of which neither is greater: its arguments."""


class NotBooleanError(Exception):
    """A value, its argument, stands where only true or false can."""


class PathInterpreter(TreeInterpreter):  # type: ignore[misc]
    """JMESPath's interpreter, except that ordering takes numbers only."""

    def visit_comparator(self, node: Mapping[str, Any], value: Any) -> Any:
        """Compare for equality, or order."""
        if node["value"] in self._EQUALITY_OPS:
            return super().visit_comparator(node, value)
        left, right = (self.visit(child, value) for child in node["children"])
        return _ORDERS[node["value"]](*self.order(left, right))

    def order(self, left: Any, right: Any) -> tuple[Any, Any]:
        """Two values as Python orders them.

        Raises:
            NotOrderedError: neither is greater.
        """
        if not (is_number(left) and is_number(right)):
            raise NotOrderedError(left, right)
        return left, right


class ExpressionInterpreter(PathInterpreter):
    """The interpreter of expressions: nothing is true by being there.

    Rows that stand in what it reads are lists to it. What it gives may hold them still.
    """

    def visit_flatten(self, node: Mapping[str, Any], value: Any) -> Any:
        """Lists in a list, and rows, one after the other."""
        base = self.visit(node["children"][0], value)
        if isinstance(base, list) and base and all(type(one) is Rows for one in base):
            return join(base)
        if isinstance(base, list):
            base = list(map(as_list, base))
        return base if type(base) is Rows else super().visit_flatten(_of_value(node), base)

    def visit_projection(self, node: Mapping[str, Any], value: Any) -> Any:
        """The same of each item; rows themselves stay as they are."""
        left, right = node["children"]
        base = self.visit(left, value)
        if type(base) is Rows and right["type"] == "identity":
            return base
        return super().visit_projection(_of_value(node), as_list(base))

    def visit_filter_projection(self, node: Mapping[str, Any], value: Any) -> Any:
        """The same of each item for which a condition holds."""
        base = self.visit(node["children"][0], value)
        return super().visit_filter_projection(_of_value(node), as_list(base))

    def visit_index(self, node: Mapping[str, Any], value: Any) -> Any:
        """An item of a list."""
        return super().visit_index(node, as_list(value))

    def visit_slice(self, node: Mapping[str, Any], value: Any) -> Any:
        """Some items of a list."""
        return super().visit_slice(node, as_list(value))

    def order(self, left: Any, right: Any) -> tuple[Any, Any]:
        """Two numbers, two days or two instants."""
        if isinstance(left, str) and isinstance(right, str):
            try:
                return dates.orderable(left, right)
            except ValueError:
                raise NotOrderedError(left, right) from None
        return super().order(left, right)

    def visit_or_expression(self, node: Mapping[str, Any], value: Any) -> bool:
        """True when one is; the second is looked at only when the first is false."""
        left, right = node["children"]
        return self._truth(left, value) or self._truth(right, value)

    def visit_and_expression(self, node: Mapping[str, Any], value: Any) -> bool:
        """True when both are; the second is looked at only when the first is true."""
        left, right = node["children"]
        return self._truth(left, value) and self._truth(right, value)

    def visit_not_expression(self, node: Mapping[str, Any], value: Any) -> bool:
        """The opposite."""
        return not self._truth(node["children"][0], value)

    def visit_function_expression(self, node: Mapping[str, Any], value: Any) -> Any:
        """A function of its arguments; `if()` works out the one that it gives."""
        if node["value"] != "if":
            arguments = [self.visit(child, value) for child in node["children"]]
            if node["value"] != "default":  # it gives one of them, as it is
                arguments = list(map(plain_argument, arguments))
            return self._functions.call_function(node["value"], arguments)
        *pairs, otherwise = node["children"]
        for condition, then in zip(pairs[::2], pairs[1::2], strict=True):
            if self._truth(condition, value):
                return self.visit(then, value)
        return self.visit(otherwise, value)

    def _truth(self, node: Mapping[str, Any], value: Any) -> bool:
        return not self._is_false(self.visit(node, value))

    def _is_false(self, value: Any) -> bool:
        """Whether a condition is false, that of a filter too."""
        if not isinstance(value, bool):
            raise NotBooleanError(value)
        return not value


def _of_value(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """A node whose first child is worked out: it is the value."""
    return {**node, "children": [_VALUE, *node["children"][1:]]}


class PathParser(Parser):  # type: ignore[misc]
    """JMESPath's parser; every name and literal knows its place: `at`, its start and length."""

    _CACHE: ClassVar[dict[str, ParsedResult]] = {}

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self._keys: list[tuple[int, int]] = []  # the places of the names of an object

    def _parse(self, expression: str) -> ParsedResult:
        if _NAMES.fullmatch(expression):
            return ParsedResult(expression, _path_of_names(expression.split(".")))
        self._text = expression
        return super()._parse(expression)

    def _token_nud_literal(self, token: LexerToken) -> Any:
        return {**super()._token_nud_literal(token), "at": self._place(token)}

    def _token_nud_unquoted_identifier(self, token: LexerToken) -> Any:
        return {**super()._token_nud_unquoted_identifier(token), "at": self._place(token)}

    def _token_nud_quoted_identifier(self, token: LexerToken) -> Any:
        return {**super()._token_nud_quoted_identifier(token), "at": self._place(token)}

    def _token_led_lparen(self, left: Any) -> Any:
        return {**super()._token_led_lparen(left), "at": left.get("at")}

    def _parse_multi_select_hash(self) -> Any:
        outer, self._keys = self._keys, []
        node = super()._parse_multi_select_hash()
        pairs = [{**pair, "at": at} for pair, at in zip(node["children"], self._keys, strict=True)]
        self._keys = outer
        return {**node, "children": pairs}

    def _match_multiple_tokens(self, token_types: list[str]) -> None:
        self._keys.append(self._place(self._lookahead_token(0)))
        super()._match_multiple_tokens(token_types)

    def _place(self, token: LexerToken) -> tuple[int, int]:
        start = token["start"]
        is_quoted = self._text[start : start + 1] in _QUOTES
        return start, quoted_length(self._text, start) if is_quoted else token["end"] - start


class ExpressionParser(PathParser):
    """The same, and literals without backticks where JMESPath knows no expression."""

    _CACHE: ClassVar[dict[str, ParsedResult]] = {}  # the same text is another tree in a path

    def _token_nud_number(self, token: LexerToken) -> Any:
        return {**ast.literal(token["value"]), "at": self._place(token)}

    def _token_nud_unquoted_identifier(self, token: LexerToken) -> Any:
        if token["value"] in CONSTANTS and not self._is_name():
            return {**ast.literal(CONSTANTS[token["value"]]), "at": self._place(token)}
        return super()._token_nud_unquoted_identifier(token)

    def _is_name(self) -> bool:
        """Whether the word that was read is a field or a function, whatever it says."""
        is_field: bool = self._lookahead_token(-2)["type"] == "dot"
        is_function: bool = self._current_token() == "lparen"
        return is_field or is_function

    def _token_nud_lbracket(self, token: LexerToken) -> Any:
        if self._current_token() == "number" and self._lookahead(1) == "comma":  # [1, 2]
            return self._parse_multi_select_list()
        return super()._token_nud_lbracket(token)


def _path_of_names(names: Sequence[str]) -> Node:
    """The tree of names with dots between them, as the parser makes it."""
    fields, start = list[Node](), 0
    for name in names:
        fields.append({**ast.field(name), "at": (start, len(name))})
        start += len(name) + 1
    return fields[0] if len(fields) == 1 else ast.subexpression(fields)


def quoted_length(text: str, start: int) -> int:
    """The length of a text in quotes or backticks that begins at `start`."""
    end = start + 1
    while end < len(text) and text[end] != text[start]:
        end += 2 if text[end] == "\\" else 1
    return end + 1 - start


def is_number(value: Any) -> bool:
    """Whether a value is a number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


PATHS = PathInterpreter()
EXPRESSIONS = ExpressionInterpreter(Options(custom_functions=Pack()))
