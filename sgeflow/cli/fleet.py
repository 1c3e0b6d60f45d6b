"""What `run --each` and `resume` of a fleet do between the command line and the use cases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sgeflow.cli.project import opened
from sgeflow.cli.run_actions import Asked, Opening, formatted, interrupted
from sgeflow.errors import Exit, Id, Problem, UsageError
from sgeflow.messages import counted, say
from sgeflow.runtime.options import Options
from sgeflow.terminal.formats import to_csv
from sgeflow.terminal.terminal import Terminal

if TYPE_CHECKING:
    from sgeflow.tools.fleet.work import Fleet, FleetReport


def run_each(
    terminal: Terminal,
    flow: str,
    given: Mapping[str, Any],
    asked: Asked,
    chosen: Options,
    project: Path | None,
) -> Exit:
    """Run a flow once a row and tell of it; the exit code that the rows stand for."""
    from sgeflow.tools.fleet.fleet import run_fleet

    fleet = _fleet(asked)
    workspace = opened(terminal, project, flow=flow)
    return _told(
        terminal,
        lambda told: run_fleet(
            flow, given, fleet, workspace=workspace, options=chosen, listener=told
        ),
    )


def check_each(
    terminal: Terminal,
    flow: str,
    given: Mapping[str, Any],
    asked: Asked,
    chosen: Options,
    project: Path | None,
) -> Exit:
    """Check every row, and send nothing."""
    from sgeflow.tools.fleet.fleet import check_rows

    if asked.file is None or asked.only_failed:
        message = say("a dry run of a fleet checks the rows of --each FILE")
        raise UsageError(Problem(id=Id.USAGE, message=message))
    workspace = opened(terminal, project, flow=flow)
    checked = check_rows(flow, given, asked.file, workspace=workspace, options=chosen)
    if terminal.output in ("json", "yaml"):
        terminal.result(formatted(terminal.output, {"flow": flow, "rows": checked.total}))
    else:
        terminal.result(
            counted(
                "{count:,} rows are right; nothing was sent, nothing kept",
                "{count:,} rows are right; nothing was sent, nothing kept",
                count=checked.total,
            )
        )
    return Exit.OK


def resume_each(
    terminal: Terminal,
    run: str,
    asked: Asked,
    chosen: Options,
    project: Path | None,
    *,
    changed: bool,
) -> Exit:
    """Go on with a fleet and tell of it."""
    from sgeflow.tools.fleet.fleet import resume_fleet

    workspace = opened(terminal, project)
    fleet = _fleet(replace(asked, file=Path()))
    return _told(
        terminal,
        lambda told: resume_fleet(
            run, workspace=workspace, options=chosen, fleet=fleet, changed=changed, listener=told
        ),
    )


def _fleet(asked: Asked) -> Fleet:
    from sgeflow.tools.fleet.shards import parse_shard
    from sgeflow.tools.fleet.work import Fleet

    return Fleet(
        file=asked.file,
        jobs=asked.jobs,
        max_failures=asked.max_failures,
        only_failed=asked.only_failed,
        shard=parse_shard(asked.shard),
        scheduler=_scheduler(asked),
    )


def _scheduler(asked: Asked) -> str:
    """The address of the cluster that does the rows; none when this process does."""
    if asked.engine not in ("", "threads", "dask"):
        message = say('there is no engine "{name}"', name=asked.engine)
        problem = Problem(id=Id.USAGE, message=message, allowed=("threads", "dask"))
        raise UsageError(problem)
    if asked.engine == "dask" and not asked.scheduler:
        message = say("--engine dask needs the address of a cluster")
        raise UsageError(Problem(id=Id.USAGE, message=message, note="--scheduler tcp://HOST:8786"))
    return "" if asked.engine == "threads" else asked.scheduler


def _told(terminal: Terminal, act: Callable[[Any], FleetReport]) -> Exit:
    from sgeflow.terminal.fleet import FleetProgress, fleet_document, fleet_text

    progress = FleetProgress(terminal)
    listener = Opening(terminal, progress)
    terminal.parting = lambda: interrupted(listener)
    try:
        with progress:
            report = act(listener)
    except KeyboardInterrupt:
        terminal.part()
        return Exit.INTERRUPTED
    if terminal.output in ("json", "yaml"):
        terminal.result(formatted(terminal.output, fleet_document(report)))
    elif terminal.output == "csv":
        terminal.result(to_csv([_line(fleet_document(report))]))
    else:
        terminal.result(fleet_text(report, terminal.table_width, terminal.paint))
    if report.exit is Exit.INTERRUPTED:
        terminal.part()
    return report.exit


def _line(document: Mapping[str, Any]) -> dict[str, Any]:
    """What of a fleet's document fits into one line."""
    return {name: value for name, value in document.items() if not isinstance(value, list | dict)}
