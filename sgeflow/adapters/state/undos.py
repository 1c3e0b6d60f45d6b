"""The journal's side of undos: what one has begun to take away, and what it has left standing.

Both stand among the orders, by the key of the undo, at the point of what is undone: until they are
gone nobody else begins anything there. What of both an order has in its way is asked here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from typing import Any

from sgeflow.adapters.state.database import SqlConnection
from sgeflow.adapters.state.journal_writer import JournalWriter
from sgeflow.adapters.state.records import (
    CLEAR,
    IS_UNSETTLED,
    STANDING,
    Order,
    OrderState,
    SentRequest,
)
from sgeflow.adapters.state.sendings import orders_where, same_order, unfinished_order
from sgeflow.core.engine.open_undos import Undoing
from sgeflow.core.engine.trails import (
    is_part,
    trail_of,
    undo_around,
    undone_by,
    undos_around,
)
from sgeflow.core.model import Kind


class Undos(JournalWriter):
    """What the undos of all runs are for."""

    def begin_undo(
        self, run: str, key: str, note: Any, undos: Iterable[Undoing], *, place: str, at: float
    ) -> None:
        """Note at once that an undo begins, and all that it will take away.

        `place` is what its flow remembers things under: the point of what no order tells.
        """
        with self._writing(durable=True) as connection:
            connection.execute(
                "INSERT INTO results VALUES (?, ?, ?) ON CONFLICT (run, key) DO NOTHING",
                (run, key, json.dumps(note, ensure_ascii=False)),
            )
            for undo in undos:
                _stand(connection, run, undo, place, (OrderState.UNDOING, "", at))

    def strand(self, run: str, undo: Undoing, *, code: str, at: float) -> None:
        """Note that an undo failed, and what it has left standing: in the way, or an orphan."""
        with self._writing(durable=True) as connection:
            if undo.is_harmless:
                _undone(connection, run, undo.trail)
                _stand(connection, run, undo, "", (OrderState.ORPHAN, code, at))
            else:
                _stand(connection, run, undo, "", (OrderState.STRANDED, code, at))

    def unstrand(self, run: str, undo: Undoing) -> None:
        """Forget what an undo was for: it is undone now, and an order of its step is past."""
        with self._writing(durable=True) as connection:
            _unstrand(connection, run, undo.trail, undo.key)

    def stranded_orders(self, run: str) -> tuple[Order, ...]:
        """What undos of a run that failed have left standing."""
        with self._reading() as connection:
            return orders_where(connection, "run = ? AND state = ?", (run, OrderState.STRANDED))

    def try_again(self, run: str, undos: AbstractSet[str]) -> None:
        """Let orders that were refused to undos, by their trails, be sent once more."""
        if not undos:
            return
        with self._writing(durable=True) as connection:
            for order in orders_where(
                connection, "run = ? AND state = ?", (run, OrderState.REFUSED)
            ):
                if not undos.isdisjoint(undos_around(trail_of(order.key))):
                    connection.execute(
                        "UPDATE orders SET state = ? WHERE run = ? AND key = ?",
                        (OrderState.PLANNED, run, order.key),
                    )

    def find_conflict(self, run: str, point: str, *, of_cancel: bool) -> Order | None:
        """What another run than `run` has open at a point; None when nothing is in the way."""
        with self._database.reading() as connection:  # no note of an order waits
            return open_at(connection, run, point, of_cancel=of_cancel)


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
        _unstrand(connection, cancel.run, undone_by(trail), undo.key)


def _standing_of(connection: SqlConnection, run: str) -> tuple[Order, ...]:
    return orders_where(connection, "run = ? AND state IN (?, ?)", (run, *STANDING))


def _unstrand(connection: SqlConnection, run: str, trail: str, key: str) -> None:
    _undone(connection, run, trail)
    connection.execute(
        "DELETE FROM orders WHERE run = ? AND key = ? AND state IN (?, ?)",
        (run, key, *STANDING),
    )


def _undone(connection: SqlConnection, run: str, trail: str) -> None:
    """Note that nobody counts on what a step ordered any more."""
    for order in _orders_of(connection, run, trail):
        if order.state is OrderState.DONE:
            connection.execute(
                "UPDATE orders SET undone = 1 WHERE run = ? AND key = ?", (run, order.key)
            )


def _stand(
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
