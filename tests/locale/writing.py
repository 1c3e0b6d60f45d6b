"""Good French: what a reader would mend in a text."""

from __future__ import annotations

import re
from calendar import month_abbr

CODE = re.compile(r"`[^`]*`|\{\{.*\}\}|\b(?:of|unit|state|basic|files): |\S+://\S*|:=")
NAMES = {"Enedis"}


def broken_signs(english, french):
    """What a French reader would mend in a text's signs."""
    text = CODE.sub("", french)
    if re.search(r"\S[;?!](?:\s|$)", text):
        yield "a space before ; ? !"
    if re.search(r"[^\s:\"]:(?:\s|$)", text):
        yield "a space before :"
    if re.search(r"«\S|\S»", text):
        yield "spaces inside guillemets"
    if re.search("[“”]", french):
        yield "guillemets, not English quotes"
    if "  " in french.strip() and "  " not in english:
        yield "two spaces"


def is_a_sentence_like(english, french):
    """Whether a text is one where the other is: its full stop, its first letter."""
    if english in month_abbr:  # which have a full stop in French
        return True
    if not french.strip() or french.rstrip().endswith(".") != english.rstrip().endswith("."):
        return False
    if english.lstrip()[:1].islower():  # a name keeps its capital: Enedis, JMESPath
        return french.split()[0] in NAMES or not re.match(r"[A-ZÉÈÀ][a-zéèà]", french.lstrip())
    return True
