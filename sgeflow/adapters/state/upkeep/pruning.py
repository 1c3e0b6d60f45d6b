"""The journal's side of pruning: what goes for good, and what stays because something needs it.

A fleet goes with its rows. Of a large one the rows go in portions, and its own line last, so that
no log has to hold all of them; until then nobody goes on with it. Statements are put together from
column names of our own alone (S608).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress

from msgspec.structs import replace

from sgeflow.adapters.state.contents import bodies, document_texts
from sgeflow.adapters.state.database import Space, SqlConnection
from sgeflow.adapters.state.fleets import rows_between, run_names
from sgeflow.adapters.state.journal_writer import JournalWriter
from sgeflow.adapters.state.records import SETTLED, OrderState
from sgeflow.adapters.state.sendings import OF_RUN, orders_where, span_of, unfinished_of
from sgeflow.adapters.state.uptime import with_ages
from sgeflow.errors import TechnicalError
from sgeflow.messages import say_count

_TOGETHER = 50  # runs, or rows of a fleet, that go in one transaction
_APART = 2  # the same on a full disk
_TABLES = ("effects", "results", "ordered", "orders", "fleets", "runs")
_MAY_GO_ON = "SELECT 1 FROM runs WHERE run = ? AND inputs IS NOT NULL"
_ROWS = "SELECT run FROM runs WHERE run > ? AND run < ? LIMIT ?"


class Pruning(JournalWriter):
    """Old runs, and how they go."""

    def prune(
        self,
        before: float,
        *,
        is_at_work: Callable[[str], bool] = lambda _: False,
        repeat_after: float = 0.0,
        gone: Callable[[str], object] = lambda _: None,
    ) -> tuple[str, ...]:
        """Delete runs begun before an instant, for good, a fleet with its rows; those it were.

        Runs and fleets with what is on the list of a person stay, those with an order accepted
        less than `repeat_after` seconds ago, which must not be sent again yet, those that were
        stopped behind one, and those at work, asked of each that may go on when it is its turn.
        `gone` is told of each when it is.

        Raises:
            TechnicalError: it cannot be written, not even run by run; how many went is told.
        """
        with self._reading() as connection:
            old = run_names(connection, "started < ?", before)
        deleted: list[str] = []
        try:
            self._prune_all(old, _TOGETHER, is_at_work, repeat_after, deleted, gone)
        except TechnicalError:  # a full disk has room for less at once, and for more after that
            rest = [run for run in old if run not in set(deleted)]
            try:
                self._prune_all(rest, _APART, is_at_work, repeat_after, deleted, gone)
            except TechnicalError as error:
                raise _with_count(error, len(deleted)) from error
        with self._writing() as connection:
            bodies.sweep(connection)
            document_texts.forget(connection)
        with suppress(TechnicalError):  # they are deleted, and the next end takes them out
            self._database.forget_deleted()
        return tuple(deleted)

    def space(self) -> Space:
        """What the journal takes of the disk."""
        return self._database.space()

    def _prune_all(
        self,
        old: Sequence[str],
        together: int,
        is_at_work: Callable[[str], bool],
        repeat_after: float,
        deleted: list[str],
        gone: Callable[[str], object],
    ) -> None:
        for start in range(0, len(old), together):  # others may write in between
            some = old[start : start + together]
            for run in self._runs_to_go(some, is_at_work, repeat_after):
                self._prune_rows(run, together)
            for run in self._prune(some, is_at_work, repeat_after):
                deleted.append(run)
                gone(run)
            if together == _APART:
                self._database.forget_deleted()

    def _runs_to_go(
        self, runs: Collection[str], is_at_work: Callable[[str], bool], repeat_after: float
    ) -> list[str]:
        with self._reading() as connection:
            now = self._database.now(connection)
            return list(_free_of_orders(connection, runs, is_at_work, repeat_after, now))

    def _prune_rows(self, fleet: str, together: int) -> None:
        """Delete the rows of a fleet but for the last portion; it is not gone on with meanwhile."""
        while True:
            with self._writing(durable=True) as connection:
                after, until = rows_between(fleet)
                rows = connection.execute(_ROWS, (after, until, together)).fetchall()
                if len(rows) < together:
                    return
                connection.execute("UPDATE runs SET inputs = NULL WHERE run = ?", (fleet,))
                for (row,) in rows:
                    _delete(connection, "run = ?", (row,))

    def _prune(
        self, runs: Collection[str], is_at_work: Callable[[str], bool], repeat_after: float
    ) -> list[str]:
        with self._writing(durable=True) as connection:
            now = self._database.now(connection)
            old = list(_free_of_orders(connection, runs, is_at_work, repeat_after, now))
            for run in old:
                _delete(connection, OF_RUN, span_of(run))
        return old


def _free_of_orders(
    connection: SqlConnection,
    runs: Collection[str],
    is_at_work: Callable[[str], bool],
    repeat_after: float,
    now: float,
) -> Iterator[str]:
    """The runs among these, and fleets, that no order needs and nobody works on."""
    for run in runs:
        orders = orders_where(connection, OF_RUN, span_of(run))
        accepted = (order for order in orders if order.state is OrderState.DONE)
        is_needed = (
            any(order.state not in SETTLED for order in orders)
            or any(age < repeat_after for age, _ in with_ages(connection, accepted, now))
            or unfinished_of(connection, run, now)
            or (connection.execute(_MAY_GO_ON, (run,)).fetchone() and is_at_work(run))
        )
        if not is_needed:
            yield run


def _delete(connection: SqlConnection, where: str, values: tuple[str, ...]) -> None:
    named = [
        number
        for statement in (
            f"SELECT documents, steps, attempts FROM runs WHERE {where}",  # noqa: S608
            f"SELECT request, answer FROM effects WHERE {where}",  # noqa: S608
        )
        for row in connection.execute(statement, values).fetchall()
        for number in row
    ]
    for table in _TABLES:
        connection.execute(f"DELETE FROM {table} WHERE {where}", values)  # noqa: S608
    bodies.release(connection, named)


def _with_count(error: TechnicalError, count: int) -> TechnicalError:
    """The error that stopped a pruning, with how far that had come."""
    first, *others = error.problems
    count_text = say_count("{count} run was deleted", "{count} runs were deleted", count=count)
    details = (("before", count_text), *first.details)
    return TechnicalError(replace(first, details=details), *others)
