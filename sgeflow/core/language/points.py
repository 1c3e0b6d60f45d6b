"""Which names mean a delivery point: SGE's own, and those that its users give it."""

from __future__ import annotations

_NAMES = frozenset({"pointid", "point", "prm", "prmid", "idprm", "pdl", "pdlid", "idpdl"})


def is_point(name: str) -> bool:
    """Whether a parameter, output or element of this name holds the number of a point."""
    return name.lower().replace("_", "") in _NAMES
