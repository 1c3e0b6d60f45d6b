"""`sgeflow cassette`: do recorded conversations fit, how do they differ, is anybody in them."""

# ruff: noqa: ARG001 - some options tell the terminal by their callbacks, not the command

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sgeflow.cli import options
from sgeflow.cli.options import terminal_of

FILES = options.argument(
    metavar="[FILE]...", help="Cassettes; by default those that the project's flow tests name."
)
WORDS = options.argument(
    metavar="[FILE]... [NAME=VALUE]...",
    help="Cassettes, by default those of the project's flow tests; inputs for their flow.",
)
ONE = options.argument(metavar="FILE", help="A cassette.")
OTHER = options.argument(metavar="[FILE]", help="Another one; by default a fresh recording.")
Output = Annotated[str | None, options.output("json", "table")]

group = typer.Typer(
    help="Look into recorded conversations.",
    rich_markup_mode=None,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(group, name="cassette")


@group.command("check")
def check(
    context: typer.Context,
    words: Annotated[list[str] | None, WORDS] = None,
    project: options.Project = None,
    output: Output = None,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Say whether today's documents ask for what was recorded.

    No network. Ends with 0 when all fit, 9 when a request is not recorded or a recording never
    asked for.
    """
    from sgeflow.cli import tapes

    raise typer.Exit(tapes.checked(terminal_of(context), words or [], project))


@group.command("diff")
def diff(
    context: typer.Context,
    one: Annotated[Path, ONE],
    other: Annotated[Path | None, OTHER] = None,
    project: options.Project = None,
    output: Output = None,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Show how two cassettes differ, or one and a new recording.

    Ends with 0 when they say the same, 1 when they differ. Stand-ins are not compared.
    """
    from sgeflow.cli import tapes

    raise typer.Exit(tapes.compared(terminal_of(context), one, other, project))


@group.command("audit")
def audit(
    context: typer.Context,
    paths: Annotated[list[Path] | None, FILES] = None,
    project: options.Project = None,
    output: Output = None,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Look for anything personal or secret.

    Names, addresses, mails, tokens, real points. Ends with 0 when nothing was found, 1 when
    something was.
    """
    from sgeflow.cli import tapes

    raise typer.Exit(tapes.audited(terminal_of(context), paths or [], project))
