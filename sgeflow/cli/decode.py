"""`sgeflow decode`: read files that Enedis delivered and keep their measures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from msgspec.structs import asdict, replace

from sgeflow.cli.shared import options
from sgeflow.cli.shared.options import terminal_of
from sgeflow.errors import Id, UsageError
from sgeflow.messages import from_table, say, sentences

if TYPE_CHECKING:
    from sgeflow.terminal.terminal import Terminal
    from sgeflow.tools.deliveries.report import DecodeReport, FileOutcome

FILES = options.argument(metavar="FILE…", help="Files from Enedis, encrypted, zipped or not.")
STAMPED = options.option(
    "--stamped",
    metavar="WHAT",
    help="The meaning of R63 stamps, if the file does not state it: start, end or auto.",
)
AGAIN = options.option("--again", help="Keep files again that were already kept.")
_COLUMNS = ("file", "flux", "state", "points", "rows", "new", "changed", "documents", "key")


app = options.command_app()


@app.register("decode", "table", "json", "yaml", "csv", quiet=True)
def decode(
    context: typer.Context,
    files: Annotated[list[Path], FILES],
    stamped: Annotated[str, STAMPED] = "auto",
    again: Annotated[bool, AGAIN] = False,
    env: options.Env = None,
    state: options.State = None,
    project: options.Project = None,
) -> None:
    """Keep the measures and documents of files that Enedis delivered.

    Each file is kept completely or not at all, and only once. Exit 7: some files were not read.
    """
    from sgeflow.runtime.project import open_catalog
    from sgeflow.tools.deliveries.decode import DecodeOptions
    from sgeflow.tools.deliveries.decode import decode as decoded

    if stamped not in ("start", "end", "auto"):
        message = say("{text!r} is not start, end or auto", text=stamped)
        raise UsageError.of(Id.USAGE, message, allowed=("start", "end", "auto"))
    chosen = DecodeOptions(state=state, stamped=stamped, again=again)
    report = decoded(files, open_catalog(project), env, chosen)
    _show(terminal_of(context), report)
    raise typer.Exit(report.exit)


def _show(terminal: Terminal, report: DecodeReport) -> None:
    from sgeflow.cli.shared.results import format_document
    from sgeflow.terminal.formats import to_csv
    from sgeflow.terminal.problems import problems_text

    if terminal.output in ("json", "yaml"):
        terminal.result(format_document(terminal.output, [_document(one) for one in report.files]))
        return
    rows = [
        {
            "file": _name(one),
            **{name: getattr(one, name) for name in _COLUMNS if name != "file"},
            "state": from_table(one.state.value),
        }
        for one in report.files
    ]
    if terminal.output == "csv":
        terminal.result(to_csv(rows))
    elif rows:
        terminal.result("\n".join(_lines(terminal, report, rows)))
    for one in report.files if not terminal.quiet else ():
        for flag in _flags(one):
            terminal.aside(sentences(_name(one), flag, between=": "))
    problems = []
    for one in report.files:
        if one.problem is not None:
            source = Path(one.source).name
            inside = f" · {one.name}" if one.name and one.name != source else ""
            problems.append(replace(one.problem, where=f"{source}{inside}"))
    if problems:
        terminal.aside(problems_text(problems, terminal.width, terminal.paint_aside))


def _lines(terminal: Terminal, report: DecodeReport, rows: list[dict[str, Any]]) -> Iterator[str]:
    """Return the files as a table, then the lines of their reports."""
    from sgeflow.terminal.layout import table

    columns = [name for name in _COLUMNS if any(row[name] for row in rows)]
    yield from table(
        [{from_table(name): row[name] for name in columns} for row in rows], terminal.width
    )
    for one in report.files:
        if one.lines:
            yield ""
            yield _name(one)
            lines: list[dict[str, Any]] = [
                {from_table(name): text for name, text in line.items()} for line in one.lines
            ]
            yield from table(lines, terminal.width, indent="  ")


def _document(one: FileOutcome) -> dict[str, Any]:

    problem = None if one.problem is None else one.problem.to_dict()
    return {**asdict(replace(one, problem=None)), "state": one.state.value, "problem": problem}


def _flags(one: FileOutcome) -> Iterator[str]:
    if one.dropped:
        yield say("rows without a value, or cancelled: {count:,}", count=one.dropped)
    if one.outdated:
        yield say("values left out for a later publication: {count:,}", count=one.outdated)
    if one.removed:
        yield say("cancelled values taken out: {count:,}", count=one.removed)
    if one.doubtful:
        yield say("values kept that Enedis doubts: {count:,}", count=one.doubtful)
    yield from one.flags


def _name(one: FileOutcome) -> str:
    """Return the name of a delivered file, or of the delivery if it could not be opened."""
    return one.name or Path(one.source).name
