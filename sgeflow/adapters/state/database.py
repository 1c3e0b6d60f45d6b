"""Databases of the state, independent of their kind: transactions, versions, and one SQL for all.

Statements are written once, in the SQL that SQLite and PostgreSQL share, with `?` or `?1` for
values and SQLite's types of columns. `sqlite.py` and `postgres.py` translate them.
"""

import zlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from threading import RLock
from typing import Any, Protocol

from msgspec import Struct

from sgeflow.errors import Id, TechnicalError
from sgeflow.messages import Message, from_table, say


class DiskFull(TechnicalError):
    """The disk is full; nothing of the transaction was written."""


class DatabaseKind(Struct, frozen=True, kw_only=True):
    """A kind of database: its name in messages, its mark, and the scripts of its tables.

    `versions` has one script for each schema version, beginning with the `first` version that can
    still be read. A released script never changes.
    """

    name: str
    mark: int
    versions: tuple[str, ...]
    first: int = 1

    @property
    def version(self) -> int:
        """The schema version after all scripts."""
        return self.first + len(self.versions) - 1

    def statements(self, version: int) -> Iterator[str]:
        """The statements that update a database from a version; 0 is a new database."""
        for script in self.versions[max(0, version - self.first + 1) :]:
            yield from filter(str.strip, script.split(";"))


class Space(Struct, frozen=True):
    """The bytes of a database on the disk, and how many of them are free within it."""

    size: int
    spare: int


class SqlRows(Protocol):
    """The rows of a statement; for a statement that changes rows, those of `RETURNING`.

    Reading them may wait for a server, so independent statements should be executed before.
    """

    def fetchone(self) -> Any:
        """The next row, or None."""

    def fetchall(self) -> list[Any]:
        """All remaining rows."""

    def __iter__(self) -> Iterator[Any]: ...


class SqlConnection(Protocol):
    """A connection that executes statements in a transaction."""

    def execute(self, statement: str, values: Sequence[Any] = ..., /) -> SqlRows:
        """Execute a statement."""


class Database(ABC):
    """A database with one connection, which threads use one after the other."""

    def __init__(self, kind: DatabaseKind) -> None:
        self._kind = kind
        self._lock = RLock()
        self._busy = False

    @abstractmethod
    def close(self) -> None:
        """Close the connection."""

    def alone(self) -> AbstractContextManager[object]:
        """Block other threads without a transaction."""
        return self._lock

    def writing(self, *, durable: bool = False) -> AbstractContextManager[SqlConnection]:
        """A transaction that is committed completely or not at all; other writers wait for its end.

        It holds its turn from the first answer on, so only values that it has read itself are safe.
        A committed transaction survives the end of this process. A `durable` one is on the disk at
        the end of the block, with all earlier ones, and survives the end of the machine.
        """
        return self._alone_in(writes=True, durable=durable)

    def reading(self) -> AbstractContextManager[SqlConnection]:
        """A consistent view, which does not see later writes."""
        return self._alone_in(writes=False, durable=False)

    def ask(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        """The rows of one query, as of one moment."""
        with self.reading() as connection:
            return connection.execute(statement, values).fetchall()

    @abstractmethod
    def now(self, connection: SqlConnection) -> float:
        """The time by the database's clock, in epoch seconds."""

    @abstractmethod
    def sync(self) -> None:
        """Ensure that all earlier commits reach the disk before later ones."""

    @abstractmethod
    def forget_deleted(self, *, spare: int = 0) -> None:
        """Remove the content of deleted rows and free their space, if possible.

        Up to `spare` free pages stay for later writes.
        """

    def integrity(self) -> list[str]:
        """The damages of the pages in SQLite's words; a server checks its own."""
        return []

    @abstractmethod
    def space(self) -> Space:
        """The disk space of the database."""

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
        """A transaction that works even if an interrupt left an earlier one open.

        It is committed, or the reading ends, after the block; it is rolled back if the block
        raises.
        """

    @abstractmethod
    def _translate_errors(self) -> AbstractContextManager[None]:
        """Translate the library's errors into sgeflow's."""

    @property
    @abstractmethod
    def display_name(self) -> str:
        """The place of the database for messages."""

    def _check_kind(self, mark: int, version: int, *, is_new: bool) -> None:
        """Refuse a database of another kind, or one that a newer sgeflow wrote."""
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
                shown=self.display_name,
                why=why,
            ),
            remedy,
        )


def storage_error(message: Message, remedy: str) -> TechnicalError:
    """The error about a file or database, with a remedy."""
    return TechnicalError.of(Id.STORAGE, message, details=(("remedy", remedy),))


UNREADABLE = (zlib.error, ValueError, LookupError, TypeError, AttributeError)
"""The exceptions of decoding bytes or words that this sgeflow did not write."""


@contextmanager
def decoding(run: str, what: Message) -> Iterator[None]:
    """Translate errors of decoding the stored data of a run; the block must not execute SQL.

    Raises:
        TechnicalError: the data of that run cannot be decoded.
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
