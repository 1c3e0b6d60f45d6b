"""Text in a cell of a table that people open in a spreadsheet."""

from __future__ import annotations

from sgeflow.patterns import regex

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would compute
_NUMBER = regex(r"[+-]?[0-9]+(?:[.,][0-9]+)?(?:[eE][+-]?[0-9]+)?")


def without_formula(text: str) -> str:
    """A text that no spreadsheet computes: with an apostrophe before it, but for a number."""
    is_formula = text.startswith(_FORMULA) and not _NUMBER.fullmatch(text)
    return f"'{text}" if is_formula else text
