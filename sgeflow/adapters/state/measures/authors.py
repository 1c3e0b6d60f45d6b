"""Authors: the runs that brought values. The rows of a fleet share one, each with its number."""

from __future__ import annotations

from collections.abc import Callable

from sgeflow.adapters.state.database import SqlConnection
from sgeflow.adapters.state.fleets import row_run
from sgeflow.adapters.state.measures.chunk import ValueOrigin

_DIGITS = 15  # of the number of a row: no file has more


def ask_origin(connection: SqlConnection, run: str) -> Callable[[], ValueOrigin]:
    """A run as the origin of what it brings, asked; by what it gives the store learns of it."""
    if not run:
        return lambda: ValueOrigin(0, 0, 0)
    author, row = _author_of(run)
    rows = connection.execute("SELECT id FROM author WHERE run = ?", (author,))

    def origin() -> ValueOrigin:
        known = rows.fetchone()
        if known is None:
            statement = "INSERT INTO author (run) VALUES (?) RETURNING id"
            known = connection.execute(statement, (author,)).fetchone()
        return ValueOrigin(0, known[0], row)

    return origin


def run_of(connection: SqlConnection, origin: ValueOrigin) -> str:
    """The run that brought a value; empty when no run did."""
    row = connection.execute("SELECT run FROM author WHERE id = ?", (origin.author,)).fetchone()
    if row is None:
        return ""
    author: str = row[0]
    return row_run(author, origin.row) if origin.row else author


def _author_of(run: str) -> tuple[str, int]:
    """The fleet of a run and its row there; the run itself and 0 when it is of none."""
    fleet, _, digits = run.rpartition(".")
    if fleet and digits.isdecimal() and len(digits) <= _DIGITS:
        number = int(digits)
        if number and row_run(fleet, number) == run:
            return fleet, number
    return run, 0
