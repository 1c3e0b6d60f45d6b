"""`sgeflow extract`: read a saved reply with an operation's paths."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from sgeflow.cli.shared import options
from sgeflow.cli.shared.options import terminal_of
from sgeflow.errors import Id, TechnicalError
from sgeflow.messages import os_error_text, say

FILE = options.argument(
    metavar="FILE", help="A saved reply: an envelope, or its body; - reads stdin."
)
EXPRESSION = options.option(
    "--expression", metavar="JMESPATH", help="Try an expression over the reply instead."
)

app = options.command_app()


@app.register("extract", "json", "yaml", "table", "csv", "xml", verbose=True)
def extract(
    context: typer.Context,
    operation: options.Operation,
    file: Annotated[Path, FILE],
    path: options.OutputPath = "",
    expression: Annotated[str, EXPRESSION] = "",
    project: options.Project = None,
) -> None:
    """Read a saved reply with an operation's paths, offline.

    Exit 4: the reply is a fault, which is shown.
    """
    from sgeflow.cli.shared.results import format_document, open_project, show_call
    from sgeflow.runtime.call import extract as extract_outputs
    from sgeflow.runtime.call import search_reply
    from sgeflow.terminal.formats import rows_of, to_csv

    terminal = terminal_of(context)
    workspace = open_project(terminal, project)
    if str(file) == "-":
        reply = sys.stdin.buffer.read()
    else:
        try:
            reply = file.read_bytes()
        except OSError as error:
            message = say("{path} cannot be read: {reason}", path=file, reason=os_error_text(error))
            raise TechnicalError.of(Id.UNREADABLE, message) from None
    if not expression:
        result = extract_outputs(workspace, operation, reply)
        show_call(terminal, result, path)
        raise typer.Exit(result.exit)
    value = search_reply(workspace, operation, reply, expression)
    if terminal.output == "csv":
        terminal.result(to_csv(rows_of({"value": value}, "value")))
    else:
        terminal.result(format_document(terminal.output, value))
