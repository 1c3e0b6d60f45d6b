"""Locks that a server keeps for all machines, each by its name, as long as whoever has it lives.

They belong to one transaction that stays open, not to a session: poolers hand each transaction
another session. It reads nothing meanwhile, so it keeps no deleted rows alive.
"""

from __future__ import annotations

from contextlib import suppress
from hashlib import blake2b

import psycopg
from psycopg.pq import TransactionStatus

from sgeflow.adapters.state.database import DatabaseKind
from sgeflow.adapters.state.locations import DatabaseSchema
from sgeflow.adapters.state.postgres import Postgres
from sgeflow.adapters.state.postgres_errors import has_news
from sgeflow.adapters.state.uptime import uptime

_LOCKS = DatabaseKind(name="the lock of runs", mark=0, versions=())
_BEGIN = (
    "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY; "
    # however long the run takes; the second one is known from PostgreSQL 17 on
    "SELECT set_config(name, '0', true) FROM pg_settings "
    "WHERE name IN ('idle_in_transaction_session_timeout', 'transaction_timeout')"
)
_TAKEN = (
    "SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted "
    "AND classid = {high} AND objid = {low} AND mode IN ('ExclusiveLock', '{or_mode}') "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_A_WHILE = 1.0  # seconds; a server does not take a silent client for lost in less than twenty
_HALF = 2**32 - 1  # a lock's number is shown in two halves


class AdvisoryLocks(Postgres):
    """The locks that one process has on a server; closed, or lost with its process, they end."""

    _prepares = False  # each statement names its own lock

    def __init__(self, place: DatabaseSchema) -> None:
        """Connect. Raises: TechnicalError when the server cannot be used."""
        super().__init__(place, _LOCKS, patience=0.0)
        self._said = -_A_WHILE  # by the clock of `uptime`, when the locks were there last
        with self._translate_errors():
            self._connection.execute(_BEGIN.encode())

    def acquire(self, name: str, *, alone: bool) -> bool:
        """Take a lock, alone or with all others who take it so; False when it cannot be had."""
        shared = "" if alone else "_shared"
        return self._says(f"SELECT pg_try_advisory_xact_lock{shared}({self._number(name)})")

    def is_taken(self, name: str, *, alone: bool = False) -> bool:
        """Whether anybody has a lock now, or has it alone; nobody is kept from it by asking."""
        number = self._number(name)
        or_mode = "ExclusiveLock" if alone else "ShareLock"
        high, low = number >> 32 & _HALF, number & _HALF
        return self._says(_TAKEN.format(high=high, low=low, or_mode=or_mode))

    def are_kept(self, *, surely: bool) -> bool:
        """Whether the locks that were taken are still there: they go with their transaction.

        A server that goes says so, or its machine does, and one that hears nothing any more waits
        for long: it is asked again after a while, or when it shall be sure.
        """
        with self._lock:  # threads share it: while one asks, another would see it at work
            if not surely and self._is_fresh() and not has_news(self._connection):
                return True
            now = uptime().seconds
            answers = self._answers("SELECT 1")
            self._said = now if answers else -_A_WHILE
            return answers

    def _is_fresh(self) -> bool:
        """Whether the server has said of late that the locks are there; a sleep takes its time."""
        return bool(uptime().boot) and uptime().seconds - self._said < _A_WHILE

    def let_go(self) -> bool:
        """Let all go, once the server has, and be ready for others; False when it is lost."""
        self._said = -_A_WHILE
        return self._answers(f"ROLLBACK; {_BEGIN}")

    def close(self) -> None:
        """Let all go, and wait until the server has: the next to ask gets them."""
        self._said = -_A_WHILE
        with suppress(psycopg.Error):
            self._connection.rollback()
        super().close()

    def _answers(self, statements: str) -> bool:
        try:
            self._connection.execute(statements.encode())
        except psycopg.Error:
            return False
        return self._connection.info.transaction_status is TransactionStatus.INTRANS

    def _number(self, name: str) -> int:
        digest = blake2b(f"{self._schema} {name}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big", signed=True)

    def _says(self, statement: str) -> bool:
        # numbers in the text: with a parameter, the server would keep its view of the rows
        with self._translate_errors():
            row = self._connection.execute(statement.encode()).fetchone()
        return bool((row or (False,))[0])

    def _set_up(self) -> None:
        """Locks need no tables."""
