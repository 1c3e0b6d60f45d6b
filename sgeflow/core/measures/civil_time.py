"""French legal time: where civil days, months and years begin, and when the clock changes.

All civil times are Europe/Paris; a day has 23, 24 or 25 hours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sgeflow.messages import Message, say_count

PARIS = ZoneInfo("Europe/Paris")
HOUR = 3600
_DAY, _MINUTE = 24 * HOUR, 60
_EPOCH = date(1970, 1, 1).toordinal()


def civil(instant: int) -> datetime:
    """The legal time of an instant (UTC epoch seconds), with its offset."""
    return datetime.fromtimestamp(instant, PARIS)


def in_france(moment: float) -> str:
    """A moment (UTC epoch seconds) for a person: to the minute, in the legal time of France."""
    return f"{civil(int(moment)):%Y-%m-%d %H:%M}"


def civil_day(moment: float) -> str:
    """The civil day of a moment (UTC epoch seconds), as `2026-11-23`."""
    return civil(int(moment)).date().isoformat()


def civil_days(first: float, last: float) -> list[date]:
    """The civil days that two instants and what lies between them are of, in their order."""
    day, end = civil(int(first)).date(), civil(int(last)).date()
    return [day + timedelta(days=number) for number in range((end - day).days + 1)]


def duration_text(seconds: float) -> Message:
    """A duration for a person, in whole days, hours or minutes, whichever is the largest."""
    whole = int(seconds)
    if whole >= _DAY:
        return say_count("{count:,} day", "{count:,} days", count=whole // _DAY)
    if whole >= HOUR:
        return say_count("{count} hour", "{count} hours", count=whole // HOUR)
    return say_count("{count} minute", "{count} minutes", count=whole // _MINUTE)


def each_day(instants: Iterable[int]) -> Iterator[date]:
    """The civil day of each instant (UTC epoch seconds).

    Those side by side of one day are quick: from its midnight on it has 23 hours at least.
    """
    day, first = date.min, 0
    end = first
    for instant in instants:
        if not first <= instant < end:
            day = civil(instant).date()
            first = midnight(day)
            end = first + 23 * HOUR
        yield day


@lru_cache(maxsize=8192)
def midnight(day: date) -> int:
    """The instant (UTC epoch seconds) at which a civil day begins."""
    return int(datetime(day.year, day.month, day.day, tzinfo=PARIS).timestamp())


def day_length(day: date) -> int:
    """The seconds of a civil day: 82,800, 86,400 or 90,000."""
    return midnight(day + timedelta(days=1)) - midnight(day)


def next_month(day: date) -> date:
    """The first day of the month that follows."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def month_length(day: date) -> int:
    """The seconds of the civil month that a day is in."""
    return midnight(next_month(day)) - midnight(day.replace(day=1))


def as_utc(day: date) -> int:
    """Midnight of a day as if it were in UTC: the base to which a written time is added."""
    return (day.toordinal() - _EPOCH) * 86_400


@lru_cache(maxsize=8192)
def offset_of(day: date) -> int | None:
    """The seconds that the whole civil day is ahead of UTC; None when the clock changes in it."""
    offset = as_utc(day) - midnight(day)
    return offset if day_length(day) == 86_400 else None  # noqa: PLR2004 (24 hours)


def instants(day: date, second: int) -> tuple[int, int]:
    """The instants that a time of day can mean: the earlier and the later, mostly the same.

    They differ in the hour that autumn repeats. In the hour that spring skips the first one is
    the later: it counts on from the time before the change.
    """
    naive = datetime.fromtimestamp(as_utc(day) + second, UTC).replace(tzinfo=PARIS)
    return int(naive.timestamp()), int(naive.replace(fold=1).timestamp())
