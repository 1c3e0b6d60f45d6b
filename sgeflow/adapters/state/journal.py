"""Keeps what runs asked and were answered, so that a run can go on and no order is sent twice.

An order's intent is on the disk before its bytes leave; `orders.py` says where it may stand. A run
that ends well keeps no reply, no input and no request of a read; texts of requests come with
personal elements masked already. Statements are put together from column names of our own alone
(S608).
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection
from contextlib import suppress
from typing import Any

from sgeflow.adapters.state import document_texts
from sgeflow.adapters.state.fleets import (
    FleetEntry,
    RowState,
    fleet_of,
    is_row,
    note_fleet,
    rows_of,
    run_names,
)
from sgeflow.adapters.state.journal_schema import BEGIN, END, FORGET, JOURNAL, SENDING, SETTLED
from sgeflow.adapters.state.locations import Place
from sgeflow.adapters.state.orders import Orders, begin_sending, orders_where, same_order
from sgeflow.adapters.state.records import (
    EFFECT_COLUMNS,
    RUN_COLUMNS,
    UNSETTLED,
    Order,
    OrderState,
    RunDetails,
    RunEntry,
    RunStart,
    Sent,
    effect_entry,
    run_entry,
)
from sgeflow.adapters.state.step_traces import FIND, KEEP, KeptRun, unpacked
from sgeflow.core.model import CallRecord, Status
from sgeflow.errors import GuardError, Id, Problem, TechnicalError
from sgeflow.messages import say

_FAST = 1  # zlib level: a reply is mostly the same tags, more effort gains little
_ALWAYS = float("inf")  # later than any order
_TOGETHER = 50  # runs that are pruned in one transaction


class Journal(Orders):
    """The runs of a state; threads and processes may share it."""

    def __init__(self, place: Place, *, patience: float = 30.0) -> None:
        """Open or create it; `patience` is how many seconds to wait for another writer."""
        super().__init__(place, JOURNAL, patience)

    # -- a run, as it goes ------------------------------------------------------------------------

    def begin(self, start: RunStart, fleet: FleetEntry | None = None) -> None:
        """Note a run that begins, or one that goes on: its start stays, its end is taken back.

        A run that is a `fleet` is on the disk when this returns, a row of one like any other note.

        Raises:
            GuardError: a run of that name has ended well.
        """
        inputs = json.dumps(start.inputs, ensure_ascii=False, sort_keys=True, default=str)
        values = (
            *(start.run, start.flow, start.environment, start.today, start.now),
            *(start.documents, start.started, Status.RUNNING),
            zlib.compress(inputs.encode(), _FAST),
        )
        if is_row(start.run):
            self._later(BEGIN, *values)
            return
        with self._writing(durable=True) as connection:
            if not connection.execute(BEGIN, values).rowcount:
                raise GuardError(_has_ended_well(start.run))
            document_texts.keep(connection, start.texts)
            if fleet is not None:
                note_fleet(connection, fleet)

    def sending(
        self, run: str, sent: Sent, order: Order | None = None, *, since: float | None = None
    ) -> Order | None:
        """Note a request before its bytes leave; an order's note is on the disk when this returns.

        Without an `order` it is a read. With `since`, the same order that is unsettled, or was
        accepted after that instant, by whatever run, stands in the way: it is given back, and
        nothing is noted. Of two at the same time, on whatever machines, one gets through.

        Raises:
            TechnicalError: the note cannot be written, or the order left before; do not send.
        """
        values = (run, sent.key, sent.attempt, sent.kind, sent.label, sent.request, sent.at)
        if order is None:  # a read may be asked twice: its note is written with its answer
            self._later(SENDING, *values)
            return None
        with self._writing(durable=True) as connection:
            other = None if since is None else same_order(connection, order, since)
            if other is not None:
                return other
            begin_sending(connection, order, self._database.now(connection))
            connection.execute(SENDING, values)
        return None

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

    def end(
        self, run: str, status: Status, *, exit_code: int, at: float, summary: str = ""
    ) -> None:
        """Note how a run ended. When it ended well its replies, inputs and reads are forgotten.

        An end stands: a run that has one gets no other until it goes on, and once it is committed
        neither a lost answer nor an interruption takes it back. What is forgotten is taken out of
        the log too, if that can be; of a row of a fleet the end of its fleet does that.
        """
        well = status in {Status.DONE, Status.SKIPPED}
        try:
            with self._writing(durable=not is_row(run)) as connection:
                values = (status, exit_code, at, summary, well, run)
                if connection.execute(END, values).rowcount and well:
                    for statement in FORGET:
                        connection.execute(statement, (run,))
        except (TechnicalError, KeyboardInterrupt):
            if not self._has_ended(run):
                raise
        with suppress(TechnicalError, KeyboardInterrupt):  # the next end does it as well
            if not is_row(run) and (well or self.fleet(run)):
                self._database.forget_deleted()

    def _has_ended(self, run: str) -> bool:
        with self._database.reading() as connection:
            found = connection.execute("SELECT ended FROM runs WHERE run = ?", (run,)).fetchone()
        return found is not None and found[0] is not None

    def keep_steps(self, run: str, steps: bytes) -> None:
        """Keep what `traces.packed` made of a run's steps; written with the run's end."""
        self._later(KEEP, steps, run)

    # -- reading ----------------------------------------------------------------------------------

    def runs(self, limit: int = 20) -> tuple[RunEntry, ...]:
        """The runs that began last, newest first; a fleet is one of them, its rows are not."""
        with self._reading() as connection:
            rows = connection.execute(
                f"SELECT {RUN_COLUMNS} FROM runs WHERE run NOT LIKE '%.%' "  # noqa: S608
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
            orders = orders_where(connection, "run = ?", (run,))
        if found is None:
            return None
        return RunDetails(
            entry=run_entry(found), effects=tuple(map(effect_entry, effects)), orders=orders
        )

    def texts(self, digests: Collection[str]) -> dict[str, str]:
        """The documents of digests, as far as a run that can go on was begun with them."""
        with self._reading() as connection:
            return document_texts.find(connection, digests)

    def fleet(self, run: str) -> FleetEntry | None:
        """What a fleet works through, or None when the run is none."""
        with self._reading() as connection:
            return fleet_of(connection, run)

    def rows(self, fleet: str) -> tuple[tuple[int, RowState, str, int], ...]:
        """The rows of a fleet that were begun: number, state, and code and exit of the failed."""
        with self._reading() as connection:
            return tuple(rows_of(connection, fleet))

    def steps(self, run: str) -> KeptRun | None:
        """What is kept of the steps of a run that ended, or None."""
        with self._reading() as connection:
            found = connection.execute(FIND, (run,)).fetchone()
        return unpacked(found[0]) if found else None

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

    def named(self, beginning: str) -> tuple[str, ...]:
        """Runs and fleets whose name begins so, in the order of their names."""
        with self._reading() as connection:
            length = len(beginning)
            return tuple(sorted(run_names(connection, "substr(run, 1, ?) = ?", length, beginning)))

    def unended(self, before: float) -> tuple[str, ...]:
        """Runs begun before an instant that have not ended: stopped, or at work now."""
        with self._reading() as connection:
            return run_names(connection, "started < ? AND ended IS NULL", before)

    def prune(
        self, before: float, keep: Collection[str] = (), *, guarded: float = _ALWAYS
    ) -> tuple[str, ...]:
        """Delete runs begun before an instant, for good, a fleet with its rows; those it were.

        Runs and fleets with unsettled orders stay, those with one accepted after the instant
        `guarded`, which must not be sent again yet, and those to `keep`.
        """
        with self._reading() as connection:
            old = run_names(connection, "started < ?", before)
        deleted: list[str] = []
        for start in range(0, len(old), _TOGETHER):  # others may write in between
            deleted += self._pruned(old[start : start + _TOGETHER], keep, guarded)
        with self._writing() as connection:
            document_texts.forget(connection)
        with suppress(TechnicalError):  # they are deleted, and the next end takes them out
            self._database.forget_deleted()
        return tuple(deleted)

    def _pruned(self, runs: Collection[str], keep: Collection[str], guarded: float) -> list[str]:
        with self._writing(durable=True) as connection:
            open_ = connection.execute(
                "SELECT run FROM orders WHERE state IN (?, ?) OR state = ? AND settled > ?",
                (*UNSETTLED, OrderState.DONE, guarded),
            )
            stay = {*keep, *(run.partition(".")[0] for (run,) in open_)}
            old = [run for run in runs if run not in stay]
            for run in old:
                for table in ("effects", "results", "orders", "fleets", "runs"):
                    connection.execute(
                        f"DELETE FROM {table} WHERE run = ? OR run > ? AND run < ?",  # noqa: S608
                        (run, f"{run}.", f"{run}/"),
                    )
        return old


def _has_ended_well(run: str) -> Problem:
    return Problem(
        id=Id.GUARD,
        message=say("run {run} has ended well, and is not begun again", run=run),
        details=(("do", say("give the run another name")),),
    )
