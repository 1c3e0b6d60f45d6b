"""`sgeflow export`: write kept measures in other formats."""

from pathlib import Path
from typing import Annotated

import typer

from sgeflow.cli.shared import completion, options
from sgeflow.cli.shared.options import terminal_of
from sgeflow.messages import say, sentences

FORMAT = options.option(
    "--format",
    help="csv (the default), jsonl, cozy or parquet.",
    metavar="NAME",
    envvar="SGEFLOW_FORMAT",
    autocompletion=completion.formats,
)
POINT = options.option(
    "--point",
    metavar="ID",
    help="Only this point; may be repeated.",
    autocompletion=completion.points,
)
FILE = options.file_to_write("-o", "--file", metavar="FILE", help="Output file; default: stdout.")


_NOTHING = say("! no measures are kept there yet: nothing was written")

app = options.command_app()


@app.register("export", quiet=True)
def export(
    context: typer.Context,
    form: Annotated[str, FORMAT] = "csv",
    points: Annotated[list[str] | None, POINT] = None,
    customer: options.Customer = None,
    file: Annotated[Path | None, FILE] = None,
    env: options.Env = None,
    state: options.State = None,
    project: options.Project = None,
) -> None:
    """Export the kept measures to other formats."""
    from sgeflow.runtime.export import export_file, export_lines
    from sgeflow.runtime.options import Options
    from sgeflow.runtime.project import open_catalog
    from sgeflow.terminal.journal import count_line

    terminal, workspace = terminal_of(context), open_catalog(project)
    chosen = Options(environment=env, state=state)
    if file is None or str(file) == "-":
        count = 0
        with export_lines(workspace, form, points or [], chosen, customer) as lines:
            for count, line in enumerate(lines, 1):  # noqa: B007 - how many there were
                terminal.piece(line)
        terminal.result("")
        if not count:
            terminal.aside(_NOTHING)
        return
    counts = export_file(workspace, form, file, points or [], chosen, customer)
    if not counts:
        terminal.aside(_NOTHING)
        return
    if not terminal.quiet:
        terminal.aside(sentences(f"→ {file}", count_line(counts), between=" · "))
