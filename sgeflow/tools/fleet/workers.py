"""Runs the rows of a fleet: the task of a row and its result."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.adapters.http.circuit_breaker import Breaker, TokenWatch
from sgeflow.core.engine.effects import Warn
from sgeflow.core.engine.step import Flow
from sgeflow.core.model import CallRecord, RunReport
from sgeflow.errors import Exit, Id, SgeflowError
from sgeflow.messages import Message, from_table, say, sentences
from sgeflow.runtime.bug_report import write_bug
from sgeflow.runtime.driver import InterruptedRun, SafeListener
from sgeflow.runtime.run import code_of, run_in_context
from sgeflow.runtime.run_context import RunContext
from sgeflow.tools.fleet.results import RowResult
from sgeflow.version import __version__


class Task(Struct, frozen=True, kw_only=True):
    """One row to do: its number and line in the file, its run in the journal, its inputs."""

    number: int
    line: int
    run: str
    given: Mapping[str, Any]
    goes_on: bool = False  # whether the row was begun before and stopped

    def as_stopped(self) -> RowResult:
        """The result of a stopped row, which is resumed with the fleet."""
        return RowResult(row=self.number, line=self.line, run=self.run, status="stopped")


class WorkedRow(Struct, frozen=True, kw_only=True):
    """The result of a row, and the files that it wrote."""

    outcome: RowResult
    files: tuple[str, ...] = ()
    token_refused: bool = False  # the gateway refused the token: every call would fail


class RowRunner:
    """Runs rows, each in the thread that asks, with one transport, breaker, journal and store."""

    def __init__(self, context: RunContext, flow: Flow, warn: Callable[[str], None]) -> None:
        """`warn` gets a message when a service goes down, and when it is up again."""
        self._transport = TokenWatch(Breaker(context.session.transport, warn), self._note_refusal)
        self._token_refused = False
        self._stopping = context.stopping or threading.Event()
        session = replace(context.session, transport=self._transport)
        self._context = replace(context, session=session, stopping=self._stopping)
        self._flow = flow
        self._bugs = Bugs(folder=session.home.folder, flow=flow.name, warn=warn)

    def work(self, task: Task) -> WorkedRow:
        """Run one row in the calling thread.

        Raises:
            TechnicalError: journal or store cannot be written, so that no row can go on.
        """
        heard = _Heard()
        files: tuple[str, ...] = ()
        facts: dict[str, Any] = {}  # empty for a stopped row
        try:
            report = self._run(task, heard)
        except InterruptedRun:
            pass
        except SgeflowError as error:
            problem = error.problems[0]
            if problem.id is Id.STORAGE:
                raise
            facts = {"code": problem.id.code, "message": problem.message, "exit": error.exit}
            facts["status"] = "failed"
        except Exception as error:  # noqa: BLE001 - a bug met in this row; the others go on
            message = self._bugs.describe(error)
            facts = {"code": Id.BUG.code, "message": message, "exit": Exit.BUG}
            facts["status"] = "failed"
        else:
            files, code, failure = report.files, code_of(report), report.failure
            in_part = say("some items failed, the others are kept")
            facts = {
                "status": report.status.value,
                "code": code,
                "message": failure.problem.message if failure else in_part if code else "",
                "exit": report.exit,
                "calls": report.calls,
                "values": report.values,
            }
        facts = {"calls": heard.calls, "warnings": heard.warnings, **facts}
        outcome = replace(task.as_stopped(), **facts)
        return WorkedRow(outcome=outcome, files=files, token_refused=self._token_refused)

    def stop(self) -> None:
        """Stop the runs before their transport, so that rows are interrupted instead of failing."""
        self._stopping.set()
        self._transport.close()

    def _note_refusal(self) -> None:
        """Stop all rows for a refused token: they do not fail, and can be resumed."""
        self._token_refused = True
        self.stop()

    def _run(self, task: Task, listener: _Heard) -> RunReport:
        inputs, session = task.given, self._context.session
        known = self._context.journal.show(task.run) if task.goes_on else None
        if known is None:
            session = session.begun_now()
        else:  # the answers belong to the inputs and the day of the first start
            inputs = self._context.journal.inputs(task.run) or inputs
            then = known.entry
            session = replace(
                session, today=then.today, now=then.now, began=then.started, date_read_at=None
            )
        session = replace(session, run=task.run)
        own = replace(self._context, session=session)
        return run_in_context(
            own, self._flow, inputs, SafeListener(listener, is_row=True), goes_on=task.goes_on
        )


class _Heard(Struct):
    """Counts the calls and warnings of one row, also of an interrupted one."""

    calls: int = 0
    warnings: int = 0

    def __call__(self, event: object) -> None:
        self.calls += isinstance(event, CallRecord)
        self.warnings += isinstance(event, Warn)


class Bugs(Struct, kw_only=True):
    """The bugs of a fleet in one process, shared by its threads."""

    folder: Path  # the folder for reports, if it exists
    flow: str
    warn: Callable[[str], None]  # called once for each bug, with the report's place
    _known: dict[str, Message] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def describe(self, error: Exception) -> Message:
        """The message for a row that failed because of a bug."""
        place = "".join(traceback.format_tb(error.__traceback__))
        key = f"{type(error).__qualname__}\n{place}"
        with self._lock:
            if key not in self._known:
                words = ("run", self.flow, "--each")
                problem = write_bug(error, words, str(self.folder), __version__)
                self._known[key] = problem.message
                where = from_table(problem.details[0][1])
                self.warn(sentences(problem.message, where, between=" · "))
            return self._known[key]
