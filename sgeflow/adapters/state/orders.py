"""The journal's side of orders: where each stands, and the one step that may happen once.

`planned → sending → done | refused`, and `unknown` when its answer was lost; `unknown → absent →
sending` once, when a read has proved that it was not accepted. A state belongs to one sending, by
its token: whoever changes it names the one that is meant.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from msgspec.structs import replace

from sgeflow.adapters.state.contents.attempts import attempts_of, forget_run
from sgeflow.adapters.state.journal_schema import GIVE_UP
from sgeflow.adapters.state.records import (
    CLEAR,
    CLOCK_SKEW,
    IS_ON_THE_LIST,
    IS_UNSETTLED,
    UNSETTLED,
    Order,
    OrderState,
    RunLeft,
    made_key,
    order_entry,
)
from sgeflow.adapters.state.sendings import (
    BY_HAND,
    OF_RUN,
    SENDABLE,
    left_by,
    loose_orders,
    new_token,
    orders_where,
    select_orders,
    span_of,
)
from sgeflow.adapters.state.settling import (
    departures_of,
    doubt,
    is_doubtful,
    is_past,
    lasts_on,
    left_of,
    lose,
    note_late,
    settle,
)
from sgeflow.adapters.state.undos import Undos, end_undo_by
from sgeflow.adapters.state.upkeep.reserve import must_be_noted
from sgeflow.adapters.state.uptime import uptime
from sgeflow.core.engine.ports import Lateness
from sgeflow.core.model import Status
from sgeflow.errors import Exit, Id, TechnicalError

_MADE = (
    "INSERT INTO results VALUES (?, ?, ?) "
    "ON CONFLICT (run, key) DO UPDATE SET answer = excluded.answer"
)
_MEANT = "run = ? AND key = ? AND token = ?"  # the sending that somebody speaks of


class Orders(Undos):
    """The orders of all runs; those of the journal that may be sent at most once."""

    def sent_orders(self, run: str) -> tuple[Order, ...]:
        """The orders of a run that were accepted, or may have been: they are not sent again."""
        with self._reading() as connection:
            where = f"run = ? AND (state = ? OR {IS_UNSETTLED})"
            return orders_where(connection, where, (run, OrderState.DONE, *CLEAR))

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

    @must_be_noted
    def settle(
        self,
        run: str,
        key: str,
        state: OrderState,
        *,
        token: str = "",
        code: str = "",
        at: float | None = None,
    ) -> Lateness:
        """Note on the disk where an order stands, by the answer to a sending or a reconciling read.

        `planned` again is for an order that surely did not leave, or surely was not carried out:
        it alone may be sent again. An answer to a sending that was settled otherwise meanwhile is
        noted as a late one. It changes nothing, but that an order which counts as not accepted,
        and was accepted, is unknown: two say it differently. So it is whichever of the two comes
        last, and when both were accepted. Without `at` it is settled now, by the clock of whoever
        keeps the journal.
        """
        with self._writing(durable=True) as connection:
            now = self._database.now(connection) if at is None else at
            orders = orders_where(connection, _MEANT, (run, key, token))
            if not orders:
                return note_late(connection, run, key, f"{state} {code}".strip())
            if is_doubtful(orders[0], state):
                doubt(connection, run, key)
                return Lateness.DOUBTED
            is_open = state in UNSETTLED
            lasts = lasts_on(orders[0], now) if is_open else None
            settle(connection, orders[0], state, code, None if is_open else now, lasts)
            return Lateness.IN_TIME

    @must_be_noted
    def settle_by_search(self, run: str, key: str, *, token: str = "") -> Lateness:
        """Note that a search found what an order made, one thing: however often it was sent."""
        with self._writing(durable=True) as connection:
            orders = orders_where(connection, _MEANT, (run, key, token))
            if not orders:
                return note_late(connection, run, key, OrderState.DONE)
            settle(connection, orders[0], OrderState.DONE, "", self._database.now(connection))
            return Lateness.IN_TIME

    def settle_by_hand(
        self, order: Order, state: OrderState, *, made: Mapping[str, Any] | None = None
    ) -> bool:
        """Note what a person says of an order, if it still stands as `order` says; else False.

        What it made is kept until the run ends well, for what comes behind it in its flow.
        """
        with self._writing(durable=True) as connection:
            named = (order.run, order.key, order.token)
            states = UNSETTLED if order.state is OrderState.UNKNOWN else (order.state,)
            if all(one.state not in states for one in orders_where(connection, _MEANT, named)):
                return False
            settle(connection, order, state, BY_HAND, self._database.now(connection))
            if state is OrderState.DONE:
                end_undo_by(connection, order)
            if made:
                key, text = made_key(order.key), json.dumps(made, ensure_ascii=False)
                connection.execute(_MADE, (order.run, key, text))
        return True

    def under_way(self, order: Order) -> float:
        """For how many seconds more the last sending of an order may be under way."""
        with self._reading() as connection:
            return left_of(order, uptime(), self._database.now(connection))

    @must_be_noted
    def leave_open(self, run: str, key: str, token: str = "") -> None:
        """Note that what came back does not tell what became of an order that was being sent.

        A gateway that gave up may still carry it out: for as long again as a call may last in all.
        """
        with self._writing(durable=True) as connection:
            where = "run = ? AND key = ? AND token = ? AND state = ?"
            named = (run, key, token, OrderState.SENDING)
            for order in orders_where(connection, where, named):
                lasts = lasts_on(order, self._database.now(connection))
                connection.execute(
                    f"UPDATE orders SET state = ?, lasts = ? WHERE {where}",  # noqa: S608
                    (OrderState.UNKNOWN, lasts, *named),
                )

    def open_orders(self) -> tuple[Order, ...]:
        """What others must wait for: all that is listed, but for orphans, which harm nobody."""
        return tuple(one for one in self.listed_orders() if one.state is not OrderState.ORPHAN)

    def listed_orders(self) -> tuple[Order, ...]:
        """What a person looks at: lost orders, absent ones not sent again, undos not finished.

        Orphans too. Each with the seconds for which it may still be under way.
        """
        machine = uptime()
        with self._reading() as connection:
            now, listed = (
                self._database.now(connection),
                orders_where(connection, IS_ON_THE_LIST, ()),
            )
        return tuple(replace(order, left=left_of(order, machine, now)) for order in listed)

    def open_of(self, run: str) -> tuple[Order, ...]:
        """The orders of a run whose outcome nobody knows; no note of an order waits."""
        rows = self._database.ask(select_orders(f"run = ? AND {IS_UNSETTLED}"), (run, *CLEAR))
        return tuple(map(order_entry, rows))

    def by_hand(self, run: str) -> tuple[Order, ...]:
        """The orders of a run that a person found to be accepted: their answers are not known."""
        with self._reading() as connection:
            where = "run = ? AND state = ? AND code = ?"
            return orders_where(connection, where, (run, OrderState.DONE, BY_HAND))

    def sendable(self, run: str) -> tuple[Order, ...]:
        """The orders of a run that surely did not leave, or were not accepted, and orphans."""
        with self._reading() as connection:
            return orders_where(connection, "run = ? AND state IN (?, ?, ?)", (run, *SENDABLE))

    def tokens(self, run: str) -> dict[str, str]:
        """Which sending the state of each order of a run belongs to, by the order's key."""
        with self._reading() as connection:
            return {order.key: order.token for order in orders_where(connection, "run = ?", (run,))}

    def absent(
        self, run: str, key: str, by: str, *, ago: float, after: float, made: float
    ) -> bool | None:
        """Note that a lost order surely was not accepted, if that is so; it may be sent once more.

        None: the clocks of server and journal differ, and nothing is proved.

        Args:
            run: whose order it is.
            key: of the order.
            by: the key of the read that did not show it.
            ago: how many seconds ago that read began.
            after: how many seconds must lie between the order and that read, by each clock that
                is known: the one of whoever keeps the journal, and the machine's own since its
                start, which nobody sets. As many must lie between the order and the reply, never
                fewer than it may have been under way.
            made: when the server made the reply, by its own clock (epoch seconds): one that was
                stored and is given again was made before. Before the read, or yet to come, it
                tells that a clock is wrong, and perhaps the day on which the order is looked for.
        """
        machine = uptime()
        with self._writing(durable=True) as connection:
            now = self._database.now(connection)
            moment = min(now - ago, made)
            lost = orders_where(
                connection,
                "run = ? AND key = ? AND state = ? AND absent IS NULL "
                "AND sending + coalesce(lasts, 0) <= ? AND sending <= ?",
                (run, key, OrderState.UNKNOWN, moment, moment - after),
            )
            least = max([after, *(order.lasts or 0.0 for order in lost)])
            if not now - ago - CLOCK_SKEW <= made <= now + CLOCK_SKEW:
                return None
            if not lost or not is_past(lost[0], machine, ago + least):
                return False
            connection.execute(
                "UPDATE orders SET state = ?, absent = ?, absent_by = ?, token = ?, lasts = NULL "
                "WHERE run = ? AND key = ?",
                (OrderState.ABSENT, now, by, new_token(), run, key),
            )
        return True

    def was_resent(self, run: str, key: str) -> bool:
        """Whether an order left before: it was lost, counted as not accepted, and left again."""
        with self._reading() as connection:
            return bool(orders_where(connection, "run = ? AND key = ? AND resent = 1", (run, key)))

    def departures(self, run: str, key: str) -> tuple[float, ...]:
        """When an order left, in epoch seconds: each sending that may have been accepted.

        The clock may have been wrong then: by the present one, and the uptime since, it may have
        been another moment.
        """
        with self._reading() as connection:
            return departures_of(connection, run, key, self._database.now(connection))

    def left_by(self, run: str) -> RunLeft | None:
        """How a run was left, and which of its orders keeps others from working beside it."""
        with self._reading() as connection:
            return left_by(connection, run, self._database.now(connection))

    def note_remembered(self, run: str, within: str) -> None:
        """Note that a flow has remembered something: what it did in a trail is no secret of it."""
        with self._writing() as connection:
            connection.execute(
                "UPDATE orders SET remembered = 1 WHERE run = ? AND state = ? "
                "AND (key > ? AND key < ? OR key > ? AND key < ?)",  # the signs after "#" and "/"
                (run, OrderState.DONE, f"{within}#", f"{within}$", f"{within}/", f"{within}0"),
            )

    def give_up(self, run: str, *, at: float) -> tuple[Order, ...]:
        """End a run, a fleet with its rows: nobody goes on with it, nor is barred by it.

        What it did that nothing remembers is given back; its replies and inputs are forgotten.
        """
        with self._writing(durable=True) as connection:
            left = loose_orders(connection, run)
            open_ = f"SELECT run, started FROM runs WHERE ({OF_RUN}) AND inputs IS NOT NULL"  # noqa: S608
            for one, began in connection.execute(open_, span_of(run)).fetchall():
                connection.execute(GIVE_UP, (Status.FAILED, Exit.GUARDED, Id.GUARD.code, at, one))
                forget_run(connection, one, began, attempts_of(connection, one))
        with suppress(TechnicalError):  # the next end does it as well
            self._database.forget_deleted()
        return left

    def lose_orders(self, run: str) -> tuple[Order, ...]:
        """Before a run goes on: its orders of which nobody knows, that it must not send again.

        Those that were being sent when it stopped become unknown.
        """
        with self._writing(durable=True) as connection:
            lose(connection, run)
            where = "run = ? AND state = ?"
            return orders_where(connection, where, (run, OrderState.UNKNOWN))
