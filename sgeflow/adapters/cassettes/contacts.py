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
_REFUSED = 400
_CAPITAL = "[A-ZÀ-ÖØ-ÝŒ]"
_CALLED = regex(
    rf"(\b(?:MM?\.|[Mm](?:lle|me)|MLLE|MME|[Mm](?:onsieur|adame))\s{{1,3}})"
    rf"({_CAPITAL}[\w'\u2019-]*(?:\s{{1,3}}{_CAPITAL}[\w'\u2019-]*)*)"
)


_COMMON = (
    "accès|access|accord|active|apache|application|aucune?|autre|bad|ces?|client|closed|code|compteur|content"
    "|contrat|courbe|creuses|date|demande|denied|des|données|du|elle|enedis|erdf|erreur|error|est"
    "|fault|firewall|fonctionnelle|forbidden|gateway|heures|http|il|internal|la|les?|linky|livraison"
    "|message|mesures?|method|nom|non|not|oui|par|pas|pdl|pleines|please|point|pour|prestation|prm"
    "|public|request|réseau|segment|server|services?|sge|soap|souscrits?|status|tarif|technique"
    "|tension|the|this|timeout|un|unauthorized|une|unexpected|web|xml"
)
"""Words that stand in capitals beside others, and are nobody's."""
_ONE = rf"(?!(?i:{_COMMON})\b){_CAPITAL}[^\W\d_]+(?:['\u2019-][^\W\d_]+)*(?![\w\u2019-]|'\w)"
_NAME = rf"(?:(?i:le|la|de|du|des)\s)?{_ONE}"
_HOLDER = regex(
    r"(\b(?i:client|titulaire|abonn[ée]|occupant|usager|interlocuteur|pr[ée]nom|nom)e?s?\b"
    rf"[\s:='\"(«“]{{1,4}})({_NAME}(?:\s{{1,3}}{_NAME}){{0,3}})"
)
_FULL = rf"{_NAME}(?:\s{{1,3}}{_NAME}){{1,3}}"
_BEFORE = r"(?:^|[\s('\u2019])[a-zà-öø-ÿ]{1,20}[,:]?\s|[\s(=]['\"]"  # a small word, or a quote
_IN_A_SENTENCE = regex(
    rf"(?P<before>{_BEFORE})(?P<name>{_FULL})|(?<![\w'\u2019-])(?P<first>{_FULL})(?=\s[a-zà-öø-ÿ])"
)


def without_contacts(text: str, by: Callable[[str], str]) -> str:
    """The text without each mail, telephone number, street and name that its form gives away.

    A name is what stands behind a title, or behind a word for who has a point (`le client DUPONT`),
    and two words with capitals within a sentence (`Jean Dupont n'est pas …`); one may be anything.
    """
    for form in (MAIL, PHONE, _STREET):
        text = form.sub(lambda found: by(found[0]), text)
    for form in (_CALLED, _HOLDER):
        text = form.sub(lambda found: found[1] + by(found[2]), text)
    return _IN_A_SENTENCE.sub(
        lambda found: (found["before"] or "") + by(found["name"] or found["first"]), text
    )


def is_refusal(status: int, body: bytes) -> bool:
    """Whether an answer is none of what was asked for: its words are anybody's."""
    return status >= _REFUSED or b"Fault>" in body
