"""What an interruption must not cut: an order that is under way, until its outcome is noted."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Uncut:
    """A stretch of the main thread in which an interruption stops what runs at its next step.

    Signals come to the main thread alone; the stretches of other threads are never cut.
    """

    __slots__ = ("_stop",)

    def __init__(self) -> None:
        self._stop: Callable[[], None] | None = None

    def begin(self, stop: Callable[[], None]) -> None:
        """From now on an interruption calls `stop`, and is over with that."""
        if _is_main():
            self._stop = stop

    def end(self) -> None:
        """The outcome is noted; an interruption cuts again."""
        if _is_main():
            self._stop = None

    def stopped(self) -> bool:
        """Whether there is such a stretch; if so, what runs in it was told to stop."""
        if self._stop is None:
            return False
        self._stop()
        return True


def _is_main() -> bool:
    return threading.current_thread() is threading.main_thread()


UNCUT = Uncut()  # one main thread, one stretch
