"""Addresses as people write them: number, street, and where in the house.

SGE compares a street exactly (RecherchePoint v2.0, guide Enedis.SGE.GUI.0427). People write the
flat before it, the building behind it, and each word in a way of their own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from sgeflow.core.language.comparable_text import SAINT, capitals, words_of
from sgeflow.patterns import regex

_SORTS = {
    "ALL": "ALLEE",
    "AV": "AVENUE",
    "AVE": "AVENUE",
    "BD": "BOULEVARD",
    "BLD": "BOULEVARD",
    "BLVD": "BOULEVARD",
    "BVD": "BOULEVARD",
    "C": "COURS",
    "CH": "CHEMIN",
    "CHE": "CHEMIN",
    "CHEM": "CHEMIN",
    "CRS": "COURS",
    "ESP": "ESPLANADE",
    "FBG": "FAUBOURG",
    "FG": "FAUBOURG",
    "HAM": "HAMEAU",
    "IMP": "IMPASSE",
    "LOT": "LOTISSEMENT",
    "MTE": "MONTEE",
    "PAS": "PASSAGE",
    "PASS": "PASSAGE",
    "PL": "PLACE",
    "PROM": "PROMENADE",
    "Q": "QUAI",
    "QU": "QUAI",
    "R": "RUE",
    "RES": "RESIDENCE",
    "RTE": "ROUTE",
    "SQ": "SQUARE",
}
"""The sorts of streets by their short forms, as the first word behind the number."""

_LONG = frozenset({*_SORTS.values(), "CITE", "CLOS", "RUELLE", "SENTIER", "TRAVERSE", "VILLA"})

_TITLES = {
    **SAINT,
    "AML": "AMIRAL",
    "CAP": "CAPITAINE",
    "CDT": "COMMANDANT",
    "CNE": "CAPITAINE",
    "COL": "COLONEL",
    "DOCT": "DOCTEUR",
    "DR": "DOCTEUR",
    "GAL": "GENERAL",
    "GEN": "GENERAL",
    "LT": "LIEUTENANT",
    "MAL": "MARECHAL",
    "MGR": "MONSEIGNEUR",
    "PDT": "PRESIDENT",
    "PR": "PROFESSEUR",
    "PROF": "PROFESSEUR",
    "SGT": "SERGENT",
}
"""What stands in short before the name that a street has."""

_LITTLE = frozenset({"A", "AU", "AUX", "D", "DE", "DES", "DU", "L", "LA", "LE", "LES"})
_REPEATS = {"B": "BIS", "T": "TER", "Q": "QUATER"}

_APART = regex(r"[,;()/|\n]+|\s[-\u2013\u2014]\s")
_PARTS: Mapping[str, re.Pattern[str]] = {
    "flat": regex(
        r"\b(?:APPARTEMENT|APPART|APPT|APT|APP|LOGEMENT|LOGT) (?:NO? |NUMERO )?"
        r"(\d+[A-Z]?|[A-Z]\d*)\b"
        r"|\bPORTE (?:NO? )?(\d+[A-Z]?)\b"  # and "rue de la Porte d'Ivry"
    ),
    "stair": regex(r"\b(?:ESCALIER|ESC) (?:NO? )?(\d+|[A-Z])\b"),
    "floor": regex(
        r"\b(?:ETAGE|ETG) (?:NO? )?(\d+)\b"
        r"|\b(\d+) ?(?:ER|ERE|E|EME|IEME|ND|NDE)? (?:ETAGE|ETG)\b|\b(RDC|REZ DE CHAUSSEE)\b"
    ),
    # "rue du Bât d'Argent" has no building
    "building": regex(
        r"(?<!\bDU )(?<!\bDE )\b(?:BATIMENT|BAT|IMMEUBLE|IMM) (?:NO? )?(\d+|[A-Z])\b"
    ),
}
_NUMBER = regex(r"(?:(?:NO|N|NUMERO) )?(\d+) ?(BIS|TER|QUATER|[A-H]|T)?(?= |$)(.*)")


class HouseAddress(Struct, frozen=True):
    """A written address; `inside` says where in the house: flat, floor, stair, building."""

    number: str
    repeat: str  # BIS, TER, a letter
    street: tuple[str, ...]  # its words, long forms
    inside: Mapping[str, str]


def street_of(text: str) -> str:
    """Number and street of an address, in capitals and long forms: `12 BIS RUE DES ERABLES`."""
    address = read_address(text)
    return " ".join(part for part in (address.number, address.repeat, *address.street) if part)


def same_address(given: str, known: Sequence[str | None]) -> bool:
    """Whether two writings are one address: number, street, and nothing in the house otherwise.

    `known` is its parts, the street first. What only one of the two says of flat, floor,
    staircase and building is no difference.
    """
    one, other = read_address(given), _read_parts(known)
    return (
        (one.number, one.repeat) == (other.number, other.repeat)
        and _is_same_street(one.street, other.street)
        and all(other.inside.get(part, value) == value for part, value in one.inside.items())
    )


def same_flat(given: str, known: Sequence[str | None]) -> bool:
    """Whether an address says all that is known of where in the house, to the last word.

    Who says a staircase or a floor alone has not said which of its flats.
    """
    address, inside = read_address(given), dict[str, str]()
    pieces = [piece for part in known if part for piece in _APART.split(capitals(part))]
    words = {word for piece in pieces for word in _take_parts(piece, inside).split()}
    return (
        bool(inside)
        and all(address.inside.get(part) == value for part, value in inside.items())
        and words <= set(words_of(given))
    )


def read_address(text: str) -> HouseAddress:
    """An address in its parts: the street is what follows the first number of a house."""
    inside: dict[str, str] = {}
    pieces = [_take_parts(piece, inside) for piece in _APART.split(capitals(text))]
    pieces = [piece for piece in pieces if piece]
    for at, piece in enumerate(pieces):
        match = _NUMBER.fullmatch(piece)
        if match is None:
            continue
        number, repeat, rest = match.groups()
        words = rest.split()
        if repeat and len(repeat) == 1 and words and words[0] not in {*_SORTS, *_LONG}:
            repeat, words = "", [repeat, *words]  # "12 C DES LILAS": the sort of the street
        if not words:
            words = pieces[at + 1].split() if at + 1 < len(pieces) else []
        repeat = _REPEATS.get(repeat or "", repeat or "")
        return HouseAddress(number.lstrip("0") or "0", repeat, _long_forms(words), inside)
    return HouseAddress("", "", _long_forms(pieces[0].split() if pieces else []), inside)


def _read_parts(parts: Sequence[str | None]) -> HouseAddress:
    return read_address(", ".join(part for part in parts if part))


def _take_parts(piece: str, inside: dict[str, str]) -> str:
    """A piece of an address without where in the house, which is noted."""
    text = " ".join(words_of(piece))
    for part, pattern in _PARTS.items():
        for match in pattern.finditer(text):
            value = next(group for group in match.groups() if group)
            inside.setdefault(part, (value.lstrip("0") or "0") if value[0] == "0" else value)
        text = " ".join(pattern.sub(" ", text).split())
    return text


def _long_forms(words: Sequence[str]) -> tuple[str, ...]:
    if not words:
        return ()
    first, *others = words
    return (_SORTS.get(first, first), *(_TITLES.get(word, word) for word in others))


def _is_same_street(one: Sequence[str], other: Sequence[str]) -> bool:
    """The same words but for little ones; a letter stands for a word that begins with it.

    Not for the last: "rue P" would be rue Pasteur and rue Parmentier.
    """
    left, right = ([word for word in words if word not in _LITTLE] for words in (one, other))
    return (
        bool(left)
        and len(left) == len(right)
        and left[-1] == right[-1]
        and all(map(_is_same_word, left, right))
    )


def _is_same_word(one: str, other: str) -> bool:
    if one.isalpha() and other.isalpha() and 1 in (len(one), len(other)):
        return one[0] == other[0]
    return one == other
