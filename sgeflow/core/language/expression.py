"""JMESPath made strict: compiled once, and never a silent null where a mistake hides.

Which names an expression may read is checked in `check.py` before anything runs; here it is
compiled, and evaluated so that what JMESPath would answer with a silent null is an error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError, JMESPathTypeError, ParseError
from jmespath.parser import ParsedResult
from jmespath.visitor import Options, TreeInterpreter

from sgeflow.core.language.functions import Pack
from sgeflow.core.language.mistakes.jmespath_syntax import unparsed
from sgeflow.core.language.text import NOWHERE, Spot
from sgeflow.errors import EvaluationError, Id, InvalidDocuments, Location, Problem
from sgeflow.messages import fixed, listed, say, why

_NUMBERS = (int, float)
_DEEPEST = 100  # levels of a syntax tree; whoever writes more is not writing a condition
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|`((?:[^`\\]|\\.)*)`", re.DOTALL)
_MISTAKES = (JMESPathError, ValueError, TypeError, AttributeError, LookupError, ArithmeticError)


class _Strict(TreeInterpreter):  # type: ignore[misc]
    """JMESPath's interpreter, except that ordering takes numbers only."""

    def visit_comparator(self, node: Mapping[str, Any], value: Any) -> Any:
        if node["value"] in self._EQUALITY_OPS:
            return super().visit_comparator(node, value)
        left, right = (self.visit(child, value) for child in node["children"])
        for side in (left, right):
            if isinstance(side, bool) or not isinstance(side, _NUMBERS):
                raise _NotOrderedError(side)
        return self.COMPARATOR_FUNC[node["value"]](left, right)


class _NotOrderedError(Exception):
    """Only numbers are greater or smaller; dates have days_between()."""


_interpreter = _Strict(Options(custom_functions=Pack()))


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled JMESPath expression and where it was written."""

    text: str
    tree: ParsedResult
    spot: Spot

    @property
    def parsed(self) -> dict[str, Any]:
        """The syntax tree, as jmespath gives it."""
        return self.tree.parsed  # type: ignore[no-any-return]

    def search(self, data: Any) -> Any:
        """The value of the expression over plain data.

        Raises:
            EvaluationError: a function met a value of the wrong type, text was ordered, and so on.
        """
        try:
            return _interpreter.visit(self.tree.parsed, data)
        except (_NotOrderedError, *_MISTAKES) as error:
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
        details: tuple[tuple[str, str], ...] = (("expression", self.text),)
        if isinstance(error, JMESPathTypeError):
            message = say(
                "{function}() met {seen} where it takes {wanted}",
                function=error.function_name,
                seen=_jmes(error.actual_type),
                wanted=listed(map(_jmes, error.expected_types), between=say(" or ")),
            )
        elif isinstance(error, _NotOrderedError):
            message = say("< and > compare numbers, not {seen}", seen=sort_of(error.args[0]))
            details += (("for dates", "days_between(a, b), earliest([a, b])"),)
        else:
            message = why(error) or fixed(type(error).__name__)
        at = self.spot.at(0, len(self.text))
        return Problem(id=Id.EVALUATION, message=message, at=at, details=details)


def compile_expression(text: str, spot: Spot = NOWHERE) -> Expression:
    """An expression, compiled.

    Raises:
        InvalidDocuments: it is not JMESPath, or it is wrapped in `${…}`.
    """
    if "${" in _QUOTED.sub("", text):
        raise InvalidDocuments(_braces(text, spot))
    _check_literals(text, spot)
    try:
        tree = jmespath.compile(text)
    except ParseError as error:
        raise InvalidDocuments(unparsed(text, error, spot)) from None
    except (JMESPathError, RecursionError) as error:
        raise InvalidDocuments(_not_jmespath(text, error, spot)) from None
    if _is_deep(tree.parsed):
        raise InvalidDocuments(_not_jmespath(text, RecursionError(), spot))
    return Expression(text, tree, spot)


def value_of(node: Mapping[str, Any], data: Any) -> Any:
    """The value of one part of an expression, for explaining it.

    Raises:
        EvaluationError: the part cannot be evaluated over this data.
    """
    try:
        return _interpreter.visit(node, data)
    except (_NotOrderedError, *_MISTAKES) as error:
        raise EvaluationError(Problem(id=Id.EVALUATION, message=why(error))) from None


def sort_of(value: Any) -> str:
    """What a value is, for messages: never the value itself."""
    if value is None:
        return say("null (nothing)")
    if isinstance(value, bool):
        return say("true or false")
    for kind, name in ((str, say("text")), (list, say("a list")), (dict, say("an object"))):
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
    for found in _QUOTED.finditer(text):
        touches = found.start() == ended and text[ended] == text[ended - 1] == "'"
        start, ended = found.start(), found.end()
        if touches:
            note = say("a quote inside text is written \\'")
            raise InvalidDocuments(
                _literal(text, say("two texts touch each other"), note, spot.at(start, 1))
            )
        if found[1] is not None and not _is_json(found[1].replace("\\`", "`")):
            note = say("text stands in single quotes: '{text}'", text=found[1].strip())
            at = spot.at(start, ended - start)
            raise InvalidDocuments(
                _literal(text, say("{seen} is not JSON", seen=found[0]), note, at)
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


def _is_deep(node: Mapping[str, Any]) -> bool:
    level = [node]
    for _ in range(_DEEPEST):
        level = [c for n in level for c in n.get("children", ()) if isinstance(c, dict)]
        if not level:
            return False
    return True


def _not_jmespath(text: str, error: Exception, spot: Spot) -> Problem:
    is_deep = isinstance(error, RecursionError)
    words = say("it is nested too deeply") if is_deep else fixed(str(error).partition("\n")[0])
    message = say("not a JMESPath expression: {why}", why=words)
    return Problem(id=Id.EXPRESSION, message=message, at=spot.at(0, len(text)))


def _braces(text: str, spot: Spot) -> Problem:
    start = text.index("${")
    bare = text.replace("${", "").replace("}", "").strip()
    return Problem(
        id=Id.BRACES,
        message=say("a bare expression belongs here, without ${{ }}"),
        at=spot.at(start, 2),
        note=say("conditions and paths are JMESPath as they stand"),
        suggestion=bare,
    )
