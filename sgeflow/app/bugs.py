"""Bugs met while rows are done: a row fails, the others go on, and each bug is reported once."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sgeflow.adapters.console.bug import write_bug
from sgeflow.say import Said, fixed, sentences
from sgeflow.version import __version__


@dataclass(slots=True, kw_only=True)
class Bugs:
    """The bugs of one fleet in one process; threads share it."""

    folder: Path  # where reports are written, when it is there
    flow: str
    warn: Callable[[str], None]  # hears of each bug once, and where its report is
    _known: dict[str, Said] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def told(self, error: Exception) -> Said:
        """What is said of a row that met a bug."""
        place = "".join(traceback.format_tb(error.__traceback__))
        key = f"{type(error).__qualname__}\n{place}"
        with self._lock:
            if key not in self._known:
                words = ("run", self.flow, "--each")
                problem = write_bug(error, words, str(self.folder), __version__)
                self._known[key] = problem.message
                where = fixed(problem.details[0][1])
                self.warn(sentences(problem.message, where, between=" · "))
            return self._known[key]
