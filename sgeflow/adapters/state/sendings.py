"""The sendings of orders: which may leave, and what tells one from another.

Statements are put together from column names of our own alone (S608).
"""

from __future__ import annotations

import os
from collections.abc import Iterable

from msgspec.structs import replace

from sgeflow.adapters.state.database import SqlConnection, storage_error
from sgeflow.adapters.state.fleets import rows_between
from sgeflow.adapters.state.records import (
    CLEAR,
    IS_ON_THE_LIST,
    IS_UNSETTLED,
    ORDER_COLUMNS,
    SETTLED,
    Order,
    OrderState,
    RunLeft,
    fingerprint_parts,
    is_unlike,
    order_entry,
)
from sgeflow.adapters.state.uptime import has_left_since, uptime, with_ages
from sgeflow.core.engine.trails import trail_of, undo_around
from sgeflow.core.language.points import is_one_point
from sgeflow.core.model import Status
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
