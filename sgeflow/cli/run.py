"""`sgeflow run`: a flow, once or once a row of a file."""

# ruff: noqa: ARG001 - some options tell the terminal by their callbacks, not the command

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from sgeflow.cli import arguments, completion, fleet_options, options
from sgeflow.cli.fleet_options import FleetRequest
from sgeflow.cli.options import terminal_of
from sgeflow.errors import Exit, Id, Problem, UsageError
from sgeflow.locale.translate import tell
from sgeflow.messages import fixed, say
from sgeflow.runtime.options import Options
from sgeflow.terminal.terminal import Terminal

FLOW = options.argument(
    metavar="FLOW", help="A flow's name, or the path of its file.", autocompletion=completion.flows
)
VALUES = options.argument(metavar="[NAME=VALUE]...", help="Inputs; name:=json for what is no text.")
INPUTS = options.option(
    "--inputs", metavar="FILE", help="Inputs from a YAML or JSON file.", envvar="SGEFLOW_INPUTS"
)
DRY = options.option("--dry-run", help="Show what would be sent; nothing is sent, nothing kept.")
EACH = options.option(
    "--each", metavar="FILE", help="Run once a row: CSV with input names above, or JSON lines."
)
AGAIN = options.option(
    "--only-failed", metavar="RUN", help="Of an earlier fleet, the rows that failed."
)
NAME = options.option(
    "--run",
    metavar="NAME",
    help="A name for the run: said again, it goes on and never begins twice.",
)
ONLY = options.option(
    "--only", metavar="NAMES", help="The input `only` of a flow that has it: homologation cases."
)
HELP = options.option("--help", "-h", help="Show this message; after a flow's name, its inputs.")


app = options.command_app()


@app.command("run", add_help_option=False)
def run(
    context: typer.Context,
    flow: Annotated[str, FLOW] = "",
    inputs: Annotated[list[str] | None, VALUES] = None,
    file: Annotated[Path | None, INPUTS] = None,
    each: Annotated[Path | None, EACH] = None,
    jobs: fleet_options.Jobs = None,
    most: fleet_options.MaxFailures = None,
    only_failed: Annotated[str, AGAIN] = "",
    shard: fleet_options.Shard = "",
    engine: fleet_options.Engine = "",
    scheduler: fleet_options.Scheduler = "",
    only: Annotated[str, ONLY] = "",
    name: Annotated[str, NAME] = "",
    env: options.Env = None,
    today: options.Today = None,
    dry: Annotated[bool, DRY] = False,
    record: options.Record = None,
    replay: options.Replay = None,
    scenario: options.Scenario = None,
    faults: options.Faults = "",
    state: options.State = None,
    project: options.Project = None,
    output: Annotated[str | None, options.output("json", "yaml", "table", "csv")] = None,
    offline: options.Offline = None,
    confirm: options.Confirm = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    debug: options.Debug = False,
    help_: Annotated[bool, HELP] = False,
) -> None:
    """Run a flow once, or with --each once a row of a file.

    Results go to stdout, progress and problems to stderr. Without --env the people are simulated.
    """
    options.need(context, flow, "FLOW")
    terminal = terminal_of(context)
    if help_:
        show_inputs(terminal, flow, project)
        raise typer.Exit
    chosen = options.run_options(
        env, today, scenario, faults, record, replay, state, offline, confirm=confirm
    )
    given = arguments.given([*(inputs or []), *([f"only={only}"] if only else [])], file)
    fleet = FleetRequest(
        file=each,
        jobs=jobs,
        max_failures=most,
        only_failed=only_failed,
        shard=shard,
        engine=engine,
        scheduler=scheduler,
    )
    if not fleet.is_there and options.typed(context, "jobs", "most", "shard", "engine"):
        message = say("--jobs, --max-failures, --shard and --engine go with --each FILE")
        raise UsageError(Problem(id=Id.USAGE, message=message))
    if name and not dry:
        from sgeflow.cli.named_runs import run_once

        chosen = replace(chosen, run=name)
        raise typer.Exit(run_once(terminal, flow, given, fleet, chosen, project))
    if fleet.is_there:
        from sgeflow.cli.fleet_run import check_each, run_each

        act_each = check_each if dry else run_each
        raise typer.Exit(act_each(terminal, flow, given, fleet, chosen, project))
    from sgeflow.cli.follow import run_flow

    act = run_dry if dry else run_flow
    raise typer.Exit(act(terminal, flow, given, chosen, project))


def run_dry(
    terminal: Terminal, flow: str, given: Mapping[str, Any], chosen: Options, project: Path | None
) -> Exit:
    """Show what a run would send."""
    from sgeflow.cli.project import open_project
    from sgeflow.cli.results import formatted
    from sgeflow.runtime.dry_run import dry_run
    from sgeflow.terminal import listings, problems

    workspace = open_project(terminal, project, flow=flow)
    found = dry_run(flow, given, workspace=workspace, options=chosen)
    if terminal.output in ("json", "yaml"):
        terminal.result(formatted(terminal.output, listings.dry_document(found)))
    else:
        terminal.result(listings.dry_text(found, terminal.width, terminal.paint))
    if found.failure is None:
        return Exit.OK
    terminal.aside(problems.failure_text(found.failure, terminal.width, terminal.paint_aside))
    return found.failure.problem.id.exit


def show_inputs(terminal: Terminal, flow: str, project: Path | None) -> None:
    """The inputs of a flow."""
    from sgeflow.runtime.project import open_catalog
    from sgeflow.terminal.parameters import parameters_text
    from sgeflow.terminal.problems import wrapped

    found = open_catalog(project, flow=flow).flow(flow)
    inputs = parameters_text(found.inputs, terminal.width, terminal.paint, "Inputs")
    usage = tell(say("Usage: sgeflow run {flow} [NAME=VALUE]... [OPTIONS]", flow=flow))
    note = tell(say("Options: sgeflow run --help"))
    title = "\n".join(wrapped(tell(fixed(found.title)), terminal.width))
    terminal.result("\n\n".join([usage, title, *inputs, note]))
