"""The rows of a fleet at work: side by side, each a run of its own, counted as they end."""

from __future__ import annotations

import queue
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Generic, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.adapters.http.circuit_breaker import Breaker, TokenWatch
from sgeflow.adapters.project_files import show_path
from sgeflow.adapters.state.contents import pack_steps
from sgeflow.adapters.state.records import CLOSING, FleetEntry, RowState, row_run
from sgeflow.core.engine.effects import Warn
from sgeflow.core.engine.step import Flow
from sgeflow.core.model import CallRecord, RunReport
from sgeflow.errors import Exit, Id, SgeflowError, TechnicalError
from sgeflow.messages import Message, from_table, say, sentences
from sgeflow.runtime.bug_report import write_bug
from sgeflow.runtime.driver import InterruptedRun, RunStarted, SafeListener
from sgeflow.runtime.run import code_of, run_in_context, with_what_next
from sgeflow.runtime.run_context import RunContext, start_event
from sgeflow.tools.fleet.model import DEFAULT_JOBS, Fleet
from sgeflow.tools.fleet.results import FleetReport, Results, RowResult, Tally, outcome_before
from sgeflow.tools.fleet.rows import Row, Table
from sgeflow.version import __version__

_TOGETHER = 100  # rows whose marks are forgotten in one transaction


class FleetAdvance(Struct, frozen=True, kw_only=True):
    """The progress of a fleet, told twice a second and whenever a row has ended."""

    tally: Tally
    total: int
    outcome: RowResult | None = None  # the row that has just ended


FleetListener = Callable[[RunStarted | FleetAdvance | Warn], None]
"""A listener to a fleet at work; called one event at a time."""

_Item = tuple[Row, bool]
"""A row, and whether it goes on."""


class Work(Struct):
    """One fleet at work."""

    context: RunContext
    table: Table
    entry: FleetEntry
    limits: Fleet
    listener: SafeListener[RunStarted | FleetAdvance | Warn]
    tally: Tally = field(default_factory=Tally)
    ended: set[int] = field(default_factory=set)  # rows that had ended when it went on
    given_up: bool = False
    token_refused: bool = False
    failed_before: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _warnings: list[str] = field(default_factory=list)
    _ended_well: list[str] = field(default_factory=list)
    _writers: dict[int, int] = field(default_factory=dict)  # the first row, by a hash of its file
    _met_clash: bool = False

    def work(self, states: bytearray, tally: Tally) -> FleetReport:
        """Work through the rows that are not done; `states` holds that of each by its number."""
        self.tally, self.failed_before = tally, tally.failed
        self._warnings = self.listener.warnings
        session = self.context.session
        results = session.home.results(session.run)
        self.listener(start_event(session, self.table.flow.title))
        try:
            with Results(results) as reports:
                runner = RowRunner(self.context, self.table.flow, self._warn)
                self._tell(None)
                began = time.monotonic()
                pool: BoundedPool[_Item] = BoundedPool(
                    lambda item: self._row(pool, runner, reports, item),
                    self.limits.jobs or DEFAULT_JOBS,
                    lambda: self._tell(None),
                )
                interrupted = self._is_interrupted(pool, runner, reports, states)
        except SgeflowError as error:
            raise with_what_next(error, session) from error
        return self._finish(str(results), time.monotonic() - began, interrupted=interrupted)

    def _is_interrupted(
        self, pool: BoundedPool[_Item], runner: RowRunner, reports: Results, states: bytearray
    ) -> bool:
        """Whether a person or the system ended the work."""
        try:
            pool.run(self._open_rows(states, reports))
        except KeyboardInterrupt:
            self._warn(say("stopping: calls under way get their answer; once more ends at once"))
            pool.close()
            runner.stop()
            pool.wait()
            return True
        return False

    def _open_rows(self, states: bytearray, reports: Results) -> Iterator[_Item]:
        """The rows to do, and whether each goes on; the file was checked, and is read again.

        Rows that ended without a line in the file of results get it on the way.
        """
        untold = self.ended - reports.reported_rows() if self.ended else self.ended
        for row in self.table.rows():
            if isinstance(row, Row) and row.number in untold:
                known = self.context.journal.show(row_run(self.entry.run, row.number))
                if known is not None:
                    reports.add(outcome_before(known.entry, row.number, row.line))
            if isinstance(row, Row) and row.number < len(states):
                state = states[row.number]
                if state in (RowState.OPEN, RowState.STOPPED):
                    yield row, state == RowState.STOPPED

    def _row(
        self, pool: BoundedPool[_Item], runner: RowRunner, reports: Results, item: _Item
    ) -> None:
        row, goes_on = item
        began = time.monotonic()
        task = Task(
            number=row.number,
            line=row.line,
            run=row_run(self.entry.run, row.number),
            given=self.table.inputs(row),
            goes_on=goes_on,
        )
        try:
            worked = runner.work(task)
        except BaseException:  # the journal, a file, a bug: the other rows cannot go on either
            runner.stop()
            raise
        outcome = replace(worked.outcome, seconds=time.monotonic() - began)
        self._look_at_files(row, worked.files)
        reports.add(outcome)
        with self._lock:
            self.tally.add(outcome)
            if outcome.status == "done":
                self._ended_well.append(f"{outcome.run}/")
            self._forget(least=_TOGETHER)
            most = self.limits.max_failures
            if most is not None and self.tally.failed - self.failed_before >= most:
                self.given_up = True
                pool.close()
        self._tell(outcome)
        with self._lock:
            is_first = worked.token_refused and not self.token_refused
            self.token_refused |= worked.token_refused
        if is_first:  # no more rows begin
            pool.close()
            runner.stop()
            name = self.context.session.environment.name
            text = say(
                "the gateway refuses the token of {environment}: all rows stop", environment=name
            )
            self._warn(text)

    def _forget(self, least: int) -> None:
        """Delete the marks of rows that ended well from the store, many at once."""
        store = self.context.session.store
        if store is None or len(self._ended_well) < least:
            return
        with suppress(TechnicalError):  # the rows have ended: it is tried again with the next
            store.forget_marks(*self._ended_well)
            self._ended_well.clear()

    def _look_at_files(self, row: Row, files: tuple[str, ...]) -> None:
        """Warn once of a file that two rows wrote, because an answer gave its name."""
        for file in files:
            with self._lock:
                first = self._writers.setdefault(hash(file), row.number)
                is_first_clash = first != row.number and not self._met_clash
                self._met_clash |= is_first_clash
            if is_first_clash:
                self._warn(
                    say(
                        "rows {first} and {second} wrote one file, {file}: what the first wrote is"
                        " gone; put an input of the rows into its name",
                        first=first,
                        second=row.number,
                        file=file,
                    )
                )

    def _warn(self, text: str) -> None:
        with self._lock:
            self._warnings.append(text)
            self.listener(Warn("", text))

    def _tell(self, outcome: RowResult | None) -> None:
        with self._lock:
            self.listener(FleetAdvance(tally=self.tally, total=self.entry.total, outcome=outcome))

    def _finish(self, results: str, seconds: float, *, interrupted: bool) -> FleetReport:
        context, tally = self.context, self.tally
        home, run = context.session.home, self.entry.run
        held, store = context.journal.held_since(), context.session.store
        report = FleetReport(
            run=run,
            flow=self.table.flow.name,
            title=self.table.flow.title,
            environment=context.session.environment.name,
            today=context.session.today,
            file=show_path(Path(self.entry.file)),
            results=show_path(Path(results)),
            total=self.entry.total,
            tally=tally,
            seconds=seconds,
            exit=Exit.OK,
            going_on="" if context.session.simulated else home.command("resume", run),
            orders=home.command("orders"),
            page=home.command("page", "fleet", run),
            again=home.command("run", self.table.flow.name, "--only-failed", run),
            interrupted=interrupted,
            given_up=self.given_up,
            token_refused=self.token_refused,
            held=held,
            release=home.command("state", "release", "--since", held),
            accounts=len(store.earlier_accounts()) if store else 0,
        )
        early = Exit.CREDENTIALS if self.token_refused else Exit.PARTIAL
        exit_ = tally.exit() if report.is_whole or tally.waiting else early
        exit_ = Exit.INTERRUPTED if interrupted and not report.is_whole else exit_
        report = replace(report, exit=exit_)
        to_tell = {CLOSING: self.limits.closing} if self.limits.closing else {}
        context.journal.keep_steps(run, pack_steps((), to_tell, warnings=self._warnings))
        context.end(report.status, exit_code=exit_)
        with suppress(KeyboardInterrupt):  # the fleet has ended
            self._forget(least=1)
        context.observer.end_fleet(report)
        return report


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
        self._stopping = threading.Event()
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


T = TypeVar("T")
_TICK = 0.5  # seconds between two looks at what is going on


class BoundedPool(Generic[T]):
    """Does `act` for items of a stream, `jobs` at once; memory does not grow with the stream."""

    def __init__(self, act: Callable[[T], None], jobs: int, tick: Callable[[], None]) -> None:
        """`tick` is called about twice a second by the thread that waits."""
        self._act, self._tick = act, tick
        self._items: queue.Queue[T | None] = queue.Queue(maxsize=jobs)
        self._closed = threading.Event()
        self._error: BaseException | None = None
        # `join` of Python 3.11 and 3.12 takes a thread for ended when an interrupt comes meanwhile
        self._ended = [threading.Event() for _ in range(jobs)]
        self._threads = [
            threading.Thread(target=self._work, args=(ended,), daemon=True) for ended in self._ended
        ]

    def close(self) -> None:
        """Begin nothing more; what is under way goes on to its end."""
        self._closed.set()

    def run(self, items: Iterable[T]) -> None:
        """Work until all is done, or as much as was begun before `close`.

        Raises:
            BaseException: what `act` raised first; nothing was begun after it.
            KeyboardInterrupt: in the middle; threads are still at work, `wait` waits for them.
        """
        for thread in self._threads:
            thread.start()
        for item in items:
            if not self._offer(item):
                break
        for _ in self._threads:
            self._offer(None, always=True)
        self.wait()

    def wait(self) -> None:
        """Wait for what is under way; raises what it raised."""
        for thread, ended in zip(self._threads, self._ended, strict=True):
            while thread.ident is not None and not ended.is_set():
                ended.wait(_TICK)
                self._tick()
        if self._error is not None:
            raise self._error

    def _offer(self, item: T | None, *, always: bool = False) -> bool:
        while always or not self._closed.is_set():
            with suppress(queue.Full):
                self._items.put(item, timeout=_TICK)
                return True
            self._tick()
        return False

    def _work(self, ended: threading.Event) -> None:
        try:
            while True:
                try:
                    item = self._items.get(timeout=_TICK)
                except queue.Empty:
                    if self._closed.is_set():
                        return
                    continue
                if item is None:
                    return
                if self._closed.is_set():
                    continue
                try:
                    self._act(item)
                except BaseException as error:  # noqa: BLE001 - told by the thread that waits
                    self._error = self._error or error
                    self.close()
        finally:
            ended.set()
