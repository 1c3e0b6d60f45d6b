"""Other states that an environment's orders may be noted in: who moves one forgets no order."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec.structs import replace

from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.records import Order, Sent
from sgeflow.core.model import NoAnswer
from sgeflow.messages import say
from sgeflow.runtime.journal.conflicts import refusal_for


def barred_elsewhere(
    elsewhere: Callable[[], Iterable[StateLocation]],
    sent: Sent,
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
        with Journal(home.journal) as journal:
            other = journal.order_in_the_way(sent, order, repeat_after)
        if other:
            refusal = refusal_for(sent.label, other, order.fingerprint)
            kept = say(
                "in another state of the project: see {command}", command=home.command("orders")
            )
            return replace(refusal, problem=refusal.problem.with_details(("kept", kept)))
    return None
