"""The store of an account, which also writes into the Cozy account; and its interrupted runs."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sgeflow.adapters.state.locations import DatabaseLocation, StateLocation
from sgeflow.adapters.state.records import RunEntry
from sgeflow.adapters.state.store import Store, holder_of, state_at
from sgeflow.core.engine.effects import Customer
from sgeflow.core.engine.ports import Author
from sgeflow.errors import Exit, UsageError
from sgeflow.runtime.journal.history import find_run, is_at_work, runs

COLLECTION = "accounts"
"""The collection in which the konnector's flows remember accounts, by point."""


class AccountStore(Store):
    """A store that also writes the remembered values of its account into the Cozy account.

    On a server all accounts share a store, so the values of a point may be another account's.
    """

    def __init__(
        self,
        place: DatabaseLocation,
        write_account: Callable[[str, Mapping[str, Any]], None],
        clear_account: Callable[[], None],
        note_customer: Callable[[int], None],
        customer: int | None,
    ) -> None:
        """Take the functions that write and clear the account, and note its customer."""
        super().__init__(place)
        self._write_account, self._clear_account = write_account, clear_account
        self._note_customer, self._customer = note_customer, customer

    def is_own(self, point: str) -> bool:
        """Whether the remembered values of a point belong to this account."""
        return self.present_number(point) == self._customer

    def recognise(
        self,
        collection: str,
        name: str,
        mark: str,
        day: str,
        author: Author | None = None,
        *,
        is_contradicted: bool = False,
    ) -> Customer:
        """Recognise a customer as any store does, and note it as the account's customer."""
        recognises = super().recognise
        customer = recognises(collection, name, mark, day, author, is_contradicted=is_contradicted)
        if collection == COLLECTION:
            self._customer = customer.number
            self._note_customer(customer.number)
        return customer

    def remember(
        self,
        collection: str,
        name: str,
        values: Mapping[str, Any] | None,
        mark: str = "",
        author: Author | None = None,
        *,
        ends_account: bool = False,
    ) -> dict[str, Any]:
        """Remember values as any store does, and write them into the account at once.

        So the account still names the service if this store is lost. Forgotten values are first
        removed from the account, because a later job would copy them to the store again.
        """
        is_account = collection == COLLECTION and self.is_own(name)
        if is_account and values is None:
            self._clear_account()
        keeps = super().remember
        state = keeps(collection, name, values, mark, author, ends_account=ends_account)
        if is_account and values is not None:
            self._write_account(name, state)
        return state


class AccountClaims(Store):
    """A store that finds the run that owns an account."""

    def holder(self, point: str) -> str:
        """The last run that claimed the remembered values of a point; empty if none has."""
        with self._database.reading() as connection:
            return holder_of(connection, state_at(COLLECTION, point))


_RECENT = 40  # runs; an interrupted run blocks others for thirty days


def interrupted_run(
    home: StateLocation, environment: str, point: str, flow: str
) -> RunEntry | None:
    """The last interrupted run of a flow about a point that no process is working on."""
    for entry in _runs_of(home, environment, point):
        if entry.flow == flow and _is_stopped(entry) and not is_at_work(home, entry):
            return entry
    return None


def last_run_was_interrupted(home: StateLocation, environment: str, point: str, flow: str) -> bool:
    """Whether the last run of a flow about a point was killed or interrupted."""
    entries = (one for one in _runs_of(home, environment, point) if one.flow == flow)
    last = next(entries, None)
    return last is not None and _is_stopped(last)


def _is_stopped(entry: RunEntry) -> bool:
    return entry.ended is None or entry.exit == Exit.INTERRUPTED


def _runs_of(home: StateLocation, environment: str, point: str) -> Sequence[RunEntry]:
    """The runs that may concern a point, the last one first.

    On a server, which has the runs of all accounts, only the run that claimed the point is found.
    """
    if not home.server:
        return runs(home, _RECENT)
    with AccountClaims(home.store(environment)) as store:
        holder = store.holder(point)
    try:
        return [find_run(home, holder).entry] if holder else []
    except UsageError:  # the run was pruned
        return []
