"""What an interruption must not cut: an order that is under way, and the end of what was run."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class CriticalSection:
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

    def stop_inside(self) -> bool:
        """Tell what runs in such a stretch to stop; whether there is one."""
        if self._stop is None:
            return False
        self._stop()
        return True


class Ends:
    """From the end of a run, call or fleet on, a signal raises nothing until another begins."""

    __slots__ = ("_passed", "stand")

    def __init__(self) -> None:
        self.stand = False
        self._passed = False

    @contextmanager
    def coming(self) -> Iterator[None]:
        """The end is committed within it; without one an interruption that came is raised."""
        if not _is_main():
            yield
            return
        self.stand = True
        try:
            yield
        except BaseException:
            self.clear()
            raise

    def clear(self) -> None:
        """Something begins: it can be interrupted, also by what came since the last end."""
        if not _is_main():
            return
        self.stand = False
        if self._passed:
            self._passed = False
            raise KeyboardInterrupt

    def forget(self) -> None:
        """A command begins, which nothing has interrupted yet."""
        self.stand = self._passed = False

    def hold_back(self) -> bool:
        """Whether an interruption that comes now raises nothing."""
        self._passed = self.stand
        return self.stand


def _is_main() -> bool:
    return threading.current_thread() is threading.main_thread()


CRITICAL = CriticalSection()  # one main thread, one stretch
ENDS = Ends()
