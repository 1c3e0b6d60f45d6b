"""Keeps what runs asked and were answered, so that a run can go on and no order is sent twice.

An order's intent is on the disk before its bytes leave: `planned → sending → done | refused`, and
`unknown` when its answer was lost. A run that ends well keeps no reply, no input and no request of
a read; texts of requests come with personal elements masked already. Statements are put together
from column names of our own alone (S608).
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sgeflow.adapters.database import Database, storage_error
from sgeflow.adapters.entries import (
    EFFECT_COLUMNS,
    ORDER_COLUMNS,
    RUN_COLUMNS,
    UNSETTLED,
    Order,
    OrderState,
    RunDetails,
    RunEntry,
    RunStart,
    Sent,
    effect_entry,
    order_entry,
    run_entry,
)
from sgeflow.adapters.fleets import FleetEntry, RowState, fleet_of, note_fleet, rows_of
from sgeflow.adapters.tables import BEGIN, JOURNAL, SENDING, SETTLED
from sgeflow.core.model import CallRecord, Status

_FAST = 1  # zlib level: a reply is mostly the same tags, more effort gains little


class Journal:
    """The runs of a state folder; threads and processes may share the file."""

    def __init__(self, path: Path, *, patience: float = 30.0) -> None:
        """Open or create the file; `patience` is how many seconds to wait for another writer."""
        self._database = Database(path, JOURNAL, patience=patience)
        self._waiting: list[tuple[str, tuple[Any, ...]]] = []

    def close(self) -> None:
        """Close the file."""
        try:
            self._flush()
        finally:
            self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # -- notes that may wait ----------------------------------------------------------------------

    @contextmanager
    def _writing(self, *, durable: bool = False) -> Iterator[sqlite3.Connection]:
        """A transaction that begins with the waiting notes; they wait on when it fails."""
        with self._database.alone():
            with self._database.writing(durable=durable) as connection:
                for statement, values in self._waiting:
                    connection.execute(statement, values)
                yield connection
            self._waiting.clear()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        self._flush()
        with self._database.reading() as connection:
            yield connection

    def _flush(self) -> None:
        if self._waiting:
            with self._writing():
                pass

    def _later(self, statement: str, *values: Any) -> None:
        """Write with the next transaction; lost with this process, a run that goes on notes it."""
        with self._database.alone():
            self._waiting.append((statement, values))

    # -- a run, as it goes ------------------------------------------------------------------------

    def begin(self, start: RunStart, fleet: FleetEntry | None = None) -> None:
        """Note a run that begins, or one that goes on: its start stays, its end is taken back.

        A run that is a `fleet` is on the disk when this returns, a row of one like any other note.
        """
        inputs = json.dumps(start.inputs, ensure_ascii=False, sort_keys=True, default=str)
        values = (
            *(start.run, start.flow, start.environment, start.today, start.now),
            *(start.documents, start.started, Status.RUNNING),
            zlib.compress(inputs.encode(), _FAST),
        )
        if "." in start.run:
            self._later(BEGIN, *values)
            return
        with self._writing(durable=True) as connection:
            connection.execute(BEGIN, values)
            if fleet is not None:
                note_fleet(connection, fleet)

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

    def sending(self, run: str, sent: Sent, order: Order | None = None) -> None:
        """Note a request before its bytes leave; an order's note is on the disk when this returns.

        Without an `order` it is a read.

        Raises:
            TechnicalError: the note cannot be written, or the order left before; do not send.
        """
        values = (run, sent.key, sent.attempt, sent.kind, sent.label, sent.request, sent.at)
        if order is None:  # a read may be asked twice: its note is written with its answer
            self._later(SENDING, *values)
            return
        with self._writing(durable=True) as connection:
            _begin_sending(connection, order, sent.at)
            connection.execute(SENDING, values)

    def answered(self, run: str, key: str, attempt: int, answer: bytes) -> None:
        """Keep the bytes that came back, until the run has ended well.

        The driver decides what the bytes are; `answers` gives the same ones back.
        """
        with self._writing() as connection:
            connection.execute(
                "UPDATE effects SET answer = ? WHERE run = ? AND key = ? AND attempt = ?",
                (zlib.compress(answer, _FAST), run, key, attempt),
            )

    def keep(self, run: str, key: str, answer: Any) -> None:
        """Keep the answer of an effect that is no call, until the run has ended well."""
        with self._writing() as connection:
            connection.execute(
                "INSERT INTO results VALUES (?, ?, ?) ON CONFLICT (run, key) DO NOTHING",
                (run, key, json.dumps(answer, ensure_ascii=False)),
            )

    def settled(self, run: str, record: CallRecord) -> None:
        """Note how an attempt was understood; one that was never noted is added."""
        self._later(
            SETTLED,
            *(run, record.key, record.attempt, record.kind, record.label),
            *(record.outcome, record.seconds, record.bytes_in),
        )

    def settle(self, run: str, key: str, state: OrderState, *, code: str = "", at: float) -> None:
        """Note on the disk where an order stands, by its answer, a reconciling read or a person.

        `planned` again is for an order that surely did not leave, or surely was not carried out:
        it alone may be sent again.
        """
        settled = None if state in UNSETTLED else at
        with self._writing(durable=True) as connection:
            connection.execute(
                "UPDATE orders SET state = ?, code = ?, settled = ? WHERE run = ? AND key = ?",
                (state, code, settled, run, key),
            )

    def end(
        self, run: str, status: Status, *, exit_code: int, at: float, summary: str = ""
    ) -> None:
        """Note how a run ended. When it ended well its replies, inputs and reads are forgotten.

        Of a row of a fleet the log still holds them, overwritten in the file: the end of its
        fleet takes them out of there too.
        """
        well = status in {Status.DONE, Status.SKIPPED}
        is_row = "." in run
        with self._writing(durable=not is_row) as connection:
            connection.execute(
                "UPDATE runs SET status = ?, exit = ?, ended = ?, summary = ?, "
                "inputs = CASE WHEN ? THEN NULL ELSE inputs END WHERE run = ?",
                (status, exit_code, at, summary, well, run),
            )
            if well:
                connection.execute("DELETE FROM results WHERE run = ?", (run,))
                connection.execute(
                    "UPDATE effects SET answer = NULL, "
                    "request = CASE kind WHEN 'read' THEN NULL ELSE request END WHERE run = ?",
                    (run,),
                )
        if not is_row and (well or self.fleet(run)):
            self._database.forget_deleted()

    # -- reading ----------------------------------------------------------------------------------

    def runs(self, limit: int = 20) -> tuple[RunEntry, ...]:
        """The runs that began last, newest first; a fleet is one of them, its rows are not."""
        with self._reading() as connection:
            rows = connection.execute(
                f"SELECT {RUN_COLUMNS} FROM runs WHERE instr(run, '.') = 0 "  # noqa: S608
                "ORDER BY started DESC, run LIMIT ?",
                (limit,),
            ).fetchall()
        return tuple(map(run_entry, rows))

    def show(self, run: str) -> RunDetails | None:
        """All that is known of a run, or None."""
        with self._reading() as connection:
            found = connection.execute(
                f"SELECT {RUN_COLUMNS} FROM runs WHERE run = ?",  # noqa: S608
                (run,),
            ).fetchone()
            effects = connection.execute(
                f"SELECT {EFFECT_COLUMNS} FROM effects WHERE run = ? ORDER BY rowid",  # noqa: S608
                (run,),
            ).fetchall()
            orders = _orders(connection, "run = ?", (run,))
        if found is None:
            return None
        return RunDetails(
            entry=run_entry(found), effects=tuple(map(effect_entry, effects)), orders=orders
        )

    def fleet(self, run: str) -> FleetEntry | None:
        """What a fleet works through, or None when the run is none."""
        with self._reading() as connection:
            return fleet_of(connection, run)

    def rows(self, fleet: str) -> tuple[tuple[int, RowState, str, int], ...]:
        """The rows of a fleet that were begun: number, state, and code and exit of the failed."""
        with self._reading() as connection:
            return tuple(rows_of(connection, fleet))

    def inputs(self, run: str) -> dict[str, Any] | None:
        """The inputs of a run that has not ended well, or None."""
        with self._reading() as connection:
            found = connection.execute("SELECT inputs FROM runs WHERE run = ?", (run,)).fetchone()
        if found is None or found[0] is None:
            return None
        inputs: dict[str, Any] = json.loads(zlib.decompress(found[0]))
        return inputs

    def answers(self, run: str) -> dict[tuple[str, int], bytes]:
        """The answers of a run that has not ended well, by key and attempt, to go on from."""
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT key, attempt, answer FROM effects WHERE run = ? AND answer IS NOT NULL",
                (run,),
            ).fetchall()
        return {(key, attempt): zlib.decompress(answer) for key, attempt, answer in rows}

    def results(self, run: str) -> dict[str, Any]:
        """The answers of effects that are no calls, of a run that has not ended well."""
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT key, answer FROM results WHERE run = ?", (run,)
            ).fetchall()
        return {key: json.loads(answer) for key, answer in rows}

    def unsettled(self, fingerprint: str | None = None) -> tuple[Order, ...]:
        """Orders whose outcome nobody knows, of all runs: none of them may be sent again."""
        with self._reading() as connection:
            if fingerprint is None:
                return _orders(connection, _OPEN, UNSETTLED)
            return _orders(connection, f"{_OPEN} AND fingerprint = ?", (*UNSETTLED, fingerprint))

    def accepted(self, fingerprint: str, since: float) -> tuple[Order, ...]:
        """The same order, accepted in any run since an instant."""
        with self._reading() as connection:
            where = "fingerprint = ? AND state = ? AND settled > ?"
            return _orders(connection, where, (fingerprint, OrderState.DONE, since))

    def by_hand(self, run: str) -> tuple[Order, ...]:
        """The orders of a run that a person found to be accepted: their answers are not known."""
        with self._reading() as connection:
            where = "run = ? AND state = ? AND code = 'by hand'"
            return _orders(connection, where, (run, OrderState.DONE))

    def planned(self, run: str) -> tuple[Order, ...]:
        """The orders of a run that surely did not leave, or were found not to be accepted."""
        with self._reading() as connection:
            return _orders(connection, "run = ? AND state = ?", (run, OrderState.PLANNED))

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
            return _orders(connection, without, (run, *states))

    def prune(self, before: float) -> int:
        """Delete runs begun before an instant, for good; those with unsettled orders stay."""
        old = (
            "SELECT run FROM runs WHERE started < ?1 AND run NOT IN "
            "(SELECT run FROM orders WHERE state IN (?2, ?3))"
        )
        with self._writing(durable=True) as connection:
            deleted = [
                connection.execute(
                    f"DELETE FROM {table} WHERE run IN ({old})",  # noqa: S608
                    (before, *UNSETTLED),
                ).rowcount
                for table in ("effects", "results", "orders", "fleets", "runs")
            ]
        self._database.forget_deleted()
        return deleted[-1]


_OPEN = "state IN (?, ?)"


def _orders(
    connection: sqlite3.Connection, where: str, values: Iterable[object]
) -> tuple[Order, ...]:
    rows = connection.execute(
        f"SELECT {ORDER_COLUMNS} FROM orders WHERE {where} ORDER BY planned, run, key",  # noqa: S608
        tuple(values),
    ).fetchall()
    return tuple(map(order_entry, rows))


def _begin_sending(connection: sqlite3.Connection, order: Order, at: float) -> None:
    """The one step that may happen once: it is refused for an order that may have left."""
    changed = connection.execute(
        "INSERT INTO orders (run, key, operation, point, fingerprint, state, planned, sending) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run, key) DO UPDATE SET "
        "state = excluded.state, sending = excluded.sending WHERE state = ?",
        (
            *(order.run, order.key, order.operation, order.point, order.fingerprint),
            *(OrderState.SENDING, order.planned or at, at, OrderState.PLANNED),
        ),
    ).rowcount
    if not changed:
        raise storage_error(
            f"the journal knows {order.operation} of step {order.key} as sent already",
            "settle that order first; it is never sent twice",
        )
