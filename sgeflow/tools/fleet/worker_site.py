"""What a worker of a cluster does for a fleet: it opens a project once, then does rows.

The journal is the memory of all workers: a row that another one began, and died with, goes on; a
row that has ended is told as it ended.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.adapters.state.run_lock import RowLocks
from sgeflow.core.model import SentSpans, Status
from sgeflow.errors import Exit, GuardError, Id, Problem, SgeflowError, UsageError
from sgeflow.messages import Message, join_items, say
from sgeflow.runtime.document_changes import differing
from sgeflow.runtime.observer import Elsewhere, Observers, SendingObserver
from sgeflow.runtime.options import Options
from sgeflow.runtime.project import is_path, open_catalog
from sgeflow.runtime.run_context import RunContext, open_context
from sgeflow.runtime.session import new_run
from sgeflow.tools.fleet.remote_events import RemoteEvents
from sgeflow.tools.fleet.results import outcome_before
from sgeflow.tools.fleet.workers import Task, Threads, WorkedRow


class WorkerSite(Struct, frozen=True, kw_only=True):
    """Where rows are done: what a worker opens, and what it must find there."""

    project: str  # its folder; empty for the catalogue of the package
    flow: str  # by name, or by the path of its file
    options: Options
    documents: str  # their fingerprint where the fleet began
    fleet: str  # its run, which the worker's journal must know
    name: str  # of this going at the fleet: the next one opens anew
    is_observed: bool = False  # where the fleet began: it is told what was heard of its rows
    observing: Elsewhere | None = None  # what watches its rows, in every worker


class _OpenSite(Struct):
    """A site, opened in this process."""

    context: RunContext
    threads: Threads
    locks: RowLocks
    stack: ExitStack
    heard: RemoteEvents
    told: list[str] = field(default_factory=list)  # warnings nobody has fetched yet
    begun: set[str] = field(default_factory=set)  # here: what of them is noted may wait yet
    watching: SendingObserver | None = None


_sites: dict[str, _OpenSite] = {}
_stopped: set[str] = set()  # names of sites: also of those that are opened just now
_left: set[str] = set()
_lock = threading.Lock()  # whoever opens a site has it; whoever stops one does not wait for that


def site_of(context: RunContext, flow: str, options: Options) -> WorkerSite:
    """What the workers must open to do rows of a fleet that begins, or goes on, in this context.

    Raises:
        UsageError: the environment is simulated: its world is this process's alone.
    """
    session, folder = context.session, context.workspace.project.folder
    if session.simulated:
        name = session.environment.name
        message = say("{name} is simulated in this process, and no other can do rows", name=name)
        note = say("--engine threads; or sgeflow simulate, and an environment with its address")
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
        is_observed=context.observer is not None,
        observing=None if context.observer is None else context.observer.elsewhere(),
    )


def ready(site: WorkerSite) -> None:
    """Open the site, to find out whether rows can be done here.

    Raises:
        GuardError: other documents than where the fleet began, or another journal.
        SgeflowError: what opening a project or an environment raises: secrets are missing, …
    """
    _open(site)


def do(site: WorkerSite, task: Task) -> WorkedRow:
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

    Another worker may do it yet: one that was thought to be gone, or of a fleet whose own process
    ended without it; or this one was stopped for so long that it has lost the row. Then the row is
    told as stopped, and resume finds what became of it.
    """
    context = opened.context
    try:
        with opened.locks.hold(task.run) as hold:
            try:
                known = task.goes_on or task.run in opened.begun or context.journal.knows(task.run)
                opened.begun.add(task.run)
                if not known:
                    return opened.threads.work(task, hold)
                return _row_end(context, task) or opened.threads.work(
                    _going_on(context, task), hold
                )
            except SgeflowError as error:
                if hold.is_kept(surely=True):
                    raise
                opened.told.append(error.problems[0].message)
    except GuardError as error:
        opened.told.append(error.problems[0].message)
    return WorkedRow(outcome=task.as_stopped())


def stop(site: WorkerSite) -> None:
    """Let the site's rows end at their next step, and begin no other."""
    _stopped.add(site.name)
    if (opened := _sites.get(site.name)) is not None:
        opened.threads.stop()


def leave(site: WorkerSite) -> SentSpans | None:
    """Close the site: the fleet is over; what became of that which was sent of its rows."""
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
        with _telling_where(), ExitStack() as stack:
            opened = _first(site, stack)
            opened.stack = stack.pop_all()
        _sites[site.name] = opened
    if site.name in _stopped:  # meanwhile
        opened.threads.stop()
    if site.name in _left:
        leave(site)
    return opened


@contextmanager
def _telling_where() -> Iterator[None]:
    """Whatever is lacking, it is lacking here, and not where the fleet was started."""
    try:
        yield
    except SgeflowError as error:
        here = ("worker", f"{socket.gethostname()}, {os.getpid()}")
        raise type(error)(*(problem.with_details(here) for problem in error.problems)) from None


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
    """How a row ended whose worker died before it could tell; None when it has not ended."""
    details = context.journal.show(task.run)
    if details is None or task.goes_on:
        return None
    entry = details.entry
    if entry.ended is None or entry.exit in (None, Exit.INTERRUPTED):
        return None
    if entry.status is Status.FAILED and not entry.summary:  # not by its own doing: it goes on
        return None
    return WorkedRow(outcome=outcome_before(entry, task.number, task.line))


def _going_on(context: RunContext, task: Task) -> Task:
    """The task, which goes on when another worker began it."""
    if task.goes_on or context.journal.inputs(task.run) is None:
        return task
    return replace(task, goes_on=True)


def _refusal(message: Message, remedy: Message) -> GuardError:
    return GuardError(Problem(id=Id.GUARD, message=message, details=(("do", remedy),)))
