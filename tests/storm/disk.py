"""A disk: writes to it fail at any place, and what was not synced is gone when the power goes.

The product's own SQLite and files stand on it. A dead process writes nothing, and takes nothing
away.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from tests.storm.processes import Processes

_WRITES = ("INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "BEGIN IMMEDIATE", "COMMIT")
_TROUBLES = {  # as SQLite says it, and as the system does
    "full": (sqlite3.SQLITE_FULL, errno.ENOSPC),
    "broken": (sqlite3.SQLITE_IOERR, errno.EIO),
    "read-only": (sqlite3.SQLITE_READONLY, errno.EROFS),
}
TROUBLES = (*_TROUBLES, "untold")
_Content = tuple[bytes, bytes] | None
"""Of a database: its file and its log; None of one that is not there."""


@dataclass(kw_only=True)
class Disk:
    """The disk of one machine."""

    dice: Random
    processes: Processes
    folder: Path
    trouble: str = ""  # of `_TROUBLES`, or "untold": a commit that is reported as failed
    badness: float = 0.0  # how often a write meets it
    is_watched: bool = False  # whether the power may go: what is synced is kept track of
    befell: list[str] = field(default_factory=list)
    _surviving: dict[Path, list[_Content]] = field(default_factory=dict)  # since the last sync
    _open: list[sqlite3.Connection] = field(default_factory=list)
    _sizes: dict[Path, int] = field(default_factory=dict)  # of files when all was synced

    def risk(self, what: str) -> int | None:
        """The SQLite error of a write that fails now, 0 for an untold one; None when it is well."""
        if not self.trouble or self.processes.current is None:
            return None
        if self.dice.random() >= self.badness:
            return None
        self.befell.append(f"{self.trouble}: {what}")
        return 0 if self.trouble == "untold" else _TROUBLES[self.trouble][0]

    def risk_file(self, what: str) -> None:
        """Raise OSError when a write to a file fails."""
        self.processes.risk_death()
        if self.trouble != "untold" and self.risk(what):
            number = _TROUBLES[self.trouble][1]
            raise OSError(number, os.strerror(number))

    # -- power ------------------------------------------------------------------------------------

    def sync(self) -> None:
        """Count all that was written as safe from a loss of power."""
        self._surviving.clear()
        self._sizes = {path: path.stat().st_size for path in self._files("*.jsonl")}
        for path in self._files("*.db"):
            self._surviving[path] = [_content(path)]

    def note_commit(self, path: Path, *, is_synced: bool) -> None:
        """A commit of a database: what was before it may survive, or must, or neither may."""
        if self.is_watched:
            before = [] if is_synced else self._surviving.get(path, [None])
            self._surviving[path] = [*before, _content(path)]

    def lose_power(self) -> None:
        """Put each file back to one of its states since it was synced, as a loss of power does."""
        self.close()
        for path in self._files("*.db"):
            _restore(path, self.dice.choice(self._surviving.get(path, [None])))
        for path in self._files("*.jsonl"):
            least, most = self._sizes.get(path, 0), path.stat().st_size
            os.truncate(path, self.dice.randint(min(least, most), most))

    def close(self) -> None:
        """Close what dead processes have left open."""
        for connection in self._open:
            connection.close()
        self._open.clear()

    def _files(self, pattern: str) -> list[Path]:
        return sorted(self.folder.rglob(pattern))

    # -- what is replaced -------------------------------------------------------------------------

    def stand_ins(self) -> list[tuple[Any, str, Any]]:
        """The replacements: where a name is looked up, the name, and its stand-in."""
        fragile = type("Fragile", (_Fragile,), {"disk": self})

        def connect(path: Any, **options: Any) -> sqlite3.Connection:
            connection: _Fragile = real_connect(path, factory=fragile, **options)
            connection.path = Path(path)
            self._open.append(connection)
            return connection

        real_connect = sqlite3.connect
        return [
            (sqlite3, "connect", connect),
            (os, "open", self._creating(os.open)),
            (os, "mkdir", self._failing(os.mkdir, "mkdir")),
            (os, "fsync", self._failing(os.fsync, "fsync")),
            (os, "replace", self._failing(os.replace, "rename")),
            (os, "fdopen", self._opening(os.fdopen)),
            (os, "unlink", self._unless_dead(os.unlink)),
        ]

    def _failing(self, real: Callable[..., Any], what: str) -> Callable[..., Any]:
        def deed(*values: Any, **more: Any) -> Any:
            self.risk_file(what)
            return real(*values, **more)

        return deed

    def _creating(self, real: Callable[..., int]) -> Callable[..., int]:
        def open_(path: Any, flags: int, *values: Any, **more: Any) -> int:
            if flags & os.O_CREAT or flags & os.O_TMPFILE == os.O_TMPFILE:
                self.risk_file("create")
            return real(path, flags, *values, **more)

        return open_

    def _unless_dead(self, real: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *values, **more: None if self.processes.is_dead else real(*values, **more)

    def _opening(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def fdopen(number: int, *values: Any, **more: Any) -> Any:
            file = real(number, *values, **more)
            return _FragileFile(file, self) if self.processes.current else file

        return fdopen


class _FragileFile:
    """A file to append lines to; of a line that does not fit some bytes are written."""

    def __init__(self, file: Any, disk: Disk) -> None:
        self._file, self._disk = file, disk

    def write(self, text: str) -> None:
        """Write some, or all."""
        try:
            self._disk.risk_file("line")
        except OSError:
            self._file.write(text[: self._disk.dice.randrange(len(text))])
            self._file.flush()
            raise
        self._file.write(text)

    def flush(self) -> None:
        """Hand it to the system."""
        self._file.flush()

    def close(self) -> None:
        """Close it."""
        self._file.close()


class _Fragile(sqlite3.Connection):
    """A database on that disk."""

    disk: Disk
    path: Path
    is_synced = True  # whether its commits wait for the disk

    def execute(self, sql: str, *values: Any) -> Any:
        if sql == "ROLLBACK":
            return super().execute(sql, *values)
        self.disk.processes.check()
        if sql.startswith("BEGIN"):
            self.disk.processes.point()
        if sql.startswith("PRAGMA synchronous"):
            self.is_synced = sql.endswith("FULL")
            return super().execute("PRAGMA synchronous=OFF")
        if sql == "COMMIT":
            return self._commit()
        if sql.lstrip().startswith(_WRITES):
            self._risk(sql.split(maxsplit=1)[0])
        return super().execute(sql, *values)

    def _commit(self) -> Any:
        self.disk.processes.risk_death()
        is_untold = self.disk.trouble == "untold" and self._risk("COMMIT")
        done = super().execute("COMMIT")
        self.disk.note_commit(self.path, is_synced=self.is_synced)
        if is_untold:
            raise _error(sqlite3.SQLITE_IOERR)
        self.disk.processes.risk_death()
        return done

    def _risk(self, what: str) -> bool:
        """Raise what SQLite raises, which has rolled back or not; whether a commit is untold."""
        if self.disk.trouble == "untold":
            return what == "COMMIT" and self.disk.risk(what) is not None
        code = self.disk.risk(what)
        if code is not None:
            if self.in_transaction and self.disk.dice.random() < 0.5:
                super().execute("ROLLBACK")
            raise _error(code)
        return False


def _error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("the disk failed")
    error.sqlite_errorcode = code
    return error


def _content(path: Path) -> _Content:
    log = path.with_name(f"{path.name}-wal")
    return (path.read_bytes(), log.read_bytes() if log.exists() else b"")


def _restore(path: Path, content: _Content) -> None:
    for end in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            path.with_name(f"{path.name}{end}").unlink()
    path.unlink()
    if content is None:
        return
    path.write_bytes(content[0])
    if content[1]:
        path.with_name(f"{path.name}-wal").write_bytes(content[1])
