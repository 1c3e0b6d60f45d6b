"""What is remembered of an account, written into the account of its Cozy as well."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sgeflow.adapters.state.claims import holder_of
from sgeflow.adapters.state.last_writers import state_at
from sgeflow.adapters.state.locations import DatabaseLocation
from sgeflow.adapters.state.store import Store
from sgeflow.core.engine.ports import Author

COLLECTION = "accounts"
"""What the konnector's flows remember of an account, by its point."""


class AccountStore(Store):
    """A store that has what is remembered of accounts written into the account as well, at once."""

    def __init__(
        self,
        place: DatabaseLocation,
        remembering: Callable[[str, Mapping[str, Any]], None],
        forgetting: Callable[[], None],
    ) -> None:
        super().__init__(place)
        self._remembering, self._forgetting = remembering, forgetting

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
        """As of any store; a kill after it costs no contract, even where this store is lost.

        What is forgotten leaves the account first: it would be moved in from there again.
        """
        if collection == COLLECTION and values is None:
            self._forgetting()
        keeps = super().remember
        state = keeps(collection, name, values, mark, author, ends_account=ends_account)
        if collection == COLLECTION and values is not None:
            self._remembering(name, state)
        return state


class AccountClaims(Store):
    """A store that tells whose an account is."""

    def holder(self, point: str) -> str:
        """The run that claimed last what is remembered of a point; empty where none has."""
        with self._database.reading() as connection:
            return holder_of(connection, state_at(COLLECTION, point))
