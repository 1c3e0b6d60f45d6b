"""Whoever does one row of a fleet: here, the threads of this process."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from sgeflow.adapters.http.circuit_breaker import Breaker
from sgeflow.core.engine.effects import Warn
from sgeflow.core.engine.step import Flow
from sgeflow.core.model import CallRecord, RunReport
from sgeflow.errors import Exit, Id, SgeflowError
from sgeflow.messages import Said, fixed, sentences
from sgeflow.runtime.bug_report import write_bug
from sgeflow.runtime.driver import InterruptedRun
from sgeflow.runtime.run import exit_of, run_on
from sgeflow.runtime.run_context import Ground
from sgeflow.tools.fleet.results import Outcome
from sgeflow.version import __version__


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One row to do: its number and line in the file, its run in the journal, its inputs."""

    number: int
    line: int
    run: str
    given: Mapping[str, Any]
    goes_on: bool = False  # it was begun before, and stopped


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """What became of a row, and the files that it wrote."""

    outcome: Outcome
    files: tuple[str, ...] = ()


class Hands(Protocol):
    """Whoever does rows; threads call it side by side."""

    @property
    def at_once(self) -> int:
        """How many rows suit them at once, when nobody says."""
        ...

    def work(self, task: Task) -> Worked:
        """Do one row; raises what stops all rows: a journal or store that cannot be written."""
        ...

    def stop(self) -> None:
        """Let rows under way end at their next step, and calls that wait go without a start."""
        ...


Recruit = Callable[[Callable[[str], None]], AbstractContextManager[Hands]]
"""Finds hands, given whom to warn; they are let go at the end of the `with` block."""


class Threads:
    """Rows in this process: one transport behind one breaker, one journal, one store."""

    def __init__(self, ground: Ground, flow: Flow, warn: Callable[[str], None]) -> None:
        """`warn` hears of a neighbour that is down, and of the end of that."""
        self._breaker = Breaker(ground.session.transport, warn)
        self._stopping = ground.stopping or threading.Event()
        session = replace(ground.session, transport=self._breaker)
        self._ground = replace(ground, session=session, stopping=self._stopping)
        self._flow = flow
        self._bugs = Bugs(folder=session.home.folder, flow=flow.name, warn=warn)

    at_once = 4

    def work(self, task: Task) -> Worked:
        """Do one row in the thread that asks."""
        told = Outcome(row=task.number, line=task.line, run=task.run, status="stopped")
        heard = _Heard()
        try:
            report = self._run(task, heard)
        except InterruptedRun:
            return Worked(outcome=heard.counted(told))
        except SgeflowError as error:
            problem = error.problems[0]
            if problem.id is Id.STORAGE:
                raise
            told = replace(told, code=problem.id.code, message=problem.message, exit=error.exit)
            return Worked(outcome=heard.counted(replace(told, status="failed")))
        except Exception as error:  # noqa: BLE001 - a bug met in this row; the others go on
            message = self._bugs.told(error)
            told = replace(told, code=Id.BUG.code, message=message, exit=Exit.BUG, status="failed")
            return Worked(outcome=heard.counted(told))
        return Worked(outcome=_outcome(heard.counted(told), report), files=report.files)

    def stop(self) -> None:
        """First the runs, then their transport: rows are interrupted, and have not failed."""
        self._stopping.set()
        self._breaker.close()

    def _run(self, task: Task, heard: _Heard) -> RunReport:
        given = task.given
        if task.goes_on:  # its answers belong to the inputs that it was begun with
            given = self._ground.journal.inputs(task.run) or given
        session = replace(self._ground.session, run=task.run)
        own = replace(self._ground, session=session)
        return run_on(own, self._flow, given, heard, goes_on=task.goes_on)


def _outcome(told: Outcome, report: RunReport) -> Outcome:
    failure = report.failure
    return replace(
        told,
        status=report.status.value,
        code=failure.code if failure else "",
        message=failure.problem.message if failure else "",
        exit=exit_of(report),
        calls=report.calls,
        values=report.values,
    )


@dataclass(slots=True)
class _Heard:
    """Listens to one row: counts, so that an interrupted one is counted too."""

    calls: int = 0
    warnings: int = 0

    def __call__(self, event: object) -> None:
        self.calls += isinstance(event, CallRecord)
        self.warnings += isinstance(event, Warn)

    def counted(self, outcome: Outcome) -> Outcome:
        """The outcome with what was heard."""
        return replace(outcome, calls=self.calls, warnings=self.warnings)


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
