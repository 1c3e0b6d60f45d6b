"""Days that a kept series lacks: which of them to ask for, and why the others are not there.

A gap is a period of civil days, `start <= day < end`, and why they lack. What SGE once answered
with nothing is known from then on, and asked for again: while it is of the last week, which costs
no call more, once a week while it is of the weeks that are looked at again, and then at growing
distances, since an answer may have been wrong, or days come late. Days whose curve and energy
differ are asked for again so, too, although they are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from zlib import crc32

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.language.dates import civil_date
from sgeflow.errors import EvaluationError, Id, Problem
from sgeflow.messages import say

CONTRACT, CONSENT, NONE, UNASKED = "contract", "consent", "none", "unasked"
REASONS = (CONTRACT, CONSENT, NONE, UNASKED)
"""Before the contract began; no consent then; SGE has none; not asked for yet."""

DISPUTED = "disputed"
"""Kept, but the sum of the curve is not the energy of the day."""

_WEEK = 7
_WAITS = {"week": (_WEEK, 0), "month": (4 * _WEEK, _WEEK), "quarter": (13 * _WEEK, 4 * _WEEK)}
"""Distances at which days are asked for again: how often a turn comes, and the least distance."""

_LONGER = {"": "week", "week": "month", "month": "quarter", "quarter": "quarter"}
_ASKED_AGAIN = (CONTRACT, NONE, CONSENT, DISPUTED)
"""An answer may have been wrong; days before the contract's known start are in no question."""

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
        """The period in plain data, as SGE's dates want it."""
        return {"start": self.start.isoformat(), "end": self.end.isoformat()}


class Gap(Period, frozen=True, kw_only=True):
    """Days that lack for one reason, or are disputed.

    They were asked for on a day, and are again at the first turn after a week, month or quarter.
    """

    why: str
    asked: date | None = None
    wait: str = ""

    @property
    def note(self) -> dict[str, str]:
        """The gap in plain data, to be remembered."""
        again = {"asked": self.asked.isoformat(), "wait": self.wait} if self.asked else {}
        return {**self.dates, "why": self.why, **again}

    def is_over(self, today: date, point: str) -> bool:
        """Whether a turn came since the days were asked for; the point says on which days."""
        if self.asked is None or self.why not in _ASKED_AGAIN:
            return False
        length, least = _WAITS[self.wait]
        phase = crc32(point.encode()) % length
        before = self.asked.toordinal() + least
        return (today.toordinal() + phase) // length > (before + phase) // length


class Question(Struct, frozen=True, kw_only=True):
    """The days that are asked for: `free` are those that a call may take along."""

    days: frozenset[date]
    free: frozenset[date] = frozenset()

    @property
    def whole(self) -> Period | None:
        """One period that holds all days."""
        candidates = self.days | self.free
        return Period(start=min(candidates), end=max(candidates) + _DAY) if self.days else None

    def periods(self, longest: int | None) -> list[Period]:
        """The fewest periods of at most so many days that hold them, newest first."""
        if longest is None:
            return [self.whole] if self.whole else []
        tiles: list[Period] = []
        candidates = sorted(self.days | self.free)
        before: date | None = None
        for last in sorted(self.days, reverse=True):
            if before is None or last < before:
                first = last - timedelta(days=longest - 1)
                before = next(day for day in candidates if day >= first)
                tiles.append(Period(start=before, end=last + _DAY))
        return tiles


class Recheck(Struct, frozen=True, kw_only=True):
    """The weeks that are looked at again, one a week, for values that came late or were corrected.

    A week's turn comes when it is the oldest of the last `days`; on which day of the week, the
    point decides. Days up to `looked` are not checked twice; missed turns are made up for.
    """

    days: int
    today: date
    point: str
    looked: date | None = None

    @property
    def upto(self) -> date:
        """The first day of which the turn has not come."""
        phase = crc32(self.point.encode())
        turn = self.today - timedelta(days=(self.today.toordinal() + phase) % _WEEK)
        return turn - timedelta(days=self.days - _WEEK)

    @property
    def is_due(self) -> bool:
        """Whether a turn came since; before the first run there is nothing to look at again."""
        return self.looked is not None and self.looked < self.upto

    def is_whole(self, day: date) -> bool:
        """Whether a day is asked for although it is kept, once that is due."""
        return self.looked is not None and self.looked <= day < self.upto

    def is_over(self, gap: Gap) -> bool:
        """Whether the days of a gap are to be asked for again.

        Gaps from earlier versions have no date of their request; they are requested again next
        week.
        """
        is_old = gap.asked is None and gap.why in _ASKED_AGAIN
        return self.is_due if is_old else gap.is_over(self.today, self.point)

    def is_recent(self, day: date) -> bool:
        """Whether a day is one of the last weeks."""
        return day >= self.today - timedelta(days=self.days)


def ask_for(
    lacking: Iterable[date], asked: Period, known: Iterable[Gap], recheck: Recheck | None
) -> Question:
    """The days of a period to ask for, among missing days and days that are looked at again."""
    settled = {day: gap for gap in known if gap.why not in (UNASKED, DISPUTED) for day in gap.days}
    is_due = recheck is not None and recheck.is_due
    again = {
        day
        for gap in known
        if recheck is not None and recheck.is_over(gap)
        for day in gap.days
        if asked.start <= day < asked.end
    }
    disputed = {day for gap in known if gap.why == DISPUTED for day in gap.days}
    days, free = again & disputed, set()
    for day in lacking:
        is_recent = recheck is not None and recheck.is_recent(day)
        is_new = day not in settled or day >= asked.end - timedelta(days=_WEEK)
        if is_new or day in again or (is_due and is_recent):
            days.add(day)
        elif is_recent:
            free.add(day)
    if recheck is not None and is_due:
        days |= {day for day in asked.days if recheck.is_whole(day)}
    return Question(days=frozenset(days), free=frozenset(free - days))


class Asking(Struct, frozen=True, kw_only=True):
    """The days of a point that one run asked for, and the gaps that were known before."""

    today: date
    point: str
    asked: Iterable[Gap] = ()
    known: Iterable[Gap] = ()


def gaps(
    lacking: Iterable[date], since: date | None, asking: Asking, disputed: Iterable[date] = ()
) -> tuple[Gap, ...]:
    """The missing days with their reasons, and the disputed days.

    The result of this run's requests counts more than the known gaps. Days that were requested
    after their wait and are still missing wait longer.
    """
    known = {day: gap for gap in asking.known for day in gap.days}
    asked = {day: gap.why for gap in asking.asked for day in gap.days}
    whys = dict.fromkeys(disputed, DISPUTED)
    for day in lacking:
        before = known[day].why if day in known and known[day].why != DISPUTED else UNASKED
        whys[day] = CONTRACT if since and day < since else asked.get(day, before)
    periods: list[Gap] = []
    for day in sorted(whys):
        gap = _noted(day, whys[day], known.get(day), asking, is_asked=day in asked)
        last = periods[-1] if periods else None
        if last and last == replace(gap, start=last.start, end=day):
            periods[-1] = replace(last, end=gap.end)
        else:
            periods.append(gap)
    return tuple(periods)


def _noted(day: date, why: str, before: Gap | None, asking: Asking, *, is_asked: bool) -> Gap:
    """A day that lacks, or is disputed, with when it was asked for and how long it waits."""
    gap = Gap(start=day, end=day + _DAY, why=why)
    if why not in _ASKED_AGAIN:
        return gap
    same = before if before and before.why == why else None
    if why == CONTRACT and not same and not is_asked:
        return gap
    if same and not is_asked:
        return replace(gap, asked=same.asked, wait=same.wait)
    wait = same.wait if same else ""
    if not wait or (same and same.is_over(asking.today, asking.point)):
        wait = _LONGER[wait]
    return replace(gap, asked=asking.today, wait=wait)


def count_days(periods: Iterable[Gap]) -> dict[str, int]:
    """How many days lack for each reason."""
    counted = dict.fromkeys((*REASONS, DISPUTED), 0)
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


def read_days(items: Any, name: str) -> tuple[date, ...]:
    """Days from plain data, `[{day}]`."""
    try:
        return tuple(date.fromisoformat(civil_date(item["day"])) for item in items or ())
    except (TypeError, KeyError, ValueError):
        message = say("{name} is not a list of days {{day}}", name=name)
        raise EvaluationError(Problem(id=Id.EVALUATION, message=message)) from None


def _read_gap(item: Any, name: str) -> Gap:
    if not isinstance(item, Mapping):
        raise _wrong(name, item)
    why = item.get("why") or NONE
    try:
        start, end = (date.fromisoformat(civil_date(item[key])) for key in ("start", "end"))
    except (KeyError, ValueError):
        raise _wrong(name, item) from None
    if why not in (*REASONS, DISPUTED):
        message = say("{why} is no reason for a gap", why=why)
        raise EvaluationError(Problem(id=Id.EVALUATION, message=message, allowed=REASONS))
    wait = item.get("wait")
    if wait not in _WAITS:
        return Gap(start=start, end=end, why=why)
    try:
        asked = date.fromisoformat(civil_date(item["asked"]))
    except (KeyError, ValueError):
        raise _wrong(name, item) from None
    return Gap(start=start, end=end, why=why, asked=asked, wait=wait)


def _wrong(name: str, seen: Any) -> EvaluationError:
    kind = type(seen).__name__
    message = say(
        "{name} is not a list of periods {{start, end, why}} ({kind})", name=name, kind=kind
    )
    return EvaluationError(Problem(id=Id.EVALUATION, message=message))
