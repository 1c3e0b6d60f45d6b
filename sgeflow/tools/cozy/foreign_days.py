"""Days as other programs wrote them into an account: JavaScript's moments, days of SGE, of people.

Which form the program before used is not known, so each is read that can mean one day alone.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime

from sgeflow.core.measures.civil_time import PARIS, civil_day
from sgeflow.patterns import regex

_DAY = regex(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:Z|[+-][0-9]{2}:?[0-9]{2})?")  # an XML date
_OF_PEOPLE = regex(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_SECONDS = regex(r"[0-9]{9,10}")
_MILLISECONDS = regex(r"[0-9]{12,13}")


def day_of(value: str | int) -> str | None:
    """The civil day in France (`2026-06-15`) that a value means; None where it means none."""
    written = str(value).strip()
    with suppress(ValueError, OverflowError):
        if match := _DAY.fullmatch(written):
            return date.fromisoformat(match[1]).isoformat()
        if match := _OF_PEOPLE.fullmatch(written):
            return date(int(match[3]), int(match[2]), int(match[1])).isoformat()
        if _SECONDS.fullmatch(written):
            return civil_day(int(written))
        if _MILLISECONDS.fullmatch(written):
            return civil_day(int(written) / 1000)
        moment = datetime.fromisoformat(written)
        return (moment.astimezone(PARIS) if moment.tzinfo else moment).date().isoformat()
    return None
