"""Metrics of a command in Prometheus's text format, for the node exporter.

They are about services, codes, flows and series, never about a point or a person.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec import field

from sgeflow.adapters.atomic_write import replace_file, unwritable
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.locations import StateLocation, is_there
from sgeflow.adapters.state.records import is_row
from sgeflow.adapters.state.store import Store
from sgeflow.core.documents import Environment
from sgeflow.core.measures.civil_time import midnight
from sgeflow.core.measures.gaps import UNASKED, read_gaps
from sgeflow.core.model import CallRecord, RunReport, Status
from sgeflow.errors import EvaluationError, Exit
from sgeflow.messages import say
from sgeflow.runtime.observer import INTERRUPTED, RunStopped
from sgeflow.runtime.options import Observer
from sgeflow.runtime.project import Workspace

_LOOKED_AT = 500  # runs in which the last success of a flow is looked up
_COUNTER, _GAUGE = "counter", "gauge"
ALL = {
    "sgeflow_end_timestamp_seconds": (_GAUGE, "when a run or fleet of the flow ended last"),
    "sgeflow_success_timestamp_seconds": (_GAUGE, "when one ended last with exit code 0"),
    "sgeflow_exit_code": (_GAUGE, "the exit code of the last one"),
    "sgeflow_duration_seconds": (_GAUGE, "how long the last one took"),
    "sgeflow_runs_total": (_COUNTER, "runs of the command, rows of a fleet too, by how they ended"),
    "sgeflow_rows": (_GAUGE, "rows of the last fleet, by outcome"),
    "sgeflow_failures_total": (_COUNTER, "runs of the command that failed, by code"),
    "sgeflow_calls_total": (_COUNTER, "attempts of calls, by service and how they came out"),
    "sgeflow_call_seconds_total": (_COUNTER, "seconds that calls took"),
    "sgeflow_rate_wait_seconds_total": (_COUNTER, "seconds that calls waited for the rate"),
    "sgeflow_values_kept_total": (_COUNTER, "measures that were kept"),
    "sgeflow_orders_open": (_GAUGE, "orders that wait for a person"),
    "sgeflow_oldest_gap_seconds": (
        _GAUGE,
        "age of the oldest day that was not asked for, by series",
    ),
}

Labels = tuple[tuple[str, str], ...]


class Metrics(Observer, kw_only=True, eq=False):
    """Observes the runs of one command; written at its end."""

    _values: dict[str, dict[Labels, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def observe(self, run: str, flow: str, environment: Environment) -> Callable[[Any], None]:
        """Return a listener for one run."""
        where, began = {"flow": flow, "environment": environment.name}, time.monotonic()
        return lambda event: self._hear(event, run, where, began)

    def end_early(self, code: int, seconds: float, flow: str, environment: str) -> None:
        """Note that the command ended with an error, perhaps before a run."""
        self._note_end(code, seconds, {"flow": flow, "environment": environment})

    def end_fleet(self, fleet: Any) -> None:
        """Note the report of an ended fleet."""
        where = {"flow": fleet.flow, "environment": fleet.environment}
        tally = fleet.tally
        rows = {"done": tally.done, "failed": tally.failed, "interrupted": tally.stopped}
        for outcome, count in {**rows, "not_begun": fleet.not_begun}.items():
            self._set("sgeflow_rows", count, outcome=outcome, **where)
        self._note_end(int(fleet.exit), fleet.seconds, where)

    def write(self, path: Path, home: StateLocation | None, workspace: Workspace | None) -> None:
        """Write all metrics, with figures of journal and store, in place of the file.

        Raises:
            TechnicalError: the file cannot be written, or journal or store cannot be read.
        """
        if not path.parent.is_dir():  # a mistyped path must not create a folder
            raise unwritable(path, say("there is no folder {folder}", folder=path.parent))
        if home is not None:
            self._look(home, workspace)
        with replace_file(path, private=False) as file:
            file.write_text(self.text(), encoding="utf-8")

    def text(self) -> str:
        """The metrics that have a value, in Prometheus's text format."""
        lines: list[str] = []
        for name, (kind, help_) in ALL.items():
            values = self._values.get(name, {})
            lines += [f"# HELP {name} {help_}", f"# TYPE {name} {kind}"] if values else []
            for one in sorted(values):
                labels = ",".join(f'{label}="{_escape(text)}"' for label, text in one)
                sample = f"{name}{{{labels}}}" if labels else name
                lines.append(f"{sample} {values[one]:.15g}")
        return "".join(f"{line}\n" for line in lines)

    # -- what is heard ----------------------------------------------------------------------------

    def _hear(self, event: Any, run: str, where: Mapping[str, str], began: float) -> None:
        if isinstance(event, CallRecord):
            self._add("sgeflow_calls_total", 1, service=event.label, code=event.outcome)
            self._add("sgeflow_call_seconds_total", event.seconds, service=event.label)
            self._add("sgeflow_rate_wait_seconds_total", event.waited, service=event.label)
        elif isinstance(event, RunReport):
            self._add("sgeflow_runs_total", 1, status=event.status.value, **where)
            self._add("sgeflow_values_kept_total", event.values, **where)
            if event.failure is not None:
                self._add("sgeflow_failures_total", 1, code=event.failure.code, **where)
            if not is_row(run):
                self._note_end(int(event.exit), event.seconds, where)
        elif isinstance(event, RunStopped):
            is_interrupted = event.exit is Exit.INTERRUPTED
            status = INTERRUPTED if is_interrupted else Status.FAILED.value
            self._add("sgeflow_runs_total", 1, status=status, **where)
            if not is_interrupted:
                self._add("sgeflow_failures_total", 1, code=event.code, **where)
            if not is_row(run):
                self._note_end(int(event.exit), time.monotonic() - began, where)

    def _note_end(self, code: int, seconds: float, where: Mapping[str, str]) -> None:
        self._set("sgeflow_end_timestamp_seconds", time.time(), **where)
        self._set("sgeflow_exit_code", code, **where)
        self._set("sgeflow_duration_seconds", seconds, **where)

    # -- what is kept -----------------------------------------------------------------------------

    def _look(self, home: StateLocation, workspace: Workspace | None) -> None:
        if not is_there(home.journal):
            return
        with Journal(home.journal) as journal:
            self._set("sgeflow_orders_open", len(journal.open_orders()))
            for entry in reversed(journal.runs(_LOOKED_AT)):
                if entry.exit == 0 and entry.ended is not None and not entry.is_call:
                    where = {"flow": entry.flow, "environment": entry.environment}
                    self._set("sgeflow_success_timestamp_seconds", entry.ended, **where)
        for name in {dict(one)["environment"] for one in self._values.get("sgeflow_exit_code", {})}:
            if workspace is not None and is_there(home.store(name)):
                self._look_for_gaps(home, name, workspace)

    def _look_for_gaps(self, home: StateLocation, environment: str, workspace: Workspace) -> None:
        """Compute the age of the oldest remembered gap of each series."""
        oldest: dict[str, float] = {}
        flows = workspace.catalog.flows.values()
        with Store(home.store(environment)) as store:
            for collection in sorted({flow.state.collection for flow in flows if flow.state}):
                for state in store.collection(collection).values():
                    for series, first in _first_days(state.get("gaps")):
                        oldest[series] = min(first, oldest.get(series, first))
        for series, first in oldest.items():
            age = time.time() - first
            where = {"series": series, "environment": environment}
            self._set("sgeflow_oldest_gap_seconds", age, **where)

    def _add(self, name: str, amount: float, **labels: str) -> None:
        key = tuple(sorted(labels.items()))
        with self._lock:
            values = self._values.setdefault(name, {})
            values[key] = values.get(key, 0.0) + amount

    def _set(self, name: str, value: float, **labels: str) -> None:
        with self._lock:
            self._values.setdefault(name, {})[tuple(sorted(labels.items()))] = value


def _first_days(gaps: Any) -> Iterator[tuple[str, float]]:
    """The first day of each series that was never requested, as a time."""
    for series, periods in gaps.items() if isinstance(gaps, dict) else ():
        with suppress(EvaluationError):  # other flows may use the same name for other values
            if days := [gap.start for gap in read_gaps(periods, series) if gap.why == UNASKED]:
                yield series, midnight(min(days))


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
