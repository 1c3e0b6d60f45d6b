"""Days in French civil time, in the forms that SGE uses."""

from datetime import date

from sgeflow.core.language.dates import Duration, move_day
from sgeflow.core.measures.civil_time import civil, midnight


def months_later(day: date, months: int) -> date:
    """The day `months` later (negative: earlier), or the last of a month that lacks the day."""
    return move_day(day, Duration(months=months))


def xs_date(day: date) -> str:
    """The day as SGE writes `xs:date`, with that day's offset: `2025-05-15+02:00`."""
    return f"{day.isoformat()}{civil(midnight(day)).isoformat()[-6:]}"
