"""Runs with a name: the same name begins a run, resumes it, or gives the report of its end."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from msgspec.structs import asdict, replace

from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.locations import StateLocation, checked_name
from sgeflow.core.engine.step import Flow
from sgeflow.core.model import RunReport, StepTrace
from sgeflow.errors import Details, Exit, GuardError, Id, Problem, UsageError
from sgeflow.messages import Message, say, sentences
from sgeflow.runtime.arguments import check_arguments
from sgeflow.runtime.data_files import from_here
from sgeflow.runtime.driver import Listener
from sgeflow.runtime.journal.history import EarlierRun, find_run, kept_inputs, run_state
from sgeflow.runtime.options import Options, options_of
from sgeflow.runtime.project import Workspace, open_catalog
from sgeflow.runtime.resume import check_resumable, resume_until
from sgeflow.runtime.run import begin_run, run_in
from sgeflow.runtime.run_context import RunContext, deadline_of
from sgeflow.runtime.session import chosen_environment
from sgeflow.runtime.state_location import home_of

R = TypeVar("R")


@check_arguments
def run(
    flow: str,
    inputs: Mapping[str, Any] | None = None,
    *,
    name: str = "",
    workspace: Workspace | None = None,
    options: Options | None = None,
    timeout: float | None = None,
    listener: Listener = lambda _: None,
) -> RunReport:
    """Run a flow once.

    Args:
        flow: its name, or the path of its file.
        inputs: values by name; other inputs come from the environment and the defaults.
            Paths count from the current folder; those in documents from the project's.
        name: the name of the run. The same name resumes a stopped run and never begins another. If
            the run has ended well, nothing is sent: `report.ended_before` is true, and the report
            has its steps, warnings and calls. The journal keeps no contents of ended runs: outputs
            are None, there are no files and values, and verbs and titles of steps are empty.
        workspace: an opened project; by default the one of the current folder.
        options: environment, date, cassette, state folder.
        timeout: the seconds after which the run sends nothing more; measures that came are kept.
            Undos and `finally` steps have their time. An order without an answer is unknown.
        listener: told of the start, of steps, calls and warnings while it runs.

    Returns:
        The report; a run that failed has one too (`report.failure`).

    Raises:
        InvalidDocuments, InvalidValues, UsageError, CredentialsError: nothing was sent; also if a
            run of this name was begun with another flow, environment or other inputs.
        GuardError: nothing was sent: another process works on the run, documents were changed since
            it began, or it has ended and an order waits for a person.
    """
    deadline = deadline_of(timeout)
    opened, settings = workspace or open_catalog(flow=flow), options_of(options)
    chosen = opened.flow(flow)
    values = from_here(inputs or {}, chosen, opened.project)
    if not name:
        return begin_run(chosen, values, opened, settings, listener, deadline)
    environment = chosen_environment(opened, settings)
    home = home_of(settings.state, opened.project, environment)
    return once(
        home,
        checked_name(name, where="name"),
        values,
        check=lambda before: check_alike(before, _words(chosen, environment.name)),
        begin=lambda: begin_run(
            chosen, values, opened, replace(settings, run=name), listener, deadline
        ),
        go_on=lambda _: resume_until(deadline, name, opened, settings, listener),
        tell=lambda ended: report_before(home, ended, chosen),
    )


def run_named(
    context: RunContext, name: str, flow: Flow, inputs: Mapping[str, Any], listener: Listener
) -> RunReport:
    """Run a flow by name in an open context; the results and errors are those of `run`."""
    session, home = context.session, context.session.home

    def go_on(before: EarlierRun) -> RunReport:
        details = find_run(home, name)
        check_resumable(home, details, context.workspace, changed=False)
        own = replace(context, session=session.as_begun(before.entry))
        return run_in(own, flow, kept_inputs(context.journal, name), listener, goes_on=True)

    own = replace(context, session=replace(session, run=name), asked=inputs)
    return once(
        home,
        checked_name(name, where="name"),
        inputs,
        check=lambda before: check_alike(before, _words(flow, session.environment.name)),
        begin=lambda: run_in(own, flow, inputs, listener),
        go_on=go_on,
        tell=lambda ended: report_before(home, ended, flow),
    )


def once(
    home: StateLocation,
    name: str,
    inputs: Mapping[str, Any],
    *,
    check: Callable[[EarlierRun], None],
    begin: Callable[[], R],
    go_on: Callable[[EarlierRun], R],
    tell: Callable[[EarlierRun], R],
) -> R:
    """Begin the run or fleet of a name, resume a stopped one, or tell how it ended.

    Raises:
        UsageError: by `check`: the name belongs to another run; or the run cannot be resumed.
    """
    before = run_state(home, name, inputs)
    if before is not None:
        check(before)
        if before.exit is not None:
            return tell(before)
    try:
        return begin() if before is None else go_on(before)
    except (UsageError, GuardError):
        after = run_state(home, name, inputs)
        if after is None or after.exit is None:
            raise
    check(after)  # another process has ended it meanwhile
    return tell(after)


def _words(flow: Flow, environment: str) -> Mapping[str, str]:
    return {"run": flow.name, "--env": environment}


def words_of(before: EarlierRun) -> dict[str, str]:
    """Return the options that a run or fleet was begun with, as a command has them."""
    words = {"run": before.entry.flow, "--env": before.entry.environment}
    if (fleet := before.fleet) is not None:
        words |= {"--each": fleet.file, "--only-failed": fleet.again, "--shard": fleet.shard}
    return words


def check_alike(before: EarlierRun, asked: Mapping[str, str]) -> None:
    """Check that the run of a name was begun with the same flow, options and inputs.

    Raises:
        UsageError: it was begun with others.
    """
    run, was = before.entry.run, words_of(before)
    if was != asked:
        message = say("run {run} was begun with something else", run=run)
        details = (("begun", _differing(was, asked)), ("asked", _differing(asked, was)))
        raise UsageError(name_is_taken(message, details))
    if before.is_asked_alike is False:
        raise UsageError(name_is_taken(say("run {run} was begun with other inputs", run=run)))


def name_is_taken(message: Message, details: Details = ()) -> Problem:
    """Return the problem that another run has the name."""
    note = say("give the new run another name")
    return Problem(id=Id.USAGE, message=message, note=note, details=details)


def _differing(these: Mapping[str, str], others: Mapping[str, str]) -> str:
    """Return the words of a command that differ from those of another."""
    words = [
        Message(f"{key} {{value}}", {"value": value})
        for key, value in these.items()
        if value and value != others.get(key, "")
    ]
    return sentences(*words) or say("without it")


def report_before(home: StateLocation, ended: EarlierRun, flow: Flow) -> RunReport:
    """Return the report of a run that has ended well, as far as the journal keeps it.

    Raises:
        GuardError: a late answer has reopened an order, which waits for a person.
    """
    entry = ended.entry
    if ended.exit is Exit.GUARDED:
        message = say(
            "run {run} has ended, with exit code {exit}", run=entry.run, exit=int(ended.exit)
        )
        do = (("do", home.command("orders")),)
        raise GuardError.of(Id.GUARD, message, details=do)
    with Journal(home.journal) as journal:
        kept = journal.steps(entry.run)
    steps = []
    for step in kept.steps if kept else ():
        facts = asdict(step)
        del facts["code"]  # a trace has it in its failure
        steps.append(StepTrace(verb="", title="", **facts))
    return RunReport(
        run=entry.run,
        flow=entry.flow,
        title=flow.title,
        environment=entry.environment,
        today=entry.today,
        status=entry.status,
        seconds=max(0.0, (entry.ended or entry.started) - entry.started),
        outputs=None,
        steps=tuple(steps),
        warnings=kept.warnings if kept else (),
        files=(),
        calls=entry.calls,
        ended_before=True,
    )
