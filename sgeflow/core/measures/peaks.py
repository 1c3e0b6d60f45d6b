"""Highest powers: Enedis gives one a day, or one a month, of each quantity, stamped at its instant.

So one that is put right may stand at another instant than before (sge.md 5.2 and 5.6; the guide of
R66, Enedis.SGE.GUI.0503 1.2.4): what makes two of them the same one is their civil day, or month.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from msgspec import Struct

from sgeflow.core.measures.civil_time import civil, each_day, midnight, next_month
from sgeflow.core.measures.columns import Measures
from sgeflow.core.measures.series import MONTHLY_PEAKS, PEAKS
from sgeflow.messages import Message, say_count

_BASES = {
    kind.base: is_monthly
    for kinds, is_monthly in ((PEAKS, False), (MONTHLY_PEAKS, True))
    for kind in kinds.values()
}


class PeakPeriod(Struct, frozen=True):
    """The civil days, or months, of which a series has one highest power each."""

    is_month: bool

    def of(self, starts: Iterable[int]) -> Iterator[date]:
        """The first day of the period that each instant (UTC epoch seconds) is in."""
        days = each_day(starts)
        return (day.replace(day=1) for day in days) if self.is_month else days

    def bounds(self, first: int, last: int) -> tuple[int, int]:
        """The first and the last second of the periods of two instants and what lies between."""
        begin, end = self.of((first, last))
        following = next_month(end) if self.is_month else end + timedelta(days=1)
        return midnight(begin), midnight(following) - 1


def peak_period(series: str) -> PeakPeriod | None:
    """The period of which a series, by its name, has one highest power; None for all others."""
    for base, is_month in _BASES.items():
        if series == base or series.startswith(f"{base}_"):
            return PeakPeriod(is_month)
    return None


def tell_several(series: str, measures: Measures) -> Message | None:
    """What is told of days, or months, for which more than one highest power came at once."""
    period = peak_period(series)
    if period is None or not measures:
        return None
    counted = Counter(period.of(measures.starts))
    first = next((day for day, count in counted.items() if count > 1), None)
    if first is None:
        return None
    one, other, *_ = (at for at in measures.starts if [*period.of((at,))] == [first])
    several = sum(count > 1 for count in counted.values())
    first_at, other_at = civil(one).isoformat(), civil(other).isoformat()
    if period.is_month:
        return say_count(
            "more than one highest power came for {count} month; all are kept (first {one} and "
            "{other})",
            "more than one highest power came for {count} months; all are kept (first {one} and "
            "{other})",
            count=several,
            one=first_at,
            other=other_at,
        )
    return say_count(
        "more than one highest power came for {count} day; all are kept (first {one} and {other})",
        "more than one highest power came for {count} days; all are kept (first {one} and {other})",
        count=several,
        one=first_at,
        other=other_at,
    )
