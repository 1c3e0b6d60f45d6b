"""`sgeflow page`: what is kept, as a page to be looked at."""

# ruff: noqa: ARG001 - some options tell the terminal by their callbacks, not the command

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sgeflow.cli.shared import options
from sgeflow.cli.shared.options import terminal_of

if TYPE_CHECKING:
    from sgeflow.terminal.terminal import Terminal

POINT = options.argument(metavar="POINT", help="A point of which measures are kept.")
FILE = options.file_to_write(
    "-o", "--file", metavar="FILE", help="Where to write; by default household-POINT.html."
)
OPEN = options.option("--open", help="Open it in the browser.")

app = options.command_app(
    help="Write a page to be looked at: a household. One HTML file that asks nobody for anything.",
    no_args_is_help=True,
)


@app.callback()
def page() -> None:
    """Write a page to be looked at."""


@app.command("household")
def household(
    context: typer.Context,
    point: Annotated[str, POINT],
    file: Annotated[Path | None, FILE] = None,
    open_: Annotated[bool, OPEN] = False,
    env: options.Env = None,
    state: options.State = None,
    project: options.Project = None,
    debug: options.Debug = False,
) -> None:
    """Write the page of a household: its year of electricity.

    Days, half-hours, highest powers and months beside the year before; what is missing, and where
    all of it comes from.
    """
    from sgeflow.runtime.data_files import SIMULATED
    from sgeflow.runtime.options import Options
    from sgeflow.runtime.project import open_catalog
    from sgeflow.tools.pages.household.read import household_text

    workspace = open_catalog(project)
    chosen = Options(environment=env, state=state)
    text, environment = household_text(workspace, point, chosen)
    apart = f".{SIMULATED}" if environment.simulated else ""
    _write(terminal_of(context), file or Path(f"household-{point}{apart}.html"), text, show=open_)


def _write(terminal: Terminal, file: Path, text: str, *, show: bool) -> None:
    from sgeflow.adapters.atomic_write import replace_file

    with replace_file(file, private=True) as part:
        part.write_text(text, encoding="utf-8")
    terminal.aside(f"→ {file}")
    if show:
        typer.launch(file.absolute().as_uri())
