"""The year of a household as figures: pure, without a word and without a mark."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from statistics import median
from types import MappingProxyType
from typing import Any

from sgeflow.core.engine.effects import Loaded
from sgeflow.tools.pages.household.corrections import CorrectionsByDay
from sgeflow.tools.pages.household.days import CivilDay, Slots, always_on_of, days_of, slot_means
from sgeflow.tools.pages.household.months import Month, months_of
from sgeflow.tools.pages.household.off_peak import read_off_peak

YEAR = 365
_COMPARABLE = 28  # days
_NEARLY = 360  # days that are called a year


class Household:
    """All that the page tells of a point; what is not known is None, and never zero.

    `remembered` is what flows remember under the point: `offPeakHours` as Enedis writes them,
    `subscribedPower` with its unit, `gaps` by series; `corrections` are what the store had before.
    It is told of the last `longest` days.
    """

    def __init__(
        self,
        point: str,
        series: Mapping[str, Loaded],
        remembered: Mapping[str, Any],
        *,
        corrections: CorrectionsByDay = MappingProxyType({}),
        longest: int = YEAR,
    ) -> None:
        self.point = point
        self.series = series
        self.remembered = remembered
        self.days = days_of(series, corrections, longest)
        self.off_peak = read_off_peak(str(remembered.get("offPeakHours") or ""))

    @property
    def is_year(self) -> bool:
        """Whether it is a year that is told of."""
        return len(self.days) >= _NEARLY

    @cached_property
    def subscribed_power(self) -> float | None:
        """The subscribed power, VA; None where a contract is in another unit than kVA."""
        if self.remembered.get("subscribedPowerUnit") not in {None, "kVA"}:
            return None
        try:
            return float(self.remembered.get("subscribedPower") or 0) * 1000 or None
        except (TypeError, ValueError):
            return None

    @cached_property
    def with_energy(self) -> tuple[CivilDay, ...]:
        """The days whose energy is known."""
        return tuple(day for day in self.days if day.energy is not None)

    @cached_property
    def with_peak(self) -> tuple[CivilDay, ...]:
        """The days whose highest power is known."""
        return tuple(day for day in self.days if day.peak is not None)

    @cached_property
    def curve_days(self) -> tuple[CivilDay, ...]:
        """The days from the first on of which half-hours are kept, up to the last such day."""
        places = [place for place, day in enumerate(self.days) if day.present]
        return self.days[places[0] : places[-1] + 1] if places else ()

    @cached_property
    def corrected_days(self) -> tuple[CivilDay, ...]:
        """The days of which a value is another than was kept before."""
        return tuple(day for day in self.days if day.corrections)

    @cached_property
    def energy(self) -> float | None:
        """Wh of the days whose energy is known."""
        return sum(day.energy or 0 for day in self.with_energy) if self.with_energy else None

    @cached_property
    def comparable_days(self) -> tuple[CivilDay, ...]:
        """The days that are known in both years; none where they are too few to say anything."""
        known = tuple(day for day in self.with_energy if day.before is not None)
        return known if len(known) >= _COMPARABLE else ()

    @cached_property
    def change(self) -> float | None:
        """Against the year before, over the days that both years have, as a share."""
        before = sum(day.before or 0 for day in self.comparable_days)
        return sum(day.energy or 0 for day in self.comparable_days) / before - 1 if before else None

    @cached_property
    def most(self) -> CivilDay | None:
        """The day of the highest energy."""
        return max(self.with_energy, key=lambda day: day.energy or 0, default=None)

    @cached_property
    def highest(self) -> CivilDay | None:
        """The day of the highest power."""
        return max(self.with_peak, key=lambda day: day.peak or 0, default=None)

    @cached_property
    def above(self) -> int:
        """On how many days more power was drawn than is subscribed."""
        limit = self.subscribed_power
        return sum((day.peak or 0) > limit for day in self.with_peak) if limit else 0

    @cached_property
    def always_on(self) -> float | None:
        """W: the median, over whole days, of the third-lowest half-hour."""
        return always_on_of(self.days)

    @cached_property
    def off_peak_share(self) -> float | None:
        """How much of the half-hours' energy is of off-peak hours."""
        if not self.off_peak.periods:
            return None
        return self.off_peak.share(tuple(day.slots for day in self.curve_days))

    @cached_property
    def halves(self) -> tuple[int, int]:
        """How many values of the curve are there, and how many there should be."""
        return (
            sum(day.present for day in self.curve_days),
            sum(max(day.expected, day.present) for day in self.curve_days),
        )

    @cached_property
    def first_choice(self) -> int:
        """The place of the day that is shown first: of whole ones the one of the most energy."""

        def weight(place: int) -> tuple[bool, float]:
            return self.days[place].is_whole, self.days[place].energy or -1

        return max(range(len(self.days)), key=weight)

    @cached_property
    def months(self) -> tuple[Month, ...]:
        """The months of these days, with those of the year before."""
        return months_of(self.days, self.series["daily_energy"])

    @cached_property
    def usual(self) -> dict[str, Slots]:
        """What a day of a month and kind usually looks like: the median of each half-hour."""
        kinds: dict[str, list[CivilDay]] = defaultdict(list)
        for day in self.days:
            kinds[kind_of(day)].append(day)
        return {kind: slot_means(days, median) for kind, days in kinds.items()}


def kind_of(day: CivilDay) -> str:
    """Of which month and kind a day is: weekdays and weekends are apart."""
    return f"{day.date.month}{'w' if day.is_weekend else ''}"
