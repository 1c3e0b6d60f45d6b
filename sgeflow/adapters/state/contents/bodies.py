"""Contents that the journal keeps: each once, compressed, for all that name it.

A body is what a request, a reply, the listing of documents or the form of a run's steps says. It
is named by its number, and lives as long as something names it: whoever takes the last name away
releases it in the same transaction, so that nothing of a person outlasts its owner. Statements
are put together from names of our own alone (S608).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b

from sgeflow.adapters.state.database import SqlConnection
from sgeflow.values import Discreet

OWNERS = (
    ("runs", "documents"),
    ("runs", "steps"),
    ("runs", "attempts"),
    ("effects", "request"),
    ("effects", "answer"),
)
"""The columns that name bodies, by table."""

BODIES = """
CREATE TABLE bodies (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, content BLOB NOT NULL);
""" + ";\n".join(
    f"CREATE INDEX {table}_by_{column} ON {table} ({column}) WHERE {column} IS NOT NULL"
    for table, column in OWNERS
)
NUMBER = "(SELECT id FROM bodies WHERE digest = ?)"
"""The number of a body by its digest."""

_KEEP = "INSERT INTO bodies (digest, content) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING"


def _nobodys(*, but: str = "", of: tuple[tuple[str, str], ...] = ()) -> str:
    """Whether nothing names a body, `but` the rows of some owners that a condition holds for."""
    return " AND ".join(  # no NOT EXISTS: PostgreSQL would read all of a table for it
        f"(SELECT 1 FROM {table} WHERE {column} = bodies.id"  # noqa: S608
        f"{f' AND NOT ({but})' if (table, column) in of else ''} LIMIT 1) IS NULL"
        for table, column in OWNERS
    )


NOBODYS = _nobodys()
_FAST = 1  # zlib level: a reply is mostly the same tags, more effort gains little
_TOGETHER = 400  # bodies that are looked at in one statement


class Body(Discreet, frozen=True):
    """A content as it is kept, and what tells it from all others."""

    withheld = frozenset({"content"})

    digest: bytes
    content: bytes


def pack(content: bytes) -> Body:
    """A content, compressed."""
    compressed = zlib.compress(content, _FAST)
    return Body(digest_of(compressed), compressed)


@lru_cache(maxsize=8)
def pack_text(text: str) -> Body:
    """The same of a text that many runs name."""
    return pack(text.encode())


def digest_of(compressed: bytes) -> bytes:
    """What stands for a content, as it is kept."""
    return blake2b(compressed, digest_size=16).digest()


def unpack(content: bytes) -> bytes:
    """The content that was packed."""
    return zlib.decompress(content)


def keep(connection: SqlConnection, packed: Body) -> None:
    """Keep a content that something is about to name; one that is there costs nothing."""
    connection.execute(_KEEP, (packed.digest, packed.content))


def deletion_before(table: str, where: str, *columns: str) -> str:
    """The statement that deletes what columns of a row name, before they name something else.

    What others name as well stays, and so does the body of the digest `?4`. It is nothing that
    anybody would have to wait for.
    """
    named = ", ".join(f"(SELECT {column} FROM {table} WHERE {where})" for column in columns)  # noqa: S608
    others = _nobodys(but=where, of=tuple((table, column) for column in columns))
    return f"DELETE FROM bodies WHERE id IN ({named}) AND digest <> ?4 AND {others}"  # noqa: S608


def release_unnamed(connection: SqlConnection, packed: Body) -> None:
    """Delete a content that was kept for something which does not name it after all."""
    connection.execute(f"DELETE FROM bodies WHERE digest = ? AND {NOBODYS}", (packed.digest,))  # noqa: S608


def number_of(connection: SqlConnection, packed: Body) -> int | None:
    """The number of a content, or None when it is not kept."""
    row = connection.execute(f"SELECT {NUMBER}", (packed.digest,)).fetchone()
    return row[0] if row else None


def release(connection: SqlConnection, numbers: Iterable[int | None]) -> None:
    """Delete the bodies among these that nothing names any more."""
    some = sorted({number for number in numbers if number is not None})
    for start in range(0, len(some), _TOGETHER):
        part = some[start : start + _TOGETHER]
        marks = ", ".join("?" * len(part))
        connection.execute(f"DELETE FROM bodies WHERE id IN ({marks}) AND {NOBODYS}", part)  # noqa: S608


def sweep(connection: SqlConnection) -> int:
    """Delete every body that nothing names; how many there were."""
    released = connection.execute(f"DELETE FROM bodies WHERE {NOBODYS} RETURNING 1")  # noqa: S608
    return len(released.fetchall())
