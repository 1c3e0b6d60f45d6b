"""The reader's language: what is said in English, told in the language of `SGEFLOW_LANG`.

English needs nothing. French is a catalogue of wordings, `locale/fr/`, loaded when the first
word is told in it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from string import Formatter
from typing import Any

from sgeflow.errors import Id, Problem, UsageError
from sgeflow.messages import LocalizedText, Message, say
from sgeflow.patterns import regex

ENGLISH, FRENCH = "en", "fr"
_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")  # the first that is set decides, as everywhere

# French puts a space that does not break before these signs and inside guillemets.
_WIDE, _NARROW = "\u00a0", "\u202f"
_BEFORE = regex(r" (?=[;?!](?:\s|$|[»)]))")
_COLON = regex(r" (?=:(?:\s|$))")
_INSIDE = regex(r"(?<=«) | (?=»)")
NUMBER_SIGNS = str.maketrans({",": _NARROW, ".": ","})
"""What French writes for the signs of an English number."""


def language(variables: Mapping[str, str] | None = None) -> str:
    """`en` or `fr`, by `SGEFLOW_LANG`, else by the locale; what is neither reads English."""
    source = os.environ if variables is None else variables
    chosen = source.get("SGEFLOW_LANG", "")
    if not chosen:
        chosen = next((text for name in _LOCALE if (text := source.get(name, ""))), "")
    return FRENCH if chosen.lower().startswith(FRENCH) else ENGLISH


def check_language(variables: Mapping[str, str] | None = None) -> None:
    """Refuse a `SGEFLOW_LANG` that names a language nobody can be told in.

    Raises:
        UsageError: it names neither English nor French.
    """
    source = os.environ if variables is None else variables
    chosen = source.get("SGEFLOW_LANG", "")
    if chosen and not chosen.lower().startswith((ENGLISH, FRENCH)):
        message = say('SGEFLOW_LANG is "{language}", which sgeflow does not speak', language=chosen)
        raise UsageError(Problem(id=Id.USAGE, message=message, allowed=(ENGLISH, FRENCH)))


def translate(text: str) -> str:
    """A text as its reader wants it: what was said in their language, any other as it is."""
    return str(text) if language() == ENGLISH else _french(text)


def figure(count: int) -> str:
    """A count with its thousands apart."""
    return translate(say("{count:,}", count=count))


def _french(text: str) -> str:
    if isinstance(text, LocalizedText):
        return _version(text)
    if not isinstance(text, Message):
        return text
    from sgeflow.locale.fr import french

    wording = french(text.wording)
    if wording is None:  # nothing but values, or words that nobody has put into French
        wording = text.many if text.many and text.values["count"] != 1 else text.wording
    elif isinstance(wording, tuple):
        one, many = wording
        # nothing and one and a half are singular in French
        wording = typeset(one if abs(text.values["count"]) < 2 else many)  # noqa: PLR2004
    else:
        wording = typeset(wording)
    return _SPOKEN.vformat(wording, (), text.values)


def _version(text: LocalizedText) -> str:
    """The French of a document's text; without one what any program gets."""
    french = text.texts.get(FRENCH)
    if not french:
        return str(text)
    if isinstance(french, Message):
        return _SPOKEN.vformat(typeset(french.wording), (), french.values)
    return typeset(french)


class _Spoken(Formatter):
    """Fills a French wording: values that were said are told, numbers get French signs."""

    def format_field(self, value: Any, format_spec: str) -> str:
        """A value as it stands in a French sentence."""
        if isinstance(value, Message | LocalizedText):
            return format(translate(value), format_spec)
        text: str = format(value, format_spec)
        is_figure = format_spec and isinstance(value, int | float)
        return text.translate(NUMBER_SIGNS) if is_figure else text


_SPOKEN = _Spoken()


def typeset(text: str) -> str:
    """A French text with the spaces that must not break, where plain ones were typed."""
    text = _COLON.sub(_WIDE, text)
    return _INSIDE.sub(_WIDE, _BEFORE.sub(_NARROW, text))
