"""Settling a sending of an order, also by late answers; until when one may still be carried out."""

from __future__ import annotations

from sgeflow.adapters.state.contents.attempts import forget_answers
from sgeflow.adapters.state.database import SqlConnection
from sgeflow.adapters.state.records import CLEAR, IS_UNSETTLED, UNSETTLED, Order, OrderState
from sgeflow.adapters.state.sendings import BY_HAND, new_token, orders_where
from sgeflow.adapters.state.uptime import Uptime, uptime
from sgeflow.core.engine.ports import Lateness

_NOT_ACCEPTED = (OrderState.PLANNED, OrderState.ABSENT, OrderState.REFUSED)
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


def departures_of(connection: SqlConnection, run: str, key: str, now: float) -> tuple[float, ...]:
    """When an order left: each sending, by the clock of then and by the present one."""
    machine = uptime()
    return tuple(
        float(instant)
        for order in orders_where(connection, "run = ? AND key = ?", (run, key))
        for instant in (*order.departures.split(), order.sending, left_at(order, machine, now))
        if instant is not None
    )


def is_past(order: Order, machine: Uptime, seconds: float) -> bool:
    """Whether so much time is past since an order left, as far as this machine can tell."""
    ago = machine.since(order.boot, order.up)
    return ago is None or ago >= seconds  # without it the clock of the journal alone tells


def note_late(connection: SqlConnection, run: str, key: str, answer: str) -> Lateness:
    """Note the answer to a sending that was settled otherwise; of no such order nothing is late.

    One that says accepted of what counts as not accepted, or was accepted once more, makes the
    order unknown. One that came is not taken for another's: accepted stays noted.
    """
    orders = orders_where(connection, "run = ? AND key = ?", (run, key))
    if not orders:
        return Lateness.IN_TIME
    order, is_known = orders[0], answer.startswith((OrderState.DONE, OrderState.REFUSED))
    if is_known and order.late != OrderState.DONE:
        connection.execute(
            "UPDATE orders SET late = ? WHERE run = ? AND key = ?", (answer, run, key)
        )
    if answer != OrderState.DONE:
        return Lateness.LATE
    if order.state is OrderState.SENDING:  # its own answer tells, and no word of before
        connection.execute("UPDATE orders SET code = '' WHERE run = ? AND key = ?", (run, key))
    if order.state in _NOT_ACCEPTED:
        doubt(connection, run, key)
        return Lateness.DISPUTED
    if order.state is OrderState.DONE and order.departures and order.code != BY_HAND:
        doubt(connection, run, key)
        return Lateness.DOUBLED
    return Lateness.LATE


def is_doubtful(order: Order, state: OrderState) -> bool:
    """Whether an answer to an order is not the whole of it: an earlier sending was accepted.

    What a person has said since counts as said in knowledge of that.
    """
    if order.late != OrderState.DONE or order.code == BY_HAND:
        return False
    return state in _NOT_ACCEPTED or (state is OrderState.DONE and bool(order.departures))


def doubt(connection: SqlConnection, run: str, key: str) -> None:
    """Make an order unknown whose answers contradict each other; a run does not go on from them."""
    connection.execute(
        "UPDATE orders SET state = ?, code = '', settled = NULL, lasts = NULL "
        "WHERE run = ? AND key = ?",
        (OrderState.UNKNOWN, run, key),
    )
    forget_answers(connection, "run = ? AND key = ?", (run, key))
