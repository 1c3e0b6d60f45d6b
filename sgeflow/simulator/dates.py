"""Days, months and instants of French legal time, as SGE counts and writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sgeflow.core.language.dates import Duration

PARIS = ZoneInfo("Europe/Paris")
ONE_DAY = timedelta(days=1)

_LAST_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def months_later(day: date, months: int) -> date:
    """The day some months later (or earlier); the month's last day where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    leap = month == 1 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return date(year, month + 1, min(day.day, _LAST_DAYS[month] + leap))


def shift_day(day: date, by: Duration) -> date:
    """A day that comes so much later, or before when it leads backwards: months, then days."""
    return months_later(day, by.months) + timedelta(days=by.days)


@lru_cache(maxsize=8192)
def midnight(day: date) -> int:
    """Epoch seconds of the midnight that starts the day in Paris."""
    return int(datetime(day.year, day.month, day.day, tzinfo=PARIS).timestamp())


def local(instant: int) -> datetime:
    """Civil time in Paris of epoch seconds, with its offset."""
    return datetime.fromtimestamp(instant, UTC).astimezone(PARIS)


def xs_date(day: date) -> str:
    """`xs:date` as SGE answers it, with the offset of that day: `2025-05-15+02:00`."""
    return f"{day.isoformat()}{local(midnight(day)).isoformat()[-6:]}"
