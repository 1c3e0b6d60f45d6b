"""The French of a message of which only the English text is at hand, as a kept output has it.

The wording of the catalogue that makes the text is looked for, and its values are told alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from string import Formatter
from typing import Any, NamedTuple

from sgeflow.locale.fr import WORDS

_FEW, _ENOUGH = 5, 6  # letters of a wording that tell it, for a whole message and within one


_LIST = re.compile(r"\w+(?:, \w+)* and \w+")


class _Wording(NamedTuple):
    pattern: re.Pattern[str]
    letters: int
    french: str


class _AsText(Formatter):
    """Fills in values that are texts already."""

    def format_field(self, value: Any, _: str) -> str:
        """The value as it is, whatever form was asked for."""
        return str(value)


def in_french(text: str) -> str:
    """A whole message in French; a text that the catalogue does not have stays as it is."""
    told = _told(text, _FEW) or _parts(text)
    return told.replace("“", "« ").replace("”", " »")


def _told(text: str, least: int) -> str | None:
    fitting = ((one, one.pattern.fullmatch(text)) for one in _wordings())
    found = [(one, match) for one, match in fitting if match and one.letters >= least]
    if not found:
        return None
    best, match = max(found, key=lambda pair: pair[0].letters)
    values = {name: _value(part, match.start(name)) for name, part in match.groupdict().items()}
    return _AsText().vformat(best.french, (), values)


def _value(text: str, start: int = 1) -> str:
    """A value in French; one word at the beginning is a name."""
    is_name = not start and " " not in text
    return text if is_name else _told(text, _ENOUGH) or _parts(text)


def _parts(text: str) -> str:
    """A text of parts that stand side by side; what nobody tells stays as it is."""
    if _LIST.fullmatch(text):
        return text.replace(" and ", " et ")
    first, between, rest = text.partition(": ")
    return f"{_value(first)} : {_value(rest)}" if between else text


@cache
def _wordings() -> tuple[_Wording, ...]:
    return tuple(_each_wording())


def _each_wording() -> Iterator[_Wording]:
    for english, french in WORDS.items():
        pattern, letters, names = "", 0, set[str]()
        is_counted = isinstance(french, tuple)
        for literal, name, _, _ in Formatter().parse(english):
            words = re.escape(literal)
            pattern += re.sub(r"(?<=[a-z])\b", "s?", words) if is_counted else words
            letters += sum(sign.isalpha() for sign in literal)
            if name:
                pattern += f"(?P={name})" if name in names else f"(?P<{name}>.+?)"
                names.add(name)
        if letters:
            told = french[1] if isinstance(french, tuple) else french
            exact = letters if names else max(letters, _ENOUGH)
            yield _Wording(re.compile(pattern, re.DOTALL), exact, told)
