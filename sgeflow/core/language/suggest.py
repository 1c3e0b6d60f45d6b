"""The one close suggestion of a message."""

from __future__ import annotations

from collections.abc import Iterable

CLOSE = 0.6


def closest(word: str, known: Iterable[str]) -> str:
    """The known word that was probably meant, or nothing when none is close."""
    from difflib import get_close_matches  # a right word never needs it

    by_folded = {name.casefold(): name for name in known}
    found = get_close_matches(word.casefold(), by_folded, n=1, cutoff=CLOSE)
    return by_folded[found[0]] if found else ""
