"""`sgeflow show`: one document, or one word of the language."""

# ruff: noqa: ARG001 - some options tell the terminal by their callbacks, not the command

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sgeflow.cli.shared import completion, options
from sgeflow.cli.shared.options import terminal_of
from sgeflow.cli.shared.usage_errors import unknown_name
from sgeflow.core.checking.document import NAMES
from sgeflow.errors import UsageError
from sgeflow.messages import say

if TYPE_CHECKING:
    from sgeflow.core.documents import Casebook
    from sgeflow.core.engine.step import Catalog
    from sgeflow.runtime.project import Workspace
    from sgeflow.terminal.terminal import Terminal

NAME = options.argument(
    metavar="NAME",
    help="An operation, flow, environment, catalogue, scenario or people of the simulator; "
    "or a word of the language that no document is called: a function, a verb, a modifier, a key.",
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
    """Show a document, or a word of the language, with an example.

    What it takes, does and gives, its limits and refusals, and a command to paste.
    """
    from sgeflow.cli.shared.project import open_project
    from sgeflow.core.checking.flows.verb import synonyms_of
    from sgeflow.runtime.project import verbs
    from sgeflow.terminal import describe

    terminal = terminal_of(context)
    workspace = open_project(terminal, project)
    catalog = workspace.catalog
    for kind in NAMES:
        workspace.check_usable(kind, name)
    if name in catalog.operations:
        _show_operation(terminal, workspace, name)
    elif name in catalog.flows:
        _show_flow(terminal, workspace, name)
    elif name in catalog.environments:
        environment = catalog.environments[name]
        _show(terminal, environment, describe.environment_document, describe.environment_text)
    elif name in catalog.homologation:
        _show_casebook(terminal, catalog.homologation[name])
    elif not _show_word(terminal, name) and not _show_simulated(terminal, catalog, name):
        known = [document for kind in NAMES for document in getattr(catalog, kind)]
        message = say('there is no document and no word of the language "{name}"', name=name)
        words = completion.words("")
        raise UsageError(unknown_name(message, name, [*known, *words], synonyms_of(verbs())))


def _show_operation(terminal: Terminal, workspace: Workspace, name: str) -> None:
    """An operation, its examples with dates that fit today and the environment to try them in."""
    from sgeflow.core.checking.values.examples import on_day
    from sgeflow.runtime.options import Options
    from sgeflow.runtime.session import moment
    from sgeflow.runtime.simulation import environment_to_try
    from sgeflow.terminal import describe

    operation = on_day(workspace.catalog.operations[name], moment(Options()).date().isoformat())
    environment = environment_to_try(workspace, operation)

    def text(value: Any, width: int, paint: Any) -> str:
        return describe.operation_text(value, width, paint, environment)

    _show(terminal, operation, describe.operation_document, text)


def _show_flow(terminal: Terminal, workspace: Workspace, name: str) -> None:
    from sgeflow.runtime.simulation import environment_to_try
    from sgeflow.terminal import describe

    environment = environment_to_try(workspace)

    def text(flow: Any, width: int, paint: Any) -> str:
        steps = _outline(workspace, name, terminal)
        return describe.flow_text(flow, width, steps, paint, environment)

    _show(terminal, workspace.catalog.flows[name], describe.flow_document, text)


def _show_casebook(terminal: Terminal, book: Casebook) -> None:
    """A homologation catalogue."""
    from sgeflow.terminal.describe_casebook import casebook_document, casebook_text

    _show(terminal, book, casebook_document, casebook_text)


def _show_word(terminal: Terminal, name: str) -> bool:
    """A word of the language, if it is one."""
    from sgeflow.core.checking.flows.flow_words import FLOW_WORDS
    from sgeflow.runtime.project import verbs
    from sgeflow.terminal import describe_words as describe

    if name in describe.FUNCTIONS:
        _show(terminal, name, describe.function_document, describe.function_text)
    elif name in verbs():
        _show(terminal, verbs()[name], describe.verb_document, describe.verb_text)
    elif name in describe.MODIFIERS:
        _show(terminal, name, describe.modifier_document, describe.modifier_text)
    elif name in FLOW_WORDS:
        _show(terminal, name, describe.flow_word_document, describe.flow_word_text)
    else:
        return False
    return True


def _show_simulated(terminal: Terminal, catalog: Catalog, name: str) -> bool:
    """People of the simulator, or a scenario, if it is one."""
    from sgeflow.terminal import describe_simulated as describe

    if name in catalog.people:
        _show(terminal, catalog.people[name], describe.people_document, describe.people_text)
    elif name in catalog.scenarios:
        scenario = catalog.scenarios[name]
        _show(terminal, scenario, describe.scenario_document, describe.scenario_text)
    else:
        return False
    return True


def _show(
    terminal: Terminal,
    value: Any,
    document: Callable[[Any], Mapping[str, Any]],
    text: Callable[[Any, int, Any], str],
) -> None:
    from sgeflow.cli.shared.results import format_document

    if terminal.output in ("json", "yaml"):
        terminal.result(format_document(terminal.output, document(value)))
    else:
        terminal.result(text(value, terminal.width, terminal.paint))


def _outline(workspace: Workspace, name: str, terminal: Terminal) -> list[str]:
    from sgeflow.runtime.outline import outline
    from sgeflow.terminal import listings

    return listings.later_lines(outline(workspace, name), terminal.width, terminal.paint)
