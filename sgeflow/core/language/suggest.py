"""The one close suggestion of a message."""

from __future__ import annotations

from collections.abc import Iterable

CLOSE = 0.6
ALIKE = 0.85
"""How like a known word one must be to be taken for it, and to be taken for its misspelling."""

_SHORT = 2


def closest(word: str, known: Iterable[str], least: float = CLOSE) -> str:
    """The known word that was probably meant, or nothing when none is close."""
    from difflib import get_close_matches  # a right word never needs it

    by_folded = {name.casefold(): name for name in known}
    found = get_close_matches(word.casefold(), by_folded, n=1, cutoff=least)
    if not found and len(word) == _SHORT:  # one slip in two letters: `di`, `iz` for `id`
        found = [name for name in by_folded if len(name) == _SHORT and _near(word, name)]
    return by_folded[found[0]] if found else ""


def _near(word: str, name: str) -> bool:
    one, other = word.casefold(), name
    return one == other[::-1] or one[0] == other[0] or one[1] == other[1]
