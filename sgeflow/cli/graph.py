"""`sgeflow graph`: a flow as a picture."""

# ruff: noqa: ARG001 - some options tell the terminal by their callbacks, not the command

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sgeflow.cli.shared import completion, options
from sgeflow.cli.shared.options import need, terminal_of

FLOW = options.argument(
    metavar="FLOW",
    help="A flow's name, or its file; with --run it may be left out.",
    autocompletion=completion.flows,
)
FORMAT = options.option(
    "--format",
    metavar="FORM",
    help="svg (the default), html or png; by default what the file's ending says.",
    autocompletion=completion.pictures,
)
FILE = options.file_to_write(
    "-o", "--file", metavar="FILE", help="Where to write; by default to stdout."
)
RUN = options.option(
    "--run",
    metavar="RUN",
    help="Show what happened in this run; see sgeflow runs.",
    autocompletion=completion.runs,
)
EXPAND = options.option("--expand", help="Draw the steps of called flows too.")

app = options.command_app()


@app.command("graph")
def graph(
    context: typer.Context,
    flow: Annotated[str, FLOW] = "",
    form: Annotated[str, FORMAT] = "",
    file: Annotated[Path | None, FILE] = None,
    run: Annotated[str, RUN] = "",
    expand: Annotated[bool, EXPAND] = False,
    env: options.StateOf = None,
    state: options.State = None,
    project: options.Project = None,
    debug: options.Debug = False,
) -> None:
    """Draw a flow: a page, an SVG or a PNG.

    Steps, conditions, loops, branches, called flows, what is done on faults, what is undone. With
    --run also what happened: status, time and calls of each step, skipped ones in grey.
    """
    from sgeflow.adapters.atomic_write import replace_file
    from sgeflow.runtime.project import flow_name, open_catalog
    from sgeflow.runtime.state_location import home_to_look_at
    from sgeflow.tools.graph.graph import flow_of, form_of, picture, picture_file, recorded_run

    need(context, flow or run, "FLOW", known=completion.flows)
    file = None if str(file) == "-" else file
    workspace = open_catalog(project, flow=flow)
    home = home_to_look_at(state, project, env) if run else None
    flow = flow or (flow_of(home, run) if home else "")
    past = recorded_run(home, run, workspace.flow(flow)) if home else None
    chosen = form or form_of(file)
    text = picture(workspace, flow, chosen, run=past, expand=expand)
    if file is None and chosen != "png":
        terminal_of(context).result(text)
        return
    file = file or Path(f"{flow_name(flow)}.png")
    content = picture_file(text, chosen)
    with replace_file(file, private=past is not None) as part:
        part.write_bytes(content)
    terminal_of(context).aside(f"→ {file}")
