"""What the journal keeps of a run's steps at its end: how each ended, and the form of values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sgeflow.adapters.journal import Journal
from sgeflow.adapters.traces import packed
from sgeflow.app.recording import Report
from sgeflow.core.engine.explain import HIDDEN, digest
from sgeflow.core.engine.step import Flow, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """Keeps the steps of one run, as far as it went."""

    journal: Journal
    report: Report
    flow: Flow
    given: Mapping[str, Any]
    facts: Run

    def keep(self, outputs: Any = None) -> None:
        """Hand the steps to the journal, which writes them with the run's end."""
        form = digest(outputs, self.facts.words)
        self.journal.keep_steps(self.facts.id, packed(self.report.steps, self._inputs(), form))

    def _inputs(self) -> dict[str, Any]:
        return {
            name: HIDDEN if self.flow.inputs[name].personal else digest(value, self.facts.words)
            for name, value in self.given.items()
        }
