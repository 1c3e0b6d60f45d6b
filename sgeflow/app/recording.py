"""What is told of a run while it goes, and the report that is made of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from sgeflow.core.engine.effects import Began, Ended, Export, Exported, Warn, WriteReport
from sgeflow.core.model import CallRecord, StepTrace
from sgeflow.driver import Event


@dataclass(slots=True)
class Report:
    """Collects what the report of a run is made of, from any thread, and passes events on."""

    listener: Callable[[Event], None]
    export: Callable[[Export | WriteReport], Exported]
    steps: list[StepTrace] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    calls: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def listen(self, event: Began | Ended | Warn | CallRecord) -> None:
        """One event."""
        with self._lock:
            if isinstance(event, Ended):
                self.steps.append(event.trace)
            elif isinstance(event, Warn):
                if event.text in self.warnings:
                    return
                self.warnings.append(event.text)
            elif isinstance(event, CallRecord):
                self.calls += 1
            self.listener(event)

    def written(self, effect: Export | WriteReport) -> Exported:
        """Carry an export or a report out, and note its file."""
        exported = self.export(effect)
        with self._lock:
            self.files.append(exported.file)
        return exported
