"""Opens databases of the state, and notes which journal and stores are used together."""

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
        TechnicalError: the database cannot be opened, is not of this kind, or is newer.
        CredentialsError: the database is on a server, and psycopg is not installed.
    """
    if isinstance(place, DatabaseSchema):
        try:
            from sgeflow.adapters.state.postgres import Postgres
        except ImportError as error:
            raise CredentialsError(_no_psycopg()) from error
        return Postgres(place, kind, patience=patience)
    from sgeflow.adapters.state.sqlite import Sqlite

    return Sqlite(place, kind, patience=patience)


def probe_server(place: DatabaseSchema) -> tuple[str, bool]:
    """The name of a server for messages, and whether its user may create the state there.

    Raises:
        TechnicalError: the server cannot be reached.
        CredentialsError: psycopg is not installed.
    """
    try:
        from sgeflow.adapters.state.postgres import ServerProbe
    except ImportError as error:
        raise CredentialsError(_no_psycopg()) from error
    no_kind = DatabaseKind(name="a state", mark=0, versions=())
    with closing(ServerProbe(place, no_kind, patience=5.0)) as server:
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
    """The value of a fact; empty if it is not noted."""
    row = connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return row[0] if row else ""


def note_fact(connection: SqlConnection, name: str, value: str) -> None:
    """Insert a fact, or replace its value."""
    connection.execute(
        "INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (name, value),
    )


def forget_fact(connection: SqlConnection, name: str) -> None:
    """Delete a fact."""
    connection.execute("DELETE FROM facts WHERE name = ?", (name,))


JOURNAL_NAME = "journal"
"""The name under which a store notes its journal; a journal notes stores by environment."""

_OWN_ID = "id"
_USED_WITH = "used with "  # followed by the name of the other database


class Pairing(Struct, frozen=True, kw_only=True):
    """The id of a journal or store, and the noted id of its counterpart."""

    id: str  # empty: it has never been paired
    counterpart: str  # empty: no counterpart is noted
    has_work: bool  # whether runs have written to it; true without a query if paired


class Paired:
    """An open journal or store, which notes its counterparts; use it in `with`."""

    _work: ClassVar[str]
    """A query that returns a row if runs have written to the database."""

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
        """The id of this database, and the noted id of the counterpart with this name."""
        with self._database.reading() as connection:
            own = read_fact(connection, _OWN_ID)
            counterpart = read_fact(connection, f"{_USED_WITH}{name}")
            work = counterpart or connection.execute(self._work).fetchone()
        return Pairing(id=own, counterpart=counterpart, has_work=bool(work))

    def counterparts(self) -> list[str]:
        """The names of the databases that this one is paired with."""
        query = "SELECT name FROM facts WHERE name > ? AND name < ?"
        rows = self._database.ask(query, (_USED_WITH, f"{_USED_WITH}\x7f"))
        return [name.removeprefix(_USED_WITH) for (name,) in rows]

    def pair_with(self, name: str, counterpart: str = "") -> str:
        """Note the id of a counterpart, unless it is empty; return the id of this database.

        The transaction creates a missing id, so two processes at once agree on one.
        """
        with self._database.writing(durable=True) as connection:
            own = read_fact(connection, _OWN_ID) or secrets.token_hex(16)
            note_fact(connection, _OWN_ID, own)
            if counterpart:
                note_fact(connection, f"{_USED_WITH}{name}", counterpart)
        return own

    def unpair(self, name: str) -> None:
        """Forget the counterpart with this name."""
        with self._database.writing(durable=True) as connection:
            forget_fact(connection, f"{_USED_WITH}{name}")


def read_pairings(journal: Paired, store: Paired, name: str) -> tuple[Pairing, Pairing]:
    """The pairing of a journal and that of a store.

    If the two do not match they are read again, because another process may have paired the
    databases between the two queries.
    """
    of_journal, of_store = journal.pairing(name), store.pairing(JOURNAL_NAME)
    if is_mismatch(of_journal, of_store):
        of_journal, of_store = journal.pairing(name), store.pairing(JOURNAL_NAME)
    return of_journal, of_store


def is_mismatch(journal: Pairing, store: Pairing) -> bool:
    """Whether a journal or a store was paired with another database than the given one.

    Early versions noted no ids. Their databases match, unless the journal is empty and runs have
    written to the store.
    """
    if journal.counterpart or store.counterpart:
        return journal.counterpart not in ("", store.id) or store.counterpart not in (
            "",
            journal.id,
        )
    return store.has_work and not journal.has_work


def pair(journal: Paired, store: Paired, name: str) -> None:
    """Note in a journal and a store that they are used together."""
    journal_id = journal.pair_with(name, store.pair_with(JOURNAL_NAME))
    store.pair_with(JOURNAL_NAME, journal_id)
