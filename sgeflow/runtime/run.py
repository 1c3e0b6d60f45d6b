"""Run a flow, from its inputs to its report."""

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.adapters.state.contents import pack_steps
from sgeflow.adapters.state.records import is_row
from sgeflow.adapters.state.store import Store
from sgeflow.core.engine.conditions import HIDDEN, digest
from sgeflow.core.engine.effects import (
    Export,
    Exported,
    Load,
    Recall,
    Saved,
    StepBegun,
    StepEnded,
    Warn,
    WriteReport,
)
from sgeflow.core.engine.failures import end_with_open
from sgeflow.core.engine.flow import (
    begins_anything,
    check_inputs,
    end_with_failed_undos,
    evaluate_finally,
    evaluate_flow,
    first_scope,
)
from sgeflow.core.engine.ports import Author
from sgeflow.core.engine.step import Done, End, Failed, Flow, Run
from sgeflow.core.engine.trails import at_finally, trail_of
from sgeflow.core.language.points import is_point
from sgeflow.core.model import CallRecord, RunReport, Status, StepTrace
from sgeflow.errors import Exit, Id, SgeflowError, TechnicalError
from sgeflow.messages import say
from sgeflow.runtime.data_files import write_output
from sgeflow.runtime.driver import Driver, Listener, SafeListener, Stopping
from sgeflow.runtime.journal.conflicts import Claims
from sgeflow.runtime.journal.history import check_kept, kept_inputs
from sgeflow.runtime.journal.log import JournalLog
from sgeflow.runtime.journal.recovery import RecordedAnswers, earlier_of
from sgeflow.runtime.log_lines import log_end
from sgeflow.runtime.masking import Masking, masking
from sgeflow.runtime.observer import RunStopped
from sgeflow.runtime.options import Options
from sgeflow.runtime.project import Workspace
from sgeflow.runtime.run_context import (
    Ending,
    RunContext,
    beginning,
    holding,
    open_context,
    start_event,
    tell_end,
)
from sgeflow.runtime.session import Session

FOUND_EARLIER_STATE = say(
    "the recording uses data that earlier runs kept: a replay starts without these data and "
    "may send other requests"
)


class RunCollector(Struct):
    """Collects the parts of the report of a run from all threads, and passes events on."""

    listener: SafeListener[Any]
    watch: Callable[[Any], None]  # of an observer, which gets the report too
    export: Callable[[Export | WriteReport], Exported]
    steps: list[StepTrace] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    calls: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def listen(self, event: StepBegun | StepEnded | Warn | CallRecord) -> None:
        """Collect an event and pass it on; a warning that was given before is left out."""
        with self._lock:
            if isinstance(event, StepEnded):
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
        """Write an export or a report, and note its file."""
        exported = self.export(effect)
        with self._lock:
            self.files.append(exported.file)
        return exported


def _keep_steps(
    context: RunContext,
    collector: RunCollector,
    flow: Flow,
    given: Mapping[str, Any],
    facts: Run,
    outputs: Any = None,
) -> None:
    """Hand the steps of a run, as far as it has come, to the journal; its end writes them.

    Raises:
        TechnicalError: the run is no longer held: others report how it went.
    """
    context.check_hold()
    shown = {
        name: HIDDEN if flow.inputs[name].personal else digest(value, facts.words, facts.names)
        for name, value in given.items()
    }
    form = digest(outputs, facts.words, facts.names)
    packed = pack_steps(collector.steps, shown, form, collector.warnings)
    context.journal.keep_steps(facts.id, packed)


def reach_end(
    driver: Driver,
    lost_orders: Callable[[], Sequence[tuple[str, str]]],
    flow: Flow,
    inputs: Mapping[str, Any],
    facts: Run,
    hidden: Masking,
    deadline: float | None = None,
) -> End:
    """Evaluate a flow and its `finally` steps; return the end of the flow, with secrets masked.

    `lost_orders` gives the unknown orders of the run with their keys.
    """
    end: End = driver.run(evaluate_flow(flow, inputs, replace(facts, deadline=deadline)))
    end = end_with_open(end, lost_orders(), facts)
    end = end_with_failed_undos(end, driver.failed_undos, facts)
    end = replace(end, failure=hidden.failure(end.failure)) if isinstance(end, Failed) else end
    if isinstance(end, Done):
        end = replace(end, outputs=hidden.outputs(end.outputs))
    if flow.finally_steps:
        try:
            driver.run(evaluate_finally(flow, inputs, end, facts))
        except SgeflowError as error:
            reason = error.problems[0].message
            text = say(
                "a finally step failed; the result of the run is unchanged: {failure}",
                failure=reason,
            )
            driver.listen(Warn(at_finally(flow.name), text))
    return end


def with_what_next(error: SgeflowError, session: Session) -> SgeflowError:
    """Add the command that resumes the run to the error of a real run, such as a full disk."""
    if any(label == "next" for label, _ in error.problems[0].details):
        return error
    if not isinstance(error, TechnicalError) or session.simulated or session.replayed:
        return error
    first, *others = error.problems
    next_ = ("next", session.home.command("resume", session.run.partition(".")[0]))
    return TechnicalError(first.with_details(next_), *others)


_TURN = "#turn"  # the key of the last write to the store before the run began


def begin_run(
    flow: Flow,
    inputs: Mapping[str, Any],
    workspace: Workspace,
    options: Options,
    listener: Listener,
    deadline: float | None = None,
) -> RunReport:
    """Open the environment of a run and run a flow; the errors are those of `sgeflow.run`."""
    with tell_end(listener) as end, open_context(workspace, options) as context:
        context.session.metadata["flow"] = flow.name
        own_inputs = inputs if options.run else None
        own = replace(context, asked=own_inputs, deadline=deadline)
        end.report = run_in(own, flow, inputs, listener)
    report: RunReport = end.outcome()
    return replace(report, lacks_recording=context.session.lacks_recording)


def code_of(report: RunReport) -> str:
    """Return the code of a failed report, or the code of a partial one; empty if all was done."""
    if report.failure is not None:
        return report.failure.code
    return Id.PARTIAL.code if report.status is Status.PARTIAL else ""


def run_in(
    context: RunContext,
    flow: Flow,
    inputs: Mapping[str, Any],
    listener: Listener,
    *,
    goes_on: bool = False,
) -> RunReport:
    """Check the inputs and run; a resumed run (`goes_on`) begins with its recorded answers."""
    session, safe = context.session, SafeListener(listener)
    # the inputs of the environment were kept at the start; present ones are for other runs
    values = dict(inputs) if goes_on else session.inputs(flow, inputs)
    if goes_on:
        check_kept(flow, values, session.run)
    facts = session.facts(context.workspace)
    session.place.check_files(flow, check_inputs(flow, values, facts), facts)
    session.check_customers(context.workspace, flow)
    with tell_end(safe) as end, (holding if goes_on else beginning)(context) as own:
        if goes_on:
            kept_inputs(context.journal, session.run)  # another process may have ended it meanwhile
        else:
            _store(context).forget_marks(f"{session.run}/")  # of an older run with this id
        safe(start_event(session, flow.title))
        end.report = run_in_context(own, flow, values, safe, goes_on=goes_on)
    report: RunReport = end.outcome()
    log_end(f"run {report.run}", report)
    return report


def run_in_context(
    context: RunContext,
    flow: Flow,
    inputs: Mapping[str, Any],
    listener: SafeListener[Any],
    *,
    goes_on: bool = False,
) -> RunReport:
    """Run a flow in an open context, from its inputs to its report."""
    session, journal, store = context.session, context.journal, _store(context)
    collector = RunCollector(
        listener,
        context.observer.observe(session.run, flow.name, session.environment),
        lambda effect: write_output(effect, store, session.place),
        warnings=listener.warnings,
    )
    hidden, began = masking(session.secrets, flow.inputs, inputs), time.monotonic()
    if session.recorder:
        session.recorder.learn(hidden.personal)
    facts = session.facts_of(context.workspace, flow)
    journal.begin(context.start(flow.name, inputs, _person_of(flow, inputs, facts)))
    before = earlier_of(journal, session.run) if goes_on else RecordedAnswers()
    log = JournalLog(
        journal=journal,
        run=session.run,
        secrets=hidden.kept_out,
        hide_path=hidden.hide_path,
        guard=session.guard,
        before=before,
        hold=context.hold,
        ahead=session.ahead,
        day=session.day(before),
    )
    author = _author(context, before, store)
    listen = hidden.masked_listener(collector.listen)

    def warn_of_earlier_state(effect: Load | Recall) -> None:
        # a simulated state begins anew with each run; the collector tells a warning once
        is_known = isinstance(effect, Recall) and bool(session.simulated)
        if session.recorder is not None and not is_known:
            collector.listen(Warn(trail_of(effect.key), FOUND_EARLIER_STATE))

    claims = None  # simulations and replays share their state with no other run
    if session.guard.watches:
        claims = Claims(
            home=session.home, journal=journal, store=store, author=author, listen=listen
        )
    driver = Driver(
        transport=session.transport,
        recorder=session.recorder,
        store=store,
        log=log,
        export=collector.write_output,
        listen=listen,
        learn=hidden.learn,
        mask_foreign=hidden.foreign,
        learn_secrets=hidden.learn_secrets,
        run_id=session.run,
        uses_earlier_state=warn_of_earlier_state,
        author=author,
        claims=claims,
        mark_customer=session.identity.mark,
        day=log.day,
        patient=session.patient,
        stopping=Stopping(context.stopping),
    )
    keep_steps = partial(_keep_steps, context, collector, flow, inputs, facts)
    with _noting_stop(context, hidden, collector, keep_steps) as ending:
        end = reach_end(driver, log.lost_orders, flow, inputs, facts, hidden, context.deadline)
        report = report_of(flow, session, end, collector, driver.saved, time.monotonic() - began)
        ending.report = report
        keep_steps(report.outputs)
        if driver.saved:
            store.sync()  # reported measures must be on disk before the run counts as ended
        context.end(report.status, exit_code=report.exit, summary=code_of(report))
    report = ending.outcome()
    collector.watch(report)
    if report.status is Status.DONE and context.stopping is None:
        with suppress(TechnicalError, KeyboardInterrupt):  # a failure here does not change the end
            store.forget_marks(f"{session.run}/")
    return report


def _person_of(flow: Flow, inputs: Mapping[str, Any], facts: Run) -> str:
    """Return the person of a run: the key of its flow's state, or its points and personal inputs.

    Empty for a single run whose flow has no state or begins nothing: each such run can be resumed.
    """
    if not is_row(facts.id) and not (flow.state and begins_anything(flow, facts)):
        return ""
    about: Any = [(n, inputs.get(n)) for n, p in flow.inputs.items() if is_point(n) or p.personal]
    if flow.state:
        with suppress(SgeflowError):  # the evaluation reports wrong inputs
            about = str(flow.state.key.evaluate(first_scope(flow, inputs, facts)))
    scope = (facts.environment.name, flow.state.collection if flow.state else flow.name)
    return json.dumps([*scope, about], default=str) if about else ""


def _author(context: RunContext, before: RecordedAnswers, store: Store) -> Author:
    """Return the run as an author of writes, with the last write before it began.

    A run that was stopped before it got any answer counts as beginning now.
    """
    run = context.session.run
    has_seen = before.answers or before.lost or len(before.results) > 1
    if has_seen and _TURN in before.results:
        return Author(run, before.results[_TURN])
    context.journal.note(run, _TURN, store.last_turn())
    return Author(run)


def _store(context: RunContext) -> Store:
    if context.session.store is None:
        raise TypeError("a run needs a session that keeps")
    return context.session.store


@contextmanager
def _noting_stop(
    context: RunContext, hidden: Masking, collector: RunCollector, keep_steps: Callable[[], None]
) -> Iterator[Ending[RunReport]]:
    """Write the reason of a stop to the journal, if possible, before the error goes on.

    A run whose end is in the journal is not interrupted any more.
    """
    ending: Ending[RunReport] = Ending()

    def stop(code: Exit, failure: str, summary: str) -> None:
        collector.watch(RunStopped(exit=code, code=failure))
        with suppress(TechnicalError):
            keep_steps()
            context.end(Status.FAILED, exit_code=code, summary=summary)

    try:
        yield ending
    except SgeflowError as error:
        stop(error.exit, error.problems[0].id.code, "")
        raise hidden.error(with_what_next(error, context.session)) from error
    except BaseException as error:
        met_bug = isinstance(error, Exception)
        if not met_bug and ending.report and context.journal.has_ended(context.session.run):
            return
        code, summary = (Exit.BUG, Id.BUG.code) if met_bug else (Exit.INTERRUPTED, "")
        stop(code, summary, summary)
        raise


def report_of(
    flow: Flow,
    session: Session,
    end: End,
    collector: RunCollector,
    saved: Iterable[Saved],
    seconds: float,
) -> RunReport:
    """Return the report of an ended run."""
    failure = end.failure if isinstance(end, Failed) else None
    return RunReport(
        run=session.run,
        flow=flow.name,
        title=flow.title,
        environment=session.environment.name,
        today=session.today,
        status=failure.status if failure else getattr(end, "status", Status.DONE),
        seconds=seconds,
        outputs=end.outputs if isinstance(end, Done) else None,
        steps=tuple(collector.steps),
        warnings=tuple(dict.fromkeys(collector.warnings)),
        files=tuple(dict.fromkeys(collector.files)),
        calls=collector.calls,
        failure=failure,
        values=sum(one.new + one.changed + one.unchanged for one in saved),
    )
