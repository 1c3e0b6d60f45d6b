"""How a process ended: its signal or exit code, and the last words of its error output."""

from __future__ import annotations

import signal
import threading
from collections import deque
from collections.abc import Callable
from typing import IO

from sgeflow.messages import Message, from_table, say
from sgeflow.runtime.bug_report import without_values

_LINES = 50  # that are kept
_LONGEST = 200  # characters of one
_SOON = 1.0  # seconds, until what a dead process has said is read
_FATAL = "Fatal Python error"


class LastOutput:
    """Reads what a process says beside its work, so that it never waits, and keeps the end."""

    def __init__(self, stream: IO[str] | None = None) -> None:
        """Read until it ends, in a thread of its own; without a stream there are no words."""
        self._lines: deque[str] = deque(maxlen=_LINES)
        self._ended = threading.Event()
        if stream is None:
            self._ended.set()
            return
        threading.Thread(target=self._read, args=(stream,), daemon=True).start()

    def last(self) -> str:
        """The line that says why a process ended, as far as one does; empty without any."""
        self._ended.wait(_SOON)
        lines = [*self._lines]
        fatal = (line for line in lines if line.startswith(_FATAL))
        return next(fatal, lines[-1] if lines else "")

    def _read(self, stream: IO[str]) -> None:
        with stream:
            for line in iter(lambda: stream.readline(_LONGEST), ""):
                if text := line.strip():
                    self._lines.append(text)
        self._ended.set()


def describe_end(code: int | None, last: str, mask: Callable[[str], str]) -> Message:
    """How a process ended; `code` is that of `subprocess`, None while it has not."""
    how = say("it does not answer")
    if code is not None:
        how = say("exit code {code}", code=code) if code >= 0 else from_table(_signal(-code))
    if not last:
        return how
    return say("{how}: “{words}”", how=how, words=without_values(mask(last)))


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # one in real time
        return f"signal {number}"
