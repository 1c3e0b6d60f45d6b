"""What points to a person by its form alone, whoever it is: a refusal may quote a stranger's."""

from __future__ import annotations

import re
from collections.abc import Callable

from sgeflow.patterns import regex

MAIL = regex(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
PHONE = regex(r"(?<![\w.+-])(?:\+33[ .]?|0)[1-9](?:[ .]?\d{2}){4}(?![\w-])")
_STREET = regex(
    r"\b\d{1,4}[ ,]+(?:(?:bis|ter|quater)[ ,]+)?(?:rue|avenue|av|boulevard|bd|chemin|impasse"
    r"|allee|allée)\b[^,;:<>“”«»\n]*",
    re.IGNORECASE,
)
_CAPITAL = "[A-ZÀ-ÖØ-ÝŒ]"
_CALLED = regex(
    rf"(\b(?:MM?\.|[Mm](?:lle|me)|MLLE|MME|[Mm](?:onsieur|adame))\s+)"
    rf"({_CAPITAL}[\w'\u2019-]*(?:\s+{_CAPITAL}[\w'\u2019-]*)*)"
)


def without_contacts(text: str, by: Callable[[str], str]) -> str:
    """The text with each mail, telephone number, street and titled name replaced."""
    for form in (MAIL, PHONE, _STREET):
        text = form.sub(lambda found: by(found[0]), text)
    return _CALLED.sub(lambda found: found[1] + by(found[2]), text)
