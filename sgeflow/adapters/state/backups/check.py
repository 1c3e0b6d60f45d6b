"""Whether journal and stores are whole: pages, references, bodies and their digests.

Statements are put together from names of our own alone (S608).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sgeflow.adapters.state.backups.chunks import chunk_damages
from sgeflow.adapters.state.contents import bodies
from sgeflow.adapters.state.damage import UNREADABLE
from sgeflow.adapters.state.database import Database, DatabaseKind, SqlConnection
from sgeflow.adapters.state.journal_schema import JOURNAL
from sgeflow.adapters.state.locations import (
    SCHEMA,
    DatabaseLocation,
    DatabaseSchema,
    StateLocation,
)
from sgeflow.adapters.state.open import open_database
from sgeflow.adapters.state.store import STORE
from sgeflow.errors import TechnicalError
from sgeflow.messages import Message, say_count, verbatim

_OF_RUNS = ("effects", "results", "orders", "fleets")
ASIDE = "aside-"
"""How the folders begin that hold what a copy has taken the place of."""

_AT_ONCE = 500  # bodies that are read in one statement


def stores_of(home: StateLocation) -> list[tuple[str, DatabaseLocation]]:
    """The stores of a state, by environment; of a server the names may be cut."""
    if not isinstance(home.journal, DatabaseSchema):
        paths = sorted(home.folder.glob("[!.]*/store.db"))
        return [(path.parent.name, path) for path in paths if not is_aside(path.parent)]
    address, start = home.journal.address, f"{SCHEMA}_"
    with closing(open_database(home.journal, JOURNAL)) as database, database.reading() as link:
        rows = link.execute(
            "SELECT nspname FROM pg_namespace WHERE left(nspname, ?) = ? ORDER BY nspname",
            (len(start), start),
        ).fetchall()
    return [
        (name.removeprefix(start), DatabaseSchema(address=address, name=name)) for (name,) in rows
    ]


def is_aside(folder: Path) -> bool:
    """Whether a folder holds what a copy has taken the place of."""
    return folder.name.startswith(ASIDE)


def damages(place: DatabaseLocation, kind: DatabaseKind) -> tuple[Message, ...]:
    """What is wrong with a journal or a store, in words; none when it is whole.

    All of it is read: that takes its time.
    """
    try:
        database = open_database(place, kind)
    except TechnicalError as error:
        return (error.problems[0].message,)
    try:
        return tuple(_damages(database, kind))
    finally:
        database.close()


def _damages(database: Database, kind: DatabaseKind) -> Iterator[Message]:
    try:
        yield from map(verbatim, database.integrity())
        with database.reading() as connection:
            if kind is JOURNAL:
                yield from _references(connection)
                yield from _digests(connection)
            elif kind is STORE:
                yield from chunk_damages(connection)
    except TechnicalError as error:
        yield error.problems[0].message


def _references(connection: SqlConnection) -> Iterator[Message]:
    """Rows of runs that are not there, bodies without an owner, owners without their body."""
    for table in _OF_RUNS:
        lost = f"NOT EXISTS (SELECT 1 FROM runs WHERE runs.run = {table}.run)"  # noqa: S608
        if count := _count(connection, table, lost):
            yield say_count(
                "{count} row of {table} belongs to a run that is not there",
                "{count} rows of {table} belong to runs that are not there",
                count=count,
                table=table,
            )
    if count := _count(connection, "bodies", bodies.NOBODYS):
        yield say_count(
            "{count} body belongs to nothing", "{count} bodies belong to nothing", count=count
        )
    for table, column in bodies.OWNERS:
        lost = (
            f"{column} IS NOT NULL AND NOT EXISTS "  # noqa: S608
            f"(SELECT 1 FROM bodies WHERE bodies.id = {table}.{column})"
        )
        if count := _count(connection, table, lost):
            yield say_count(
                "{count} {column} of {table} is not there",
                "{count} {column} of {table} are not there",
                count=count,
                column=column,
                table=table,
            )


def _digests(connection: SqlConnection) -> Iterator[Message]:
    """Bodies that are not what their digest says, or cannot be read."""
    last, wrong = 0, 0
    while True:
        rows = connection.execute(
            "SELECT id, digest, content FROM bodies WHERE id > ? ORDER BY id LIMIT ?",
            (last, _AT_ONCE),
        ).fetchall()
        if not rows:
            break
        last = rows[-1][0]
        wrong += sum(not _is_whole(digest, content) for _, digest, content in rows)
    if wrong:
        yield say_count(
            "{count} body is not what its digest says",
            "{count} bodies are not what their digests say",
            count=wrong,
        )


def _is_whole(digest: bytes, content: bytes) -> bool:
    try:
        bodies.unpack(content)
    except UNREADABLE:
        return False
    return bodies.digest_of(content) == digest


def _count(connection: SqlConnection, table: str, where: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()  # noqa: S608
    return int(row[0])
