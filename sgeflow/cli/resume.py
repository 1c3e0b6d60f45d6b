"""`sgeflow resume`, `sgeflow orders`: going on after a crash, and what only a person can settle."""

# ruff: noqa: ARG001 - some options tell the terminal by their callbacks, not the command

from __future__ import annotations

from typing import Annotated

import typer

from sgeflow.cli import options
from sgeflow.cli.options import terminal_of
from sgeflow.messages import say, sentences

RUN = options.argument(metavar="RUN", help="A run's id, or the beginning of it.")
CHANGED = options.option("--changed-documents", help="Go on although documents were changed since.")
STEP = options.option("--step", metavar="KEY", help="Which order, when the run has several.")
ACCEPTED = options.option(
    "--accepted/--not-accepted", help="What a person has found out at Enedis."
)
Output = Annotated[str | None, options.output("json", "yaml", "table", "csv")]

orders = typer.Typer(
    help="List orders whose outcome is unknown, and settle one by hand.",
    rich_markup_mode=None,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("resume")(resume)
    app.add_typer(orders, name="orders")


def resume(
    context: typer.Context,
    run: Annotated[str, RUN],
    changed: Annotated[bool, CHANGED] = False,
    jobs: options.Jobs = None,
    most: options.MaxFailures = None,
    engine: options.Engine = "",
    scheduler: options.Scheduler = "",
    confirm: options.Confirm = False,
    env: options.StateOf = None,
    state: options.State = None,
    project: options.Project = None,
    output: Output = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    debug: options.Debug = False,
) -> None:
    """Go on with a run or fleet that was stopped.

    Nothing that was answered is asked again.
    """
    from sgeflow.adapters.state.fleets import is_row
    from sgeflow.cli.run_actions import Asked, resume_run
    from sgeflow.runtime.history import fleet_of
    from sgeflow.runtime.options import Options
    from sgeflow.runtime.state_location import home_to_look_at

    chosen, terminal = (
        Options(environment=env, state=state, confirm_orders=confirm),
        terminal_of(context),
    )
    if not is_row(run) and fleet_of(home_to_look_at(state, project, env), run):
        from sgeflow.cli.fleet import resume_each

        asked = Asked(jobs=jobs, max_failures=most, engine=engine, scheduler=scheduler)
        raise typer.Exit(resume_each(terminal, run, asked, chosen, project, changed=changed))
    raise typer.Exit(resume_run(terminal, run, chosen, project, changed=changed))


@orders.callback()
def listed(
    context: typer.Context,
    env: options.StateOf = None,
    state: options.State = None,
    project: options.Project = None,
    output: Output = None,
    debug: options.Debug = False,
) -> None:
    """List the orders whose answer was lost, and those found not to be accepted."""
    from sgeflow.cli.looking import table_of
    from sgeflow.runtime.resume import unsettled
    from sgeflow.runtime.state_location import home_to_look_at, kept_elsewhere
    from sgeflow.terminal import listings

    if context.invoked_subcommand is None:
        rows = [
            listings.order_row(order) for order in unsettled(home_to_look_at(state, project, env))
        ]
        elsewhere = kept_elsewhere(state, project, env)
        nothing = sentences(say("no order is unsettled"), elsewhere, between=" · ")
        table_of(terminal_of(context), rows, nothing)


@orders.command("resolve")
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
