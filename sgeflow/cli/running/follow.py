"""Begin or resume a run or fleet and follow it to its end or interruption."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec.structs import replace

from sgeflow.adapters.project_files import find_project, show_path
from sgeflow.adapters.state.locations import StateLocation, checked_name
from sgeflow.adapters.variables import variables
from sgeflow.cli.running.run_options import RunRequest
from sgeflow.cli.shared.results import (
    check_csv,
    format_document,
    next_step,
    open_project,
    telling_of_end,
)
from sgeflow.core.model import ONLY_STUBS
from sgeflow.errors import Exit, Id, UsageError
from sgeflow.locale.translate import translate
from sgeflow.messages import say, sentences
from sgeflow.runtime.data_files import from_here
from sgeflow.runtime.journal.history import EarlierRun, closing_warning
from sgeflow.runtime.options import Options
from sgeflow.runtime.project import open_catalog
from sgeflow.runtime.session import chosen_environment
from sgeflow.runtime.state_location import home_to_look_at
from sgeflow.terminal import formats, problems
from sgeflow.terminal.layout import wrap
from sgeflow.terminal.terminal import Terminal

if TYPE_CHECKING:
    from sgeflow.core.model import RunReport
    from sgeflow.runtime.driver import RunStarted
    from sgeflow.tools.fleet.closing import Closing
    from sgeflow.tools.fleet.model import Fleet
    from sgeflow.tools.fleet.results import FleetReport

Report = TypeVar("Report")


class StartListener:
    """Reports the start of a run, then passes all other events on."""

    def __init__(self, terminal: Terminal, then: Any) -> None:
        """Prepare the listener; `then` gets every event after the start."""
        self._terminal = terminal
        self._then = then
        self.run = self.going_on = ""
        self.simulated = False

    def __call__(self, event: Any) -> None:
        """Handle one event."""
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
            text = say(
                "simulated data and customers, scenario {scenario}; choose another environment "
                "with --env",
                scenario=event.scenario,
            )
            if event.scenario == ONLY_STUBS:
                text = say("simulated: stubs answer; choose another environment with --env")
            lines = wrap(translate(text), self._terminal.width, "", "  ")
            paint = self._terminal.paint_aside
            self._terminal.aside("\n".join(paint(line, "yellow") for line in lines))


def run_flow(terminal: Terminal, request: RunRequest) -> Exit:
    """Run a flow and print its progress and its report; return the exit code."""
    from sgeflow.runtime.named import run as run_in_project

    flow, inputs, options = request.flow, request.inputs, request.options
    workspace = open_project(terminal, request.project, flow=flow)
    check_csv(terminal, workspace.flow(flow).shape, "take --output json; the lists are")
    return follow_run(
        terminal,
        lambda listener: run_in_project(
            flow, inputs, workspace=workspace, options=options, listener=listener
        ),
        lambda: (
            None  # a replay keeps nothing
            if options.replay
            else home_to_look_at(options.state, request.project, options.environment)
        ),
    )


def resume_run(
    terminal: Terminal, run: str, chosen: Options, project: Path | None, *, changed: bool
) -> Exit:
    """Resume a run and print its progress and its report; return the exit code."""
    from sgeflow.runtime.resume import resume as resume_in_project

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
    """Carry out a run and print its progress and report; return the exit code.

    `home` returns the location of the run's state, for the command that shows the run, or None.
    """
    from sgeflow.terminal.run import Progress

    report = follow(terminal, Progress(terminal), act)
    if report is None:
        return Exit.INTERRUPTED
    with telling_of_end(terminal):
        _show_report(terminal, report)
    if terminal.is_live and terminal.output not in ("json", "yaml", "csv") and not terminal.quiet:
        with telling_of_end(terminal):
            if (place := home()) is not None:
                command = place.command("page", "run", report.run, "--open")
                terminal.aside(next_step(say("look at it"), command))
    with telling_of_end(terminal):
        terminal.tell_loss(f"sgeflow runs show {report.run}")
    return report.exit


def follow(
    terminal: Terminal, progress: Any, act: Callable[[StartListener], Report]
) -> Report | None:
    """Return the result of `act`, which reports progress; None if it was interrupted."""
    if terminal.log == "json":
        from sgeflow.terminal.log import JsonLog

        progress = JsonLog(terminal)
    listener = StartListener(terminal, progress)
    terminal.interruption = lambda: interruption(listener)
    report = None
    try:
        with progress:
            report = act(listener)
    except KeyboardInterrupt:
        if report is None:
            terminal.tell_interruption()
    except OSError:  # the progress could not be drawn; the run has ended anyway
        if report is None:
            raise
    return report


def interruption(listener: StartListener) -> str:
    """Return the message about an interrupted run, with the command to resume it."""
    if not listener.run:
        return say("interrupted")
    if listener.simulated:
        return say("interrupted · a simulated run starts again")
    return say("interrupted · resume with  {command}", command=listener.going_on)


def _show_report(terminal: Terminal, report: RunReport) -> None:
    from sgeflow.terminal.run import report_text

    if terminal.log == "json":
        failure = {} if report.failure is None else report.failure.to_dict()
        terminal.log_event(
            "end",
            level="error" if failure else "info",
            status=report.status.value,
            exit=int(report.exit),
            calls=report.calls,
            values=report.values,
            seconds=round(report.seconds, 3),
            **failure,
        )
    elif report.failure is not None and terminal.output not in ("json", "yaml"):
        text = problems.failure_text(report.failure, terminal.width, terminal.paint_aside)
        terminal.aside(f"\n{text}\n\n" if terminal.is_live else f"\n{text}\n")
    if terminal.output in ("json", "yaml"):
        terminal.result(format_document(terminal.output, report.to_dict()))
    elif terminal.output == "csv":
        terminal.result(formats.to_csv(formats.rows_of(report.outputs or {})))
    else:
        text = report_text(report, terminal.width, terminal.paint, table_width=terminal.table_width)
        terminal.result(text)


def run_each(terminal: Terminal, request: RunRequest, fleet: Fleet) -> Exit:
    """Run a flow for each row and print the fleet's report; return the exit code."""
    from sgeflow.tools.fleet.closing import closing_of
    from sgeflow.tools.fleet.fleet import run_fleet

    workspace = open_project(terminal, request.project, flow=request.flow)
    closing = closing_of(fleet.closing, workspace, request.options)

    def act(listener: StartListener) -> FleetReport:
        return run_fleet(
            request.flow,
            request.inputs,
            fleet,
            workspace=workspace,
            options=request.options,
            listener=listener,
        )

    return _follow(terminal, act, closing)


def check_each(terminal: Terminal, request: RunRequest, fleet: Fleet) -> Exit:
    """Check all rows without sending anything; return the exit code."""
    from sgeflow.tools.fleet.fleet import check_rows

    flow, file = request.flow, fleet.file
    if file is None or fleet.only_failed:
        raise UsageError.of(Id.USAGE, say("a dry run of a fleet checks the rows of --each FILE"))
    workspace = open_project(terminal, request.project, flow=flow)
    checked = check_rows(flow, request.inputs, file, workspace=workspace, options=request.options)
    if terminal.output in ("json", "yaml"):
        terminal.result(format_document(terminal.output, {"flow": flow, "rows": checked.total}))
    else:
        right = say("rows that are right: {count:,}", count=checked.total)
        terminal.result(sentences(right, say("nothing was sent, nothing kept"), between="; "))
    return Exit.OK


def resume_each(
    terminal: Terminal,
    run: str,
    fleet: Fleet,
    chosen: Options,
    project: Path | None,
    *,
    changed: bool,
) -> Exit:
    """Resume a fleet and print its report; return the exit code."""
    from sgeflow.tools.fleet.closing import closing_of
    from sgeflow.tools.fleet.fleet import resume_fleet

    workspace = open_project(terminal, project)
    closing = closing_of(fleet.closing, workspace, chosen)

    def act(listener: StartListener) -> FleetReport:
        return resume_fleet(
            run,
            workspace=workspace,
            options=chosen,
            fleet=fleet,
            changed=changed,
            listener=listener,
        )

    return _follow(terminal, act, closing)


def _follow(
    terminal: Terminal, act: Callable[[StartListener], FleetReport], closing: Closing | None
) -> Exit:
    """Carry out a fleet and its `--finally` flow; print the report and return the exit code."""
    from sgeflow.terminal.fleet import FleetProgress, fleet_text
    from sgeflow.terminal.log import counts

    def close(listener: StartListener) -> FleetReport:
        report = act(listener)
        if closing is not None:
            closing.run_for(report, listener)
        return report

    report = follow(terminal, FleetProgress(terminal), close)
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
            terminal.result(format_document(terminal.output, report.to_dict()))
        elif terminal.output == "csv":
            values = report.to_dict().items()  # those that fit into one line
            line = {name: one for name, one in values if not isinstance(one, list | dict)}
            terminal.result(formats.to_csv([line]))
        else:
            terminal.result(fleet_text(report, terminal.table_width, terminal.paint))
    if report.exit is Exit.INTERRUPTED:
        terminal.tell_interruption()
    with telling_of_end(terminal):
        terminal.tell_loss(f"sgeflow runs show {report.run}")
    return report.exit


def run_once(terminal: Terminal, request: RunRequest) -> Exit:
    """Begin the run of a name, resume a stopped one, or report how it ended.

    Raises:
        UsageError: the name is invalid or belongs to another run, or the run cannot be resumed.
    """
    from sgeflow.runtime.named import once

    chosen = request.options
    if find_project(request.project).elsewhere is not None:
        # whole paths, by which runs from different folders compare
        opened = open_catalog(request.project, flow=request.flow)
        inputs = from_here(request.inputs, opened.flow(request.flow), opened.project)
        request = replace(request, inputs=inputs)
    name = checked_name(chosen.run or "", where="--run")
    home = home_to_look_at(chosen.state, request.project, chosen.environment)
    own, fleet, project = replace(chosen, run=None), request.fleet, request.project

    def begin() -> Exit:
        return run_flow(terminal, request) if fleet is None else run_each(terminal, request, fleet)

    def go_on(_: EarlierRun) -> Exit:
        if fleet is None:
            return resume_run(terminal, name, own, project, changed=False)
        return resume_each(terminal, name, fleet, own, project, changed=False)

    return once(
        home,
        name,
        request.inputs,
        check=lambda before: _check_alike(before, request),
        begin=begin,
        go_on=go_on,
        tell=lambda ended: _tell_end(terminal, ended, home),
    )


def _tell_end(terminal: Terminal, ended: EarlierRun, home: StateLocation) -> Exit:
    code = Exit(ended.exit or 0)
    words = say("run {run} has ended, with exit code {exit}", run=ended.entry.run, exit=int(code))
    terminal.aside(translate(words))
    if ended.fleet is not None and (warning := closing_warning(home, ended.entry)):
        terminal.aside(f"! {translate(warning)}")
    return code


def _check_alike(before: EarlierRun, request: RunRequest) -> None:
    """Check that the run of this name began with the same flow, options and inputs.

    Raises:
        UsageError: something differs.
    """
    from sgeflow.runtime.named import check_alike, name_is_taken, words_of

    chosen, rows = request.options, request.fleet
    workspace = open_catalog(request.project, flow=request.flow)
    environment = before.entry.environment  # --only-failed takes the environment of the failed rows
    if rows is None or not rows.only_failed or chosen.environment or variables().env:
        environment = chosen_environment(workspace, chosen).name
    now = {"run": workspace.flow(request.flow).name, "--env": environment}
    if rows is not None:
        was, again = words_of(before), rows.only_failed
        now["--each"] = str(rows.file.resolve()) if rows.file else was.get("--each", "")
        now["--only-failed"] = was.get("--only-failed", "") if again else ""
        if again and not now["--only-failed"].startswith(again):
            now["--only-failed"] = again
        now["--shard"] = str(rows.shard)
    check_alike(before, now)
    run, fleet = before.entry.run, before.fleet
    file = rows.file if rows is not None else None  # a deleted file is not compared
    if fleet is not None and before.exit is not None and file is not None and file.is_file():
        from sgeflow.tools.fleet.rows import digest_of, own_copy

        with own_copy(file) as copy:
            is_same = digest_of(copy) == fleet.digest
        if not is_same:
            message = say(
                "{path} does not contain the rows that run {run} was begun with",
                path=show_path(file),
                run=run,
            )
            raise UsageError(name_is_taken(message))
