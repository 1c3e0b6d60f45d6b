"""The journal's side of orders: where each stands, and the one step that may happen once.

`planned → sending → done | refused`, and `unknown` when its answer was lost; `unknown → absent →
sending` once, when a read has proved that it was not accepted. The statement that reads them is put
together from column names of our own alone (S608).
"""

from __future__ import annotations

from collections.abc import Iterable

from sgeflow.adapters.state.database import Connection, storage_error
from sgeflow.adapters.state.journal_writer import Notebook
from sgeflow.adapters.state.records import ORDER_COLUMNS, UNSETTLED, Order, OrderState, order_entry
from sgeflow.adapters.state.uptime import Uptime, uptime
from sgeflow.messages import say


class Orders(Notebook):
    """The orders of all runs; those of the journal that may be sent at most once."""

    def plan(self, order: Order) -> None:
        """Note an order that will be sent, unless it is known already."""
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO orders (run, key, operation, point, fingerprint, state, planned) "
                "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run, key) DO NOTHING",
                (
                    *(order.run, order.key, order.operation, order.point, order.fingerprint),
                    *(OrderState.PLANNED, order.planned),
                ),
            )

    def settle(
        self,
        run: str,
        key: str,
        state: OrderState,
        *,
        code: str = "",
        at: float,
        seen: OrderState | None = None,
    ) -> bool:
        """Note on the disk where an order stands, by its answer, a reconciling read or a person.

        `planned` again is for an order that surely did not leave, or surely was not carried out:
        it alone may be sent again. What a person says is said of the state that was `seen`: of
        any other nothing is noted, and False is given.
        """
        settled = None if state in UNSETTLED else at
        with self._writing(durable=True) as connection:
            changed = connection.execute(
                "UPDATE orders SET state = ?, code = ?, settled = ? "
                "WHERE run = ? AND key = ? AND state = coalesce(?, state)",
                (state, code, settled, run, key, seen),
            ).rowcount
        return bool(changed)

    def leave_open(self, run: str, key: str) -> None:
        """Note that what came back does not tell what became of an order that was being sent."""
        with self._writing(durable=True) as connection:
            connection.execute(
                "UPDATE orders SET state = ? WHERE run = ? AND key = ? AND state = ?",
                (OrderState.UNKNOWN, run, key, OrderState.SENDING),
            )

    def unsettled(self) -> tuple[Order, ...]:
        """Orders whose outcome nobody knows, and those found absent, not sent again yet."""
        with self._reading() as connection:
            states = (*UNSETTLED, OrderState.ABSENT)
            return orders_where(connection, "state IN (?, ?, ?)", states)

    def open_of(self, run: str) -> tuple[Order, ...]:
        """The orders of a run whose outcome nobody knows."""
        with self._reading() as connection:
            return orders_where(connection, "run = ? AND state IN (?, ?)", (run, *UNSETTLED))

    def by_hand(self, run: str) -> tuple[Order, ...]:
        """The orders of a run that a person found to be accepted: their answers are not known."""
        with self._reading() as connection:
            where = "run = ? AND state = ? AND code = 'by hand'"
            return orders_where(connection, where, (run, OrderState.DONE))

    def sendable(self, run: str) -> tuple[Order, ...]:
        """The orders of a run that surely did not leave, or surely were not accepted."""
        with self._reading() as connection:
            states = (OrderState.PLANNED, OrderState.ABSENT)
            return orders_where(connection, "run = ? AND state IN (?, ?)", (run, *states))

    def absent(self, run: str, key: str, by: str, *, ago: float, after: float) -> bool:
        """Note that a lost order surely was not accepted, if that is so; it may be sent once more.

        Args:
            run: whose order it is.
            key: of the order.
            by: the key of the read that did not show it.
            ago: how many seconds ago that read began.
            after: how many seconds must lie between the order and that read, by each clock that
                is known: the one of whoever keeps the journal, and the machine's own since its
                start, which nobody sets.
        """
        machine = uptime()
        with self._writing(durable=True) as connection:
            now = self._database.now(connection)
            lost = orders_where(
                connection,
                "run = ? AND key = ? AND state = ? AND absent IS NULL AND sending <= ?",
                (run, key, OrderState.UNKNOWN, now - ago - after),
            )
            if not lost or not _is_past(lost[0], machine, ago + after):
                return False
            connection.execute(
                "UPDATE orders SET state = ?, absent = ?, absent_by = ? WHERE run = ? AND key = ?",
                (OrderState.ABSENT, now, by, run, key),
            )
        return True

    def lost(self, run: str) -> tuple[Order, ...]:
        """Before a run goes on: the orders of which it has no answer, that it must not send again.

        Those that were being sent when it stopped become unknown. Of those that a search or a
        person found accepted, the flow has to find out again what they made.
        """
        with self._writing(durable=True) as connection:
            connection.execute(
                "UPDATE orders SET state = ? WHERE run = ? AND state = ?",
                (OrderState.UNKNOWN, run, OrderState.SENDING),
            )
            without = (
                "run = ? AND (state = ? OR state = ? AND NOT EXISTS (SELECT 1 FROM effects "
                "WHERE effects.run = orders.run AND effects.key = orders.key "
                "AND effects.answer IS NOT NULL))"
            )
            states = (OrderState.UNKNOWN, OrderState.DONE)
            return orders_where(connection, without, (run, *states))


def orders_where(connection: Connection, where: str, values: Iterable[object]) -> tuple[Order, ...]:
    """The orders that a condition holds for, in the order in which they were planned."""
    rows = connection.execute(
        f"SELECT {ORDER_COLUMNS} FROM orders WHERE {where} ORDER BY planned, run, key",  # noqa: S608
        tuple(values),
    ).fetchall()
    return tuple(map(order_entry, rows))


def same_order(connection: Connection, order: Order, since: float) -> Order | None:
    """The same order in the way of another: not settled, else accepted after an instant.

    While the outcome of one is not known, it is in the way of all of the same thing, whatever
    their terms: the same order of the next day ends a day later.
    """
    thing = order.fingerprint.partition(".")[0]
    of_others = "state IN (?, ?) AND NOT (run = ? AND key = ?)"
    found = orders_where(
        connection,
        # the sign after "." is "/": the range of all terms of the thing, by the index
        f"(fingerprint = ? OR fingerprint > ? AND fingerprint < ?) AND {of_others} "
        "OR fingerprint = ? AND state = ? AND settled > ?",
        (
            *(order.fingerprint, f"{thing}.", f"{thing}/"),
            *(*UNSETTLED, order.run, order.key),
            *(order.fingerprint, OrderState.DONE, since),
        ),
    )
    return min(found, key=lambda other: other.state is OrderState.DONE, default=None)


def begin_sending(connection: Connection, order: Order, at: float) -> None:
    """The one step that may happen once: it is refused for an order that may have left."""
    machine = uptime()
    changed = connection.execute(
        "INSERT INTO orders "
        "(run, key, operation, point, fingerprint, state, planned, sending, boot, up) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run, key) DO UPDATE SET "
        "state = excluded.state, sending = excluded.sending, boot = excluded.boot, "
        "up = excluded.up WHERE orders.state IN (?, ?)",
        (
            *(order.run, order.key, order.operation, order.point, order.fingerprint),
            *(OrderState.SENDING, order.planned or at, at, machine.boot, machine.seconds),
            *(OrderState.PLANNED, OrderState.ABSENT),
        ),
    ).rowcount
    if not changed:
        raise storage_error(
            say(
                "the journal knows {operation} of step {key} as sent already",
                operation=order.operation,
                key=order.key,
            ),
            say("settle that order first; it is never sent twice"),
        )


def _is_past(order: Order, machine: Uptime, seconds: float) -> bool:
    """Whether so much time is past since an order left, as far as this machine can tell."""
    if not machine.boot or machine.boot != order.boot or order.up is None:
        return True  # another machine, or started since: the clock of the journal alone tells
    return machine.seconds - order.up >= seconds
