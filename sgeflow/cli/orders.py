"""`sgeflow orders`: what only a person can settle."""

# ruff: noqa: ARG001 - some options tell the terminal by their callbacks, not the command

from __future__ import annotations

from typing import Annotated

import typer

from sgeflow.cli import options
from sgeflow.cli.options import terminal_of
from sgeflow.messages import say, sentences

RUN = options.argument(metavar="RUN", help="A run's id, or the beginning of it.")
STEP = options.option("--step", metavar="KEY", help="Which order, when the run has several.")
ACCEPTED = options.option(
    "--accepted/--not-accepted", help="What a person has found out at Enedis."
)
Output = Annotated[str | None, options.output("json", "yaml", "table", "csv")]

app = options.command_app(
    help="List orders whose outcome is unknown, and settle one by hand.",
    invoke_without_command=True,
)


@app.callback()
def listed(
    context: typer.Context,
    env: options.StateOf = None,
    state: options.State = None,
    project: options.Project = None,
    output: Output = None,
    debug: options.Debug = False,
) -> None:
    """List the orders whose answer was lost, and those found not to be accepted."""
    from sgeflow.cli.results import show_rows
    from sgeflow.runtime.resume import unsettled
    from sgeflow.runtime.state_location import home_to_look_at, kept_elsewhere
    from sgeflow.terminal import listings

    if context.invoked_subcommand is None:
        rows = [
            listings.order_row(order) for order in unsettled(home_to_look_at(state, project, env))
        ]
        elsewhere = kept_elsewhere(state, project, env)
        nothing = sentences(say("no order is unsettled"), elsewhere, between=" · ")
        show_rows(terminal_of(context), rows, nothing)


@app.command("resolve")
def resolve(
    context: typer.Context,
    run: Annotated[str, RUN],
    accepted: Annotated[bool, ACCEPTED],
    step: Annotated[str, STEP] = "",
    env: options.StateOf = None,
    state: options.State = None,
    project: options.Project = None,
    debug: options.Debug = False,
) -> None:
    """Say whether an order was accepted, or surely was not."""
    from sgeflow.runtime.resume import resolve as settle
    from sgeflow.runtime.state_location import home_to_look_at

    home = home_to_look_at(state, project, env)
    order = settle(home, run, step, accepted=accepted)
    name = order.operation
    if accepted:
        told = say(
            "{name} of run {run} counts as accepted, and never sent again", name=name, run=order.run
        )
    else:
        told = say(
            "{name} of run {run} counts as not accepted; it may be sent again",
            name=name,
            run=order.run,
        )
    terminal_of(context).aside(sentences(told, home.command("resume", order.run), between=" · "))
