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

_DASH = r"[-/\u2010-\u2015]"
_APART = regex(r"[,;()/|\n]+|\s[-\u2010-\u2015]\s")
_FIRST_NUMBERS = regex(rf"((?:^|[,;(\n])\s*\d+)(?:\s*{_DASH}|\s*&|\s+ET\b)\s*(?=\d)")
_JOINED = regex(
    r"(?<=[A-Z0-9])[-\u2010-\u2015](?=[A-Z0-9])"
    r"|(?<=\d)/(?=\d)|(?<=\b[A-Z])/(?=(?:[A-Z]|\d+)\b)"
)
_SORT = rf"(?:{'|'.join(sorted({*_SORTS, *_LONG}))})\b"
_HOUSE = rf"\d+(?:-\d+)?[- ]?(?:BIS|TER|QUATER|[A-HT])?\W+{_SORT}"
_BEFORE_PART = regex(  # "Les Pins-12 rue", "rue des Lilas-Rés. X", "rue des Lilas 69003 Lyon"
    rf"(?<=[A-Z])(?:-(?={_HOUSE}|RES(?:IDENCE)?\b)|[- ](?=\d{{5}}\b))"
)
_COUNTED = ("BLOC", "ENTREE", "HALL", "ILOT", "LOT", "MAISON", "NIVEAU", "PALIER", "TOUR", "VILLA")
_NOT_COUNTED = "".join(rf"(?<!\b{word})" for word in _COUNTED)
_RESIDENCE = regex(rf"^(RES(?:IDENCE)?\b.*?){_NOT_COUNTED} (?={_HOUSE})")  # "Rés. X 12 rue …"
_IN_TWO = regex(  # "Appt A 3, …"
    r"\b((?:APPARTEMENT|APPART|APPT|APT|APP|LOGEMENT|LOGT)\W+(?:NO?\W+)?[A-Z]) "
    rf"(?=\d+\b(?!\s*(?:{_DASH}|&|ET\b)))"
)
_NO_WORD = regex(r"[^A-Z0-9-]+")
_LOOSE = regex(r"\s*(?:(?<!\S)-+|-+(?!\S))\s*")
_PARTS: Mapping[str, re.Pattern[str]] = {
    "flat": regex(
        r"\b(?:APPARTEMENT|APPART|APPT|APT|APP|LOGEMENT|LOGT) (?:NO? |NUMERO )?"
        r"(\d+(?:-?[A-Z])?|[A-Z]-?\d+|[A-Z])\b"
        r"|\bPORTE (?:NO? )?(\d+[A-Z]?)\b"  # and "rue de la Porte d'Ivry"
    ),
    "stair": regex(r"\b(?:ESCALIER|ESC) (?:NO? )?(\d+|[A-Z])\b"),
    "floor": regex(
        r"\b(?:ETAGE|ETG) (?:NO? )?(\d+)\b"
        r"|\b(\d+) ?(?:ER|ERE|E|EME|IEME|ND|NDE)? (?:ETAGE|ETG)\b|\b(RDC|REZ DE CHAUSSEE)\b"
    ),
    # "rue du Bât d'Argent" has no building
    "building": regex(
        r"(?<!\bDU )(?<!\bDE )\b(?:BATIMENT|BAT|IMMEUBLE|IMM) (?:NO? )?"
        r"([A-Z]-[A-Z]|[A-Z]-?\d+|\d+|[A-Z])\b"
    ),
}
_NUMBER = regex(
    r"(?:(?:NO|N|NUMERO) )?(\d+)(?:-(\d+))?[- ]?(BIS|TER|QUATER|[A-H]|T)?(?=[- ]|$)(.*)"
)
_TOWN = regex(rf"\d{{5}}(?! {_SORT})\D*")  # "69003 LYON", not "10200 ROUTE DE LYON"


class HouseAddress(Struct, frozen=True):
    """A written address; `inside` says where in the house: flat, floor, stair, building."""

    number: str  # 12, or 12-14
    repeat: str  # BIS, TER, a letter
    street: tuple[str, ...]  # its words, long forms
    inside: Mapping[str, str]


def street_of(text: str, *, last: bool = False) -> str:
    """Number and street of an address, in capitals and long forms: `12 BIS RUE DES ERABLES`.

    Of 12-14 the first number, or the last.
    """
    address = read_address(text)
    number = address.number.split("-")[-1 if last else 0]
    return " ".join(part for part in (number, address.repeat, *address.street) if part)


def same_address(given: str, known: Sequence[str | None]) -> bool:
    """Whether two writings are one address: number, street, and nothing in the house otherwise.

    `known` is its parts, the street first. What only one of the two says of flat, floor,
    staircase and building is no difference; of 12-14 and A-B each end is the same.
    """
    one, other = read_address(given), read_address(_one_line(known))
    return (
        one.repeat == other.repeat
        and _is_same_end(one.number, other.number)
        and _is_same_street(one.street, other.street)
        and all(
            _is_same_place(part, value, other.inside.get(part, value))
            for part, value in one.inside.items()
        )
    )


def same_flat(given: str, known: Sequence[str | None]) -> bool:
    """Whether an address says all that is known of where in the house, to the last word.

    Who says a staircase or a floor alone has not said which of its flats.
    """
    address, inside = read_address(given), dict[str, str]()
    line = _joined_flat(_one_line(known))
    words = {word for piece in _pieces(line, inside) for word in words_of(piece)}
    return (
        bool(inside)
        and all(address.inside.get(part) == value for part, value in inside.items())
        and words <= set(words_of(given))
    )


def read_address(text: str) -> HouseAddress:
    """An address in its parts: the street is what follows the first number of a house.

    "Appt A 3, 12 rue …" is flat A3, and "Appt A, 12 rue …" flat A, with or without the comma.
    """
    joined = _joined_flat(text)
    address = _read_address(joined)
    return address if address.number and address.street else _read_address(text)


def _joined_flat(text: str) -> str:
    return _IN_TWO.sub(r"\1", capitals(text))


def _read_address(text: str) -> HouseAddress:
    inside: dict[str, str] = {}
    pieces = _pieces(text, inside)
    for at, piece in enumerate(pieces):
        match = _NUMBER.fullmatch(piece)
        if match is None:
            continue
        first, last, repeat, rest = match.groups()
        words = words_of(rest)
        if repeat and len(repeat) == 1 and words and words[0] not in {*_SORTS, *_LONG}:
            repeat, words = "", [repeat, *words]  # "12 C DES LILAS": the sort of the street
        if not words:
            words = words_of(pieces[at + 1]) if at + 1 < len(pieces) else []
        if last and (repeat or not _is_one_house(first, last)):
            continue  # "3-12 rue …": a flat, or a house
        number = "-".join(part.lstrip("0") or "0" for part in (first, last) if part)
        repeat = _REPEATS.get(repeat or "", repeat or "")
        return HouseAddress(number, repeat, _long_forms(words), inside)
    return HouseAddress("", "", _long_forms(words_of(pieces[0]) if pieces else []), inside)


def _is_one_house(first: str, last: str) -> bool:
    """Whether two numbers may be one house's: one side of the street, the lower first."""
    return int(first) < int(last) and int(first) % 2 == int(last) % 2


def _is_same_place(part: str, one: str, other: str) -> bool:
    """Whether two flats, floors, stairs or buildings may be the same; building A has A1 and A2."""
    if part == "building" and 1 in (len(one), len(other)) and one[0].isalpha():
        return one[0] == other[0] or _is_same_end(one, other)
    return _is_same_end(one, other)


def _is_same_end(one: str, other: str) -> bool:
    """Whether two numbers or letters are the same, or one an end of the other: 12 of 12-14."""
    ends, others = set(one.split("-")), set(other.split("-"))
    return ends <= others or others <= ends


def _one_line(parts: Sequence[str | None]) -> str:
    return ", ".join(part for part in parts if part)


def _pieces(text: str, inside: dict[str, str]) -> list[str]:
    """What stands apart in an address, without where in the house, which is noted.

    A hyphen between two words stays.
    """
    text = _FIRST_NUMBERS.sub(r"\1-", capitals(text))
    text = _BEFORE_PART.sub(", ", _JOINED.sub("-", text))
    parts = [_take_parts(piece, inside) for piece in _APART.split(text)]
    pieces = [piece.strip() for part in parts for piece in _LOOSE.split(part)]
    return [piece for piece in pieces if piece and not _TOWN.fullmatch(piece)]


def _take_parts(piece: str, inside: dict[str, str]) -> str:
    """A piece of an address without where in the house, which is noted."""
    text = _NO_WORD.sub(" ", piece).strip()
    for part, pattern in _PARTS.items():
        for match in pattern.finditer(text):
            value = next(group for group in match.groups() if group)
            if not (value[0].isalpha() and value[-1].isalpha()):
                value = value.replace("-", "")  # A-3 is A3, and A-B two of them
            inside.setdefault(part, (value.lstrip("0") or "0") if value[0] == "0" else value)
        text = " ".join(pattern.sub(" ", text).split())
    return _RESIDENCE.sub(r"\1 - ", text)


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
