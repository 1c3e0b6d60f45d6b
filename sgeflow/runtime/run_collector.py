"""What is told of a run while it goes, and the report that is made of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct, field

from sgeflow.adapters.state.contents import pack_steps
from sgeflow.adapters.state.journal import Journal
from sgeflow.core.engine.conditions import HIDDEN, digest
from sgeflow.core.engine.effects import Began, Ended, Export, Exported, Warn, WriteReport
from sgeflow.core.engine.step import Flow, Run
from sgeflow.core.model import CallRecord, StepTrace
from sgeflow.runtime.driver import Event


class RunCollector(Struct):
    """Collects what the report of a run is made of, from any thread, and passes events on."""

    listener: Callable[[Event], None]
    watch: Callable[[Any], None]  # of an observer, which hears of the report too
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
            self.watch(event)

    def write_output(self, effect: Export | WriteReport) -> Exported:
        """Carry an export or a report out, and note its file."""
        exported = self.export(effect)
        with self._lock:
            self.files.append(exported.file)
        return exported


class StepKeeper(Struct, frozen=True, kw_only=True):
    """Keeps the steps of one run, as far as it went."""

    journal: Journal
    collector: RunCollector
    flow: Flow
    given: Mapping[str, Any]
    facts: Run
    check_hold: Callable[[], None]

    def keep(self, outputs: Any = None) -> None:
        """Hand the steps to the journal, which writes them with the run's end.

        Raises:
            TechnicalError: the run is no longer held: how it went is others' to tell.
        """
        self.check_hold()
        form = self._digest(outputs)
        parts = self.collector.steps, self._inputs(), form, self.collector.warnings
        self.journal.keep_steps(self.facts.id, pack_steps(*parts))

    def _inputs(self) -> dict[str, Any]:
        return {
            name: HIDDEN if self.flow.inputs[name].personal else self._digest(value)
            for name, value in self.given.items()
        }

    def _digest(self, value: Any) -> Any:
        return digest(value, self.facts.words, self.facts.names)
