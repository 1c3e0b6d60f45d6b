"""Resuming stopped runs, and settling orders whose answer was lost."""

import shlex
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from sgeflow.adapters.project_files import show_path
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.locations import StateLocation, is_there
from sgeflow.adapters.state.records import SETTLED, UNDO_PENDING, Order, OrderState, RunDetails
from sgeflow.adapters.state.run_lock import hold_run
from sgeflow.core.compare import DIFFERENCE
from sgeflow.core.engine.trails import outermost_undo, trail_of
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.measures.civil_time import PARIS
from sgeflow.core.model import DEFAULT_ENVIRONMENT, RunReport, Status
from sgeflow.errors import GuardError, Id, SgeflowError, UsageError
from sgeflow.messages import Message, from_table, join_items, say
from sgeflow.runtime.arguments import check_arguments
from sgeflow.runtime.driver import Listener
from sgeflow.runtime.journal.history import check_open, find_run, fleet_of, kept_inputs
from sgeflow.runtime.options import Options, options_of
from sgeflow.runtime.project import Workspace, difference, differing, digests, open_catalog
from sgeflow.runtime.run import run_in
from sgeflow.runtime.run_context import deadline_of, open_context, tell_end
from sgeflow.runtime.session import NOTHING, chosen_environment
from sgeflow.runtime.state_location import home_of


@check_arguments
def resume(
    run: str,
    *,
    workspace: Workspace | None = None,
    options: Options | None = None,
    changed: bool = False,
    timeout: float | None = None,
    listener: Listener = lambda _: None,
) -> RunReport:
    """Resume a run: its flow is evaluated again, with the answers of the journal as far as they go.

    Answered calls are not repeated, orders that may have been accepted are not sent again, and the
    date is that of the start.

    Args:
        run: its id, or the beginning of it.
        workspace: an opened project; by default the one of the current folder.
        options: where the state is and whether orders are confirmed; the rest is the run's own.
        changed: resume even if documents were changed since.
        timeout: the seconds after which the run sends nothing more, as in `sgeflow.run`.
        listener: told of steps, calls and warnings.

    Raises:
        UsageError: there is no such run, or it cannot be resumed.
        GuardError: documents were changed since, and `changed` is not set.
    """
    deadline, opened = deadline_of(timeout), workspace or open_catalog()
    return resume_until(deadline, run, opened, options_of(options), listener, changed=changed)


def resume_until(
    deadline: float | None,
    run: str,
    opened: Workspace,
    chosen: Options,
    listener: Listener,
    *,
    changed: bool = False,
) -> RunReport:
    """Resume a run with a deadline; the other arguments and errors are those of `resume`."""
    home = home_of(chosen.state, opened.project, chosen_environment(opened, chosen))
    details = find_run(home, run)
    entry = details.entry
    check_resumable(home, details, opened, changed=changed)
    with tell_end(listener) as end, open_context(opened, chosen.to_go_on(entry, home)) as context:
        inputs = kept_inputs(context.journal, entry.run)
        flow = opened.flow(entry.flow)
        own = replace(context, deadline=deadline)
        end.report = run_in(own, flow, inputs, listener, goes_on=True)
    report: RunReport = end.outcome()
    return replace(report, lacks_recording=context.session.lacks_recording)


def order_to_settle(home: StateLocation, run: str, key: str) -> tuple[Order, bool]:
    """Return the order that `resolve` would settle, and whether its flow continues after it.

    Raises:
        UsageError: the run has no such order whose outcome is unknown.
    """
    order = _open_order(home, run, key)
    entry = find_run(home, order.run).entry
    is_lost = order.state not in (*UNDO_PENDING, OrderState.ORPHAN) and not order.is_undo
    is_last = (
        entry.is_call or entry.status is Status.DONE or bool(outermost_undo(trail_of(order.key)))
    )
    return order, is_lost and not is_last


def open_orders(home: StateLocation) -> tuple[Order, ...]:
    """Return the orders of all runs that wait for a person."""
    if not is_there(home.journal):
        return ()
    with Journal(home.journal) as journal:
        return journal.listed_orders()


def orders_of_all(home: StateLocation) -> tuple[tuple[str, Order], ...]:
    """Return unsettled orders of a state and of its Cozy accounts, each with its account or ""."""
    homes = {"": home, **home.accounts()}
    return tuple((account, order) for account in homes for order in open_orders(homes[account]))


def resolve(
    home: StateLocation, run: str, key: str, *, accepted: bool, made: Mapping[str, Any] = NOTHING
) -> Order:
    """Settle an order by hand: a person knows that it was accepted, or that it was not.

    An accepted order is never sent again; `made` are its outputs, for the next steps of its flow.
    An order that was not accepted may be sent again when the run is resumed. An orphan is removed
    from the list in both cases. The run is held meanwhile. An order counts as not accepted only
    when neither its sender nor a gateway on the way can still have it carried out.

    Raises:
        UsageError: the run has no such order with an unknown outcome.
        GuardError: the run or its fleet is at work, or the order may still be under way.
    """
    open_order = _open_order(home, run, key)
    is_orphan = open_order.state is OrderState.ORPHAN
    state = OrderState.DONE if accepted and not is_orphan else OrderState.PLANNED
    with hold_run(home, open_order.run):
        # read again, now that the run is held
        order = _open_order(home, open_order.run, open_order.key)
        if order.state in UNDO_PENDING and not accepted:
            return order  # it stays; resuming the run tries the undo again
        with Journal(home.journal) as journal:
            left = 0.0 if accepted else journal.under_way(order)
            if left:
                then = datetime.fromtimestamp(time.time() + left, PARIS) + timedelta(seconds=1)
                message = say(
                    "{operation} of run {run} may still be under way, until {moment} in France",
                    operation=order.operation,
                    run=order.run,
                    moment=f"{then:%Y-%m-%d %H:%M:%S}",
                )
                why = say("its sender, or a gateway on the way, may still have it carried out")
                again = home.command("orders", "resolve", order.run, "--not-accepted")
                do = say("from then on: {command}; --accepted may come at any time", command=again)
                details = (("why", why), ("do", do))
                raise GuardError.of(Id.GUARD, message, details=details)
            is_settled = journal.settle_by_hand(order, state, made=made)
    if not is_settled:
        message = say("the order of run {run} has changed at this moment", run=order.run)
        look = (("do", home.command("orders")),)
        raise GuardError.of(Id.GUARD, message, details=look)
    return order if is_orphan else replace(order, state=state)


@check_arguments
def resolve_order(
    run: str,
    step: str = "",
    *,
    accepted: bool,
    outputs: Mapping[str, Any] | None = None,
    workspace: Workspace | None = None,
    options: Options | None = None,
) -> None:
    """Settle an order of unknown outcome, after its receiver has said what became of it.

    An accepted order is never sent again. An order that was not accepted may be sent again when its
    run is resumed.

    Args:
        run: its id, or the beginning of it.
        step: the key of the order, if the run has several.
        accepted: the outcome.
        outputs: what the accepted order created, such as the number of a service, for the next
            steps of its flow; the value None if nobody knows.
        workspace: an opened project; by default the one of the current folder.
        options: where the state is.

    Raises:
        UsageError: the run has no such order, or an output is missing or unknown.
        GuardError: the run is at work, or the order may still be under way.
    """
    opened, chosen, made = workspace or open_catalog(), options_of(options), outputs or {}
    home = home_of(chosen.state, opened.project, chosen_environment(opened, chosen))
    check_outputs(home, run, step, made, lambda: opened, accepted=accepted)
    resolve(home, run, step, accepted=accepted, made=made)


def check_outputs(
    home: StateLocation,
    run: str,
    step: str,
    outputs: Mapping[str, Any],
    open_project: Callable[[], Workspace],
    *,
    accepted: bool,
) -> None:
    """Check the outputs of an accepted order that a person settles.

    Raises:
        UsageError: the order does not have such an output, or an output is missing that a search
            would have given.
    """
    if not accepted:
        if outputs:
            message = say("an order that was not accepted has no outputs: leave them out")
            raise UsageError.of(Id.USAGE, message)
        return
    order, goes_on = order_to_settle(home, run, step)
    if order.is_undo and any(value is not None for value in outputs.values()):
        message = say("{operation} is an undo, which creates nothing", operation=order.operation)
        do = f"sgeflow orders resolve {order.run} --accepted --step '{order.key}'"
        raise UsageError.of(Id.USAGE, message, details=(("do", do),))
    # for example from a variable of the shell that is not set
    if empty := [n for n, value in outputs.items() if isinstance(value, str) and not value.strip()]:
        message = say("no value for {names}", names=join_items(empty))
        details = _commands(order.run, empty)
        raise UsageError.of(Id.USAGE, message, details=details)
    operation = None  # of an `http` step, or of an operation that no longer exists
    with suppress(SgeflowError):  # an order can be settled even if documents have mistakes
        operation = open_project().catalog.operations.get(order.operation)
    if operation is None:
        return
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
            raise UsageError.of(Id.USAGE, message, allowed=known, suggestion=near)
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
        raise UsageError.of(Id.USAGE, message, details=details)


def _commands(run: str, names: Sequence[str]) -> tuple[tuple[str, str | Message], ...]:
    """Return the command with outputs, and the one for unknown outputs."""
    words = " ".join(f"{name}=…" for name in names)
    nobody = " ".join(f"{name}:=null" for name in names)
    return (
        ("do", f"sgeflow orders resolve {run} {words} --accepted"),
        ("else", say("if nobody knows: {words}; it is then null", words=nobody)),
    )


def after_settling(home: StateLocation, order: Order) -> Message:
    """Return the next step of a person who has settled an order."""
    entry = find_run(home, order.run).entry
    if entry.is_call:  # a single call cannot be resumed
        if order.state is OrderState.DONE:
            return say("nothing is left to do")
        return say("to send it: sgeflow call {name} …, as before", name=order.operation)
    if entry.status is Status.DONE or order.state is OrderState.ORPHAN:
        return say("nothing is left to do")
    return from_table(home.command("resume", order.run))


def _open_order(home: StateLocation, run: str, key: str) -> Order:
    """Return the order of a run that a person may settle; raises UsageError without exactly one."""
    details = find_run(home, run)
    open_ = [order for order in details.orders if order.state not in SETTLED]
    lost = [order for order in open_ if order.state not in UNDO_PENDING]  # they come first
    alike = [order for order in (open_ if key else lost or open_) if order.key == key or not key]
    if len(alike) == 1:
        return alike[0]
    run, keys = details.entry.run, tuple(order.key for order in open_)
    rows = tuple(o.run for o in open_orders(home) if o.run.startswith(f"{run}."))
    if rows:
        keys, message = rows, say("the unsettled orders of fleet {run} are its rows'", run=run)
    elif not keys:
        message = say("run {run} has no such orders", run=run)
    elif key:
        message = say('run {run} has no such order of step "{key}"', run=run, key=key)
    else:
        message = say("run {run} has several such orders", run=run)
    raise UsageError.of(Id.UNKNOWN_NAME, message, allowed=keys, allowed_label="unsettled")


def check_resumable(
    home: StateLocation, details: RunDetails, workspace: Workspace, *, changed: bool
) -> None:
    """Raise an error unless a run can be resumed, with the documents of its start."""
    entry = details.entry
    check_open(entry)
    if workspace.environment(entry.environment).simulated:
        message = say("run {run} was simulated, and its made-up world ended with it", run=entry.run)
        fleet = fleet_of(home, entry.run.partition(".")[0])
        each = () if fleet is None else ("--each", shlex.quote(show_path(Path(fleet.file))))
        env = () if entry.environment == DEFAULT_ENVIRONMENT else ("--env", entry.environment)
        again = " ".join(("sgeflow run", entry.flow, *each, *env))
        raise UsageError.of(Id.USAGE, message, details=(("do", again),))
    changes = differing(entry.documents, workspace.documents)
    if changes and not changed:
        message = say(
            "documents were changed since run {run} began: {changes}",
            run=entry.run,
            changes=join_items(changes),
        )
        with Journal(home.journal) as journal:
            texts = journal.texts(digests(entry.documents).values())
        lines = difference(entry.documents, texts, workspace.sources)
        why = say("earlier responses may not fit the current requests")
        do = say("restore them, or use --changed-documents to go on")
        known = ((DIFFERENCE, lines),) if lines else ()
        told = (*known, ("why", why), ("do", do))
        raise GuardError.of(Id.GUARD, message, details=told)
