"""Names, streets and towns in the form in which SGE and people's writing can be compared."""

from __future__ import annotations

import unicodedata

from sgeflow.patterns import regex

SAINT = {"ST": "SAINT", "STE": "SAINTE"}

# Letters that Unicode does not take apart.
_LIGATURES = str.maketrans(
    {"Œ": "OE", "Æ": "AE", "Ø": "O", "Ł": "L", "Đ": "D", "Ð": "D", "Þ": "TH", "ẞ": "SS"}
)
_NO_WORD = regex(r"[^A-Z0-9]+")
_NO_LETTER = regex(r"[^A-Z]+")
_OF_TOWNS = frozenset({"CEDEX", "ARRONDISSEMENT", "ARR", "ARRT", "E", "EME", "ER"})
_BEGINNINGS = frozenset({"SAINT", "SAINTE", "LE", "LA", "LES", "L"})
_TITLES = frozenset(
    [
        "M",
        "MR",
        "MRS",
        "MME",
        "MMES",
        "MLLE",
        "MLLES",
        "MM",
        "MONSIEUR",
        "MADAME",
        "MADEMOISELLE",
        "MESSIEURS",
        "MESDAMES",
        "ET",
        "OU",
    ]
)


def capitals(text: str) -> str:
    """Text in capitals without accents and ligatures; its signs stay."""
    raised = text.upper().translate(_LIGATURES)  # `ß` is raised to SS
    decomposed = unicodedata.normalize("NFKD", raised)
    return "".join(one for one in decomposed if not unicodedata.combining(one))


def words_of(text: str) -> list[str]:
    """Its words in capitals: letters and digits, without accents."""
    return _NO_WORD.sub(" ", capitals(text)).split()


def same_town(given: str, known: str) -> bool:
    """Whether a town may be meant that is written otherwise: its first word is the same.

    Words that many towns begin with are none: Saint, Le, Les.
    """
    one, other = (_first_of_town(town) for town in (given, known))
    return one == other is not None


def _first_of_town(text: str) -> str | None:
    words = town_of(text).split()
    return next((word for word in words if word not in _BEGINNINGS), None)


def name_of(text: str) -> str:
    """A name without the titles of a household."""
    words = words_of(text)
    return " ".join(word for word in words if word not in _TITLES)


def town_of(text: str) -> str:
    """A town without digits, cedex and arrondissement; Saint and Sainte in full."""
    words = _NO_LETTER.sub(" ", capitals(text)).split()
    parts = [SAINT.get(word, word) for word in words]
    return " ".join(word for word in parts if word not in _OF_TOWNS)
