"""Turns names, streets and towns into a form in which different writings can be compared."""

import unicodedata
from collections.abc import Iterable

from sgeflow.patterns import regex

SAINT = {"ST": "SAINT", "STE": "SAINTE"}


def words_in(text: str) -> frozenset[str]:
    """The words of a text that lists them."""
    return frozenset(text.split())


# Letters that Unicode does not decompose.
_LIGATURES = str.maketrans(
    {"Œ": "OE", "Æ": "AE", "Ø": "O", "Ł": "L", "Đ": "D", "Ð": "D", "Þ": "TH", "ẞ": "SS"}
)
_NO_WORD = regex(r"[^A-Z0-9]+")
_NO_LETTER = regex(r"[^A-Z]+")
_OF_TOWNS = words_in(
    """
    CEDEX ARRONDISSEMENT ARR ARRT E EME ER I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI
    XVII XVIII XIX XX
    """
)
_BEGINNINGS = frozenset({"SAINT", "SAINTE", "LE", "LA", "LES", "L"})

SAME, UNCLEAR, DIFFERENT = "same", "unclear", "different"
_VERDICTS = (SAME, UNCLEAR, DIFFERENT)


def best(verdicts: Iterable[str]) -> str:
    """The best verdict among several readings of a text."""
    return min(verdicts, key=_VERDICTS.index)


def worst(verdicts: Iterable[str]) -> str:
    """The worst verdict among several parts of a text."""
    return max(verdicts, key=_VERDICTS.index)


def capitals(text: str) -> str:
    """The text in capitals, without accents and ligatures; punctuation stays."""
    raised = text.upper().translate(_LIGATURES)  # `upper` turns `ß` into SS
    decomposed = unicodedata.normalize("NFKD", raised)
    return "".join(one for one in decomposed if not unicodedata.combining(one))


def words_of(text: str) -> list[str]:
    """The words of a text in capitals: letters and digits, without accents."""
    return _NO_WORD.sub(" ", capitals(text)).split()


def same_town(given: str, known: str) -> bool:
    """Whether two writings may mean the same town: the first words are equal.

    Words that many towns begin with (Saint, Le, Les) are skipped.
    """
    one, other = (
        next((word for word in town_of(town).split() if word not in _BEGINNINGS), None)
        for town in (given, known)
    )
    return one == other is not None


def town_of(text: str) -> str:
    """A town without arrondissement and CEDEX, and with Saint written out."""
    words = _NO_LETTER.sub(" ", capitals(text)).split()
    parts = [SAINT.get(word, word) for word in words]
    return " ".join(word for word in parts if word not in _OF_TOWNS)
