"""An order that may have been accepted: whatever else happens beside it, that is how it ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeGuard

from msgspec.structs import replace

from sgeflow.core.engine.failures import in_step, unanswered_problem
from sgeflow.core.engine.step import End, Failed, Returned, Run
from sgeflow.core.engine.trails import trail_of
from sgeflow.core.model import Failure, FaultClass
from sgeflow.errors import Id
from sgeflow.messages import say_count, sentences


def is_unknown(end: Any) -> TypeGuard[Failed]:
    """Whether nobody knows what became of an order."""
    return isinstance(end, Failed) and end.failure.fault_class is FaultClass.UNKNOWN


def deciding_end(ends: Iterable[End], *, collect: bool) -> Failed | Returned | None:
    """Of items or branches, the end that is that of all of them; None when all go on.

    An unknown order comes before every other end, and is never collected.
    """
    known = tuple(ends)
    unknown = [end for end in known if is_unknown(end)]
    if unknown:
        return _with_others(unknown[0], len(unknown) - 1)
    stops = [end for end in known if _stops(end, collect=collect)]
    return min(stops, key=is_held, default=None)


def is_held(end: Any) -> bool:
    """Whether it only ended because what stands beside it had failed: nobody handles that."""
    return isinstance(end, Failed) and end.failure.held


def keep_open(end: Failed, handled: End, code: str) -> Failed:
    """The end of an unknown order after its handler: still unknown, whatever the handler did.

    Only the words of a handler that is there to fail count; `code` is the one that it tells.
    """
    failure = end.failure
    if code and isinstance(handled, Failed) and handled.failure.code == code:
        failure = replace(handled.failure, fault_class=FaultClass.UNKNOWN, partial=False)
    return Failed(failure=failure, undos=handled.undos)


def end_with_open(end: End, orders: Sequence[tuple[str, str]], run: Run) -> End:
    """The end of a run some of whose `orders` (operation, key) the journal has as unknown."""
    if not orders or is_unknown(end):
        return end
    operation, key = orders[0]
    here = replace(run, trail=trail_of(key))
    failure = Failure(
        code=Id.ORDER_UNKNOWN.code,
        problem=in_step(unanswered_problem(operation, run), here),
        fault_class=FaultClass.UNKNOWN,
        step=here.trail,
    )
    lost = _with_others(Failed(failure=failure), len(orders) - 1)
    return with_cause(lost, end.failure) if isinstance(end, Failed) else lost


def with_cause(end: Failed, cause: Failure) -> Failed:
    """An unknown order with the failure beside it: that for which an undo was done, or another."""
    because = sentences(cause.problem.id.code, cause.problem.message)
    failure = end.failure.with_details(("because", because))
    return replace(end, failure=replace(failure, partial=False))


def _stops(end: End, *, collect: bool) -> TypeGuard[Failed | Returned]:
    return isinstance(end, Returned) or (isinstance(end, Failed) and not collect)


def _with_others(end: Failed, others: int) -> Failed:
    if not others:
        return end
    text = say_count(
        "{count} more order may have been accepted",
        "{count} more orders may have been accepted",
        count=others,
    )
    return replace(end, failure=end.failure.with_details(("also", text)))
