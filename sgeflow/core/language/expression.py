"""JMESPath made strict: compiled once, and never a silent null where a mistake hides.

Which names an expression may read is proved before anything runs; here it is compiled in one of
the two dialects, and evaluated so that what JMESPath would answer with a silent null is an error.
"""

from __future__ import annotations

import json
import re
from functools import cached_property, lru_cache
from typing import Any

from jmespath.exceptions import JMESPathError, JMESPathTypeError, ParseError
from jmespath.parser import ParsedResult
from msgspec import Struct

from sgeflow.core.language.dialect import (
    EXPRESSIONS,
    PATHS,
    ExpressionParser,
    Node,
    NotBooleanError,
    NotOrderedError,
    PathParser,
    is_number,
)
from sgeflow.core.language.rows import Rows, plain
from sgeflow.core.language.text import NOWHERE, Spot
from sgeflow.errors import Details, EvaluationError, Id, InvalidDocuments, Location, Problem
from sgeflow.messages import Message, exception_text, from_table, join_items, say
from sgeflow.patterns import regex

_DEEPEST = 100  # levels of a syntax tree; whoever writes more is not writing a condition
_QUOTED = regex(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`((?:[^`\\]|\\.)*)`", re.DOTALL)
_MISTAKES = (
    NotOrderedError,
    NotBooleanError,
    JMESPathError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
)


class Expression(Struct, frozen=True, dict=True):
    """A compiled expression and where it was written.

    A path through a reply `is_path`: JMESPath as jmespath.org reads it.
    """

    text: str
    tree: ParsedResult
    spot: Spot
    is_path: bool = False

    @property
    def syntax_tree(self) -> Node:
        """The syntax tree, as jmespath gives it."""
        return self.tree.parsed  # type: ignore[no-any-return]

    @cached_property
    def roots(self) -> frozenset[str]:
        """The names that it starts from: thousands of rows ask for them."""
        return frozenset(roots_of(self.syntax_tree))

    def search(self, data: Any) -> Any:
        """The value of the expression, as plain data.

        Raises:
            EvaluationError: a function met a value of the wrong type, text was ordered, and so on.
        """
        value = self.search_rows(data)
        return value if self.is_path else plain(value)

    def search_rows(self, data: Any) -> Any:
        """The same; rows of a reply are handed on as they are, wherever they stand in it."""
        try:
            return (PATHS if self.is_path else EXPRESSIONS).visit(self.syntax_tree, data)
        except _MISTAKES as error:
            raise EvaluationError(self._problem(error)) from None

    def truth(self, data: Any) -> bool:
        """The value of a condition; anything but true or false is an error."""
        value = self.search(data)
        if isinstance(value, bool):
            return value
        problem = Problem(
            id=Id.NOT_BOOLEAN,
            message=say("the condition gave {value}, not true or false", value=sort_of(value)),
            at=self.spot.at(0, len(self.text)),
            details=(("condition", self.text),),
        )
        raise EvaluationError(problem)

    def _problem(self, error: Exception) -> Problem:
        details: Details = (("expression", self.text),)
        if isinstance(error, JMESPathTypeError):
            message = say(
                "{function}() met {seen} where it takes {wanted}",
                function=error.function_name,
                seen=_jmes(error.actual_type),
                wanted=join_items(map(_jmes, error.expected_types), between=say(" or ")),
            )
        elif isinstance(error, NotOrderedError):
            message = self._order_message(*error.args)
        elif isinstance(error, NotBooleanError):
            sort = sort_of(*error.args)
            message = say("&&, ||, ! and conditions take true or false, not {seen}", seen=sort)
        else:
            message = exception_text(error) or from_table(type(error).__name__)
        at = self.spot.at(0, len(self.text))
        return Problem(id=Id.EVALUATION, message=message, at=at, details=details)

    def _order_message(self, left: Any, right: Any) -> Message:
        if self.is_path:
            odd = left if not is_number(left) else right
            return say("< and > compare numbers here, not {seen}", seen=sort_of(odd))
        sorts = join_items((sort_of(left), sort_of(right)), between=say(" and "))
        return say(
            "< and > compare numbers, days, or instants with an offset; not {seen}", seen=sorts
        )


def compile_path(text: str, spot: Spot = NOWHERE) -> Expression:
    """A path through a reply, compiled.

    Raises:
        InvalidDocuments: it is not JMESPath, or it is wrapped in `${…}`.
    """
    return _compile(text, spot, is_path=True)


def compile_expression(text: str, spot: Spot = NOWHERE) -> Expression:
    """An expression, compiled.

    Raises:
        InvalidDocuments: it is not JMESPath with bare literals, or it is wrapped in `${…}`.
    """
    return _compile(text, spot, is_path=False)


def _compile(text: str, spot: Spot, *, is_path: bool) -> Expression:
    tree = _sound_tree(text, is_path) or _tree(text, spot, is_path)
    return Expression(text, tree, spot, is_path=is_path)


@lru_cache(maxsize=1024)
def _sound_tree(text: str, is_path: bool) -> ParsedResult | None:  # noqa: FBT001
    """The tree of a text, wherever it stands: documents ask for one thing in many places.

    None when something is wrong with it, which is told anew at each place.
    """
    try:
        return _tree(text, NOWHERE, is_path)
    except InvalidDocuments:
        return None


def _tree(text: str, spot: Spot, is_path: bool) -> ParsedResult:  # noqa: FBT001
    if "${" in text and "${" in _QUOTED.sub("", text):
        raise InvalidDocuments(_braces(text, spot))
    _check_literals(text, spot)
    try:
        tree = (PathParser() if is_path else ExpressionParser()).parse(text)
    except ParseError as error:
        from sgeflow.core.language.mistakes.jmespath_syntax import syntax_problem

        raise InvalidDocuments(syntax_problem(text, error, spot)) from None
    except (JMESPathError, RecursionError) as error:
        raise InvalidDocuments(_not_jmespath(text, error, spot)) from None
    if _is_deep(tree.parsed):
        raise InvalidDocuments(_not_jmespath(text, RecursionError(), spot))
    return tree


def value_of(node: Node, data: Any) -> Any:
    """The value of one part of an expression, for explaining it.

    Raises:
        EvaluationError: the part cannot be evaluated over this data.
    """
    try:
        return plain(EXPRESSIONS.visit(node, data))
    except _MISTAKES as error:
        raise EvaluationError(Problem(id=Id.EVALUATION, message=exception_text(error))) from None


def roots_of(node: Node) -> set[str]:
    """The names that an expression, or a part of one, starts from."""
    if node["type"] == "field":
        return {node["value"]}
    # behind a dot names are fields of what stands before it
    children = node["children"][:1] if node["type"] == "subexpression" else node["children"]
    return {name for child in children for name in roots_of(child)}


def sort_of(value: Any) -> str:
    """What a value is, for messages: never the value itself."""
    if value is None:
        return say("null (nothing)")
    if isinstance(value, bool):
        return say("true or false")
    for kind, name in (
        (str, say("text")),
        (list | Rows, say("a list")),
        (dict, say("an object")),
    ):
        if isinstance(value, kind):
            return name
    return say("a number")


def _jmes(name: str) -> str:
    return {
        "string": say("text"),
        "number": say("a number"),
        "boolean": say("true or false"),
        "array": say("a list"),
        "object": say("an object"),
        "null": say("null (nothing)"),
    }.get(name, name)


def _check_literals(text: str, spot: Spot) -> None:
    """What the parser lets pass: `foo` in backticks, and 'it''s', which is two texts for it."""
    ended = -1
    for match in _QUOTED.finditer(text):
        touches = match.start() == ended and text[ended] == text[ended - 1] == "'"
        start, ended = match.start(), match.end()
        if touches:
            note = say("a quote inside text is written \\'")
            raise InvalidDocuments(
                _literal(text, say("two texts touch each other"), note, spot.at(start, 1))
            )
        if match[1] is not None and not _is_json(match[1].replace("\\`", "`")):
            note = say("text stands in single quotes: '{text}'", text=match[1].strip())
            at = spot.at(start, ended - start)
            raise InvalidDocuments(
                _literal(text, say("{seen} is not JSON", seen=match[0]), note, at)
            )


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _literal(text: str, words: str, note: str, at: Location | None) -> Problem:
    message = say("not a JMESPath expression: {why}", why=words)
    details = (("expression", text),)
    return Problem(id=Id.EXPRESSION, message=message, at=at, note=note, details=details)


def _is_deep(node: Node) -> bool:
    level = [node]
    for _ in range(_DEEPEST):
        level = [c for n in level for c in n.get("children", ()) if isinstance(c, dict)]
        if not level:
            return False
    return True


def _not_jmespath(text: str, error: Exception, spot: Spot) -> Problem:
    is_deep = isinstance(error, RecursionError)
    words = say("it is nested too deeply") if is_deep else from_table(str(error).partition("\n")[0])
    message = say("not a JMESPath expression: {why}", why=words)
    return Problem(id=Id.EXPRESSION, message=message, at=spot.at(0, len(text)))


def _braces(text: str, spot: Spot) -> Problem:
    start = text.index("${")
    is_one = text.startswith("${") and text.endswith("}") and text.count("${") == 1
    bare = (text[2:-1] if is_one else text.replace("${", "").replace("}", "")).strip()
    return Problem(
        id=Id.BRACES,
        message=say("a bare expression belongs here, without ${{ }}"),
        at=spot.at(start, 2),
        note=say("conditions and paths are JMESPath as they stand"),
        suggestion=bare,
    )
