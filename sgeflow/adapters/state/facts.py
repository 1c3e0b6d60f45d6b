"""What is true of a journal or a store as a whole: a table of names and values."""

from __future__ import annotations

from sgeflow.adapters.state.database import SqlConnection

FACTS = "CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"


def read_fact(connection: SqlConnection, name: str) -> str:
    """The fact of a name; empty when there is none."""
    row = connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return row[0] if row else ""


def note_fact(connection: SqlConnection, name: str, value: str) -> None:
    """Note a fact in the place of what was noted under its name."""
    connection.execute(
        "INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )


def forget_fact(connection: SqlConnection, name: str) -> None:
    """Forget the fact of a name."""
    connection.execute("DELETE FROM facts WHERE name = ?", (name,))
