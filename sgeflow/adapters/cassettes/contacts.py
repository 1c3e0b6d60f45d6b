"""What points to a person by its form alone, whoever it is: a refusal may quote a stranger's."""

from __future__ import annotations

import re
from collections.abc import Callable

from sgeflow.patterns import regex

# Each begins where a word does and ends soon: of a long answer, no byte is looked at often.
MAIL = regex(r"(?<![\w.+-])[\w.+-]{1,64}@([\w-]{1,63}(?:\.[\w-]{1,63})+)")
PHONE = regex(r"(?<![\w.+-])(?:\+33[ .]?|0)[1-9](?:[ .]?\d{2}){4}(?![\w-])")
_STREET = regex(
    r"\b\d{1,4}[ ,]{1,3}(?:(?:bis|ter|quater)[ ,]{1,3})?(?:rue|avenue|av|boulevard|bd|chemin"
    r"|impasse|allee|allée)\b[^,;:<>“”«»\n]{0,80}",
    re.IGNORECASE,
)
_CAPITAL = "[A-ZÀ-ÖØ-ÝŒ]"
_CALLED = regex(
    rf"(\b(?:MM?\.|[Mm](?:lle|me)|MLLE|MME|[Mm](?:onsieur|adame))\s{{1,3}})"
    rf"({_CAPITAL}[\w'\u2019-]*(?:\s{{1,3}}{_CAPITAL}[\w'\u2019-]*)*)"
)


def without_contacts(text: str, by: Callable[[str], str]) -> str:
    """The text with each mail, telephone number, street and titled name replaced."""
    for form in (MAIL, PHONE, _STREET):
        text = form.sub(lambda found: by(found[0]), text)
    return _CALLED.sub(lambda found: found[1] + by(found[2]), text)
