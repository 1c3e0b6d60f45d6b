"""`sgeflow page`: what is kept, as a page to be looked at."""

# ruff: noqa: ARG001 - some options tell the terminal by their callbacks, not the command

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sgeflow.cli.shared import completion, options
from sgeflow.cli.shared.options import terminal_of

if TYPE_CHECKING:
    from sgeflow.terminal.terminal import Terminal

POINT = options.argument(metavar="POINT", help="A point of which measures are kept.")
RUN = options.argument(
    metavar="RUN", help="A run's id, or the beginning of it.", autocompletion=completion.runs
)
FILE = options.file_to_write(
    "-o", "--file", metavar="FILE", help="Where to write; by default household-POINT.html."
)
RUN_FILE = options.file_to_write(
    "-o", "--file", metavar="FILE", help="Where to write; by default run-RUN.html."
)
CUSTOMER = options.option(
    "--customer",
    metavar="N",
    min=1,
    help="An earlier customer of the point, by number; without it the present one.",
)
FLEET = options.argument(
    metavar="RUN", help="A fleet's run; see sgeflow runs.", autocompletion=completion.runs
)
FLEET_FILE = options.file_to_write(
    "-o", "--file", metavar="FILE", help="Where to write; by default fleet-RUN.html."
)
POINTS = options.option("--points", help="Name the point of each row that is not done.")
OPEN = options.option("--open", help="Open it in the browser.")

app = options.command_app(
    help="Write a page to be looked at: a household, a run, a fleet.\n\n"
    "One HTML file that asks nobody for anything.",
)


@app.callback()
def page() -> None:
    """Write a page to be looked at."""


@app.command("household")
def household(
    context: typer.Context,
    point: Annotated[str, POINT],
    file: Annotated[Path | None, FILE] = None,
    customer: Annotated[int | None, CUSTOMER] = None,
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
    from sgeflow.runtime.options import Options
    from sgeflow.runtime.project import open_catalog
    from sgeflow.tools.pages.household_read import household_text

    workspace = open_catalog(project)
    chosen = Options(environment=env, state=state)
    text, environment = household_text(workspace, point, chosen, customer)
    name = point if customer is None else f"{point}-{customer}"
    place = file or _place("household", name, is_simulated=environment.simulated)
    _write(terminal_of(context), place, text, show=open_)


@app.command("run")
def run(
    context: typer.Context,
    run_: Annotated[str, RUN],
    file: Annotated[Path | None, RUN_FILE] = None,
    open_: Annotated[bool, OPEN] = False,
    env: options.StateOf = None,
    state: options.State = None,
    project: options.Project = None,
    debug: options.Debug = False,
) -> None:
    """Write the page of a run: its calls in their time.

    Tries and waits, what went wrong and its remedy, orders, what came of it. Beside it, and linked
    both ways, the page of its flow with what the run did in it.
    """
    from sgeflow.runtime.project import open_catalog
    from sgeflow.runtime.state_location import home_to_look_at
    from sgeflow.tools.pages.run_read import flow_text, read_run, run_text

    workspace = open_catalog(project)
    one = read_run(workspace, home_to_look_at(state, project, env), run_)
    place = file or _place("run", one.facts.run, is_simulated=one.facts.is_simulated)
    beside = place.with_name(f"{place.stem}.flow{place.suffix}") if one.has_flow else None
    if beside is not None:
        text = flow_text(workspace, one, place.name)
        _write(terminal_of(context), beside, text, show=False)
    text = run_text(workspace, one, beside.name if beside else "")
    _write(terminal_of(context), place, text, show=open_)


@app.command("fleet")
def fleet(
    context: typer.Context,
    run_: Annotated[str, FLEET],
    file: Annotated[Path | None, FLEET_FILE] = None,
    points: Annotated[bool, POINTS] = False,
    open_: Annotated[bool, OPEN] = False,
    env: options.StateOf = None,
    state: options.State = None,
    project: options.Project = None,
    debug: options.Debug = False,
) -> None:
    """Write the page of a fleet: who has to do what.

    Rows that are not done by what came of them, rows a second, which days every point has, the
    slowest rows. It names rows; points only with --points.
    """
    from sgeflow.runtime.project import open_catalog
    from sgeflow.runtime.state_location import home_to_look_at
    from sgeflow.tools.pages.codes import explain_for
    from sgeflow.tools.pages.fleet_page import fleet_page
    from sgeflow.tools.pages.fleet_read import read_fleet

    workspace = open_catalog(project)
    home = home_to_look_at(state, project, env)
    facts = read_fleet(workspace, home, run_, with_points=points)
    text = fleet_page(facts, explain_for(workspace, facts.flow, is_simulated=facts.is_simulated))
    place = file or _place("fleet", facts.run, is_simulated=facts.is_simulated)
    _write(terminal_of(context), place, text, show=open_)


def _place(kind: str, name: str, *, is_simulated: bool) -> Path:
    """Where a page stands unless somebody says otherwise; one of made-up people says so."""
    from sgeflow.runtime.data_files import SIMULATED

    return Path(f"{kind}-{name}{f'.{SIMULATED}' if is_simulated else ''}.html")


def _write(terminal: Terminal, file: Path, text: str, *, show: bool) -> None:
    from sgeflow.adapters.atomic_write import replace_file

    with replace_file(file, private=True) as part:
        part.write_text(text, encoding="utf-8")
    terminal.aside(f"→ {file}")
    if show:
        typer.launch(file.absolute().as_uri())
