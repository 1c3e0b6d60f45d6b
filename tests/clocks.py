"""What servers of tests say of the time: each passes for a simulator on the day of the tests."""

from __future__ import annotations

import time
from datetime import date
from email.utils import formatdate

from sgeflow.core.hosts import SIMULATOR_SERVER
from sgeflow.core.measures.civil_time import civil, days_later

TODAY = "2025-06-15"


def dated(day: str = TODAY) -> str:
    """The value of a `Date`: the present time of day, on a day in France."""
    now = time.time()
    shift = (date.fromisoformat(day) - civil(int(now)).date()).days
    return formatdate(days_later(now, shift), usegmt=True)


def time_reply(day: str = TODAY) -> bytes:
    """What a simulator answers to whoever asks for the time."""
    head = f"HTTP/1.1 200 OK\r\nServer: {SIMULATOR_SERVER}\r\nDate: {dated(day)}\r\n"
    return f"{head}Content-Length: 0\r\n\r\n".encode()


class OfToday:
    """Beside a handler of `http.server`: it passes for a simulator on the day of the tests."""

    day = TODAY

    def version_string(self) -> str:
        return SIMULATOR_SERVER

    def date_time_string(self, timestamp: float | None = None) -> str:
        return dated(self.day)

    def do_HEAD(self) -> None:  # noqa: N802 - of http.server
        """Whoever asks for the time is told it, and has asked for nothing else."""
        self.wfile.write(time_reply(self.day))  # type: ignore[attr-defined]
