"""The context of runs and calls: an open session and its journal, opened and closed together.

Nothing that happens after the end of a run is in the journal changes that end.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from typing import Any, Generic, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.adapters.http.interrupts import RUN_END
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.locations import checked_name
from sgeflow.adapters.state.records import RunStart, is_call, is_row
from sgeflow.adapters.state.run_lock import Hold, hold_run
from sgeflow.core.engine.effects import Warn
from sgeflow.core.model import Status
from sgeflow.errors import GuardError, Id, SgeflowError, TechnicalError, UsageError
from sgeflow.messages import Message, from_table, os_error_text, say
from sgeflow.runtime.driver import RunStarted, SafeListener
from sgeflow.runtime.options import Observer, Options
from sgeflow.runtime.project import Workspace
from sgeflow.runtime.session import Session, open_session

R = TypeVar("R")


def deadline_of(timeout: float | None) -> float | None:
    """Return the end of a timeout that begins now, on the clock of `time.monotonic`."""
    limit = seconds_of(timeout)
    return None if limit is None else time.monotonic() + limit


def seconds_of(timeout: float | None) -> float | None:
    """Return a timeout as threads can wait for it; raises UsageError for one that is NaN."""
    if timeout is None:
        return None
    if timeout != timeout:  # noqa: PLR0124 - only NaN differs from itself, and no time is after it
        message = say("timeout must be a number of seconds, not NaN")
        raise UsageError.of(Id.USAGE, message, where="timeout")
    return min(timeout, threading.TIMEOUT_MAX)


class Ending(Struct, Generic[R]):
    """Holds the report of a run, a fleet or a call once it has ended."""

    report: R | None = None

    def outcome(self) -> R:
        """Return the report."""
        if self.report is None:
            raise TypeError("it has not ended")
        return self.report


@contextmanager
def tell_end(listener: Callable[[Warn], None]) -> Iterator[Ending[Any]]:
    """Close the context of a run within it; failures to close do not change how the run ended.

    `listener` gets one warning for everything that could not be closed properly.
    """
    end: Ending[Any] = Ending()
    try:
        yield end
    except (Exception, KeyboardInterrupt) as error:
        if end.report is None:
            raise
        text = say(
            "the run has ended, but the cleanup after it failed: {reason}",
            reason=_reason_of(error),
        )
        SafeListener(listener)(Warn("", text))


class RunContext(Struct, frozen=True, kw_only=True):
    """An open session and journal; parallel runs share all of it except the run id."""

    workspace: Workspace
    session: Session
    journal: Journal
    stopping: threading.Event | None = None  # set to stop all runs that share the context
    hold: Hold | None = None  # the lock on the run, or on the fleet of a row
    observer: Observer = field(default_factory=Observer)  # of all runs
    asked: Mapping[str, Any] | None = None  # the inputs given for a run with a name
    deadline: float | None = None  # of all but undos, on the clock of `time.monotonic`

    def end(self, status: Status, *, exit_code: int, summary: str = "") -> None:
        """Note in the journal how the session's run ended.

        Raises:
            TechnicalError: the end cannot be noted, or the run is no longer held.
        """
        self.check_hold()
        run, at = self.session.run, time.time()
        ends_well = status in (Status.DONE, Status.PARTIAL)
        is_over = ends_well and not is_row(run)  # the fleet of a row is not over
        with RUN_END.commit() if is_over else nullcontext():
            self.journal.end(run, status, exit_code=exit_code, at=at, summary=summary)

    def check_hold(self) -> None:
        """Raise TechnicalError if the lock was lost: others may work on the run or fleet now."""
        if self.hold is not None:
            self.hold.check()

    def start(
        self, flow: str, inputs: Mapping[str, Any] | None = None, person: str = ""
    ) -> RunStart:
        """Return the record of a run that begins, for the journal."""
        session = self.session
        is_single = is_call(flow) or is_row(session.run)
        # only a run or fleet that can be resumed compares its documents
        keeps_texts = not (is_single or session.simulated or session.replayed)
        return RunStart(
            run=session.run,
            flow=flow,
            environment=session.environment.name,
            today=session.today,
            now=session.now,
            started=time.time(),
            documents=self.workspace.documents,
            texts=self.workspace.sources.by_digest() if keeps_texts else {},
            inputs=inputs or {},
            asked=None if is_row(session.run) else self.asked,
            person=person,
        )


@contextmanager
def open_context(
    workspace: Workspace, options: Options, *, services: tuple[str, ...] = ()
) -> Iterator[RunContext]:
    """Open an environment and its journal; arguments and errors are those of `open_session`."""
    with ExitStack() as stack:
        yield open_on(stack, workspace, options, services=services)


def open_on(
    stack: ExitStack, workspace: Workspace, options: Options, *, services: tuple[str, ...] = ()
) -> RunContext:
    """Open an environment and its journal as `open_context` does; the stack closes them."""
    RUN_END.begin()
    session = open_session(workspace, options, stack, services=services)
    journal = Journal(session.home.journal)

    def close_journal(kind: type[BaseException] | None, *_: object) -> None:
        # a failure of the work is raised rather than one to close the journal
        with suppress(TechnicalError) if kind else nullcontext():
            journal.close()

    stack.push(close_journal)
    # a worker opens the context of a fleet that has begun
    if session.store is not None and session.simulated and journal.show(session.run) is None:
        from sgeflow.runtime.simulation import reset_state

        reset_state(session.store, workspace, session.state, options.fleet)
    if session.store is not None and session.guard.watches:
        from sgeflow.runtime.journal.pairing import keep_paired

        keep_paired(journal, session.store, session.home, session.environment.name)
    context = RunContext(workspace=workspace, session=session, journal=journal)
    return replace(context, observer=options.observer) if options.observer else context


@contextmanager
def holding(context: RunContext) -> Iterator[RunContext]:
    """Yield the context of a resumed run or fleet, locked against other processes."""
    with hold_run(context.session.home, context.session.run) as hold:
        yield replace(context, hold=hold)


@contextmanager
def beginning(context: RunContext) -> Iterator[RunContext]:
    """Yield the context of a new run, call or fleet, locked; its id must be new.

    Raises:
        UsageError: the id is that of a row.
        GuardError: a run with this id exists, or another process holds the lock.
    """
    run = checked_name(context.session.run)
    with holding(context) as own:
        if context.journal.show(run) is not None:
            message = say("run {run} already exists: each run has its own id", run=run)
            do = say("give the run another name; sgeflow runs show {run}", run=run)
            raise GuardError.of(Id.GUARD, message, details=(("do", do),))
        yield own


def _reason_of(error: BaseException) -> Message:
    """Return why something could not be closed, without the texts of foreign errors."""
    if isinstance(error, SgeflowError):
        return from_table(error.problems[0].message)
    if isinstance(error, KeyboardInterrupt):
        return say("interrupted")
    return from_table(os_error_text(error) if isinstance(error, OSError) else type(error).__name__)


def start_event(session: Session, title: str) -> RunStarted:
    """Return the first event of a run or call."""
    return RunStarted(
        run=session.run,
        title=title,
        environment=session.environment.name,
        today=session.today,
        scenario=session.simulated,
        going_on=session.home.command("resume", session.run),
    )
