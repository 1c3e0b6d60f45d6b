"""`sgeflow orders`: list orders that only a person can settle, and settle one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sgeflow.cli.shared import completion, options
from sgeflow.cli.shared.arguments import read_arguments
from sgeflow.cli.shared.options import terminal_of
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.errors import Id, Problem, SgeflowError, UsageError
from sgeflow.locale.translate import translate
from sgeflow.messages import Message, join_items, say, sentences

if TYPE_CHECKING:
    from sgeflow.adapters.state.locations import StateLocation

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
    from sgeflow.adapters.project_files import show_path
    from sgeflow.cli.shared.results import next_step, show_rows
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
    """Return who keeps the orders of some services, as far as the documents can be read."""
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
    from sgeflow.runtime.resume import after_settling, order_to_settle
    from sgeflow.runtime.resume import resolve as settle
    from sgeflow.runtime.state_location import home_to_look_at

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
    outputs = outputs_made(home, run, step, made or [], project=project, accepted=accepted)
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


def outputs_made(
    home: StateLocation,
    run: str,
    step: str,
    words: Sequence[str],
    *,
    project: Path | None,
    accepted: bool,
) -> Mapping[str, Any]:
    """Return the outputs of an accepted order from `words`.

    Raises:
        UsageError: the order does not have such an output, or an output is missing that a search
            would have given.
    """
    from sgeflow.runtime.project import open_catalog
    from sgeflow.runtime.resume import order_to_settle

    outputs = read_arguments(words)
    if not accepted:
        if outputs:
            raise UsageError(
                Problem(id=Id.USAGE, message=say("an order that was not accepted created nothing"))
            )
        return outputs
    order, goes_on = order_to_settle(home, run, step)
    if order.is_undo and any(value is not None for value in outputs.values()):
        message = say("{operation} is an undo, which creates nothing", operation=order.operation)
        do = f"sgeflow orders resolve {order.run} --accepted --step '{order.key}'"
        raise UsageError(Problem(id=Id.USAGE, message=message, details=(("do", do),)))
    # for example from a variable of the shell that is not set
    if empty := [n for n, value in outputs.items() if isinstance(value, str) and not value.strip()]:
        message = say("no value for {names}", names=join_items(empty))
        details = _commands(order.run, empty)
        raise UsageError(Problem(id=Id.USAGE, message=message, details=details))
    operation = None  # of other services, or one that no longer exists
    with suppress(SgeflowError):  # an order can be settled even if documents have mistakes
        operation = open_catalog(project).catalog.operations.get(order.operation)
    if operation is None:
        return outputs
    known = tuple(operation.response.paths)
    for name in outputs:
        if name not in known:
            message = say(
                '{owner} has no {what} "{name}"',
                what=say("output"),
                owner=operation.name,
                name=name,
            )
            near = closest(name, known)
            raise UsageError(Problem(id=Id.USAGE, message=message, allowed=known, suggestion=near))
    # outputs that describe the created thing: only the answer or a search gives them
    found = operation.reconcile.outputs if goes_on and operation.reconcile else {}
    needed = [name for name, one in found.items() if one.text.startswith("[0].")]
    if lacking := [name for name in needed if name not in outputs]:
        message = say(
            "what did {operation} create? Its flow needs {names}",
            operation=operation.name,
            names=join_items(lacking),
        )
        details = _commands(order.run, lacking)
        raise UsageError(Problem(id=Id.USAGE, message=message, details=details))
    return outputs


def _commands(run: str, names: Sequence[str]) -> tuple[tuple[str, str | Message], ...]:
    """Return the command with outputs, and the one for unknown outputs."""
    words = " ".join(f"{name}=…" for name in names)
    nobody = " ".join(f"{name}:=null" for name in names)
    return (
        ("do", f"sgeflow orders resolve {run} {words} --accepted"),
        ("else", say("if nobody knows: {words}; it is then null", words=nobody)),
    )
