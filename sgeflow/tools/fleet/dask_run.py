"""Rows of a fleet done by a Dask cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from sgeflow.core.model import SentSpans
from sgeflow.errors import TechnicalError
from sgeflow.messages import say
from sgeflow.tools.fleet import worker_site
from sgeflow.tools.fleet.dask_client import Cluster, WorkerLost
from sgeflow.tools.fleet.worker_site import WorkerSite
from sgeflow.tools.fleet.workers import Task, WorkedRow


@contextmanager
def cluster_workers(
    address: str,
    site: WorkerSite,
    warn: Callable[[str], None],
    tell_sent: Callable[[SentSpans], None],
) -> Iterator[ClusterWorkers]:
    """The workers of a cluster; at the end they close what they opened, and tell of their spans.

    Raises:
        UsageError, TechnicalError: there is no such cluster, or it has no worker.
        SgeflowError: a worker cannot do rows of this site; what it lacks.
    """
    cluster = Cluster(address)
    try:
        yield ClusterWorkers(cluster, site, warn)
    finally:
        with suppress(TechnicalError):  # of a scheduler that is gone, its workers go too
            for sent in cluster.everywhere(worker_site.leave, site).values():
                if sent is not None:
                    tell_sent(sent)
        cluster.close()


class ClusterWorkers:
    """Hands out rows to the workers of a cluster, and waits for each."""

    def __init__(self, cluster: Cluster, site: WorkerSite, warn: Callable[[str], None]) -> None:
        """Look whether every worker can do rows of this site, before one is handed out."""
        self._cluster, self._site, self._warn = cluster, site, warn
        cluster.everywhere(worker_site.ready, site)

    @property
    def at_once(self) -> int:
        """All threads of all workers."""
        return self._cluster.threads

    def work(self, task: Task) -> WorkedRow:
        """Have a worker do one row; another one goes on with it when that one dies."""
        try:
            return self._cluster.do(
                f"{self._site.name} {task.run}", worker_site.do, self._site, task
            )
        except WorkerLost:
            self._warn(say("row {row}: the workers that did it died", row=task.number))
            return WorkedRow(outcome=task.as_stopped())

    def stop(self) -> None:
        """Let rows under way end at their next step, wherever they are."""
        self._cluster.everywhere(worker_site.stop, self._site)
