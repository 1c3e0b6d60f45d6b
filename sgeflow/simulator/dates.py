"""Days, months and instants in French civil time, in the forms that SGE uses."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sgeflow.core.language.dates import Duration

PARIS = ZoneInfo("Europe/Paris")
ONE_DAY = timedelta(days=1)

_LAST_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def months_later(day: date, months: int) -> date:
    """The day `months` later (negative: earlier), or the last of a month that lacks the day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    leap = month == 1 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return date(year, month + 1, min(day.day, _LAST_DAYS[month] + leap))


def shift_day(day: date, by: Duration) -> date:
    """The day `by` later (negative: earlier): months are added first, then days."""
    return months_later(day, by.months) + timedelta(days=by.days)


@lru_cache(maxsize=8192)
def midnight(day: date) -> int:
    """Epoch seconds of midnight in Paris at the start of the day."""
    return int(datetime(day.year, day.month, day.day, tzinfo=PARIS).timestamp())


def local(instant: int) -> datetime:
    """Civil time in Paris of epoch seconds, with its offset."""
    return datetime.fromtimestamp(instant, UTC).astimezone(PARIS)


def xs_date(day: date) -> str:
    """The day as SGE writes `xs:date`, with that day's offset: `2025-05-15+02:00`."""
    return f"{day.isoformat()}{local(midnight(day)).isoformat()[-6:]}"
