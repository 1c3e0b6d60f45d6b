"""Translates English messages to the language of `SGEFLOW_LANG`.

The French catalogue, `locale/fr/`, is loaded with the first message in French.
"""

import os
from collections.abc import Mapping
from string import Formatter
from typing import Any

from sgeflow.errors import Id, UsageError
from sgeflow.messages import LocalizedText, Message, say
from sgeflow.patterns import regex

ENGLISH, FRENCH = "en", "fr"
_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")  # the first variable that is set decides

# French puts a no-break space before these signs and inside guillemets.
_WIDE, _NARROW = "\u00a0", "\u202f"
_BEFORE = regex(r" (?=[;?!](?:\s|$|[»)]))")
_COLON = regex(r" (?=:(?:\s|$))")
_INSIDE = regex(r"(?<=«) | (?=»)")
_STRAIGHT = str.maketrans("“”", '""')  # messages mark a service's words by the curly ones
NUMBER_SIGNS = str.maketrans({",": _NARROW, ".": ","})
"""French characters for the signs of an English number."""


def language(variables: Mapping[str, str] | None = None) -> str:
    """`en` or `fr`, from `SGEFLOW_LANG`, else from the locale; English for other languages."""
    source = os.environ if variables is None else variables
    chosen = source.get("SGEFLOW_LANG", "")
    if not chosen:
        chosen = next((text for name in _LOCALE if (text := source.get(name, ""))), "")
    return FRENCH if chosen.lower().startswith(FRENCH) else ENGLISH


def check_language(variables: Mapping[str, str] | None = None) -> None:
    """Check `SGEFLOW_LANG`.

    Raises:
        UsageError: the language is neither English nor French.
    """
    source = os.environ if variables is None else variables
    chosen = source.get("SGEFLOW_LANG", "")
    if chosen and not chosen.lower().startswith((ENGLISH, FRENCH)):
        message = say('SGEFLOW_LANG is "{language}", which sgeflow does not speak', language=chosen)
        raise UsageError.of(Id.USAGE, message, allowed=(ENGLISH, FRENCH))


def translate(text: str) -> str:
    """A message in the reader's language; any other text unchanged."""
    if language() != ENGLISH:
        return _french(text)
    return text.translate(_STRAIGHT) if isinstance(text, Message) else str(text)


def figure(count: int) -> str:
    """A count with separated thousands."""
    return translate(say("{count:,}", count=count))


def _french(text: str) -> str:
    if isinstance(text, LocalizedText):
        return _version(text)
    if not isinstance(text, Message):
        return text
    from sgeflow.locale.fr import french

    wording = french(text.wording)
    if wording is None:  # only values, or a text without a translation
        wording = text.many if text.many and text.values["count"] != 1 else text.wording
    elif isinstance(wording, tuple):
        one, many = wording
        # in French, zero and one and a half are singular
        wording = typeset(one if abs(text.values["count"]) < 2 else many)  # noqa: PLR2004
    else:
        wording = typeset(wording)
    return _SPOKEN.vformat(wording, (), text.values)


def _version(text: LocalizedText) -> str:
    """The French text of a document, else the text that programs get."""
    french = text.texts.get(FRENCH)
    if not french:
        return str(text)
    if isinstance(french, Message):
        return _SPOKEN.vformat(typeset(french.wording), (), french.values)
    return typeset(french)


class _Spoken(Formatter):
    """Fills a French wording: messages in it are translated, numbers get French signs."""

    def format_field(self, value: Any, format_spec: str) -> str:
        """A value in the form for a French sentence."""
        if isinstance(value, Message | LocalizedText):
            return format(translate(value), format_spec)
        text: str = format(value, format_spec)
        is_figure = format_spec and isinstance(value, int | float)
        return text.translate(NUMBER_SIGNS) if is_figure else text


_SPOKEN = _Spoken()


def typeset(text: str) -> str:
    """A French text with no-break spaces in place of plain ones."""
    text = _COLON.sub(_WIDE, text)
    return _INSIDE.sub(_WIDE, _BEFORE.sub(_NARROW, text))
