"""What kept measures are called and measured in: the names of series and their units.

A series is its kind, then only what differs from the usual: `_injection`, the quantity, the grid,
the time class, the unit. Delivered files and replies of the web services are kept under the same
names, so `load_curve`, `daily_energy` and `max_power` are one series wherever they come from.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from sgeflow.messages import say

_UNITS = {
    "w": ("W", 1),
    "kw": ("W", 1000),
    "wh": ("Wh", 1),
    "kwh": ("Wh", 1000),
    "va": ("VA", 1),
    "kva": ("VA", 1000),
    "var": ("VAr", 1),
    "kvar": ("VAr", 1000),
    "wr": ("VAr", 1),  # R4x writes kWr for kVAr
    "kwr": ("VAr", 1000),
    "varh": ("VArh", 1),
    "kvarh": ("VArh", 1000),
    "v": ("V", 1),
    "s": ("s", 1),
}
# TOUT: the detailed measures v3 say it of what has no direction (its XSD, grandeurMetier)
_DIRECTIONS = {"": "", "cons": "", "sout": "", "tout": "", "prod": "injection", "inje": "injection"}
_QUANTITIES = {
    "energieactive": "EA",
    "puissanceactive": "PA",
    "puissancemaximaleatteinte": "PMA",
    "puissancemaximale": "PMA",
}
_FREE = re.compile(r"[^a-z0-9]+")
_SLUG = 40  # characters of a time class in a name
_WORD = 12  # characters of a unit
_SUPPLIER, _DISTRIBUTOR = "fournisseur", "distributeur"
# IDX_EAS_T: the register of all classes; reactive energy has one a kind (GUI.0503 1.2.2.1)
_TOTALS = ("idxeast", "idxeait", "idxersc", "idxersi", "idxeric", "idxerii")
_TOTAL = "t"  # the grid of a total in CSV files, whose calendar and class are not there


@dataclass(frozen=True, slots=True)
class Kind:
    """How a physical quantity is kept: the words of its series, and its usual unit."""

    base: str
    unit: str
    suffix: str = ""


CURVES = {
    "PA": Kind("load_curve", "W"),
    "EA": Kind("load_curve", "W"),  # R4x calls the active curve EA
    "PRI": Kind("load_curve", "VAr", "pri"),
    "ERI": Kind("load_curve", "VAr", "pri"),
    "PRC": Kind("load_curve", "VAr", "prc"),
    "ERC": Kind("load_curve", "VAr", "prc"),
    "E": Kind("voltage_curve", "V"),
}
ENERGIES = {
    "EA": Kind("daily_energy", "Wh"),
    "ER": Kind("daily_energy", "VArh", "er"),
    "ERC": Kind("daily_energy", "VArh", "erc"),
    "ERI": Kind("daily_energy", "VArh", "eri"),
}
PEAKS = {
    "PMA": Kind("max_power", "VA"),
    "PMA1": Kind("max_power", "VA", "phase1"),
    "PMA2": Kind("max_power", "VA", "phase2"),
    "PMA3": Kind("max_power", "VA", "phase3"),
}
MONTHLY_PEAKS = {code: replace(kind, base="monthly_max_power") for code, kind in PEAKS.items()}
INDEXES = {
    "EA": Kind("index", "Wh"),
    "ER": Kind("index", "VArh", "er"),
    "ERC": Kind("index", "VArh", "erc"),
    "ERI": Kind("index", "VArh", "eri"),
    "PMA": Kind("register", "VA", "pma"),
    "DD": Kind("register", "s", "dd"),
    "DE": Kind("register", "Wh", "de"),
    "DQ": Kind("register", "W", "dq"),
    "TF": Kind("register", "s", "tf"),
}
BILLED = {quantity: replace(kind, base="billing") for quantity, kind in INDEXES.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """What is said of a register; any of it may be empty, but not all."""

    calendar: str = ""
    grid: str = ""
    time_class: str = ""
    code: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The name of a series, its unit, and by how much values in the written unit are multiplied."""

    name: str
    unit: str
    factor: int


def name_of(
    quantity: str, direction: str, unit: str, kinds: Mapping[str, Kind], *parts: str
) -> Named:
    """What a quantity is kept as, of the kinds that it may be.

    Raises:
        ValueError: the quantity or direction is not known, or a word is none.
    """
    code = _QUANTITIES.get(plain(quantity), quantity.upper())
    if code not in kinds:
        known = ", ".join(kinds)
        raise ValueError(
            say(
                'the quantity "{quantity}" is not known there ({known})',
                quantity=quantity[:20],
                known=known,
            )
        )
    way = _DIRECTIONS.get(plain(direction)[:4])
    if way is None:
        raise ValueError(
            say(
                'the direction "{direction}" is neither CONS nor PROD',
                direction=direction[:20],
            )
        )
    kind = kinds[code]
    kept, factor = unit_of(unit)
    foreign = "" if kept == kind.unit else kept
    words = (kind.base, way, kind.suffix, *parts, foreign)
    return Named(name="_".join(_slug(word) for word in words if word), unit=kept, factor=factor)


def unit_of(written: str) -> tuple[str, int]:
    """A unit as it is kept, and by how much values in the written one are multiplied.

    Raises:
        ValueError: it is no word.
    """
    if not written or len(written) > _WORD or not written.isascii() or not written.isprintable():
        raise ValueError(say("a unit is no short word"))
    return _UNITS.get(plain(written), (written, 1))


def scaled(value: Any, factor: int) -> Any:
    """A value in a smaller unit, exact: 0.1 kW is 100 W. What is no number is left as it is."""
    try:
        exact = Decimal(str(value).strip()) * factor
    except InvalidOperation:
        return value
    if not exact.is_finite():
        return value
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def parts_of(register: Register) -> tuple[str, ...]:
    """What a register adds to the name of its series: its grid, unless it is usual, and its class.

    Some time classes have no id (R64 of real meters): then the register's code names them.
    Nothing, when nothing names the register.
    """
    code, grid = plain(register.code), plain(register.grid)
    if not register.time_class and (code in _TOTALS or grid == _TOTAL):
        return ("total",)
    name = register.time_class or register.code or register.label
    if not name:
        return ()
    of_grid = grid_of(register.calendar, register.grid)
    return (of_grid, name) if of_grid else (name,)


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


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """The letters and digits of a name, small and without accents: how names are compared."""
    bare = unicodedata.normalize("NFKD", name)
    return "".join(sign for sign in bare if sign.isalnum() and sign.isascii()).lower()


def _slug(written: str) -> str:
    letters = unicodedata.normalize("NFKD", written.lower()).encode("ascii", "ignore").decode()
    slug = _FREE.sub("_", letters).strip("_")
    if not slug:
        raise ValueError(say("the name of a time class or calendar has no letters"))
    return slug[:_SLUG]
