"""Delivery points: the parameter names that mean one, and how the journal lists them."""

from typing import Any

_NAMES = frozenset({"pointid", "point", "prm", "prmid", "idprm", "pdl", "pdlid", "idpdl"})

_MORE = " +"


def is_point(name: str) -> bool:
    """Whether a parameter, output or element of this name contains the id of a point."""
    return name.lower().replace("_", "") in _NAMES


def points_text(value: Any) -> str:
    """The point of an order as the journal lists it; of several the first, and how many more."""
    if not isinstance(value, list):
        return str(value)
    more = f"{_MORE}{len(value) - 1}" if value[1:] else ""
    return f"{value[0]}{more}" if value else ""


def is_one_point(text: str) -> bool:
    """Whether a listed text names exactly one point."""
    return text != "" and _MORE not in text
