"""What the values of delivered files are called and measured in: series, units, conventions.

A series is its kind, then only what differs from the usual: `_injection`, the quantity, the grid,
the time class, the unit. So `load_curve`, `daily_energy` and `max_power` are the very series that
the web services fill.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from sgeflow.core.files.fields import plain, point_of
from sgeflow.core.files.pieces import Measured, damaged
from sgeflow.core.measures.paris import midnight
from sgeflow.core.measures.stamps import stamp
from sgeflow.core.model import Measure, Series
from sgeflow.errors import InvalidValues
from sgeflow.say import Said, say

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
_DIRECTIONS = {"": "", "cons": "", "sout": "", "prod": "injection", "inje": "injection"}
_QUANTITIES = {
    "energieactive": "EA",
    "puissanceactive": "PA",
    "puissancemaximaleatteinte": "PMA",
    "puissancemaximale": "PMA",
}
_FREE = re.compile(r"[^a-z0-9]+")
_STEPS = {str(step) for step in range(1, 61) if not 60 % step}
_YEARS = range(1980, 2200)
_LARGEST = 2**63
_SLUG = 40  # characters of a time class in a name
_WORD = 12  # characters of a unit or nature


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
class Label:
    """Whose values they are and what they measure, as the file writes it."""

    point: str
    quantity: str
    direction: str
    unit: str


def unit_of(written: str) -> tuple[str, int]:
    """A unit as it is kept, and by how much values in the written one are multiplied.

    Raises:
        TechnicalError: it is no word.
    """
    if not written or len(written) > _WORD or not written.isascii() or not written.isprintable():
        raise damaged(say("a unit is no short word"), _NEW)
    return _UNITS.get(plain(written), (written, 1))


def series_of(label: Label, kinds: Mapping[str, Kind], *parts: str) -> tuple[Series, int]:
    """The series of values, and by how much they are multiplied.

    Raises:
        TechnicalError: the quantity, direction or point is not known.
    """
    quantity = _QUANTITIES.get(plain(label.quantity), label.quantity.upper())
    if quantity not in kinds:
        known = ", ".join(kinds)
        raise damaged(
            say(
                'the quantity "{quantity}" is not known there ({known})',
                quantity=label.quantity[:20],
                known=known,
            ),
            _NEW,
        )
    direction = _DIRECTIONS.get(plain(label.direction)[:4])
    if direction is None:
        raise damaged(
            say(
                'the direction "{direction}" is neither CONS nor PROD',
                direction=label.direction[:20],
            ),
            _NEW,
        )
    kind = kinds[quantity]
    unit, factor = unit_of(label.unit)
    foreign = "" if unit == kind.unit else unit
    words = (kind.base, direction, kind.suffix, *parts, foreign)
    name = "_".join(_slug(word) for word in words if word)
    return Series(point=point_of(label.point), name=name, unit=unit), factor


def _slug(written: str) -> str:
    letters = unicodedata.normalize("NFKD", written.lower()).encode("ascii", "ignore").decode()
    slug = _FREE.sub("_", letters).strip("_")
    if not slug:
        raise damaged(say("the name of a time class or calendar has no letters"), _NEW)
    return slug[:_SLUG]


def convention(rows: Collection[Mapping[str, Any]], flux: str, asked: str) -> str:
    """What the stamps of a load curve mark: the end of an interval for C5 and P4, else its start.

    R63B is published for C5 and P4 and R63A for the others (inference from the guide's names);
    else nature B tells a Linky and R a business meter, else the first stamp tells (sge.md 5.1).
    """
    if asked != "auto":
        return asked
    if flux[-1:] in "AB":
        return "end" if flux.endswith("B") else "start"
    natures = {row["nature"] for row in rows} & {"B", "R"}
    if len(natures) == 1:
        return "end" if "B" in natures else "start"
    return "auto"


def measured(
    series: Series,
    factor: int,
    rows: list[dict[str, Any]],
    *,
    stamped: str,
    step: str | None = None,
    doubtful: int = 0,
) -> Measured:
    """Rows `{date, value, step, nature}` of one series as measures in its unit.

    Raises:
        TechnicalError: a row that cannot be read, or stamps whose meaning cannot be told.
    """
    if factor != 1:
        rows = [{**row, "value": scaled(row["value"], factor)} for row in rows]
    try:
        read = stamp(rows, stamped=stamped, step=step)
    except InvalidValues as error:
        problem = error.problems[0]
        remedy = dict(problem.details).get(
            "remedy", say("fetch it again; when it stays, tell Enedis")
        )
        raise damaged(_of(series, problem.message), remedy) from None
    return Measured(
        series=series,
        measures=read.measures,
        dropped=read.dropped,
        doubtful=doubtful,
        flags=tuple(_of(series, flag) for flag in read.flags),
    )


def _of(series: Series, flag: str) -> Said:
    return say(
        "{series} of point {point}: {flag}", series=series.name, point=series.point, flag=flag
    )


def scaled(value: Any, factor: int) -> Any:
    """A value in a smaller unit, exact: 0.1 kW is 100 W. What is no number is left as it is."""
    try:
        exact = Decimal(str(value).strip()) * factor
    except InvalidOperation:
        return value
    if not exact.is_finite():
        return value
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def minutes(written: str) -> str:
    """A step in minutes as a duration.

    Raises:
        TechnicalError: it is not a number of minutes that divides the hour.
    """
    if written not in _STEPS:
        raise damaged(
            say('the step "{written}" is not a number of minutes in an hour', written=written[:20])
        )
    return f"PT{int(written)}M"


def day_of(written: str) -> date:
    """A civil day, from a text that may go on with a time.

    Raises:
        TechnicalError: it is none, or out of the years that can be measured.
    """
    try:
        day = date.fromisoformat(written[:10])
    except ValueError:
        day = date.min
    if day.year not in _YEARS:
        raise damaged(say('"{written}" is not a day', written=written[:20]))
    return day


def is_doubtful(validity: Any) -> bool:
    """Whether Enedis doubts a value: a validity other than 0, and there is one."""
    return validity not in (None, 0, "0", "")


def period_measure(first: date, end: date, value: Any, nature: str) -> Measure:
    """A value of the days from `first` to `end`, excluded.

    Raises:
        TechnicalError: the period is empty, or the value is not a number that can be kept.
    """
    start, length = midnight(first), midnight(end) - midnight(first)
    if length <= 0:
        raise damaged(say("a period begins on {first} and ends on {end}", first=first, end=end))
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) >= _LARGEST:
        raise damaged(say("an amount is not a number"))
    if len(nature) > _WORD or not nature.isascii():
        raise damaged(say("the kind of an amount is no short word"))
    return Measure(start, value, length, nature)


_NEW = say("nothing of it was kept; tell us the flux and the word")
