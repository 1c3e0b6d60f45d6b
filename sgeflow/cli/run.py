"""`sgeflow run`: a flow, once or once a row of a file."""

# ruff: noqa: ARG001 - some options tell the terminal by their callbacks, not the command

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from sgeflow.cli import arguments, completion, options
from sgeflow.cli.options import terminal_of
from sgeflow.errors import Id, Problem, UsageError
from sgeflow.messages import say

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


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command("run", add_help_option=False)(run)


def run(
    context: typer.Context,
    flow: Annotated[str, FLOW] = "",
    inputs: Annotated[list[str] | None, VALUES] = None,
    file: Annotated[Path | None, INPUTS] = None,
    each: Annotated[Path | None, EACH] = None,
    jobs: options.Jobs = None,
    most: options.MaxFailures = None,
    only_failed: Annotated[str, AGAIN] = "",
    shard: options.Shard = "",
    engine: options.Engine = "",
    scheduler: options.Scheduler = "",
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
    from sgeflow.cli import run_actions

    if help_:
        run_actions.help_of_flow(context, flow, project)
    chosen = run_actions.options(
        env, today, scenario, faults, record, replay, state, offline, confirm=confirm
    )
    given = arguments.given([*(inputs or []), *([f"only={only}"] if only else [])], file)
    terminal = terminal_of(context)
    asked = run_actions.Asked(
        file=each,
        jobs=jobs,
        max_failures=most,
        only_failed=only_failed,
        shard=shard,
        engine=engine,
        scheduler=scheduler,
    )
    if not asked.is_fleet() and options.typed(context, "jobs", "most", "shard", "engine"):
        message = say("--jobs, --max-failures, --shard and --engine go with --each FILE")
        raise UsageError(Problem(id=Id.USAGE, message=message))
    if name and not dry:
        from sgeflow.cli.named_runs import run_once

        chosen = replace(chosen, run=name)
        raise typer.Exit(run_once(terminal, flow, given, asked, chosen, project))
    if asked.is_fleet():
        from sgeflow.cli import fleet

        act_each = fleet.check_each if dry else fleet.run_each
        raise typer.Exit(act_each(terminal, flow, given, asked, chosen, project))
    act = run_actions.run_dry if dry else run_actions.run_flow
    raise typer.Exit(act(terminal, flow, given, chosen, project))
