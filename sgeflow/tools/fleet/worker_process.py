"""A process of this machine that does rows of a fleet, as the fleet's own process sees it."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from sgeflow.core.model import SentSpans
from sgeflow.errors import Id, Problem, TechnicalError
from sgeflow.messages import Message, os_error_text, say
from sgeflow.tools.fleet import worker_main
from sgeflow.tools.fleet.process_end import LastOutput, describe_end
from sgeflow.tools.fleet.worker_main import WorkerLine
from sgeflow.tools.fleet.worker_site import WorkerSite
from sgeflow.tools.fleet.workers import Task, WorkedRow

_PATIENCE = 10.0  # seconds for a process that has nothing more to do
_GONE = (EOFError, ConnectionError)


class ProcessDied(Exception):
    """The process died with a row."""

    def __init__(self, how: Message) -> None:
        """`how` is its signal or exit code, with its last words."""
        super().__init__(how)
        self.how = how


class NotNeeded(Exception):
    """The rows stop: no process is started for them any more."""


class WorkerProcess:
    """A process that does rows; after its death there is another one in its place."""

    def __init__(self, address: Path, site: WorkerSite, mask: Callable[[str], str]) -> None:
        """Start nothing yet; `address` is a path that nothing has, `mask` hides secrets."""
        self._address, self._site, self._mask = address, site, mask
        self._lock = threading.Lock()  # whoever starts it, buries it or closes it
        self._process: subprocess.Popen[str] | None = None
        self._words = LastOutput()
        self._worker: Any = None  # None until it is ready
        self._started = 0
        self._how = say("it does not answer")  # the last one that died
        self._is_left = False
        self.deaths = 0
        self._stopped = threading.Event()  # whichever process it is: the next one too

    def prepare(self) -> None:
        """Have it ready for rows.

        Raises:
            NotNeeded: it was stopped meanwhile.
            TechnicalError: it cannot be started.
            SgeflowError: it cannot do rows of the site; what it lacks.
        """
        self._ready()

    def do(self, task: Task) -> WorkedRow:
        """Do a row.

        Raises:
            ProcessDied: with the row.
            NotNeeded, SgeflowError: as `prepare`.
        """
        worker = self._ready()
        try:
            worked: WorkedRow = worker.do(self._site, task)
        except _GONE:
            raise ProcessDied(self._bury(worker)) from None
        return worked

    def stop(self) -> None:
        """Let its rows end at their next step; what starts yet ends at once: it has none."""
        self._stopped.set()
        worker = self._worker
        if worker is None:
            self._close_entry()
            return
        with suppress(*_GONE, OSError):
            worker.stop(self._site)

    def leave(self) -> None:
        """Let it end by itself."""
        self._is_left = True
        self._stopped.set()
        self._close_entry()

    def end(self) -> SentSpans | None:
        """Close what it opened, and have it end; what of its rows reached no observer."""
        sent: SentSpans | None = None
        with suppress(*_GONE, OSError):
            if self._worker is not None and not self._is_left:
                sent = self._worker.leave(self._site)
        if not self._lock.acquire(timeout=_PATIENCE):  # it starts, and does not end by itself
            if (process := self._process) is not None:
                process.kill()
            self._lock.acquire()
        try:
            self._close()
        finally:
            self._lock.release()
        return sent

    def _ready(self) -> Any:
        """What does its rows; another one when the one before has died."""
        with self._lock:
            if self._process is None or self._worker is None or self._process.poll() is not None:
                self._close()
                self._start()
            return self._worker

    def _bury(self, worker: Any) -> Message:
        """How it ended; whatever kept it from answering, it does no row any more."""
        with self._lock:
            if self._process is not None and self._worker is worker:  # else another is there
                self._how = self._wait(self._process)
                if self._process.returncode is not None:
                    self._worker = None
                    self.deaths += 1
            return self._how

    def _start(self) -> None:
        if self._stopped.is_set():
            raise NotNeeded
        self._started += 1
        key, address = secrets.token_bytes(32), f"{self._address}-{self._started}"
        try:
            self._process = process = _open(address)
        except OSError as error:
            raise cannot_work(os_error_text(error, "it cannot be started")) from error
        self._words = LastOutput(process.stderr)
        if self._stopped.is_set():  # meanwhile
            self._close_entry()
        try:
            worker = _connect(process, address, key)
            worker.ready(self._site)
        except _GONE:
            self._close_entry()  # it ends with it, if it has not yet
            how = self._wait(process)
            if self._stopped.is_set():
                raise NotNeeded from None
            raise cannot_work(say("it ended at once ({how})", how=how)) from None
        self._worker = worker
        if self._stopped.is_set():  # whoever stopped it may have seen none
            raise NotNeeded

    def _wait(self, process: subprocess.Popen[str]) -> Message:
        """How it ended, when it has, or does soon."""
        with suppress(subprocess.TimeoutExpired):
            process.wait(_PATIENCE)
        return describe_end(process.returncode, self._words.last(), self._mask)

    def _close_entry(self) -> None:
        """Let the process know that its fleet has ended: its input does."""
        entry = self._process.stdin if self._process else None
        with suppress(OSError, ValueError):
            if entry is not None:
                entry.close()

    def _close(self) -> None:
        self._close_entry()
        process, self._process, self._worker = self._process, None, None
        if process is None:
            return
        if process.stdout is not None:
            process.stdout.close()
        if self._is_left:  # its rows end at their next step
            return
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _open(address: str) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603 - Python itself, a module of ours
        [sys.executable, "-P", "-m", worker_main.__name__, address],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        start_new_session=True,  # a Ctrl-C is the fleet's own
    )


def _connect(process: subprocess.Popen[str], address: str, key: bytes) -> Any:
    """The `RowWorker` of a process that has begun; raises EOFError when it ends instead."""
    entry, reply = process.stdin, process.stdout
    if entry is None or reply is None:
        raise TypeError("a process without its pipes")
    with suppress(OSError, ValueError):  # it died, or is stopped: it gives no reply
        entry.write(f"{key.hex()}\n")
        entry.flush()
    if reply.readline() != "ready\n":
        raise EOFError
    line = WorkerLine(address=address, authkey=key)
    line.connect()
    return line.worker()  # type: ignore[attr-defined]  # made by `register`


def cannot_work(why: Message, *, remedy: Message | None = None) -> TechnicalError:
    """The error of processes that do no row."""
    message = say("a process for rows cannot work: {why}", why=why)
    usual = say("fewer --jobs, or --engine threads; then go on with what was stopped")
    details = (("remedy", remedy or usual),)
    return TechnicalError(Problem(id=Id.CLUSTER, message=message, details=details))
