"""`sgeflow call`: one operation of SGE."""

# ruff: noqa: ARG001 - some options tell the terminal by their callbacks, not the command

# `from __future__ import annotations` is missing: Typer would compile each annotation three times

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sgeflow.cli.shared import arguments, completion, options
from sgeflow.cli.shared.options import terminal_of
from sgeflow.locale.translate import translate
from sgeflow.messages import say
from sgeflow.terminal.terminal import Terminal

if TYPE_CHECKING:
    from sgeflow.runtime.options import Options
    from sgeflow.runtime.project import Workspace
    from sgeflow.terminal.run import Progress

VALUES = options.argument(
    metavar="[NAME=VALUE]...",
    help="Parameters; name:=json for other types than text.",
    autocompletion=completion.values,
)
PARAMS = options.option(
    "--params", metavar="FILE", help="Parameters from a YAML or JSON file.", envvar="SGEFLOW_PARAMS"
)
DRY = options.option(
    "--dry-run", help="Print the request, personal values included; nothing is sent, nothing kept."
)
UNCHECKED = options.option(
    "--unchecked", help="Send it although values are invalid or break a rule."
)
HELP = options.option("--help", "-h", help="Show this message; after an operation, its parameters.")

app = options.command_app()


@app.command("call", add_help_option=False)
def call(
    context: typer.Context,
    operation: options.Operation = "",
    parameters: Annotated[list[str] | None, VALUES] = None,
    file: Annotated[Path | None, PARAMS] = None,
    env: options.Env = None,
    today: options.Today = None,
    dry: Annotated[bool, DRY] = False,
    unchecked: Annotated[bool, UNCHECKED] = False,
    path: options.OutputPath = "",
    record: options.Record = None,
    replay: options.Replay = None,
    scenario: options.Scenario = None,
    faults: options.Faults = "",
    state: options.State = None,
    project: options.Project = None,
    output: Annotated[str | None, options.output("json", "yaml", "table", "csv", "xml")] = None,
    offline: options.Offline = None,
    confirm: options.Confirm = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    debug: options.Debug = False,
    help_: Annotated[bool, HELP] = False,
) -> None:
    """Call one operation and show its answer."""
    options.need(context, operation, "OPERATION", known=completion.operations)
    terminal = terminal_of(context)
    if help_:
        show_parameters(terminal, operation, project)
        raise typer.Exit
    from sgeflow.cli.running.follow import StartListener
    from sgeflow.cli.shared.results import check_csv, open_project, show_call, telling_of_end
    from sgeflow.runtime.call import call as call_in_project
    from sgeflow.terminal.run import Progress

    chosen = options.run_options(
        env, today, scenario, faults, record, replay, state, offline, confirm=confirm
    )
    values = arguments.read_arguments(parameters or [], file)
    workspace, progress = open_project(terminal, project), Progress(terminal)
    if dry:
        show_envelope(terminal, workspace, chosen, progress, operation, values, unchecked=unchecked)
        raise typer.Exit
    if terminal.output == "csv":
        from sgeflow.core.checking.operations import shape_of_outputs

        outputs = shape_of_outputs(workspace.operation(operation))
        check_csv(terminal, outputs, "choose with --path", path)
    result = call_in_project(
        operation,
        values,
        unchecked=unchecked,
        workspace=workspace,
        options=chosen,
        listener=StartListener(terminal, progress),
    )
    with telling_of_end(terminal):
        show_call(terminal, result, path)
    raise typer.Exit(result.exit)


def show_envelope(
    terminal: Terminal,
    workspace: "Workspace",
    chosen: "Options",
    progress: "Progress",
    operation: str,
    parameters: Mapping[str, Any],
    *,
    unchecked: bool,
) -> None:
    """Show what a call would send."""
    from sgeflow.core.engine.call import end_of_life
    from sgeflow.core.engine.effects import Warn
    from sgeflow.runtime.call import prepare_request as prepared_request
    from sgeflow.runtime.session import chosen_environment, moment

    environment = chosen_environment(workspace, chosen)
    today = moment(chosen).date().isoformat()
    prepared = prepared_request(
        workspace, operation, parameters, environment, today, unchecked=unchecked
    )
    where = f"{prepared.method} {environment.address(prepared.endpoint)}{prepared.path}"
    if not terminal.quiet:
        text = translate(say("would be sent to {where}", where=where))
        terminal.aside(terminal.paint_aside(text, "dim"))
    if (ending := end_of_life(workspace.operation(operation))) is not None:
        progress(Warn("", ending))
    wire = workspace.library.bindings[operation].wire(environment)
    terminal.result(wire.pretty(prepared.body) if prepared.body else where)


def show_parameters(terminal: Terminal, name: str, project: Path | None) -> None:
    """Print the parameters of an operation."""
    from sgeflow.runtime.project import open_catalog
    from sgeflow.terminal.describe import parameters_text
    from sgeflow.terminal.layout import wrap

    operation = open_catalog(project).operation(name)
    usage = translate(
        say("Usage: {command} [NAME=VALUE]... [OPTIONS]", command=f"sgeflow call {name}")
    )
    lines = parameters_text(
        operation.parameters, terminal.width, terminal.paint, examples=operation.examples
    )
    note = say(
        "Options: sgeflow call --help · more about it: sgeflow show {name}\n"
        "--dry-run shows the whole envelope, personal values included.",
        name=name,
    )
    texts = ("\n".join(wrap(translate(text), terminal.width)) for text in (operation.title, note))
    title, notes = texts
    terminal.result("\n\n".join([usage, title, *lines, notes]))
