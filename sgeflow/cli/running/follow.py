"""Follow a run or fleet from its start to its end, or to the signal that stops it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec.structs import replace

from sgeflow.cli.running.run_options import FleetRequest, RunRequest
from sgeflow.cli.shared.results import (
    check_csv,
    format_document,
    next_step,
    open_project,
    telling_of_end,
)
from sgeflow.errors import Exit, Id, Problem, UsageError
from sgeflow.locale.translate import translate
from sgeflow.messages import say, say_count
from sgeflow.runtime.options import Options
from sgeflow.terminal import formats, problems
from sgeflow.terminal.formats import to_csv
from sgeflow.terminal.layout import wrap
from sgeflow.terminal.terminal import Terminal

if TYPE_CHECKING:
    from sgeflow.adapters.state.locations import StateLocation
    from sgeflow.cli.running.run_options import RunRequest
    from sgeflow.core.model import RunReport
    from sgeflow.runtime.driver import RunStarted
    from sgeflow.runtime.options import Options
    from sgeflow.tools.fleet.closing import Closing
    from sgeflow.tools.fleet.model import Fleet
    from sgeflow.tools.fleet.results import FleetReport

Report = TypeVar("Report")


class StartListener:
    """Listens to a run: says first what begins, and that people are simulated when they are."""

    def __init__(self, terminal: Terminal, then: Any) -> None:
        """`then` gets every event that follows."""
        self._terminal = terminal
        self._then = then
        self.run = self.going_on = ""
        self.simulated = False

    def __call__(self, event: Any) -> None:
        """One event."""
        if hasattr(event, "scenario"):
            self._start(event)
        else:
            self._then(event)

    def _start(self, event: RunStarted) -> None:
        self.run, self.simulated = event.run, bool(event.scenario)
        self.going_on = event.going_on
        self._terminal.run = event.run
        if self._terminal.log == "json":
            words = {"environment": event.environment, "today": event.today}
            scenario = {"scenario": event.scenario} if event.scenario else {}
            self._terminal.log_event("begin", title=str(event.title), **words, **scenario)
            return
        if event.scenario and not self._terminal.quiet:
            self._terminal.aside(simulated_line(event.scenario, self._terminal))


def run_flow(terminal: Terminal, request: RunRequest) -> Exit:
    """Run a flow and tell of it; the exit code of its report."""
    from sgeflow.runtime.run import run as run_in_project
    from sgeflow.runtime.state_location import home_to_look_at

    flow, inputs, options = request.flow, request.inputs, request.options
    workspace = open_project(terminal, request.project, flow=flow)
    check_csv(terminal, workspace.flow(flow).shape, "take --output json; the lists are")
    return follow_run(
        terminal,
        lambda listener: run_in_project(
            flow, inputs, workspace=workspace, options=options, listener=listener
        ),
        lambda: (
            None  # nothing is kept
            if options.replay
            else home_to_look_at(options.state, request.project, options.environment)
        ),
    )


def resume_run(
    terminal: Terminal, run: str, chosen: Options, project: Path | None, *, changed: bool
) -> Exit:
    """Go on with a run and tell of it; the exit code of its report."""
    from sgeflow.runtime.resume import resume as resume_in_project
    from sgeflow.runtime.state_location import home_to_look_at

    workspace = open_project(terminal, project)
    return follow_run(
        terminal,
        lambda listener: resume_in_project(
            run, workspace=workspace, options=chosen, changed=changed, listener=listener
        ),
        lambda: home_to_look_at(chosen.state, project, chosen.environment),
    )


def follow_run(
    terminal: Terminal,
    act: Callable[[StartListener], RunReport],
    home: Callable[[], StateLocation | None],
) -> Exit:
    """Carry a run out before the eyes of a person; the exit code of its report.

    `home` is where it is kept, for the command that shows it; None when nothing of it is.
    """
    from sgeflow.terminal.run import Progress

    report = follow(terminal, Progress(terminal), act)
    if report is None:
        return Exit.INTERRUPTED
    code = report.exit
    with telling_of_end(terminal):
        _show_report(terminal, report, code)
    if terminal.is_live and terminal.output not in ("json", "yaml", "csv") and not terminal.quiet:
        with telling_of_end(terminal):
            if (place := home()) is not None:
                command = place.command("page", "run", report.run, "--open")
                terminal.aside(next_step(say("look at it"), command))
    with telling_of_end(terminal):
        terminal.tell_loss(f"sgeflow runs show {report.run}")
    return code


def follow(
    terminal: Terminal, progress: Any, act: Callable[[StartListener], Report]
) -> Report | None:
    """Return the result of an act that reports progress; None if it was interrupted."""
    if terminal.log == "json":
        from sgeflow.terminal.fleet import EVERY
        from sgeflow.terminal.log import JsonLog

        progress = JsonLog(terminal, every=EVERY)
    listener = StartListener(terminal, progress)
    terminal.interruption = lambda: interruption(listener)
    report = None
    try:
        with progress:
            report = act(listener)
    except KeyboardInterrupt:
        if report is None:
            terminal.tell_interruption()
    except OSError:  # what is drawn cannot be written: that takes no end back
        if report is None:
            raise
    return report


def interruption(listener: StartListener) -> str:
    """The words for a run that was ended from outside, and how to go on when it can."""
    if not listener.run:
        return say("interrupted")
    if listener.simulated:
        return say("interrupted · a simulated run begins anew")
    return say("interrupted · go on with  {command}", command=listener.going_on)


def simulated_line(scenario: str, terminal: Terminal) -> str:
    """The one line that says that nothing of it is real."""
    text = say(
        "simulated data: made-up people, scenario {scenario}; "
        "choose another environment with --env",
        scenario=scenario,
    )
    lines = wrap(translate(text), terminal.width, "", "  ")
    return "\n".join(terminal.paint_aside(line, "yellow") for line in lines)


def _show_report(terminal: Terminal, report: RunReport, code: Exit) -> None:
    from sgeflow.terminal.run import report_document, report_text

    if terminal.log == "json":
        _log_end(terminal, report, code)
    elif report.failure is not None and terminal.output not in ("json", "yaml"):
        text = problems.failure_text(report.failure, terminal.width, terminal.paint_aside)
        terminal.aside(f"\n{text}\n\n" if terminal.is_live else f"\n{text}\n")
    if terminal.output in ("json", "yaml"):
        terminal.result(format_document(terminal.output, report_document(report, code)))
    elif terminal.output == "csv":
        terminal.result(formats.to_csv(formats.rows_of(report.outputs or {})))
    else:
        text = report_text(report, terminal.width, terminal.paint, table_width=terminal.table_width)
        terminal.result(text)


def _log_end(terminal: Terminal, report: RunReport, code: Exit) -> None:
    failure = {} if report.failure is None else problems.failure_document(report.failure)
    terminal.log_event(
        "end",
        level="error" if failure else "info",
        status=report.status.value,
        exit=int(code),
        calls=report.calls,
        values=report.values,
        seconds=round(report.seconds, 3),
        **failure,
    )


def run_each(terminal: Terminal, request: RunRequest) -> Exit:
    """Run a flow once a row and tell of it; the exit code that the rows stand for."""
    from sgeflow.tools.fleet.closing import closing_of
    from sgeflow.tools.fleet.fleet import run_fleet

    fleet = _fleet(request.fleet)
    workspace = open_project(terminal, request.project, flow=request.flow)
    closing = closing_of(request.fleet.closing, workspace, request.options)

    def act(listener: StartListener) -> FleetReport:
        report = run_fleet(
            request.flow,
            request.inputs,
            fleet,
            workspace=workspace,
            options=request.options,
            listener=listener,
        )
        return _tell_closing(report, closing, listener)

    return _follow(terminal, act)


def check_each(terminal: Terminal, request: RunRequest) -> Exit:
    """Check every row, and send nothing."""
    from sgeflow.tools.fleet.fleet import check_rows

    flow, file = request.flow, request.fleet.file
    if file is None or request.fleet.only_failed:
        message = say("a dry run of a fleet checks the rows of --each FILE")
        raise UsageError(Problem(id=Id.USAGE, message=message))
    workspace = open_project(terminal, request.project, flow=flow)
    checked = check_rows(flow, request.inputs, file, workspace=workspace, options=request.options)
    if terminal.output in ("json", "yaml"):
        terminal.result(format_document(terminal.output, {"flow": flow, "rows": checked.total}))
    else:
        terminal.result(
            say_count(
                "{count:,} row is right; nothing was sent, nothing kept",
                "{count:,} rows are right; nothing was sent, nothing kept",
                count=checked.total,
            )
        )
    return Exit.OK


def resume_each(
    terminal: Terminal,
    run: str,
    request: FleetRequest,
    chosen: Options,
    project: Path | None,
    *,
    changed: bool,
) -> Exit:
    """Go on with a fleet and tell of it."""
    from sgeflow.tools.fleet.closing import closing_of
    from sgeflow.tools.fleet.fleet import resume_fleet

    workspace = open_project(terminal, project)
    fleet = _fleet(replace(request, file=Path()))
    closing = closing_of(request.closing, workspace, chosen)

    def act(listener: StartListener) -> FleetReport:
        report = resume_fleet(
            run,
            workspace=workspace,
            options=chosen,
            fleet=fleet,
            changed=changed,
            listener=listener,
        )
        return _tell_closing(report, closing, listener)

    return _follow(terminal, act)


def _tell_closing(
    report: FleetReport, closing: Closing | None, listener: StartListener
) -> FleetReport:
    """Run the `--finally` flow with the report, then return the report."""
    if closing is not None:
        closing.tell(report, listener)
    return report


def _fleet(request: FleetRequest) -> Fleet:
    from sgeflow.tools.fleet.model import Fleet, parse_shard

    return Fleet(
        file=request.file,
        jobs=request.jobs,
        max_failures=request.max_failures,
        only_failed=request.only_failed,
        shard=parse_shard(request.shard),
        closing=request.closing,
        scheduler=request.scheduler,
    )


def _follow(terminal: Terminal, act: Callable[[StartListener], FleetReport]) -> Exit:
    from sgeflow.terminal.fleet import FleetProgress, fleet_document, fleet_text
    from sgeflow.terminal.log import counts

    report = follow(terminal, FleetProgress(terminal), act)
    if report is None:
        return Exit.INTERRUPTED
    if terminal.log == "json":
        level = "info" if report.exit is Exit.OK else "error"
        took = {"exit": int(report.exit), "seconds": round(report.seconds, 3)}
        codes = {"codes": dict(report.tally.codes.most_common())}
        terminal.log_event(
            "end", level=level, **counts(report.tally, report.total), **took, **codes
        )
    with telling_of_end(terminal):
        if terminal.output in ("json", "yaml"):
            terminal.result(format_document(terminal.output, fleet_document(report)))
        elif terminal.output == "csv":
            terminal.result(to_csv([_line(fleet_document(report))]))
        else:
            terminal.result(fleet_text(report, terminal.table_width, terminal.paint))
    if report.exit is Exit.INTERRUPTED:
        terminal.tell_interruption()
    with telling_of_end(terminal):
        terminal.tell_loss(f"sgeflow runs show {report.run}")
    return report.exit


def _line(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a fleet's document that fit into one line."""
    return {name: value for name, value in document.items() if not isinstance(value, list | dict)}
