"""Last names: what SGE is asked for, and whether two writings are one person's.

SGE finds a name by a part of it (RecherchePoint v2.0, guide Enedis.SGE.GUI.0427), so what it
answers is compared once more: MARTIN is a part of MARTINEZ, and another person.
"""

from __future__ import annotations

from collections.abc import Sequence

from sgeflow.core.language.comparable_text import SAINT, name_of, words_of
from sgeflow.patterns import regex

_SHORTEST = 3  # letters of a name that is looked for out of the perimeter (SGT4F10)

# What stands before a name and is written apart, joined or not at all.
_PARTICLES = frozenset({"D", "DA", "DE", "DEL", "DI", "DOS", "VAN", "VON", "ZU"})
# Before a name, too, and never left out: Roy is not Le Roy.
_ARTICLES = frozenset(
    {"AL", "BEN", "DES", "DU", "EL", "LA", "LE", "LES", "MAC", "MC", "O", "SAINT", "SAINTE"}
)
_BEFORE = _PARTICLES | _ARTICLES
_AROUND_HYPHENS = regex(r"\s*-\s*")
# Longest first: what a joined name may begin with.
_JOINED = sorted({*_BEFORE, "DELA", "L", "ST", "STE"}, key=len, reverse=True)


def names_to_search(lastname: str, firstname: str | None) -> list[str]:
    """What SGE may be asked for to find a last name: the whole of it, then parts, best first.

    All of them have three letters or more; none is left of a shorter name.
    """
    words = _words(lastname, firstname)
    main = sorted(_main(words), key=len, reverse=True)
    forms = [" ".join(words), *main, *(_without_beginning(word) for word in main)]
    return list(dict.fromkeys(form for form in forms if len(form.replace(" ", "")) >= _SHORTEST))


def same_name(lastname: str, firstname: str | None, known: str) -> bool:
    """Whether a name that SGE knows is this person's.

    The same words in any order, apart or joined; or one of the two names is a part of the other
    double name, its first or hyphened. A letter that is otherwise is another name.
    """
    ours, held = _words(lastname, firstname), _words(known, firstname)
    if not ours or not held:
        return False
    if "".join(ours) == "".join(held) or "".join(_without_particles(ours)) == "".join(
        _without_particles(held)
    ):
        return True
    if sorted(_without_particles(ours)) == sorted(_without_particles(held)):
        return True
    return _is_part(ours, held, known) or _is_part(held, ours, lastname)


def _is_part(some: Sequence[str], many: Sequence[str], written: str) -> bool:
    """Whether the one is a name of the double name: a first name behind it is none."""
    part, whole = _main(some), _main(many)
    if not set(part) < set(whole) or not set(_without_particles(some)) <= set(
        _without_particles(many)
    ):
        return False
    return part[0] == whole[0] or set(part) <= _hyphenated_with(whole[0], written)


def _hyphenated_with(word: str, written: str) -> set[str]:
    """The words that hyphens join with one: the names of a double name, not MARIE-ANNE behind."""
    for name in _AROUND_HYPHENS.sub("-", written).split():
        words = {SAINT.get(one, one) for one in words_of(name)}
        if word in words:
            return words
    return set()


def _words(name: str, firstname: str | None) -> list[str]:
    """The words of a last name; those of the first name only when there are no others."""
    words = [SAINT.get(word, word) for word in name_of(name).split()]
    first = set(words_of(firstname or ""))
    others = [word for word in words if word not in first]
    return others or words


def _main(words: Sequence[str]) -> list[str]:
    return [word for word in words if word not in _BEFORE] or list(words)


def _without_particles(words: Sequence[str]) -> list[str]:
    return [word for word in words if word not in _PARTICLES] or list(words)


def _without_beginning(word: str) -> str:
    """LEFEVRE as somebody else may write it: FEVRE behind LE."""
    rest = [word[len(one) :] for one in _JOINED if word.startswith(one)]
    return next((one for one in rest if len(one) >= _SHORTEST), word)
