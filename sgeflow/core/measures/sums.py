"""Sums of measures over civil days, months and years, and what is missing in them.

Sums are exact: power is the mean over its step, so a half-hour of 313 W is 156.5 Wh, and ten
minutes of 313 W are 52 1/6 Wh. A sum stays a fraction until it is shown or stored.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from fractions import Fraction
from operator import mul
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from sgeflow.core.language.dates import check_order, civil_date, days_between
from sgeflow.core.measures.civil_time import day_length, each_day, midnight, next_month
from sgeflow.core.measures.columns import Measures
from sgeflow.core.model import Measure
from sgeflow.errors import EvaluationError, Id, InvalidValues, Problem
from sgeflow.messages import exception_text, say

if TYPE_CHECKING:
    from sgeflow.core.language.template import Template

POWERS = {"W": "Wh", "VAr": "VArh", "VAR": "VArh", "kW": "kWh"}
"""Units of power, and the unit of energy of each."""

Figure = int | Fraction


class Total(Struct, frozen=True, kw_only=True):
    """The sum of a civil day (`2025-05-15`), month (`2025-05`) or year (`2025`).

    `present` and `expected` count intervals in a day, and days in a month or year.
    """

    period: str
    start: int  # UTC epoch seconds
    length: int  # seconds; a day of 23 or 25 hours when the clock changes
    value: Figure
    present: int
    expected: int

    @property
    def missing(self) -> int:
        """The number of missing intervals or days."""
        return max(0, self.expected - self.present)

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return self.present >= self.expected

    def begins_before(self, day: date) -> bool:
        """Whether it begins before the first stored day: then only a part of it is summed."""
        return self.start < midnight(day)

    def measure(self) -> Measure:
        """The sum as a measure, to be stored in a series of its own."""
        return Measure(self.start, number(self.value), self.length)


class SumDifference(Struct, frozen=True, kw_only=True):
    """A day whose load curve does not add up to its daily energy; both in the energy's unit."""

    day: str
    curve: int | float
    energy: int | float


def number(value: Figure | float) -> int | float:
    """A figure for JSON and people: an integer if it is whole, otherwise the nearest float."""
    exact = Fraction(value)
    return exact.numerator if exact.denominator == 1 else float(exact)


def energy_unit(unit: str) -> str:
    """The unit of a series' sums: Wh for W; a unit of energy stays.

    Raises:
        InvalidValues: values of this unit cannot be summed (VA, V).
    """
    if unit in POWERS:
        return POWERS[unit]
    if unit in POWERS.values():
        return unit
    raise InvalidValues.of(
        Id.INVALID_VALUE,
        say("measures in {unit} cannot be summed", unit=unit or say("no unit")),
        allowed=(*POWERS, *dict.fromkeys(POWERS.values())),
        allowed_label="units with sums",
    )


def by_day(measures: Iterable[Measure], unit: str) -> tuple[Total, ...]:
    """The energy of each civil day that has a measure, in `energy_unit(unit)`."""
    energy_unit(unit)
    columns = Measures.of(measures)
    days: dict[date, tuple[list[float], list[int]]] = defaultdict(lambda: ([], []))
    for day, value, step in zip(
        each_day(columns.starts), columns.values, columns.steps(), strict=True
    ):
        values, steps = days[day]
        values.append(value)
        steps.append(step)
    return tuple(_day_total(day, *days[day], power=unit in POWERS) for day in sorted(days))


def by_month(days: Iterable[Measure]) -> tuple[Total, ...]:
    """The sums of civil months from daily energy; the current month is not complete."""
    return _by_period(days, lambda day: day.replace(day=1), next_month, "%Y-%m")


def by_year(days: Iterable[Measure]) -> tuple[Total, ...]:
    """The sums of civil years from daily energy; the current year is not complete."""
    return _by_period(
        days,
        lambda day: day.replace(month=1, day=1),
        lambda first: first.replace(year=first.year + 1),
        "%Y",
    )


def differences(
    curve: Iterable[Measure], unit: str, daily: Iterable[Measure]
) -> tuple[SumDifference, ...]:
    """The days on which a complete load curve and the daily energy differ.

    A day with missing half-hours is not compared. Rounding is ignored: less than 1 Wh of a day's
    energy, and half a unit of each value of the curve.
    """
    energies = {day.isoformat(): measure.value for day, measure in _with_days(daily)}
    return tuple(
        SumDifference(
            day=total.period, curve=number(total.value), energy=number(energies[total.period])
        )
        for total in by_day(curve, unit)
        if total.complete and total.period in energies
        if abs(Fraction(total.value) - Fraction(energies[total.period]))
        >= 1 + _rounding(total, unit)
    )


def _rounding(total: Total, unit: str) -> Fraction:
    """The energy of half a unit of each value: for a power, over the whole day."""
    if unit.startswith("k"):  # kWh values have decimals
        return Fraction(0)
    return Fraction(total.length, 7200) if unit in POWERS else Fraction(total.present, 2)


def _day_total(day: date, values: list[float], steps: list[int], *, power: bool) -> Total:
    """The total of one day's measures, from their values and steps (seconds; 0 without one)."""
    exact = values if {*map(type, values)} == {int} else [*map(_exact, values)]
    value = Fraction(sum(map(mul, exact, steps)), 3600) if power else Fraction(sum(exact))
    length = day_length(day)
    step = min(filter(None, steps), default=length)
    uncovered = length - sum(steps) - step * steps.count(0)
    return Total(
        period=day.isoformat(),
        start=midnight(day),
        length=length,
        value=_whole(value),
        present=len(values),
        expected=len(values) + max(0, -(-uncovered // step)),
    )


def _by_period(
    measures: Iterable[Measure],
    first_day: Callable[[date], date],
    following: Callable[[date], date],
    name: str,
) -> tuple[Total, ...]:
    """The sums of consecutive periods; `first_day` and `following` give their days."""
    sums: dict[date, Figure] = defaultdict(int)
    days: dict[date, set[date]] = defaultdict(set)
    for day, measure in _with_days(measures):
        period = first_day(day)
        sums[period] += _exact(measure.value)
        days[period].add(day)
    return tuple(
        Total(
            period=first.strftime(name),
            start=midnight(first),
            length=midnight(following(first)) - midnight(first),
            value=_whole(sums[first]),
            present=len(days[first]),
            expected=(following(first) - first).days,
        )
        for first in sorted(sums)
    )


def _with_days(measures: Iterable[Measure]) -> Iterator[tuple[date, Measure]]:
    """Measures, each with its civil day."""
    every = list(measures)
    return zip(each_day(one.start for one in every), every, strict=True)


def _exact(value: float) -> Figure:
    return value if isinstance(value, int) else Fraction(value)


def _whole(value: Figure) -> Figure:
    return value.numerator if value.denominator == 1 else value


def day_text(value: Any, template: Template) -> str:
    """The evaluated value of a step's key, which must be a civil day.

    Raises:
        EvaluationError: the value is not a day; the error has the place of the key.
    """
    with _at(template):
        civil_date(str(value))
    return str(value)


class DaySpan(Struct, frozen=True, kw_only=True):
    """The days `first <= day < last`, and the instants (UTC epoch seconds) of both midnights."""

    first: str
    last: str

    @property
    def instants(self) -> tuple[int, int]:
        """The instants at which the days begin and end."""
        return midnight(_day(self.first)), midnight(_day(self.last))


def day_span(start: Template, end: Template, first: Any, last: Any) -> DaySpan:
    """The days between the evaluated `start` and `end` of a step.

    Raises:
        EvaluationError: a value is not a day, or the end is before the start.
    """
    days = DaySpan(first=day_text(first, start), last=day_text(last, end))
    with _at(end):
        check_order(_day(days.first), _day(days.last))
    return days


def lacking_days(measures: Iterable[Measure], unit: str, start: str, end: str) -> tuple[date, ...]:
    """The incomplete days among `start <= day < end`, in order.

    A power needs every interval of the day, in any step; an energy or a maximum power needs its
    value. Raises ValueError for an invalid day.
    """
    first = _day(start)
    if unit in POWERS:
        totals = by_day(measures, unit)
        whole = {date.fromisoformat(total.period) for total in totals if total.complete}
    else:
        whole = {*each_day(measure.start for measure in measures)}
    days = (first + timedelta(days=number) for number in range(days_between(start, end)))
    return tuple(day for day in days if day not in whole)


@contextmanager
def _at(template: Template) -> Iterator[None]:
    """Turn a ValueError about a day into an EvaluationError at the template's place."""
    try:
        yield
    except ValueError as error:
        problem = Problem(id=Id.EVALUATION, message=exception_text(error), at=template.spot.at())
        raise EvaluationError(problem) from None


def _day(text: str) -> date:
    return date.fromisoformat(civil_date(text))
