"""`sgeflow import`: an operation's document from a WSDL, or what differs from the one there is."""

# ruff: noqa: ARG001 - some options tell the terminal by their callbacks, not the command

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sgeflow.cli import options
from sgeflow.cli.options import terminal_of
from sgeflow.errors import Exit
from sgeflow.locale.translate import tell
from sgeflow.messages import fixed, say

if TYPE_CHECKING:
    from sgeflow.terminal.terminal import Terminal
    from sgeflow.tools.wsdl.difference import Difference
    from sgeflow.tools.wsdl.importing import Imported

WSDL = options.argument(metavar="WSDL", help="The file; what it imports lies beside it.")
OPERATION = options.option("--operation", metavar="NAME", help="Only this one; by default all.")
FOLDER = options.option(
    "-o", "--folder", metavar="DIR", help="Where documents are; by default the project's."
)
WAS = options.option(
    "--was", metavar="FILE", help="The WSDL that the documents were made from: tells its changes."
)
WRITE = options.option("--write", help="Bring documents up to the WSDL, keeping what people wrote.")


app = options.command_app()


@app.command("import")
def import_(
    context: typer.Context,
    wsdl: Annotated[Path, WSDL],
    operation: Annotated[str, OPERATION] = "",
    folder: Annotated[Path | None, FOLDER] = None,
    was: Annotated[Path | None, WAS] = None,
    write: Annotated[bool, WRITE] = False,
    project: options.Project = None,
    output: Annotated[str | None, options.output("json", "yaml", "table")] = None,
    quiet: options.Quiet = False,
    debug: options.Debug = False,
) -> None:
    """Draft an operation from a WSDL, or show what differs from it.

    A first draft is written where there is no document. One that is there is compared, and
    changed with --write alone. Exit 1: a document is wrong for the WSDL, and stays so.
    """
    from sgeflow.tools.wsdl.importing import import_wsdl

    found = import_wsdl(
        wsdl, operation=operation, folder=folder, project=project, was=was, write=write
    )
    _tell(terminal_of(context), found)
    raise typer.Exit(max((one.exit for one in found), default=Exit.OK))


def _tell(terminal: Terminal, found: tuple[Imported, ...]) -> None:
    from sgeflow.cli.results import formatted
    from sgeflow.terminal.problems import problems_text

    if terminal.output in ("json", "yaml"):
        terminal.result(formatted(terminal.output, [_document(one) for one in found]))
        return
    terminal.result("\n\n".join("\n".join(_lines(one, terminal)) for one in found))
    problems = [problem for one in found for problem in one.problems]
    if problems:
        terminal.aside(problems_text(problems, terminal.width, terminal.paint_aside))


def _lines(one: Imported, terminal: Terminal) -> Iterator[str]:
    from sgeflow.adapters.project_files import shown

    file = shown(one.file)
    name = f"{terminal.paint(one.operation, 'bold')}:"
    if one.drafted:
        yield f"{name} {tell(say('drafted, {file}', file=file))}"

        return
    if not one.differences:
        yield f"{name} {tell(say('as the WSDL has it, {file}', file=file))}"
        return
    written = say("brought up to the WSDL, {file}", file=file)
    differs = say("differs, nothing was written, {file}", file=file)
    yield f"{name} {tell(written if one.written else differs)}"
    for difference in one.differences:
        yield from _sentence(difference, terminal)
    if one.written and one.left:
        yield f"  {tell(say('left as it is:'))}"
        for difference in one.left:
            yield from _sentence(difference, terminal)


def _sentence(difference: Difference, terminal: Terminal) -> Iterator[str]:
    """Two lines: what it is about, and both sides of it where the first does not say it."""
    from sgeflow.terminal.problems import wrapped
    from sgeflow.terminal.terminal import plain

    line = f"  {tell(say('line {line}', line=difference.at.line))}" if difference.at else ""
    stance = terminal.paint(f"{tell(fixed(difference.stance.value)):9}", "yellow")
    head = f"{tell(fixed(difference.part))} {difference.where}"
    yield f"  {stance} {plain(head)}{terminal.paint(line, 'dim')}"
    if difference.part != "element":
        sides = plain(
            " → ".join(tell(fixed(side)) for side in (difference.document, difference.wsdl))
        )
        yield from wrapped(sides, terminal.width, " " * 12)


def _told(difference: Difference) -> dict[str, Any]:
    return {
        "stance": difference.stance.value,
        "part": difference.part,
        "where": difference.where,
        "document": difference.document,
        "wsdl": difference.wsdl,
        "line": difference.at.line if difference.at else None,
    }


def _document(one: Imported) -> dict[str, Any]:
    from sgeflow.terminal.problems import problem_document

    return {
        "operation": one.operation,
        "file": str(one.file),
        "drafted": one.drafted,
        "written": one.written,
        "differences": [_told(difference) for difference in one.differences],
        "left": [_told(difference) for difference in one.left],
        "problems": [problem_document(problem) for problem in one.problems],
    }
