"""Orders that a damaged journal still tells of, and the copy that takes its place does not."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from msgspec import Struct

from sgeflow.adapters.state.database import SqlConnection
from sgeflow.adapters.state.records import STANDING, OrderState

_RUN = (
    "run, is_row, flow, environment, today, now, asked, started, ended, status, exit, summary, "
    "calls"
)
_ORDER = (
    "run, key, operation, point, fingerprint, state, code, planned, sending, settled, boot, up, "
    "settled_boot, settled_up, absent, absent_by, resent, token, lasts, late, "
    "departures, undone, remembered"
)
_UNREADABLE = (sqlite3.Error, UnicodeDecodeError)  # also what SQLite says of a damaged name
_STATE = _ORDER.split(", ").index("state")
_AS_IT_STANDS = (OrderState.DONE, OrderState.REFUSED, OrderState.ORPHAN, *STANDING)


class Salvage(Struct, frozen=True, kw_only=True):
    """The runs and the orders of a journal's file, and whether these are all of them."""

    runs: list[tuple[Any, ...]]
    orders: list[tuple[Any, ...]]
    is_whole: bool


def orders_of(path: Path) -> Salvage:
    """The runs and the orders of a journal's file, as far as they can be read; never raises."""
    with suppress(*_UNREADABLE, OSError):
        address = f"file:{path}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as connection:
            connection.text_factory = lambda text: text.decode("utf-8", "replace")
            runs, _ = _rows(connection, _RUN, "runs", ("rowid",))
            orders, is_whole = _rows(connection, _ORDER, "orders", ("run", "key"))
            return Salvage(runs=runs, orders=orders, is_whole=is_whole)
    return Salvage(runs=[], orders=[], is_whole=not path.exists())


def take_over(
    connection: SqlConnection,
    runs: Sequence[tuple[Any, ...]],
    orders: Sequence[tuple[Any, ...]],
) -> int:
    """Note orders that a copy does not know, or knows otherwise, with their runs; how many.

    What was settled, or is to be undone, stands so; all else is unknown: a search or a person
    settles it. One that was only planned has not left.
    """
    by_name = {run[0]: run for run in runs}
    count = 0
    for order in orders:
        run, key, *_ = order
        state = OrderState(order[_STATE])
        known = connection.execute(
            "SELECT state FROM orders WHERE run = ? AND key = ?", (run, key)
        ).fetchone()
        if known == (state,) or state is OrderState.PLANNED:
            continue
        count += 1
        if run in by_name:
            _insert(connection, "runs", _RUN, by_name[run])
        connection.execute("DELETE FROM orders WHERE run = ? AND key = ?", (run, key))
        kept = state if state in _AS_IT_STANDS else OrderState.UNKNOWN
        _insert(connection, "orders", _ORDER, (*order[:_STATE], kept, *order[_STATE + 1 :]))
        for thing in order[4].partition(".")[0].split(","):
            _insert(connection, "ordered", "thing, run, key", (thing, run, key))
    return count


def _insert(connection: SqlConnection, table: str, columns: str, row: tuple[Any, ...]) -> None:
    marks = ", ".join("?" * len(row))
    connection.execute(
        f"INSERT INTO {table} ({columns}) VALUES ({marks}) ON CONFLICT DO NOTHING",  # noqa: S608
        row,
    )


def _rows(
    connection: sqlite3.Connection, columns: str, table: str, order: tuple[str, ...]
) -> tuple[list[tuple[Any, ...]], bool]:
    """The rows of a table from both of its ends, each until one cannot be read; whether all can."""
    rows: dict[tuple[Any, ...], None] = {}
    for way in ("ASC", "DESC"):
        by = ", ".join(f"{column} {way}" for column in order)
        query = f"SELECT {columns} FROM {table} ORDER BY {by}"  # noqa: S608 - names of our own
        count = 0
        with suppress(*_UNREADABLE):
            for count, row in enumerate(connection.execute(query), 1):  # noqa: B007
                rows[row] = None
            return list(rows), True
        with suppress(*_UNREADABLE):  # a row is given once the next is read: the last is lacking
            last = connection.execute(f"{query} LIMIT 1 OFFSET {count}").fetchall()
            rows.update(dict.fromkeys(last))
    return list(rows), False
