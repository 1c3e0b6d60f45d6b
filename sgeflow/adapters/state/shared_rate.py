"""One rate limit and one access token for several processes and machines, by a shared database."""

import json
from collections.abc import Mapping
from threading import Lock

from sgeflow.adapters.http.rate_limit import Rate
from sgeflow.adapters.state.database import Database, DatabaseKind, SqlConnection
from sgeflow.adapters.state.locations import DatabaseLocation
from sgeflow.adapters.state.open import open_database

PACE = DatabaseKind(
    name="the pace",
    mark=0x53474550,  # "SGEP"
    versions=(
        """
        CREATE TABLE pace (name TEXT PRIMARY KEY, starts TEXT NOT NULL) WITHOUT ROWID
        """,
        """
        CREATE TABLE tokens (
            name TEXT PRIMARY KEY, sealed TEXT NOT NULL, ends REAL NOT NULL, asked REAL NOT NULL
        ) WITHOUT ROWID
        """,
    ),
)


_APART, _LONGEST_APART = 0.8, 0.25  # minimum gap: a part of the even gap, at most so many seconds
_AHEAD = 5.0  # seconds; a recorded start that is further in the future is ignored


class SharedPace:
    """The last starts under each limit, and access tokens, which their owners have sealed.

    A start is checked and recorded in one transaction.

    Times come from the database, so that machines with different clocks keep one rate. The database
    is opened at the first call. Threads may share this object.
    """

    def __init__(self, place: DatabaseLocation, *, patience: float = 30.0) -> None:
        """`patience` is how many seconds to wait for another writer."""
        self._place, self._patience = place, patience
        self._lock = Lock()
        self._opened: Database | None = None

    def close(self) -> None:
        """Close the database if it was opened."""
        if self._opened is not None:
            self._opened.close()

    def begin(self, limits: Mapping[str, Rate]) -> float:
        """Record a start under all limits (name to rate), and return 0.0.

        If a limit is reached, nothing is recorded; the result is the seconds until the next try.
        """
        rates = {name: rate.share for name, rate in limits.items()}
        database = self._database()
        with database.writing() as connection:
            now = database.now(connection)
            lanes = {name: _starts(connection, name, now) for name in rates}
            wait = max(_until_free(lanes[name], rate, now) for name, rate in rates.items())
            if wait > 0:
                return wait
            for name, rate in rates.items():
                _note_start(connection, name, rate, [*lanes[name], now])
        return 0.0

    def renew(self, limits: Mapping[str, Rate]) -> None:
        """Note that a start which was noted before happens only now: it counts from now on."""
        rates = {name: rate.share for name, rate in limits.items()}
        database = self._database()
        with database.writing() as connection:
            now = database.now(connection)
            for name, rate in rates.items():
                starts = [*_starts(connection, name, now), now]
                _note_start(connection, name, rate, starts)

    def claim_token(self, name: str, refused: str, patience: float) -> tuple[str, float] | None:
        """A sealed token and its seconds; empty while another process requests one; else None."""
        database = self._database()
        with database.writing() as connection:
            now = database.now(connection)
            row = connection.execute(
                "SELECT sealed, ends, asked FROM tokens WHERE name = ?", (name,)
            ).fetchone()
            sealed, ends, asked = row or ("", 0.0, 0.0)
            if sealed not in ("", refused) and ends > now:
                return sealed, ends - now
            if now < asked <= now + patience:  # a later time is of a clock that was set back
                return "", 0.0
            _note_token(connection, name, "", 0.0, now + patience)
        return None

    def keep_token(self, name: str, sealed: str, seconds: float) -> None:
        """Keep a sealed token for so many seconds; others stop waiting."""
        database = self._database()
        with database.writing() as connection:
            _note_token(connection, name, sealed, database.now(connection) + seconds, 0.0)

    def _database(self) -> Database:
        with self._lock:
            if self._opened is None:
                self._opened = open_database(self._place, PACE, patience=self._patience)
            return self._opened


def _starts(connection: SqlConnection, name: str, now: float) -> list[float]:
    """The recorded starts in order, without starts in the future (the clock was set back)."""
    row = connection.execute("SELECT starts FROM pace WHERE name = ?", (name,)).fetchone()
    starts: list[float] = json.loads(row[0]) if row else []
    return [start for start in starts if start <= now + _AHEAD]


def _until_free(starts: list[float], rate: Rate, now: float) -> float:
    """Seconds until one more call may start; 0 if it may start now.

    Never more in a window than allowed, and not all of them at its beginning: what leaves in a
    burst may arrive in the window of the next one.
    """
    if not starts:
        return 0.0
    free = starts[-1] + min(_APART * rate.gap, _LONGEST_APART)
    if len(starts) >= rate.count:
        free = max(free, starts[-rate.count] + rate.window)
    return max(0.0, free - now)


def _note_start(connection: SqlConnection, name: str, rate: Rate, starts: list[float]) -> None:
    """Note the last of some starts, with as many before it as count for a rate."""
    most = max(rate.count, len(starts) - 1)  # another's rate may count more of them
    connection.execute(
        "INSERT INTO pace VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET starts = excluded.starts",
        (name, json.dumps(starts[-most:])),
    )


def _note_token(
    connection: SqlConnection, name: str, sealed: str, ends: float, asked: float
) -> None:
    connection.execute(
        "INSERT INTO tokens VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET "
        "sealed = excluded.sealed, ends = excluded.ends, asked = excluded.asked",
        (name, sealed, ends, asked),
    )
