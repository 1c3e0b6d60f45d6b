"""Protects text in CSV cells from being computed by spreadsheets."""

from sgeflow.patterns import regex

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # characters with which a formula begins
_NUMBER = regex(r"[+-]?[0-9]+(?:[.,][0-9]+)?(?:[eE][+-]?[0-9]+)?")


def without_formula(text: str) -> str:
    """The text with an apostrophe before it if a spreadsheet would compute it; numbers stay."""
    is_formula = text.startswith(_FORMULA) and not _NUMBER.fullmatch(text)
    return f"'{text}" if is_formula else text
