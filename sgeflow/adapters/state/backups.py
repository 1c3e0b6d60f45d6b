"""Copies of a state in a folder: made while runs continue, complete or not at all, and restored.

The journal is copied first: whatever it lists as stored is then also in the copied stores.
"""

import json
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from hashlib import file_digest
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from msgspec import Struct

from sgeflow.adapters.atomic_write import flush, make_folder
from sgeflow.adapters.state.check import ASIDE, is_aside
from sgeflow.adapters.state.database import DatabaseKind, storage_error
from sgeflow.adapters.state.journal import JOURNAL, SALVAGED_ORDER, SALVAGED_RUN, Journal
from sgeflow.adapters.state.open import open_database
from sgeflow.adapters.state.store import STORE
from sgeflow.core.measures.civil_time import civil
from sgeflow.errors import GuardError, Id, UsageError
from sgeflow.messages import Message, from_table, os_error_text, say

MANIFEST = "backup.json"
_JOURNAL = "journal.db"
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_UNREADABLE = (sqlite3.Error, UnicodeDecodeError)  # SQLite quotes a damaged name with invalid UTF-8


class Salvage(Struct, frozen=True, kw_only=True):
    """The runs and orders read from a journal's file, and whether all were readable."""

    runs: list[tuple[Any, ...]]
    orders: list[tuple[Any, ...]]
    is_whole: bool


def orders_of(path: Path) -> Salvage:
    """The readable runs and orders of a journal's file; never raises."""
    with suppress(*_UNREADABLE, OSError):
        address = f"file:{path}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, isolation_level=None)) as connection:
            connection.text_factory = lambda text: text.decode("utf-8", "replace")
            runs, _ = _rows(connection, SALVAGED_RUN, "runs", ("rowid",))
            orders, is_whole = _rows(connection, SALVAGED_ORDER, "orders", ("run", "key"))
            return Salvage(runs=runs, orders=orders, is_whole=is_whole)
    return Salvage(runs=[], orders=[], is_whole=not path.exists())


def files_of(folder: Path) -> list[Path]:
    """The files of a state to copy, the journal first, as paths within the folder."""
    paths = [folder / _JOURNAL, *folder.glob("[!.]*/store.db"), *folder.glob("fleets/*.jsonl")]
    own = [path for path in paths if path.is_file() and not is_aside(path.parent)]
    return [path.relative_to(folder) for path in own]


def back_up(folder: Path, target: Path) -> str:
    """Copy a state into a new folder; return the instant of the copy.

    Raises:
        TechnicalError: the state cannot be read, or the copy cannot be written; nothing of it is
            left.
    """
    since = civil(int(time.time())).isoformat()
    with _storage_errors(target):
        make_folder(target.parent)
        # a new name, because an existing folder belongs to somebody
        part = Path(mkdtemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent))
        try:
            sums = {}
            for name in files_of(folder):
                make_folder((part / name).parent)
                _copy(folder / name, part / name)
                sums[name.as_posix()] = _sum(part / name)
            text = json.dumps({"since": since, "files": sums}, indent=1)
            (part / MANIFEST).write_text(text, encoding="utf-8")
            for written in (*sums, MANIFEST):
                flush(part / written)
            part.rename(target)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
    return since


def read_manifest(source: Path) -> str:
    """The instant of a copy, after checking that its files are unchanged.

    Raises:
        UsageError: there is no such folder.
        TechnicalError: the folder is not a copy, or is incomplete.
    """
    if not source.exists():
        raise UsageError.of(Id.UNREADABLE, say("there is no file or folder {path}", path=source))
    with _storage_errors(source):
        since, sums = _read_sums(source)
        present = files_of(source)
        for name, digest in sums.items():
            if Path(name) not in present:
                raise _unusable(source, say("{name} is missing", name=name))
            if _sum(source / name) != digest:
                raise _unusable(source, say("{name} was changed", name=name))
    return since


def _read_sums(source: Path) -> tuple[str, dict[str, str]]:
    """The instant of a copy, and the digests of its files by path within the folder."""
    try:
        manifest = json.loads((source / MANIFEST).read_text("utf-8"))
        return str(manifest["since"]), dict(manifest["files"])
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise _unusable(source, say("it has no {name}", name=MANIFEST)) from error


def bring_back(
    source: Path, folder: Path, since: str, check_idle: Callable[[], None]
) -> tuple[int, bool, Path | None]:
    """Replace a state by a copy, set the replaced files aside, and hold orders from now on.

    Orders that the replaced journal still contains are taken over. All steps that need space come
    first and are undone if one fails: until then the state is unchanged. `check_idle` is called
    before a file is replaced, because a run may have begun meanwhile. The journal is replaced last.
    Files that the copy does not have, such as the store of a later environment, stay in place.

    Returns:
        The number of orders taken over, whether all orders of the replaced journal could be read,
        and the folder with the replaced files, if there were any.

    Raises:
        GuardError: a run works, or has worked meanwhile, on the state.
        TechnicalError: it cannot be written.
    """
    aside = folder / f"{ASIDE}{time.time_ns()}"
    part = folder / ".restoring"
    with _storage_errors(folder):
        make_folder(folder)
        before = orders_of(folder / _JOURNAL)
        names = [Path(name) for name in _read_sums(source)[1]]  # other files are not of the copy
        try:
            shutil.rmtree(part, ignore_errors=True)
            for name in names:
                make_folder((part / name).parent)
                _copy_file(source / name, part / name)
                if name.suffix == ".db":
                    _check(part / name, JOURNAL if name == Path(_JOURNAL) else STORE)
            with Journal(part / _JOURNAL) as journal:
                journal.hold_orders(since)
                count = journal.take_over(before.runs, before.orders) if before.orders else 0
            for name in names:
                flush(part / name)
                make_folder((folder / name).parent)
                _set_aside(folder / name, aside / name)
            check_idle()
            _check_same(folder, before)
        except BaseException:
            for own in (part, aside):
                shutil.rmtree(own, ignore_errors=True)
            raise
        for name in sorted(names, key=lambda name: name == Path(_JOURNAL)):
            for log in ("-wal", "-shm"):  # logs of the replaced files; usually none is left
                own = folder / f"{name}{log}"
                if own.exists():
                    make_folder((aside / name).parent)
                    own.rename(aside / f"{name}{log}")
            (part / name).replace(folder / name)
            flush((folder / name).parent)
        shutil.rmtree(part, ignore_errors=True)
    return count, before.is_whole, aside if aside.exists() else None


def _set_aside(path: Path, aside: Path) -> None:
    """Copy a file aside; the original stays until it is replaced, so that no order is lost."""
    if path.exists():
        if path.suffix == ".db":
            with suppress(*_UNREADABLE):  # after a kill, some rows may be in the log only
                with closing(sqlite3.connect(f"file:{path}?mode=rw", uri=True)) as connection:
                    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                flush(path)
        make_folder(aside.parent)
        _copy_file(path, aside)
        flush(aside)


def _copy(source: Path, target: Path) -> None:
    """Copy a file; a database as of one moment."""
    if source.suffix != ".db":
        _copy_file(source, target)
        return
    target.touch(0o600, exist_ok=False)
    try:
        with (
            closing(sqlite3.connect(f"file:{source}?mode=rw", uri=True)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            old.execute("PRAGMA busy_timeout=30000")
            old.backup(new)
            (state,) = new.execute("PRAGMA quick_check(1)").fetchone()
    except UnicodeDecodeError:  # SQLite quotes the damaged name
        raise _damage_error(source) from None
    except sqlite3.Error as error:  # the target folder is not the cause
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED:
            raise _damage_error(source) from error
        raise
    if state != "ok":
        raise _damage_error(source)


def _damage_error(source: Path) -> Exception:
    return storage_error(
        say("{path} cannot be used: {reason}", path=source, reason=say("it is damaged")),
        say("sgeflow state check shows the damage; sgeflow state restore FOLDER restores a copy"),
    )


def _copy_file(source: Path, target: Path) -> None:
    """Copy a file unchanged, readable by its owner only."""
    target.touch(0o600, exist_ok=False)
    shutil.copyfile(source, target)


def _check(path: Path, kind: DatabaseKind) -> None:
    """Raise TechnicalError if a copy is damaged, or of another kind or version."""
    with closing(open_database(path, kind)) as database:
        if wrong := database.integrity():
            raise _unusable(path, from_table(wrong[0]))


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


@contextmanager
def _storage_errors(place: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise _unusable(place, from_table(str(error))) from error
    except OSError as error:
        raise _unusable(place, os_error_text(error, "it cannot be written")) from error


def _check_same(folder: Path, before: Salvage) -> None:
    """Raise GuardError if a journal no longer contains the runs and orders that it had."""
    if orders_of(folder / _JOURNAL) != before:
        message = say("a run has worked on this state meanwhile; nothing was changed")
        do = say("stop starting runs, then try again")
        raise GuardError.of(Id.GUARD, message, details=(("do", do),))


def _unusable(place: Path, why: Message) -> Exception:
    return storage_error(
        say("{path} cannot be used: {reason}", path=place, reason=why),
        say("name another folder, or make room; nothing was changed"),
    )


def _rows(
    connection: sqlite3.Connection, columns: str, table: str, order: tuple[str, ...]
) -> tuple[list[tuple[Any, ...]], bool]:
    """The rows of a table from both ends, each up to an unreadable one; whether these are all."""
    rows: dict[tuple[Any, ...], None] = {}
    for way in ("ASC", "DESC"):
        by = ", ".join(f"{column} {way}" for column in order)
        query = f"SELECT {columns} FROM {table} ORDER BY {by}"  # noqa: S608 - names of our own
        count = 0
        with suppress(*_UNREADABLE):
            for count, row in enumerate(connection.execute(query), 1):  # noqa: B007
                rows[row] = None
            return list(rows), True
        with suppress(*_UNREADABLE):  # the last readable row is missing, as sqlite reads ahead
            last = connection.execute(f"{query} LIMIT 1 OFFSET {count}").fetchall()
            rows.update(dict.fromkeys(last))
    return list(rows), False
