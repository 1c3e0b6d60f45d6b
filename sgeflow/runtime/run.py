"""Running a flow: from inputs to the report, whatever happens on the way."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sgeflow.adapters.export import format_named
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.run_lock import held
from sgeflow.adapters.state.store import Store
from sgeflow.core.engine.effects import Export, Exported, WriteReport
from sgeflow.core.engine.flow import check_inputs, evaluate_flow
from sgeflow.core.engine.step import Done, End, Failed, Flow
from sgeflow.core.engine.unknown import ended_open
from sgeflow.core.model import FaultClass, RunReport, Status
from sgeflow.errors import Exit, Id, Problem, SgeflowError, TechnicalError
from sgeflow.messages import say
from sgeflow.runtime.driver import Driver, Stopping
from sgeflow.runtime.events import Listener, started
from sgeflow.runtime.history import kept_inputs
from sgeflow.runtime.journal_log import Notes
from sgeflow.runtime.masking import Masking, masking
from sgeflow.runtime.options import Options
from sgeflow.runtime.project import Workspace, open_catalog
from sgeflow.runtime.recovery import Earlier, earlier_of
from sgeflow.runtime.run_collector import Keeping, Report
from sgeflow.runtime.run_context import Ground, open_ground
from sgeflow.runtime.session import Session


def run(
    flow: str,
    inputs: Mapping[str, Any] | None = None,
    *,
    workspace: Workspace | None = None,
    options: Options | None = None,
    listener: Listener = lambda _: None,
) -> RunReport:
    """Run a flow once.

    Args:
        flow: its name, or the path of its file.
        inputs: values by name; what is left out comes from the environment and the defaults.
        workspace: an opened project; by default the one of the current folder.
        options: environment, date, cassette, state folder.
        listener: told of the start, of steps, calls and warnings while it runs.

    Returns:
        The report; a run that failed has one too (`report.failure`).

    Raises:
        InvalidDocuments, InvalidValues, UsageError, CredentialsError: nothing was sent.
        GuardError: the same for a run that has ended well, and shall be begun again.
    """
    opened = workspace or open_catalog(flow=flow)
    chosen = opened.flow(flow)
    wanted = options or Options()
    with telling_end(wanted) as end, open_ground(opened, wanted) as ground:
        ground.session.metadata["flow"] = chosen.name
        end.report = run_in(ground, chosen, inputs or {}, listener)
    return end.told()


def exit_of(report: RunReport) -> Exit:
    """The exit code that a report stands for."""
    failure = report.failure
    if failure is not None and failure.fault_class is FaultClass.UNKNOWN:
        return Exit.GUARDED  # in whatever words it is told
    if failure is not None and not failure.partial:
        return failure.problem.id.exit
    return Exit.PARTIAL if report.status is Status.PARTIAL else Exit.OK


def run_in(
    ground: Ground,
    flow: Flow,
    inputs: Mapping[str, Any],
    listener: Listener,
    *,
    goes_on: bool = False,
) -> RunReport:
    """Check the inputs and run; a run that goes on begins with what it was answered before."""
    session = ground.session
    given = session.inputs(flow, inputs)
    check_inputs(flow, given, session.facts(ground.workspace))
    with telling_end() as end, held(session.home, session.run):
        if goes_on:
            kept_inputs(ground.journal, session.run)  # another process may have ended it meanwhile
        else:
            _store(ground).forget_marks(marks_of(session.run))  # of an older run of its name
        listener(started(session, flow.title))
        end.report = run_on(ground, flow, given, listener, goes_on=goes_on)
    return end.told()


def run_on(
    ground: Ground,
    flow: Flow,
    given: Mapping[str, Any],
    listener: Listener,
    *,
    goes_on: bool = False,
) -> RunReport:
    """Run a flow from its inputs to its report, with all that it stands on opened by others."""
    session, journal, store = ground.session, ground.journal, _store(ground)
    report = Report(listener, lambda effect: written(effect, store, session.files))
    hidden = masking(session.secrets, flow.inputs, given)
    began = time.monotonic()
    journal.begin(ground.start(flow.name, given))
    before = earlier_of(journal, session.run) if goes_on else Earlier()
    driver = Driver(
        transport=session.transport,
        store=store,
        log=_notes(journal, session, before),
        export=report.written,
        listen=hidden.telling(report.listen),
        run_id=session.run,
        patient=session.patient,
        stopping=Stopping(ground.stopping),
    )
    facts = replace(session.facts(ground.workspace), words=ground.workspace.words(flow))
    steps = Keeping(journal=journal, report=report, flow=flow, given=given, facts=facts)
    with _failing(journal, session, hidden, steps):
        end: End = driver.run(evaluate_flow(flow, given, facts))
        unknown = [(order.operation, order.key) for order in journal.open_of(session.run)]
        end = ended_open(end, unknown, facts)
        if isinstance(end, Failed):
            end = replace(end, failure=hidden.failure(end.failure))
        told = _report(flow, session, end, report, time.monotonic() - began)
        told = replace(told, values=sum(s.new + s.changed + s.unchanged for s in driver.saved))
        steps.keep(told.outputs)
        if driver.saved:
            store.sync()  # what is told as kept outlasts the end, which lets go of all else
        code, now = told.failure.code if told.failure else "", time.time()
        journal.end(told.run, told.status, exit_code=exit_of(told), at=now, summary=code)
    if told.status is Status.DONE and ground.stopping is None:
        with suppress(TechnicalError, KeyboardInterrupt):  # the run has ended, however this does
            store.forget_marks(marks_of(session.run))
    return told


@dataclass(slots=True)
class RunEnd:
    """The end of a run, when it has one."""

    report: RunReport | None = None

    def told(self) -> RunReport:
        """The report of a run that has ended."""
        if self.report is None:
            raise TypeError("the run has not ended")
        return self.report


@contextmanager
def telling_end(options: Options | None = None) -> Iterator[RunEnd]:
    """What a run stood on is closed within it; an interruption of that takes no end back.

    It is one all the same where a recording is written at the close.
    """
    end, records = RunEnd(), options is not None and options.record is not None
    try:
        yield end
    except KeyboardInterrupt:
        if end.report is None or records:
            raise


def marks_of(run: str) -> str:
    """How the marks of a run begin in the store; runs side by side let go of theirs together."""
    return f"{run}/"


def _store(ground: Ground) -> Store:
    if ground.session.store is None:
        raise TypeError("a run needs a session that keeps")
    return ground.session.store


def _notes(journal: Journal, session: Session, before: Earlier) -> Notes:
    return Notes(
        journal=journal,
        run=session.run,
        secrets=session.secrets,
        guard=session.guard,
        before=before,
    )


@contextmanager
def _failing(journal: Journal, session: Session, hidden: Masking, steps: Keeping) -> Iterator[None]:
    """Whatever stops a run is in the journal before it is told, if that can be written."""
    try:
        yield
    except SgeflowError as error:
        with suppress(TechnicalError):
            steps.keep()
            journal.end(session.run, Status.FAILED, exit_code=error.exit, at=time.time())
        raise hidden.error(with_what_next(error, session)) from error
    except BaseException as error:
        met_bug = isinstance(error, Exception)
        code, summary = (Exit.BUG, Id.BUG.code) if met_bug else (Exit.INTERRUPTED, "")
        now = time.time()
        with suppress(TechnicalError):
            steps.keep()
            journal.end(session.run, Status.FAILED, exit_code=code, at=now, summary=summary)
        raise


def with_what_next(error: SgeflowError, session: Session) -> SgeflowError:
    """A disk that was full or closed ends no real run: it goes on when that is mended."""
    if any(label == "next" for label, _ in error.problems[0].details):
        return error
    if not isinstance(error, TechnicalError) or session.simulated or session.replayed:
        return error
    first, *others = error.problems
    next_ = ("next", session.home.command("resume", session.run.partition(".")[0]))
    return TechnicalError(replace(first, details=(*first.details, next_)), *others)


def written(effect: Export | WriteReport, store: Store, folder: Path | None = None) -> Exported:
    """Carry an export or a report out; in a folder when all that is written must stay there.

    Raises:
        TechnicalError: it cannot be written, or lies outside that folder.
    """
    path = Path(effect.file) if folder is None else inside(folder, effect.file)
    if isinstance(effect, WriteReport):
        from sgeflow.adapters import reports

        counts = reports.format_named(effect.format).write(path, effect.document)
        return Exported(file=effect.file, counts=counts)
    points = (effect.point,) if effect.point is not None else store.points()
    counts = format_named(effect.format).write(path, store, points, effect.documents)
    return Exported(file=effect.file, counts=counts)


def inside(folder: Path, file: str) -> Path:
    """A file in a folder by the name that a flow gives it.

    Raises:
        TechnicalError: it lies elsewhere.
    """
    path = (folder / file).resolve()
    if path.is_relative_to(folder.resolve()):
        return path
    message = say(
        "a test writes into a folder of its own, and {file} lies outside of it", file=file
    )
    raise TechnicalError(
        Problem(id=Id.STORAGE, message=message, note=say("give it a relative path, as data/x.json"))
    )


def _report(flow: Flow, session: Session, end: End, report: Report, seconds: float) -> RunReport:
    failure = end.failure if isinstance(end, Failed) else None
    status = Status.FAILED if failure else getattr(end, "status", Status.DONE)
    if failure is not None and failure.partial:
        status = Status.PARTIAL
    return RunReport(
        run=session.run,
        flow=flow.name,
        title=flow.title,
        environment=session.environment.name,
        today=session.today,
        status=status,
        seconds=seconds,
        outputs=end.outputs if isinstance(end, Done) else None,
        steps=tuple(report.steps),
        warnings=tuple(dict.fromkeys(report.warnings)),
        files=tuple(dict.fromkeys(report.files)),
        calls=report.calls,
        failure=failure,
    )
