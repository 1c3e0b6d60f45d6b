"""A database of documents with revisions, as CouchDB keeps one.

Take `lock` around several steps.
"""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any

from sgeflow.simulator.databases.mango import is_served, matches

StoredDocument = dict[str, Any]
CONFLICT = {"error": "conflict", "reason": "Document update conflict."}


class CouchDatabase:
    """Documents by id, each with the revisions that it had; what is deleted leaves a last one."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.indexes: list[tuple[str, ...]] = []
        self._revisions: dict[str, list[StoredDocument]] = {}

    def read(self, number: str, revision: str = "") -> StoredDocument | None:
        """A document as it is, or was in a revision; None when it is not there or was deleted."""
        revisions = self._revisions.get(number, [])
        if revision:
            earlier = next((one for one in revisions if one["_rev"] == revision), None)
            return copy.deepcopy(earlier)
        return copy.deepcopy(revisions[-1]) if revisions and _is_alive(revisions[-1]) else None

    def write(self, document: Mapping[str, Any]) -> str | None:
        """Put a document in and give its revision; None is a conflict.

        A new one has no `_rev`, one that is there has its last.
        """
        number = str(document["_id"])
        with self.lock:
            revisions = self._revisions.setdefault(number, [])
            last = revisions[-1]["_rev"] if revisions and _is_alive(revisions[-1]) else None
            if document.get("_rev") != last:
                return None
            count = int(revisions[-1]["_rev"].partition("-")[0]) + 1 if revisions else 1
            text = json.dumps(document, sort_keys=True).encode()
            revision = f"{count}-{blake2b(text, digest_size=16).hexdigest()}"
            revisions.append({**copy.deepcopy(dict(document)), "_rev": revision})
            return revision

    def write_all(self, documents: Sequence[Mapping[str, Any]]) -> list[StoredDocument]:
        """Put each in for itself, and say of each in its turn how it went: no transaction."""
        answers: list[StoredDocument] = []
        for document in documents:
            number = str(document["_id"])
            revision = self.write(document)
            outcome = CONFLICT if revision is None else {"ok": True, "rev": revision}
            answers.append({"id": number, **outcome})
        return answers

    def documents(self) -> list[StoredDocument]:
        """All that are there, by id; whoever changes one changes nothing here."""
        return [copy.copy(one) for one in self._alive()]

    def find(self, selector: Mapping[str, Any]) -> list[StoredDocument] | None:
        """Those that a selector chooses, by id; None when no index serves it."""
        index = next((one for one in self.indexes if is_served(selector, one)), None)
        if index is None:
            return None
        return [
            copy.copy(one)
            for one in self._alive()
            if all(name in one for name in index) and matches(selector, one)
        ]

    def add_index(self, fields: Sequence[str]) -> bool:
        """Make an index of some fields; False when it is there."""
        with self.lock:
            if tuple(fields) in self.indexes:
                return False
            self.indexes.append(tuple(fields))
            return True

    def _alive(self) -> Iterator[StoredDocument]:
        for _, revisions in sorted(self._revisions.items()):
            if revisions and _is_alive(revisions[-1]):
                yield revisions[-1]


class Databases:
    """Databases by name."""

    def __init__(self) -> None:
        self._databases: dict[str, CouchDatabase] = {}
        self._lock = threading.RLock()

    def documents(self, name: str) -> list[StoredDocument]:
        """The documents of a database, by id; none when it is not there."""
        database = self._databases.get(name)
        return database.documents() if database else []


def _is_alive(document: Mapping[str, Any]) -> bool:
    return not document.get("_deleted")
