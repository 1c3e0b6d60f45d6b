"""A database of the state opened where it is: a file, or a schema of a server."""

from __future__ import annotations

import secrets
from contextlib import closing
from typing import ClassVar, Self

from msgspec import Struct

from sgeflow.adapters.state.database import Database, DatabaseKind, SqlConnection
from sgeflow.adapters.state.locations import DatabaseLocation, DatabaseSchema
from sgeflow.errors import CredentialsError, Id, Problem
from sgeflow.messages import say


def open_database(
    place: DatabaseLocation, kind: DatabaseKind, *, patience: float = 30.0
) -> Database:
    """Open or create a database; `patience` is how many seconds to wait for another writer.

    Raises:
        TechnicalError: it cannot be opened, is not of this kind, or is newer.
        CredentialsError: it is on a server, and what speaks to it is not installed.
    """
    if isinstance(place, DatabaseSchema):
        try:
            from sgeflow.adapters.state.postgres import Postgres
        except ImportError as error:
            raise CredentialsError(_no_psycopg()) from error
        return Postgres(place, kind, patience=patience)
    from sgeflow.adapters.state.sqlite import Sqlite

    return Sqlite(place, kind, patience=patience)


def visit(place: DatabaseSchema) -> tuple[str, bool]:
    """A server as messages may show it, and whether its user may keep the state there.

    Raises:
        TechnicalError: it cannot be reached.
        CredentialsError: what speaks to it is not installed.
    """
    try:
        from sgeflow.adapters.state.postgres import ServerProbe
    except ImportError as error:
        raise CredentialsError(_no_psycopg()) from error
    nothing = DatabaseKind(name="a state", mark=0, versions=())
    with closing(ServerProbe(place, nothing, patience=5.0)) as server:
        return server.display_name, server.may_create()


def _no_psycopg() -> Problem:
    from sgeflow.adapters.extras import install_command

    return Problem(
        id=Id.SETTING,
        message=say("keeping the state in PostgreSQL needs the package `psycopg`"),
        details=(("remedy", install_command("postgres")),),
    )


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


JOURNAL_NAME = "journal"
"""The name of the journal among what a store is used with; stores go by their environments."""

_OWN_ID = "id"
_USED_WITH = "used with "  # and the name of the other


class Pairing(Struct, frozen=True, kw_only=True):
    """The id of a journal or a store, and the id of the other that it was used with."""

    id: str  # empty: it was used with none
    other: str
    has_work: bool  # runs have left something in it; not asked when the other is known


class Paired:
    """A journal or a store, open until the end of a `with` block, that notes its counterparts."""

    _work: ClassVar[str]
    """A question that has an answer when runs have left something."""

    def __init__(self, place: DatabaseLocation, kind: DatabaseKind, patience: float) -> None:
        self._database = open_database(place, kind, patience=patience)

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def pairing(self, name: str) -> Pairing:
        """The own id, and that of the journal or store of a name."""
        with self._database.reading() as connection:
            own = read_fact(connection, _OWN_ID)
            other = read_fact(connection, f"{_USED_WITH}{name}")
            work = other or connection.execute(self._work).fetchone()
        return Pairing(id=own, other=other, has_work=bool(work))

    def used_with(self) -> list[str]:
        """The names of those that it was used with."""
        query = "SELECT name FROM facts WHERE name > ? AND name < ?"
        rows = self._database.ask(query, (_USED_WITH, f"{_USED_WITH}\x7f"))
        return [name.removeprefix(_USED_WITH) for (name,) in rows]

    def use_with(self, name: str, other: str = "") -> str:
        """Note the id of what it is used with, where that is known; its own id.

        That is made now where it has none; another process may do so at the same moment.
        """
        with self._database.writing(durable=True) as connection:
            made = read_fact(connection, _OWN_ID) or secrets.token_hex(16)
            note_fact(connection, _OWN_ID, made)
            if other:
                note_fact(connection, f"{_USED_WITH}{name}", other)
        return made

    def part_from(self, name: str) -> None:
        """Forget that it was used with another."""
        with self._database.writing(durable=True) as connection:
            forget_fact(connection, f"{_USED_WITH}{name}")


def read_pairings(journal: Paired, store: Paired, name: str) -> tuple[Pairing, Pairing]:
    """The notes of a journal and a store of each other.

    Where they seem apart they are read again: another process may have paired them between one
    reading and the next.
    """
    own, beside = journal.pairing(name), store.pairing(JOURNAL_NAME)
    if are_apart(own, beside):
        own, beside = journal.pairing(name), store.pairing(JOURNAL_NAME)
    return own, beside


def are_apart(journal: Pairing, store: Pairing) -> bool:
    """Whether one of the two is not the one that the other was used with.

    Those of an sgeflow that noted no ids belong together, unless the journal is empty and runs have
    worked on the store.
    """
    if journal.other or store.other:
        return journal.other not in ("", store.id) or store.other not in ("", journal.id)
    return store.has_work and not journal.has_work


def pair(journal: Paired, store: Paired, name: str) -> None:
    """Note that a journal and a store are used together from now on."""
    own = journal.use_with(name, store.use_with(JOURNAL_NAME))
    store.use_with(JOURNAL_NAME, own)
