"""What is missing, was changed or does not sum: days of one story are told once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from msgspec import Struct

from sgeflow.core.measures.gaps import UNASKED
from sgeflow.tools.pages.household.corrections import Correction
from sgeflow.tools.pages.household.days import CivilDay
from sgeflow.tools.pages.household.facts import Household

NO_ENERGY, NO_CURVE, NO_PEAK = "no_energy", "no_curve", "no_peak"
LACKING, CHANGED, DIFFERS, CLOCK = "lacking", "changed", "differs", "clock"
CORRECTED = "corrected"
_ONE_DAY = timedelta(days=1)


class Oddity(Struct, frozen=True, kw_only=True):
    """Days in a row, both ends in it, of which the same is to be told.

    `number` is how many values it is about, or for `DIFFERS` the curve's share of the energy.
    """

    first: date
    last: date
    kind: str
    number: float = 0
    why: str = ""  # a reason of `core.measures.gaps`, where a flow remembers one
    correction: Correction | None = None

    @property
    def days(self) -> int:
        """How many days they are."""
        return (self.last - self.first).days + 1


def oddities(household: Household) -> tuple[Oddity, ...]:
    """What is to be told of the days, in their order."""
    stories: list[Oddity] = []
    open_ones: dict[str, int] = {}
    for day in household.days:
        for kind, number, why in _of_day(day, household):
            place = open_ones.get(kind, -1)
            before = stories[place] if place >= 0 else None
            if before is not None and _goes_on(before, day.date, number, why):
                stories[place] = Oddity(
                    first=before.first, last=day.date, kind=kind, number=number, why=why
                )
                continue
            open_ones[kind] = len(stories)
            stories.append(Oddity(first=day.date, last=day.date, kind=kind, number=number, why=why))
        stories += _corrections_of(day)
    return tuple(sorted(stories, key=lambda one: one.first))


def _corrections_of(day: CivilDay) -> Iterator[Oddity]:
    for one in day.corrections:
        yield Oddity(
            first=day.date, last=day.date, kind=CORRECTED, number=one.count, correction=one
        )


def _goes_on(before: Oddity, day: date, number: float, why: str) -> bool:
    whole_days = before.kind in {NO_ENERGY, NO_CURVE, NO_PEAK}
    return (
        whole_days
        and before.last + _ONE_DAY == day
        and (before.number, before.why) == (number, why)
    )


def _of_day(day: CivilDay, household: Household) -> Iterator[tuple[str, float, str]]:
    curve = household.curve_days
    if day.changes_clock:
        yield CLOCK, day.expected, ""
    if household.with_energy and day.energy is None:
        yield NO_ENERGY, 0, _why(household.remembered, "daily_energy", day.date)
    if curve and curve[0].date <= day.date <= curve[-1].date and not day.present:
        yield NO_CURVE, 0, _why(household.remembered, "load_curve", day.date)
    if day.present and day.missing:
        yield LACKING, day.missing, ""
    if household.with_peak and day.peak is None:
        yield NO_PEAK, 0, _why(household.remembered, "max_power", day.date)
    if day.changed:
        yield CHANGED, day.changed, ""
    if day.differs and day.difference is not None:
        yield DIFFERS, 1 + day.difference, ""


def _why(remembered: Mapping[str, Any], series: str, day: date) -> str:
    """Why a day is not there, by the gaps that a flow remembers: `[{start, end, why}]`."""
    gaps = remembered.get("gaps")
    for gap in (gaps.get(series) or ()) if isinstance(gaps, Mapping) else ():
        if str(gap.get("start")) <= day.isoformat() < str(gap.get("end")):
            why = str(gap.get("why", ""))
            return "" if why == UNASKED else why
    return ""
