"""Days that a kept series lacks: which of them to ask for, and why the others are not there.

A gap is a period of civil days, `start <= day < end`, and why they lack. What SGE once answered
with nothing is known from then on, and asked for again only as long as it makes sense: while it is
of the last week, which costs no call more, and once a week while it is of the weeks that are looked
at again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from zlib import crc32

from msgspec import Struct

from sgeflow.core.language.dates import civil_date
from sgeflow.errors import EvaluationError, Id, Problem
from sgeflow.messages import say

CONTRACT, CONSENT, NONE, UNASKED = "contract", "consent", "none", "unasked"
REASONS = (CONTRACT, CONSENT, NONE, UNASKED)
"""Before the contract began; no consent then; SGE has none; not asked for yet."""

_WEEK = 7
_DAY = timedelta(days=1)


class Period(Struct, frozen=True, kw_only=True):
    """Civil days, `start <= day < end`."""

    start: date
    end: date

    @property
    def days(self) -> Iterator[date]:
        """Each day of it."""
        return (self.start + timedelta(days=n) for n in range((self.end - self.start).days))

    @property
    def dates(self) -> dict[str, str]:
        """It in plain data, as SGE's dates want it."""
        return {"start": self.start.isoformat(), "end": self.end.isoformat()}


class Gap(Period, frozen=True, kw_only=True):
    """Days that lack for one reason."""

    why: str


class Question(Struct, frozen=True, kw_only=True):
    """The days that are asked for: `free` are those that a call may take along."""

    days: frozenset[date]
    free: frozenset[date] = frozenset()

    @property
    def whole(self) -> Period | None:
        """One period with all of them."""
        candidates = self.days | self.free
        return Period(start=min(candidates), end=max(candidates) + _DAY) if self.days else None

    def periods(self, longest: int | None) -> tuple[Period, ...]:
        """The fewest periods of at most so many days that hold them, newest first."""
        if longest is None:
            return (self.whole,) if self.whole else ()
        return tuple(self._tiles(longest))

    def _tiles(self, longest: int) -> Iterator[Period]:
        candidates = sorted(self.days | self.free)
        before: date | None = None
        for last in sorted(self.days, reverse=True):
            if before is None or last < before:
                first = last - timedelta(days=longest - 1)
                before = next(day for day in candidates if day >= first)
                yield Period(start=before, end=last + _DAY)


class Recheck(Struct, frozen=True, kw_only=True):
    """The weeks that are looked at again, one a week, for values that came late or were corrected.

    A week's turn comes when it is the oldest of the last `days`; on which day of the week, the
    point decides. What was `looked` at up to a day before is not looked at twice; turns that no run
    met are made up for.
    """

    days: int
    today: date
    point: str
    looked: date | None = None

    @property
    def upto(self) -> date:
        """The first day of which the turn has not come."""
        turn = self.today - timedelta(days=(self.today.toordinal() + self._phase) % _WEEK)
        return turn - timedelta(days=self.days - _WEEK)

    @property
    def is_due(self) -> bool:
        """Whether a turn came since; before the first run there is nothing to look at again."""
        return self.looked is not None and self.looked < self.upto

    @property
    def _phase(self) -> int:
        return crc32(self.point.encode()) % _WEEK

    def is_whole(self, day: date) -> bool:
        """Whether a day is asked for although it is kept, once that is due."""
        return self.looked is not None and self.looked <= day < self.upto

    def is_recent(self, day: date) -> bool:
        """Whether a day is one of the last weeks."""
        return day >= self.today - timedelta(days=self.days)


def ask_for(
    lacking: Iterable[date],
    asked: Period,
    known: Iterable[Gap] = (),
    recheck: Recheck | None = None,
) -> Question:
    """Which days of a period to ask for, of those that lack and those that are looked at again."""
    settled = {day for gap in known if gap.why != UNASKED for day in gap.days}
    is_due = recheck is not None and recheck.is_due
    days, free = set(), set()
    for day in lacking:
        is_recent = recheck is not None and recheck.is_recent(day)
        is_new = day not in settled or day >= asked.end - timedelta(days=_WEEK)
        if is_new or (is_due and is_recent):
            days.add(day)
        elif is_recent:
            free.add(day)
    if recheck is not None and is_due:
        days |= {day for day in asked.days if recheck.is_whole(day)}
    return Question(days=frozenset(days), free=frozenset(free - days))


def gaps(
    lacking: Iterable[date],
    since: date | None,
    asked: Iterable[Gap] = (),
    known: Iterable[Gap] = (),
) -> tuple[Gap, ...]:
    """The days that lack with their reasons: what was asked for now counts before what is known."""
    reasons = {day: gap.why for gap in (*known, *asked) for day in gap.days}
    periods: list[Gap] = []
    for day in sorted(lacking):
        why = CONTRACT if since and day < since else reasons.get(day, UNASKED)
        if periods and (periods[-1].end, periods[-1].why) == (day, why):
            periods[-1] = Gap(start=periods[-1].start, end=day + _DAY, why=why)
        else:
            periods.append(Gap(start=day, end=day + _DAY, why=why))
    return tuple(periods)


def count_days(periods: Iterable[Gap]) -> dict[str, int]:
    """How many days lack for each reason."""
    counted = dict.fromkeys(REASONS, 0)
    for gap in periods:
        counted[gap.why] += (gap.end - gap.start).days
    return counted


def read_gaps(items: Any, name: str) -> tuple[Gap, ...]:
    """Gaps from plain data, `[{start, end, why}]`; without a reason SGE has none of them."""
    if items is None:
        return ()
    if not isinstance(items, list):
        raise _wrong(name, items)
    return tuple(_read_gap(item, name) for item in items)


def _read_gap(item: Any, name: str) -> Gap:
    if not isinstance(item, Mapping):
        raise _wrong(name, item)
    why = item.get("why") or NONE
    try:
        start, end = (date.fromisoformat(civil_date(item[key])) for key in ("start", "end"))
    except (KeyError, ValueError):
        raise _wrong(name, item) from None
    if why not in REASONS:
        message = say("{why} is no reason for a gap", why=why)
        raise EvaluationError(Problem(id=Id.EVALUATION, message=message, allowed=REASONS))
    return Gap(start=start, end=end, why=why)


def _wrong(name: str, seen: Any) -> EvaluationError:
    kind = type(seen).__name__
    message = say(
        "{name} is not a list of periods {{start, end, why}} ({kind})", name=name, kind=kind
    )
    return EvaluationError(Problem(id=Id.EVALUATION, message=message))
