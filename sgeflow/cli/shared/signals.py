"""Ctrl-C: the first press ends the command properly, the next ends the process at once."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from sgeflow.adapters.http.interrupts import CRITICAL, RUN_END
from sgeflow.errors import Exit
from sgeflow.messages import say
from sgeflow.terminal.terminal import Terminal

SignalHandler = Callable[[int, FrameType | None], object]

# a service manager's stop and a closed terminal count as Ctrl-C
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_SOON = 0.01  # seconds, for a finalizer to end


@contextmanager
def interruptible(terminal: Terminal, behind: SignalHandler | None = None) -> Iterator[None]:
    """Make the first signal within the block raise KeyboardInterrupt, and the next end the process.

    A second exception could come anywhere in the handling of the first, so the process ends at
    once; the journal allows this, and a resumed run finds what was under way. While an order waits
    for its answer, the first signal only stops the run after the answer. After the end of a run,
    the first signal raises nothing. After the block, Ctrl-C calls `behind`, or the handler that was
    set before.
    """
    interruption = _Interruption(terminal)
    RUN_END.reset()
    before, hook = {}, sys.unraisablehook
    try:
        with suppress(ValueError):  # in another thread the embedding program has its own handlers
            for number in _signals():
                before[number] = signal.signal(number, interruption.press)
            sys.unraisablehook = interruption.note_unraisable
        yield
    finally:
        for number, handler in before.items():
            is_other = behind is not None and number == signal.SIGINT
            signal.signal(number, behind if is_other else handler)
        sys.unraisablehook = hook
        interruption.is_swallowed = False
        RUN_END.reset()


class _Interruption:
    """Handles the signals that come while a command runs."""

    def __init__(self, terminal: Terminal) -> None:
        self.is_swallowed = False  # Python ignored the exception, because a finalizer was running
        self._is_pressed = self._is_noting = False
        self._terminal = terminal
        self._tell_unraisable = sys.unraisablehook

    def press(self, _number: int, _frame: FrameType | None) -> None:
        """Handle a signal."""
        if self._is_noting:  # in a finalizer: the signal is sent again after it
            return
        if not self._is_pressed or self.is_swallowed:
            self._is_pressed, self.is_swallowed = True, False
            self._interrupt()
            return
        if self._terminal.is_telling_interruption:  # the end is being reported
            return
        if RUN_END.has_ended:
            # the run has ended: there is nothing to resume
            self._terminal.interruption = lambda: say("interrupted")
        self._terminal.tell_interruption_in_handler()
        os._exit(Exit.INTERRUPTED)

    def _interrupt(self) -> None:
        if RUN_END.hold_back():  # the run has ended: its report and clean-up go on
            return
        if not CRITICAL.stop_run():
            raise KeyboardInterrupt
        self._terminal.aside_in_handler(
            say(
                "an order is under way: sgeflow waits for its answer; press Ctrl-C again to "
                "stop at once"
            )
        )

    def note_unraisable(self, unraisable: sys.UnraisableHookArgs) -> None:
        """Send an interruption again that came in a finalizer, where Python ignores it."""
        if unraisable.exc_type is not KeyboardInterrupt:
            self._tell_unraisable(unraisable)
            return
        self.is_swallowed = self._is_noting = True
        try:
            threading.Timer(_SOON, self._press_again).start()
        finally:
            self._is_noting = False

    def _press_again(self) -> None:
        while self._is_noting:  # on a busy machine
            time.sleep(_SOON)
        if self.is_swallowed:
            os.kill(os.getpid(), signal.SIGINT)


def stop_signal() -> threading.Event:
    """Return an event that is set when a signal asks the process to end."""
    stopped = threading.Event()
    for number in _signals():
        signal.signal(number, lambda *_: stopped.set())
    return stopped


def _signals() -> list[signal.Signals]:
    """Return the signals that end a command; under `nohup` a closed terminal does not."""
    is_deaf = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    return [one for one in _SIGNALS if one is not signal.SIGHUP or not is_deaf]
