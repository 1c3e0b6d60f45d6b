"""`sgeflow validate`, `list`, `show`, `error`: what documents say, and what is wrong with them."""

# ruff: noqa: ARG001 - some options tell the terminal by their callbacks, not the command

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sgeflow.cli import completion, options
from sgeflow.cli.options import terminal_of

PATHS = options.argument(
    metavar="[PATH]...", help="Files or folders; by default the whole project."
)
FORMAT = options.option(
    "--format", help="text (the default), json or github.", envvar="SGEFLOW_FORMAT", metavar="FORM"
)
WHAT = options.argument(
    metavar="[operations|flows|environments|homologation]", help="What to list."
)
NAME = options.argument(
    metavar="NAME",
    help="An operation, flow, environment or catalogue.",
    autocompletion=completion.documents,
)
CODE = options.argument(metavar="CODE", help="A code of SGE (SGT4L8) or of sgeflow (SGE012).")


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    for name, command in (
        ("validate", validate),
        ("list", list_),
        ("show", show),
        ("error", error),
    ):
        app.command(name)(command)


def validate(
    context: typer.Context,
    paths: Annotated[list[Path] | None, PATHS] = None,
    form: Annotated[str, FORMAT] = "text",
    project: options.Project = None,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Check every document; all mistakes at once, no network."""
    from sgeflow.cli import reading

    code = reading.validated(terminal_of(context), paths or [], form, project)
    raise typer.Exit(code)


def list_(
    context: typer.Context,
    what: Annotated[str, WHAT] = "",
    project: options.Project = None,
    output: Annotated[str | None, options.output("json", "yaml", "table", "csv")] = None,
    debug: options.Debug = False,
) -> None:
    """List operations, flows and environments."""
    from sgeflow.cli import reading

    reading.listed(terminal_of(context), what, project)


def show(
    context: typer.Context,
    name: Annotated[str, NAME],
    project: options.Project = None,
    output: Annotated[str | None, options.output("json", "yaml", "table")] = None,
    debug: options.Debug = False,
) -> None:
    """Show an operation, flow or environment, with an example.

    What it takes, does and gives, its limits and refusals, and a command to paste.
    """
    from sgeflow.cli import reading

    reading.shown(terminal_of(context), name, project)


def error(
    context: typer.Context,
    code: Annotated[str, CODE],
    project: options.Project = None,
    output: Annotated[str | None, options.output("json", "yaml", "table")] = None,
    debug: options.Debug = False,
) -> None:
    """Say what a code means, and what to do about it."""
    from sgeflow.cli import reading

    reading.explained(terminal_of(context), code, project)
