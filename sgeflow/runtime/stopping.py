"""Asking runs to stop."""

from __future__ import annotations

import threading
import time

_SLICE = 0.25  # seconds; how long a pause may ignore that all runs shall stop


class InterruptedRun(KeyboardInterrupt):
    """The person or the system asked the run to stop; it did so between two effects."""


class Stopping:
    """Asks a run to stop: set by the run itself, or by `outer` for all runs that share it."""

    __slots__ = ("_outer", "_own")

    def __init__(self, outer: threading.Event | None = None) -> None:
        self._own = threading.Event()
        self._outer = outer

    def is_set(self) -> bool:
        """Whether the run shall stop."""
        return self._own.is_set() or (self._outer is not None and self._outer.is_set())

    def set(self) -> None:
        """Stop this run alone."""
        self._own.set()

    def wait(self, seconds: float) -> bool:
        """Wait, at most until the run shall stop; whether it shall."""
        end = time.monotonic() + seconds
        while not self.is_set() and (left := end - time.monotonic()) > 0:
            self._own.wait(left if self._outer is None else min(left, _SLICE))
        return self.is_set()
