"""What a database of the state is, whatever keeps it: kinds, transactions, and one SQL for all.

Statements are written once, in the SQL that SQLite and PostgreSQL share, with `?` or `?1` for
values and SQLite's words for the types of columns. Each has a room of its own that makes its
dialect of them: `sqlite.py`, `postgres.py`.
"""

from __future__ import annotations

import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from threading import RLock
from typing import Any, Protocol

from msgspec import Struct

from sgeflow.errors import Id, Problem, TechnicalError
from sgeflow.messages import Message, from_table, say


class DiskFull(TechnicalError):
    """The disk is full; nothing of the transaction was written."""


class DatabaseKind(Struct, frozen=True, kw_only=True):
    """A kind of database: its name in messages, its mark, and its tables over time.

    `versions` are scripts, one a schema version from the `first` one that is still read; a script
    once released never changes.
    """

    name: str
    mark: int
    versions: tuple[str, ...]
    first: int = 1

    @property
    def version(self) -> int:
        """The schema version that the scripts come to."""
        return self.first + len(self.versions) - 1

    def statements(self, version: int) -> Iterator[str]:
        """The statements that bring a database of a version, 0 of a new one, up to this one."""
        for script in self.versions[max(0, version - self.first + 1) :]:
            yield from filter(str.strip, script.split(";"))


class Space(Struct, frozen=True):
    """The bytes that a database takes of the disk, and how many of them are free within it."""

    size: int
    spare: int


class SqlRows(Protocol):
    """The rows that a statement gave; one that changes rows gives them by `RETURNING`.

    To ask for it may be a way to a server and back, so what can be sent first is.
    """

    def fetchone(self) -> Any:
        """The next row, or None."""

    def fetchall(self) -> list[Any]:
        """All rows that are left."""

    def __iter__(self) -> Iterator[Any]: ...


class SqlConnection(Protocol):
    """A connection that executes statements inside a transaction."""

    def execute(self, statement: str, values: Sequence[Any] = ..., /) -> SqlRows:
        """Carry a statement out."""


class Database(ABC):
    """A database and one connection to it, which threads use one after the other."""

    def __init__(self, kind: DatabaseKind) -> None:
        self._kind = kind
        self._lock = RLock()
        self._busy = False

    @abstractmethod
    def close(self) -> None:
        """Close the connection."""

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep the other threads out, without a transaction."""
        with self._lock:
            yield

    def writing(self, *, durable: bool = False) -> AbstractContextManager[SqlConnection]:
        """A transaction: all of it or nothing; other writers, of all processes, wait for its end.

        Its turn has come when the first answer has: nothing but what is read in it relies on that.
        It always survives the end of this process; a `durable` one is on the disk, with all that
        went before it, when the block ends, and survives the end of the machine.
        """
        return self._alone_in(writes=True, durable=durable)

    def reading(self) -> AbstractContextManager[SqlConnection]:
        """A consistent view: what others write meanwhile is not seen."""
        return self._alone_in(writes=False, durable=False)

    def ask(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        """The rows of one question, all as of one moment."""
        with self.reading() as connection:
            return connection.execute(statement, values).fetchall()

    @abstractmethod
    def now(self, connection: SqlConnection) -> float:
        """The time by the clock of whoever shares the database, in epoch seconds."""

    @abstractmethod
    def sync(self) -> None:
        """See that all that was committed before is on the disk before what is committed later."""

    @abstractmethod
    def forget_deleted(self, *, spare: int = 0) -> None:
        """Leave nothing of deleted rows, and give back their space, where it can; best effort.

        Up to `spare` free pages may stay for what is written next.
        """

    def integrity(self) -> list[str]:
        """The damages of its pages, in SQLite's words; a server sees to its own."""
        return []

    @abstractmethod
    def space(self) -> Space:
        """The space that it takes of the disk."""

    @contextmanager
    def _alone_in(self, *, writes: bool, durable: bool) -> Iterator[SqlConnection]:
        with self._lock, self._translate_errors():
            if self._busy:
                raise RuntimeError("a transaction within another")
            self._busy = True
            try:
                with self._transaction(writes=writes, durable=durable) as connection:
                    yield connection
            finally:
                self._busy = False

    @abstractmethod
    def _transaction(self, *, writes: bool, durable: bool) -> AbstractContextManager[SqlConnection]:
        """A transaction, whatever an interrupt between two statements has left open.

        It is committed, or of a reading one ended, behind the block; undone when that raises.
        """

    @abstractmethod
    def _translate_errors(self) -> AbstractContextManager[None]:
        """Turns the library's errors into ours."""

    @property
    @abstractmethod
    def _display_name(self) -> str:
        """The place of the database for messages."""

    def _check_kind(self, mark: int, version: int, *, is_new: bool) -> None:
        """Refuse what is not of this kind, or was written by a newer sgeflow."""
        if mark != self._kind.mark and not is_new:
            raise self._error(
                say("it is a database, but not {kind}", kind=from_table(self._kind.name)),
                say("name another place for the state"),
            )
        known = self._kind.version
        if not is_new and version < self._kind.first:
            raise self._error(
                say(
                    "it was written by an older sgeflow (schema {version}, this one reads "
                    "{first} and later)",
                    version=version,
                    first=self._kind.first,
                ),
                say(
                    "use the older sgeflow to settle the orders that sgeflow orders lists; "
                    "then name another place for the state, run again, and keep delivered "
                    "files with sgeflow decode --again"
                ),
            )
        if version > known:
            raise self._error(
                say(
                    "it was written by a newer sgeflow (schema {version}, this one knows {known})",
                    version=version,
                    known=known,
                ),
                say("upgrade sgeflow, or name another place for the state"),
            )

    def _error(self, why: str, remedy: str) -> TechnicalError:
        return storage_error(
            say(
                "{kind} {shown} cannot be used: {why}",
                kind=from_table(self._kind.name),
                shown=self._display_name,
                why=why,
            ),
            remedy,
        )


def storage_error(message: Message, remedy: str) -> TechnicalError:
    """The error for a file or database, with what a person can do."""
    return TechnicalError(Problem(id=Id.STORAGE, message=message, details=(("remedy", remedy),)))


UNREADABLE = (zlib.error, ValueError, LookupError, TypeError, AttributeError)
"""What decoding raises for bytes and words that this sgeflow did not write."""


@contextmanager
def decoding(run: str, what: Message) -> Iterator[None]:
    """Something that is kept of a run is decoded within it; no SQL is.

    Raises:
        TechnicalError: it cannot be, and belongs to that run.
    """
    try:
        yield
    except UNREADABLE:
        message = say(
            "the journal cannot read {what} of run {run}",
            what=what,
            run=run,
        )
        remedy = say(
            "use the sgeflow that wrote it, or restore a copy of the state (sgeflow state "
            "restore); otherwise check sgeflow orders and begin a new run; other runs are not "
            "affected"
        )
        raise storage_error(message, remedy) from None
