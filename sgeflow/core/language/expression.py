"""JMESPath in two dialects: paths through replies, and the strict expressions of documents.

A path through a reply is JMESPath as jmespath.org defines it, except that only numbers can be
ordered. Expressions are stricter: numbers, `true`, `false` and `null` need no backticks; conditions
and the operands of `&&`, `||` and `!` must be true or false; days and instants can be ordered like
numbers; `if()` evaluates only the value that it returns. Within a filter `$name` is a name from
outside the list. Names are checked before a run, so that a misspelt name never becomes null.
"""

import json
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from types import NoneType
from typing import Any, ClassVar

from jmespath import ast
from jmespath.exceptions import JMESPathError, JMESPathTypeError, ParseError
from jmespath.lexer import Lexer
from jmespath.parser import ParsedResult, Parser
from jmespath.visitor import Options, TreeInterpreter
from msgspec import Struct

from sgeflow.core.language import dates
from sgeflow.core.language.functions import Pack, is_number
from sgeflow.core.language.rows import Rows, as_list, join, plain, plain_argument
from sgeflow.core.language.text import NOWHERE, Spot
from sgeflow.errors import Details, EvaluationError, Id, InvalidDocuments, Location, Problem
from sgeflow.messages import Message, exception_text, from_table, join_items, say
from sgeflow.patterns import regex

LexerToken = Mapping[str, Any]
Node = Mapping[str, Any]
"""A node of an expression's syntax tree: its `type`, `value`, `children`, and position `at`."""
CONSTANTS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None}
_QUOTES = frozenset("'\"`")
_NAMES = regex(  # names only, the form of two fifths of all expressions
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
    """Two values cannot be ordered; the arguments are the values."""


class NotBooleanError(Exception):
    """A value that must be true or false is something else; the argument is the value."""


class PathInterpreter(TreeInterpreter):  # type: ignore[misc]
    """JMESPath's interpreter, except that ordering takes numbers only."""

    def visit_comparator(self, node: Mapping[str, Any], value: Any) -> Any:
        """Compare for equality, or order."""
        if node["value"] in self._EQUALITY_OPS:
            return super().visit_comparator(node, value)
        left, right = (self.visit(child, value) for child in node["children"])
        return _ORDERS[node["value"]](*self.order(left, right))

    def order(self, left: Any, right: Any) -> tuple[Any, Any]:
        """Two values that Python can order.

        Raises:
            NotOrderedError: the values cannot be ordered.
        """
        if not (is_number(left) and is_number(right)):
            raise NotOrderedError(left, right)
        return left, right


class ExpressionInterpreter(PathInterpreter):
    """The interpreter of expressions, in which only true is true.

    `Rows` in the data behave like lists; results may still contain `Rows`.
    """

    def visit_flatten(self, node: Mapping[str, Any], value: Any) -> Any:
        """Flatten a list of lists and of `Rows` by one level."""
        base = self.visit(node["children"][0], value)
        if isinstance(base, list) and base and all(type(one) is Rows for one in base):
            return join(base)
        if isinstance(base, list):
            base = list(map(as_list, base))
        return base if type(base) is Rows else super().visit_flatten(_of_value(node), base)

    def visit_projection(self, node: Mapping[str, Any], value: Any) -> Any:
        """Apply the right side to each item; `[]` of rows gives the rows themselves."""
        left, right = node["children"]
        base = self.visit(left, value)
        if type(base) is Rows and right["type"] == "identity":
            return base
        return super().visit_projection(_of_value(node), as_list(base))

    def visit_filter_projection(self, node: Mapping[str, Any], value: Any) -> Any:
        """Apply the right side to each item for which a condition holds."""
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
        """True if one side is true; the right side is evaluated only if the left is false."""
        left, right = node["children"]
        return self._truth(left, value) or self._truth(right, value)

    def visit_and_expression(self, node: Mapping[str, Any], value: Any) -> bool:
        """True if both sides are true; the right side is evaluated only if the left is true."""
        left, right = node["children"]
        return self._truth(left, value) and self._truth(right, value)

    def visit_not_expression(self, node: Mapping[str, Any], value: Any) -> bool:
        """The negation."""
        return not self._truth(node["children"][0], value)

    def visit_function_expression(self, node: Mapping[str, Any], value: Any) -> Any:
        """The result of a function; `if()` evaluates only the value that it returns."""
        if node["value"] != "if":
            arguments = [self.visit(child, value) for child in node["children"]]
            if node["value"] != "default":  # `default` returns one of its arguments unchanged
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
        """Whether a condition is false; also used for the conditions of filters."""
        if not isinstance(value, bool):
            raise NotBooleanError(value)
        return not value


class _InterpreterWithOutside(ExpressionInterpreter):
    """The interpreter of expressions with `$name`, which is a name of the `outside` value."""

    def __init__(self, outside: Any) -> None:
        super().__init__(_OPTIONS)
        self._outside = outside

    def visit_field(self, node: Mapping[str, Any], value: Any) -> Any:
        """A field of the value, or of the value from outside."""
        return super().visit_field(node, self._outside if node.get("is_outside") else value)


def _of_value(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """A node whose first child is replaced by an already computed value."""
    return {**node, "children": [_VALUE, *node["children"][1:]]}


class PathParser(Parser):  # type: ignore[misc]
    """JMESPath's parser; each name and literal gets its position `at`: start and length."""

    _CACHE: ClassVar[dict[str, ParsedResult]] = {}
    lexer: ClassVar[type[Lexer]] = Lexer

    def __init__(self) -> None:
        super().__init__()
        self._text = ""
        self._keys: list[tuple[int, int]] = []  # the positions of an object's names

    def _parse(self, expression: str) -> ParsedResult:
        if _NAMES.fullmatch(expression):
            fields, start = list[Node](), 0
            for name in expression.split("."):
                fields.append({**ast.field(name), "at": (start, len(name))})
                start += len(name) + 1
            path = fields[0] if len(fields) == 1 else ast.subexpression(fields)
            return ParsedResult(expression, path)
        self._text = expression
        self._tokens = list(self.lexer().tokenize(expression))
        tree = self._expression()
        if self._current_token() != "eof":
            raise _unexpected(self._lookahead_token(0))
        return ParsedResult(expression, tree)

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


class _ExpressionLexer(Lexer):  # type: ignore[misc]
    START_IDENTIFIER = Lexer.START_IDENTIFIER | {"$"}


class ExpressionParser(PathParser):
    """The parser of expressions: numbers, true, false, null and [1, 2] need no backticks.

    The node of `$name` is that of the field `name`, marked `is_outside`.
    """

    _CACHE: ClassVar[dict[str, ParsedResult]] = {}  # the same text is another tree in a path
    lexer = _ExpressionLexer

    def _token_nud_number(self, token: LexerToken) -> Any:
        return {**ast.literal(token["value"]), "at": self._place(token)}

    def _token_nud_unquoted_identifier(self, token: LexerToken) -> Any:
        if token["value"] in CONSTANTS and not self._is_name():
            return {**ast.literal(CONSTANTS[token["value"]]), "at": self._place(token)}
        field = super()._token_nud_unquoted_identifier(token)
        if token["value"][0] != "$":
            return field
        if self._is_name() or token["value"] == "$":
            raise _unexpected(token)
        return {**field, "value": token["value"][1:], "is_outside": True}

    def _match_multiple_tokens(self, token_types: list[str]) -> None:
        if (token := self._lookahead_token(0))["value"][:1] == "$":
            raise _unexpected(token)
        super()._match_multiple_tokens(token_types)

    def _is_name(self) -> bool:
        """Whether the word that was read is a field or a function, whatever it says."""
        is_field: bool = self._lookahead_token(-2)["type"] == "dot"
        is_function: bool = self._current_token() == "lparen"
        return is_field or is_function

    def _token_nud_lbracket(self, token: LexerToken) -> Any:
        if self._current_token() == "number" and self._lookahead(1) == "comma":  # [1, 2]
            return self._parse_multi_select_list()
        return super()._token_nud_lbracket(token)


def _unexpected(token: LexerToken) -> ParseError:
    return ParseError(token["start"], token["value"], token["type"], "unexpected token")


def quoted_length(text: str, start: int) -> int:
    """The length of a quoted text or backtick literal that begins at `start`."""
    end = start + 1
    while end < len(text) and text[end] != text[start]:
        end += 2 if text[end] == "\\" else 1
    return end + 1 - start


PATHS = PathInterpreter()
_OPTIONS = Options(custom_functions=Pack())
EXPRESSIONS = ExpressionInterpreter(_OPTIONS)

_DEEPEST = 100  # levels of a syntax tree; a longer text is not an expression that a person wrote
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
    """A compiled expression and its place in a document.

    `is_path` marks a path through a reply, which is plain JMESPath.
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
        """The names that the expression starts from; cached, because fleets ask for each row."""
        return frozenset(roots_of(self.syntax_tree))

    def search(self, data: Any) -> Any:
        """The value of the expression as plain data.

        Raises:
            EvaluationError: a function got a value of a wrong type, texts were ordered, and so on.
        """
        value = self.search_rows(data)
        return value if self.is_path else plain(value)

    def search_rows(self, data: Any) -> Any:
        """The value of the expression; `Rows` of a reply stay `Rows`."""
        try:
            if self.is_path:
                return PATHS.visit(self.syntax_tree, data)
            reads_outside = "$" in self.text
            interpreter = _InterpreterWithOutside(data) if reads_outside else EXPRESSIONS
            return interpreter.visit(self.syntax_tree, data)
        except _MISTAKES as error:
            raise EvaluationError(self._problem(error)) from None

    def truth(self, data: Any) -> bool:
        """The value of a condition; raises EvaluationError for anything but true and false."""
        value = self.search(data)
        if isinstance(value, bool):
            return value
        problem = Problem(
            id=Id.NOT_BOOLEAN,
            message=say("a condition must be true or false, not {seen}", seen=sort_of(value)),
            at=self.spot.at(0, len(self.text)),
            details=(("condition", self.text),),
        )
        raise EvaluationError(problem)

    def _problem(self, error: Exception) -> Problem:
        details: Details = (("expression", self.text),)
        if isinstance(error, JMESPathTypeError):
            message = say(
                "{name}() takes {wanted}, not {seen}",
                name=error.function_name,
                seen=SORTS.get(error.actual_type, error.actual_type),
                wanted=join_items(
                    (SORTS.get(name, name) for name in error.expected_types), between=say(" or ")
                ),
            )
        elif isinstance(error, NotOrderedError) and self.is_path:
            odd = next(value for value in error.args if not is_number(value))
            message = say("< and > compare numbers here, not {seen}", seen=sort_of(odd))
        elif isinstance(error, NotOrderedError):
            sorts = join_items(map(sort_of, error.args), between=say(" and "))
            message = say(
                "< and > compare numbers, days, or instants with an offset; not {seen}", seen=sorts
            )
        elif isinstance(error, NotBooleanError):
            sort = sort_of(*error.args)
            message = say("&&, ||, ! and conditions take true or false, not {seen}", seen=sort)
        else:
            message = exception_text(error) or from_table(type(error).__name__)
        at = self.spot.at(0, len(self.text))
        return Problem(id=Id.EVALUATION, message=message, at=at, details=details)


def compile_path(text: str, spot: Spot = NOWHERE) -> Expression:
    """Compile a path through a reply.

    Raises:
        InvalidDocuments: the text is not JMESPath, or is wrapped in `${…}`.
    """
    return _compile(text, spot, is_path=True)


def compile_expression(text: str, spot: Spot = NOWHERE) -> Expression:
    """Compile an expression.

    Raises:
        InvalidDocuments: the text is not an expression, or is wrapped in `${…}`.
    """
    return _compile(text, spot, is_path=False)


def _compile(text: str, spot: Spot, *, is_path: bool) -> Expression:
    tree = _sound_tree(text, is_path) or _tree(text, spot, is_path)
    return Expression(text, tree, spot, is_path=is_path)


@lru_cache(maxsize=1024)
def _sound_tree(text: str, is_path: bool) -> ParsedResult | None:  # noqa: FBT001
    """The cached syntax tree of a text; None for an invalid text.

    The error of an invalid text is made anew at each place, because it names the place.
    """
    try:
        return _tree(text, NOWHERE, is_path)
    except InvalidDocuments:
        return None


def _tree(text: str, spot: Spot, is_path: bool) -> ParsedResult:  # noqa: FBT001
    if "${" in text and "${" in _QUOTED.sub("", text):
        is_one = text.startswith("${") and text.endswith("}") and text.count("${") == 1
        bare = text[2:-1] if is_one else text.replace("${", "").replace("}", "")
        problem = Problem(
            id=Id.BRACES,
            message=say("a bare expression belongs here, without ${{ }}"),
            at=spot.at(text.index("${"), 2),
            note=say("conditions and paths are plain JMESPath"),
            suggestion=bare.strip(),
        )
        raise InvalidDocuments(problem)
    _check_literals(text, spot)
    whole = spot.at(0, len(text))
    try:
        tree = (PathParser() if is_path else ExpressionParser()).parse(text)
    except ParseError as error:
        from sgeflow.core.language.mistakes.jmespath_syntax import syntax_problem

        raise InvalidDocuments(syntax_problem(text, error, spot)) from None
    except JMESPathError as error:
        words = from_table(str(error).partition("\n")[0])
        raise InvalidDocuments(_malformed(words, whole)) from None
    except RecursionError:
        tree = None
    if tree is None or _is_deep(tree.parsed):
        raise InvalidDocuments(_malformed(say("it is nested too deeply"), whole))
    return tree


def value_of(node: Node, data: Any) -> Any:
    """The value of one part of an expression, for explaining it.

    Raises:
        EvaluationError: the part cannot be evaluated over this data.
    """
    try:
        return plain(_InterpreterWithOutside(data).visit(node, data))
    except _MISTAKES as error:
        raise EvaluationError.of(Id.EVALUATION, exception_text(error)) from None


def roots_of(node: Node) -> set[str]:
    """The names that an expression, or a part of one, starts from."""
    if node["type"] == "field":
        return {node["value"]}
    # names behind a dot are fields of the value before the dot
    children = node["children"][:1] if node["type"] == "subexpression" else node["children"]
    return {name for child in children for name in roots_of(child)}


def sort_of(value: Any) -> str:
    """The type of a value in words for messages, without the value itself."""
    for kind, name in _TYPES:
        if isinstance(value, kind):
            return SORTS[name]
    return SORTS["number"]


SORTS: Mapping[str, Message] = {
    "string": say("text"),
    "number": say("a number"),
    "boolean": say("true or false"),
    "array": say("a list"),
    "object": say("an object"),
    "null": say("null (nothing)"),
}
"""The types of values in words, by JMESPath's names."""
_TYPES: Sequence[tuple[Any, str]] = (
    (NoneType, "null"),
    (bool, "boolean"),
    (str, "string"),
    (list | Rows, "array"),
    (dict, "object"),
)


def _check_literals(text: str, spot: Spot) -> None:
    """Raise InvalidDocuments for two literals of JMESPath: `foo` in backticks, and 'it''s'."""
    details = (("expression", text),)
    ended = -1
    for match in _QUOTED.finditer(text):
        touches = match.start() == ended and text[ended] == text[ended - 1] == "'"
        start, ended = match.start(), match.end()
        if touches:
            words = say("two texts without a sign between them")
            note = say("a quote inside text is written \\'")
            raise InvalidDocuments(_malformed(words, spot.at(start, 1), note, details))
        if match[1] is None:
            continue
        try:
            json.loads(match[1].replace("\\`", "`"))
        except ValueError:
            words = say("{seen} is not JSON", seen=match[0])
            note = say("write text in single quotes: '{text}'", text=match[1].strip())
            at = spot.at(start, ended - start)
            raise InvalidDocuments(_malformed(words, at, note, details)) from None


def _malformed(
    words: Message, at: Location | None, note: str = "", details: Details = ()
) -> Problem:
    message = say("not a JMESPath expression: {why}", why=words)
    return Problem(id=Id.EXPRESSION, message=message, at=at, note=note, details=details)


def _is_deep(node: Node) -> bool:
    level = [node]
    for _ in range(_DEEPEST):
        level = [c for n in level for c in n.get("children", ()) if isinstance(c, dict)]
        if not level:
            return False
    return True
