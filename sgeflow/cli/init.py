"""`sgeflow init`: make a project folder."""

from pathlib import Path
from typing import Annotated

import typer

from sgeflow.cli.shared import completion, options
from sgeflow.cli.shared.options import terminal_of
from sgeflow.locale.translate import language, translate
from sgeflow.messages import say, say_count

FOLDER = options.argument(metavar="DIR", help="The folder: new, or existing and empty.")
WITH = options.option(
    "--with",
    metavar="KIND/NAME",
    help="Also a copy of a shipped document, to change it: operations/NAME, flows/NAME.",
    autocompletion=completion.copies,
)
EMPTY = options.option(
    "--empty", help="Without SGE's operations, flows and environments: only your own documents."
)


app = options.command_app()


@app.register("init", "json", "yaml", "table", quiet=True)
def init(
    context: typer.Context,
    folder: Annotated[Path | None, FOLDER] = None,
    copies: Annotated[list[str] | None, WITH] = None,
    empty: Annotated[bool, EMPTY] = False,
) -> None:
    """Make a project folder with an environment, a flow and its test.

    Also writes the files for an editor and git, with titles and comments in your language. All
    operations are available without a copy. Never overwrites a file. In an existing project, only
    --with copies documents.
    """
    from sgeflow.cli.shared.results import format_document
    from sgeflow.terminal.layout import label_lines
    from sgeflow.tools.project.init import start

    options.need(context, str(folder) if folder else "", "DIR")
    started = start(folder or Path(), copies or (), language(), empty=empty)
    terminal = terminal_of(context)
    if terminal.output in ("json", "yaml"):
        document = {
            "folder": str(started.folder),
            "files": list(started.files),
            "next": list(started.next),
        }
        terminal.result(format_document(terminal.output, document))
        return
    if terminal.quiet:
        return
    head = say_count(
        "{folder}: {count} file written",
        "{folder}: {count} files written",
        count=len(started.files),
        folder=started.folder,
    )
    lines = [f"{terminal.paint('✓', 'bold', 'green')} {translate(head)}", ""]
    lines += label_lines(started.files.items(), terminal.width, terminal.paint)
    if started.next:
        lines += ["", terminal.paint(translate(say("next")), "bold")]
        lines += [f"  {command}" for command in started.next]
    terminal.result("\n".join(lines))
