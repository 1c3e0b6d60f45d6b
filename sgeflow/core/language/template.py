"""`${…}` in values, and in texts for people, which may exist in several languages.

A scalar that consists of one `${…}` keeps the type of its value; with text around it, it becomes
text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from sgeflow.core.language.expression import Expression, compile_expression, quoted_length, sort_of
from sgeflow.core.language.text import NOWHERE, Spot
from sgeflow.errors import EvaluationError, Id, InvalidDocuments, Location, Problem
from sgeflow.messages import LocalizedText, Message, say, verbatim
from sgeflow.patterns import regex

Scope = Mapping[str, Any]
_CLOSING = {"{": "}", "[": "]", "(": ")"}
_QUOTES = "'\"`"
_NO_SEGMENTS = frozenset({"", ".", ".."})  # these segments lead to the parent, or are empty
_SIGN = regex(r"[{}\[\]()'\"`]")  # characters that open or close something in an expression


class Template(Struct, frozen=True):
    """A value as written: a constant, `${expression}`, text with expressions, or a nest of them."""

    written: Any
    parts: tuple[str | Expression, ...] = ()
    children: Any = None  # tuple of (key, Template) for an object, of Template for a list
    spot: Spot = NOWHERE

    def evaluate(self, scope: Scope) -> Any:
        """The value for a scope.

        Raises:
            EvaluationError: a text would contain null, a list or an object, or an expression fails.
        """
        if self.children is not None:
            if isinstance(self.written, dict):
                return {key: child.evaluate(scope) for key, child in self.children}
            return [child.evaluate(scope) for child in self.children]
        if not self.parts:
            return self.written
        if len(self.parts) == 1 and isinstance(self.parts[0], Expression):
            return self.parts[0].search(scope)
        return "".join(
            part if isinstance(part, str) else text_of(part, scope) for part in self.parts
        )

    def evaluate_path(self, scope: Scope) -> str:
        """The path of an address, percent-encoded; each value stays within one segment.

        Raises:
            EvaluationError: as for `evaluate`, or a value is empty, `.` or `..`, which would change
                the path.
        """
        return "".join(
            quote(part, safe="/-_.~") if isinstance(part, str) else _segment_of(part, scope)
            for part in self.parts or (str(self.written),)
        )

    def evaluate_rows(self, scope: Scope) -> Any:
        """The value for a scope; `Rows` of a reply stay `Rows`.

        Raises:
            EvaluationError: as for `evaluate`.
        """
        return self.single.search_rows(scope) if self.single else self.evaluate(scope)

    def message(self, scope: Scope) -> Message:
        """A message for people with the evaluated values."""
        if isinstance(self.written, Message):
            return self.written
        if self.single:
            return verbatim(str(self.evaluate(scope)))
        values = {f"value{i}": text_of(e, scope) for i, e in enumerate(self.expressions())}
        return Message(self.wording, values)

    @property
    def wording(self) -> str:
        """The text with `{value0}`, `{value1}` in place of its expressions."""
        text, count = "", 0
        for part in self.parts or (str(self.written),):
            if isinstance(part, str):
                text += part.replace("{", "{{").replace("}", "}}")
            else:
                text, count = f"{text}{{value{count}}}", count + 1
        return text

    @property
    def is_constant(self) -> bool:
        """Whether the value contains no expression."""
        return not any(True for _ in self.expressions())

    @property
    def single(self) -> Expression | None:
        """The expression of a scalar that consists of one `${…}`."""
        part = self.parts[0] if len(self.parts) == 1 else None
        return part if isinstance(part, Expression) else None

    @property
    def at(self) -> Location | None:
        """The location of the value with its quotes."""
        return self.spot.place.location() if self.spot.place else None

    def part(self, path: Iterable[str]) -> Template:
        """The value at a path of names and indexes, or the innermost one that contains it."""
        inner = self
        for step in path:
            children = inner.children or ()
            if not isinstance(inner.written, dict):
                children = ((str(index), child) for index, child in enumerate(children))
            known = dict(children)
            if step not in known:
                break
            inner = known[step]
        return inner

    def expressions(self) -> Iterator[Expression]:
        """Every expression of the value, nested ones included."""
        for part in self.parts:
            if isinstance(part, Expression):
                yield part
        for child in self.children or ():
            yield from (child[1] if isinstance(child, tuple) else child).expressions()


def compile_template(text: str, spot: Spot = NOWHERE) -> Template:
    """Compile a scalar with `${…}`; `$${` writes `${`.

    Raises:
        InvalidDocuments: a `${` is not closed or is empty, or its text is not an expression.
    """
    if "${" not in text:
        return Template(text, spot=spot)
    parts: list[str | Expression] = []
    position = 0
    while (start := text.find("${", position)) >= 0:
        if start and text[start - 1] == "$":
            _add(parts, text[position : start - 1] + "${")
            position = start + 2
            continue
        end = _closing(text, start + 2, spot)
        _add(parts, text[position:start])
        parts.append(_expression(text, start + 2, end, spot))
        position = end + 1
    _add(parts, text[position:])
    return Template(text, tuple(parts), spot=spot)


def _add(parts: list[str | Expression], text: str) -> None:
    if not text:
        return
    if parts and isinstance(parts[-1], str):
        parts[-1] += text
    else:
        parts.append(text)


def _expression(text: str, start: int, end: int, spot: Spot) -> Expression:
    inner = text[start:end]
    if not inner.strip():
        note = say("write an expression between the braces; for the text ${{, write $${{")
        raise InvalidDocuments(_malformed(say("an empty ${{}}"), spot.at(start - 2, 3), note))
    lead = len(inner) - len(inner.lstrip())
    return compile_expression(inner.strip(), spot.move(start + lead))


def _closing(text: str, start: int, spot: Spot) -> int:
    """The offset of the `}` that closes a `${`; quotes and brackets inside are skipped."""
    nest: list[str] = []
    position = start
    while sign := _SIGN.search(text, position):
        opened, position = sign.start(), sign.end()
        if sign[0] in _QUOTES:
            position = opened + quoted_length(text, opened)
            if position > len(text):
                words = say("a text in {quote} that is not closed", quote=sign[0])
                note = say("a quote of this expression is not closed")
                raise InvalidDocuments(_malformed(words, spot.at(opened, 1), note))
        elif sign[0] in _CLOSING:
            nest.append(_CLOSING[sign[0]])
        elif nest and sign[0] == nest[-1]:
            nest.pop()
        elif sign[0] == "}":
            return opened
    note = say("write }} after the expression; for the text ${{, write $${{")
    problem = _malformed(say("a ${{ that is not closed"), spot.at(start - 2, 2), note)
    raise InvalidDocuments(problem)


def _malformed(words: Message, at: Location | None, note: Message) -> Problem:
    return Problem(id=Id.TEMPLATE, message=words, at=at, note=note)


def _segment_of(expression: Expression, scope: Scope) -> str:
    text = text_of(expression, scope)
    if text in _NO_SEGMENTS:
        problem = Problem(
            id=Id.EVALUATION,
            message=say("a value in a path may not be empty, “.” or “..”"),
            at=expression.spot.at(0, len(expression.text)),
            details=(("expression", expression.text),),
        )
        raise EvaluationError(problem)
    return quote(text, safe="-_.~")


def text_of(expression: Expression, scope: Scope) -> str:
    """The value of an expression as a part of a text.

    Raises:
        EvaluationError: the value is null, a list or an object, or the expression fails.
    """
    value = expression.search(scope)
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    problem = Problem(
        id=Id.EVALUATION,
        message=say("{sort} cannot be part of a text", sort=sort_of(value)),
        at=expression.spot.at(0, len(expression.text)),
        details=(("expression", expression.text), ("instead", say("default(…, '') or a `when`"))),
    )
    raise EvaluationError(problem)


_ONE = ""  # the language key of a text in only one language


def localize(text: str | Mapping[str, str] | None) -> str:
    """A document's text as a message in the reader's language; empty without a text."""
    return LocalizedText(text) if isinstance(text, Mapping) else text or ""


def localized_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of a schema whose descriptions, at every level, are in the reader's language."""
    localized = dict(schema)
    if "description" in localized:
        localized["description"] = localize(localized["description"])
    if isinstance(localized.get("items"), Mapping):
        localized["items"] = localized_schema(localized["items"])
    if isinstance(localized.get("properties"), Mapping):
        members = localized["properties"].items()
        localized["properties"] = {
            name: localized_schema(member) if isinstance(member, Mapping) else member
            for name, member in members
        }
    return localized


class LocalizedTemplate(Struct, frozen=True):
    """A text for people with `${…}`, in each language of the document."""

    templates: Mapping[str, Template]

    @classmethod
    def of(cls, template: Template) -> LocalizedTemplate:
        """A text in one language, or a mapping of languages."""
        if isinstance(template.written, dict) and template.children is not None:
            return cls(dict(template.children))
        return cls({_ONE: template})

    def message(self, scope: Scope) -> Message:
        """The message for a scope.

        Raises:
            EvaluationError: a text would contain null, a list or an object, or an expression fails.
        """
        texts = {language: one.message(scope) for language, one in self.templates.items()}
        if _ONE not in texts:
            return verbatim(LocalizedText(texts))
        return texts[_ONE] if self.is_ours else verbatim(str(texts[_ONE]))

    @property
    def is_ours(self) -> bool:
        """Whether the text comes from sgeflow, not from a document."""
        return isinstance(self.templates.get(_ONE, Template("")).written, Message)

    @property
    def source_text(self) -> str:
        """The text with its `${…}` as the document has them."""
        texts = {language: str(one.written) for language, one in self.templates.items()}
        return texts[_ONE] if _ONE in texts else LocalizedText(texts)

    @property
    def spot(self) -> Spot:
        """The place of the first text."""
        return next(iter(self)).spot

    def expressions(self) -> Iterator[Expression]:
        """Every expression, once even if several languages have it."""
        each = (expression for template in self for expression in template.expressions())
        yield from {expression.text: expression for expression in each}.values()

    def __iter__(self) -> Iterator[Template]:
        """Iterate over the text of each language."""
        yield from self.templates.values()
