"""An order whose answer was lost: found by a read, surely not accepted, or not known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sgeflow.core.documents import Operation, Reconcile
from sgeflow.core.engine.effects import Absent, Clock, Script, Settled, Tell, Vouched, Warn, ask
from sgeflow.core.engine.step import Done, End, Failed, Run
from sgeflow.core.engine.trails import at_reconcile, trail_of
from sgeflow.core.language.dates import duration_seconds
from sgeflow.core.model import CallRecord
from sgeflow.errors import SgeflowError
from sgeflow.messages import say

Call = Callable[[str, Mapping[str, Any], Run], Script[End]]
Values = Mapping[str, Any]


def looks_for(key: str, order: str) -> bool:
    """Whether the effect of a key belongs to the read that looks for the order of another."""
    return trail_of(key) == at_reconcile(trail_of(order))


def settle(
    operation: Operation, values: Values, lost: Failed, run: Run, call: Call
) -> Script[End | None]:
    """Look for an order whose answer was lost, by the read that shows what it made.

    What is found is taken as done, and what a person found to be accepted. What is not found may
    still be on its way: it stays lost. None: it was surely not accepted, and may be sent once more.
    """
    end = yield from _looked_for(operation, values, lost, run, call)
    if not isinstance(end, Failed) or not (yield from ask(Vouched(run.key(operation.name)))):
        return end
    text = say(
        "{operation} counts as accepted, as a person found out; what it made is not known",
        operation=operation.name,
    )
    yield Tell(Warn(run.trail, text))
    outputs = dict.fromkeys(operation.response.paths)
    return Done(outputs=outputs, summary=say("accepted, as a person found out"))


def _looked_for(
    operation: Operation, values: Values, lost: Failed, run: Run, call: Call
) -> Script[End | None]:
    reconcile = operation.reconcile
    if reconcile is None:
        return lost
    began = yield from ask(Clock())
    try:
        arguments = {name: t.evaluate(values) for name, t in reconcile.arguments.items()}
        read = yield from call(reconcile.call, arguments, run.reconcile())
        if not isinstance(read, Done):
            return _told(lost, reconcile, run)
        shown = {"run": run.facts(), **values, **read.outputs}
        found = reconcile.found.search(shown)
        if not found:
            is_absent = yield from _absent(operation, shown, began, read, run)
            return None if is_absent else _told(lost, reconcile, run)
        known = {name: expr.search(found) for name, expr in reconcile.outputs.items()}
    except SgeflowError:
        return lost
    yield Settled(record=_found(operation, run))
    text = say(
        "the answer to {operation} was lost; {call} shows that it was accepted",
        operation=operation.name,
        call=reconcile.call,
    )
    yield Tell(Warn(run.trail, text))
    outputs = {**dict.fromkeys(operation.response.paths), **known}
    return Done(outputs=outputs, summary=say("accepted, found by a search"))


def _absent(
    operation: Operation, shown: Values, began: float, read: Done, run: Run
) -> Script[bool]:
    """Whether an order that a read did not show was surely not accepted.

    Only a read that is made now tells: what it showed before says nothing of what came since.
    """
    reconcile = operation.reconcile
    absent = reconcile.absent if reconcile else None
    if reconcile is None or absent is None or read.earlier:
        return False
    if absent.when.search(shown) is not True:
        return False
    is_absent = yield from ask(
        Absent(
            key=run.key(operation.name),
            by=run.reconcile().key(reconcile.call),
            since=began,
            after=duration_seconds(absent.after),
        )
    )
    if is_absent:
        text = say(
            "the answer to {operation} was lost; {call} does not show it {after} after it was sent:"
            " it was not accepted, and is sent once more",
            operation=operation.name,
            call=reconcile.call,
            after=absent.after,
        )
        yield Tell(Warn(run.trail, text))
    return is_absent


def _told(lost: Failed, reconcile: Reconcile, run: Run) -> Failed:
    """The failure, with when looking again may prove that the order was not accepted."""
    if reconcile.absent is None or not run.goes_on:
        return lost
    words = say(
        "from {after} after it was sent, sgeflow resume {id} may send what {call} does not show"
        " once more",
        after=reconcile.absent.after,
        id=run.id,
        call=reconcile.call,
    )
    problem = lost.failure.problem
    problem = replace(problem, details=(*problem.details, ("later", words)))
    return replace(lost, failure=replace(lost.failure, problem=problem))


def _found(operation: Operation, run: Run) -> CallRecord:
    """An order that a search has found: accepted, whatever became of its answer."""
    return CallRecord(
        key=run.key(operation.name),
        label=operation.name,
        kind=operation.kind,
        attempt=0,
        outcome="found",
        seconds=0.0,
        bytes_in=0,
        accepted=True,
    )
