"""Giving up a run: nobody goes on with it, and what it did is a person's to look after."""

from __future__ import annotations

import time

from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.records import Order
from sgeflow.adapters.state.run_lock import hold_run
from sgeflow.errors import GuardError, Id, Problem
from sgeflow.messages import say
from sgeflow.runtime.journal.history import check_open, find_run, kept_inputs


def give_up(home: StateLocation, run: str) -> tuple[str, tuple[Order, ...]]:
    """End a run, or fleet, that was stopped or failed: its id, and what it did that nobody knows.

    Others may work where it stood from then on, and order what it ordered. Its inputs and replies
    are forgotten.

    Raises:
        UsageError: there is no such run, or nothing to give up.
        GuardError: it is at work, or has orders of which nobody knows.
    """
    entry = find_run(home, run).entry
    check_open(entry)
    name = entry.run
    with hold_run(home, name), Journal(home.journal) as journal:
        kept_inputs(journal, name)
        listed = [one for one in journal.open_orders() if name in (one.run, one.run.split(".")[0])]
        if listed:
            raise GuardError(_is_listed(home, listed[0]))
        return name, journal.give_up(name, at=time.time())


def _is_listed(home: StateLocation, order: Order) -> Problem:
    message = say(
        "{operation} of run {run} is on the list of orders that nobody knows of",
        operation=order.operation,
        run=order.run,
    )
    settle = home.command("orders", "resolve", order.run)
    do = say("find out, then {command} --accepted/--not-accepted", command=settle)
    return Problem(id=Id.GUARD, message=message, details=(("do", do),))
