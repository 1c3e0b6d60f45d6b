"""Maintains a state: checks it, copies and restores it, gives up runs, lists open accounts."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from sgeflow.adapters.state.backups import back_up, bring_back, read_manifest
from sgeflow.adapters.state.check import damages, stores_of
from sgeflow.adapters.state.journal import JOURNAL, Journal
from sgeflow.adapters.state.locations import DatabaseLocation, StateLocation, is_there
from sgeflow.adapters.state.records import Order
from sgeflow.adapters.state.run_lock import hold_run, works_at
from sgeflow.adapters.state.store import STORE, Store
from sgeflow.core.engine.step import Flow
from sgeflow.core.engine.walk import steps_of
from sgeflow.core.language.template import Template
from sgeflow.errors import GuardError, Id, Problem, TechnicalError, UsageError
from sgeflow.messages import Message, say
from sgeflow.patterns import regex
from sgeflow.runtime.journal.history import check_open, find_run, kept_inputs
from sgeflow.runtime.journal.pairing import missed, pair_anew
from sgeflow.runtime.project import Workspace, open_catalog


class CheckedPart(Struct, frozen=True, kw_only=True):
    """A journal or a store with its damages."""

    part: str  # "journal", or the environment of a store
    damages: tuple[Message, ...]


class CheckedState(Struct, frozen=True, kw_only=True):
    """The result of checking a whole state."""

    parts: tuple[CheckedPart, ...]
    orders: dict[str, int]  # numbers by state
    open: int  # orders that wait for a person
    held: str = ""  # since when orders are held; empty: they are not

    @property
    def is_whole(self) -> bool:
        """Whether no part is damaged."""
        return not any(part.damages for part in self.parts)


class RestoreResult(Struct, frozen=True, kw_only=True):
    """The result of restoring a copy."""

    since: str  # when the copy was made
    taken_over: int  # orders of the replaced journal
    all_read: bool  # whether all orders of the replaced journal could be read
    aside: Path | None  # the folder of the replaced state


def check(home: StateLocation) -> CheckedState:
    """Read a whole state; return its damages and the states of its orders."""
    found = {}
    if is_there(home.journal):
        found["journal"] = damages(home.journal, JOURNAL)
    stores: list[tuple[str, DatabaseLocation]] = []
    with suppress(TechnicalError):  # the journal reports a server that does not answer
        stores += stores_of(home)
    for name, place in stores:
        found[name] = damages(place, STORE)
    for name, what in missed(home):
        found[name] = (*found.get(name, ()), what)
    parts = [CheckedPart(part=name, damages=wrong) for name, wrong in found.items()]
    orders: dict[str, int] = {}
    open_, held = 0, ""
    with suppress(TechnicalError):  # reported as damage of the journal
        if is_there(home.journal):
            with Journal(home.journal) as journal:
                orders = dict(sorted(Counter(journal.order_states()).items()))
                open_, held = len(journal.open_orders()), journal.held_since()
    return CheckedState(parts=tuple(parts), orders=orders, open=open_, held=held)


def backup(home: StateLocation, folder: Path) -> str:
    """Copy the state of a folder while runs go on; return the instant of the copy.

    Raises:
        UsageError: the folder exists, the state is on a server, or there is no state.
        TechnicalError: it cannot be read or written.
    """
    if home.server is not None:
        raise UsageError(_on_server(say("a copy of a state on a server"), _DUMP))
    if folder.exists():
        message = say("{path} already exists", path=folder)
        note = say("a copy goes into a new folder")
        raise UsageError.of(Id.USAGE, message, note=note)
    if not is_there(home.journal):
        raise UsageError.of(Id.USAGE, say("there is no state in {path}", path=home.folder))
    return back_up(home.folder, folder)


def restore(home: StateLocation, folder: Path) -> RestoreResult:
    """Replace a state by a copy; orders are held until `release`.

    Raises:
        UsageError: the state is on a server, or lies in the copy.
        GuardError: a run works on the state.
        TechnicalError: the copy is not complete, or cannot be moved into place.
    """
    if home.server is not None:
        raise UsageError(_on_server(say("restoring a state on a server"), _RESTORE))
    since = read_manifest(folder)
    if home.folder.resolve().is_relative_to(folder.resolve()):
        message = say("{folder} is the backup: it cannot be the state", folder=home.folder)
        note = say("--state names the folder to restore to")
        raise UsageError.of(Id.USAGE, message, note=note)

    def check_idle() -> None:
        if busy := works_at(home):
            message = say("run {run} works on this state", run=busy)
            do = say("wait for its end, or stop it")
            raise GuardError.of(Id.GUARD, message, details=(("do", do),))

    check_idle()
    count, all_read, aside = bring_back(folder, home.folder, since, check_idle)
    return RestoreResult(since=since, taken_over=count, all_read=all_read, aside=aside)


def unmark(home: StateLocation) -> int:
    """Forget the marks of customers in all environments of a state; return their number."""
    count = 0
    for _, place in stores_of(home) if is_there(home.journal) else ():
        with Store(place) as store:
            count += store.unmark()
    return count


def release(home: StateLocation, since: str) -> None:
    """Release the orders that are held since a copy was restored, or since a part was lost.

    Raises:
        UsageError: orders are not held, or are held since another instant.
    """
    held = ""
    if is_there(home.journal):
        with Journal(home.journal) as journal:
            held = journal.held_since()
            if held and held == since:
                pair_anew(journal, home)
                journal.release_orders()
                return
    if not held:
        elsewhere = say("--state PLACE or --env NAME, if the restored state is kept elsewhere")
        raise UsageError.of(Id.USAGE, say("no order is held"), details=(("see", elsewhere),))
    message = say("orders are held since {held}, not since {since}", held=held, since=since)
    note = say("write this date after you have checked the orders since then")
    raise UsageError.of(Id.USAGE, message, allowed=(held,), note=note)


_DUMP = "pg_dump --format=custom --schema='sgeflow*' --file=FILE 'postgresql://USER@HOST/DATABASE'"
_RESTORE = "pg_restore --clean --if-exists --dbname='postgresql://USER@HOST/DATABASE' FILE"


def _on_server(what: Message, command: str) -> Problem:
    return Problem(
        id=Id.USAGE,
        message=say("{what} needs PostgreSQL's tools", what=what),
        details=(("do", command),),
    )


def give_up(home: StateLocation, run: str) -> tuple[str, tuple[Order, ...]]:
    """Give up a stopped or failed run or fleet; return its id and the orders it leaves behind.

    Other runs may then take its place and order what it ordered. Its inputs and replies are
    deleted.

    Raises:
        UsageError: there is no such run, or it has ended well.
        GuardError: it is at work, or has orders whose outcome is unknown.
    """
    entry = find_run(home, run).entry
    check_open(entry)
    name = entry.run
    with hold_run(home, name), Journal(home.journal) as journal:
        kept_inputs(journal, name)
        listed = [one for one in journal.open_orders() if name in (one.run, one.run.split(".")[0])]
        if listed:
            order = listed[0]
            message = say(
                "the outcome of {operation} of run {run} is unknown",
                operation=order.operation,
                run=order.run,
            )
            settle = home.command("orders", "resolve", order.run)
            do = say("find out, then {command} --accepted/--not-accepted", command=settle)
            raise GuardError.of(Id.GUARD, message, details=(("do", do),))
        return name, journal.give_up(name, at=time.time())


_INPUT = regex(r"inputs\.(\w+)")


class OpenAccount(Struct, frozen=True, kw_only=True):
    """An open account of an earlier customer, with the flow and command that close it."""

    environment: str
    key: str
    customer: int
    flow: str = ""  # empty: no flow closes it
    command: str = ""


def open_accounts(home: StateLocation, project: Path | None) -> tuple[OpenAccount, ...]:
    """Return the open accounts of earlier customers in all environments of a state."""
    if not is_there(home.journal):
        return ()
    open_keys: list[tuple[str, str, str, int]] = []
    for environment, place in stores_of(home):
        with Store(place) as store:
            open_keys += [(environment, *one) for one in store.earlier_accounts()]
    if not open_keys:  # without reading the documents
        return ()
    workspace = open_catalog(project)
    accounts = []
    for name, collection, key, customer in open_keys:
        flow = next(_closing(workspace, collection), None)
        command = ""
        if flow is not None and flow.state is not None:
            values = {flow.state.key: key, flow.state.customer: customer}
            given = (f"{_input(template)}={value}" for template, value in values.items())
            command = home.command("run", flow.name, *given)
            command += "" if "--env" in command else f" --env {name}"
        found = flow.name if flow else ""
        accounts.append(
            OpenAccount(environment=name, key=key, customer=customer, flow=found, command=command)
        )
    return tuple(accounts)


def _closing(workspace: Workspace, collection: str) -> Iterator[Flow]:
    """The flows that forget the state of an earlier customer."""
    for flow in workspace.catalog.flows.values():
        state = flow.state
        uses_collection = (
            state is not None and state.collection == collection and _input(state.customer)
        )
        if uses_collection and any(step.uses.forgets for step in steps_of(flow)):
            yield flow


def _input(template: Template | None) -> str:
    """The name of the input that a template consists of, or ""."""
    match = _INPUT.fullmatch(template.single.text.strip()) if template and template.single else None
    return match[1] if match else ""
