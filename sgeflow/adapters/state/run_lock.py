"""One process at a time works on a run: a lock that ends with its process, however it ends.

In a folder it is a file's lock, for the processes of one machine; on a server the server's.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sgeflow.adapters.state.database import storage_error
from sgeflow.adapters.state.locations import Home, Schema
from sgeflow.errors import GuardError, Id, Problem
from sgeflow.messages import say

if TYPE_CHECKING:
    from sgeflow.adapters.state.postgres_locks import Turns

_A_LOOK = 0.1  # seconds; whoever only looks whether it is locked has it for less


@contextmanager
def held(home: Home, run: str) -> Iterator[None]:
    """Work on a run; rows of a fleet side by side, but not while it works.

    Where the state is on a server, the server keeps the lock: it holds for all machines.

    Raises:
        GuardError: another process works on it, or on the fleet that it is a row of.
        TechnicalError: the folder cannot be written, or the server cannot be used.
    """
    fleet, _, row = run.partition(".")
    wanted = [(fleet, False), (run, True)] if row else [(run, True)]
    with ExitStack() as stack:
        if home.server is None:
            for name, alone in wanted:
                how = fcntl.LOCK_EX if alone else fcntl.LOCK_SH
                stack.enter_context(_locked(home.lock(name), name, how))
        else:
            turns = stack.enter_context(closing(_turns(home)))
            for name, alone in wanted:
                if not turns.take(f"run {name}", alone=alone):
                    raise GuardError(_busy(name))
        yield


def at_work(home: Home, run: str) -> bool:
    """Whether a process works on a run now, on its fleet, or on a row of it.

    In a folder a process of this machine, on a server one of any.
    """
    fleet, _, row = run.partition(".")
    if home.server is None:
        own = home.lock(run)
        rows = own.parent.glob(f"{own.name}.*")
        return any(map(_is_locked, (own, home.lock(fleet), *rows)))
    with closing(_turns(home)) as turns:  # whoever works on a row has its fleet with others
        return turns.is_taken(f"run {run}") or bool(
            row and turns.is_taken(f"run {fleet}", alone=True)
        )


def _turns(home: Home) -> Turns:
    from sgeflow.adapters.state.postgres_locks import Turns

    if not isinstance(home.journal, Schema):
        raise TypeError("a folder is not on a server")
    return Turns(home.journal)


@contextmanager
def _locked(path: Path, run: str, how: int) -> Iterator[None]:
    number = _opened(path, run, how)
    try:
        yield
    finally:
        if how == fcntl.LOCK_EX:
            path.unlink(missing_ok=True)  # while it is held: whoever waits looks again
        os.close(number)


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


def _opened(path: Path, run: str, how: int) -> int:
    """The open lock; a file that its holder took away meanwhile is no lock."""
    until = time.monotonic() + _A_LOOK
    while True:
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            number = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as error:
            why = (error.strerror or type(error).__name__).lower()
            raise storage_error(
                say("the lock {path} cannot be used: {why}", path=path, why=why),
                say("check its folder and your rights"),
            ) from error
        try:
            fcntl.flock(number, how | fcntl.LOCK_NB)
            if path.exists() and path.stat().st_ino == os.fstat(number).st_ino:
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
        details=(("do", say("wait until it has ended; sgeflow runs show {run}", run=run)),),
    )
