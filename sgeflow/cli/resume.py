"""`sgeflow resume`: go on with a run or fleet that was stopped."""

# ruff: noqa: ARG001 - some options tell the terminal by their callbacks, not the command

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from sgeflow.adapters.state.records import is_row
from sgeflow.cli.running import run_options
from sgeflow.cli.running.observed_command import MetricsFile, WithTraces, watching
from sgeflow.cli.shared import options
from sgeflow.cli.shared.options import terminal_of
from sgeflow.errors import UsageError
from sgeflow.runtime.options import Options
from sgeflow.runtime.state_location import home_to_look_at
from sgeflow.tools.fleet.model import Fleet

CHANGED = options.option("--changed-documents", help="Resume although documents have changed.")

app = options.command_app()


@app.command("resume")
def resume(
    context: typer.Context,
    run: options.Run,
    changed: Annotated[bool, CHANGED] = False,
    jobs: run_options.Jobs = None,
    most: run_options.MaxFailures = None,
    closing: run_options.Closing = "",
    confirm: options.Confirm = False,
    env: options.StateOf = None,
    state: options.State = None,
    project: options.Project = None,
    output: Annotated[str | None, options.output("json", "yaml", "table", "csv")] = None,
    log: options.Log = None,
    metrics: MetricsFile = None,
    traces: WithTraces = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    debug: options.Debug = False,
) -> None:
    """Resume a run or fleet that was stopped.

    Answered requests are not sent again.
    """
    from sgeflow.cli.running.follow import resume_each, resume_run
    from sgeflow.runtime.journal.history import find_run, fleet_of

    chosen = Options(environment=env, state=state, confirm_orders=confirm)
    terminal = terminal_of(context)
    home = home_to_look_at(state, project, env)
    flow = environment = ""
    if metrics is not None:
        with suppress(UsageError):  # the journal does not know the run
            entry = find_run(home, run).entry
            flow, environment = entry.flow, entry.environment
    is_fleet = not is_row(run) and fleet_of(home, run) is not None
    observed = watching(
        terminal, chosen, project, metrics, traces=traces, flow=flow, environment=environment
    )
    with observed as own:
        if is_fleet:
            # the journal has its file
            fleet = Fleet(file=Path(), jobs=jobs, max_failures=most, closing=closing)
            code = resume_each(terminal, run, fleet, own, project, changed=changed)
        else:
            code = resume_run(terminal, run, own, project, changed=changed)
    raise typer.Exit(code)
