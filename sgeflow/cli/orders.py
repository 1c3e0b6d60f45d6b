"""`sgeflow orders`: list the orders that only a person can settle, and settle one."""

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from sgeflow.adapters.project_files import show_path
from sgeflow.cli.shared import completion, options
from sgeflow.cli.shared.arguments import read_arguments
from sgeflow.cli.shared.options import terminal_of
from sgeflow.errors import Id, Problem, SgeflowError, UsageError
from sgeflow.locale.translate import translate
from sgeflow.messages import join_items, say, sentences
from sgeflow.runtime.state_location import home_to_look_at, kept_elsewhere

RUN = options.argument(
    metavar="RUN",
    help="A run's id, or the beginning of it.",
    autocompletion=completion.unsettled_runs,
)
MADE = options.argument(
    metavar="[NAME=VALUE]...",
    help="With --accepted: the outputs of the order, as serviceId=12345678.",
)
STEP = options.option("--step", metavar="KEY", help="The order, if the run has several.")
ACCEPTED = options.option(
    "--accepted/--not-accepted", help="The outcome that the receiver of the order confirmed."
)

app = options.command_app(
    help="List orders whose outcome is unknown, and settle one by hand.",
    invoke_without_command=True,
)


@app.register("", "json", "yaml", "table", "csv")
def list_orders(
    context: typer.Context,
    env: options.StateOf = None,
    state: options.State = None,
    project: options.Project = None,
) -> None:
    """List the orders whose answer was lost, those found not to be accepted, and orphans."""
    from sgeflow.cli.shared.results import next_step, show_rows
    from sgeflow.runtime.resume import orders_of_all
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
        nothing = sentences(say("no order to settle"), elsewhere, between=" · ")
        command = "sgeflow orders resolve RUN --accepted | --not-accepted"
        if has_accounts:
            command += f" --state {show_path(home.folder)}/accounts/ACCOUNT"
        receivers = _receivers({order.service for _, order in orders}, project)
        do = say("ask {receivers}, then settle the order", receivers=join_items(receivers))
        then = [next_step(do, command)] if orders else []
        if left:
            then.append(translate(say("close each account of an earlier customer by its command")))
        show_rows(terminal_of(context), rows, nothing, "\n".join(then))


def _receivers(services: Collection[str], project: Path | None) -> list[str]:
    """Return the names of the services' operators, as far as the documents can be read."""
    from sgeflow.runtime.project import open_catalog

    owners: dict[str, str] = {}
    with suppress(SgeflowError):
        operations = open_catalog(project).catalog.operations.values() if services else ()
        owners = {one.provider.name: one.provider.owner for one in operations}
    return sorted({owners.get(service, service) for service in services})


@app.register("resolve")
def resolve(
    context: typer.Context,
    run: Annotated[str, RUN],
    made: Annotated[list[str] | None, MADE] = None,
    accepted: Annotated[bool | None, ACCEPTED] = None,
    step: Annotated[str, STEP] = "",
    env: options.StateOf = None,
    state: options.State = None,
    project: options.Project = None,
) -> None:
    """Settle an order: it was accepted, or it was not.

    If later steps of the flow need a result of the order, such as the number of a service, the
    command asks for it.
    """
    from sgeflow.runtime.project import open_catalog
    from sgeflow.runtime.resume import after_settling, check_outputs, order_to_settle
    from sgeflow.runtime.resume import resolve as settle

    home = home_to_look_at(state, project, env)
    if accepted is None:
        order_to_settle(home, run, step)  # raises an error if there is no such order
        problem = Problem(
            id=Id.USAGE,
            message=say("what was the outcome of the order of run {run}", run=run),
            allowed=("--accepted", "--not-accepted"),
            note=say("find out first: an order that is not accepted may be sent again"),
        )
        raise UsageError(problem)
    outputs = read_arguments(made or [])
    check_outputs(home, run, step, outputs, lambda: open_catalog(project), accepted=accepted)
    order = settle(home, run, step, accepted=accepted, made=outputs)
    name = order.operation
    if order.state in ("stranded", "undoing"):
        message = say("{name} of run {run} remains and must be undone", name=name, run=order.run)
    elif order.state == "orphan":
        message = say("{name} of run {run} counts as cleaned up", name=name, run=order.run)
    elif order.is_undo:
        message = say("{name} of run {run} counts as undone", name=name, run=order.run)
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
