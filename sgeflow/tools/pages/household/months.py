"""Months of a household beside those of the year before, and how a day of each looks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from statistics import fmean

from msgspec import Struct

from sgeflow.core.engine.effects import Loaded
from sgeflow.core.measures.civil_time import next_month
from sgeflow.core.measures.sums import Total, by_month, energy_unit
from sgeflow.tools.pages.household.days import CivilDay, Slots, always_on_of, slot_means

_MOST = 12  # months that are shown


class MonthSum(Struct, frozen=True, kw_only=True):
    """The energy (Wh) of the days of a month that are known: so many, of so many."""

    energy: float
    known: int
    days: int

    @property
    def is_whole(self) -> bool:
        """Whether no day is missing."""
        return self.known >= self.days


class Month(Struct, frozen=True, kw_only=True):
    """A month, the same one a year before, and how its day looks on average."""

    first: date
    now: MonthSum | None
    before: MonthSum | None
    profile: Slots  # the mean (W) of each half-hour, over whole days
    always_on: float | None  # W

    @property
    def change(self) -> float | None:
        """Against the year before, where no day of either is missing."""
        if self.now is None or self.before is None or not self.before.energy:
            return None
        whole = self.now.is_whole and self.before.is_whole
        return self.now.energy / self.before.energy - 1 if whole else None


def months_of(days: Iterable[CivilDay], daily: Loaded) -> tuple[Month, ...]:
    """The last twelve months of some days."""
    by_first: dict[date, list[CivilDay]] = {}
    for day in days:
        by_first.setdefault(day.date.replace(day=1), []).append(day)
    scale = 1000 if energy_unit(daily.unit or "Wh").startswith("k") else 1
    totals = {one.period: one for one in by_month(daily.measures)}
    return tuple(
        Month(
            first=first,
            now=_sum(totals, first, scale),
            before=_sum(totals, first.replace(year=first.year - 1), scale),
            profile=slot_means(month_days, fmean),
            always_on=always_on_of(month_days),
        )
        for first, month_days in sorted(by_first.items())[-_MOST:]
    )


def _sum(totals: Mapping[str, Total], first: date, scale: int) -> MonthSum | None:
    total = totals.get(f"{first:%Y-%m}")
    if total is None:
        return None
    count = (next_month(first) - first).days
    return MonthSum(energy=float(total.value) * scale, known=total.present, days=count)
