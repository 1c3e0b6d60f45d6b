"""`sgeflow error`: a code explained."""

# ruff: noqa: ARG001 - some options tell the terminal by their callbacks, not the command

from __future__ import annotations

from typing import Annotated

import typer

from sgeflow.cli.shared import options
from sgeflow.cli.shared.options import terminal_of

CODE = options.argument(metavar="CODE", help="A code of SGE (SGT4L8) or of sgeflow (SGE012).")

app = options.command_app()


@app.command("error")
def error(
    context: typer.Context,
    code: Annotated[str, CODE],
    project: options.Project = None,
    output: Annotated[str | None, options.output("json", "yaml", "table")] = None,
    debug: options.Debug = False,
) -> None:
    """Say what a code means, and what to do about it."""
    from sgeflow.cli.shared.project import open_project
    from sgeflow.cli.shared.results import format_document
    from sgeflow.terminal import listings
    from sgeflow.tools.project.explain_code import explain

    terminal = terminal_of(context)
    meaning = explain(open_project(terminal, project), code)
    if terminal.output in ("json", "yaml"):
        terminal.result(format_document(terminal.output, listings.meaning_document(meaning)))
    else:
        terminal.result(listings.meaning_text(meaning, terminal.width, terminal.paint))
