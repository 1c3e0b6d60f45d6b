"""Missing days of a stored series: which of them to request, and why the others are missing.

A gap is a period of civil days, `start <= day < end`, with the reason why they are missing. Days
without values at the service are noted and requested again, because values may come late and
answers may be wrong. Days of the last week are requested each time, which costs no extra call. Days
of the weeks that are rechecked are requested once a week, older days after a week, a month and then
each quarter. Days whose curve and energy differ are requested again like missing ones.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from zlib import crc32

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.language.dates import civil_date
from sgeflow.errors import EvaluationError, Id
from sgeflow.messages import say

CONTRACT, CONSENT, NONE, UNASKED = "contract", "consent", "none", "unasked"
REASONS = (CONTRACT, CONSENT, NONE, UNASKED)
"""Why days are missing: before the contract, without consent, no values, not requested."""

DISPUTED = "disputed"
"""The reason of stored days whose curve does not add up to the energy of the day."""

_WEEK = 7
_WAITS = {"week": (_WEEK, 0), "month": (4 * _WEEK, _WEEK), "quarter": (13 * _WEEK, 4 * _WEEK)}
"""When days are requested again: the days between two turns, and the shortest wait in days."""

_LONGER = {"": "week", "week": "month", "month": "quarter", "quarter": "quarter"}
_ASKED_AGAIN = (CONTRACT, NONE, CONSENT, DISPUTED)
"""The reasons for which days are requested again: the earlier answer may have been wrong."""

_DAY = timedelta(days=1)


class Period(Struct, frozen=True, kw_only=True):
    """Civil days, `start <= day < end`."""

    start: date
    end: date

    @property
    def days(self) -> Iterator[date]:
        """Each day of the period."""
        return (self.start + timedelta(days=n) for n in range((self.end - self.start).days))

    @property
    def dates(self) -> dict[str, str]:
        """The period as plain data with the dates that a request has."""
        return {"start": self.start.isoformat(), "end": self.end.isoformat()}


class Gap(Period, frozen=True, kw_only=True):
    """Civil days that are missing for one reason, or are disputed.

    They were requested on the day `asked`. They are requested again at the first turn after a
    `wait` of a week, a month or a quarter.
    """

    why: str
    asked: date | None = None
    wait: str = ""

    @property
    def note(self) -> dict[str, str]:
        """The gap as plain data for `remember`."""
        again = {"asked": self.asked.isoformat(), "wait": self.wait} if self.asked else {}
        return {**self.dates, "why": self.why, **again}

    def is_over(self, today: date, point: str) -> bool:
        """Whether a turn has come since the request; the turns depend on the point."""
        if self.asked is None or self.why not in _ASKED_AGAIN:
            return False
        length, least = _WAITS[self.wait]
        phase = crc32(point.encode()) % length
        before = self.asked.toordinal() + least
        return (today.toordinal() + phase) // length > (before + phase) // length


class Question(Struct, frozen=True, kw_only=True):
    """The days to request; a call for them may also cover the `free` days at no extra cost."""

    days: frozenset[date]
    free: frozenset[date] = frozenset()

    @property
    def whole(self) -> Period | None:
        """One period that holds all days."""
        candidates = self.days | self.free
        return Period(start=min(candidates), end=max(candidates) + _DAY) if self.days else None

    def periods(self, longest: int | None) -> list[Period]:
        """The fewest periods of at most `longest` days that contain the days, newest first."""
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
    """The weekly recheck of one past week, for values that came late or were corrected.

    A week has its turn when it is the oldest of the last `days` days. The weekday of the turn
    depends on the point. Days before `looked` were rechecked by earlier runs. A week is also
    rechecked if no run took place at its turn.
    """

    days: int
    today: date
    point: str
    looked: date | None = None

    @property
    def upto(self) -> date:
        """The first day whose turn is still to come."""
        phase = crc32(self.point.encode())
        turn = self.today - timedelta(days=(self.today.toordinal() + phase) % _WEEK)
        return turn - timedelta(days=self.days - _WEEK)

    @property
    def is_due(self) -> bool:
        """Whether a turn has come since `looked`; the first run rechecks nothing."""
        return self.looked is not None and self.looked < self.upto

    def is_whole(self, day: date) -> bool:
        """Whether a stored day is rechecked now, because its turn is due."""
        return self.looked is not None and self.looked <= day < self.upto

    def is_over(self, gap: Gap) -> bool:
        """Whether the days of a gap must be requested again.

        A gap without the date of a request, as earlier versions noted it, is requested again at the
        next weekly turn.
        """
        is_old = gap.asked is None and gap.why in _ASKED_AGAIN
        return self.is_due if is_old else gap.is_over(self.today, self.point)

    def is_recent(self, day: date) -> bool:
        """Whether a day is one of the last `days` days."""
        return day >= self.today - timedelta(days=self.days)


def ask_for(
    lacking: Iterable[date], asked: Period, known: Iterable[Gap], recheck: Recheck | None
) -> Question:
    """The days of a period to request: missing days, and days to recheck."""
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
    """The days of a point that a run requested, and the gaps that were known before."""

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
    """The gap of one missing or disputed day, with the date of its request and its wait."""
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
    """The number of days for each reason, and of disputed days."""
    counted = dict.fromkeys((*REASONS, DISPUTED), 0)
    for gap in periods:
        counted[gap.why] += (gap.end - gap.start).days
    return counted


def read_gaps(items: Any, name: str) -> tuple[Gap, ...]:
    """Gaps from plain data, `[{start, end, why}]`; a missing `why` is "none".

    Raises:
        EvaluationError: the data has another form, or an unknown reason.
    """
    if items is None:
        return ()
    if not isinstance(items, list):
        raise _wrong(name, items)
    return tuple(_read_gap(item, name) for item in items)


def read_days(items: Any, name: str) -> tuple[date, ...]:
    """Days from plain data, `[{day}]`; raises EvaluationError for any other form."""
    try:
        return tuple(date.fromisoformat(civil_date(item["day"])) for item in items or ())
    except (TypeError, KeyError, ValueError):
        message = say("{name} is not a list of days {{day}}", name=name)
        raise EvaluationError.of(Id.EVALUATION, message) from None


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
        raise EvaluationError.of(Id.EVALUATION, message, allowed=REASONS)
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
    return EvaluationError.of(Id.EVALUATION, message)
