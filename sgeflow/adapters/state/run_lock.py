"""One process at a time works on a run: a lock that ends with its process, however it ends.

In a folder it is a file's lock, for the processes of one machine; on a server the server's. A lock
may be lost before its process ends, with the connection to the server or with the file.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
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

_A_LOOK = 0.1  # seconds; whoever only looks whether it is locked has it for less


class Hold(Struct, frozen=True):
    """A run that a process works on."""

    run: str
    _are_kept: Callable[[bool], bool]

    def is_kept(self, *, surely: bool = False) -> bool:
        """Whether nobody else can work on it; `surely` asks a server that has just said so."""
        return self._are_kept(surely)

    def check(self, *, surely: bool = False) -> None:
        """Raise TechnicalError when its lock was lost: another process may work on it now."""
        if not self.is_kept(surely=surely):
            raise storage_error(
                say("the lock of run {run} was lost: others may work on it now", run=self.run),
                say("check it before you resume it: sgeflow runs show {run}", run=self.run),
            )


@contextmanager
def hold_run(home: StateLocation, run: str) -> Iterator[Hold]:
    """Work on a run; rows of a fleet side by side, but not while it works.

    Where the state is on a server, the server keeps the lock: it holds for all machines.

    Raises:
        GuardError: another process works on it, on the fleet that it is a row of, or on its rows.
        TechnicalError: the folder cannot be written, or the server cannot be used.
    """
    fleet, _, row = run.partition(".")
    locks = [(fleet, False), (run, True)] if row else [(run, True)]
    with _hold(home, run, locks) as hold:
        yield hold


class RowLocks:
    """The locks of rows that a process does one after the other; threads share it.

    A server's locks need a connection each: the next row has that of one that has ended.
    """

    def __init__(self, home: StateLocation) -> None:
        self._home = home
        self._idle: list[AdvisoryLocks] = []

    @contextmanager
    def hold(self, run: str) -> Iterator[Hold]:
        """Work on a row for the process that has its fleet; what it raises is as of `hold_run`."""
        locks = [(_rows_of(run.partition(".")[0]), False), (run, True)]
        with _hold(self._home, run, locks, self._lend) as hold:
            yield hold

    def close(self) -> None:
        """Close what no row has."""
        while self._idle:
            self._idle.pop().close()

    @contextmanager
    def _lend(self) -> Iterator[AdvisoryLocks]:
        locks = self._next()
        try:
            yield locks
        finally:
            if locks.let_go():
                self._idle.append(locks)
            else:
                locks.close()

    def _next(self) -> AdvisoryLocks:
        while True:
            try:
                locks = self._idle.pop()
            except IndexError:
                return _server_locks(self._home)
            if locks.are_kept(surely=True):  # none: the connection is still there
                return locks
            locks.close()


@contextmanager
def rows_alone(home: StateLocation, fleet: str) -> Iterator[None]:
    """Do the rows of a fleet alone: no earlier worker comes back to one of them.

    What it raises is as of `hold_run`.
    """
    with _hold(home, fleet, [(_rows_of(fleet), True)]):
        yield


@contextmanager
def _hold(
    home: StateLocation,
    run: str,
    locks: list[tuple[str, bool]],
    lend: Callable[[], AbstractContextManager[AdvisoryLocks]] | None = None,
) -> Iterator[Hold]:
    with ExitStack() as stack:
        if home.server is None:
            files = [
                stack.enter_context(_lock(home.lock(name), name, alone=alone))
                for name, alone in locks
            ]
            if locks[0] == (run, True) and _are_rows_locked(home, run):
                raise GuardError(_busy(run))
            yield Hold(run, lambda _: all(_is_file(number, path) for number, path in files))
            return
        turns = stack.enter_context(lend() if lend else closing(_server_locks(home)))
        for name, alone in locks:
            if not turns.acquire(f"run {name}", alone=alone):
                raise GuardError(_busy(name))
        if locks[0] == (run, True) and turns.is_taken(f"run {_rows_of(run)}"):
            raise GuardError(_busy(run))
        yield Hold(run, lambda surely: turns.are_kept(surely=surely))


def at_work(home: StateLocation, run: str) -> bool:
    """Whether a process works on a run now, on its fleet, or on a row of it.

    In a folder a process of this machine, on a server one of any.
    """
    fleet, _, row = run.partition(".")
    if home.server is None:
        own = home.lock(run)
        return any(map(_is_locked, (own, home.lock(fleet)))) or _are_rows_locked(home, run)
    with closing(_server_locks(home)) as turns:  # whoever works on a row has its fleet with others
        return turns.is_taken(f"run {run}") or (
            turns.is_taken(f"run {fleet}", alone=True)
            if row
            else turns.is_taken(f"run {_rows_of(run)}")
        )


def works_at(home: StateLocation) -> str:
    """A run of a folder that a process works on now; empty when there is none."""
    locks = home.lock("any").parent.glob("*")
    return next((path.name for path in locks if _is_locked(path)), "")


def _rows_of(fleet: str) -> str:
    """The lock that all workers share who do a row of a fleet by themselves."""
    return f"{fleet}.0"  # rows are counted from 1


def _are_rows_locked(home: StateLocation, fleet: str) -> bool:
    own = home.lock(fleet)
    return any(map(_is_locked, own.parent.glob(f"{own.name}.*")))


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
        # while it is held, so that whoever waits looks again; another's, in its place, stays
        if alone and _is_file(number, path):
            with suppress(OSError):  # a file that stays is no lock
                path.unlink()
        os.close(number)


def _is_file(number: int, path: Path) -> bool:
    """Whether a lock is still the file of its name: taken away, the next one locks another."""
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
    """The open lock; a file that its holder took away meanwhile is no lock."""
    until = time.monotonic() + _A_LOOK
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
            time.sleep(_A_LOOK / 10)
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
