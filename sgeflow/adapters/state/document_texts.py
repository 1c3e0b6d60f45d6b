"""The documents that runs were begun with, in the journal: each text once, for all runs."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Mapping
from contextlib import suppress

from sgeflow.adapters.state.damage import UNREADABLE
from sgeflow.adapters.state.database import SqlConnection

TEXTS = "CREATE TABLE texts (digest TEXT PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID"
_BEST = 9  # zlib level: a text is written once and read hardly ever


def keep(connection: SqlConnection, texts: Mapping[str, str]) -> None:
    """Keep texts by their digests; those that are there cost nothing."""
    known = {digest for (digest,) in connection.execute("SELECT digest FROM texts").fetchall()}
    for digest, text in texts.items():
        if digest not in known:
            connection.execute(
                "INSERT INTO texts VALUES (?, ?) ON CONFLICT (digest) DO NOTHING",
                (digest, zlib.compress(text.encode(), _BEST)),
            )


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
    """Delete the texts that no run was begun with."""
    used = {
        line.rpartition(" ")[2]
        for (documents,) in connection.execute("SELECT DISTINCT documents FROM runs").fetchall()
        for line in documents.splitlines()
    }
    for (digest,) in connection.execute("SELECT digest FROM texts").fetchall():
        if digest not in used:
            connection.execute("DELETE FROM texts WHERE digest = ?", (digest,))
