"""SQLite's side of the state: files, private, shared by threads and processes of one machine."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sgeflow.adapters.atomic_write import make_folder
from sgeflow.adapters.state.database import Database, DatabaseKind, Space, SqlConnection
from sgeflow.messages import from_table, os_error_text, say

_SETTING_UP = 10.0  # seconds to wait for another process that sets up the same file
_SPARE = 64 * 1024  # bytes; less is nothing to SQLite
_AT_ONCE = 250  # pages that are given back in one transaction
_REMEDIES = {
    sqlite3.SQLITE_FULL: (say("the disk is full"), say("free some space, then run again")),
    sqlite3.SQLITE_READONLY: (
        say("it may not be written"),
        say("give yourself write access to it"),
    ),
    sqlite3.SQLITE_PERM: (say("it may not be written"), say("give yourself write access to it")),
    sqlite3.SQLITE_AUTH: (say("it may not be written"), say("give yourself write access to it")),
    sqlite3.SQLITE_CANTOPEN: (
        say("it cannot be opened"),
        say("check that its folder exists and that you may write there"),
    ),
    sqlite3.SQLITE_BUSY: (
        say("another program holds it"),
        say("wait until the other run has ended, then run again"),
    ),
    sqlite3.SQLITE_LOCKED: (
        say("another program holds it"),
        say("wait until the other run has ended, then run again"),
    ),
    sqlite3.SQLITE_NOTADB: (
        say("it is not a database"),
        say("sgeflow state restore FOLDER brings a copy back; without one name another folder"),
    ),
    sqlite3.SQLITE_CORRUPT: (
        say("it is damaged"),
        say("sgeflow state check tells what of; sgeflow state restore FOLDER brings a copy back"),
    ),
    sqlite3.SQLITE_IOERR: (
        say("the disk gave an error"),
        say("check its space, the limit on file sizes and its health"),
    ),
}


class Sqlite(Database):
    """One SQLite file."""

    def __init__(self, path: Path, kind: DatabaseKind, *, patience: float) -> None:
        super().__init__(kind)
        self._path = path
        self._durable = True
        self._synced = False  # others may have written before, too
        with self._translate_errors():
            _create(path)
            self._connection = sqlite3.connect(
                path, timeout=patience, isolation_level=None, check_same_thread=False
            )
        try:
            with self._translate_errors():
                self._set_up()
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the connection; the last one also folds the log into the file."""
        with self._lock:
            self._connection.close()

    def now(self, connection: SqlConnection) -> float:  # noqa: ARG002 - all are on this machine
        """The time of the one machine that a file is on."""
        return time.time()

    def sync(self) -> None:
        """A durable commit takes with it all that stands before it in the log."""
        with self._lock:
            if not self._synced:
                with self.writing(durable=True) as connection:  # it must write something
                    connection.execute(f"PRAGMA user_version={self._version(self._connection)}")
                self._synced = True

    def forget_deleted(self) -> None:
        """Take deleted rows out of the log and give their space back; best effort while shared."""
        with self._lock, self._translate_errors():
            spare = self._number("freelist_count")
            while spare:  # in portions: each goes through the log
                self._connection.executescript(f"PRAGMA incremental_vacuum({_AT_ONCE})")
                before, spare = spare, self._number("freelist_count")
                if spare >= before:
                    break
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def integrity(self) -> list[str]:
        """What SQLite finds wrong with the file."""
        with self._lock, self._translate_errors():
            rows = self._connection.execute("PRAGMA integrity_check(20)").fetchall()
        return [text for (text,) in rows if text != "ok"]

    def space(self) -> Space:
        """The file with its log; free pages are used again before it grows."""
        with self._lock, self._translate_errors():
            spare = self._number("freelist_count") * self._number("page_size")
        files = (self._path, self._path.with_name(f"{self._path.name}-wal"))
        return Space(sum(file.stat().st_size for file in files if file.exists()), spare)

    @contextmanager
    def _transaction(self, *, writes: bool, durable: bool) -> Iterator[SqlConnection]:
        try:
            self._begin(writes=writes, durable=durable)
            yield self._connection
            self._connection.execute("COMMIT" if writes else "ROLLBACK")
        except BaseException:
            with suppress(sqlite3.Error):  # some errors have rolled back already
                self._connection.execute("ROLLBACK")
            raise

    def _begin(self, *, writes: bool, durable: bool) -> None:
        connection = self._connection
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if writes and durable is not self._durable:
            connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
            self._durable = durable
        if writes:
            self._synced = False
        connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")

    # -- the file ---------------------------------------------------------------------------------

    def _set_up(self) -> None:
        connection = self._connection
        # deleted measures and answers are a person's: nothing of them stays in free pages
        connection.execute("PRAGMA secure_delete=ON")
        connection.execute("PRAGMA cache_size=-16384")
        connection.execute("BEGIN")  # mark and tables as of one moment: another may make them
        self._look(connection)
        connection.execute("COMMIT")
        if self._version(connection) != self._kind.version:
            connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
        self._log_ahead(connection)
        if self._version(connection) != self._kind.version:
            self._upgrade()

    def _log_ahead(self, connection: sqlite3.Connection) -> None:
        """Switch to write-ahead logging; the busy timeout does not cover this one statement."""
        until = time.monotonic() + _SETTING_UP
        while True:
            try:
                connection.execute("PRAGMA journal_mode=WAL")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
                time.sleep(0.01)
            else:
                return

    def _upgrade(self) -> None:
        with self.writing(durable=True) as connection:
            self._look(self._connection)
            for statement in self._kind.statements(self._version(self._connection)):
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id={self._kind.mark}")
            connection.execute(f"PRAGMA user_version={self._kind.version}")

    def _look(self, connection: sqlite3.Connection) -> None:
        (mark,) = connection.execute("PRAGMA application_id").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        self._check_kind(mark, self._version(connection), is_new=not mark and not tables)

    def _number(self, pragma: str) -> int:
        number: int = self._connection.execute(f"PRAGMA {pragma}").fetchone()[0]
        return number

    @staticmethod
    def _version(connection: sqlite3.Connection) -> int:
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
        return version

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            # the low byte is the cause, the rest tells where in SQLite it was met
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code == sqlite3.SQLITE_IOERR and self._is_full():
                code = sqlite3.SQLITE_FULL
            why, remedy = _REMEDIES.get(
                code, (from_table(str(error)), say("run again; tell us when it stays"))
            )
            raise self._error(why, remedy) from error
        except OSError as error:
            raise self._error(
                os_error_text(error, "it cannot be opened"),
                say("check its folder and your rights"),
            ) from error

    def _is_full(self) -> bool:
        """Whether an error of the disk is one of space: what is shared in memory tells no more."""
        with suppress(OSError):
            return shutil.disk_usage(self._path.parent).free < _SPARE
        return False

    @property
    def _display_name(self) -> str:
        return str(self._path)


def _create(path: Path) -> None:
    """Make the folder and the file for their owner alone, before anything is written."""
    make_folder(path.parent)
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        if path.stat().st_mode & 0o077:
            with suppress(PermissionError):  # another's file: its owner decides
                path.chmod(0o600)
