"""Which civil days of a kept series are whole, and which lack something."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from msgspec import Struct

from sgeflow.core.language.dates import check_order, civil_date, days_between
from sgeflow.core.language.template import Template
from sgeflow.core.measures.civil_time import each_day, midnight
from sgeflow.core.measures.sums import POWERS, by_day
from sgeflow.core.model import Measure
from sgeflow.errors import EvaluationError, Id, Problem
from sgeflow.messages import exception_text


def day_text(value: Any, template: Template) -> str:
    """What a step's key came to, which must be a civil day.

    Raises:
        EvaluationError: it is none; it is told where the key stands.
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
        """At which the days begin and end."""
        return midnight(_day(self.first)), midnight(_day(self.last))


def day_span(start: Template, end: Template, first: Any, last: Any) -> DaySpan:
    """The days between what a step's `start` and `end` came to.

    Raises:
        EvaluationError: one is no day, or they end before they start; told where the key stands.
    """
    days = DaySpan(first=day_text(first, start), last=day_text(last, end))
    with _at(end):
        check_order(_day(days.first), _day(days.last))
    return days


def lacking_days(measures: Iterable[Measure], unit: str, start: str, end: str) -> tuple[date, ...]:
    """The days `start <= day < end` that are not whole, in order.

    Of a power every interval of the day must be there, whatever its step; of an energy or a peak
    its value. Raises ValueError for a day that is none.
    """
    first = _day(start)
    whole = _whole_days(measures, unit)
    days = (first + timedelta(days=number) for number in range(days_between(start, end)))
    return tuple(day for day in days if day not in whole)


def _whole_days(measures: Iterable[Measure], unit: str) -> set[date]:
    if unit in POWERS:
        totals = by_day(measures, unit)
        return {date.fromisoformat(total.period) for total in totals if total.complete}
    return {*each_day(measure.start for measure in measures)}


@contextmanager
def _at(template: Template) -> Iterator[None]:
    """What is wrong with a day is told where it stands."""
    try:
        yield
    except ValueError as error:
        problem = Problem(id=Id.EVALUATION, message=exception_text(error), at=template.spot.at())
        raise EvaluationError(problem) from None


def _day(text: str) -> date:
    return date.fromisoformat(civil_date(text))
