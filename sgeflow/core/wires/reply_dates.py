"""When a reply was made, and how long its server wants to be left alone: by its headers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from sgeflow.core.model import Response
from sgeflow.patterns import regex

# RFC 9110, 5.6.7; one alone: of two that were joined, neither is believed
_IMF = regex(r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT")
_LONGEST = 365 * 86_400.0  # seconds: whoever waits has given up long before
_SECONDS = regex(r"[0-9]{1,15}")


def made_at(response: Response) -> float | None:
    """The moment (epoch seconds) at which a server says that it made a reply.

    A reply that is stored and given again keeps its `Date`, or says its `Age`. None: it says
    nothing, or nothing that can be read.
    """
    date, age = (response.headers.get(name, "").strip() for name in ("date", "age"))
    moment = moment_of(date) if _IMF.fullmatch(date) else None
    if moment is None or (age and not _SECONDS.fullmatch(age)):
        return None
    return moment.timestamp() - float(age or 0)


def server_now(headers: Mapping[str, str]) -> float | None:
    """The moment (epoch seconds) by the clock of the server that answered; None without one.

    A reply that was stored tells its `Age` since its `Date` (RFC 9111, 4.2.3). Of two that were
    joined neither is believed.
    """
    date, age = headers.get("date", ""), headers.get("age", "").strip()
    moment = moment_of(date)
    if moment is None or date.count(",") > 1:
        return None
    return moment.timestamp() + (float(age) if _SECONDS.fullmatch(age) else 0.0)


def retry_after(response: Response) -> float | None:
    """The seconds that the server asks to wait, a year at most.

    A date is read beside the server's own clock.
    """
    value = response.headers.get("retry-after", "").strip()
    if _SECONDS.fullmatch(value):
        return min(float(value), _LONGEST)
    until, now = moment_of(value), moment_of(response.headers.get("date", ""))
    if until is None or now is None:
        return None
    return min(max(0.0, (until - now).total_seconds()), _LONGEST)


def moment_of(text: str) -> datetime | None:
    """An HTTP date; None for anything else."""
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
