"""Orders in the journal: where each stands, which may leave, and what stands in the way of one.

`planned → sending → done | refused`, and `unknown` when its answer was lost; `unknown → absent →
sending` once, when a read has proved that it was not accepted. A state belongs to one sending, by
its token: whoever changes it names the one that is meant. An undo stands among the orders, by its
key, at the point of what is undone: until that is gone nobody else begins anything there.
Statements are put together from column names of our own alone (S608).
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from msgspec.structs import replace

from sgeflow.adapters.state.contents import forget_answers
from sgeflow.adapters.state.database import SqlConnection, storage_error
from sgeflow.adapters.state.records import (
    CLEAR,
    IS_ON_THE_LIST,
    IS_UNSETTLED,
    ORDER_COLUMNS,
    SETTLED,
    STANDING,
    UNSETTLED,
    Order,
    OrderState,
    RunLeft,
    SentRequest,
    Uptime,
    fingerprint_parts,
    has_left_since,
    is_unlike,
    order_entry,
    rows_between,
    uptime,
    with_ages,
)
from sgeflow.core.engine.effects import Undoing
from sgeflow.core.engine.ports import Lateness
from sgeflow.core.engine.trails import is_part, trail_of, undo_around, undone_by
from sgeflow.core.language.points import is_one_point
from sgeflow.core.model import Kind, Status
from sgeflow.errors import Exit
from sgeflow.messages import say

BY_HAND = "by hand"
"""The code of an order that a person has settled."""

SENDABLE = (OrderState.PLANNED, OrderState.ABSENT, OrderState.ORPHAN)
"""Where an order stands that may be sent."""

_TOGETHER = 500  # things that are asked for in one statement
_UNFINISHED = 30 * 86_400.0  # seconds for which an order of a run that was stopped is in the way
OF_RUN = "run = ? OR run > ? AND run < ?"
"""The orders of a run, and, of a fleet, of its rows; the values are those of `span_of`."""
_STANDS = "state = ? AND undone = 0"  # accepted, and not taken back since
IS_LOOSE = f"{_STANDS} AND remembered = 0 AND fingerprint <> ''"
"""Whether an order was accepted and no flow has remembered it; its value is that state."""
STOPPED = "(ended IS NULL OR status = ? AND (summary = '' OR exit = ?))"
"""Whether its flow has not brought a run to an end; what an end by the flow comes to has a code."""
AS_STOPPED = (Status.FAILED, Exit.BUG)  # the values of that
_IS_STOPPED = (
    f"EXISTS (SELECT 1 FROM runs WHERE runs.run = orders.run AND flow NOT LIKE 'call %' "  # noqa: S608
    f"AND {STOPPED})"
)


def span_of(run: str) -> tuple[str, str, str]:
    """The values of `OF_RUN`."""
    return run, *rows_between(run)


def new_token() -> str:
    """What tells a sending of an order from all others."""
    return os.urandom(8).hex()


def orders_where(
    connection: SqlConnection, where: str, values: Iterable[object]
) -> tuple[Order, ...]:
    """The orders that a condition holds for, in the order in which they were planned."""
    rows = connection.execute(select_orders(where), tuple(values)).fetchall()
    return tuple(map(order_entry, rows))


def select_orders(where: str) -> str:
    """The statement for that; `order_entry` reads its rows."""
    return f"SELECT {ORDER_COLUMNS} FROM orders WHERE {where} ORDER BY planned, run, key"  # noqa: S608


def same_order(
    connection: SqlConnection,
    order: Order,
    repeat_after: float,
    now: float,
    cancels: tuple[Order, ...] = (),
) -> Order | None:
    """An order in the way of another that names some of the same things.

    It is not settled, and its terms do not matter: the same order of the next day ends a day later.
    Else it was accepted on the same terms less than so many seconds ago, and neither undone since
    nor ended by an accepted cancel, of this state or of `cancels`; its age is told. One whose
    operation told otherwise then what makes it the same may be the same.
    """
    terms = fingerprint_parts(order.fingerprint)[1]
    unsettled = f"{IS_UNSETTLED} AND NOT (run = ? AND key = ?)"
    values = (*CLEAR, order.run, order.key, OrderState.DONE)
    orders = _sharing(connection, order, f"({unsettled} OR {_STANDS})", values)
    is_open = [other for other in orders if other.state is not OrderState.DONE]
    is_open = is_open or _lost_in_another_form(connection, order)
    if is_open or not repeat_after:
        return next(iter(is_open), None)
    same = [one for one in orders if fingerprint_parts(one.fingerprint)[1] == terms]
    same += _accepted_in_another_form(connection, order)
    ended_by = order.ended_by
    stands = (other for other in same if not _is_ended(connection, other, ended_by, cancels))
    aged = with_ages(connection, stands, now)
    return next((replace(other, age=age) for age, other in aged if age < repeat_after), None)


def _is_ended(
    connection: SqlConnection, other: Order, ended_by: tuple[str, ...], cancels: tuple[Order, ...]
) -> bool:
    """Whether a cancel of these operations left at the point since an order was accepted.

    Which of several services of the point it ended is not looked at: SGE has one of a kind, and
    refuses a second one. One that left before ended another, whenever that came to be known. What
    does not say its point is ended by none. `cancels` are those of another state.
    """
    if not is_one_point(other.point):
        return False
    since = other.settled or other.planned
    known = (*cancels_at(connection, other.point, ended_by), *cancels)
    late = (one for one in known if one.point == other.point and (one.settled or 0.0) >= since)
    return any(has_left_since(cancel, other) for cancel in late)


def cancels_at(
    connection: SqlConnection, point: str, operations: tuple[str, ...]
) -> tuple[Order, ...]:
    """The cancels of some operations that were accepted at a point."""
    if not operations or not point:
        return ()
    marks = ", ".join("?" * len(operations))
    where = f"state = ? AND point = ? AND operation IN ({marks})"
    return orders_where(connection, where, (OrderState.DONE, point, *operations))


def unfinished_order(connection: SqlConnection, order: Order, now: float) -> Order | None:
    """An order that another run has sent for some of the same things, and has not ended since.

    What it made is remembered by no flow: the next run would order it once more, on other terms.
    """
    values = (OrderState.DONE, order.run, *AS_STOPPED)
    others = _sharing(connection, order, f"{IS_LOOSE} AND run <> ? AND {_IS_STOPPED}", values)
    is_left = f"remembered = 0 AND {_IS_STOPPED}"
    others += _accepted_in_another_form(connection, order, is_left, AS_STOPPED)
    aged = with_ages(connection, others, now)
    return next((other for age, other in aged if age < _UNFINISHED), None)


def unfinished_of(connection: SqlConnection, run: str, now: float) -> tuple[Order, ...]:
    """The orders of a run, or of the rows of a fleet, that was stopped behind them not long ago."""
    where = f"({OF_RUN}) AND {IS_LOOSE} AND {_IS_STOPPED}"
    values = (*span_of(run), OrderState.DONE, *AS_STOPPED)
    aged = with_ages(connection, orders_where(connection, where, values), now)
    return tuple(one for age, one in aged if age < _UNFINISHED)


def loose_orders(connection: SqlConnection, run: str) -> tuple[Order, ...]:
    """What a run, or a row of a fleet, ordered or did elsewhere, and has not remembered since."""
    where = f"({OF_RUN}) AND {IS_LOOSE}"
    orders = orders_where(connection, where, (*span_of(run), OrderState.DONE))
    return tuple(one for one in orders if not undo_around(trail_of(one.key)))


def left_by(connection: SqlConnection, run: str, now: float) -> RunLeft | None:
    """How a run was left: of its orders one that nobody knows of, or that is known to it alone.

    The latter was accepted, and nothing was remembered since: the run was stopped, or a person has
    found it out when the run had ended. Nobody can go on with one that is over.
    """
    row = connection.execute(
        f"SELECT flow, started, ended IS NOT NULL, inputs IS NULL, {STOPPED} FROM runs "  # noqa: S608
        "WHERE run = ?",
        (*AS_STOPPED, run),
    ).fetchone()
    if row is None:
        return None
    flow, started, has_ended, is_over, is_stopped = row
    where = "run = ? AND state NOT IN (?, ?, ?, ?)"
    listed = orders_where(connection, where, (run, *SETTLED, OrderState.ORPHAN))
    loose = loose_orders(connection, run)  # one that was lost ended the run before it was known
    accepted = (one for one in loose if is_stopped or (one.code == BY_HAND and not is_over))
    late = (one for age, one in with_ages(connection, accepted, now) if age < _UNFINISHED)
    return RunLeft(
        flow=flow,
        started=started,
        has_ended=bool(has_ended),
        is_over=bool(is_over),
        is_stopped=bool(is_stopped),
        order=next(iter(listed), None) or next(late, None),
    )


def _sharing(
    connection: SqlConnection, order: Order, where: str, values: tuple[object, ...]
) -> list[Order]:
    """The orders that share some of the things of one, and that a condition holds for."""
    things = fingerprint_parts(order.fingerprint)[0]
    orders: list[Order] = []
    for start in range(0, len(things), _TOGETHER):
        some = things[start : start + _TOGETHER]
        marks = ", ".join("?" * len(some))
        shared = f"(run, key) IN (SELECT run, key FROM ordered WHERE thing IN ({marks}))"  # noqa: S608
        orders += orders_where(connection, f"{shared} AND {where}", (*some, *values))
    return orders


def _lost_in_another_form(connection: SqlConnection, order: Order) -> list[Order]:
    """Unsettled orders of a service whose document was another one, at no other point for sure.

    What made them the same as others cannot be compared with what does now.
    """
    where = f"{IS_ON_THE_LIST} AND {IS_UNSETTLED} AND NOT (run = ? AND key = ?)"
    others = orders_where(connection, where, (*CLEAR, order.run, order.key))
    unlike = [one for one in others if is_unlike(one.fingerprint, order.fingerprint)]
    return [one for one in unlike if _may_meet(one, order)]


def _accepted_in_another_form(
    connection: SqlConnection, order: Order, where: str = "", values: tuple[object, ...] = ()
) -> list[Order]:
    """The same of accepted ones of other runs, at that very point, or list of points.

    Those of its own run are known by their steps.
    """
    more = f" AND {where}" if where else ""
    others = orders_where(
        connection,
        f"point = ? AND {_STANDS} AND run <> ?{more}",
        (order.point, OrderState.DONE, order.run, *values),
    )
    return [one for one in others if is_unlike(one.fingerprint, order.fingerprint)]


def _may_meet(one: Order, other: Order) -> bool:
    """Whether two orders may be of the same point: not when each says which one, and another."""
    return one.point == other.point or not (is_one_point(one.point) and is_one_point(other.point))


def begin_sending(connection: SqlConnection, order: Order, at: float) -> None:
    """The one step that may happen once: it is refused for an order that may have left.

    An orphan is sent again, and what was noted of it stays on the list under a key of its own.
    """
    machine, state = uptime(), OrderState.SENDING
    if order.state is OrderState.ORPHAN:
        state = OrderState.ORPHAN
        connection.execute(
            "UPDATE orders SET key = key || '!' || token WHERE run = ? AND key = ? AND state = ?",
            (order.run, order.key, state),
        )
    left = connection.execute(
        "INSERT INTO orders "
        "(run, key, operation, point, fingerprint, state, planned, sending, boot, up, token, lasts)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run, key) DO UPDATE SET "
        "state = excluded.state, sending = excluded.sending, boot = excluded.boot, "
        "up = excluded.up, token = excluded.token, lasts = excluded.lasts, "
        "resent = CASE WHEN orders.state = ? THEN 1 WHEN orders.code = ? THEN 0 "
        "ELSE orders.resent END, "
        "departures = CASE WHEN orders.state = ? OR orders.code = ? "
        "THEN orders.departures || ' ' || orders.sending || "  # and by the clock of now:
        "CASE WHEN excluded.boot <> '' AND orders.boot = excluded.boot AND orders.up IS NOT NULL "
        "THEN ' ' || (excluded.sending - (excluded.up - orders.up)) ELSE '' END "
        "ELSE orders.departures END "
        "WHERE orders.state IN (?, ?) RETURNING 1",
        (
            *(order.run, order.key, order.operation, order.point, order.fingerprint),
            *(state, order.planned or at, at, machine.boot, machine.seconds),
            *(order.token, order.lasts),
            *(OrderState.ABSENT, BY_HAND, OrderState.ABSENT, BY_HAND),
            *(OrderState.PLANNED, OrderState.ABSENT),
        ),
    ).fetchone()
    if left is None:
        raise storage_error(
            say(
                "the journal knows {operation} of step {key} as sent already",
                operation=order.operation,
                key=order.key,
            ),
            say("settle that order first; it is never sent twice"),
        )
    for thing in fingerprint_parts(order.fingerprint)[0]:
        connection.execute(
            "INSERT INTO ordered (thing, run, key) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
            (thing, order.run, order.key),
        )


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


def open_at(connection: SqlConnection, run: str, point: str, *, of_cancel: bool) -> Order | None:
    """What another run than `run` has to undo at a point; for a cancel a lost order too."""
    if not point:
        return None
    where, values = "point = ? AND run <> ? AND state", (point, run)
    orders = orders_where(connection, f"{where} IN (?, ?)", (*values, *STANDING))
    return next(iter(orders), lost_at(connection, run, point) if of_cancel else None)


def order_in_the_way(
    connection: SqlConnection,
    sent: SentRequest,
    order: Order,
    repeat_after: float,
    now: float,
    cancels: tuple[Order, ...] = (),
) -> Order | None:
    """The order, or what is to be undone, for which an order must not leave now.

    What was accepted may have been ended since by `cancels`, of another state.
    """
    run, point, is_cancel = order.run, order.point, sent.kind is Kind.CANCEL
    undoes = bool(undo_around(trail_of(order.key)))
    if undoes:  # two undos would wait for each other
        other = lost_at(connection, run, point) if is_cancel else None
    else:
        other = open_at(connection, run, point, of_cancel=is_cancel)
    other = other or same_order(connection, order, repeat_after, now, cancels)
    if other or undoes or is_cancel or not repeat_after:
        return other
    return unfinished_order(connection, order, now)


def lost_at(connection: SqlConnection, run: str, point: str) -> Order | None:
    """An order of another run than `run` at a point whose outcome nobody knows."""
    if not point:
        return None
    where = f"point = ? AND run <> ? AND {IS_UNSETTLED}"
    return next(iter(orders_where(connection, where, (point, run, *CLEAR))), None)


def end_undo_by(connection: SqlConnection, cancel: Order) -> None:
    """An order that is the whole of an undo was accepted: what that was for is gone."""
    trail = trail_of(cancel.key)
    undos = [one for one in _standing_of(connection, cancel.run) if trail_of(one.key) == trail]
    for undo in undos:
        unstrand(connection, cancel.run, undone_by(trail), undo.key)


def _standing_of(connection: SqlConnection, run: str) -> tuple[Order, ...]:
    return orders_where(connection, "run = ? AND state IN (?, ?)", (run, *STANDING))


def unstrand(connection: SqlConnection, run: str, trail: str, key: str) -> None:
    """Forget what an undo was for: it is undone now."""
    note_undone(connection, run, trail)
    connection.execute(
        "DELETE FROM orders WHERE run = ? AND key = ? AND state IN (?, ?)",
        (run, key, *STANDING),
    )


def note_undone(connection: SqlConnection, run: str, trail: str) -> None:
    """Note that nobody counts on what a step ordered any more."""
    for order in _orders_of(connection, run, trail):
        if order.state is OrderState.DONE:
            connection.execute(
                "UPDATE orders SET undone = 1 WHERE run = ? AND key = ?", (run, order.key)
            )


def note_standing(
    connection: SqlConnection,
    run: str,
    undo: Undoing,
    place: str,
    how: tuple[OrderState, str, float],
) -> None:
    """Note what an undo is for, by the order that its step made; `how`: state, code and when."""
    orders = _orders_of(connection, run, undo.trail)
    operation = orders[-1].operation if orders else undo.what
    point = next((order.point for order in reversed(orders) if order.point), place)
    connection.execute(
        "INSERT INTO orders (run, key, operation, point, fingerprint, state, code, planned)"
        " VALUES (?, ?, ?, ?, '', ?, ?, ?) ON CONFLICT (run, key) DO UPDATE SET "
        "state = excluded.state, code = excluded.code, settled = NULL",
        (run, undo.key, operation, point or _point_of(connection, run), *how),
    )


def _orders_of(connection: SqlConnection, run: str, trail: str) -> tuple[Order, ...]:
    """What a step ordered itself, or what stands in it; not what was done to undo it, or a part."""
    where = "run = ? AND key > ? AND key < ?"  # no sign of a trail is behind "~"
    begun = orders_where(connection, where, (run, trail, f"{trail}\x7f"))
    inside = ((one, trail_of(one.key)) for one in begun)
    return tuple(
        one for one, at in inside if is_part(at, trail) and not undo_around(at[len(trail) :])
    )


def _point_of(connection: SqlConnection, run: str) -> str:
    """The point of a run's last order; empty when no order of it has one."""
    orders = orders_where(connection, "run = ? AND point <> ''", (run,))
    return orders[-1].point if orders else ""
