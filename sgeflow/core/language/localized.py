"""Texts for people as documents write them: one text, or `{en: …, fr: …}`, a language each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from sgeflow.core.language.expression import Expression
from sgeflow.core.language.template import Scope, Template, constant
from sgeflow.core.language.text import Spot
from sgeflow.messages import LocalizedText, Message, verbatim

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
        """What is written in one language, or a mapping of languages."""
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
        return isinstance(self.templates.get(_ONE, constant("")).written, Message)

    @property
    def source_text(self) -> str:
        """The words with their `${…}` as they stand in the document."""
        texts = {language: str(one.written) for language, one in self.templates.items()}
        return texts[_ONE] if _ONE in texts else LocalizedText(texts)

    @property
    def spot(self) -> Spot:
        """Where the first of the texts stands."""
        return next(iter(self)).spot

    def expressions(self) -> Iterator[Expression]:
        """Every expression in it; one that stands in several languages is one."""
        each = (expression for template in self for expression in template.expressions())
        yield from {expression.text: expression for expression in each}.values()

    def __iter__(self) -> Iterator[Template]:
        """The text of each language."""
        yield from self.templates.values()


def message(text: str) -> LocalizedTemplate:
    """Words that no document says."""
    return LocalizedTemplate({_ONE: constant(text)})
