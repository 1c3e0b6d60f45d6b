"""`${…}` in values and in texts for people, which may stand in several languages.

A scalar that is one `${…}` keeps its type; text around it makes text.
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
_NO_SEGMENTS = frozenset({"", ".", ".."})  # they lead to what stands above, or to all of it
_SIGN = regex(r"[{}\[\]()'\"`]")  # what may open or close something in an expression


class Template(Struct, frozen=True):
    """A value as written: constant, `${expression}`, text with expressions, or a nest of them."""

    written: Any
    parts: tuple[str | Expression, ...] = ()
    children: Any = None  # tuple of (key, Template) for an object, of Template for a list
    spot: Spot = NOWHERE

    def evaluate(self, scope: Scope) -> Any:
        """The value, over a scope.

        Raises:
            EvaluationError: null or something nested stands inside text, or an expression fails.
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
        """The path of an address, percent-encoded: each value stands in one segment of it.

        Raises:
            EvaluationError: as `evaluate`; or a value is empty, `.` or `..`: the path would be
                another one.
        """
        return "".join(
            quote(part, safe="/-_.~") if isinstance(part, str) else _segment_of(part, scope)
            for part in self.parts or (str(self.written),)
        )

    def evaluate_rows(self, scope: Scope) -> Any:
        """The value, over a scope; rows of a reply stay `Rows`.

        Raises:
            EvaluationError: as `evaluate`.
        """
        return self.single.search_rows(scope) if self.single else self.evaluate(scope)

    def message(self, scope: Scope) -> Message:
        """Words for a person: as `evaluate`, with the values beside them."""
        if isinstance(self.written, Message):
            return self.written
        if self.single:
            return verbatim(str(self.evaluate(scope)))
        values = {f"value{i}": text_of(e, scope) for i, e in enumerate(self.expressions())}
        return Message(self.wording, values)

    @property
    def wording(self) -> str:
        """A text with `{value0}`, `{value1}` for its expressions."""
        text, count = "", 0
        for part in self.parts or (str(self.written),):
            if isinstance(part, str):
                text += part.replace("{", "{{").replace("}", "}}")
            else:
                text, count = f"{text}{{value{count}}}", count + 1
        return text

    @property
    def is_constant(self) -> bool:
        """Whether no expression stands anywhere in it."""
        return not any(True for _ in self.expressions())

    @property
    def single(self) -> Expression | None:
        """The expression of a scalar that is one `${…}`."""
        part = self.parts[0] if len(self.parts) == 1 else None
        return part if isinstance(part, Expression) else None

    @property
    def at(self) -> Location | None:
        """The place of the value, its quotes included."""
        return self.spot.place.location() if self.spot.place else None

    def part(self, path: Iterable[str]) -> Template:
        """The value at a path of names and numbers, or the innermost that holds it."""
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
        """Every expression in it, nested ones included."""
        for part in self.parts:
            if isinstance(part, Expression):
                yield part
        for child in self.children or ():
            yield from (child[1] if isinstance(child, tuple) else child).expressions()


def compile_template(text: str, spot: Spot = NOWHERE) -> Template:
    """A scalar with `${…}` in it, compiled; `$${` writes `${`.

    Raises:
        InvalidDocuments: a `${` is not closed or is empty, or an expression is not JMESPath.
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
    """The offset of the `}` of a `${`: quotes and brackets inside are skipped."""
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
        EvaluationError: it is null, a list or an object, or the expression fails.
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


_ONE = ""  # stands for the language of a text that is written in one


def localize(text: str | Mapping[str, str] | None) -> str:
    """A text as it is written, for its reader to be told in their language; empty without one."""
    return LocalizedText(text) if isinstance(text, Mapping) else text or ""


def localized_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a value with its descriptions as texts, those of items and members too."""
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
    """Words of a document with `${…}` in them, in each language in which they are written."""

    templates: Mapping[str, Template]

    @classmethod
    def of(cls, template: Template) -> LocalizedTemplate:
        """The text in one language, or a mapping of languages."""
        if isinstance(template.written, dict) and template.children is not None:
            return cls(dict(template.children))
        return cls({_ONE: template})

    def message(self, scope: Scope) -> Message:
        """The words with their values, over a scope.

        Raises:
            EvaluationError: null or something nested stands inside text, or an expression fails.
        """
        texts = {language: one.message(scope) for language, one in self.templates.items()}
        if _ONE not in texts:
            return verbatim(LocalizedText(texts))
        return texts[_ONE] if self.is_ours else verbatim(str(texts[_ONE]))

    @property
    def is_ours(self) -> bool:
        """Whether no document says it."""
        return isinstance(self.templates.get(_ONE, Template("")).written, Message)

    @property
    def source_text(self) -> str:
        """The words with their `${…}` as they stand in the document."""
        texts = {language: str(one.written) for language, one in self.templates.items()}
        return texts[_ONE] if _ONE in texts else LocalizedText(texts)

    @property
    def spot(self) -> Spot:
        """The place of the first text."""
        return next(iter(self)).spot

    def expressions(self) -> Iterator[Expression]:
        """Every expression in it; one that stands in several languages is one."""
        each = (expression for template in self for expression in template.expressions())
        yield from {expression.text: expression for expression in each}.values()

    def __iter__(self) -> Iterator[Template]:
        """The text of each language."""
        yield from self.templates.values()
