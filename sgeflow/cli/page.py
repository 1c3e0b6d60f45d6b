"""`sgeflow page`: draw flows, runs, fleets and households as pages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sgeflow.cli.shared import completion, options
from sgeflow.cli.shared.options import need, terminal_of
from sgeflow.runtime.state_location import home_to_look_at

if TYPE_CHECKING:
    from sgeflow.terminal.terminal import Terminal

FLOW = options.argument(
    metavar="[FLOW]",
    help="A flow's name, or its file; with --run it may be left out.",
    autocompletion=completion.flows,
)
FLOW_FILE = options.file_to_write(
    "-o",
    "--file",
    metavar="FILE",
    help="Output file, - for stdout; default: flow-FLOW.html, or flow-RUN.html with --run.",
)
FORMAT = options.option(
    "--format",
    metavar="FORM",
    help="html, svg or png; default: the ending of the file.",
    autocompletion=completion.pictures,
)
OF_RUN = options.option(
    "--run",
    metavar="RUN",
    help="Show what happened in this run; see sgeflow runs.",
    autocompletion=completion.runs,
)
EXPAND = options.option("--expand", help="Draw the steps of called flows too.")
POINT = options.argument(
    metavar="POINT", help="A point of which measures are kept.", autocompletion=completion.points
)
RUN = options.argument(
    metavar="[RUN]",
    help="A run's id, or the beginning of it; by default the last run.",
    autocompletion=completion.runs,
)
FILE = options.file_to_write(
    "-o", "--file", metavar="FILE", help="Output file; default: household-POINT.html."
)
YEAR = options.option(
    "--year",
    metavar="YEAR",
    min=1,
    help="Calendar year to show; default: the last 365 days.",
    autocompletion=completion.years,
)
RUN_FILE = options.file_to_write(
    "-o", "--file", metavar="FILE", help="Output file; default: run-RUN.html."
)
FLEET = options.argument(
    metavar="RUN", help="A fleet's run; see sgeflow runs.", autocompletion=completion.runs
)
FLEET_FILE = options.file_to_write(
    "-o", "--file", metavar="FILE", help="Output file; default: fleet-RUN.html."
)
POINTS = options.option("--points", help="Name the point of each unfinished row.")
OPEN = options.option("--open", help="Open it in the browser.")

app = options.command_app(
    help="Write an HTML page of a flow, a household, a run or a fleet.\n\n"
    "One self-contained file; it loads nothing from the network."
)


@app.callback()
def page() -> None:
    """Write a page to be looked at."""


@app.register("flow")
def flow(
    context: typer.Context,
    name: Annotated[str, FLOW] = "",
    form: Annotated[str, FORMAT] = "",
    file: Annotated[Path | None, FLOW_FILE] = None,
    run_: Annotated[str, OF_RUN] = "",
    expand: Annotated[bool, EXPAND] = False,
    open_: Annotated[bool, OPEN] = False,
    env: options.StateOf = None,
    state: options.State = None,
    project: options.Project = None,
) -> None:
    """Draw a flow as a page, an SVG or a PNG.

    Shows steps, conditions, loops, branches, called flows, fault handlers and undos. With --run,
    also the status, time and calls of each step; skipped steps are grey.
    """
    from sgeflow.runtime.project import open_catalog
    from sgeflow.tools.graph.graph import flow_of, form_of, picture, picture_file, recorded_run

    need(context, name or run_, "FLOW", known=completion.flows)
    workspace = open_catalog(project, flow=name)
    home = home_to_look_at(state, project, env) if run_ else None
    name = name or (flow_of(home, run_) if home else "")
    drawn = workspace.flow(name)
    past = recorded_run(home, run_, drawn) if home else None
    is_printed = str(file) == "-"
    file = None if is_printed else file
    chosen = form or (form_of(file) if file else "html")
    text = picture(workspace, name, chosen, run=past, expand=expand)
    if is_printed and chosen != "png":
        terminal_of(context).result(text)
        return
    content = picture_file(text, chosen)
    if file is None:
        environment = workspace.catalog.environments.get(
            past.details.entry.environment if past else ""
        )
        is_simulated = environment is not None and environment.simulated
        what = past.details.entry.run if past else drawn.name
        file = _place("flow", what, is_simulated=is_simulated, form=chosen)
    _write(terminal_of(context), file, content, show=open_, private=past is not None)


@app.register("household")
def household(
    context: typer.Context,
    point: Annotated[str, POINT],
    file: Annotated[Path | None, FILE] = None,
    year: Annotated[int | None, YEAR] = None,
    customer: options.Customer = None,
    open_: Annotated[bool, OPEN] = False,
    env: options.Env = None,
    state: options.State = None,
    project: options.Project = None,
) -> None:
    """Write the page of a household: its year of electricity.

    Shows days, half-hours, maximum powers and months next to earlier years, the gaps, and the
    sources of the data.
    """
    from sgeflow.runtime.options import Options
    from sgeflow.runtime.project import open_catalog
    from sgeflow.tools.pages.household_read import household_text

    workspace = open_catalog(project)
    chosen = Options(environment=env, state=state)
    text, environment = household_text(workspace, point, chosen, customer, year)
    name = "-".join(str(one) for one in (point, customer, year) if one is not None)
    place = file or _place("household", name, is_simulated=environment.simulated)
    _write(terminal_of(context), place, text, show=open_)


@app.register("run")
def run(
    context: typer.Context,
    run_: Annotated[str, RUN] = "",
    file: Annotated[Path | None, RUN_FILE] = None,
    open_: Annotated[bool, OPEN] = False,
    env: options.StateOf = None,
    state: options.State = None,
    project: options.Project = None,
) -> None:
    """Write the page of a run: a timeline of its calls.

    Shows tries, waits, failures with their remedies, orders and results. Also writes the page of
    the flow, with what the run did; each page links to the other.
    """
    from sgeflow.runtime.journal.history import last_run
    from sgeflow.runtime.project import open_catalog
    from sgeflow.tools.pages.run_read import flow_text, read_run, run_text

    workspace = open_catalog(project)
    home = home_to_look_at(state, project, env)
    one = read_run(workspace, home, run_ or last_run(home))
    place = file or _place("run", one.facts.run, is_simulated=one.facts.is_simulated)
    beside = place.with_name(f"{place.stem}.flow{place.suffix}") if one.has_flow else None
    if beside is not None:
        text = flow_text(workspace, one, place.name)
        _write(terminal_of(context), beside, text, show=False)
    text = run_text(workspace, one, beside.name if beside else "")
    _write(terminal_of(context), place, text, show=open_)


@app.register("fleet")
def fleet(
    context: typer.Context,
    run_: Annotated[str, FLEET],
    file: Annotated[Path | None, FLEET_FILE] = None,
    points: Annotated[bool, POINTS] = False,
    open_: Annotated[bool, OPEN] = False,
    env: options.StateOf = None,
    state: options.State = None,
    project: options.Project = None,
) -> None:
    """Write the page of a fleet: progress and tasks.

    Shows unfinished rows by outcome, rows per second, the days of each point and the slowest rows.
    Names rows; names points only with --points. Also writes the run pages of the slowest rows, and
    of one row for each outcome.
    """
    from sgeflow.runtime.project import open_catalog
    from sgeflow.tools.pages.codes import explain_for
    from sgeflow.tools.pages.fleet_page import fleet_page
    from sgeflow.tools.pages.fleet_read import read_fleet
    from sgeflow.tools.pages.run_read import read_run, run_text

    workspace = open_catalog(project)
    home = home_to_look_at(state, project, env)
    facts = read_fleet(workspace, home, run_, with_points=points)
    place = file or _place("fleet", facts.run, is_simulated=facts.is_simulated)
    rows = {one: f"{place.stem}.{one}{place.suffix}" for one in facts.examples}
    for number, name in rows.items():
        row = run_text(workspace, read_run(workspace, home, f"{facts.run}.{number}"))
        _save(place.with_name(name), row)
    explain = explain_for(workspace, facts.flow, is_simulated=facts.is_simulated)
    _write(terminal_of(context), place, fleet_page(facts, explain, rows), show=open_)


def _place(kind: str, name: str, *, is_simulated: bool, form: str = "html") -> Path:
    """Return the default file of a page; its name says if the data are simulated."""
    from sgeflow.runtime.data_files import SIMULATED

    return Path(f"{kind}-{name}{f'.{SIMULATED}' if is_simulated else ''}.{form}")


def _save(file: Path, content: str | bytes, *, private: bool = True) -> None:
    from sgeflow.adapters.atomic_write import replace_file

    with replace_file(file, private=private) as part:
        part.write_bytes(content if isinstance(content, bytes) else content.encode())


def _write(
    terminal: Terminal, file: Path, content: str | bytes, *, show: bool, private: bool = True
) -> None:
    _save(file, content, private=private)
    terminal.aside(f"→ {file}")
    if show:
        typer.launch(file.absolute().as_uri())
