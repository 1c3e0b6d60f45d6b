"""An order whose answer was lost: found by a read, surely not accepted, or not known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from sgeflow.core.documents import Operation, Reconcile
from sgeflow.core.engine.effects import CallClosed, Clock, Emit, Script, Warn, ask
from sgeflow.core.engine.lost_orders import OrderDays, OutputsByHand, ProvenAbsent
from sgeflow.core.engine.step import Done, End, Failed, Run
from sgeflow.core.language.dates import duration_seconds
from sgeflow.core.language.parameter import Values
from sgeflow.core.model import CallRecord, Failure
from sgeflow.errors import SgeflowError
from sgeflow.messages import Message, join_items, say, sentences

CallScript = Callable[[str, Mapping[str, Any], Run], Script[End]]


def settle(
    operation: Operation, values: Values, lost: Failed, run: Run, call: CallScript
) -> Script[End | None]:
    """Look for an order whose answer was lost, by the read that shows what it made.

    What is found is taken as done, and what a person found to be accepted. What is not found may
    still be on its way: it stays lost. None: it was surely not accepted, and may be sent once more.
    """
    end = yield from _look_for(operation, values, lost, run, call)
    if not isinstance(end, Failed):
        return end
    return (yield from end_by_hand(operation.name, operation.response.paths, end, run))


def end_by_hand(label: str, outputs: Iterable[str], lost: Failed, run: Run) -> Script[End]:
    """A lost order that a person found to be accepted: done, with the outputs that he gave."""
    made = yield from ask(OutputsByHand(run.key(label)))
    if made is None:
        return lost
    text = say("{operation} counts as accepted, as a person found out", operation=label)
    known = {**dict.fromkeys(outputs), **made}
    unknown = [name for name, value in known.items() if value is None]
    if unknown:
        lacking = say("not known, and null: {names}", names=join_items(unknown))
        text = sentences(text, lacking, between="; ")
    yield Emit(Warn(run.trail, text))
    return Done(outputs=known, summary=say("accepted, as a person found out"))


def _look_for(
    operation: Operation, values: Values, lost: Failed, run: Run, call: CallScript
) -> Script[End | None]:
    reconcile = operation.reconcile
    if reconcile is None:
        return lost
    began = yield from ask(Clock())
    try:
        arguments = {name: t.evaluate(values) for name, t in reconcile.arguments.items()}
        read = yield from call(reconcile.call, arguments, run.reconcile())
        if not isinstance(read, Done):
            return _with_proof_time(lost, reconcile, run)
        days = (yield from ask(OrderDays(run.key(operation.name)))) or (run.today,)
        views = [{"order": {"day": day}, **values, **read.outputs} for day in days]
        matches = _find_order(reconcile, views)
        if not matches and lost.refusal:
            return (yield from refusal_of(operation, lost.refusal, run))
        if not matches:
            is_absent = yield from _absent(operation, views, began, read, run)
            return (
                None
                if is_absent
                else _with_proof_time(_with_doubt(lost, reconcile, read), reconcile, run)
            )
        known = {name: expr.search(matches) for name, expr in reconcile.outputs.items()}
    except SgeflowError:
        return lost
    yield CallClosed(record=_record(operation, run, "found", accepted=True))
    yield Emit(Warn(run.trail, _found_record(operation.name, reconcile.call, lost)))
    outputs = {**dict.fromkeys(operation.response.paths), **known}
    return Done(outputs=outputs, summary=say("accepted, found by a search"))


def refusal_of(operation: Operation, refusal: Failure, run: Run) -> Script[Failed]:
    """The refusal of what was there already: nothing of it was made by this order."""
    yield CallClosed(record=_record(operation, run, refusal.code, accepted=False))
    return Failed(failure=refusal)


def _find_order(reconcile: Reconcile, views: Sequence[Values]) -> Any:
    """What the order made, as one of the days shows it on which it may have come in.

    Two days that show different things tell nothing: one of them was not made by it.
    """
    matches = [each for each in map(reconcile.found.search, views) if each]
    return matches[0] if matches and all(each == matches[0] for each in matches) else None


def _absent(
    operation: Operation, views: Sequence[Values], began: float, read: Done, run: Run
) -> Script[bool]:
    """Whether an order that a read did not show was surely not accepted, on none of its days.

    Only a read that is made now tells, and only a reply that says itself whose it is and when it
    was made: an empty one may be another's, one of before says nothing of what came since.
    """
    reconcile = operation.reconcile
    absent = reconcile.absent if reconcile else None
    if reconcile is None or absent is None or read.earlier or read.dated is None:
        return False
    if any(absent.when.search(each) is not True for each in views):
        return False
    is_absent = yield from ask(
        ProvenAbsent(
            key=run.key(operation.name),
            by=run.reconcile().key(reconcile.call),
            since=began,
            made=read.dated,
            after=duration_seconds(absent.after),
        )
    )
    if is_absent is None:
        yield Emit(Warn(run.trail, _clocks_differ(operation.name)))
    if is_absent:
        text = say(
            "the answer to {operation} was lost; {call} does not show it {after} after it was sent:"
            " it was not accepted, and is sent once more",
            operation=operation.name,
            call=reconcile.call,
            after=absent.after,
        )
        yield Emit(Warn(run.trail, text))
    return bool(is_absent)


def _clocks_differ(operation: str) -> Message:
    return say(
        "by its clock the server answered more than 5 minutes away from ours: one of them is wrong,"
        " or the answer was stored on the way; it does not tell whether {operation} was accepted",
        operation=operation,
    )


def _with_doubt(lost: Failed, reconcile: Reconcile, read: Done) -> Failed:
    """The failure, with why a read that did not show the order can prove nothing."""
    if reconcile.absent is None or read.dated is not None:
        return lost
    words = say(
        "{call} does not show the order, and its answer does not prove whose it is and when it was"
        " made; an empty answer never does",
        call=reconcile.call,
    )
    return replace(lost, failure=lost.failure.with_details(("not found", words)))


def _with_proof_time(lost: Failed, reconcile: Reconcile, run: Run) -> Failed:
    """The failure, with when looking again may prove that the order was not accepted."""
    if reconcile.absent is None or not run.goes_on or run.environment.simulated:
        return lost
    words = say(
        "from {after} after it was sent, sgeflow resume {id} may send once more what {call} does"
        " not show, where its answer names the point",
        after=reconcile.absent.after,
        id=run.id,
        call=reconcile.call,
    )
    return replace(lost, failure=lost.failure.with_details(("later", words)))


def _found_record(label: str, call: str, lost: Failed) -> Message:
    if lost.refusal is None:
        return say(
            "the answer to {operation} was lost; {call} shows that it was accepted",
            operation=label,
            call=call,
        )
    return say(
        "{operation} was refused with {code}; {call} shows that all is as it ordered: it counts as"
        " accepted, and may have come in twice",
        operation=label,
        code=lost.refusal.code,
        call=call,
    )


def _record(operation: Operation, run: Run, outcome: str, *, accepted: bool) -> CallRecord:
    """What a search has told of an order, whatever became of its answer."""
    return CallRecord(
        key=run.key(operation.name),
        label=operation.name,
        kind=operation.kind,
        attempt=0,
        outcome=outcome,
        seconds=0.0,
        bytes_in=0,
        accepted=accepted,
    )
