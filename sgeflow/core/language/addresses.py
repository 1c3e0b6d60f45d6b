"""Reads and compares addresses as people write them: number, street, flat, floor, building.

SGE compares a street exactly (RecherchePoint v2.0, guide Enedis.SGE.GUI.0427), but people put the
flat before it, the building after it, and abbreviate in their own ways.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from msgspec import Struct

from sgeflow.core.language.comparable_text import (
    DIFFERENT,
    SAME,
    UNCLEAR,
    best,
    capitals,
    words_in,
    words_of,
    worst,
)
from sgeflow.patterns import regex

# Kinds of streets in the national address base (BAN, FANTOIR) with their short forms: those of the
# postal norm NF Z10-011, and those that the base's own search knows.
_KINDS = """
ABBAYE ABE; AERODROME AER; AIRE; ALLEE ALL AL ALLEES; ANSE; ARCADE ARC; AUTOROUTE AUT; AVENUE AV
AVE AVEN; BARRIERE BRE BARR; BASTIDE BSTD; BASTION BAST; BEGUINAGE BEGI; BERGE BER; BOIS; BOUCLE
BCLE; BOULEVARD BD BLD BVD BLVD BOUL; BOURG BRG; BUTTE BUT; CALE; CAMP; CAMPAGNE CGNE; CAMPING
CPG; CARREAU CAU; CARREFOUR CAR CARR; CARRIERE CARE CAR; CASTEL; CENTRE CTRE CTR; CHALET CHL;
CHAPELLE CHP; CHARMILLE CHI; CHATEAU CHT; CHAUSSEE CHS CHA; CHEMIN CHE CH CHEM; CITE CI CIT;
CLOITRE CLOI; CLOS CLO; COL; COLLINE COLI; CONTOUR CTR; CORNICHE COR; COTE; COTTAGE COTT; COUR
CR; COURS CRS C COU; DARSE DARS; DEGRE DEG; DESCENTE DSC; DIGUE DIG; DOMAINE DOM; ECLUSE ECL;
EGLISE EGL; ENCEINTE EN; ENCLAVE ENV; ENCLOS ENC; ESCALIER; ESPACE ESPA; ESPLANADE ESP ESPL;
ETANG ETNG; FAUBOURG FG FBG; FERME FRM; FONTAINE FON FONT; FORT; FORUM FORM; FOSSE FOS; FOYER
FOYR; GALERIE GAL; GARE; GARENNE GARN; GRILLE GRI; GRIMPETTE GRIM; GROUPE GPE; HALLE HLE; HAMEAU
HAM; HIPPODROME HIP; ILE; ILOT; IMPASSE IMP; JARDIN JARD; JETEE JTE; LEVEE LEVE; LOTISSEMENT
LOT; MAIL; MANOIR MAN; MARCHE MAR; MAS; MONTEE MTE; MOULIN MLN; PALAIS PAL; PARC; PARKING PKG;
PARVIS PRV; PASSAGE PAS PASS PSG; PASSE; PASSERELLE PLE; PAVILLON PAV; PLACE PL; PLACETTE PTTE;
PLACIS PLCI; PLAGE PLAG; PLAINE PLN; PLATEAU PLT; POINTE PNT; PONT; PORT; PORTE PTE; PORTIQUE
PORQ; POTERNE POT; POURTOUR POUR; PRE; PROMENADE PROM; QUAI QU Q; QUARTIER QUA QRT; RACCOURCI
RAC; RAIDILLON RAID; RAMPE RPE; REMPART REM; RESIDENCE RES; ROCADE ROC; ROND; ROTONDE RTD; ROUTE
RTE; RUE R; RUELLE RLE; SENTE SEN; SENTIER SEN SENT; SQUARE SQ; STADE STDE; STATION STA; TERRAIN
TRN; TERRASSE TSSE; TERTRE TRT; TOUR; TRAVERSE TRA TRAV; VAL; VALLEE VALL; VALLON; VENELLE VEN;
VIA; VILLA VLA; VILLAGE VGE; VOIE VOI; ZONE
"""
# Words in street names with their short forms. A word listed as its own short form could be taken
# for a short form ("avenue du Prés. Wilson", "rue des Prés").
_NAMES = """
ABBE ABB; ADJUDANT ADJ; AMIRAL AML; ANCIEN ANC; ANCIENNE ANC; ASPIRANT ASP; BARON BN; BAS; BASSE
BSE; BASSES BSES; BATAILLON BTN; BRIGADIER BGD BRIG; CAPITAINE CAP CPT CNE; CAPORAL CAL; CARDINAL
CDL; CHANOINE CHN CHAN; CHEVALIER CHEV; COLONEL COL; COMMANDANT CDT CMDT; COMTE CTE; COMTESSE
CTESSE; CROIX CRX; DECEMBRE DEC; DIVISION DIV; DOCTEUR DR DOCT; EVEQUE EVQ; FAUBOURG FG FBG; FEVRIER
FEV; FRERES FR FRES FRS; GENERAL GAL GEN GL; GOUVERNEUR GOUV GVR; GRAND GD; GRANDE GDE GRAND;
GRANDES GDES; GRANDS GDS; HAUT HT; HAUTE HTE; HAUTES HTES; HAUTS HTS; HOPITAL HOP HOSP; INFERIEUR
INF; INFERIEURE INF; INGENIEUR ING; JANVIER JANV; JUILLET JUIL; LIBERATION LIB; LIEUTENANT LT LIEUT
LNT LTN; MADAME MME; MADEMOISELLE MLLE; MAITRE ME; MARECHAL MAL ML; MARQUIS MQS MIS; MONSEIGNEUR
MGR; MONSIEUR MR; MONT MT; MONTS MTS; NATIONALE NALE NAT; NEUVE NVE; NOVEMBRE NOV; NOUVEAU NV;
NOUVELLE NVELLE; OCTOBRE OCT; PASTEUR PST; PERE P; PETIT PT; PETITE PTE; PETITES PTES; PETITS PTS;
PREFET PREF; PRESIDENT PDT PRES; PRES; PRINCE PCE; PROFESSEUR PR PROF; PROLONGE PROL; PROLONGEE
PROL; REGIMENT RGT REGT; REPUBLIQUE REP; RESISTANCE RESIST; REVEREND REV; SAINT ST; SAINTE STE;
SAINTES STES; SAINTS STS; SENATEUR SEN; SERGENT SGT; SOEUR SR; SOUS SS; SUPERIEUR SUP; SUPERIEURE
SUP; SUR S; UNIVERSITE UNIV; VICOMTE VTE VCTE; VIEILLE VLE; VIEUX VX
"""
SEVERAL: Mapping[tuple[str, ...], tuple[str, ...]] = {
    ("ACH",): ("ANCIEN", "CHEMIN"),
    ("ART",): ("ANCIENNE", "ROUTE"),
    ("CD",): ("ROUTE", "DEPARTEMENTALE"),
    ("GBD",): ("GRAND", "BOULEVARD"),
    ("GPL",): ("GRANDE", "PLACE"),
    ("GR",): ("GRANDE", "RUE"),
    ("N", "D"): ("NOTRE", "DAME"),
    ("ND",): ("NOTRE", "DAME"),
    ("PAE",): ("PETITE", "AVENUE"),
    ("PCH",): ("PETIT", "CHEMIN"),
    ("PTR",): ("PETITE", "RUE"),
    ("RD",): ("ROUTE", "DEPARTEMENTALE"),
    ("RDPT",): ("ROND", "POINT"),
    ("RN",): ("ROUTE", "NATIONALE"),
    ("RPT",): ("ROND", "POINT"),
    ("VC",): ("VOIE", "COMMUNALE"),
    ("ZA",): ("ZONE", "ARTISANALE"),
    ("ZI",): ("ZONE", "INDUSTRIELLE"),
}
"""Short forms with several words."""

LITTLE = frozenset({"A", "AU", "AUX", "D", "DE", "DES", "DU", "EN", "ET", "L", "LA", "LE", "LES"})
"""Words that the norm leaves out of street names."""

TELLING = words_in(
    """
    ANCIEN ANCIENNE BAS BASSE BASSES FAUBOURG GRAND GRANDE HAUT HAUTE HAUTES HAUTS INFERIEURE
    NEUVE NOTRE NOUVEAU NOUVELLE PETIT PETITE PROLONGE PROLONGEE SAINT SAINTE SAINTS SUPERIEURE
    VIEILLE VIEUX
    """
)
"""Words whose absence makes a different street."""

_NUMBERS = (
    "UN DEUX TROIS QUATRE CINQ SIX SEPT HUIT NEUF DIX ONZE DOUZE TREIZE QUATORZE QUINZE SEIZE"
)
_ORDINAL_WORDS = """
PREMIER DEUXIEME TROISIEME QUATRIEME CINQUIEME SIXIEME SEPTIEME HUITIEME NEUVIEME DIXIEME ONZIEME
DOUZIEME TREIZIEME QUATORZIEME QUINZIEME SEIZIEME
"""
_ROMAN_WORDS = "I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX XX"
NUMBERS: Mapping[str, int] = {
    **{word: at for at, word in enumerate(_NUMBERS.split(), 1)},
    **{word: at for at, word in enumerate(_ORDINAL_WORDS.split(), 1)},
    "PREMIERE": 1,
    "SECOND": 2,
    "SECONDE": 2,
    "VINGT": 20,
    "TRENTE": 30,
    **{word: at for at, word in enumerate(_ROMAN_WORDS.split(), 1) if len(word) > 1},
}
"""Numbers in words, and Roman numerals of two or more letters: dates, kings and floors."""

MONTHS = words_in(
    """
    JANVIER FEVRIER MARS AVRIL MAI JUIN JUILLET AOUT SEPTEMBRE OCTOBRE NOVEMBRE DECEMBRE
    """
)


def _short_forms(text: str) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for entry in text.split(";"):
        word, *shorts = entry.split()
        for short in shorts:
            found[short] = (*found.get(short, ()), word)
    return found


KIND_FORMS = _short_forms(_KINDS)
"""Short forms of street kinds, with the kinds that each may mean."""

NAME_FORMS = _short_forms(_NAMES)
"""Short forms in street names, with the words that each may mean."""

KINDS = frozenset(_KINDS.replace(";", " ").split())
"""Kinds of streets in long and short forms."""

WHOLE_WORDS = frozenset(entry.split()[0] for entry in _NAMES.split(";"))
"""Words that are not short forms, although they look so."""

_REPEATS = {"BIS": "B", "TER": "T", "QUATER": "Q"}

_DASH = r"[-/\u2010-\u2015]"
_APART = regex(r"[,;()/|\n]+|\s[-\u2010-\u2015]\s")
_BOX = regex(  # entrance codes and letter boxes
    r"\b(?:BP|CS|TSA|CIDEX|BOITE POSTALE)\W*(?:NO?\W*)?\d+\b"
    r"|\b(?:DIGI)?CODE\W*[A-Z]?\d\w*|\b(?:AU )?FOND DE (?:LA )?COUR\b"
)
_GLUED = regex(  # "12rue", "bat2"
    r"(?:(?<=\b\d)|(?<=\d\d))"
    r"(?=(?:RUE|AVENUE|BOULEVARD|PLACE|CHEMIN|IMPASSE|ROUTE|QUAI|COURS|ALLEE)\b)"
    r"|(?:(?<=\bAPPT)|(?<=\bAPT)|(?<=\bBAT)|(?<=\bESC)|(?<=\bETG))(?=\d)"
)
_BIS_APART = regex(r"(?<=\d)\s*,\s*(?=(?:BIS|TER|QUATER)\b)")
_FIRST_NUMBERS = regex(
    rf"((?:^|[,;(\n])\s*\d+)(?:\s*{_DASH}|\s*&|\s+ET\b|\s+A\b)\s*(?=\d)"  # 12-14, 12 & 14, 12 à 14
)
_JOINED = regex(
    r"(?<=[A-Z0-9])[-\u2010-\u2015](?=[A-Z0-9])"
    r"|(?<=\d)/(?=\d)|(?<=\b[A-Z])/(?=(?:[A-Z]|\d+)\b)"
)
_KIND = rf"(?:{'|'.join(sorted(KINDS, key=len, reverse=True))})\b"
_HOUSE = rf"\d+(?:-\d+)?[- ]?(?:BIS|TER|QUATER|[A-HT])?\W+{_KIND}"
_BEFORE_PART = regex(  # "Les Pins-12 rue", "rue des Lilas-Rés. X", "rue des Lilas 69003 Lyon"
    rf"(?<=[A-Z])(?:-(?={_HOUSE}|RES(?:IDENCE)?\b)|[- ](?=\d{{5}}\b)"
    r"|(?<!\bDE)(?<!\bLA)(?<!\bDU)(?<!\bDES) (?=RESIDENCE [A-Z]|\d{1,2}(?:ER|E|EME)\s*(?:,|$)))"
)
_IN_TWO = regex(  # "Appt A 3, …"
    r"\b((?:APPARTEMENT|APPART|APPT|APT|APP|LOGEMENT|LOGT)\W+(?:NO?\W+)?[A-Z]) "
    rf"(?=\d+\b(?!\s*(?:{_DASH}|&|ET\b)))"
)
_NO_WORD = regex(r"[^A-Z0-9-]+")
_LOOSE = regex(r"\s*(?:(?<!\S)-+|-+(?!\S))\s*")

_PLACES: Mapping[str, str] = {
    "flat": "APPARTEMENT|APPART|APPT|APT|APP|LOGEMENT|LOGT|LGT|STUDIO|CHAMBRE",
    "stair": "ESCALIER|ESC|CAGE",
    "building": "BATIMENT|BAT|IMMEUBLE|IMM",
    "block": "BLOC",
    "entrance": "ENTREE",
    "hall": "HALL",
    "tower": "TOUR",
    "villa": "VILLA|VLA",
    "house": "MAISON|PAVILLON|PAV",
    "lot": "LOT",
    "floor": "ETAGE|ETG|NIVEAU",  # after the staircase: "ESC 2 ETG 4"
}
_NAMED = ("building", "block", "tower", "villa", "house")  # "tour Les Cèdres"
_VALUE = r"(?:NO? |NUMERO )?(\d+(?:-?[A-Z])?|[A-Z]-?\d+|[A-Z]-[A-Z]|[A-Z])(?=[ -]|$)"
_IN_STREET = "".join(rf"(?<!\b{word} )" for word in ("DU", "DE", "LA", "L", "DES"))
_IS_STREET = "".join(rf"(?<!^{digits} )" for digits in (r"\d", r"\d\d", r"\d\d\d"))  # 12 villa …
_ORDINALS = "|".join(word for word in NUMBERS if word.endswith(("IER", "IEME")))
_PARTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    *(
        (part, regex(rf"{_IN_STREET}{_IS_STREET}\b(?:{words}) {_VALUE}"))
        for part, words in _PLACES.items()
    ),
    ("flat", regex(r"\b(?:PORTE|PTE) (?:NO? )?(\d+[A-Z]?)\b")),  # and "rue de la Porte d'Ivry"
    ("floor", regex(r"\b(\d+) ?(?:ER|ERE|E|EME|IEME|ND|NDE)? (?:ETAGE|ETG)\b")),
    ("floor", regex(rf"\b({_ORDINALS}) ETAGE\b")),
    ("floor", regex(r"\b(\d+) ?(?:ER|E|EME|IEME) (?=(?:A )?(?:GAUCHE|GCHE|DROITE|DTE|DRT)\b)")),
    ("floor", regex(r"\b(RDC|REZ[ -]DE[ -]CHAUSSEE|REZ[ -]DE[ -]JARDIN|ENTRESOL|SOUS[ -]SOL)\b")),
)
_SIDE = regex(r"(?<!RIVE )\b(?:(?:PORTE|PTE|ENTREE|A) )?(GAUCHE|GCHE|GCH|DROITE|DTE|DRT|FACE)\b")
_SIDE_LETTER = regex(  # "3e G", "ETG 3 D"
    r"\b(\d+ ?(?:ER|EME|IEME|E)(?: (?:ETAGE|ETG))?|(?:ETAGE|ETG) \d+|RDC) ([GD])(?= |$)"
)
_ALONE = (
    ("floor", regex(r"(\d+) ?(?:ER|ERE|E|EME|IEME|ND|NDE)")),
    ("stair", regex(r"(?:ALLEE|ALL) (?:NO? )?(\d+|[A-Z])")),  # in Lyon, one of the house's doors
    ("building", regex(r"(?:RESIDENCE|RES) (\d+|[A-Z])")),
)
_NAMED_PLACES = tuple((part, regex(rf"(?:{_PLACES[part]}) (?!\d)(.+)")) for part in _NAMED)
_NUMBER = regex(
    r"(?:(?:NO|N|NUMERO) )?(\d+)(?:-(\d+))?[- ]?(BIS|TER|QUATER|[A-H]|T)?(?=[- ]|$)(.*)"
)
_LAST_NUMBER = regex(r"(.*[A-Z])[- ](\d{1,4})(?: ?(BIS|TER|QUATER))?")
_TOWN = regex(rf"\d{{5}}(?! {_KIND})\D*")  # "69003 LYON", not "10200 ROUTE DE LYON"
_MOST_UNSURE = 4  # doubtful words; each doubles the readings of a street
_LONGEST_COUNT = 3  # characters of the number of a tower or villa: 12A; a name is longer
_YEAR = regex(r"1[5-9]\d\d|20\d\d")


class HouseAddress(Struct, frozen=True):
    """A parsed address; `inside` has its flat, floor, stair and building."""

    number: str  # 12, or 12-14
    repeat: str  # BIS, TER, a letter
    street: tuple[str, ...]  # the words of the street as written
    inside: Mapping[str, str]


def street_of(text: str, *, last: bool = False) -> str:
    """Number and street of an address, in capitals and long forms: `12 BIS RUE DES ERABLES`.

    12-14 gives the first number, or with `last` the last one. A letter after the number stays: SGE
    may know both 12 B and 12 BIS.
    """
    address = read_address(text)
    parts = [address.number.split("-")[-1 if last else 0], address.repeat]
    for at, word in enumerate(address.street):
        forms = NAME_FORMS.get(word, ())
        if at == 0:
            parts += SEVERAL.get((word,), KIND_FORMS.get(word, (word,))[:1])
        elif len(forms) == 1 and word not in WHOLE_WORDS:
            parts.append(forms[0])
        else:
            parts.append(word)
    return " ".join(filter(None, parts))


def address_match(given: str, known: Sequence[str | None]) -> str:
    """Compare two written addresses: `same`, `unclear` or `different`.

    `known` is given in parts, the street first. A flat, floor or building in only one of the two is
    not a difference; each end of 12-14 and A-B counts as the same.
    """
    one, other = read_address(given), read_address(_one_line(known))
    if not one.street or not other.street:
        return DIFFERENT
    return worst(
        [
            _number_match(one, other),
            _street_match(one.street, other.street),
            *(
                _place_match(part, value, other.inside[part])
                for part, value in one.inside.items()
                if part in other.inside
            ),
        ]
    )


def same_flat(given: str, known: Sequence[str | None]) -> bool:
    """Whether an address gives every known part of the house: flat, floor, stair, building.

    A staircase or a floor alone does not identify a flat.
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
    """Parse an address; the street follows the first house number.

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
    houses = list(_houses(pieces, inside))
    houses.sort(key=lambda house: house.street[0] not in KINDS)  # "Les 3 Pins, 12 rue …"
    if not houses:
        streets = sorted(pieces, key=lambda piece: words_of(piece)[0] not in KINDS)
        return HouseAddress("", "", tuple(words_of(streets[0])) if streets else (), inside)
    house = houses[0]
    for piece in pieces:
        for part, pattern in _ALONE:  # "12 rue …, 3e"
            match = pattern.fullmatch(piece)
            if match and match[1] != house.number and words_of(piece) != [*house.street]:
                inside.setdefault(part, match[1])
    return house


def _houses(pieces: Sequence[str], inside: Mapping[str, str]) -> Iterator[HouseAddress]:
    """The pieces of an address that may contain a number and its street."""
    for at, piece in enumerate(pieces):
        match = _NUMBER.fullmatch(piece)
        if match is None:
            if words_of(piece)[0] in KINDS and (behind := _LAST_NUMBER.fullmatch(piece)):
                name, number, repeat = behind.groups()
                words = words_of(name)
                if words[-1] not in MONTHS and len(words) > 1:  # "rue du 8 mai 1945"
                    yield HouseAddress(number.lstrip("0"), repeat or "", tuple(words), inside)
            continue
        first, last, repeat, rest = match.groups()
        words = words_of(rest)
        if repeat and len(repeat) == 1 and words and words[0] not in KINDS:
            repeat, words = "", [repeat, *words]  # "12 C DES LILAS": the kind of the street
        if not words:
            beside = pieces[at + 1 :] or pieces[:at]  # "12, rue …" and "rue …, 12"
            words = words_of(beside[0]) if beside else []
        if not words or (last and (repeat or not _is_one_house(first, last))):
            continue  # "3-12 rue …": a flat, or a house
        number = "-".join(part.lstrip("0") or "0" for part in (first, last) if part)
        yield HouseAddress(number, repeat or "", tuple(words), inside)


def _is_one_house(first: str, last: str) -> bool:
    """Whether two numbers may belong to one house: one side of the street, the lower first."""
    return int(first) < int(last) and int(first) % 2 == int(last) % 2


def _one_line(parts: Sequence[str | None]) -> str:
    return ", ".join(part for part in parts if part)


def _pieces(text: str, inside: dict[str, str]) -> list[str]:
    """The pieces of an address without flat and building, which are put into `inside`.

    A hyphen between two words stays.
    """
    text = _GLUED.sub(" ", capitals(text).replace(".-", ". "))  # N.-D.
    text = _BIS_APART.sub(" ", _BOX.sub(",", text))
    text = _BEFORE_PART.sub(", ", _JOINED.sub("-", _FIRST_NUMBERS.sub(r"\1-", text)))
    parts = [_take_parts(piece, inside) for piece in _APART.split(text)]
    pieces = [piece.strip() for part in parts for piece in _LOOSE.split(part)]
    left = [piece for piece in pieces if words_of(piece) and not _TOWN.fullmatch(piece)]
    for piece in left[:] if len(left) > 1 else ():
        for part, pattern in _NAMED_PLACES:
            if name := pattern.fullmatch(piece):
                main = (word for word in words_of(name[1]) if word not in LITTLE)
                inside.setdefault(part, " ".join(main))
                left.remove(piece)
    return left


def _take_parts(piece: str, inside: dict[str, str]) -> str:
    """A piece of an address without flat, floor and building, which are put into `inside`."""
    text, found = _NO_WORD.sub(" ", piece).strip(), False
    text = _SIDE_LETTER.sub(
        lambda match: f"{match[1]} {'GAUCHE' if match[2] == 'G' else 'DROITE'}", text
    )
    for part, pattern in _PARTS:
        for match in pattern.finditer(text):
            value, found = match[1], True
            if not (value[0].isalpha() and value[-1].isalpha()):
                value = value.replace("-", "")  # A-3 is A3, and A-B two of them
            if len(value) > _LONGEST_COUNT:  # REZ-DE-CHAUSSEE
                value = "RDC" if "CHAUSSEE" in value else value.replace("-", " ")
            value = str(NUMBERS.get(value, value))
            inside.setdefault(part, (value.lstrip("0") or "0") if value[0] == "0" else value)
        text = " ".join(pattern.sub(" ", text).split())
    for match in _SIDE.finditer(text):
        if found or match[0] == text:
            inside.setdefault("side", match[1][0])
            text = " ".join(text.replace(match[0], " ").split())
    # a residence's name apart from the number and street behind it: "Rés. X 12 rue …"
    house = re.search(rf"(?<=[A-Z0-9]) (?={_HOUSE})", text)
    before = words_of(text[: house.start()]) if house else []
    if house is None or before[-1] in _COUNTED or before[0] in KINDS - _ESTATES:
        return text
    return f"{text[: house.start()]} - {text[house.end() :]}"


_ESTATES = words_in("CITE CLOS DOMAINE HAMEAU LOT LOTISSEMENT QUARTIER RES RESIDENCE VILLA")
_COUNTED = frozenset("|".join(_PLACES.values()).split("|"))


def _number_match(one: HouseAddress, other: HouseAddress) -> str:
    if not one.number or not other.number:
        return SAME if one.number == other.number else UNCLEAR
    repeats = {_REPEATS.get(house.repeat, house.repeat) for house in (one, other)}
    return SAME if len(repeats) == 1 and _is_same_end(one.number, other.number) else DIFFERENT


def _is_same_end(one: str, other: str) -> bool:
    """Whether two numbers or letters are equal, or one is an end of the other: 12 of 12-14."""
    ends, others = set(one.split("-")), set(other.split("-"))
    return ends <= others or others <= ends


def _place_match(part: str, one: str, other: str) -> str:
    """Compare two flats, floors, stairs or buildings; building A contains A1 and A2."""
    if _is_same_end(one, other) or {one, other} == {"RDC", "0"}:
        return SAME
    if part == "building" and 1 in (len(one), len(other)) and one[0].isalpha():
        return SAME if one[0] == other[0] else DIFFERENT
    if part in _NAMED and (len(one) > _LONGEST_COUNT) != (len(other) > _LONGEST_COUNT):
        return UNCLEAR  # one by number, one by name
    return DIFFERENT


def _street_match(one: Sequence[str], other: Sequence[str]) -> str:
    """Compare two streets in long or short forms, with or without articles."""
    left, right = (_comparable_words(words) for words in (one, other))
    if "".join(left) == "".join(right):
        return SAME
    kinds = [words[0] in KINDS and len(words) > 1 for words in (left, right)]
    if all(kinds):
        if not _forms(left[0]) & _forms(right[0]):
            return DIFFERENT
        return _name_match(left[1:], right[1:])
    if not any(kinds):
        return _name_match(left, right)
    left, right = (
        words[1:] if kind else words for words, kind in zip((left, right), kinds, strict=True)
    )
    return worst([UNCLEAR, _name_match(left, right)])


def _name_match(one: Sequence[str], other: Sequence[str]) -> str:
    return best(
        _aligned_match(left, right) for left, right in product(_readings(one), _readings(other))
    )


def _aligned_match(
    one: Sequence[tuple[frozenset[str], str]], other: Sequence[tuple[frozenset[str], str]]
) -> str:
    """Compare two street names word by word, each with the articles before it.

    An initial may be any word that begins with it, except the last word: "rue P" could be rue
    Pasteur or rue Parmentier.
    """
    if len(one) == len(other):
        words = [(left, right) for (_, left), (_, right) in zip(one, other, strict=True)]
        is_last = bool(_forms(words[-1][0]) & _forms(words[-1][1]))
        if is_last and all(_is_same_word(*pair) for pair in words):
            little = [(left, right) for (left, _), (right, _) in zip(one, other, strict=True)]
            return SAME if all(a <= b or b <= a for a, b in little) else UNCLEAR
        return DIFFERENT
    shorter, longer = sorted((one, other), key=len)
    missing = [word for _, word in longer]
    if _YEAR.fullmatch(missing[-1]) and missing[-2] in MONTHS:
        return _aligned_match(shorter, longer[:-1])  # "rue du 8 mai 1945"
    if shorter[-1][1] != missing[-1]:
        return DIFFERENT
    for _, word in shorter:
        same = next((at for at, one in enumerate(missing) if _is_same_word(word, one)), None)
        if same is None:
            return DIFFERENT
        del missing[same]
    return DIFFERENT if any(_forms(word) & TELLING for word in missing) else UNCLEAR


def _readings(words: Sequence[str]) -> Iterator[list[tuple[frozenset[str], str]]]:
    """The possible readings of a street name: words, each with the articles before it.

    A, D and L may be articles or initials.
    """
    unsure = [at for at, word in enumerate(words[:-1]) if word in ("A", "D", "L")][:_MOST_UNSURE]
    for initials in product((False, True), repeat=len(unsure)):
        chosen = {at for at, is_initial in zip(unsure, initials, strict=True) if is_initial}
        reading: list[tuple[frozenset[str], str]] = []
        little: frozenset[str] = frozenset()
        for at, word in enumerate(words):
            if word in LITTLE and at not in chosen and at < len(words) - 1:
                little |= _LITTLE_PARTS.get(word, {word})
            else:
                reading.append((little, word))
                little = frozenset()
        yield reading


_LITTLE_PARTS: Mapping[str, frozenset[str]] = {
    "AU": frozenset({"A", "LE"}),
    "AUX": frozenset({"A", "LES"}),
    "D": frozenset({"DE"}),
    "DES": frozenset({"DE", "LES"}),
    "DU": frozenset({"DE", "LE"}),
    "L": frozenset(),  # le or la
}


def _comparable_words(words: Sequence[str]) -> list[str]:
    """The words of a street with numbers in digits, and short forms of several words in full."""
    left = list(words)
    if left[:2] == ["LIEU", "DIT"]:
        left = left[2:] or left
    elif left[0] in ("LD", "LIEUDIT"):
        left = left[1:] or left
    found: list[str] = []
    while left:
        pair = tuple(left[:2])
        if len(pair) > 1 and pair in SEVERAL:
            found += SEVERAL[pair]
            del left[:2]
            continue
        word = left.pop(0)
        if _INITIALS.fullmatch(word) and _forms(word) == {word} and (word,) not in SEVERAL:
            found += word  # JF Kennedy
            continue
        number = str(NUMBERS.get(word, _ORDINAL.sub(r"\1", word)))
        if found and not left and found[-1] in _SOVEREIGNS:
            number = _ROMAN.get(word, number)
        if number.isdigit() and found and found[-1] in ("10", "20", "30") and len(number) == 1:
            found[-1] = str(int(found[-1]) + int(number))  # dix-neuf
        else:
            found += SEVERAL.get((word,), (number,))
    return found


# A single letter after the street's kind is a name: "rue V" is not a number, "rue Charles V" is.
_SOVEREIGNS = words_in("ALBERT CHARLES FRANCOIS HENRI LEON LOUIS NAPOLEON PHILIPPE PIE")
_ROMAN = {"I": "1", "V": "5", "X": "10"}
_INITIALS = regex(r"[BCDFGHJKLMNPQRSTVWXZ]{2}")
_ORDINAL = regex(r"^(\d+)(?:ER|ERE|RE|E|EME|IEME|ND|NDE)$")


def _is_same_word(one: str, other: str) -> bool:
    if one.isalpha() and other.isalpha() and 1 in (len(one), len(other)) and one[0] == other[0]:
        return True
    return bool(_forms(one) & _forms(other))


def _forms(word: str) -> set[str]:
    return {word, *KIND_FORMS.get(word, ()), *NAME_FORMS.get(word, ())}
