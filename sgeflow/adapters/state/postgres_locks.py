"""Locks that a server keeps for all machines, each by its name, as long as whoever has it lives.

They belong to one transaction that stays open, not to a session: poolers hand each transaction
another session. It reads nothing meanwhile, so it keeps no deleted rows alive.
"""

from __future__ import annotations

from hashlib import blake2b

from sgeflow.adapters.state.database import Kind
from sgeflow.adapters.state.locations import Schema
from sgeflow.adapters.state.postgres import Postgres

_LOCKS = Kind(name="the lock of runs", mark=0, versions=())
_BEGIN = (
    "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY; "
    # however long the run takes; the second one is known from PostgreSQL 17 on
    "SELECT set_config(name, '0', true) FROM pg_settings "
    "WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout')"
)
_TAKEN = (
    "SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted "
    "AND classid = $1::bigint AND objid = $2::bigint AND (mode = 'ExclusiveLock' OR NOT $3) "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_HALF = 2**32 - 1  # a lock's number is shown in two halves


class Turns(Postgres):
    """The locks that one process has on a server; closed, or lost with its process, they end."""

    def __init__(self, place: Schema) -> None:
        """Connect. Raises: TechnicalError when the server cannot be used."""
        super().__init__(place, _LOCKS, patience=0.0)
        with self._translated():
            self._connection.execute(_BEGIN.encode())

    def take(self, name: str, *, alone: bool) -> bool:
        """Take a lock, alone or with all others who take it so; False when it cannot be had."""
        shared = "" if alone else "_shared"
        # the number in the text: with a parameter, the server would keep its view of the rows
        return self._says(f"SELECT pg_try_advisory_xact_lock{shared}({self._number(name)})")

    def is_taken(self, name: str, *, alone: bool = False) -> bool:
        """Whether anybody has a lock now, or has it alone; nobody is kept from it by asking."""
        number = self._number(name)
        return self._says(_TAKEN, number >> 32 & _HALF, number & _HALF, alone)

    def _number(self, name: str) -> int:
        digest = blake2b(f"{self._schema} {name}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big", signed=True)

    def _says(self, statement: str, *values: object) -> bool:
        with self._translated():
            found = self._connection.execute(statement.encode(), values or None).fetchone()
        return bool((found or (False,))[0])

    def _set_up(self) -> None:
        """Locks need no tables."""
