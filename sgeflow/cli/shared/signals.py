"""Ctrl-C: the first one ends a command with order, the next one ends the process, with one line."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from sgeflow.adapters.http.interrupts import CRITICAL, ENDS
from sgeflow.errors import Exit
from sgeflow.messages import say
from sgeflow.terminal.terminal import Terminal

SignalHandler = Callable[[int, FrameType | None], object]

# a service is stopped like Ctrl-C, and so is what a terminal that closes has begun
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_SOON = 0.01  # seconds, until a finalizer has ended


@contextmanager
def interruptible(terminal: Terminal, behind: SignalHandler | None = None) -> Iterator[None]:
    """Within it, the first signal raises KeyboardInterrupt, and the next one raises nothing.

    It would be raised in the middle of what the first one made of the command, wherever that is.
    The journal is written for such an end: what was under way is found when a run goes on. Only
    the answer to an order is waited for first, so that its outcome is known. Behind the end of what
    was run the first signal raises nothing. Whatever came is over with the command. Ctrl-C does
    `behind` it what it did before it, or what is said here.
    """
    interruption = _Interruption(terminal)
    ENDS.forget()
    before, hook = {}, sys.unraisablehook
    try:
        with suppress(ValueError):  # not in the main thread: whoever embeds it has his own
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
        ENDS.forget()


class _Interruption:
    """Handles the signals that come while a command runs."""

    def __init__(self, terminal: Terminal) -> None:
        self.is_swallowed = False  # it was raised where Python goes on over whatever is raised
        self._is_pressed = self._is_noting = False
        self._terminal = terminal
        self._tell_unraisable = sys.unraisablehook

    def press(self, _number: int, _frame: FrameType | None) -> None:
        """A signal has come."""
        if self._is_noting:  # within the finalizer still: it comes again behind it
            return
        if not self._is_pressed or self.is_swallowed:
            self._is_pressed, self.is_swallowed = True, False
            self._interrupt()
            return
        if self._terminal.is_telling_interruption:  # it ends already
            return
        if ENDS.stand:
            # the run has ended: there is nothing to resume
            self._terminal.interruption = lambda: say("interrupted")
        self._terminal.tell_interruption_in_handler()
        os._exit(Exit.INTERRUPTED)

    def _interrupt(self) -> None:
        if ENDS.hold_back():  # it has ended: what comes behind is tidied up and told
            return
        if not CRITICAL.stop_inside():
            raise KeyboardInterrupt
        self._terminal.aside_in_handler(
            say("an order is under way: its answer is waited for; Ctrl-C again ends at once")
        )

    def note_unraisable(self, unraisable: sys.UnraisableHookArgs) -> None:
        """A finalizer raised something: an interruption comes again when it has ended."""
        if unraisable.exc_type is not KeyboardInterrupt:
            self._tell_unraisable(unraisable)
            return
        self.is_swallowed = self._is_noting = True
        try:
            threading.Timer(_SOON, self._press_again).start()
        finally:
            self._is_noting = False

    def _press_again(self) -> None:
        while self._is_noting:  # a busy machine takes its time
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
    """The signals that end a command; `nohup` has it hear nothing of a terminal that closes."""
    is_deaf = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    return [one for one in _SIGNALS if one is not signal.SIGHUP or not is_deaf]
