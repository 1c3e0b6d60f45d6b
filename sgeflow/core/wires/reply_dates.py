"""Reads times from reply headers: when a reply was made, and when to retry."""

from collections.abc import Mapping
from datetime import UTC, datetime

from sgeflow.core.model import Response
from sgeflow.patterns import regex

# RFC 9110, 5.6.7; two joined dates are not a date
_IMF = regex(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT")
_LONGEST = 365 * 86_400.0  # seconds; a longer Retry-After is cut to this
_SECONDS = regex(r"[0-9]{1,15}")


def made_at(response: Response) -> float | None:
    """The time (epoch seconds) at which the server made a reply; None if unknown.

    A stored reply keeps its `Date` or gives its `Age`.
    """
    date, age = (response.headers.get(name, "").strip() for name in ("date", "age"))
    moment = moment_of(date) if _IMF.fullmatch(date) else None
    if moment is None or (age and not _SECONDS.fullmatch(age)):
        return None
    return moment.timestamp() - float(age or 0)


def server_now(headers: Mapping[str, str]) -> float | None:
    """The server's current time (epoch seconds); None if unknown.

    A stored reply gives its `Age` since its `Date` (RFC 9111, 4.2.3). Two joined dates are ignored.
    """
    date, age = headers.get("date", ""), headers.get("age", "").strip()
    moment = moment_of(date)
    if moment is None or date.count(",") > 1:
        return None
    return moment.timestamp() + (float(age) if _SECONDS.fullmatch(age) else 0.0)


def retry_after(response: Response) -> float | None:
    """The seconds that the server asks to wait, at most a year; None without a request.

    A date counts from the server's own time.
    """
    value = response.headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(value):
        return min(float(value), _LONGEST)
    until, now = moment_of(value), moment_of(response.headers.get("date", ""))
    if until is None or now is None:
        return None
    return min(max(0.0, (until - now).total_seconds()), _LONGEST)


def moment_of(text: str) -> datetime | None:
    """The time of an HTTP date; None for any other text."""
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
