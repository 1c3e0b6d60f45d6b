"""A database of the state opened where it is: a file, or a schema of a server."""

from __future__ import annotations

from contextlib import closing
from types import TracebackType
from typing import Self

from sgeflow.adapters.state.database import Database, DatabaseKind
from sgeflow.adapters.state.locations import DatabaseLocation, DatabaseSchema
from sgeflow.errors import CredentialsError, Id, Problem
from sgeflow.messages import say


class OpenDatabase:
    """Something that is kept in a database of its own, open until the end of a `with` block."""

    def __init__(self, place: DatabaseLocation, kind: DatabaseKind, patience: float) -> None:
        self._database = open_database(place, kind, patience=patience)

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


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
