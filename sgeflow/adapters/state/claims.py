"""Which run works on what a flow remembers under a key: one at a time, on all machines.

A claim stays when its run ends: it says who worked there last, and a run that is gone on with sees
whether that is still itself. Keys stand here as digests: what was forgotten is named nowhere.
"""

from __future__ import annotations

from sgeflow.adapters.state.database import SqlConnection

CLAIMS = "CREATE TABLE claims (thing TEXT PRIMARY KEY, run TEXT NOT NULL) WITHOUT ROWID"


def claim(connection: SqlConnection, thing: str, run: str, *, over: str = "") -> str:
    """Claim a thing that nobody has claimed, or the run `over` alone; whose it is then."""
    holder = holder_of(connection, thing)
    if holder and holder not in (run, over):
        return holder
    if holder != run:
        connection.execute(
            "INSERT INTO claims VALUES (?, ?) ON CONFLICT (thing) DO UPDATE SET run = excluded.run",
            (thing, run),
        )
    return run


def holder_of(connection: SqlConnection, thing: str) -> str:
    """The run that claimed a thing last; empty where none has."""
    row = connection.execute("SELECT run FROM claims WHERE thing = ?", (thing,)).fetchone()
    return "" if row is None else str(row[0])
