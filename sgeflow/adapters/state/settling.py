"""Settling a sending of an order, and until when an unsettled one may still be carried out."""

from __future__ import annotations

from sgeflow.adapters.state.database import SqlConnection
from sgeflow.adapters.state.records import CLEAR, IS_UNSETTLED, UNSETTLED, Order, OrderState
from sgeflow.adapters.state.sendings import BY_HAND, new_token
from sgeflow.adapters.state.uptime import Uptime, uptime

_TWICE = 2  # as long as a call may last: its sender's time, then that of a gateway on the way


def settle(
    connection: SqlConnection,
    order: Order,
    state: OrderState,
    code: str,
    settled: float | None,
    lasts: float | None = None,
) -> None:
    """Note where an order stands, and by which clocks; settled by hand, it has another token."""
    machine, token = uptime(), new_token() if code == BY_HAND else order.token
    named = (order.run, order.key, order.token)
    connection.execute(
        "UPDATE orders SET state = ?, code = ?, settled = ?, settled_boot = ?, settled_up = ?, "
        "token = ?, lasts = ? WHERE run = ? AND key = ? AND token = ?",
        (state, code, settled, machine.boot, machine.seconds, token, lasts, *named),
    )


def lasts_on(order: Order, now: float) -> float | None:
    """For how many seconds since it left an order may be carried out that is unknown from now on.

    No answer proves that nobody on the way has it any more. By the machine's uptime, else `now`.
    """
    if order.state is not OrderState.SENDING or order.sending is None or order.lasts is None:
        return order.lasts
    ago = uptime().since(order.boot, order.up)
    return max(0.0, now - order.sending if ago is None else ago) + order.lasts


def left_of(order: Order, machine: Uptime, now: float) -> float:
    """For how many seconds more the last sending of an order may be carried out; 0 once it cannot.

    By the clock of the machine that sent it since its start, which nobody sets; elsewhere, or
    after another start, by `now`.
    """
    if order.state not in UNSETTLED or order.sending is None or order.lasts is None:
        return 0.0
    ago = machine.since(order.boot, order.up)
    lasts = _TWICE * order.lasts if order.state is OrderState.SENDING else order.lasts
    return max(0.0, lasts - (now - order.sending if ago is None else ago))


def lose(connection: SqlConnection, run: str) -> None:
    """Note that nobody waits for the orders of a run any more; nor does anybody know what became.

    What was being sent may have been given up by its sender as late as a call may last, and be
    carried out by a gateway on the way for as long again, as what was given up with a word.
    """
    connection.execute(
        "UPDATE orders SET lasts = CASE WHEN state = ? THEN ? * lasts ELSE lasts END, state = ? "  # noqa: S608
        f"WHERE run = ? AND {IS_UNSETTLED}",
        (OrderState.SENDING, _TWICE, OrderState.UNKNOWN, run, *CLEAR),
    )


def left_at(order: Order, machine: Uptime, now: float) -> float | None:
    """When an order left by the present clock, which is `now`; None where no uptime tells."""
    ago = machine.since(order.boot, order.up)
    return None if ago is None else now - ago


def is_past(order: Order, machine: Uptime, seconds: float) -> bool:
    """Whether so much time is past since an order left, as far as this machine can tell."""
    ago = machine.since(order.boot, order.up)
    return ago is None or ago >= seconds  # without it the clock of the journal alone tells
