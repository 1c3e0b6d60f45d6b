"""State in SQLite files: private files that threads and processes of one machine share."""

import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from weakref import WeakSet

from sgeflow.adapters.atomic_write import make_file
from sgeflow.adapters.state.database import Database, DatabaseKind, DiskFull, Space, SqlConnection
from sgeflow.errors import TechnicalError
from sgeflow.messages import from_table, os_error_text, say

_SETTING_UP = 10.0  # seconds to wait for another process that sets up the same file
_SPARE = 64 * 1024  # bytes; less free disk space counts as a full disk
_AT_ONCE = 250  # free pages that one transaction returns to the system
_TIDYING = 1000  # ms to wait for readers; after that, the write-ahead log stays for the next time
_REMEDIES = {
    sqlite3.SQLITE_FULL: (say("the disk is full"), say("free some space, then run again")),
    **dict.fromkeys(
        (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH),
        (say("it is not writable"), say("give yourself write access to it")),
    ),
    sqlite3.SQLITE_CANTOPEN: (
        say("it cannot be opened"),
        say("check its folder, your rights and the disk space"),
    ),
    **dict.fromkeys(
        (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED),
        (say("another program has locked it"), say("run again when the other run has ended")),
    ),
    sqlite3.SQLITE_NOTADB: (
        say("it is not a database"),
        say("sgeflow state restore FOLDER restores a copy; without a copy, name another folder"),
    ),
    sqlite3.SQLITE_CORRUPT: (
        say("it is damaged"),
        say("sgeflow state check shows the damage; sgeflow state restore FOLDER restores a copy"),
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
        self._patience = int(patience * 1000)  # ms
        self._durable = True
        self._synced = False  # other processes may have written without a sync
        self._refusal: TechnicalError | None = None  # why the file can only be read
        self._held: sqlite3.Connection | None = None  # None before and after a fork
        with self._lock:
            with _LISTING:
                _OPEN.add(self)
            self._open(path)

    def _open(self, path: Path) -> None:
        with self._translate_errors():
            make_file(path)
            self._held = self._connect()
        try:
            with self._translate_errors():
                self._set_up()
        except TechnicalError as refusal:
            self._connection.close()
            log = self._side("wal")
            if os.access(path.parent, os.W_OK):
                may_be_read = self._is_full()
            else:
                may_be_read = not log.exists() or not log.stat().st_size
            if not may_be_read:
                raise
            self._refusal = refusal
            with self._translate_errors():
                self._open_to_read()
        except BaseException:
            self._connection.close()
            raise

    @property
    def _connection(self) -> sqlite3.Connection:
        if self._held is None:  # this process or its parent has forked
            if self not in _OPEN:
                raise sqlite3.ProgrammingError("Cannot operate on a closed database.")
            self._held, self._durable = self._connect(), True
            if self._refusal:
                self._held.close()
                self._open_to_read()
            else:
                self._set_options()
        return self._held

    def close(self) -> None:
        """Close the connection; the last one also folds the log into the file."""
        with self._lock:
            with _LISTING:
                _OPEN.discard(self)
            if self._held is not None:
                self._held.close()

    def let_go(self) -> None:
        """Close the connection; the next transaction opens another."""
        if self._held is not None and not self._busy:
            self._held.close()
            self._held = None

    def now(self, connection: SqlConnection) -> float:  # noqa: ARG002 - PostgreSQL needs it
        """The time of this machine, in epoch seconds."""
        return time.time()

    def sync(self) -> None:
        """Write all earlier commits to the disk, with one durable commit."""
        with self._lock:
            if not self._synced:
                with self.writing(durable=True) as connection:  # an empty commit would not sync
                    connection.execute(f"PRAGMA user_version={self._version(self._connection)}")
                self._synced = True

    def forget_deleted(self, *, spare: int = 0) -> None:
        """Remove deleted rows from the log and free their space, as far as readers permit."""
        with self._lock, self._translate_errors():
            free = 0 if self._refusal else self._number("freelist_count")
            while free > spare:  # in portions, because the log must hold each transaction
                self._connection.executescript(f"PRAGMA incremental_vacuum({_AT_ONCE})")
                before, free = free, self._number("freelist_count")
                if free >= before:
                    break
            self._connection.execute(f"PRAGMA busy_timeout={_TIDYING}")
            try:
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                self._connection.execute(f"PRAGMA busy_timeout={self._patience}")

    def integrity(self) -> list[str]:
        """The damages that SQLite finds in the file."""
        with self._lock, self._translate_errors():
            rows = self._connection.execute("PRAGMA integrity_check(20)").fetchall()
        return [text for (text,) in rows if text != "ok"]

    def space(self) -> Space:
        """The size of the file and its log, and the size of the free pages in the file."""
        with self._lock, self._translate_errors():
            spare = self._number("freelist_count") * self._number("page_size")
        files = (self._path, self._side("wal"))
        return Space(sum(file.stat().st_size for file in files if file.exists()), spare)

    @contextmanager
    def _transaction(self, *, writes: bool, durable: bool) -> Iterator[SqlConnection]:
        statements = _Statements(self._connection)
        try:
            self._begin(writes=writes, durable=durable)
            yield statements
            statements.close()
            self._connection.execute("COMMIT" if writes else "ROLLBACK")
        except BaseException:
            statements.close()
            with suppress(sqlite3.Error):  # some errors have rolled back already
                self._connection.execute("ROLLBACK")
            raise

    def _begin(self, *, writes: bool, durable: bool) -> None:
        connection = self._connection
        if writes and self._refusal:
            raise self._refusal
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if writes and durable is not self._durable:
            connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
            self._durable = durable
        if writes:
            self._synced = False
        connection.execute("BEGIN IMMEDIATE" if writes else "BEGIN")

    # -- the file ---------------------------------------------------------------------------------

    def _connect(self, how: str = "") -> sqlite3.Connection:
        name = f"{self._path.absolute().as_uri()}{how}" if how else self._path
        return sqlite3.connect(
            name,
            timeout=self._patience / 1000,
            isolation_level=None,
            check_same_thread=False,
            uri=bool(how),
        )

    def _open_to_read(self) -> None:
        """Open the file for reading when its shared-memory file cannot be created.

        An exclusive connection needs no shared memory; a file without log and writers neither.
        """
        may_write = os.access(self._path.parent, os.W_OK)
        self._held = self._connect("" if may_write else "?immutable=1")
        try:
            for statement in ("locking_mode=EXCLUSIVE", "query_only=ON"):
                self._connection.execute(f"PRAGMA {statement}")
            self._look(self._connection)
            if may_write:  # the connection is exclusive, so the unusable file is not in use
                with suppress(OSError):
                    self._side("shm").unlink(missing_ok=True)
            is_known = self._version(self._connection) == self._kind.version
        except BaseException:
            self._connection.close()
            raise
        if not is_known:
            self._connection.close()
            raise self._refusal or TypeError("nothing has refused to be written")

    def _side(self, name: str) -> Path:
        """The path of SQLite's additional file, `wal` or `shm`."""
        return self._path.with_name(f"{self._path.name}-{name}")

    def _set_up(self) -> None:
        connection = self._connection
        self._set_options()
        connection.execute("BEGIN")  # one snapshot: another process may create the tables now
        self._look(connection)
        connection.execute("COMMIT")
        if self._version(connection) != self._kind.version:
            connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
        until = time.monotonic() + _SETTING_UP
        while True:
            try:  # the busy timeout does not cover this one statement
                connection.execute("PRAGMA journal_mode=WAL")
                break
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
                time.sleep(0.01)
        if self._version(connection) != self._kind.version:
            with self.writing(durable=True) as statements:
                self._look(connection)
                for statement in self._kind.statements(self._version(connection)):
                    statements.execute(statement)
                statements.execute(f"PRAGMA application_id={self._kind.mark}")
                statements.execute(f"PRAGMA user_version={self._kind.version}")

    def _set_options(self) -> None:
        # deleted measures and answers are personal data: free pages must not keep them
        self._connection.execute("PRAGMA secure_delete=ON")
        self._connection.execute("PRAGMA cache_size=-16384")

    def _look(self, connection: sqlite3.Connection) -> None:
        """Refuse a file of another kind, or of a newer sgeflow."""
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
            # the low byte is the cause; the other bytes are details
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code == sqlite3.SQLITE_IOERR and self._is_full():
                code = sqlite3.SQLITE_FULL
            why, remedy = _REMEDIES.get(
                code, (from_table(str(error)), say("run again; report it if the error stays"))
            )
            refusal = self._error(why, remedy)
            is_full = code == sqlite3.SQLITE_FULL
            raise (DiskFull(*refusal.problems) if is_full else refusal) from error
        except UnicodeDecodeError as error:  # the text of SQLite's error quotes a damaged name
            raise self._error(*_REMEDIES[sqlite3.SQLITE_CORRUPT]) from error
        except OSError as error:
            raise self._error(
                os_error_text(error, "it cannot be opened"),
                say("check its folder, your rights and the disk space"),
            ) from error

    def _is_full(self) -> bool:
        """Whether the disk is full; for the shared-memory file SQLite reports only an I/O error."""
        with suppress(OSError):
            return shutil.disk_usage(self._path.parent).free < _SPARE
        return False

    @property
    def display_name(self) -> str:
        """The path of the file."""
        return str(self._path)


class _Statements:
    """The statements of a transaction; all are closed at its end.

    A statement with unread rows keeps its snapshot open, and then this connection can neither write
    nor checkpoint. Without this class, an error's traceback would keep such a statement alive.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute
        self._answers: list[sqlite3.Cursor] = []

    def execute(self, statement: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        answer = self._execute(statement, values)
        if answer.description is not None:
            self._answers.append(answer)
        return answer

    def close(self) -> None:
        for answer in self._answers:
            answer.close()


# SQLite keeps the locks of a process in its memory, which a forked process would inherit: both
# would then write as if alone, and damage the file. So no file is open while a process forks.
_LISTING = threading.RLock()  # held while `_OPEN` changes
_OPEN: WeakSet[Sqlite] = WeakSet()
_taken: list[Any] = []  # the locks that the forking thread holds


def _before_fork() -> None:
    """Wait for the end of all transactions, and close all files; the next use opens them again."""
    while not (_take(_LISTING) and all(_take(one._lock) for one in tuple(_OPEN))):  # noqa: SLF001
        _after_fork()  # another thread needs a lock that is taken here
        time.sleep(0.001)
    for database in tuple(_OPEN):
        with suppress(sqlite3.Error):
            database.let_go()


def _take(lock: Any) -> bool:
    is_taken: bool = lock.acquire(blocking=False)
    if is_taken:
        _taken.append(lock)
    return is_taken


def _after_fork() -> None:
    while _taken:
        _taken.pop().release()


os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork)
