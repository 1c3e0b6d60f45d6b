"""Civil dates and ISO 8601 durations as flows write them: `2025-05-15`, `P7D`, `-P24M`.

Services also write a date with an offset (`2025-05-15+02:00`) or with a time
(`2025-05-15T10:00:00+02:00`). The written civil date counts; nothing is converted. Every function
raises ValueError with a message for people if a text has another form.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import pairwise

from msgspec import Struct

from sgeflow.messages import say
from sgeflow.patterns import regex

_DATE = regex(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ](?P<time>(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?))?"
    r"(?P<offset>Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])?"
)
_DURATION = regex(
    r"(?P<sign>[+-]?)P(?=.)"
    r"(?:(?P<years>[0-9]{1,5})Y)?(?:(?P<months>[0-9]{1,5})M)?"
    r"(?:(?P<weeks>[0-9]{1,6})W)?(?:(?P<days>[0-9]{1,7})D)?"
    r"(?:T(?=.)(?:(?P<hours>[0-9]{1,8})H)?(?:(?P<minutes>[0-9]{1,9})M)?"
    r"(?:(?P<seconds>[0-9]{1,11})S)?)?"
)
_DAY = 86_400
FIRST_IN_USE, LAST_IN_USE = "2000-01-01", "2199-12-31"
"""The first and the last day that may be the date of a run."""


class Duration(Struct, frozen=True, kw_only=True):
    """A length of time in months (12 a year), days (7 a week) and seconds, all of one sign."""

    months: int = 0
    days: int = 0
    seconds: int = 0

    def __bool__(self) -> bool:
        return bool(self.months or self.days or self.seconds)

    @property
    def backwards(self) -> bool:
        """Whether the duration is negative."""
        return self.months < 0 or self.days < 0 or self.seconds < 0

    def times(self, count: int) -> Duration:
        """The length multiplied by `count`."""
        return Duration(
            months=self.months * count, days=self.days * count, seconds=self.seconds * count
        )


def parse_duration(text: str) -> Duration:
    """Read `P7D`, `P1Y`, `P24M`, `PT30M`, `-P28D`; whole numbers only."""
    match = _whole_match(_DURATION, text)
    if match is None:
        raise ValueError(
            say(
                "{text!r} is not a duration; write it like P7D, P1M, P3Y, PT30M or -P28D", text=text
            )
        )
    sign = -1 if match["sign"] == "-" else 1
    years, months, weeks, days, hours, minutes, seconds = (
        sign * int(figure or 0) for figure in match.groups()[1:]
    )
    return Duration(
        months=12 * years + months,
        days=7 * weeks + days,
        seconds=3600 * hours + 60 * minutes + seconds,
    )


def duration_seconds(text: str) -> float:
    """The seconds of a duration without months, such as `PT30S` or `P1D`."""
    duration = parse_duration(text)
    if duration.months:
        raise ValueError(
            say("{text!r} has months, which have no fixed length; write days or less", text=text)
        )
    return float(duration.days * _DAY + duration.seconds)


def civil_date(text: str) -> str:
    """The date at the start of an ISO date or dateTime: `2025-05-15`."""
    return _date(text).isoformat()


PARTS = ("year", "month", "day", "weekday", "hour")
"""The names of parts of a date."""


def part(text: str, name: str) -> int:
    """A part of a date or dateTime as it is written; weekday 1 is Monday.

    Raises:
        ValueError: the text is not a date, the part is unknown, or an hour is asked of a date
            without a time.
    """
    day = _date(text)
    if name not in PARTS:
        known = ", ".join(PARTS)
        raise ValueError(say("date_part() accepts {known}, not {name!r}", known=known, name=name))
    if name == "hour":
        match = _whole_match(_DATE, text)
        if match is None or match["time"] is None:
            raise ValueError(say("{text!r} is a day, and has no hour", text=text))
        return int(match["time"][:2])
    number: int = day.isoweekday() if name == "weekday" else getattr(day, name)
    return number


def is_in_use(text: str) -> bool:
    """Whether a text is a day that may be the date of a run.

    The limits leave room in the calendar for dates that flows compute from it.
    """
    try:
        return FIRST_IN_USE <= civil_date(text) <= LAST_IN_USE
    except ValueError:
        return False


def add(date_text: str, duration_text: str) -> str:
    """The date some days, months or years later; a 31st becomes the last day of its month."""
    return move_day(_date(date_text), _whole_days(duration_text)).isoformat()


def days_between(start: str, end: str) -> int:
    """The number of days from `start` to `end`; negative if `end` comes first."""
    return (_date(end) - _date(start)).days


def check_order(first: date, last: date) -> None:
    """Raise ValueError if `last` is before `first`; equal days are allowed."""
    if first > last:
        raise ValueError(
            say("the days start on {first}, after their end on {last}", first=first, last=last)
        )


def windows(start: str, end: str, step: str) -> list[dict[str, str]]:
    """Half-open windows `{start, end}` of one length that cover exactly `start <= day < end`.

    They go from the start to the end, and the last may be shorter. With a negative step they go
    from the end to the start, newest first, and the oldest may be shorter. Each border is computed
    from the first one, so months that begin on a 31st do not drift.
    """
    first, last, stride = _date(start), _date(end), _whole_days(step)
    if not stride:
        raise ValueError(
            say("windows of {step!r} have no length; write a step like P7D", step=step)
        )
    check_order(first, last)
    origin, target = (last, first) if stride.backwards else (first, last)
    borders, border = list[date](), origin
    while border != target:
        borders.append(border)
        try:
            border = move_day(origin, stride.times(len(borders)))
        except ValueError:  # beyond the calendar
            border = target
        border = max(border, target) if stride.backwards else min(border, target)
    borders.append(target)
    return [{"start": str(min(both)), "end": str(max(both))} for both in pairwise(borders)]


def earliest(dates: Iterable[str | None]) -> str | None:
    """The earliest of some dates as a civil date, without nulls; None if all are null."""
    return min((civil_date(one) for one in dates if one is not None), default=None)


def latest(dates: Iterable[str | None]) -> str | None:
    """The latest of some dates as a civil date, without nulls; None if all are null."""
    return max((civil_date(one) for one in dates if one is not None), default=None)


def orderable(left: str, right: str) -> tuple[date, date]:
    """Two days, or two instants with offsets, as values that Python can order.

    Raises:
        ValueError: a text is neither, or one is a day and the other an instant.
    """
    moments = (_moment(left), _moment(right))
    if isinstance(moments[0], datetime) is not isinstance(moments[1], datetime):
        raise ValueError(say("a day cannot be compared with an instant"))
    return moments


def kind_of_time(text: str) -> str:
    """`day` or `instant` if a text can be ordered as one of them; otherwise an empty text."""
    try:
        return "instant" if isinstance(_moment(text), datetime) else "day"
    except ValueError:
        return ""


def _moment(text: str) -> date:
    """A day without a time, or an instant with its offset."""
    match = _whole_match(_DATE, text)
    if match is None or (match["time"] and not match["offset"]):
        raise ValueError(say("{text!r} is neither a day nor an instant", text=text))
    return _date(text) if match["time"] is None else datetime.fromisoformat(text)


def move_day(day: date, duration: Duration) -> date:
    """The day a duration later: first months, at most to the last day of the month, then days.

    Raises:
        ValueError: the calendar has no such day.
    """
    months = day.year * 12 + day.month - 1 + duration.months
    year, month = divmod(months, 12)
    try:
        clamped = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
        return clamped + timedelta(days=duration.days)
    except (ValueError, OverflowError):
        raise ValueError(say("a date that far from {day} does not exist", day=day)) from None


def _whole_days(text: str) -> Duration:
    duration = parse_duration(text)
    if duration.seconds % _DAY:
        raise ValueError(
            say("{text!r} has hours, dates have none; write days, months or years", text=text)
        )
    return Duration(months=duration.months, days=duration.days + duration.seconds // _DAY)


def _date(text: object) -> date:
    match = _whole_match(_DATE, text)
    if match is None:
        raise ValueError(say("{text!r} is not a date; write it like 2025-05-15", text=text))
    try:
        return date.fromisoformat(match["date"])
    except ValueError:
        raise ValueError(say("{text!r} is not in the calendar", text=text)) from None


def _whole_match(pattern: re.Pattern[str], text: object) -> re.Match[str] | None:
    return pattern.fullmatch(text) if isinstance(text, str) else None
