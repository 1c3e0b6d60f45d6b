"""Keeps what runs asked and were answered, so that a run can go on and no order is sent twice.

An order's intent is on the disk before its bytes leave; `orders.py` says where it may stand. A run
that ends well keeps no reply, no input and no request of a read; texts of requests come with
personal elements masked already. Statements are put together from column names of our own alone
(S608).
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any

from sgeflow.adapters.state.answers import Answers
from sgeflow.adapters.state.contents import bodies, document_texts
from sgeflow.adapters.state.contents.attempts import (
    attempts_of,
    entries,
    forget_run,
    note_sending,
    shown_attempts,
)
from sgeflow.adapters.state.damage import decoding
from sgeflow.adapters.state.database import SqlConnection, SqlRows
from sgeflow.adapters.state.fleets import (
    FleetEntry,
    RowState,
    fleet_of,
    is_row,
    note_fleet,
    row_number,
    row_state,
    rows_between,
    rows_of,
    run_names,
)
from sgeflow.adapters.state.input_digest import (
    is_asked_alike,
    make_key,
    note_asked,
    person_digest,
)
from sgeflow.adapters.state.journal_schema import BEGIN, END, JOURNAL, RUN_COLUMNS
from sgeflow.adapters.state.locations import DatabaseLocation
from sgeflow.adapters.state.orders import Orders
from sgeflow.adapters.state.pairing import Paired
from sgeflow.adapters.state.records import (
    Order,
    RunDetails,
    RunEntry,
    RunStart,
    SentRequest,
    listed_run,
    run_entry,
)
from sgeflow.adapters.state.sendings import begin_sending, cancels_at, orders_where
from sgeflow.adapters.state.undos import order_in_the_way
from sgeflow.adapters.state.upkeep.order_hold import OrderHold, check_not_held
from sgeflow.adapters.state.upkeep.pruning import Pruning
from sgeflow.adapters.state.upkeep.reserve import must_be_noted, set_aside
from sgeflow.adapters.state.upkeep.superseded import forget_superseded
from sgeflow.core.model import Status
from sgeflow.errors import GuardError, Id, Problem, TechnicalError
from sgeflow.messages import say

_SPARE = 64  # free pages, zeroed, for the next run: what shrinks a file waits for the disk
_FAST = 1  # zlib level: a reply is mostly the same tags, more effort gains little


class Journal(Orders, Answers, Pruning, OrderHold, Paired):
    """The runs of a state; threads and processes may share it."""

    _work = "SELECT run FROM runs ORDER BY run LIMIT 1"

    def __init__(self, place: DatabaseLocation, *, patience: float = 30.0) -> None:
        """Open or create it; `patience` is how many seconds to wait for another writer."""
        super().__init__(place, JOURNAL, patience)
        self._key = b""  # of the digests of persons, once it was asked for
        set_aside(place)

    # -- a run, as it goes ------------------------------------------------------------------------

    def begin(self, start: RunStart, fleet: FleetEntry | None = None) -> None:
        """Note a run that begins, or one that goes on: its start stays, its end is taken back.

        A run that is a `fleet` is on the disk when this returns, a row of one like any other note.

        Raises:
            GuardError: a run of that name has ended well.
        """
        inputs = json.dumps(start.inputs, ensure_ascii=False, sort_keys=True, default=str)
        packed, person = zlib.compress(inputs.encode(), _FAST), self._digest_of(start.person)
        if is_row(start.run):

            def note(connection: SqlConnection) -> None:
                _begin(connection, start, packed, person)

            self._later(note)
            return
        with self._writing(durable=True) as connection:
            if _begin(connection, start, packed, person).fetchone() is None:
                raise GuardError(_ended_well(start.run))
            document_texts.keep(connection, start.texts)
            if start.asked is not None:
                note_asked(connection, start.run, start.asked)
            if fleet is not None:
                note_fleet(connection, fleet)

    def _digest_of(self, person: str) -> str:
        if person and not self._key:
            with self._writing() as connection:
                self._key = make_key(connection)
        return person_digest(self._key, person) if person else ""

    def sending(
        self,
        run: str,
        sent: SentRequest,
        order: Order | None = None,
        *,
        repeat_after: float | None = None,
    ) -> Order | None:
        """Note a request before its bytes leave; an order's note is on the disk when this returns.

        Without an `order` it is a read. With `repeat_after`, the same order that is unsettled, or
        was accepted less than so many seconds ago, by whatever run, stands in the way: it is given
        back, and nothing is noted. So does an undo of another run at the point, in the way of all
        but an undo, and a lost order there in the way of a cancel. Of two at the same time, on
        whatever machines, one gets through.

        Raises:
            TechnicalError: the note cannot be written, or the order left before; do not send.
            GuardError: orders are held since a copy of the state was brought back.
        """
        request = bodies.pack(sent.request.encode())
        if order is None:  # a read may be asked twice: its note is written with its answer
            self._later(lambda connection: note_sending(connection, run, sent, request))
            return None
        with self._writing(durable=True) as connection:
            check_not_held(connection)
            now = self._database.now(connection)
            if repeat_after is not None:
                other = order_in_the_way(connection, sent, order, repeat_after, now)
                if other is not None:
                    return other
            begin_sending(connection, order, now)
            note_sending(connection, run, sent, request)
        return None

    def cancels_for(self, order: Order) -> tuple[Order, ...]:
        """The cancels noted here that end what an order makes, and were accepted at its point."""
        with self._reading() as connection:
            return cancels_at(connection, order.point, order.ended_by)

    def order_in_the_way(
        self, sent: SentRequest, order: Order, repeat_after: float, cancels: tuple[Order, ...] = ()
    ) -> Order | None:
        """What stands here in the way of an order that is to be noted in another state.

        `cancels` are noted there: what they ended since is in nobody's way.

        Raises:
            GuardError: orders are held since a copy of the state was brought back.
        """
        with self._reading() as connection:
            check_not_held(connection)
            now = self._database.now(connection)
            return order_in_the_way(connection, sent, order, repeat_after, now, cancels)

    @must_be_noted
    def end(
        self, run: str, status: Status, *, exit_code: int, at: float, summary: str = ""
    ) -> None:
        """Note how a run ended. When it ended well its replies, inputs and reads are forgotten.

        So is what earlier runs that failed kept of the person whom it was about; the end of a fleet
        does that for all its rows.

        An end stands: a run that has one gets no other until it goes on, and once it is committed
        neither a lost answer nor an interruption takes it back. What is forgotten is taken out of
        the log too, if that can be; of a row of a fleet the end of its fleet does that.
        """
        well = status in {Status.DONE, Status.SKIPPED}
        try:
            with self._writing(durable=not is_row(run)) as connection:
                values = (status, exit_code, at, summary, well, run)
                ended = connection.execute(END, values)
                attempts = attempts_of(connection, run)
                began = ended.fetchone()
                if began is not None and well:
                    forget_run(connection, run, began[0], attempts)
                if not is_row(run):
                    forget_superseded(connection)
        except (TechnicalError, KeyboardInterrupt):
            if not self.has_ended(run):
                raise
        with suppress(TechnicalError, KeyboardInterrupt):  # the next end does it as well
            if not is_row(run) and (well or self.fleet(run)):
                self._database.forget_deleted(spare=_SPARE)

    def has_ended(self, run: str) -> bool:
        """Whether the end of a run is committed."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT ended FROM runs WHERE run = ?", (run,)).fetchone()
        return row is not None and row[0] is not None

    def knows(self, run: str) -> bool:
        """Whether a run is there; one that this process has begun may not be yet."""
        return bool(self._database.ask("SELECT 1 FROM runs WHERE run = ?", (run,)))

    def environment_of(self, run: str) -> str:
        """The environment of a run; empty for one that is not there (any more)."""
        rows = self._database.ask("SELECT environment FROM runs WHERE run = ?", (run,))
        return str(rows[0][0]) if rows else ""

    # -- reading ----------------------------------------------------------------------------------

    def runs(self, limit: int = 20) -> tuple[RunEntry, ...]:
        """The runs that began last, newest first; a fleet is one of them, its rows are not."""
        with self._reading() as connection:
            rows = connection.execute(
                f"SELECT {RUN_COLUMNS} FROM runs WHERE is_row = 0 "  # noqa: S608
                "ORDER BY started DESC, run LIMIT ?",
                (limit,),
            ).fetchall()
        return tuple(map(listed_run, rows))

    def show(self, run: str) -> RunDetails | None:
        """All that is known of a run, or None."""
        with self._reading() as connection:
            row = connection.execute(
                f"SELECT {RUN_COLUMNS} FROM runs WHERE run = ?",  # noqa: S608
                (run,),
            ).fetchone()
            attempts, packed = shown_attempts(connection, run)
            orders = orders_where(connection, "run = ?", (run,))
        if row is None:
            return None
        with decoding(run, say("the end")):
            entry = run_entry(row)
        with decoding(run, say("the requests")):
            return RunDetails(entry=entry, effects=entries(attempts, packed), orders=orders)

    def is_asked_alike(self, run: str, inputs: Mapping[str, Any]) -> bool | None:
        """Whether a named run was asked for with these inputs; None when that is not known."""
        with self._reading() as connection:
            return is_asked_alike(connection, run, inputs)

    def superseded_by(self, run: str) -> str:
        """The later run about the same person for which a run's inputs were forgotten, or ""."""
        rows = self._database.ask("SELECT superseded FROM runs WHERE run = ?", (run,))
        return str(rows[0][0]) if rows else ""

    def texts(self, digests: Collection[str]) -> dict[str, str]:
        """The documents of digests, as far as a run that can go on was begun with them."""
        with self._reading() as connection:
            return document_texts.find(connection, digests)

    def order_states(self) -> tuple[str, ...]:
        """Where each order stands."""
        with self._reading() as connection:
            rows = connection.execute("SELECT state FROM orders").fetchall()
        return tuple(state for (state,) in rows)

    def take_over(self, runs: Sequence[tuple[Any, ...]], orders: Sequence[tuple[Any, ...]]) -> int:
        """Note orders, with their runs, that a damaged journal still told of; how many."""
        from sgeflow.adapters.state.upkeep.salvage import take_over

        with self._writing(durable=True) as connection:
            return take_over(connection, runs, orders)

    def fleet(self, run: str) -> FleetEntry | None:
        """What a fleet works through, or None when the run is none."""
        with self._reading() as connection:
            return fleet_of(connection, run)

    def rows(self, fleet: str) -> tuple[tuple[int, RowState, str, int], ...]:
        """The rows of a fleet that were begun: number, state, and code and exit of the failed."""
        with self._reading() as connection:
            return tuple(rows_of(connection, fleet))

    def row_entries(self, fleet: str) -> tuple[tuple[int, RowState, RunEntry], ...]:
        """The same rows with their whole lines: when each began and ended, its calls."""
        with self._reading() as connection:
            rows = connection.execute(
                f"SELECT {RUN_COLUMNS} FROM runs WHERE run > ? AND run < ?",  # noqa: S608
                rows_between(fleet),
            ).fetchall()
        entries = map(listed_run, rows)
        return tuple(
            (row_number(one.run), row_state(one.ended, one.status, one.summary, one.exit), one)
            for one in entries
        )

    def names_beginning(self, beginning: str) -> tuple[str, ...]:
        """Runs and fleets whose name begins so, in the order of their names."""
        with self._reading() as connection:
            where = "run >= ? AND run < ?"  # no sign of a name is behind "~"
            return tuple(sorted(run_names(connection, where, beginning, f"{beginning}~")))


def _begin(connection: SqlConnection, start: RunStart, inputs: bytes, person: str) -> SqlRows:
    """Note that a run begins, or goes on, and its documents; no row of a run that has ended well.

    One that goes on has its own listing.
    """
    listing = bodies.pack_text(start.documents)
    bodies.keep(connection, listing)
    about = (start.run, int(is_row(start.run)), start.flow, start.environment)
    moment = (start.today, start.now, start.started, listing.digest)
    begun = connection.execute(BEGIN, (*about, *moment, Status.RUNNING, inputs, person))
    bodies.release_unnamed(connection, listing)
    return begun


def _ended_well(run: str) -> Problem:
    return Problem(
        id=Id.GUARD,
        message=say("run {run} has ended well, and is not begun again", run=run),
        details=(("do", say("give the run another name")),),
    )
