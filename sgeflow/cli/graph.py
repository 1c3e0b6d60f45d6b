"""`sgeflow graph` and `sgeflow explain`: what a flow does, and what each value in it is."""

# ruff: noqa: ARG001 - some options tell the terminal by their callbacks, not the command

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sgeflow.cli import completion, options
from sgeflow.cli.options import need, terminal_of

FLOW = options.argument(
    metavar="FLOW", help="A flow's name, or its file.", autocompletion=completion.flows
)
DRAWN = options.argument(
    metavar="FLOW",
    help="A flow's name, or its file; with --run it may be left out.",
    autocompletion=completion.flows,
)
FORMAT = options.option(
    "--format",
    metavar="FORM",
    help="mermaid (the default) or svg; by default what the file's ending says.",
    autocompletion=completion.pictures,
)
FILE = options.option("-o", "--file", metavar="FILE", help="Where to write; by default to stdout.")
RUN = options.option(
    "--run",
    metavar="RUN",
    help="Show what happened in this run; see sgeflow runs.",
    autocompletion=completion.runs,
)
PATH = options.argument(
    metavar="PATH",
    help="As expressions read it: steps.ID.OUTPUT, inputs.NAME, outputs.NAME, run.today.",
    autocompletion=completion.paths,
)
EXPAND = options.option("--expand", help="Draw the steps of called flows too.")


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("graph")(graph)
    app.command("explain")(explain)


def graph(
    context: typer.Context,
    flow: Annotated[str, DRAWN] = "",
    form: Annotated[str, FORMAT] = "",
    file: Annotated[Path | None, FILE] = None,
    run: Annotated[str, RUN] = "",
    expand: Annotated[bool, EXPAND] = False,
    env: options.StateOf = None,
    state: options.State = None,
    project: options.Project = None,
    debug: options.Debug = False,
) -> None:
    """Draw a flow as Mermaid text or as an SVG.

    Steps, conditions, loops, branches, called flows, what is done on faults, what is undone. With
    --run also what happened: status, time and calls of each step, skipped ones in grey.
    """
    from sgeflow.adapters.atomic_write import replaced
    from sgeflow.runtime.project import open_catalog
    from sgeflow.runtime.state_location import home_to_look_at
    from sgeflow.tools.graph import graph as seeing

    need(context, flow or run, "FLOW")
    workspace = open_catalog(project, flow=flow)
    home = home_to_look_at(state, project, env) if run else None
    flow = flow or (seeing.flow_of(home, run) if home else "")
    past = seeing.seen_run(home, run, workspace.flow(flow)) if home else None
    chosen = form or seeing.ENDINGS.get(file.suffix.lower() if file else "", "mermaid")
    text = seeing.picture(workspace, flow, chosen, run=past, expand=expand)
    if file is None:
        terminal_of(context).result(text)
        return
    with replaced(file, private=past is not None) as part:
        part.write_text(text, encoding="utf-8")
    terminal_of(context).aside(f"→ {file}")


def explain(
    context: typer.Context,
    flow: Annotated[str, FLOW] = "",
    path: Annotated[str, PATH] = "",
    run: Annotated[str, RUN] = "",
    env: options.StateOf = None,
    state: options.State = None,
    project: options.Project = None,
    output: Annotated[str | None, options.output("json", "yaml", "table")] = None,
    debug: options.Debug = False,
) -> None:
    """Say what a value of a flow is, and where it comes from.

    Who reads it and when it may be missing, too; with --run what it was, and why its step was
    skipped. Texts that may name a person are not kept with a run, and shown as ***.
    """
    from sgeflow.cli.run_actions import formatted
    from sgeflow.runtime.project import open_catalog
    from sgeflow.runtime.state_location import home_to_look_at
    from sgeflow.terminal.lineage import explained_document, explained_text
    from sgeflow.tools.graph import graph as seeing
    from sgeflow.tools.graph.explain import explain as explained

    need(context, flow, "FLOW")
    need(context, path, "PATH")
    workspace = open_catalog(project, flow=flow)
    home = home_to_look_at(state, project, env) if run else None
    past = seeing.seen_run(home, run, workspace.flow(flow)) if home else None
    found = explained(workspace, flow, path, past)
    terminal = terminal_of(context)
    if terminal.output in ("json", "yaml"):
        terminal.result(formatted(terminal.output, explained_document(found)))
    else:
        terminal.result(explained_text(found, terminal.width, terminal.paint))
