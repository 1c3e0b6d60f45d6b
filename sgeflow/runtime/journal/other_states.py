"""Other states that an environment's orders may be noted in: who moves one forgets no order."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec.structs import replace

from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.records import Order, SentRequest
from sgeflow.core.model import NoAnswer
from sgeflow.errors import Details, GuardError, SgeflowError
from sgeflow.messages import Message, say
from sgeflow.runtime.journal.conflicts import refusal_for


def barred_elsewhere(
    elsewhere: Callable[[], Iterable[StateLocation]],
    here: Journal,
    sent: SentRequest,
    order: Order | None,
    repeat_after: float | None,
) -> NoAnswer | None:
    """Why an order must not leave, by states that are not the one that it is noted in.

    A read is in nobody's way, nor is what goes to another service than SGE: for that nothing is
    said of `repeat_after`.

    Raises:
        TechnicalError: one of them cannot be read: nobody knows what was ordered from there.
        GuardError: orders are held in one of them.
    """
    if order is None or repeat_after is None:
        return None
    for home in elsewhere():
        if found := _order_in_the_way(home, here, sent, order, repeat_after):
            other, environment = found
            refusal = refusal_for(sent.label, other, order.fingerprint, environment)
            return replace(refusal, problem=refusal.problem.with_details(_place_of(home)))
    return None


def _order_in_the_way(
    home: StateLocation, here: Journal, sent: SentRequest, order: Order, repeat_after: float
) -> tuple[Order, str] | None:
    """What of another state is in the way, and the environment of its run.

    Whoever is told of its troubles is told whose.
    """
    from sgeflow.runtime.journal.pairing import hold_where_apart

    cancels = here.cancels_for(order)
    try:
        with Journal(home.journal) as journal:
            hold_where_apart(journal, home)
            other = journal.order_in_the_way(sent, order, repeat_after, cancels)
            return (other, journal.environment_of(other.run)) if other else None
    except SgeflowError as error:
        details = (_place_of(home),) if isinstance(error, GuardError) else _unreadable()
        first, *others = error.problems
        raise type(error)(first.with_details(*details), *others) from error


def _place_of(home: StateLocation) -> tuple[str, Message]:
    command = home.command("orders")
    return "kept", say("in another state of the project: see {command}", command=command)


def _unreadable() -> Details:
    why = say("it may know of orders, and is asked before one leaves from any state of the project")
    otherwise = say(
        "when Enedis has told what was ordered from there: move it away, or take `state` out of the"
        " environment"
    )
    return ("why", why), ("else", otherwise)
