"""`sgeflow explain`: a value of a flow, and where it comes from."""

# ruff: noqa: ARG001 - some options tell the terminal by their callbacks, not the command

from __future__ import annotations

from typing import Annotated

import typer

from sgeflow.cli.shared import completion, options
from sgeflow.cli.shared.options import need, terminal_of

FLOW = options.argument(
    metavar="FLOW", help="A flow's name, or its file.", autocompletion=completion.flows
)
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

app = options.command_app()


@app.command("explain")
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
    from sgeflow.cli.shared.results import format_document
    from sgeflow.runtime.project import open_catalog
    from sgeflow.runtime.state_location import home_to_look_at
    from sgeflow.terminal.lineage import explained_document, explained_text
    from sgeflow.tools.graph.explain import explain as explain_value
    from sgeflow.tools.graph.graph import recorded_run

    need(context, flow, "FLOW", known=completion.flows)
    need(context, path, "PATH")
    workspace = open_catalog(project, flow=flow)
    home = home_to_look_at(state, project, env) if run else None
    past = recorded_run(home, run, workspace.flow(flow)) if home else None
    explanation = explain_value(workspace, flow, path, past)
    terminal = terminal_of(context)
    if terminal.output in ("json", "yaml"):
        terminal.result(format_document(terminal.output, explained_document(explanation)))
    else:
        terminal.result(explained_text(explanation, terminal.width, terminal.paint))
