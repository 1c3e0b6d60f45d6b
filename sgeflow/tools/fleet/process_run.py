"""Rows of a fleet done by processes of this machine, each with threads of its own."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from sgeflow.errors import Id, Problem, TechnicalError
from sgeflow.messages import Message, os_error_text, say
from sgeflow.tools.fleet import process_worker
from sgeflow.tools.fleet.process_worker import WorkerLine
from sgeflow.tools.fleet.worker_site import WorkerSite
from sgeflow.tools.fleet.workers import Task, WorkedRow

_ROWS_AT_ONCE = 4  # of a process, when nobody says
_TRIES = 3  # processes that may die with one row
_PATIENCE = 10.0  # seconds for a process that has nothing more to do
_GONE = (EOFError, ConnectionError)


@contextmanager
def process_hands(
    site: WorkerSite, jobs: int | None, warn: Callable[[str], None]
) -> Iterator[ProcessWorkers]:
    """Processes of this machine as hands, a core each; they end with the block.

    Raises:
        TechnicalError: they cannot be started.
        SgeflowError: one of them cannot do rows of this site; what it lacks.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    count = min(cores or 1, jobs or cores or 1)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sgeflow-")))
        processes = [WorkerProcess(folder / str(number), site) for number in range(count)]
        for process in processes:
            stack.callback(process.end)
        workers = ProcessWorkers(processes, jobs or count * _ROWS_AT_ONCE, warn)
        try:
            yield workers
        except BaseException:  # nobody waits: rows under way end at their next step
            for process in processes:
                process.leave()
            raise


class ProcessWorkers:
    """Hands out rows to processes, and waits for each."""

    def __init__(
        self, processes: list[WorkerProcess], at_once: int, warn: Callable[[str], None]
    ) -> None:
        """Start them; each looks whether it can do rows of its site before one is handed out."""
        self._processes, self._warn = processes, warn
        self._free: SimpleQueue[WorkerProcess] = SimpleQueue()
        for place in range(at_once):
            self._free.put(processes[place % len(processes)])
        self.at_once = at_once
        with ThreadPoolExecutor(len(processes)) as pool:
            list(pool.map(WorkerProcess.worker, processes))

    def work(self, task: Task) -> WorkedRow:
        """Have a process do one row; when it dies, the next one in its place goes on with it."""
        process = self._free.get()
        try:
            for _ in range(_TRIES):
                if process.is_stopped:
                    break
                if worked := process.do(task):
                    return worked
                self._warn(say("row {row}: the process that did it died", row=task.number))
        finally:
            self._free.put(process)
        return WorkedRow(outcome=task.as_stopped())

    def stop(self) -> None:
        """Let rows under way end at their next step, whichever process does them."""
        for process in self._processes:
            process.stop()


class WorkerProcess:
    """A process that does rows; after its death there is another one in its place."""

    def __init__(self, address: Path, site: WorkerSite) -> None:
        """Start nothing yet; `address` is a path that nothing has."""
        self._address, self._site = address, site
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._worker: Any = None
        self._started = 0
        self.is_stopped = False  # whichever process it is: the next one too

    def worker(self) -> Any:
        """What does its rows, ready to; another one when the one before has died.

        Raises:
            TechnicalError: it cannot be started.
            SgeflowError: it cannot do rows of the site; what it lacks.
        """
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._close()
                self._start()
            return self._worker

    def do(self, task: Task) -> WorkedRow | None:
        """Do a row; None when the process died with it."""
        worker = self.worker()
        try:
            worked: WorkedRow = worker.do(self._site, task)
        except _GONE:
            self._bury(worker)
            return None
        return worked

    def stop(self) -> None:
        """Let its rows end at their next step; what is starting is told when it is ready."""
        self.is_stopped = True
        with suppress(*_GONE, OSError):
            if self._worker is not None:
                self._worker.stop(self._site)

    def end(self) -> None:
        """Close what it opened, and have it end."""
        with suppress(*_GONE, OSError):
            if self._worker is not None:
                self._worker.leave(self._site)
        with self._lock:
            self._close()

    def leave(self) -> None:
        """Let it end by itself."""
        with self._lock:
            process, self._process, self._worker = self._process, None, None
        _close_pipes(process)

    def _bury(self, worker: Any) -> None:
        """Whatever keeps it from answering: it does no row any more."""
        with self._lock, suppress(subprocess.TimeoutExpired):
            if self._process is not None and self._worker is worker:  # else another is there
                self._process.wait(_PATIENCE)

    def _start(self) -> None:
        self._started += 1
        key = secrets.token_bytes(32)
        address = f"{self._address}-{self._started}"
        try:
            self._process = subprocess.Popen(  # noqa: S603 - Python itself, a module of ours
                [sys.executable, "-P", "-m", process_worker.__name__, address],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                start_new_session=True,  # a Ctrl-C is the fleet's own
            )
        except OSError as error:
            raise _error(os_error_text(error, "it cannot be started")) from error
        entry, reply = self._process.stdin, self._process.stdout
        if entry is None or reply is None:
            raise TypeError("a process without its pipes")
        with suppress(BrokenPipeError):
            entry.write(f"{key.hex()}\n")
            entry.flush()
        try:
            if reply.readline() != "ready\n":
                raise EOFError
            line = WorkerLine(address=address, authkey=key)
            line.connect()
            self._worker = line.worker()  # type: ignore[attr-defined]  # made by `register`
            self._worker.ready(self._site)
            if self.is_stopped:
                self._worker.stop(self._site)
        except _GONE:
            _close_pipes(self._process)  # it ends with them, if it has not yet
            code = self._process.wait()
            raise _error(say("it ended at once, with {code}", code=code)) from None

    def _close(self) -> None:
        process, self._process, self._worker = self._process, None, None
        if process is None:
            return
        _close_pipes(process)
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _close_pipes(process: subprocess.Popen[str] | None) -> None:
    """Let the process know that its fleet has ended: its input does."""
    for pipe in (process.stdin, process.stdout) if process else ():
        with suppress(OSError):
            if pipe is not None:
                pipe.close()


def _error(why: Message) -> TechnicalError:
    message = say("a process for rows cannot work: {why}", why=why)
    remedy = say("fewer --jobs, or --engine threads; then go on with what was stopped")
    return TechnicalError(Problem(id=Id.CLUSTER, message=message, details=(("remedy", remedy),)))
