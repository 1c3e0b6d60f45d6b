"""The documents that runs were begun with, in the journal: each text once, for all runs."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache

from sgeflow.adapters.state.contents.bodies import unpack
from sgeflow.adapters.state.damage import UNREADABLE
from sgeflow.adapters.state.database import SqlConnection

TEXTS = "CREATE TABLE texts (digest TEXT PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID"
_FAST = 1  # zlib level: each text stands there once, and who runs first waits for all of them
_PACKED = 256  # texts that are held packed, for runs in states of their own: those of flow tests
_TOGETHER = 400  # digests that are looked for in one statement


def keep(connection: SqlConnection, texts: Mapping[str, str]) -> None:
    """Keep texts by their digests; those that are there cost nothing."""
    known = _digests_there(connection, tuple(texts))
    for digest, text in texts.items():
        if digest not in known:
            connection.execute(
                "INSERT INTO texts VALUES (?, ?) ON CONFLICT (digest) DO NOTHING",
                (digest, _pack(text)),
            )


@lru_cache(maxsize=_PACKED)
def _pack(text: str) -> bytes:
    return zlib.compress(text.encode(), _FAST)


def _digests_there(connection: SqlConnection, digests: Sequence[str]) -> set[str]:
    known = set()
    for start in range(0, len(digests), _TOGETHER):
        part = digests[start : start + _TOGETHER]
        marks = ", ".join("?" * len(part))
        rows = connection.execute(f"SELECT digest FROM texts WHERE digest IN ({marks})", part)  # noqa: S608
        known |= {digest for (digest,) in rows}
    return known


def find(connection: SqlConnection, digests: Collection[str]) -> dict[str, str]:
    """The texts of digests, as far as they were kept."""
    texts = {}
    for digest in digests:
        row = connection.execute("SELECT content FROM texts WHERE digest = ?", (digest,)).fetchone()
        if row is not None:
            with suppress(*UNREADABLE):  # they only show what was changed
                texts[digest] = zlib.decompress(row[0]).decode()
    return texts


def forget(connection: SqlConnection) -> None:
    """Delete the texts that no run was begun with, by the listings of documents that runs name."""
    listings = connection.execute(
        "SELECT content FROM bodies WHERE id IN "
        "(SELECT documents FROM runs WHERE documents IS NOT NULL)"
    ).fetchall()
    used = set()
    for (content,) in listings:
        try:
            lines = unpack(content).decode().splitlines()
        except UNREADABLE:  # nobody knows which ones it names: all of them stay
            return
        used |= {line.rpartition(" ")[2] for line in lines}
    for (digest,) in connection.execute("SELECT digest FROM texts").fetchall():
        if digest not in used:
            connection.execute("DELETE FROM texts WHERE digest = ?", (digest,))
