"""The journal's side of fleets: which file a fleet works through, and where each row stands."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from hashlib import sha256

from msgspec import Struct

from sgeflow.adapters.state.database import SqlConnection
from sgeflow.core.model import Status
from sgeflow.errors import Exit

FLEETS = """
CREATE TABLE fleets (
  run TEXT PRIMARY KEY REFERENCES runs, file TEXT NOT NULL, digest TEXT NOT NULL,
  total INTEGER NOT NULL, again TEXT NOT NULL, shard TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID
"""


CLOSING = "finally"
"""Under which it is kept with a fleet's end which flow was to be told of it."""


_SUFFIX = "-finally"
_LONGEST = 64  # characters of a run's name


class RowState(IntEnum):
    """Where a row stands."""

    OPEN = 0  # not begun
    STOPPED = 1  # begun, and interrupted or killed: it goes on
    FAILED = 2
    DONE = 3


class FleetEntry(Struct, frozen=True, kw_only=True):
    """A fleet: its run, its file and the file's digest, how many rows it has to do.

    `again` is the fleet whose failed rows it runs once more; empty when it runs all. `shard` is the
    part of the rows that it does, `0/8`; empty when it does the whole.
    """

    run: str
    file: str
    digest: str
    total: int
    again: str = ""
    shard: str = ""


def row_run(fleet: str, number: int) -> str:
    """The run of a row: its own line of the journal."""
    return f"{fleet}.{number}"


def name_of_closing(fleet: str) -> str:
    """The name of the run that tells how a fleet ended; no two fleets share it."""
    room = _LONGEST - len(_SUFFIX)
    if len(fleet) > room:
        mark = sha256(fleet.encode()).hexdigest()[:8]
        fleet = f"{fleet[: room - len(mark) - 1]}-{mark}"
    return f"{fleet}{_SUFFIX}"


def is_row(run: str) -> bool:
    """Whether a run is a row of a fleet."""
    return "." in run


def note_fleet(connection: SqlConnection, entry: FleetEntry) -> None:
    """Note what a fleet works through; when it goes on with a changed file, the new one."""
    connection.execute(
        "INSERT INTO fleets VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (run) DO UPDATE SET "
        "file = excluded.file, digest = excluded.digest, total = excluded.total",
        (entry.run, entry.file, entry.digest, entry.total, entry.again, entry.shard),
    )


def fleet_of(connection: SqlConnection, run: str) -> FleetEntry | None:
    """What a fleet works through, or None when the run is none."""
    row = connection.execute("SELECT * FROM fleets WHERE run = ?", (run,)).fetchone()
    if row is None:
        return None
    names = ("run", "file", "digest", "total", "again", "shard")
    return FleetEntry(**dict(zip(names, row, strict=True)))


def rows_of(connection: SqlConnection, fleet: str) -> Iterator[tuple[int, RowState, str, int]]:
    """Each row that was begun: its number, its state, its code when it failed, and its exit."""
    for run, ended, status, code, exit_ in connection.execute(
        "SELECT run, ended, status, summary, exit FROM runs WHERE run > ? AND run < ?",
        rows_between(fleet),
    ):
        state = row_state(ended, status, code, exit_)
        is_failed = state is RowState.FAILED
        yield row_number(run), state, code if is_failed else "", exit_ if is_failed else 0


def rows_between(fleet: str) -> tuple[str, str]:
    """Between which two names the runs of a fleet's rows are: the sign after `.` is `/`."""
    return f"{fleet}.", f"{fleet}/"


def row_number(run: str) -> int:
    """The number of the row that a run is."""
    return int(run.rpartition(".")[2])


def row_state(ended: float | None, status: str, code: str, exit_: int | None) -> RowState:
    """How a row stands; one that ended without a code did not come to an end of its own."""
    if ended is None or exit_ == Exit.INTERRUPTED:
        return RowState.STOPPED
    if status in (Status.DONE, Status.SKIPPED):
        return RowState.DONE
    return RowState.FAILED if code else RowState.STOPPED


def run_names(connection: SqlConnection, condition: str, *values: object) -> tuple[str, ...]:
    """The runs that a condition holds for; a fleet is one, its rows are not."""
    rows = connection.execute(
        f"SELECT run FROM runs WHERE is_row = 0 AND {condition}",  # noqa: S608
        values,
    )
    return tuple(run for (run,) in rows)
