"""`sgeflow show`: one document."""

# ruff: noqa: ARG001 - some options tell the terminal by their callbacks, not the command

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sgeflow.cli import completion, options
from sgeflow.cli.list import KINDS
from sgeflow.cli.options import terminal_of
from sgeflow.cli.usage_errors import unknown_name
from sgeflow.errors import UsageError
from sgeflow.messages import say

if TYPE_CHECKING:
    from sgeflow.runtime.project import Workspace
    from sgeflow.terminal.terminal import Terminal

NAME = options.argument(
    metavar="NAME",
    help="An operation, flow, environment or catalogue.",
    autocompletion=completion.documents,
)

app = options.command_app()


@app.command("show")
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
    from sgeflow.cli.project import open_project
    from sgeflow.terminal import describe

    terminal = terminal_of(context)
    workspace = open_project(terminal, project)
    catalog = workspace.catalog
    for kind in KINDS:
        workspace.check_usable(kind, name)
    if name in catalog.operations:
        from sgeflow.core.checking.examples import on_day
        from sgeflow.runtime.options import Options
        from sgeflow.runtime.session import moment

        operation = on_day(catalog.operations[name], moment(Options()).date().isoformat())
        _show(terminal, operation, describe.operation_document, describe.operation_text)
    elif name in catalog.flows:
        flow = catalog.flows[name]

        def text(flow: Any, width: int, paint: Any) -> str:
            return describe.flow_text(flow, width, _outline(workspace, name, terminal), paint)

        _show(terminal, flow, describe.flow_document, text)
    elif name in catalog.environments:
        environment = catalog.environments[name]
        _show(terminal, environment, describe.environment_document, describe.environment_text)
    elif name in catalog.homologation:
        book = catalog.homologation[name]
        _show(terminal, book, describe.casebook_document, describe.casebook_text)
    else:
        known = [document for kind in KINDS for document in getattr(catalog, kind)]
        message = say('there is no operation, flow, environment or catalogue "{name}"', name=name)
        raise UsageError(unknown_name(message, name, known))


def _show(
    terminal: Terminal,
    value: Any,
    document: Callable[[Any], Mapping[str, Any]],
    text: Callable[[Any, int, Any], str],
) -> None:
    from sgeflow.cli.results import formatted

    if terminal.output in ("json", "yaml"):
        terminal.result(formatted(terminal.output, document(value)))
    else:
        terminal.result(text(value, terminal.width, terminal.paint))


def _outline(workspace: Workspace, name: str, terminal: Terminal) -> list[str]:
    from sgeflow.runtime.outline import outline
    from sgeflow.terminal import listings

    return listings.later_lines(outline(workspace, name), terminal.width, terminal.paint)
