"""The state of accounts: a store that writes into the account too, and runs that were killed."""

from __future__ import annotations

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
"""The collection that the konnector's flows remember accounts in, by point."""


class AccountStore(Store):
    """A store that has what is remembered of an account written into the account as well, at once.

    On a server all accounts share a store: what is remembered of a point may be another account's.
    """

    def __init__(
        self,
        place: DatabaseLocation,
        remembering: Callable[[str, Mapping[str, Any]], None],
        forgetting: Callable[[], None],
        recognising: Callable[[int], None],
        customer: int | None,
    ) -> None:
        """The hooks are told what to write into the account, and its customer when one is seen."""
        super().__init__(place)
        self._remembering, self._forgetting = remembering, forgetting
        self._recognising, self._customer = recognising, customer

    def is_own(self, point: str) -> bool:
        """Whether what is remembered of a point is this account's."""
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
        """Recognise a customer as any store does; from then on the account is that customer's."""
        recognises = super().recognise
        customer = recognises(collection, name, mark, day, author, is_contradicted=is_contradicted)
        if collection == COLLECTION:
            self._customer = customer.number
            self._recognising(customer.number)
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

        A kill after that costs no contract, even when this store is lost. Values that are forgotten
        leave the account first: they would be taken over from there again.
        """
        is_told = collection == COLLECTION and self.is_own(name)
        if is_told and values is None:
            self._forgetting()
        keeps = super().remember
        state = keeps(collection, name, values, mark, author, ends_account=ends_account)
        if is_told and values is not None:
            self._remembering(name, state)
        return state


class AccountClaims(Store):
    """A store that tells whose an account is."""

    def holder(self, point: str) -> str:
        """The run that claimed last what is remembered of a point; empty where none has."""
        with self._database.reading() as connection:
            return holder_of(connection, state_at(COLLECTION, point))


_RECENT = 40  # runs: what was stopped bars others for thirty days


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
    """The runs that may be about a point, the last one first.

    A server has the runs of all accounts: whose a run is, its claim tells.
    """
    if not home.server:
        return runs(home, _RECENT)
    with AccountClaims(home.store(environment)) as store:
        holder = store.holder(point)
    try:
        return [find_run(home, holder).entry] if holder else []
    except UsageError:  # it was pruned
        return []
