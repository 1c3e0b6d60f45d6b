"""Conflicts between runs: who may work where, and messages about orders and undos in the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from sgeflow.adapters.state.records import (
    UNDO_PENDING,
    Order,
    OrderState,
    RunLeft,
    fingerprint_parts,
    is_row,
    is_unlike,
)
from sgeflow.adapters.state.run_lock import hold_run
from sgeflow.core.engine.effects import Warn
from sgeflow.core.engine.failures import settling
from sgeflow.core.engine.ports import Author, Lateness
from sgeflow.core.engine.trails import trail_of
from sgeflow.core.measures.civil_time import in_france
from sgeflow.core.model import FaultClass, NoAnswer
from sgeflow.errors import GuardError, Id, Problem
from sgeflow.messages import Message, say

if TYPE_CHECKING:
    from sgeflow.adapters.state.journal import Journal
    from sgeflow.adapters.state.locations import StateLocation
    from sgeflow.adapters.state.store import Store

_MINUTE = 60


def confirmation_missing(label: str) -> NoAnswer:
    """Return the refusal of an order that was not confirmed."""
    message = say("{label} is an order, and this environment wants orders confirmed", label=label)
    do = say("--confirm-orders, or `orders: {{confirm: false}}` in the environment")
    return _refusal(message, ("do", do))


def refusal_for(order: Order, other: Order, environment: str) -> NoAnswer:
    """Return the refusal of an order because of another order, or of an undo.

    `environment` is that of the other one's run; empty where nobody knows it any more.
    """
    where = (("environment", environment),) if environment else ()
    is_perhaps, run, label = is_unlike(order, other), other.run, order.operation
    if other.state is OrderState.DONE and other.age is not None:
        ago = _ago(other.age)
        message = say(
            "the same {label} was accepted {ago}, in run {run}", label=label, ago=ago, run=run
        )
        do = say("nothing: it is done; `orders: {{repeat_after: …}}` says when it may be again")
        if is_perhaps:
            message = say(
                "{label} was accepted at this point {ago}, in run {run}, with another version "
                "of its document: it may be the same order",
                label=other.operation,
                ago=ago,
                run=run,
            )
            do = say(
                "see sgeflow runs show {run}; `orders: {{repeat_after: …}}` sets when it may "
                "be sent again",
                run=run,
            )
        return _refusal(message, *where, ("do", do))
    things, others = (fingerprint_parts(one)[0] for one in (order.fingerprint, other.fingerprint))
    if other.state is OrderState.DONE:
        message = say(
            "run {run} sent such a {label}, which was accepted, and the run has not ended yet",
            run=run,
            label=other.operation,
        )
        do = say("wait if it runs, else sgeflow resume {run}", run=run)
        give_up = say("sgeflow runs give-up {run}, if nobody will resume it", run=run)
        return _refusal(message, ("do", do), ("else", give_up), barred=True)
    if is_perhaps and other.state not in UNDO_PENDING:
        message = say(
            "run {run} sent {label} with another version of its document, and its answer is "
            "missing: it may be the same order",
            label=other.operation,
            run=run,
        )
    elif set(things).isdisjoint(others):
        problem = open_there(other)
        return NoAnswer(sent=False, problem=problem, fault_class=FaultClass.INVALID, barred=True)
    elif other.operation != label:
        message = say(
            "{label} may make what {other} of run {run} has made: its answer is not there",
            label=label,
            other=other.operation,
            run=run,
        )
    else:
        message = say(
            "the same {label} was sent by run {run}, and its answer is not there",
            label=label,
            run=run,
        )
    do = settling(other.run)
    if "/" in trail_of(other.key):  # of a flow: a single call cannot be resumed
        do = say("wait if it runs, else sgeflow resume {run} or sgeflow orders", run=run)
    return _refusal(message, ("do", do), barred=True)


def _refusal(message: Message, *details: tuple[str, str], barred: bool = False) -> NoAnswer:
    problem = Problem(id=Id.GUARD, message=message, details=details)
    return NoAnswer(sent=False, problem=problem, fault_class=FaultClass.INVALID, barred=barred)


def _ago(seconds: float) -> Message:
    """Return how long ago an order was accepted; the clock may have been set back since."""
    ahead = seconds <= -_MINUTE  # a smaller difference is normal between two machines
    hours, minutes = divmod(int(abs(seconds) if ahead else max(0.0, seconds)) // _MINUTE, 60)
    if ahead:
        return say(
            "at a moment that lies {hours} h {minutes:02} min ahead of this clock",
            hours=hours,
            minutes=minutes,
        )
    if hours:
        return say("{hours} h {minutes:02} min ago", hours=hours, minutes=minutes)
    return say("{minutes} min ago", minutes=minutes)


def open_there(other: Order) -> Problem:
    """Return the problem of a run that meets open work of another run at the same point."""
    run, operation = other.run, other.operation
    next_ = ("next", say("wait if it runs, else sgeflow resume {run}", run=run))
    if other.state in UNDO_PENDING:
        message = say(
            "run {run} has not finished its undo at this point: {operation} is to be undone",
            run=run,
            operation=operation,
        )
        do = say("undo it by hand, then sgeflow orders resolve {run} --accepted", run=run)
    else:
        message = say(
            "run {run} sent {operation} at this point, and its answer is not there",
            run=run,
            operation=operation,
        )
        do = settling(other.run)
    if "/" not in trail_of(other.key):  # of a single call
        return Problem(id=Id.GUARD, message=message, details=(("do", do),))
    return Problem(id=Id.GUARD, message=message, details=(next_, ("else", do)))


def at_work_there(run: str) -> Problem:
    """Return the problem of a run whose place is taken by a running one."""
    message = say("run {run} is working on the same thing: only one run at a time may", run=run)
    do = say("wait for its end; sgeflow runs show {run}", run=run)
    return Problem(id=Id.GUARD, message=message, details=(("do", do),))


def left_there(run: str, left: RunLeft, order: Order) -> Problem:
    """Return the problem of a run that meets what a stopped run left at its place."""
    flow, moment, operation = left.flow, in_france(left.started), order.operation
    if order.state is OrderState.DONE:
        message = say(
            "run {run} of {flow}, begun {moment}, was stopped after {operation}, and its "
            "result is not remembered yet",
            run=run,
            flow=flow,
            moment=moment,
            operation=operation,
        )
        otherwise = say("sgeflow runs give-up {run}, if nobody will resume it", run=run)
    else:
        message = say(
            "run {run} of {flow}, begun {moment}, works on the same thing: sgeflow orders "
            "lists its {operation}",
            run=run,
            flow=flow,
            moment=moment,
            operation=operation,
        )
        otherwise = settling(order.run)
    next_ = ("next", say("sgeflow resume {run}", run=run))
    return Problem(id=Id.GUARD, message=message, details=(next_, ("else", otherwise)))


def taken_over(run: str, later: str) -> Problem:
    """Return the problem of a resumed run whose place a later run has taken."""
    message = say(
        "run {run} cannot be resumed: run {later} has worked on the same thing since",
        later=later,
        run=run,
    )
    do = say("nothing, or run the flow again; sgeflow runs show {later}", later=later)
    return Problem(id=Id.GUARD, message=message, details=(("do", do),))


def another_order(label: str, step: str, run: str) -> Problem:
    """Return the problem of a resumed step that asks for another order than before the stop."""
    message = say(
        "step {step} sent {label} before the run was stopped, and asks for another one now",
        step=step,
        label=label,
    )
    return _changed_since(message, run)


def sent_in_this_run(label: str, step: str, run: str) -> Problem:
    """Return the problem of an order whose step the resumed run did not reach again."""
    message = say(
        "the same {label} was sent by step {step} before the run was stopped",
        step=step,
        label=label,
    )
    return _changed_since(message, run)


def _changed_since(message: Message, run: str) -> Problem:
    why = say("its documents or the kept data have changed since; nothing is sent or undone")
    do = say("restore them and sgeflow resume {run}, or begin a new run for the rest", run=run)
    return Problem(id=Id.GUARD, message=message, details=(("why", why), ("do", do)))


def late_answer(operation: str, lateness: Lateness) -> Message:
    """Return the warning about an answer that came after its order had been settled otherwise."""
    if lateness is Lateness.DISPUTED:
        return say(
            "the answer to {operation} came after it had been settled: it says accepted of what"
            " counted as not accepted: nobody knows now, see sgeflow orders",
            operation=operation,
        )
    if lateness is Lateness.DOUBLED:
        return say(
            "the answer to {operation} came after it had been sent once more: both were accepted,"
            " see sgeflow orders",
            operation=operation,
        )
    if lateness is Lateness.DOUBTED:
        return say(
            "{operation} was sent before, and the late answer to that says accepted: nobody knows"
            " what stands now, see sgeflow orders",
            operation=operation,
        )
    return say(
        "the answer to {operation} came after it had been settled: it is noted as a late"
        " one, and changes nothing",
        operation=operation,
    )


class Claims(Struct, frozen=True, kw_only=True):
    """Claims the places where a flow remembers its state: one run at a time works on each.

    A place belongs to the run that claimed it last. Another run takes it if that run has ended
    well, or if no process works on it and it has left nothing that only resuming it can finish.
    """

    home: StateLocation
    journal: Journal
    store: Store
    author: Author
    listen: Callable[[Warn], None]

    def claim(self, collection: str, name: str, *, again: bool) -> Problem | None:
        """Claim the state under a name, or return why another run keeps it; `again` after a stop.

        Raises:
            GuardError: before it was stopped, the run had claimed the state; another run has taken
                it or written to it since.
        """
        holder = self.store.claim(collection, name, self.author)
        if holder == self.author.run:
            return None
        if again:
            raise GuardError(taken_over(self.author.run, holder))
        return self._take_over(collection, name, holder)

    def _take_over(self, collection: str, name: str, holder: str) -> Problem | None:
        left = self.journal.left_by(holder)
        fleet = self.author.run.partition(".")[0]
        is_beside = (  # rows of our own fleet that have ended are not resumed by others
            is_row(self.author.run) and is_row(holder) and holder.partition(".")[0] == fleet
        )
        if left is not None and (left.is_over or (left.has_ended and is_beside)):
            return self._take(collection, name, holder, left)
        try:
            with hold_run(self.home, holder):  # so that nobody resumes it meanwhile
                return self._take(collection, name, holder, self.journal.left_by(holder))
        except GuardError:
            return at_work_there(holder)

    def _take(
        self, collection: str, name: str, holder: str, left: RunLeft | None
    ) -> Problem | None:
        if left is not None and left.order is not None:
            return left_there(holder, left, left.order)
        run = self.author.run
        now = self.store.claim(collection, name, self.author, over=holder)
        if now != run:
            return at_work_there(now)  # another run was faster
        if left is not None and left.is_stopped:
            message = say(
                "run {stopped} was stopped while it worked on the same thing: run {run} "
                "replaces it, and it cannot be resumed",
                stopped=holder,
                run=run,
            )
            self.listen(Warn("", message))
        return None
