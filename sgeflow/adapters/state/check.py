"""Checks journal and stores for damage: pages, references, digests of bodies, chunks.

SQL statements contain only sgeflow's own names (S608).
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any

from sgeflow.adapters.state import contents
from sgeflow.adapters.state.database import UNREADABLE, DatabaseKind, SqlConnection
from sgeflow.adapters.state.journal import JOURNAL
from sgeflow.adapters.state.locations import SCHEMA, DatabaseLocation, DatabaseSchema, StateLocation
from sgeflow.adapters.state.measures import UNREADABLE_CHUNK, base_of, unpack
from sgeflow.adapters.state.open import open_database
from sgeflow.adapters.state.store import STORE
from sgeflow.errors import TechnicalError
from sgeflow.messages import Message, say, verbatim

_AT_ONCE = 500  # chunks or bodies in one statement
_KEYS = {"chunk": "series, number", "replaced": "series, chunk, number"}
"""The columns that identify a chunk, by table: its series and number first."""


def chunk_damages(connection: SqlConnection) -> Iterator[Message]:
    """Unreadable chunks, and measures of missing series, publications or runs."""
    spans: dict[int, int] = dict(connection.execute("SELECT id, span FROM series").fetchall())
    publications, authors = (
        {number for (number,) in connection.execute(query).fetchall()}
        for query in ("SELECT id FROM publication", "SELECT id FROM author")
    )
    lost: Counter[str] = Counter()
    for series, number, content in chain(_each(connection, "chunk"), _each(connection, "replaced")):
        span = spans.get(series, 1)
        base = base_of(number, span)
        try:
            chunk = unpack(content, base)
        except UNREADABLE_CHUNK:
            lost[""] += 1
            continue
        starts = chunk.measures.starts
        if series not in spans:
            lost["series"] += len(starts)
        elif not (chunk.measures.is_in_order and base <= starts[0] and starts[-1] < base + span):
            lost[""] += 1
        for first, end, origin in chunk.origins:
            if origin.publication and origin.publication not in publications:
                lost["publication"] += end - first
            if origin.author and origin.author not in authors:
                lost["run"] += end - first
    if unreadable := lost.pop("", 0):
        yield say("unreadable chunks of measures: {count:,}", count=unreadable)
    for what, count in sorted(lost.items()):
        yield say("measures of a missing {table}: {count:,}", count=count, table=what)


def _each(connection: SqlConnection, table: str) -> Iterator[tuple[int, int, bytes]]:
    """The series, number and content of all chunks, read in portions."""
    keys = _KEYS[table]
    width = len(keys.split(","))
    query = (
        f"SELECT {keys}, content FROM {table} "  # noqa: S608 - names of our own
        f"WHERE ({keys}) > ({', '.join('?' * width)}) ORDER BY {keys} LIMIT ?"
    )
    last: tuple[Any, ...] = (-(2**62),) * width  # less than any number
    while rows := connection.execute(query, (*last, _AT_ONCE)).fetchall():
        for row in rows:
            yield row[0], row[1], row[-1]
        last = tuple(rows[-1][:-1])


_OF_RUNS = ("effects", "results", "orders", "fleets")
ASIDE = "aside-"
"""The beginning of the names of folders that contain replaced files."""


def stores_of(home: StateLocation) -> list[tuple[str, DatabaseLocation]]:
    """The stores of a state, by environment; a server may cut the names."""
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
    """Whether a folder contains files that a restored copy has replaced."""
    return folder.name.startswith(ASIDE)


def damages(place: DatabaseLocation, kind: DatabaseKind) -> tuple[Message, ...]:
    """The damages of a journal or a store as messages; none if it is whole.

    The whole database is read, which takes time.
    """
    found: list[Message] = []
    try:
        with closing(open_database(place, kind)) as database:
            found += map(verbatim, database.integrity())
            with database.reading() as connection:
                if kind is JOURNAL:
                    found += _references(connection)
                    found += _digests(connection)
                elif kind is STORE:
                    found += chunk_damages(connection)
    except TechnicalError as error:
        found.append(error.problems[0].message)
    return tuple(found)


def _references(connection: SqlConnection) -> Iterator[Message]:
    """Rows of missing runs, bodies without an owner, and owners of missing bodies."""
    for table in _OF_RUNS:
        lost = f"NOT EXISTS (SELECT 1 FROM runs WHERE runs.run = {table}.run)"  # noqa: S608
        if count := _count(connection, table, lost):
            yield say("rows of {table} of a missing run: {count:,}", count=count, table=table)
    if count := _count(connection, "bodies", contents.NOBODYS):
        yield say("bodies that belong to nothing: {count:,}", count=count)
    for table, column in contents.OWNERS:
        lost = (
            f"{column} IS NOT NULL AND NOT EXISTS "  # noqa: S608
            f"(SELECT 1 FROM bodies WHERE bodies.id = {table}.{column})"
        )
        if count := _count(connection, table, lost):
            yield say(
                "missing {column} of {table}: {count:,}", count=count, column=column, table=table
            )


def _digests(connection: SqlConnection) -> Iterator[Message]:
    """Bodies that are unreadable or do not match their digest."""
    last, wrong = 0, 0
    query = "SELECT id, digest, content FROM bodies WHERE id > ? ORDER BY id LIMIT ?"
    while rows := connection.execute(query, (last, _AT_ONCE)).fetchall():
        last = rows[-1][0]
        wrong += sum(not _is_whole(digest, content) for _, digest, content in rows)
    if wrong:
        yield say("bodies that differ from their digest: {count:,}", count=wrong)


def _is_whole(digest: bytes, content: bytes) -> bool:
    try:
        contents.unpack(content)
    except UNREADABLE:
        return False
    return contents.digest_of(content) == digest


def _count(connection: SqlConnection, table: str, where: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchone()  # noqa: S608
    return int(row[0])
