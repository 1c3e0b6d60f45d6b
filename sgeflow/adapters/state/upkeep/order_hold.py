"""Orders of a state that was brought back from a copy: held until a person has looked.

An older copy knows fewer orders than were sent. What it does not know of would be ordered once
more, so nothing is ordered until somebody has said since when.
"""

from __future__ import annotations

from sgeflow.adapters.state.database import SqlConnection
from sgeflow.adapters.state.journal_writer import JournalWriter
from sgeflow.errors import GuardError, Id, Problem
from sgeflow.messages import say

FACTS = "CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"
"""What is true of a journal as a whole: a table of names and values."""

_NAME = "orders held since"
_VALUE = "SELECT value FROM facts WHERE name = ?"


class OrderHold(JournalWriter):
    """Whether orders of a journal are held, and since when it may not know them."""

    def held_since(self) -> str:
        """The instant of the copy that the journal was brought back from; empty: none is held."""
        with self._reading() as connection:
            return held_since(connection)

    def hold_orders(self, since: str) -> None:
        """Let no order leave until `let_orders_go`."""
        with self._writing(durable=True) as connection:
            connection.execute(
                "INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET "
                "value = excluded.value",
                (_NAME, since),
            )

    def let_orders_go(self) -> None:
        """A person has looked at what was ordered since."""
        with self._writing(durable=True) as connection:
            connection.execute("DELETE FROM facts WHERE name = ?", (_NAME,))


def held_since(connection: SqlConnection) -> str:
    """The instant since which orders may be missing; empty when none may."""
    row = connection.execute(_VALUE, (_NAME,)).fetchone()
    return row[0] if row else ""


def check_not_held(connection: SqlConnection) -> None:
    """Raise GuardError when orders are held."""
    since = held_since(connection)
    if since:
        message = say(
            "this state was brought back from a copy of {since}: what was ordered since then it"
            " may not know, and orders are held",
            since=since,
        )
        do = say(
            "look at sgeflow orders, and at Enedis, for what was ordered since; then sgeflow state"
            " release --since {since}",
            since=since,
        )
        raise GuardError(Problem(id=Id.GUARD, message=message, details=(("do", do),)))
