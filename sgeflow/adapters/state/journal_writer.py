"""How the journal writes: at once, or with the next transaction for notes that may wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sgeflow.adapters.state.database import DatabaseKind, SqlConnection
from sgeflow.adapters.state.locations import DatabaseLocation
from sgeflow.adapters.state.open import OpenDatabase


class JournalWriter(OpenDatabase):
    """A database with notes that may wait for the next transaction."""

    def __init__(self, place: DatabaseLocation, kind: DatabaseKind, patience: float) -> None:
        super().__init__(place, kind, patience)
        self._waiting: list[Callable[[SqlConnection], object]] = []

    def close(self) -> None:
        """Write what waits, and close the database."""
        try:
            self._flush()
        finally:
            super().close()

    @contextmanager
    def _writing(self, *, durable: bool = False) -> Iterator[SqlConnection]:
        """A transaction that begins with the waiting notes; they wait on when it fails."""
        with self._database.alone():
            with self._database.writing(durable=durable) as connection:
                for note in self._waiting:
                    note(connection)
                yield connection
            self._waiting.clear()

    @contextmanager
    def _reading(self) -> Iterator[SqlConnection]:
        self._flush()
        with self._database.reading() as connection:
            yield connection

    def _ask(self, statement: str, values: Sequence[Any]) -> list[Any]:
        """The rows of one question."""
        self._flush()
        return self._database.ask(statement, values)

    def _flush(self) -> None:
        if self._waiting:
            with self._writing():
                pass

    def _later(self, note: Callable[[SqlConnection], object]) -> None:
        """Write with the next transaction; lost with this process, a run that goes on notes it."""
        with self._database.alone():
            self._waiting.append(note)
