"""Rows of a fleet done by the workers of a Dask cluster.

The journal is the memory of all workers: a row that another one began, and died with, goes on; a
row that has ended is told as it ended.
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
_QUIET = logging.getLogger("distributed.client")  # logs tracebacks of what is an error here

_CERTIFICATES = tuple(
    f"DASK_DISTRIBUTED__COMM__TLS__{one}" for one in ("CA_FILE", "CLIENT__CERT", "CLIENT__KEY")
)
"""The variables that name the certificate files for Dask."""


class WorkerLost(Exception):
    """The workers that tried a piece of work died with it, several times."""


def check_address(address: str) -> None:
    """Check that an address can be that of a scheduler, before anything connects to it.

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
    with _refusing(address), suppress(NotImplementedError):  # raised for other than host and port
        known.get_backend(scheme).get_address_host_port(place)
    if scheme != "tls":
        return
    security = import_module("distributed.security").Security()
    try:
        context = security.get_connection_args("client")["ssl_context"]
    except OSError:  # a file is missing, or is no certificate
        context = None
    if context is None:
        message = say("{address} wants certificates, and Dask has none to show", address=address)
        note = verbatim(", ".join(_CERTIFICATES))
        raise UsageError(Problem(id=Id.USAGE, message=message, note=note))


@contextmanager
def _refusing(address: str) -> Iterator[None]:
    """Raise a UsageError in place of Dask's ValueError for a wrong address."""
    try:
        yield
    except ValueError as error:
        message = say('"{address}" is not an address of a scheduler', address=address)
        note = say("tcp://HOST:8786, or tls://…")
        raise UsageError(Problem(id=Id.USAGE, message=message, note=note)) from error


class Cluster:
    """A connection to a scheduler; threads may share it. Functions must be importable there."""

    def __init__(self, address: str) -> None:
        """Connect to an address that `check_address` accepts.

        Raises:
            UsageError: there is no worker.
            TechnicalError: the scheduler cannot be reached.
        """
        self._address = address
        self._loud = _QUIET.level
        _QUIET.setLevel(logging.CRITICAL)
        with self._translate_errors(), _refusing(address):
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
        """How many pieces of work its workers do at once."""
        workers = self._client.scheduler_info(n_workers=-1)["workers"]
        return sum(worker["nthreads"] for worker in workers.values())

    def do(self, name: str, function: Callable[..., T], *arguments: Any) -> T:
        """Have a worker call a function, and wait; if the worker dies, another calls it again.

        Raises:
            WorkerLost: several workers died with it.
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
        """Call a function in every worker of now; the results are by the workers' addresses."""
        with self._translate_errors():
            results: Mapping[str, T] = self._client.run(function, *arguments)
        return results

    def close(self) -> None:
        """Leave the cluster as it is."""
        self._client.close()
        _QUIET.setLevel(self._loud)

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        try:
            yield
        except (SgeflowError, WorkerLost, KeyboardInterrupt):
            raise
        except ImportError as error:  # met by a worker
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
    """The workers of a cluster; at the end they close what they opened, and tell of their spans.

    Raises:
        UsageError, TechnicalError: there is no such cluster, or it has no worker.
        SgeflowError: a worker cannot do rows of this site; what it lacks.
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
    """Hands out rows to the workers of a cluster, and waits for each."""

    def __init__(self, cluster: Cluster, site: WorkerSite, warn: Callable[[str], None]) -> None:
        """Look whether every worker can do rows of this site, before one is handed out."""
        self._cluster, self._site, self._warn = cluster, site, warn
        cluster.everywhere(open_site, site)

    @property
    def at_once(self) -> int:
        """All threads of all workers."""
        return self._cluster.threads

    def work(self, task: Task) -> WorkedRow:
        """Have a worker do one row; another one goes on with it when that one dies."""
        try:
            return self._cluster.do(f"{self._site.name} {task.run}", do_row, self._site, task)
        except WorkerLost:
            self._warn(say("row {row}: its workers died", row=task.number))
            return WorkedRow(outcome=task.as_stopped())

    def stop(self) -> None:
        """Let rows under way end at their next step, wherever they are."""
        self._cluster.everywhere(stop_site, self._site)


class WorkerSite(Struct, frozen=True, kw_only=True):
    """The project and state that a worker opens to do rows, and what they must hold."""

    project: str  # its folder; empty for the catalogue of the package
    flow: str  # by name, or by the path of its file
    options: Options
    documents: str  # their fingerprint where the fleet began
    fleet: str  # its run, which the worker's journal must know
    name: str  # of this start of the fleet: the next start opens sites anew
    is_observed: bool = False  # where the fleet began: the events of its rows are sent back
    observing: Elsewhere | None = None  # what watches its rows, in every worker


class _OpenSite(Struct):
    """A site, opened in this process."""

    context: RunContext
    threads: Threads
    locks: RowLocks
    stack: ExitStack
    heard: RemoteEvents
    told: list[str] = field(default_factory=list)  # warnings nobody has fetched yet
    begun: set[str] = field(default_factory=set)  # here: the journal may not have them yet
    watching: Observer | None = None


_sites: dict[str, _OpenSite] = {}
_stopped: set[str] = set()  # names of sites: also of those that are opened just now
_left: set[str] = set()
_lock = threading.Lock()  # held while a site is opened; stopping a site does not wait for it


def site_of(context: RunContext, flow: str, options: Options) -> WorkerSite:
    """The site that workers must open to do rows of the fleet of this context.

    Raises:
        UsageError: the environment is simulated: its world is this process's alone.
    """
    session, folder = context.session, context.workspace.project.folder
    if session.simulated:
        name = session.environment.name
        message = say("{name} is simulated in this process, and no other can do rows", name=name)
        note = say("leave out --scheduler; or sgeflow simulate and an environment with its address")
        raise UsageError(Problem(id=Id.USAGE, message=message, note=note))
    same = Options(
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
        options=same,
        documents=context.workspace.documents,
        fleet=session.run,
        name=new_run(),
        is_observed=options.observer is not None,
        observing=context.observer.elsewhere(),
    )


def open_site(site: WorkerSite) -> None:
    """Open the site, to find out whether rows can be done here.

    Raises:
        GuardError: other documents than where the fleet began, or another journal.
        SgeflowError: what opening a project or an environment raises: secrets are missing, …
    """
    _open(site)


def do_row(site: WorkerSite, task: Task) -> WorkedRow:
    """Do a row, or tell how it ended before; with the warnings that came meanwhile.

    Raises:
        SgeflowError: the journal or the store cannot be written: no row can be done here.
    """
    if site.name in _stopped:
        return WorkedRow(outcome=task.as_stopped())
    opened = _open(site)
    worked = _alone(opened, task)
    with _lock:
        warnings, opened.told = tuple(opened.told), []
    return replace(worked, warnings=warnings, events=opened.heard.take(task.run))


def _alone(opened: _OpenSite, task: Task) -> WorkedRow:
    """Do a row that nobody else does, or tell how it ended before.

    Another worker may still be at work on the row: one that was thought to be gone, or one whose
    fleet ended without it. Or this worker was stopped for so long that it has lost the row. Then
    the row is reported as stopped, and resume finds its result.
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
                opened.told.append(error.problems[0].message)
    except GuardError as error:
        opened.told.append(error.problems[0].message)
    return WorkedRow(outcome=task.as_stopped())


def stop_site(site: WorkerSite) -> None:
    """Let the site's rows end at their next step, and begin no other."""
    _stopped.add(site.name)
    if (opened := _sites.get(site.name)) is not None:
        opened.threads.stop()


def leave_site(site: WorkerSite) -> SentSpans | None:
    """Close the site, for the fleet is over; return how many spans of its rows were sent."""
    _stopped.add(site.name)
    _left.add(site.name)
    opened = _sites.pop(site.name, None)
    if opened is None:
        return None
    opened.stack.close()
    return opened.watching.sent_spans() if opened.watching else None


def _open(site: WorkerSite) -> _OpenSite:
    with _lock:
        if (opened := _sites.get(site.name)) is not None:
            return opened
        try:
            with ExitStack() as stack:
                opened = _first(site, stack)
                opened.stack = stack.pop_all()
        except SgeflowError as error:  # whatever is lacking, it is lacking on this machine
            here = ("worker", f"{socket.gethostname()}, {os.getpid()}")
            problems = (problem.with_details(here) for problem in error.problems)
            raise type(error)(*problems) from None
        _sites[site.name] = opened
    if site.name in _stopped:  # meanwhile
        opened.threads.stop()
    if site.name in _left:
        leave_site(site)
    return opened


def _first(site: WorkerSite, stack: ExitStack) -> _OpenSite:
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
    overheard, watching = RemoteEvents(), None
    if site.is_observed:
        watching = stack.enter_context(site.observing()) if site.observing else None
        context = replace(
            context, observer=Observers((watching, overheard) if watching else (overheard,))
        )
    warnings: list[str] = []
    threads = Threads(context, workspace.flow(site.flow), warnings.append)
    locks = stack.enter_context(closing(RowLocks(context.session.home)))
    return _OpenSite(
        context=context,
        threads=threads,
        locks=locks,
        stack=stack,
        told=warnings,
        heard=overheard,
        watching=watching,
    )


def _row_end(context: RunContext, task: Task) -> WorkedRow | None:
    """The result of a row whose worker died before it reported; None when it has not ended."""
    details = context.journal.show(task.run)
    if details is None or task.goes_on:
        return None
    entry = details.entry
    if entry.ended is None or entry.exit in (None, Exit.INTERRUPTED):
        return None
    if entry.status is Status.FAILED and not entry.summary:  # not by its own doing: it goes on
        return None
    return WorkedRow(outcome=outcome_before(entry, task.number, task.line))


def _refusal(message: Message, remedy: Message) -> GuardError:
    return GuardError(Problem(id=Id.GUARD, message=message, details=(("do", remedy),)))


class RemoteEvents(Observer):
    """Observes the rows of a worker, and keeps the events of each until they are taken."""

    _events: dict[str, list[RowEvent]] = field(default_factory=dict)

    def observe(self, run: str, flow: str, environment: Environment) -> Callable[[Any], None]:
        """Return a listener for one row; outputs and steps of the row stay in this process."""
        del flow, environment
        events = self._events[run] = []

        def hear(event: Any) -> None:
            if isinstance(event, CallRecord | RunStopped):
                events.append(event)
            elif isinstance(event, RunReport):
                events.append(replace(event, outputs=None, steps=(), warnings=(), files=()))

        return hear

    def take(self, run: str) -> tuple[RowEvent, ...]:
        """Take the events of a row out."""
        return tuple(self._events.pop(run, ()))
