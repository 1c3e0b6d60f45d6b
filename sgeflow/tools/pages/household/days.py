"""The civil days of a household: what is known of each, and what is not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from statistics import median

from msgspec import Struct

from sgeflow.core.engine.effects import Loaded
from sgeflow.core.measures.civil_time import civil, day_length
from sgeflow.core.measures.sums import Total, by_day, differences, energy_unit
from sgeflow.tools.pages.household.corrections import Correction, CorrectionsByDay

SERIES = ("daily_energy", "load_curve", "max_power")
HALF_HOUR = 1800
SLOTS = 48
"""Half-hours of the clock, from midnight to midnight."""

_SKIPPED = range(4, 6)  # the half-hours of the clock that spring skips, from 2:00 on
_USUAL = "BR"  # the natures of values as meters measured them
_WEEK_LATER = timedelta(days=364)  # a year, and the same day of the week
_LOW = 2  # the place of the half-hour, of those in order, that stands for what is always on

Slots = tuple[float | None, ...]
"""The mean power (W) of each half-hour of the clock; None where it is not known whole."""


class CivilDay(Struct, frozen=True, kw_only=True):
    """A civil day. Energies are Wh, powers W, peaks VA; None is not known, and never zero."""

    date: date
    energy: float | None  # as Enedis gives it
    before: float | None  # of the same weekday a year before
    slots: Slots
    present: int  # values of the curve that are there
    expected: int  # that there should be: 48, 46 or 50 of a household
    curve: float | None  # the energy of the curve, where it is whole
    differs: bool  # curve and energy, by more than what Enedis cuts off
    changed: int  # values of the curve that were not measured so, by their nature
    corrections: tuple[Correction, ...]  # values of which the store had another before
    peak: float | None
    peak_at: datetime | None

    @property
    def is_weekend(self) -> bool:
        """Whether it is a Saturday or Sunday."""
        return self.date.weekday() > 4  # noqa: PLR2004 - Friday

    @property
    def missing(self) -> int:
        """How many values of its curve are not there."""
        return max(0, self.expected - self.present)

    @property
    def is_whole(self) -> bool:
        """Whether its curve is there, all of it."""
        return self.present > 0 and not self.missing

    @property
    def changes_clock(self) -> bool:
        """Whether it has 23 or 25 hours."""
        return day_length(self.date) != SLOTS * HALF_HOUR

    @property
    def skipped_slots(self) -> range:
        """Half-hours that its clock does not have: they are not missing."""
        return _SKIPPED if day_length(self.date) < SLOTS * HALF_HOUR else range(0)

    @property
    def difference(self) -> float | None:
        """By how much the curve's energy is beside the day's, as a share of it."""
        return self.curve / self.energy - 1 if self.curve is not None and self.energy else None

    @property
    def low(self) -> float | None:
        """The third-lowest half-hour (W) of a whole day: what was always on."""
        known = sorted(one for one in self.slots if one is not None)
        return known[_LOW] if self.is_whole and len(known) > _LOW else None


def slot_means(days: Iterable[CivilDay], mean: Callable[[Sequence[float]], float]) -> Slots:
    """A mean of each half-hour of the clock, over those of some days that are whole."""
    whole = [day.slots for day in days if day.is_whole]
    columns = (
        [one for slots in whole if (one := slots[slot]) is not None] for slot in range(SLOTS)
    )
    return tuple(mean(column) if column else None for column in columns)


def always_on_of(days: Iterable[CivilDay]) -> float | None:
    """W: the median, over whole days, of the third-lowest half-hour."""
    lows = [day.low for day in days if day.low is not None]
    return median(lows) if lows else None


class _KeptDays(Struct, frozen=True, kw_only=True):
    """What is kept of the days, by day."""

    energies: Mapping[date, float]
    totals: Mapping[str, Total]
    slots: Mapping[date, Slots]
    highest: Mapping[date, tuple[float, datetime]]
    changed: Mapping[date, int]
    corrections: CorrectionsByDay
    odd: frozenset[str]
    scale: float  # of the totals, to Wh

    def day(self, day: date) -> CivilDay:
        """One of them."""
        total = self.totals.get(day.isoformat())
        whole = total.value if total is not None and total.complete else None
        peak, peak_at = self.highest.get(day, (None, None))
        return CivilDay(
            date=day,
            energy=self.energies.get(day),
            before=self.energies.get(day - _WEEK_LATER),
            slots=self.slots.get(day, (None,) * SLOTS),
            present=total.present if total else 0,
            expected=total.expected if total else day_length(day) // HALF_HOUR,
            curve=None if whole is None else float(whole) * self.scale,
            differs=day.isoformat() in self.odd,
            changed=self.changed.get(day, 0),
            corrections=tuple(self.corrections.get(day, ())),
            peak=peak,
            peak_at=peak_at,
        )


def days_of(
    series: Mapping[str, Loaded], corrections: CorrectionsByDay, longest: int
) -> tuple[CivilDay, ...]:
    """The last days of which something is kept, up to the newest: at most so many, without holes.

    Raises:
        InvalidValues: a series is kept in a unit that its kind cannot have.
    """
    daily, curve, peaks = (series[name] for name in SERIES)
    unit = curve.unit or "W"
    kept = _KeptDays(
        energies=_energies(daily),
        totals={one.period: one for one in by_day(curve.measures, unit)},
        slots=_slots(curve),
        highest=_highest(peaks),
        changed=_changes(curve),
        corrections=corrections,
        odd=frozenset(one.day for one in differences(curve.measures, unit, daily.measures)),
        scale=_scale(energy_unit(unit)),
    )
    known = [*kept.energies, *map(date.fromisoformat, kept.totals), *kept.highest]
    if not known:
        return ()
    last = max(known)
    first = max(min(known), last - timedelta(days=longest - 1))
    return tuple(map(kept.day, _each(first, last)))


def _each(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


def _scale(unit: str) -> float:
    return 1000 if unit.startswith("k") else 1


def _energies(daily: Loaded) -> dict[date, float]:
    """Wh by day."""
    scale = _scale(daily.unit)
    return {civil(one.start).date(): one.value * scale for one in daily.measures}


def _highest(peaks: Loaded) -> dict[date, tuple[float, datetime]]:
    """VA and instant by day."""
    peaks_by_day: dict[date, tuple[float, datetime]] = {}
    for one in peaks.measures:
        at = civil(one.start)
        value = one.value * _scale(peaks.unit)
        if at.date() not in peaks_by_day or value > peaks_by_day[at.date()][0]:
            peaks_by_day[at.date()] = value, at
    return peaks_by_day


def _slots(curve: Loaded) -> dict[date, Slots]:
    """The mean power of each half-hour of the clock that is covered whole."""
    sums: dict[date, list[list[float]]] = {}
    scale = _scale(curve.unit)
    for one in curve.measures:
        power = one.value * scale
        for at in range(one.start, one.start + one.step, HALF_HOUR):
            moment = civil(at)
            slots = sums.setdefault(moment.date(), [[0.0, 0.0] for _ in range(SLOTS)])
            slot = slots[(moment.hour * 60 + moment.minute) // 30]
            seconds = min(HALF_HOUR, one.start + one.step - at)
            slot[0] += power * seconds
            slot[1] += seconds
    return {
        day: tuple(joules / seconds if seconds >= HALF_HOUR else None for joules, seconds in slots)
        for day, slots in sums.items()
    }


def _changes(curve: Loaded) -> dict[date, int]:
    """How many values of a day a meter did not measure as they are."""
    counts: dict[date, int] = {}
    for first, end, _, nature in curve.measures.runs:
        if nature and nature not in _USUAL:
            for start in curve.measures.starts[first:end]:
                day = civil(start).date()
                counts[day] = counts.get(day, 0) + 1
    return counts
