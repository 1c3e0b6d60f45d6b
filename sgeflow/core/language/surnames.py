"""Last names: what SGE is asked for, and whether two writings are one person's.

SGE finds a name by a part of it (RecherchePoint v2.0, guide Enedis.SGE.GUI.0427), so what it
answers is compared once more: MARTIN is a part of MARTINEZ, and another person.
"""

from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct

from sgeflow.core.language.comparable_text import (
    DIFFERENT,
    SAINT,
    SAME,
    UNCLEAR,
    best,
    capitals,
    words_in,
    words_of,
    worst,
)
from sgeflow.patterns import regex

_SHORTEST = 3  # letters of a name that is looked for out of the perimeter (SGT4F10)

# What stands before a name and is written apart, joined or not at all.
_PARTICLES = words_in("AL D DA DE DEL DEN DER DI DOS EL VAN VON ZU")
# Before a name, too, and never left out: Roy is not Le Roy.
_ARTICLES = words_in(
    """
    ABD ABDEL ABOU AIT BEN BOU DES DU IBN L LA LE LES MAC MC O OULD SAINT SAINTE SIDI
    """
)
_BEFORE = _PARTICLES | _ARTICLES
# Longest first: what a joined name may begin with.
_JOINED = sorted(
    {*_BEFORE, "DELA", "ST", "STE", "VANDE", "VANDEN", "VANDER"}, key=len, reverse=True
)

_TITLES = words_in(
    """
    M MR MRS MME MMES MLLE MELLE MLE MLLES MM MONSIEUR MADAME MADEMOISELLE MESSIEURS MESDAMES DR
    DOCTEUR ME MAITRE PR PROFESSEUR FAMILLE FAM VVE VEUVE VEUF
    """
)
_MARRIED = words_in("NEE NE EPOUSE EPSE EP VEUVE VVE DIVORCE DIVORCEE DIT DITE")
_AND = frozenset({"ET", "OU"})
# Legal forms (INSEE's categories), and what firms call themselves: no family has these names.
_FORMS = words_in(
    """
    ASL ASSOCIATION CO COMPAGNIE COOPERATIVE CORP EARL EI EIRL ETABLISSEMENTS EURL FONDATION FIDUCIE
    GAEC GIE GROUP GROUPE SA SARL SAS SASU SCA SCCV SCEA SCI SCM SCOP SCP SEL SELARL SELAS SEM SNC
    SOCIETE SYNDICAT TRUST
    """
)
_TRADES = words_in(
    """
    AGENCE AMBULANCES ARCHITECTE ASSOCIES ATELIER AUBERGE AUTO AUTOMOBILES AVOCAT AVOCATS BAR
    BATIMENT BOUCHERIE BOULANGERIE BRASSERIE CABINET CAFE CARRELAGE CARROSSERIE CHARCUTERIE
    CHARPENTE CHAUFFAGE CLINIQUE COIFFURE COMMERCE COMMUNE CONSEIL CONSEILS CONSTRUCTION
    CONSTRUCTIONS COPROPRIETE CORDONNERIE COUVERTURE CREATION DENTISTE DISTRIBUTION DOMAINE ECOLE
    ELECTRICITE ENTREPRISE ENTREPRISES EPICERIE FERME FILS FINANCES FLEURISTE FLEURS FRERES GARAGE
    HOLDING HOTEL IMMO IMMOBILIER IMMOBILIERE IMPRIMERIE INFORMATIQUE INSTITUT INVEST INVESTISSEMENT
    LIBRAIRIE MACONNERIE MAIRIE MENUISERIE METALLERIE NETTOYAGE NOTAIRE NOTAIRES OPTICIEN OPTICIENS
    OPTIQUE PATISSERIE PATRIMOINE PAYSAGES PEINTURE PHARMACIE PLATRERIE PLOMBERIE POISSONNERIE
    PRESSING RENOVATION RESTAURANT SALON SERRURERIE SERVICES TABAC TAXI TOITURE TRANSPORT TRANSPORTS
    TRAITEUR TRAVAUX ZINGUERIE
    """
)
_FIRMS = _FORMS | _TRADES
_LONG = {
    **SAINT,
    "ASSO": "ASSOCIATION",
    "ASSOC": "ASSOCIATION",
    "CIE": "COMPAGNIE",
    "ETS": "ETABLISSEMENTS",
}
_ESTATES = frozenset({"CONSORTS", "HERITIERS", "HOIRS", "INDIVISION", "SUCCESSION", "TUTELLE"})
# First names that others follow: Jean-Baptiste, also where it is a last name, is no double name.
_COMPOUND = words_in("ANNE CHARLES JACQUES JEAN LOUIS MARIE PAUL PIERRE")

_BEFORE_TITLE = regex(r"\bL[EA] (?=(?:DOCTEUR|DR|PROFESSEUR|PR)\b)")
_DOTTED = regex(r"\b([A-Z])\.(?=[A-Z]\b)")  # S.A.R.L.
_APOSTROPHE = regex(r"\b([A-CE-KM-Z])['\u2019\u02BC](?=[A-Z])")  # M'Barek, not d'Angelo
_AROUND_HYPHENS = regex(r"\s*[-\u2010-\u2015]\s*")
_CARE_OF = regex(r"\b(?:CHEZ|C/O)\b.*")
_UMLAUTS = str.maketrans({"Ä": "AE", "Ö": "OE", "Ü": "UE"})


class WrittenName(Struct, frozen=True):
    """One of the names that a text gives: its words, and which of them hyphens join."""

    words: tuple[str, ...]
    joined: Sequence[frozenset[str]]


def names_to_search(lastname: str, firstname: str | None) -> list[str]:
    """The searches for a last name in SGE: the whole of it, then parts, best first.

    All of them have three letters or more; none is left of a shorter name.
    """
    written = _written_names(lastname)
    names = [_without(name.words, firstname) for name in written]
    written += _written_names(_without_umlauts(lastname))
    main = sorted((word for words in names for word in _main(words)), key=len, reverse=True)
    forms = [
        *(" ".join(words) for words in names),
        *main,
        *map(_without_beginning, main),
        *(" ".join(_without(name.words, firstname)) for name in written[len(names) :]),
    ]
    return list(dict.fromkeys(form for form in forms if len(form.replace(" ", "")) >= _SHORTEST))


def name_of(text: str) -> str:
    """A name without the titles of a household."""
    return " ".join(_words_without(_TITLES | _AND, words_of(text)))


def name_match(lastname: str, firstname: str | None, known: Sequence[str | None]) -> str:
    """Whether names that SGE shows are this person's: `same`, `unclear` or `different`.

    The first of `known` that is there is the name; another that repeats it may tell a first name.
    It is `unclear` where SGE shows another first name, or a word that may be one.
    """
    shown = [_written_names(text) for text in known if text]
    ours = [*_written_names(lastname), *_written_names(_without_umlauts(lastname))]
    if not ours or not shown or not shown[0]:
        return DIFFERENT
    verdict = best(_match(one, other, firstname) for one in ours for other in shown[0])
    return worst([verdict, *(_rest_match(ours, shown[0], names, firstname) for names in shown[1:])])


def _match(one: WrittenName, other: WrittenName, firstname: str | None) -> str:
    # A word behind the name that begins as the customer's initial may be a second last name.
    told = None if len("".join(_words(firstname or ""))) == 1 else firstname
    ours, held = _without(one.words, firstname), _without(other.words, told)
    firms = [_is_firm(words) for words in (ours, held)]
    if any(firms):
        names = (_words_without(_FORMS, words) for words in (ours, held))
        if not all(firms) or not _is_equal(*names):
            return DIFFERENT
        forms = [_FORMS & set(words) for words in (ours, held)]
        return UNCLEAR if all(forms) and forms[0] != forms[1] else SAME
    estates = [_ESTATES & set(words) for words in (ours, held)]
    if estates[0] != estates[1]:
        bare = (_words_without(_ESTATES, words) for words in (ours, held))
        return UNCLEAR if _is_equal(*bare) else DIFFERENT
    if _is_equal(ours, held):
        return SAME
    ours_in_held, held_in_ours = _place(ours, held, other), _place(held, ours, one)
    return best([_HELD_VERDICTS[ours_in_held], _OUR_VERDICTS[held_in_ours]])


# Where a name is within another one. Behind a name may be a first name. Before it is one, and the
# name then proves nothing. What the customer writes behind it may be the last name.
_NOWHERE, _FIRST, _LAST, _INITIALS, _DOUBLE = range(5)
_HELD_VERDICTS = {
    _NOWHERE: DIFFERENT,
    _FIRST: UNCLEAR,
    _LAST: DIFFERENT,
    _INITIALS: UNCLEAR,
    _DOUBLE: SAME,
}
_OUR_VERDICTS = {**_HELD_VERDICTS, _LAST: UNCLEAR}


def _place(part: Sequence[str], words: Sequence[str], whole: WrittenName) -> int:
    """The position of a name in another: first or last words, or one of two joined by hyphens."""
    if set(part) <= _BEFORE or words[0] in _COMPOUND:
        return _NOWHERE
    for at in range(1, len(words)):
        first, rest = words[:at], words[at:]
        is_first = _is_equal(part, first)
        if is_first or (_is_equal(part, rest) and not set(first) <= _BEFORE):
            if any(set(_main(words)) <= joined for joined in whole.joined):
                return _DOUBLE
            if is_first:
                return _FIRST
            return _INITIALS if all(len(word) == 1 for word in first) else _LAST
    return _NOWHERE


def _is_firm(words: Sequence[str]) -> bool:
    return len(_main(words)) > 1 and not _FIRMS.isdisjoint(words)


def _rest_match(
    ours: Sequence[WrittenName],
    held: Sequence[WrittenName],
    shown: Sequence[WrittenName],
    firstname: str | None,
) -> str:
    """Whether what stands beside the name in another line is the customer's first name."""
    known = {word for name in (*ours, *held) for word in name.words}
    rests = [
        [word for word in _without(name.words, firstname) if word not in known]
        for name in shown
        if any(set(one.words) <= set(name.words) for one in held)
    ]
    if not rests or not all(rests):
        return SAME
    return UNCLEAR if _FIRMS.isdisjoint(word for rest in rests for word in rest) else DIFFERENT


def _is_first_name(words: Sequence[str], firstname: str | None, *, is_behind: bool) -> bool:
    """Whether words are a person's first name, whole, in initials, or the first of several.

    An initial that the customer gives stands for a word behind another: M is not MARTIN.
    """
    names = [_words(firstname or ""), *(_words(one) for one in (firstname or "").split()[:1])]
    return any(
        _is_in_initials(words, name)
        or (_is_in_initials(name, words) and (is_behind or len(name[0]) > 1))
        for name in names
        if name
    )


def _is_in_initials(short: Sequence[str], name: Sequence[str]) -> bool:
    if len(short) == 1 and len(name) > 1:
        return short[0] in (name[0][0], "".join(word[0] for word in name))
    return len(short) == len(name) and all(
        one == other or (len(one) == 1 and other[0] == one)
        for one, other in zip(short, name, strict=True)
    )


def _is_equal(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two names are the same words: apart, joined, in another order, or without `de`."""
    bare, others = (_words_without(_PARTICLES, words) or list(words) for words in (one, other))
    return bool(one) and (
        "".join(one) == "".join(other)
        or "".join(bare) == "".join(others)
        or sorted(bare) == sorted(others)
    )


def _written_names(text: str) -> list[WrittenName]:
    """The names that a text gives: of a couple, or before and after a marriage; without titles."""
    plain = _APOSTROPHE.sub(r"\1", _DOTTED.sub(r"\1", _CARE_OF.sub("", capitals(text))))
    plain = _BEFORE_TITLE.sub("", plain)
    hyphened = [
        frozenset(_words(one)) for one in _AROUND_HYPHENS.sub("-", plain).split() if "-" in one
    ]
    words = _words(plain.replace("&", " ET ").replace("+", " ET ").replace("/", " OU "))
    if _is_firm(firm := _words_without(_TITLES | _AND, words)):
        return [WrittenName(tuple(firm), ())]
    parts: list[list[str]] = [[]]
    own = {0}  # parts that stand by themselves: behind a title, or behind "née"
    for word in words:
        if word in _AND or (word in _MARRIED and parts[-1]):
            parts.append([])
        if word in _TITLES or word in _MARRIED:
            own.add(len(parts) - 1)
        elif word not in _AND:
            parts[-1].append(word)
    for at in range(1, len(parts)):
        one, other = parts[at - 1 : at + 1]
        if len(one) > 1 and len(other) == 1 and at not in own:
            other.insert(0, one[0])  # "Martin Paul et Claire"
        elif len(one) == 1 and len(other) > 1:
            one.append(other[-1])  # "Paul et Claire Martin"
    return [WrittenName(tuple(part), hyphened) for part in parts if part]


def _words(text: str) -> list[str]:
    return [_LONG.get(word, word) for word in words_of(text)]


def _without(words: Sequence[str], firstname: str | None) -> list[str]:
    """The words of a last name without a first name among them, unless it is all there is."""
    for length in range(len(words) - 1, 0, -1):
        for at in range(len(words) - length + 1):
            part = words[at : at + length]
            if not set(part) <= _BEFORE and _is_first_name(part, firstname, is_behind=at > 0):
                return [*words[:at], *words[at + length :]]
    return list(words)


def _without_umlauts(text: str) -> str:
    return text.upper().translate(_UMLAUTS)


def _main(words: Sequence[str]) -> list[str]:
    return _words_without(_BEFORE, words) or list(words)


def _words_without(left_out: Collection[str], words: Iterable[str]) -> list[str]:
    return [word for word in words if word not in left_out]


def _without_beginning(word: str) -> str:
    """LEFEVRE as somebody else may write it: FEVRE behind LE."""
    rest = [word[len(one) :] for one in _JOINED if word.startswith(one)]
    return next((one for one in rest if len(one) >= _SHORTEST), word)
