"""`sgeflow import`: draft operations from a WSDL, or compare documents with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sgeflow.cli.shared import options
from sgeflow.cli.shared.options import terminal_of
from sgeflow.errors import Exit
from sgeflow.locale.translate import translate
from sgeflow.messages import from_table, say
from sgeflow.terminal.terminal import plain

if TYPE_CHECKING:
    from sgeflow.terminal.terminal import Terminal
    from sgeflow.tools.wsdl.importing import ImportResult
    from sgeflow.tools.wsdl.model import Difference

WSDL = options.argument(metavar="WSDL", help="The WSDL; its imports are beside it.")
OPERATION = options.option("--operation", metavar="NAME", help="Only this one; by default all.")
FOLDER = options.option(
    "-o", "--folder", metavar="DIR", help="Folder of documents; default: the project's."
)
WAS = options.option(
    "--was", metavar="FILE", help="The WSDL that the documents were made from; shows its changes."
)


app = options.command_app()


@app.register("import", "json", "yaml", "table", quiet=True)
def import_(
    context: typer.Context,
    wsdl: Annotated[Path, WSDL],
    operation: Annotated[str, OPERATION] = "",
    folder: Annotated[Path | None, FOLDER] = None,
    was: Annotated[Path | None, WAS] = None,
    project: options.Project = None,
) -> None:
    """Draft an operation from a WSDL, or show what differs from it.

    Writes a draft of each operation that has no document. Existing documents are compared, never
    changed. Operations that no document can express are left out. Exit 1: a document contradicts
    the WSDL, or an operation was left out.
    """
    from sgeflow.tools.wsdl.importing import import_wsdl

    imported = import_wsdl(wsdl, operation=operation, folder=folder, project=project, was=was)
    _tell(terminal_of(context), imported)
    raise typer.Exit(max((one.exit for one in imported), default=Exit.OK))


def _tell(terminal: Terminal, imported: tuple[ImportResult, ...]) -> None:
    from sgeflow.cli.shared.results import format_document
    from sgeflow.terminal.problems import problems_text

    if terminal.output in ("json", "yaml"):
        terminal.result(format_document(terminal.output, [_document(one) for one in imported]))
        return
    terminal.result("\n".join(line for one in imported for line in _lines(one, terminal)))
    problems = [problem for one in imported for problem in one.problems]
    if problems:
        terminal.aside(problems_text(problems, terminal.width, terminal.paint_aside))


def _lines(one: ImportResult, terminal: Terminal) -> Iterator[str]:
    from sgeflow.adapters.project_files import show_path

    file = show_path(one.file)
    name = f"{terminal.paint(one.operation, 'bold')}:"
    if one.left_out:
        yield f"{name} {translate(say('left out, see below'))}"
        return
    if one.drafted:
        yield f"{name} {translate(say('drafted, {file}', file=file))}"
        return
    if not one.differences:
        yield f"{name} {translate(say('as the WSDL has it, {file}', file=file))}"
        return
    yield f"{name} {translate(say('differs, nothing was written, {file}', file=file))}"
    for difference in one.differences:
        yield from _sentence(difference, terminal)


def _sentence(difference: Difference, terminal: Terminal) -> Iterator[str]:
    """Return the lines of a difference: its subject, and both sides if the subject lacks them."""
    from sgeflow.terminal.layout import wrap

    line = f"  {translate(say('line {line:,}', line=difference.at.line))}" if difference.at else ""
    stance = terminal.paint(f"{translate(from_table(difference.stance.value)):9}", "yellow")
    head = f"{translate(from_table(difference.part))} {difference.where}"
    yield f"  {stance} {plain(head)}{terminal.paint(line, 'dim')}"
    if difference.part != "element":
        sides = plain(
            " → ".join(
                translate(from_table(side)) for side in (difference.document, difference.wsdl)
            )
        )
        yield from wrap(sides, terminal.width, " " * 12)


def _document(one: ImportResult) -> dict[str, Any]:

    return {
        "operation": one.operation,
        "file": str(one.file),
        "drafted": one.drafted,
        "left_out": one.left_out,
        "differences": [
            {
                "stance": difference.stance.value,
                "part": difference.part,
                "where": difference.where,
                "document": difference.document,
                "wsdl": difference.wsdl,
                "line": difference.at.line if difference.at else None,
            }
            for difference in one.differences
        ],
        "problems": [problem.to_dict() for problem in one.problems],
    }
