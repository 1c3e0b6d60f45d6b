"""A process that does rows of a fleet beside others of its machine; the fleet's own starts it.

It answers at an address, a socket in a folder of the fleet's process, to whoever has the key. What
ends a fleet by a signal is not meant for it: it is told. When its input ends, because the fleet's
process has ended, rows under way end at their next step, and then it ends too.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.managers import BaseManager
from typing import TextIO

from sgeflow.core.model import SentSpans
from sgeflow.tools.fleet import worker_site
from sgeflow.tools.fleet.worker_site import WorkerSite
from sgeflow.tools.fleet.workers import Task, WorkedRow

FOR_THE_FLEET = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class RowWorker:
    """What the fleet's process asks for; to each of its threads answers one of this process."""

    def __init__(self) -> None:
        self._sites: dict[str, WorkerSite] = {}
        self._changed = threading.Condition()
        self._at_work = 0

    def ready(self, site: WorkerSite) -> None:
        """As `worker_site.ready`."""
        self._sites[site.name] = site
        worker_site.ready(site)

    def do(self, site: WorkerSite, task: Task) -> WorkedRow:
        """As `worker_site.do`."""
        with self._working():
            return worker_site.do(site, task)

    def stop(self, site: WorkerSite) -> None:
        """As `worker_site.stop`."""
        worker_site.stop(site)

    def leave(self, site: WorkerSite) -> SentSpans | None:
        """As `worker_site.leave`."""
        return worker_site.leave(site)

    def end(self) -> None:
        """Let rows under way end at their next step, and close what is open when all have."""
        for site in list(self._sites.values()):
            worker_site.stop(site)
        with self._changed:
            self._changed.wait_for(lambda: not self._at_work)
        for site in list(self._sites.values()):
            worker_site.leave(site)

    @contextmanager
    def _working(self) -> Iterator[None]:
        with self._changed:
            self._at_work += 1
        try:
            yield
        finally:
            with self._changed:
                self._at_work -= 1
                self._changed.notify_all()


class WorkerLine(BaseManager):
    """The line between a fleet's process and one that does its rows."""


_worker = RowWorker()
WorkerLine.register("worker", lambda: _worker, exposed=("ready", "do", "stop", "leave"))


def main() -> None:
    """Answer until the input ends; its first line is the key, in hexadecimal digits."""
    for each in FOR_THE_FLEET:
        signal.signal(each, signal.SIG_IGN)
    entry, reply = _pipes()
    key = bytes.fromhex(entry.readline())
    server = WorkerLine(address=sys.argv[1], authkey=key).get_server()
    threading.Thread(target=_end_with_the_fleet, args=(entry,), daemon=True).start()
    with reply:
        reply.write("ready\n")
    server.serve_forever()


def _pipes() -> tuple[TextIO, TextIO]:
    """The line from the fleet's process, and the one to it; nothing else here reads or writes them.

    A secret that is read from standard input would wait for what the fleet never says.
    """
    entry, reply = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1):
        os.dup2(nothing, number)
    os.close(nothing)
    return entry, reply


def _end_with_the_fleet(entry: TextIO) -> None:
    entry.read()
    try:
        _worker.end()
    finally:
        os._exit(0)  # there is nothing else to end, and the server's own loop may not


if __name__ == "__main__":
    main()
