"""Protects orders under way, and the end of a run, from the interruption by a signal."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class CriticalSection:
    """A section in which a signal stops the run at its next step instead of raising.

    Python delivers signals to the main thread only, so `begin` and `end` do nothing in others.
    """

    __slots__ = ("_stop",)

    def __init__(self) -> None:
        self._stop: Callable[[], None] | None = None

    def begin(self, stop: Callable[[], None]) -> None:
        """Enter the section: a signal calls `stop` and raises nothing."""
        if _is_main():
            self._stop = stop

    def end(self) -> None:
        """Leave the section: a signal raises KeyboardInterrupt again."""
        if _is_main():
            self._stop = None

    def stop_run(self) -> bool:
        """Stop the run that is in the section; return False if no run is."""
        if self._stop is None:
            return False
        self._stop()
        return True


class RunEnd:
    """Holds signals back from the end of a run, call or fleet until the next one begins."""

    __slots__ = ("_was_signalled", "has_ended")

    def __init__(self) -> None:
        self.has_ended = False
        self._was_signalled = False

    @contextmanager
    def commit(self) -> Iterator[None]:
        """Commit the end of a run in this block; if that fails, a held-back signal raises."""
        if not _is_main():
            yield
            return
        self.has_ended = True
        try:
            yield
        except BaseException:
            self.begin()
            raise

    def begin(self) -> None:
        """Let signals interrupt again; raise KeyboardInterrupt for one that was held back."""
        if not _is_main():
            return
        self.has_ended = False
        if self._was_signalled:
            self._was_signalled = False
            raise KeyboardInterrupt

    def reset(self) -> None:
        """Forget earlier ends and signals, because a command begins."""
        self.has_ended = self._was_signalled = False

    def hold_back(self) -> bool:
        """Note a signal; return True if it must raise nothing now."""
        self._was_signalled = self.has_ended
        return self.has_ended


def _is_main() -> bool:
    return threading.current_thread() is threading.main_thread()


CRITICAL = CriticalSection()  # one for the process, which has one main thread
RUN_END = RunEnd()
