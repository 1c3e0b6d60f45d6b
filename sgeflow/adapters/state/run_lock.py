"""Locks on runs: only one process at a time works on a run, and its end releases the lock.

In a folder the lock is a file lock of one machine; on a server it is a PostgreSQL advisory lock. A
process may lose its lock early: its connection to the server breaks, or its lock file is deleted.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from sgeflow.adapters.atomic_write import make_folder
from sgeflow.adapters.state.database import storage_error
from sgeflow.adapters.state.locations import DatabaseSchema, StateLocation
from sgeflow.errors import GuardError, Id, Problem
from sgeflow.messages import from_table, os_error_text, say

if TYPE_CHECKING:
    from sgeflow.adapters.state.postgres import AdvisoryLocks

_PROBE_TIME = 0.1  # seconds; a process that only probes a lock holds it for less


class Hold(Struct, frozen=True):
    """The lock that this process holds on a run."""

    run: str
    _are_kept: Callable[[bool], bool]

    def is_kept(self, *, surely: bool = False) -> bool:
        """Whether the lock still holds; `surely` asks the server even if it has just answered."""
        return self._are_kept(surely)

    def check(self, *, surely: bool = False) -> None:
        """Raise TechnicalError if the lock was lost: another process may work on the run now."""
        if not self.is_kept(surely=surely):
            raise storage_error(
                say(
                    "the lock of run {run} was lost: another process may be working on it",
                    run=self.run,
                ),
                say("check it before you resume it: sgeflow runs show {run}", run=self.run),
            )


@contextmanager
def hold_run(home: StateLocation, run: str) -> Iterator[Hold]:
    """Lock a run, or a row of a fleet; a fleet and its rows exclude each other.

    If the state is on a server, the lock holds for all machines.

    Raises:
        GuardError: another process works on the run, on its fleet, or on its rows.
        TechnicalError: the folder cannot be written, or the server cannot be used.
    """
    fleet, _, row = run.partition(".")
    locks = [(fleet, False), (run, True)] if row else [(run, True)]
    with ExitStack() as stack:
        if home.server is None:
            files = [
                stack.enter_context(_lock(home.lock(name), name, alone=alone))
                for name, alone in locks
            ]
            yield Hold(run, lambda _: all(_is_file(number, path) for number, path in files))
            return
        server_locks = stack.enter_context(closing(_server_locks(home)))
        for name, alone in locks:
            if not server_locks.acquire(f"run {name}", alone=alone):
                raise GuardError(_busy(name))
        yield Hold(run, lambda surely: server_locks.are_kept(surely=surely))


def at_work(home: StateLocation, run: str) -> bool:
    """Whether a process works on a run now, on its fleet, or on a row of it.

    In a folder, only processes of this machine are found; on a server, those of all machines.
    """
    fleet, _, row = run.partition(".")
    if home.server is None:
        own = home.lock(run)
        rows = own.parent.glob(f"{own.name}.*")
        return any(map(_is_locked, chain((own, home.lock(fleet)), rows)))
    with closing(_server_locks(home)) as locks:  # a resumed row shares the lock of its fleet
        if locks.is_taken(f"run {run}"):
            return True
        return bool(row) and locks.is_taken(f"run {fleet}", alone=True)


def works_at(home: StateLocation) -> str:
    """A run in a folder that a process works on now; empty if there is none."""
    locks = home.lock("any").parent.glob("*")
    return next((path.name for path in locks if _is_locked(path)), "")


def _server_locks(home: StateLocation) -> AdvisoryLocks:
    from sgeflow.adapters.state.postgres import AdvisoryLocks

    if not isinstance(home.journal, DatabaseSchema):
        raise TypeError("a folder is not on a server")
    return AdvisoryLocks(home.journal)


@contextmanager
def _lock(path: Path, run: str, *, alone: bool) -> Iterator[tuple[int, Path]]:
    number = _open_lock(path, run, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
    try:
        yield number, path
    finally:
        # deleted under the lock: a waiting process then sees that the file has changed
        if alone and _is_file(number, path):
            with suppress(OSError):  # a file without a lock does no harm
                path.unlink()
        os.close(number)


def _is_file(number: int, path: Path) -> bool:
    """Whether the locked file still has its name; a deleted file does not lock out others."""
    try:
        return os.path.samestat(path.stat(), os.fstat(number))
    except OSError:
        return False


def _is_locked(path: Path) -> bool:
    try:
        number = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(number, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(number)
    return False


def _open_lock(path: Path, run: str, how: int) -> int:
    """Open and lock a file; try again if its holder has deleted it meanwhile."""
    until = time.monotonic() + _PROBE_TIME
    while True:
        try:
            make_folder(path.parent)
            number = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as error:
            why = from_table(os_error_text(error).lower())
            raise storage_error(
                say("{path} cannot be used: {reason}", path=path, reason=why),
                say("check its folder, your rights and the disk space"),
            ) from error
        try:
            fcntl.flock(number, how | fcntl.LOCK_NB)
            if _is_file(number, path):
                return number
        except BlockingIOError:
            os.close(number)
            if time.monotonic() > until:
                raise GuardError(_busy(run)) from None
            time.sleep(_PROBE_TIME / 10)
            continue
        except BaseException:
            os.close(number)
            raise
        os.close(number)


def _busy(run: str) -> Problem:
    return Problem(
        id=Id.GUARD,
        message=say("another process works on run {run}", run=run),
        details=(("do", say("wait for its end; sgeflow runs show {run}", run=run)),),
    )
