"""Going on with a run that was stopped, and settling orders whose answer was lost."""

from __future__ import annotations

import time
from dataclasses import replace

from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.locations import Home, is_there
from sgeflow.adapters.state.records import UNSETTLED, Order, OrderState, RunDetails
from sgeflow.adapters.state.run_lock import held
from sgeflow.core.compare import DIFFERENCE
from sgeflow.core.model import RunReport
from sgeflow.errors import GuardError, Id, Problem, UsageError
from sgeflow.messages import listed, say
from sgeflow.runtime.document_changes import difference, differing, digests
from sgeflow.runtime.events import Listener
from sgeflow.runtime.history import check_open, kept_inputs, run_named
from sgeflow.runtime.options import Options
from sgeflow.runtime.project import Workspace, open_catalog
from sgeflow.runtime.run import run_in, telling_end
from sgeflow.runtime.run_context import open_ground
from sgeflow.runtime.session import chosen_environment
from sgeflow.runtime.state_location import home_of


def resume(
    run: str,
    *,
    workspace: Workspace | None = None,
    options: Options | None = None,
    changed: bool = False,
    listener: Listener = lambda _: None,
) -> RunReport:
    """Go on with a run: evaluate its flow again, answered from the journal as far as it goes.

    No call that was answered is repeated, no order that may have been accepted is sent again, and
    the day is the day of its start.

    Args:
        run: its id, or the beginning of it.
        workspace: an opened project; by default the one of the current folder.
        options: where the state is and whether orders are confirmed; the rest is the run's own.
        changed: go on although documents were changed since.
        listener: told of steps, calls and warnings.

    Raises:
        UsageError: there is no such run, or nothing to go on with.
        GuardError: documents were changed since, and `changed` is not set.
    """
    opened = workspace or open_catalog()
    chosen = options or Options()
    home = home_of(chosen.state, opened.project, chosen_environment(opened, chosen))
    details = run_named(home, run)
    entry = details.entry
    check_resumable(home, details, opened, changed=changed)
    own = replace(
        chosen,
        environment=entry.environment,
        today=entry.today,
        now=entry.now,
        run=entry.run,
        state=home,
    )
    with telling_end(own) as end, open_ground(opened, own) as ground:
        inputs = kept_inputs(ground.journal, entry.run)
        flow = opened.flow(entry.flow)
        end.report = run_in(ground, flow, inputs, listener, goes_on=True)
    return end.told()


def unsettled(home: Home) -> tuple[Order, ...]:
    """The orders of all runs whose outcome nobody knows, and those found absent, not yet sent."""
    if not is_there(home.journal):
        return ()
    with Journal(home.journal) as journal:
        return journal.unsettled()


def resolve(home: Home, run: str, key: str, *, accepted: bool) -> Order:
    """A person has found out: the order was accepted, or surely was not.

    What was accepted is never sent again; what was not may be, when the run goes on. Nobody works
    on the run meanwhile: an order that is under way is settled by its answer.

    Raises:
        UsageError: the run has no such order whose outcome is unknown.
        GuardError: its run, or the fleet of that, is at work.
    """
    found = _open_order(home, run, key)
    state = OrderState.DONE if accepted else OrderState.PLANNED
    with held(home, found.run):
        order = _open_order(home, found.run, found.key)  # as it stands now that it is held
        with Journal(home.journal) as journal:
            is_settled = journal.settle(
                order.run,
                order.key,
                state,
                code="by hand",
                at=time.time(),
                seen=order.state,
            )
    if not is_settled:
        message = say("the order of run {run} has changed at this moment", run=order.run)
        details = (("do", home.command("orders")),)
        raise GuardError(Problem(id=Id.GUARD, message=message, details=details))
    return replace(order, state=state)


def _open_order(home: Home, run: str, key: str) -> Order:
    """The one order of a run that a person may settle."""
    details = run_named(home, run)
    open_ = [o for o in details.orders if o.state in (*UNSETTLED, OrderState.ABSENT)]
    alike = [order for order in open_ if order.key == key or not key]
    if len(alike) != 1:
        raise UsageError(_not_one(home, details.entry.run, key, tuple(o.key for o in open_)))
    return alike[0]


def _not_one(home: Home, run: str, key: str, keys: tuple[str, ...]) -> Problem:
    """Why it is not known which order is meant, with those that may be."""
    rows = tuple(o.run for o in unsettled(home) if o.run.startswith(f"{run}."))
    if rows:
        keys, message = rows, say("the unsettled orders of fleet {run} are its rows'", run=run)
    elif not keys:
        message = say("run {run} has no such orders", run=run)
    elif key:
        message = say('run {run} has no such order of step "{key}"', run=run, key=key)
    else:
        message = say("run {run} has several such orders", run=run)
    return Problem(id=Id.UNKNOWN_NAME, message=message, allowed=keys, allowed_label="unsettled")


def check_resumable(
    home: Home, details: RunDetails, workspace: Workspace, *, changed: bool
) -> None:
    """Raise unless a run can go on, with the documents that it was begun with."""
    entry = details.entry
    check_open(entry)
    if workspace.environment(entry.environment).simulated:
        message = say("run {run} was simulated, and its made-up world ended with it", run=entry.run)
        problem = Problem(
            id=Id.USAGE, message=message, details=(("do", f"sgeflow run {entry.flow}"),)
        )
        raise UsageError(problem)
    changes = differing(entry.documents, workspace.documents)
    if changes and not changed:
        message = say(
            "documents were changed since run {run} began: {changes}",
            run=entry.run,
            changes=listed(changes),
        )
        details_ = (
            *_lines(home, entry.documents, workspace),
            ("why", say("what was answered may not fit what is asked now")),
            ("do", say("bring them back, or --changed-documents to go on all the same")),
        )
        raise GuardError(Problem(id=Id.GUARD, message=message, details=details_))


def _lines(home: Home, before: str, workspace: Workspace) -> tuple[tuple[str, str], ...]:
    with Journal(home.journal) as journal:
        kept = journal.texts(digests(before).values())
    told = difference(before, kept, workspace.sources)
    return ((DIFFERENCE, told),) if told else ()
