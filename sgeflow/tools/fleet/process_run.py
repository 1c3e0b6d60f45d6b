"""Rows of a fleet done by processes of this machine, each with threads of its own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import SimpleQueue

from sgeflow.core.model import SentSpans
from sgeflow.messages import Message, say
from sgeflow.tools.fleet.thread_pool import BoundedPool
from sgeflow.tools.fleet.worker_process import NotNeeded, ProcessDied, WorkerProcess, cannot_work
from sgeflow.tools.fleet.worker_site import WorkerSite
from sgeflow.tools.fleet.workers import Hearing, Task, WorkedRow

_ROWS_AT_ONCE = 4  # of a process, when nobody says
_TRIES = 3  # processes that may die with one row
_DEATHS = 10  # of processes, without a row that was done between them
_KILLED = "SIGKILL"


@contextmanager
def process_workers(
    site: WorkerSite, jobs: int | None, hearing: Hearing
) -> Iterator[ProcessWorkers]:
    """Processes of this machine as workers, a core each; they end with the block.

    Raises:
        TechnicalError: they cannot be started, or die again and again.
        SgeflowError: one of them cannot do rows of this site; what it lacks.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    count = min(cores or 1, jobs or cores or 1)
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(
                tempfile.TemporaryDirectory(prefix="sgeflow-", ignore_cleanup_errors=True)
            )
        )
        places = [folder / str(number) for number in range(count)]
        processes = [WorkerProcess(place, site, hearing.mask) for place in places]
        stack.callback(_end, processes, hearing.tell_sent)
        try:
            _each(WorkerProcess.prepare, processes)
            yield ProcessWorkers(processes, jobs or count * _ROWS_AT_ONCE, hearing.warn)
        except BaseException:  # nobody waits: rows under way end at their next step
            for process in processes:
                process.leave()
            raise


class ProcessWorkers:
    """Hands out rows to processes, and waits for each."""

    def __init__(
        self, processes: list[WorkerProcess], at_once: int, warn: Callable[[str], None]
    ) -> None:
        """Those that can do rows, and how many rows all of them do at once."""
        self._processes, self._warn = processes, warn
        self._free: SimpleQueue[WorkerProcess] = SimpleQueue()
        for place in range(at_once):
            self._free.put(processes[place % len(processes)])
        self._told = 0  # deaths when a row was done last
        self.at_once = at_once

    def work(self, task: Task) -> WorkedRow:
        """Have a process do one row; when it dies, the next one in its place goes on with it.

        Raises:
            TechnicalError: whatever is begun in their place dies, and no row is done.
        """
        process = self._free.get()
        try:
            for _ in range(_TRIES):
                try:
                    worked = process.do(task)
                except NotNeeded:
                    break
                except ProcessDied as death:
                    text = say(
                        "row {row}: the process that did it died ({how})",
                        row=task.number,
                        how=death.how,
                    )
                    self._warn(text)
                    self._check_deaths(death.how)
                else:
                    self._told = self._deaths
                    return worked
        finally:
            self._free.put(process)
        return WorkedRow(outcome=task.as_stopped())

    def stop(self) -> None:
        """Let rows under way end at their next step, whichever process does them."""
        for process in self._processes:
            process.stop()

    @property
    def _deaths(self) -> int:
        return sum(process.deaths for process in self._processes)

    def _check_deaths(self, how: Message) -> None:
        """Whether it is worth to start another one."""
        count = self._deaths - self._told
        if count < _DEATHS:
            return
        why = say(
            "{count} died one after the other, and no row was done ({how})", count=count, how=how
        )
        memory = say("a system that lacks memory kills so: fewer --jobs, or more memory")
        raise cannot_work(why, remedy=memory if how.startswith(_KILLED) else None)


def _end(processes: list[WorkerProcess], tell_sent: Callable[[SentSpans], None]) -> None:
    def end(process: WorkerProcess) -> None:
        if sent := process.end():
            tell_sent(sent)

    _each(end, processes)


def _each(act: Callable[[WorkerProcess], None], processes: list[WorkerProcess]) -> None:
    """Do it for all at once; an interrupt does not wait."""
    BoundedPool(act, len(processes), lambda: None).run(processes)
