"""How the journal writes: at once, or with the next transaction for notes that may wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sgeflow.adapters.state.database import DatabaseKind, SqlConnection
from sgeflow.adapters.state.locations import DatabaseLocation
from sgeflow.adapters.state.open import OpenDatabase

JournalNote = Callable[[SqlConnection], Callable[[], object] | None]
"""Writes something within a transaction; what it gives is done at the end of that, if anything."""


class JournalWriter(OpenDatabase):
    """A database with notes that may wait for the next transaction."""

    def __init__(self, place: DatabaseLocation, kind: DatabaseKind, patience: float) -> None:
        super().__init__(place, kind, patience)
        self._place = place
        self._waiting: list[JournalNote] = []

    def close(self) -> None:
        """Write what waits, and close the database."""
        try:
            self._flush()
        finally:
            super().close()

    @contextmanager
    def _writing(self, *, durable: bool = False) -> Iterator[SqlConnection]:
        """A transaction that begins with the waiting notes; they wait on when it fails.

        What a note leaves for the end is done at the end: nothing is waited for before.
        """
        with self._database.alone():
            with self._database.writing(durable=durable) as connection:
                rest = [note(connection) for note in self._waiting]
                yield connection
                for act in filter(None, rest):
                    act()
            self._waiting.clear()

    @contextmanager
    def _reading(self) -> Iterator[SqlConnection]:
        self._flush()
        with self._database.reading() as connection:
            yield connection

    def _flush(self) -> None:
        if self._waiting:
            with self._writing():
                pass

    def _later(self, note: JournalNote) -> None:
        """Write with the next transaction; lost with this process, a run that goes on notes it."""
        with self._database.alone():
            self._waiting.append(note)
