"""`sgeflow run`: run a flow once, or once for each row of a file."""

# ruff: noqa: ARG001 - some options tell the terminal by their callbacks, not the command

# `from __future__ import annotations` is missing: Typer would compile each annotation three times

from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace

from sgeflow.cli.running import run_options
from sgeflow.cli.running.observed_command import MetricsFile, WithTraces, watching
from sgeflow.cli.running.run_options import RunRequest
from sgeflow.cli.shared import arguments, completion, options
from sgeflow.cli.shared.options import terminal_of
from sgeflow.errors import Exit, Id, UsageError
from sgeflow.locale.translate import translate
from sgeflow.messages import say
from sgeflow.terminal.terminal import Terminal
from sgeflow.tools.fleet.model import Fleet, parse_shard

FLOW = options.argument(
    metavar="FLOW", help="A flow's name, or the path of its file.", autocompletion=completion.flows
)
VALUES = options.argument(
    metavar="[NAME=VALUE]...",
    help="Inputs; name:=json for other types than text.",
    autocompletion=completion.values,
)
INPUTS = options.option(
    "--inputs", metavar="FILE", help="Inputs from a YAML or JSON file.", envvar="SGEFLOW_INPUTS"
)
DRY = options.option("--dry-run", help="Show the requests; send and keep nothing.")
EACH = options.option(
    "--each", metavar="FILE", help="Run once a row: CSV with input names above, or JSON lines."
)
AGAIN = options.option(
    "--only-failed", metavar="RUN", help="Run the failed rows of an earlier fleet."
)
NAME = options.option(
    "--run",
    metavar="NAME",
    help="A name for the run: the same name resumes it and never starts another.",
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
    jobs: run_options.Jobs = None,
    most: run_options.MaxFailures = None,
    only_failed: Annotated[str, AGAIN] = "",
    shard: run_options.Shard = "",
    closing: run_options.Closing = "",
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
    log: options.Log = None,
    metrics: MetricsFile = None,
    traces: WithTraces = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    debug: options.Debug = False,
    help_: Annotated[bool, HELP] = False,
) -> None:
    """Run a flow once, or for each row of a file (--each).

    Results go to stdout, progress and problems to stderr. Without --env the people are simulated.
    """
    options.need(context, flow, "FLOW", known=completion.flows)
    terminal = terminal_of(context)
    if help_:
        show_inputs(terminal, flow, project)
        raise typer.Exit
    chosen = options.run_options(
        env, today, scenario, faults, record, replay, state, offline, confirm=confirm
    )
    is_fleet = each is not None or only_failed != ""
    of_fleet = ("jobs", "most", "shard", "closing")
    if not is_fleet and options.is_on_command_line(context, *of_fleet):
        message = say("--jobs, --shard, --max-failures and --finally go with --each")
        raise UsageError.of(Id.USAGE, message)
    if file:
        chosen = replace(chosen, read=(file,))
    if name and not dry:
        chosen = replace(chosen, run=name)
    metrics, traces = (None, False) if dry else (metrics, traces)
    with watching(terminal, chosen, project, metrics, traces=traces, flow=flow) as own:
        from sgeflow.cli.running import follow

        values = arguments.read_arguments(inputs or [], file)
        fleet = None
        if is_fleet:
            fleet = Fleet(
                file=each,
                jobs=jobs,
                max_failures=most,
                only_failed=only_failed,
                shard=parse_shard(shard),
                closing=closing,
            )
        request = RunRequest(flow=flow, inputs=values, fleet=fleet, options=own, project=project)
        if own.run:
            code = follow.run_once(terminal, request)
        elif fleet is None:
            code = (run_dry if dry else follow.run_flow)(terminal, request)
        else:
            code = (follow.check_each if dry else follow.run_each)(terminal, request, fleet)
    raise typer.Exit(code)


def run_dry(terminal: Terminal, request: RunRequest) -> Exit:
    """Print what a run would send; return the exit code."""
    from sgeflow.cli.shared.results import format_document, open_project
    from sgeflow.core.engine.effects import Warn
    from sgeflow.runtime.dry_run import dry_run
    from sgeflow.terminal import problems
    from sgeflow.terminal.dry_run import dry_document, dry_text
    from sgeflow.terminal.run import Progress

    flow, inputs = request.flow, request.inputs
    workspace = open_project(terminal, request.project, flow=flow)
    preview = dry_run(flow, inputs, workspace=workspace, options=request.options)
    if terminal.output in ("json", "yaml"):
        terminal.result(format_document(terminal.output, dry_document(preview)))
    else:
        terminal.result(dry_text(preview, terminal.width, terminal.paint))
    warn = Progress(terminal)
    for text in preview.warnings:
        warn(Warn("", text))
    if preview.failure is None:
        return Exit.OK
    terminal.aside(problems.failure_text(preview.failure, terminal.width, terminal.paint_aside))
    return preview.failure.problem.id.exit


def show_inputs(terminal: Terminal, flow: str, project: Path | None) -> None:
    """Print the inputs of a flow."""
    from sgeflow.runtime.project import open_catalog
    from sgeflow.terminal.describe import parameters_text
    from sgeflow.terminal.layout import wrap

    chosen = open_catalog(project, flow=flow).flow(flow)
    inputs = parameters_text(chosen.inputs, terminal.width, terminal.paint, "Inputs")
    usage = translate(
        say("Usage: {command} [NAME=VALUE]... [OPTIONS]", command=f"sgeflow run {flow}")
    )
    note = translate(say("Options: sgeflow run --help"))
    title = "\n".join(wrap(translate(chosen.title), terminal.width))
    terminal.result("\n\n".join([usage, title, *inputs, note]))
