"""Runs the rows of a fleet on the workers of a Dask cluster.

All workers share the journal. If a worker dies, another one resumes its row, or reports the result
of a row that has ended.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.adapters.extras import install_command
from sgeflow.adapters.state.run_lock import RowLocks
from sgeflow.core.documents import Environment
from sgeflow.core.model import CallRecord, RunReport, SentSpans, Status
from sgeflow.errors import Exit, GuardError, Id, Problem, SgeflowError, TechnicalError, UsageError
from sgeflow.locale.writing import row_words
from sgeflow.messages import Message, join_items, say, verbatim
from sgeflow.runtime.observer import Observers, RunStopped
from sgeflow.runtime.options import Elsewhere, Observer, Options
from sgeflow.runtime.project import differing, is_path, open_catalog
from sgeflow.runtime.run_context import RunContext, open_context
from sgeflow.runtime.session import new_run
from sgeflow.tools.fleet.results import outcome_before
from sgeflow.tools.fleet.workers import RowEvent, Task, Threads, WorkedRow

T = TypeVar("T")
_PATIENCE = 10  # seconds to reach a scheduler
_DASK_LOGGER = logging.getLogger(
    "distributed.client"
)  # logs tracebacks of errors that sgeflow reports

_CERTIFICATES = tuple(
    f"DASK_DISTRIBUTED__COMM__TLS__{one}" for one in ("CA_FILE", "CLIENT__CERT", "CLIENT__KEY")
)
"""The variables that name the certificate files for Dask."""


class WorkerLost(Exception):
    """Several workers died while they were doing the same task."""


def check_address(address: str) -> None:
    """Check the address of a scheduler without connecting to it.

    Raises:
        UsageError: the extra is not installed, the address is wrong, or Dask lacks certificates.
    """
    try:
        known: Any = import_module("distributed.comm.registry")
    except ImportError:
        message = say("a Dask cluster needs the extra `dask`")
        note = verbatim(install_command("dask"))
        raise UsageError(Problem(id=Id.USAGE, message=message, note=note)) from None
    scheme, place = import_module("distributed.comm.addressing").parse_address(address)
    with _translate_wrong_address(address), suppress(NotImplementedError):  # not host and port
        known.get_backend(scheme).get_address_host_port(place)
    if scheme != "tls":
        return
    security = import_module("distributed.security").Security()
    try:
        context = security.get_connection_args("client")["ssl_context"]
    except OSError:  # a file is missing, or is not a certificate
        context = None
    if context is None:
        message = say("{address} requires certificates, and Dask has none", address=address)
        note = verbatim(", ".join(_CERTIFICATES))
        raise UsageError(Problem(id=Id.USAGE, message=message, note=note))


@contextmanager
def _translate_wrong_address(address: str) -> Iterator[None]:
    """Raise a UsageError in place of Dask's ValueError for a wrong address."""
    try:
        yield
    except ValueError as error:
        message = say('"{address}" is not an address of a scheduler', address=address)
        note = say("tcp://HOST:8786, or tls://…")
        raise UsageError(Problem(id=Id.USAGE, message=message, note=note)) from error


class Cluster:
    """A connection to a scheduler, safe for threads. Workers must be able to import functions."""

    def __init__(self, address: str) -> None:
        """Connect to an address that `check_address` accepts.

        Raises:
            UsageError: there is no worker.
            TechnicalError: the scheduler cannot be reached.
        """
        self._address = address
        self._log_level = _DASK_LOGGER.level
        _DASK_LOGGER.setLevel(logging.CRITICAL)
        with self._translate_errors(), _translate_wrong_address(address):
            self._client: Any = import_module("distributed").Client(
                address, timeout=_PATIENCE, set_as_default=False, name="sgeflow"
            )
        if not self.threads:
            self.close()
            message = say("the cluster at {address} has no worker", address=address)
            note = say("dask worker {address}", address=address)
            raise UsageError(Problem(id=Id.USAGE, message=message, note=note))

    @property
    def threads(self) -> int:
        """How many tasks the workers do at once."""
        workers = self._client.scheduler_info(n_workers=-1)["workers"]
        return sum(worker["nthreads"] for worker in workers.values())

    def do(self, name: str, function: Callable[..., T], *arguments: Any) -> T:
        """Call a function on a worker and wait; if the worker dies, another calls it again.

        Raises:
            WorkerLost: several workers died during the call.
            SgeflowError: what the function raised.
            TechnicalError: the scheduler is gone.
        """
        with self._translate_errors():
            work = self._client.submit(function, *arguments, key=name, pure=False)
            try:
                result: T = work.result()
            except import_module("distributed").KilledWorker:
                raise WorkerLost from None
        return result

    def everywhere(self, function: Callable[..., T], *arguments: Any) -> Mapping[str, T]:
        """Call a function on every present worker; return the results by worker address."""
        with self._translate_errors():
            results: Mapping[str, T] = self._client.run(function, *arguments)
        return results

    def close(self) -> None:
        """Disconnect from the cluster; its workers stay."""
        self._client.close()
        _DASK_LOGGER.setLevel(self._log_level)

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        try:
            yield
        except (SgeflowError, WorkerLost, KeyboardInterrupt):
            raise
        except ImportError as error:  # raised on a worker
            message = say("a worker cannot import {name}", name=error.name or "sgeflow")
            remedy = say("install the same sgeflow on every worker")
        except (OSError, asyncio.CancelledError, RuntimeError):
            message = say(
                "the Dask scheduler at {address} cannot be reached, or is gone",
                address=self._address,
            )
            remedy = say("start it, then resume")
        else:
            return
        raise TechnicalError(Problem(id=Id.CLUSTER, message=message, details=(("remedy", remedy),)))


@contextmanager
def cluster_workers(
    address: str,
    site: WorkerSite,
    warn: Callable[[str], None],
    tell_sent: Callable[[SentSpans], None],
) -> Iterator[ClusterWorkers]:
    """The workers of a cluster; at the end they close the site and `tell_sent` gets their spans.

    Raises:
        UsageError, TechnicalError: there is no such cluster, or it has no worker.
        SgeflowError: a worker cannot do rows of this site.
    """
    cluster = Cluster(address)
    try:
        yield ClusterWorkers(cluster, site, warn)
    finally:
        with suppress(TechnicalError):  # when the scheduler is gone, so are its workers
            for sent in cluster.everywhere(leave_site, site).values():
                if sent is not None:
                    tell_sent(sent)
        cluster.close()


class ClusterWorkers:
    """Sends rows to the workers of a cluster, and waits for each."""

    def __init__(self, cluster: Cluster, site: WorkerSite, warn: Callable[[str], None]) -> None:
        """Open the site on every worker, so that a worker that cannot do rows fails first."""
        self._cluster, self._site, self._warn = cluster, site, warn
        cluster.everywhere(open_site, site)

    @property
    def at_once(self) -> int:
        """The number of threads of all workers."""
        return self._cluster.threads

    def work(self, task: Task) -> WorkedRow:
        """Do one row on a worker; if the worker dies, another one resumes the row."""
        try:
            return self._cluster.do(f"{self._site.name} {task.run}", do_row, self._site, task)
        except WorkerLost:
            self._warn(say("{row}: its workers died", row=row_words(task.number, task.line)))
            return WorkedRow(outcome=task.as_stopped())

    def stop(self) -> None:
        """End the rows under way on all workers at their next step."""
        self._cluster.everywhere(stop_site, self._site)


class WorkerSite(Struct, frozen=True, kw_only=True):
    """The project and state that a worker opens to do rows, and how it checks them."""

    project: str  # the folder; empty for the shipped documents only
    flow: str  # the name, or the path of the file
    options: Options
    documents: str  # the fingerprint of the documents that every worker must have
    fleet: str  # the run of the fleet, which the worker's journal must contain
    name: str  # a new name for each start of the fleet
    is_observed: bool = False  # whether the events of rows are sent back to the fleet
    open_observer: Elsewhere | None = None  # opens the observer of the rows in a worker


class _OpenSite(Struct):
    """A site that this process has opened."""

    context: RunContext
    threads: Threads
    locks: RowLocks
    stack: ExitStack
    events: RemoteEvents
    warnings: list[str] = field(default_factory=list)  # not sent to the fleet yet
    begun: set[str] = field(default_factory=set)  # rows; the journal may not have them yet
    observer: Observer | None = None


_sites: dict[str, _OpenSite] = {}
_stopped: set[str] = set()  # names of sites, some not opened yet
_left: set[str] = set()  # names of sites
_lock = threading.Lock()  # held while a site is opened; stopping a site does not wait for it


def site_of(context: RunContext, flow: str, options: Options) -> WorkerSite:
    """The site that workers must open to do rows of the fleet of this context.

    Raises:
        UsageError: the environment is simulated, in this process only.
    """
    session, folder = context.session, context.workspace.project.folder
    if session.simulated:
        name = session.environment.name
        message = say(
            "{name} is simulated in this process: other processes cannot run its rows", name=name
        )
        note = say("leave out --scheduler; or sgeflow simulate and an environment with its address")
        raise UsageError(Problem(id=Id.USAGE, message=message, note=note))
    worker_options = Options(
        environment=session.environment.name,
        today=session.today,
        now=session.now,
        began=session.began,
        run=session.run,
        state=session.home.named or session.home.folder.resolve(),
        confirm_orders=options.confirm_orders,
    )
    return WorkerSite(
        project=str(folder.resolve()) if folder else "",
        flow=str(Path(flow).resolve()) if is_path(flow) else flow,
        options=worker_options,
        documents=context.workspace.documents,
        fleet=session.run,
        name=new_run(),
        is_observed=options.observer is not None,
        open_observer=context.observer.elsewhere(),
    )


def open_site(site: WorkerSite) -> None:
    """Open the site in this worker, to check that rows can be done here.

    Raises:
        GuardError: the worker has other documents or another journal than the fleet.
        SgeflowError: the project or environment cannot be opened: secrets are missing, …
    """
    _open(site)


def do_row(site: WorkerSite, task: Task) -> WorkedRow:
    """Do a row, or return its result if it has ended; new warnings of the worker come with it.

    Raises:
        SgeflowError: the journal or the store cannot be written, so no row can be done here.
    """
    if site.name in _stopped:
        return WorkedRow(outcome=task.as_stopped())
    opened = _open(site)
    worked = _do_locked(opened, task)
    with _lock:
        warnings, opened.warnings = tuple(opened.warnings), []
    return replace(worked, warnings=warnings, events=opened.events.take(task.run))


def _do_locked(opened: _OpenSite, task: Task) -> WorkedRow:
    """Do a row under its lock, or return its result if it has ended.

    Another worker may hold the lock: the scheduler took that worker for dead, or its fleet ended
    early. This worker may also lose the lock while it is suspended. In these cases the row is
    reported as stopped, and resuming the fleet finds its result.
    """
    context = opened.context
    try:
        with opened.locks.hold(task.run) as hold:
            try:
                known = task.goes_on or task.run in opened.begun or context.journal.knows(task.run)
                opened.begun.add(task.run)
                if not known:
                    return opened.threads.work(task, hold)
                if (ended := _row_end(context, task)) is not None:
                    return ended
                # another worker began it
                if not task.goes_on and context.journal.inputs(task.run) is not None:
                    task = replace(task, goes_on=True)
                return opened.threads.work(task, hold)
            except SgeflowError as error:
                if hold.is_kept(surely=True):
                    raise
                opened.warnings.append(error.problems[0].message)
    except GuardError as error:
        opened.warnings.append(error.problems[0].message)
    return WorkedRow(outcome=task.as_stopped())


def stop_site(site: WorkerSite) -> None:
    """End the rows of the site at their next step, and begin no other row."""
    _stopped.add(site.name)
    if (opened := _sites.get(site.name)) is not None:
        opened.threads.stop()


def leave_site(site: WorkerSite) -> SentSpans | None:
    """Close the site after the fleet; return how many spans of its rows were sent."""
    _stopped.add(site.name)
    _left.add(site.name)
    opened = _sites.pop(site.name, None)
    if opened is None:
        return None
    opened.stack.close()
    return opened.observer.sent_spans() if opened.observer else None


def _open(site: WorkerSite) -> _OpenSite:
    with _lock:
        if (opened := _sites.get(site.name)) is not None:
            return opened
        try:
            with ExitStack() as stack:
                opened = _open_new(site, stack)
                opened.stack = stack.pop_all()
        except SgeflowError as error:  # the details name the machine that has the problem
            here = ("worker", f"{socket.gethostname()}, {os.getpid()}")
            problems = (problem.with_details(here) for problem in error.problems)
            raise type(error)(*problems) from None
        _sites[site.name] = opened
    if site.name in _stopped:  # while it was being opened
        opened.threads.stop()
    if site.name in _left:
        leave_site(site)
    return opened


def _open_new(site: WorkerSite, stack: ExitStack) -> _OpenSite:
    workspace = open_catalog(site.project or None, flow=site.flow)
    if changes := differing(site.documents, workspace.documents):
        raise _refusal(
            say("a worker has other documents: {names}", names=join_items(changes)),
            say("give every worker the project of the machine that starts the fleet"),
        )
    context = stack.enter_context(open_context(workspace, site.options))
    if context.journal.fleet(site.fleet) is None:
        raise _refusal(
            say("a worker keeps another journal than the machine that starts the fleet"),
            say("name one PostgreSQL state in the environment, or a folder that all of them share"),
        )
    events, observer = RemoteEvents(), None
    if site.is_observed:
        observer = stack.enter_context(site.open_observer()) if site.open_observer else None
        context = replace(
            context, observer=Observers((observer, events) if observer else (events,))
        )
    warnings: list[str] = []
    threads = Threads(context, workspace.flow(site.flow), warnings.append)
    locks = stack.enter_context(closing(RowLocks(context.session.home)))
    return _OpenSite(
        context=context,
        threads=threads,
        locks=locks,
        stack=stack,
        warnings=warnings,
        events=events,
        observer=observer,
    )


def _row_end(context: RunContext, task: Task) -> WorkedRow | None:
    """The result of a row whose worker died before it reported; None when it has not ended."""
    details = context.journal.show(task.run)
    if details is None or task.goes_on:
        return None
    entry = details.entry
    if entry.ended is None or entry.exit in (None, Exit.INTERRUPTED):
        return None
    # without a summary the process failed, not the flow: the row is resumed
    if entry.status is Status.FAILED and not entry.summary:
        return None
    return WorkedRow(outcome=outcome_before(entry, task.number, task.line))


def _refusal(message: Message, remedy: Message) -> GuardError:
    return GuardError(Problem(id=Id.GUARD, message=message, details=(("do", remedy),)))


class RemoteEvents(Observer):
    """Collects the events of each row in a worker, to send them to the fleet."""

    _events: dict[str, list[RowEvent]] = field(default_factory=dict)

    def observe(self, run: str, flow: str, environment: Environment) -> Callable[[Any], None]:
        """Return a listener for one row; it drops the outputs and steps of the row."""
        del flow, environment
        events = self._events[run] = []

        def hear(event: Any) -> None:
            if isinstance(event, CallRecord | RunStopped):
                events.append(event)
            elif isinstance(event, RunReport):
                events.append(replace(event, outputs=None, steps=(), warnings=(), files=()))

        return hear

    def take(self, run: str) -> tuple[RowEvent, ...]:
        """Remove and return the events of a row."""
        return tuple(self._events.pop(run, ()))
