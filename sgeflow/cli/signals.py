"""Ctrl-C: the first one ends a command with order, the next one ends the process, with one line."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from sgeflow.adapters.http.interrupts import UNCUT
from sgeflow.errors import Exit
from sgeflow.messages import say
from sgeflow.terminal.terminal import Terminal

_SIGNALS = (signal.SIGINT, signal.SIGTERM)  # a service is stopped like Ctrl-C


@contextmanager
def interruptible(terminal: Terminal) -> Iterator[None]:
    """Within it, the first signal raises KeyboardInterrupt, and the next one raises nothing.

    It would be raised in the middle of what the first one made of the command, wherever that is.
    The journal is written for such an end: what was under way is found when a run goes on. Only
    the answer to an order is waited for first, so that its outcome is known.
    """
    pressed = False

    def press(_number: int, _frame: FrameType | None) -> None:
        nonlocal pressed
        if not pressed:
            pressed = True
            if not UNCUT.stopped():
                raise KeyboardInterrupt
            terminal.aside_at_once(
                say("an order is under way: its answer is waited for; Ctrl-C again ends at once")
            )
            return
        if terminal.is_parting:  # it ends already
            return
        terminal.part_at_once()
        os._exit(Exit.INTERRUPTED)

    before = {}
    try:
        with suppress(ValueError):  # not in the main thread: whoever embeds it has his own
            for number in _SIGNALS:
                before[number] = signal.signal(number, press)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def stop_signal() -> threading.Event:
    """What is set when the person or the system ends the process, from now on."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    return stopped
