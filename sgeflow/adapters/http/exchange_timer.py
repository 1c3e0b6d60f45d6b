"""How long an exchange may take, and how far it came; its thread alone sees it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class ExchangeTimer(threading.local):
    """The exchange of this thread: how long it may take, and how far it came."""

    until: float = float("inf")
    slept: float = 0.0  # seconds for which the machine had slept since its start, at the beginning
    pause: float = 60.0
    connected: bool = False  # the server took the connection; TLS may not be agreed on yet
    at_proxy: bool = False  # a proxy on the way has opened no connection yet
    sent: bool = False  # bytes of the request left
    answered: bool = False  # bytes of a reply came
    agreeing: bool = False  # of TLS 1.3: the server's word about us may come behind the request
    depart: Callable[[], bool] | None = None  # whether the turn of the call still holds
    word: float = 0.0  # seconds to wait for that word before anything leaves

    def begin(
        self,
        until: float,
        pause: float,
        word: float = 0.0,
        depart: Callable[[], bool] | None = None,
    ) -> None:
        """A new exchange: it ends at `until`, and no silence lasts longer than `pause`."""
        self.until, self.pause, self.word, self.depart = until, pause, word, depart
        self.slept = _slept()
        self.connected = self.sent = self.answered = self.agreeing = False
        self.at_proxy = False

    @property
    def time_left(self) -> float:
        """Seconds until it ends, those in which the machine slept included.

        By then others may have settled what it was about to send, and the uptime tells them when.
        """
        return self.until - time.monotonic() - (_slept() - self.slept)

    def check(self) -> None:
        """Go on while there is time; what came may take long to unpack. Raises TimeoutError."""
        if self.time_left <= 0:
            raise TimeoutError


def _slept() -> float:
    """Seconds for which the machine has slept since its start; 0 where no clock tells (macOS)."""
    clock: int | None = getattr(time, "CLOCK_BOOTTIME", None)
    return 0.0 if clock is None else time.clock_gettime(clock) - time.monotonic()


timer = ExchangeTimer()
