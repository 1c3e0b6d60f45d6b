"""`run --each` and `resume` of a fleet: the rows of a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from sgeflow.cli.running.fleet_options import FleetRequest
from sgeflow.cli.running.follow import StartListener, follow
from sgeflow.cli.running.run_request import RunRequest
from sgeflow.cli.shared.project import open_project
from sgeflow.cli.shared.results import format_document, telling_of_end
from sgeflow.errors import Exit, Id, Problem, UsageError
from sgeflow.messages import say, say_count
from sgeflow.runtime.options import Options
from sgeflow.terminal.formats import to_csv
from sgeflow.terminal.terminal import Terminal

if TYPE_CHECKING:
    from sgeflow.tools.fleet.closing import Closing
    from sgeflow.tools.fleet.model import Fleet
    from sgeflow.tools.fleet.results import FleetReport


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
    """The same report, once who is to be told of it was told."""
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
    """What of a fleet's document fits into one line."""
    return {name: value for name, value in document.items() if not isinstance(value, list | dict)}
