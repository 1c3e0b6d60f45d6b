"""`sgeflow call` and `sgeflow extract`: one operation, or one saved reply of it."""

# ruff: noqa: ARG001 - some options tell the terminal by their callbacks, not the command

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sgeflow.cli import arguments, completion, options
from sgeflow.cli.options import terminal_of

OPERATION = options.argument(
    metavar="OPERATION", help="SGE's name of it.", autocompletion=completion.operations
)
VALUES = options.argument(
    metavar="[NAME=VALUE]...", help="Parameters; name:=json for what is no text."
)
PARAMS = options.option(
    "--params", metavar="FILE", help="Parameters from a YAML or JSON file.", envvar="SGEFLOW_PARAMS"
)
DRY = options.option(
    "--dry-run", help="Print the envelope, personal values included; nothing is sent, nothing kept."
)
UNCHECKED = options.option(
    "--unchecked", help="Send it although values are invalid or break a rule: SGE is to say so."
)
PATH = options.option("--path", metavar="NAME", help="Only this output.")
HELP = options.option("--help", "-h", help="Show this message; after an operation, its parameters.")
FILE = options.argument(
    metavar="FILE", help="A saved reply: an envelope, or its body; - reads stdin."
)
EXPRESSION = options.option(
    "--expression", metavar="JMESPATH", help="Try an expression over the reply instead."
)


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("call", add_help_option=False)(call)
    app.command("extract")(extract)


def call(
    context: typer.Context,
    operation: Annotated[str, OPERATION] = "",
    parameters: Annotated[list[str] | None, VALUES] = None,
    file: Annotated[Path | None, PARAMS] = None,
    env: options.Env = None,
    today: options.Today = None,
    dry: Annotated[bool, DRY] = False,
    unchecked: Annotated[bool, UNCHECKED] = False,
    path: Annotated[str, PATH] = "",
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
    """Call one operation of SGE and show its answer."""
    options.need(context, operation, "OPERATION")
    from sgeflow.cli import calling, run_actions

    if help_:
        run_actions.help_of_operation(context, operation, project)
    chosen = run_actions.options(
        env, today, scenario, faults, record, replay, state, offline, confirm=confirm
    )
    given = arguments.given(parameters or [], file)
    asked = calling.Asked(
        operation=operation, given=given, path=path, project=project, unchecked=unchecked
    )
    act = calling.envelope if dry else calling.call_operation
    raise typer.Exit(act(terminal_of(context), asked, chosen))


def extract(
    context: typer.Context,
    operation: Annotated[str, OPERATION],
    file: Annotated[Path, FILE],
    path: Annotated[str, PATH] = "",
    expression: Annotated[str, EXPRESSION] = "",
    project: options.Project = None,
    output: Annotated[str | None, options.output("json", "yaml", "table", "csv", "xml")] = None,
    verbose: options.Verbose = False,
    debug: options.Debug = False,
) -> None:
    """Read a saved reply with an operation's paths, offline.

    A fault in it is shown as one, and ends with exit code 4.
    """
    from sgeflow.cli import calling

    asked = calling.Asked(operation=operation, path=path, project=project)
    code = calling.read_saved(terminal_of(context), asked, file, expression)
    raise typer.Exit(code)
