"""`sgeflow orders`: what only a person can settle."""

# ruff: noqa: ARG001 - some options tell the terminal by their callbacks, not the command

from __future__ import annotations

from typing import Annotated

import typer

from sgeflow.cli.shared import completion, options
from sgeflow.cli.shared.options import terminal_of
from sgeflow.errors import Id, Problem, UsageError
from sgeflow.locale.translate import translate
from sgeflow.messages import join_items, say, sentences

RUN = options.argument(
    metavar="RUN",
    help="A run's id, or the beginning of it.",
    autocompletion=completion.unsettled_runs,
)
MADE = options.argument(
    metavar="[NAME=VALUE]...",
    help="With --accepted: what it made, as its outputs: serviceId=12345678.",
)
STEP = options.option("--step", metavar="KEY", help="Which order, when the run has several.")
ACCEPTED = options.option(
    "--accepted/--not-accepted", help="What a person has found out where it was sent."
)
Output = Annotated[str | None, options.output("json", "yaml", "table", "csv")]

app = options.command_app(
    help="List orders whose outcome is unknown, and settle one by hand.",
    invoke_without_command=True,
)


@app.callback()
def list_orders(
    context: typer.Context,
    env: options.StateOf = None,
    state: options.State = None,
    project: options.Project = None,
    output: Output = None,
    debug: options.Debug = False,
) -> None:
    """List the orders whose answer was lost, those found not to be accepted, and orphans."""
    from sgeflow.adapters.project_files import show_path
    from sgeflow.cli.shared.results import next_step, show_rows
    from sgeflow.core.model import receiver_of
    from sgeflow.runtime.resume import orders_of_all
    from sgeflow.runtime.state_location import home_to_look_at, kept_elsewhere
    from sgeflow.runtime.upkeep import open_accounts
    from sgeflow.terminal import journal

    if context.invoked_subcommand is None:
        home = home_to_look_at(state, project, env)
        orders = orders_of_all(home)
        has_accounts = any(account for account, _ in orders)
        rows = [
            {**({"account": account} if has_accounts else {}), **journal.order_row(order)}
            for account, order in orders
        ]
        homes = (home, *home.accounts().values())
        left = [one for place in homes for one in open_accounts(place, project)]
        rows += [journal.account_row(one) for one in left]
        elsewhere = kept_elsewhere(state, project, env)
        nothing = sentences(say("no order is unsettled"), elsewhere, between=" · ")
        command = "sgeflow orders resolve RUN --accepted | --not-accepted"
        if has_accounts:
            command += f" --state {show_path(home.folder)}/accounts/ACCOUNT"
        receivers = sorted({receiver_of(order.operation) for _, order in orders})
        do = say("find out at {receivers}, then settle one", receivers=join_items(receivers))
        then = [next_step(do, command)] if orders else []
        if left:
            then.append(translate(say("close each account of an earlier customer by its command")))
        show_rows(terminal_of(context), rows, nothing, "\n".join(then))


@app.command("resolve")
def resolve(
    context: typer.Context,
    run: Annotated[str, RUN],
    made: Annotated[list[str] | None, MADE] = None,
    accepted: Annotated[bool | None, ACCEPTED] = None,
    step: Annotated[str, STEP] = "",
    env: options.StateOf = None,
    state: options.State = None,
    project: options.Project = None,
    debug: options.Debug = False,
) -> None:
    """Say whether an order was accepted, or surely was not.

    What comes behind it in its flow may need what it made, as the number of a service: it is
    asked for then.
    """
    from sgeflow.cli.running.order_outputs import outputs_made
    from sgeflow.runtime.resume import after_settling, order_to_settle
    from sgeflow.runtime.resume import resolve as settle
    from sgeflow.runtime.state_location import home_to_look_at

    home = home_to_look_at(state, project, env)
    if accepted is None:
        order_to_settle(home, run, step)  # whose outcome is to be found out, if there is one
        raise UsageError(_neither(run))
    outputs = outputs_made(home, run, step, made or [], project=project, accepted=accepted)
    order = settle(home, run, step, accepted=accepted, made=outputs)
    name = order.operation
    if order.state in ("stranded", "undoing"):
        message = say("{name} of run {run} stands, and is to be undone", name=name, run=order.run)
    elif order.state == "orphan":
        message = say(
            "what {name} of run {run} may have left counts as looked after",
            name=name,
            run=order.run,
        )
    elif not order.fingerprint:  # what an undo had left standing
        message = say("{name} of run {run} counts as undone by a person", name=name, run=order.run)
    elif accepted:
        message = say(
            "{name} of run {run} counts as accepted, and never sent again", name=name, run=order.run
        )
    else:
        message = say(
            "{name} of run {run} counts as not accepted; it may be sent again",
            name=name,
            run=order.run,
        )
    terminal_of(context).aside(sentences(message, after_settling(home, order), between=" · "))


def _neither(run: str) -> Problem:
    return Problem(
        id=Id.USAGE,
        message=say("how did the order of run {run} come out", run=run),
        allowed=("--accepted", "--not-accepted"),
        note=say("find out first: what counts as not accepted may be sent again"),
    )
