"""The facts of a household for its page: days, months, off-peak hours, corrections, oddities."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from statistics import fmean, median
from types import MappingProxyType
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.engine.effects import Loaded
from sgeflow.core.measures.civil_time import civil, day_length, midnight, next_month
from sgeflow.core.measures.series import PeakPeriod, peak_period
from sgeflow.core.measures.sums import POWERS, Total, by_day, by_month, differences, energy_unit
from sgeflow.core.model import Measure
from sgeflow.patterns import regex

_HOUR = 3600


class Correction(Struct, frozen=True, kw_only=True):
    """A change of a series on a civil day, by one run or one delivered file.

    `before` and `now` count the changed values alone: Wh for energies and curves, VA for maximum
    powers (the largest of the day, at any time).
    """

    series: str
    day: date
    count: int
    before: float
    now: float
    run: str
    file: str = ""  # the delivered file, if the change came from one


CorrectionsByDay = Mapping[date, Sequence[Correction]]
Sources = Mapping[str, Mapping[date, Sequence[tuple[str, str]]]]
"""The runs and files (or no file) that gave the values of each series and day."""


def corrections_of(
    series: str, unit: str, before: Mapping[int, Measure], kept: Iterable[tuple[Measure, str, str]]
) -> Iterator[Correction]:
    """The corrections of a series.

    `before` has the last replaced value by start (for maximum powers, by `place_of` their start);
    `kept` has each measure with its run and file, or no file. A change of nature or interval length
    alone is not a correction.
    """
    changed: dict[tuple[date, str, str], list[tuple[float, float]]] = {}
    period = peak_period(series)
    for now, run, file in kept:
        was = before.get(place_of(period, now.start))
        if was is None or was.step != now.step or was.value == now.value:
            continue
        scale = _scale(unit) * now.step / _HOUR if unit in POWERS else _scale(unit)
        key = civil(now.start).date(), run, file
        changed.setdefault(key, []).append((was.value * scale, now.value * scale))
    total = sum if period is None else max
    for (day, run, file), pairs in changed.items():
        yield Correction(
            series=series,
            day=day,
            count=len(pairs),
            before=total(was for was, _ in pairs),
            now=total(now for _, now in pairs),
            run=run,
            file=file,
        )


def place_of(period: PeakPeriod | None, start: int) -> int:
    """The start by which two values count as the same value; for peaks, the start of the period."""
    return start if period is None else period.bounds(start, start)[0]


SERIES = ("daily_energy", "load_curve", "max_power")
HALF_HOUR = 1800
SLOTS = 48
"""The number of half-hours of the clock in a day."""

_SKIPPED = range(4, 6)  # the half-hours that spring skips, from 2:00 on
_USUAL = "BR"  # natures of measured values
_WEEK_LATER = timedelta(days=364)  # a year later, on the same weekday
_LOW = 2  # the rank of the half-hour that represents the base load

Slots = tuple[float | None, ...]
"""The mean power (W) of each half-hour of the clock; None if it is not completely known."""


class CivilDay(Struct, frozen=True, kw_only=True):
    """A civil day. Energies in Wh, powers in W, peaks in VA; None is unknown, never zero."""

    date: date
    energy: float | None  # from Enedis
    earlier: tuple[float | None, ...]  # on the same weekday one year before, two years before …
    slots: Slots
    present: int  # number of values of the curve
    expected: int  # expected number: 48, 46 or 50 for a household
    curve: float | None  # energy of a complete curve
    differs: bool  # whether energy and curve differ by more than rounding
    changed: int  # number of values that were not measured, by their nature
    corrections: tuple[Correction, ...]  # values that replaced other ones
    peak: float | None
    peak_at: datetime | None

    @property
    def before(self) -> float | None:
        """The energy of the same weekday a year before."""
        return self.earlier[0]

    @property
    def is_weekend(self) -> bool:
        """Whether the day is a Saturday or Sunday."""
        return self.date.weekday() > 4  # noqa: PLR2004 - Friday

    @property
    def missing(self) -> int:
        """The number of missing values of the curve."""
        return max(0, self.expected - self.present)

    @property
    def is_whole(self) -> bool:
        """Whether the curve is complete."""
        return self.present > 0 and not self.missing

    @property
    def changes_clock(self) -> bool:
        """Whether the day has 23 or 25 hours."""
        return day_length(self.date) != SLOTS * HALF_HOUR

    @property
    def skipped_slots(self) -> range:
        """The half-hours that the day's clock skips; they are not missing."""
        return _SKIPPED if day_length(self.date) < SLOTS * HALF_HOUR else range(0)

    @property
    def difference(self) -> float | None:
        """The relative difference between the curve's energy and the day's energy."""
        return self.curve / self.energy - 1 if self.curve is not None and self.energy else None

    @property
    def low(self) -> float | None:
        """The base load: the third-lowest half-hour (W) of a complete day."""
        known = sorted(one for one in self.slots if one is not None)
        return known[_LOW] if self.is_whole and len(known) > _LOW else None


def slot_means(days: Iterable[CivilDay], mean: Callable[[Sequence[float]], float]) -> Slots:
    """A mean of each half-hour of the clock over the complete days among some days."""
    whole = [day.slots for day in days if day.is_whole]
    columns = (
        [one for slots in whole if (one := slots[slot]) is not None] for slot in range(SLOTS)
    )
    return tuple(mean(column) if column else None for column in columns)


def always_on_of(days: Iterable[CivilDay]) -> float | None:
    """The base load in W: the median, over complete days, of the third-lowest half-hour."""
    lows = [day.low for day in days if day.low is not None]
    return median(lows) if lows else None


def kept_years(series: Mapping[str, Loaded]) -> tuple[int, ...]:
    """The civil years with kept values, the earliest first."""
    years = set()
    for starts in (loaded.measures.starts for loaded in series.values() if loaded.measures):
        for year in range(civil(starts[0]).year, civil(starts[-1]).year + 1):
            bounds = (midnight(date(one, 1, 1)) for one in (year, year + 1))
            first, end = (bisect_left(starts, one) for one in bounds)
            years |= {year} if first < end else set()
    return tuple(sorted(years))


def days_of(
    series: Mapping[str, Loaded], corrections: CorrectionsByDay, longest: int, year: int | None
) -> tuple[CivilDay, ...]:
    """The last `longest` days up to the newest kept one, without holes.

    With a `year`, the days of this civil year from the first to the last kept day.

    Raises:
        InvalidValues: the unit of a series is not that of its kind.
    """
    daily, curve, peaks = (series[name] for name in SERIES)
    unit = curve.unit or "W"
    scale = _scale(energy_unit(unit))
    energies = {civil(one.start).date(): one.value * _scale(daily.unit) for one in daily.measures}
    highest, slots, changed = _highest(peaks), _slots(curve), _changes(curve)
    totals = {one.period: one for one in by_day(curve.measures, unit)}
    odd = {one.day for one in differences(curve.measures, unit, daily.measures)}
    known = [*energies, *map(date.fromisoformat, totals), *highest]
    if year:
        known = [one for one in known if one.year == year]
    if not known:
        return ()
    last = max(known)
    first = min(known) if year else max(min(known), last - timedelta(days=longest - 1))
    years = range(1, max(1, (last - min(energies, default=last)) // _WEEK_LATER) + 1)
    days = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        total = totals.get(day.isoformat())
        peak, peak_at = highest.get(day, (None, None))
        days.append(
            CivilDay(
                date=day,
                energy=energies.get(day),
                earlier=tuple(energies.get(day - back * _WEEK_LATER) for back in years),
                slots=slots.get(day, (None,) * SLOTS),
                present=total.present if total else 0,
                expected=total.expected if total else day_length(day) // HALF_HOUR,
                curve=float(total.value) * scale if total and total.complete else None,
                differs=day.isoformat() in odd,
                changed=changed.get(day, 0),
                corrections=tuple(corrections.get(day, ())),
                peak=peak,
                peak_at=peak_at,
            )
        )
    return tuple(days)


def _scale(unit: str) -> float:
    return 1000 if unit.startswith("k") else 1


def _highest(peaks: Loaded) -> dict[date, tuple[float, datetime]]:
    peaks_by_day: dict[date, tuple[float, datetime]] = {}
    for one in peaks.measures:
        at = civil(one.start)
        value = one.value * _scale(peaks.unit)
        if at.date() not in peaks_by_day or value > peaks_by_day[at.date()][0]:
            peaks_by_day[at.date()] = value, at
    return peaks_by_day


def _slots(curve: Loaded) -> dict[date, Slots]:
    """The mean power of each half-hour of the clock that is completely covered."""
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
    """The number of values of each day that were not measured."""
    counts: dict[date, int] = {}
    for first, end, _, nature in curve.measures.runs:
        if nature and nature not in _USUAL:
            for start in curve.measures.starts[first:end]:
                day = civil(start).date()
                counts[day] = counts.get(day, 0) + 1
    return counts


_MOST = 12  # number of months shown


class MonthSum(Struct, frozen=True, kw_only=True):
    """The energy (Wh) of the known days of a month or year; the numbers of known and all days."""

    energy: float
    known: int
    days: int

    @property
    def is_whole(self) -> bool:
        """Whether no day is missing."""
        return self.known >= self.days


class Month(Struct, frozen=True, kw_only=True):
    """A month, the same month a year before, and its average day."""

    first: date
    now: MonthSum | None
    before: MonthSum | None
    profile: Slots  # mean power (W) of each half-hour over complete days
    always_on: float | None  # W

    @property
    def is_shown(self) -> bool:
        """Whether the month has a complete day, and so a profile."""
        return any(watts is not None for watts in self.profile)

    @property
    def change(self) -> float | None:
        """The change against the year before; None if a day of either month is missing."""
        if self.now is None or self.before is None or not self.before.energy:
            return None
        whole = self.now.is_whole and self.before.is_whole
        return self.now.energy / self.before.energy - 1 if whole else None


_PERIOD = regex(r"(\d{1,2})H(\d{2})?\s*-\s*(\d{1,2})H(\d{2})?")
_DAY = 24 * 60
_SLOT = _DAY // SLOTS


class OffPeak(Struct, frozen=True, dict=True):
    """Off-peak periods in minutes after midnight; a period may cross midnight."""

    periods: tuple[tuple[int, int], ...] = ()

    @cached_property
    def within_days(self) -> tuple[tuple[int, int], ...]:
        """The periods, divided at midnight and sorted."""
        parts: list[tuple[int, int]] = []
        for first, end in self.periods:
            parts += [(first, end)] if first < end else [(first, _DAY), (0, end)]
        return tuple((first, end) for first, end in sorted(parts) if first < end)

    def part_of(self, slot: int) -> float:
        """The off-peak share of a half-hour, 0 to 1."""
        begin = slot * _SLOT
        minutes = (min(end, begin + _SLOT) - max(first, begin) for first, end in self.within_days)
        return min(1.0, sum(max(0, one) for one in minutes) / _SLOT)

    def share(self, days: tuple[Slots, ...]) -> float | None:
        """The off-peak share of the energy of some days' half-hours; None if none is known."""
        known = [
            (watts, part)
            for slots in days
            for watts, part in zip(slots, self._parts, strict=True)
            if watts is not None
        ]
        whole = sum(watts for watts, _ in known)
        return sum(watts * part for watts, part in known) / whole if whole else None

    @cached_property
    def _parts(self) -> tuple[float, ...]:
        return tuple(self.part_of(slot) for slot in range(SLOTS))


def read_off_peak(text: str) -> OffPeak:
    """Parse the off-peak periods in a text of Enedis; the result may have no periods."""
    matches = (
        (int(a) * 60 + int(b or 0), int(c) * 60 + int(d or 0))
        for a, b, c, d in _PERIOD.findall(text.upper())
    )
    periods = ((first % _DAY, end if end == _DAY else end % _DAY) for first, end in matches)
    return OffPeak(tuple((first, end) for first, end in periods if first != end))


YEAR = 365
_COMPARABLE = 28  # days


class Household:
    """The facts of a point for its page; None is unknown, never zero.

    `remembered` has the values that flows remember for the point: `offPeakHours` as Enedis writes
    them, `subscribedPower` with its unit, `gaps` by series. `corrections` are replaced values,
    `sources` the runs and files of each series and day. The page covers the last `longest` days, or
    the days of a civil `year`.
    """

    def __init__(
        self,
        point: str,
        series: Mapping[str, Loaded],
        remembered: Mapping[str, Any],
        *,
        corrections: CorrectionsByDay = MappingProxyType({}),
        sources: Sources = MappingProxyType({}),
        longest: int = YEAR,
        year: int | None = None,
    ) -> None:
        self.point = point
        self.series = series
        self.remembered = remembered
        self.sources = sources
        self.year = year
        self.days = days_of(series, corrections, longest, year)
        self.off_peak = read_off_peak(str(remembered.get("offPeakHours") or ""))

    @cached_property
    def subscribed_power(self) -> float | None:
        """The subscribed power in VA; None if the contract's unit is not kVA."""
        if self.remembered.get("subscribedPowerUnit") not in {None, "kVA"}:
            return None
        try:
            return float(self.remembered.get("subscribedPower") or 0) * 1000 or None
        except (TypeError, ValueError):
            return None

    @cached_property
    def with_energy(self) -> tuple[CivilDay, ...]:
        """The days with known energy."""
        return tuple(day for day in self.days if day.energy is not None)

    @cached_property
    def with_peak(self) -> tuple[CivilDay, ...]:
        """The days with a known maximum power."""
        return tuple(day for day in self.days if day.peak is not None)

    @cached_property
    def curve_days(self) -> tuple[CivilDay, ...]:
        """The days from the first to the last day with kept half-hours."""
        places = [place for place, day in enumerate(self.days) if day.present]
        return self.days[places[0] : places[-1] + 1] if places else ()

    @cached_property
    def corrected_days(self) -> tuple[CivilDay, ...]:
        """The days with a replaced value."""
        return tuple(day for day in self.days if day.corrections)

    @cached_property
    def energy(self) -> float | None:
        """Wh of the days with known energy."""
        return sum(day.energy or 0 for day in self.with_energy) if self.with_energy else None

    @cached_property
    def comparable_days(self) -> tuple[CivilDay, ...]:
        """The days known in both years; empty if there are fewer than 28."""
        known = tuple(day for day in self.with_energy if day.before is not None)
        return known if len(known) >= _COMPARABLE else ()

    @cached_property
    def earlier_years(self) -> range:
        """The numbers of years back (1, 2 …) with enough kept days for a comparison."""
        back = zip(*(day.earlier for day in self.days), strict=True)
        counts = (sum(one is not None for one in energies) for energies in back)
        known = [years for years, count in enumerate(counts, start=1) if count >= _COMPARABLE]
        return range(1, max(known, default=0) + 1)

    @cached_property
    def change(self) -> float | None:
        """The change against the year before, as a share, over the days known in both years."""
        before = sum(day.before or 0 for day in self.comparable_days)
        return sum(day.energy or 0 for day in self.comparable_days) / before - 1 if before else None

    @cached_property
    def most(self) -> CivilDay | None:
        """The day with the highest energy."""
        return max(self.with_energy, key=lambda day: day.energy or 0, default=None)

    @cached_property
    def highest(self) -> CivilDay | None:
        """The day with the highest power."""
        return max(self.with_peak, key=lambda day: day.peak or 0, default=None)

    @cached_property
    def above(self) -> int:
        """The number of days with more power than is subscribed."""
        limit = self.subscribed_power
        return sum((day.peak or 0) > limit for day in self.with_peak) if limit else 0

    @cached_property
    def always_on(self) -> float | None:
        """W: the median, over whole days, of the third-lowest half-hour."""
        return always_on_of(self.days)

    @cached_property
    def off_peak_share(self) -> float | None:
        """The off-peak share of the half-hours' energy."""
        if not self.off_peak.periods:
            return None
        return self.off_peak.share(tuple(day.slots for day in self.curve_days))

    @cached_property
    def halves(self) -> tuple[int, int]:
        """The numbers of known and of expected values of the curve."""
        return (
            sum(day.present for day in self.curve_days),
            sum(max(day.expected, day.present) for day in self.curve_days),
        )

    @cached_property
    def first_choice(self) -> int:
        """The index of the day shown first: the complete day with the most energy."""
        weights = [(day.is_whole, day.energy or -1) for day in self.days]
        return weights.index(max(weights))

    def why(self, series: str, day: date) -> str:
        """The reason why a day is missing, from the remembered gaps: `[{start, end, why}]`."""
        gaps = self.remembered.get("gaps")
        for gap in (gaps.get(series) or ()) if isinstance(gaps, Mapping) else ():
            if str(gap.get("start")) <= day.isoformat() < str(gap.get("end")):
                return str(gap.get("why", ""))
        return ""

    @cached_property
    def months(self) -> tuple[Month, ...]:
        """The last twelve months of these days, with those of the year before."""
        by_first: dict[date, list[CivilDay]] = {}
        for day in self.days:
            by_first.setdefault(day.date.replace(day=1), []).append(day)
        return tuple(
            Month(
                first=first,
                now=self._month_sum(first),
                before=self._month_sum(first.replace(year=first.year - 1)),
                profile=slot_means(month_days, fmean),
                always_on=always_on_of(month_days),
            )
            for first, month_days in sorted(by_first.items())[-_MOST:]
        )

    @cached_property
    def years(self) -> tuple[int, ...]:
        """The civil years with kept values, the earliest first."""
        return kept_years(self.series)

    @cached_property
    def calendar(self) -> list[dict[int, MonthSum | None]]:
        """The energy of each month by year: one row per month, January first."""
        return [
            {year: self._month_sum(date(year, month, 1)) for year in self.years}
            for month in range(1, 13)
        ]

    @cached_property
    def _totals(self) -> Mapping[str, Total]:
        return {one.period: one for one in by_month(self.series["daily_energy"].measures)}

    def _month_sum(self, first: date) -> MonthSum | None:
        total = self._totals.get(f"{first:%Y-%m}")
        if total is None:
            return None
        scale = _scale(energy_unit(self.series["daily_energy"].unit or "Wh"))
        days = (next_month(first) - first).days
        return MonthSum(energy=float(total.value) * scale, known=total.present, days=days)

    def year_sum(self, year: int) -> MonthSum | None:
        """The energy of the known days of a civil year."""
        known = [one for month in self.calendar if (one := month[year])]
        return (
            MonthSum(
                energy=sum(one.energy for one in known),
                known=sum(one.known for one in known),
                days=(date(year + 1, 1, 1) - date(year, 1, 1)).days,
            )
            if known
            else None
        )

    @cached_property
    def usual(self) -> dict[str, Slots]:
        """The typical day of each month and kind of day: the median of each half-hour."""
        kinds: dict[str, list[CivilDay]] = defaultdict(list)
        for day in self.days:
            kinds[kind_of(day)].append(day)
        return {kind: slot_means(days, median) for kind, days in kinds.items()}


def kind_of(day: CivilDay) -> str:
    """The month of a day, and whether it is a weekday or weekend."""
    return f"{day.date.month}{'w' if day.is_weekend else ''}"


NO_ENERGY, NO_CURVE, NO_PEAK = "no_energy", "no_curve", "no_peak"
LACKING, CHANGED, DIFFERS, CLOCK = "lacking", "changed", "differs", "clock"
CORRECTED = "corrected"
_OF_WHOLE_DAYS = {NO_ENERGY, NO_CURVE, NO_PEAK}
_ONE_DAY = timedelta(days=1)


class Oddity(Struct, frozen=True, kw_only=True):
    """Consecutive days, both ends included, with the same oddity.

    `number` is the number of values concerned, or for `DIFFERS` the curve's share of the energy.
    """

    first: date
    last: date
    kind: str
    number: float = 0
    why: str = ""  # a reason of `core.measures.gaps`, if a flow remembers one
    correction: Correction | None = None


def oddities(household: Household) -> tuple[Oddity, ...]:
    """The oddities of all days, in order."""
    stories: list[Oddity] = []
    open_ones: dict[str, int] = {}
    for day in household.days:
        found = [
            Oddity(first=day.date, last=day.date, kind=kind, number=number, why=why)
            for kind, number, why in _kinds_of_day(day, household)
        ]
        found += [
            Oddity(first=day.date, last=day.date, kind=CORRECTED, number=one.count, correction=one)
            for one in day.corrections
        ]
        for one in found:
            place = open_ones.get(one.kind)
            before = None if place is None else stories[place]
            if before and before.last + _ONE_DAY == day.date and before.why == one.why:
                stories[open_ones[one.kind]] = replace(before, last=day.date)
                continue
            if one.kind in _OF_WHOLE_DAYS:
                open_ones[one.kind] = len(stories)
            stories.append(one)
    return tuple(sorted(stories, key=lambda one: one.first))


def _kinds_of_day(day: CivilDay, household: Household) -> Iterator[tuple[str, float, str]]:
    curve = household.curve_days
    if day.changes_clock and day.present:
        yield CLOCK, day.expected, ""
    if household.with_energy and day.energy is None:
        yield NO_ENERGY, 0, household.why("daily_energy", day.date)
    if curve and curve[0].date <= day.date <= curve[-1].date and not day.present:
        yield NO_CURVE, 0, household.why("load_curve", day.date)
    if day.present and day.missing:
        yield LACKING, day.missing, household.why("load_curve", day.date)
    if household.with_peak and day.peak is None:
        yield NO_PEAK, 0, household.why("max_power", day.date)
    if day.changed:
        yield CHANGED, day.changed, ""
    if day.differs and day.difference is not None:
        yield DIFFERS, 1 + day.difference, ""


class Origin(Struct, frozen=True, kw_only=True):
    """A series of a point: the number and the days of its values, and their last source."""

    series: str
    count: int
    first: date
    last: date
    run: str = ""
    flow: str = ""
    began: str = ""
    files: tuple[str, ...] = ()
