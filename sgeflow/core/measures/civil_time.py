"""French legal time: where civil days, months and years begin, and when the clock changes.

All civil times are Europe/Paris; a day has 23, 24 or 25 hours.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sgeflow.messages import Message, say, say_count

PARIS = ZoneInfo("Europe/Paris")
HOUR = 3600
_DAY, _MINUTE = 24 * HOUR, 60
_EPOCH = date(1970, 1, 1).toordinal()


def civil(instant: int) -> datetime:
    """An instant (UTC epoch seconds) in French legal time, with its offset."""
    return datetime.fromtimestamp(instant, PARIS)


def in_france(moment: float) -> str:
    """A moment (UTC epoch seconds) in French legal time, to the minute, as text for people."""
    return f"{civil(int(moment)):%Y-%m-%d %H:%M}"


def civil_day(moment: float) -> str:
    """The civil day of a moment (UTC epoch seconds), as `2026-11-23`."""
    return civil(int(moment)).date().isoformat()


def civil_days(first: float, last: float) -> list[date]:
    """The civil days from the day of one instant to the day of another, in order."""
    day, end = civil(int(first)).date(), civil(int(last)).date()
    return [day + timedelta(days=number) for number in range((end - day).days + 1)]


def days_later(moment: float, days: int) -> float:
    """The same time of day in UTC, on the French day that comes so many days after a moment's.

    Late in the evening, one time in UTC belongs to different French days in winter and in summer.
    """
    later = moment + days * _DAY
    day = civil(int(moment)).date() + timedelta(days=days)
    return later + (day - civil(int(later)).date()).days * _DAY


def duration_text(seconds: float) -> Message:
    """A duration as text for people, in whole days, hours or minutes: the largest that fits."""
    whole = int(seconds)
    if whole >= _DAY:
        return say_count("{count:,} day", "{count:,} days", count=whole // _DAY)
    if whole >= HOUR:
        return say_count("{count} hour", "{count} hours", count=whole // HOUR)
    return say_count("{count} minute", "{count} minutes", count=whole // _MINUTE)


def wrong_clock(host: str, ahead: float) -> tuple[Message, Message]:
    """How far this machine's clock is from a server's, and what to do about it."""
    span = duration_text(round(abs(ahead)))
    remedy = say("set it by a time server: timedatectl set-ntp true")
    if ahead < 0:
        why = say("this machine's clock is {span} behind that of {host}", span=span, host=host)
        return why, remedy
    return say(
        "this machine's clock is {span} ahead of that of {host}", span=span, host=host
    ), remedy


def each_day(instants: Iterable[int]) -> Iterator[date]:
    """The civil day of each instant (UTC epoch seconds).

    Consecutive instants of the same day are fast: a day has at least 23 hours after its midnight.
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
    """The UTC epoch second at which a civil day begins."""
    return int(datetime(day.year, day.month, day.day, tzinfo=PARIS).timestamp())


def day_length(day: date) -> int:
    """The seconds of a civil day: 82,800, 86,400 or 90,000."""
    return midnight(day + timedelta(days=1)) - midnight(day)


def next_month(day: date) -> date:
    """The first day of the following month."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def month_length(day: date) -> int:
    """The number of seconds of the civil month that contains a day."""
    return midnight(next_month(day)) - midnight(day.replace(day=1))


def as_utc(day: date) -> int:
    """Midnight of a day read as UTC, in epoch seconds: add a written time of day to it."""
    return (day.toordinal() - _EPOCH) * 86_400


@lru_cache(maxsize=8192)
def offset_of(day: date) -> int | None:
    """The UTC offset of a civil day in seconds; None when the clock changes on that day."""
    offset = as_utc(day) - midnight(day)
    return offset if day_length(day) == 86_400 else None  # noqa: PLR2004 (24 hours)


def instants(day: date, second: int) -> tuple[int, int]:
    """The earlier and the later instant that a written time of day can mean; mostly equal.

    They differ in the hour that autumn repeats. For a time in the hour that spring skips, the first
    one is later: it is computed with the offset before the change.
    """
    naive = datetime.fromtimestamp(as_utc(day) + second, UTC).replace(tzinfo=PARIS)
    return int(naive.timestamp()), int(naive.replace(fold=1).timestamp())
