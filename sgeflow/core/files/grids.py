"""Whose time classes a register counts: the distributor's, the supplier's, or all of them."""

from __future__ import annotations

from dataclasses import dataclass

from sgeflow.core.files.fields import plain
from sgeflow.core.files.pieces import unknown_layout
from sgeflow.say import say

_SUPPLIER, _DISTRIBUTOR = "fournisseur", "distributeur"
_TOTALS = ("idxeast", "idxeait", "idxerst", "idxerit")  # IDX_EAS_T: the register of all classes


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What a file says of a register; any of it may be empty, but not all."""

    calendar: str = ""
    grid: str = ""
    time_class: str = ""
    register: str = ""
    label: str = ""


def parts_of(cell: Cell) -> tuple[str, ...]:
    """What a register adds to the name of its series: its grid, unless it is usual, and its class.

    Some time classes have no id (R64 of real meters): then the register's code names them.

    Raises:
        TechnicalError: nothing names the register.
    """
    if not cell.time_class and plain(cell.register) in _TOTALS:
        return ("total",)
    name = cell.time_class or cell.register or cell.label
    if not name:
        raise unknown_layout(
            say("time class"), ("idClasseTemporelle", "codeCadran", "libelleClasseTemporelle"), ()
        )
    grid = grid_of(cell.calendar, cell.grid)
    return (grid, name) if grid else (name,)


def grid_of(calendar: str, grid: str) -> str:
    """Nothing for the distributor's grid, `supplier`, or the calendar itself when it is neither's.

    Ids of calendars begin with FC for a supplier's and with FD or D for a distributor's (sge.md
    2.9); R171 and the CSV files write D or a word instead.
    """
    words = plain(grid)
    if _SUPPLIER in words or words == "f":
        return "supplier"
    if _DISTRIBUTOR in words or words == "d":
        return ""
    code = calendar.upper()
    if code.startswith("FC") or code == "F":
        return "supplier"
    if code.startswith(("D", "FD")) or not code:
        return ""
    return calendar
