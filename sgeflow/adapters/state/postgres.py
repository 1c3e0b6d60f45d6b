"""PostgreSQL's side of the state: a schema of a server, shared by threads, processes and machines.

Writers of a schema take turns by an advisory lock, as writers of a SQLite file do, so what is read
in a writing transaction holds until its end. Settings are made in the transaction, for poolers
that hand each one another session.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from itertools import count
from typing import Any, ClassVar
from zlib import crc32

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow

from sgeflow.adapters.state.database import Database, DatabaseKind, Space, SqlConnection, SqlRows
from sgeflow.adapters.state.locations import DatabaseSchema
from sgeflow.adapters.state.postgres_sql import SIZE, FloatDumper, NumericLoader, tables_of
from sgeflow.messages import say, verbatim

_DEAD_PEERS = (  # a machine that vanished within a transaction must not keep the others waiting
    "SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; "
    "SET idle_in_transaction_session_timeout = '10min'"
)
_DEFAULTS = {
    "connect_timeout": "10",
    "keepalives_idle": "20",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
    "fallback_application_name": "sgeflow",
}
_LATER = say("run again when it is back: what was kept is whole")
_AGAIN = say("run again; tell us when it stays")
_UNREACHED = say("check the address, the user and the password, and whether the server is up")
_STOPPED = say("the server was stopped")
_REMEDIES = {
    "53100": (say("the disk is full"), say("free some space, then run again")),
    "53300": (
        say("the server has no connection left"),
        say("wait until the other run has ended, then run again"),
    ),
    "55P03": (
        say("another program holds it"),
        say("wait until the other run has ended, then run again"),
    ),
    "57014": (
        say("the server ended the statement"),
        say("run again, or raise its statement_timeout"),
    ),
    "57P01": (_STOPPED, _LATER),
    "57P02": (_STOPPED, _LATER),
    "57P03": (_STOPPED, _LATER),
    "25006": (
        say("the server takes no writes"),
        say("name the one that does, not a standby of it"),
    ),
    "42501": (
        say("its user lacks the right to it"),
        say("GRANT its user CREATE on the database, once"),
    ),
}


class Postgres(Database):
    """One schema of a PostgreSQL database."""

    _defaults: ClassVar[dict[str, str]] = _DEFAULTS

    def __init__(self, place: DatabaseSchema, kind: DatabaseKind, *, patience: float) -> None:
        super().__init__(kind)
        self._schema = f'"{place.name}"'
        self._parts = _parts(place.address.reveal())
        if not self._parts:
            why = say("the address is not one of PostgreSQL")
            remedy = say("write postgresql://USER@HOST/DATABASE; signs of a password as %40")
            raise self._error(why, remedy)
        self._patience = f"{int(patience * 1000)}ms"
        with self._translate_errors():
            self._connection = self._connect()
        try:
            self._set_up()
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._connection.close()

    def sync(self) -> None:
        """Nothing: a server has one log, written to the disk in the order of all its commits."""

    def forget_deleted(self) -> None:
        """Nothing: the server itself clears deleted rows away, and keeps logs as it is told to."""

    def space(self) -> Space:
        """All tables of the schema; what of them is free, the server alone knows."""
        with self.reading() as connection:
            (size,) = connection.execute(SIZE, (self._schema,)).fetchone()
        return Space(int(size or 0), 0)

    # -- transactions -----------------------------------------------------------------------------

    def now(self, connection: SqlConnection) -> float:
        """The server's time in epoch seconds; it goes on within a transaction."""
        rows = connection.execute("SELECT extract(epoch FROM clock_timestamp())")
        return float(rows.fetchone()[0])

    def _begin(self, *, writes: bool, durable: bool) -> SqlConnection:
        beginning = self._writing(durable=durable) if writes else self._reading()
        try:
            self._execute(beginning)
        except psycopg.OperationalError:
            if not self._connection.closed:
                raise
            # nothing was under way: a server that was restarted since is asked again, once
            self._connection = self._connect()
            self._execute(beginning)
        return _Statements(self._connection)

    def _execute(self, statements: str) -> None:
        if self._connection.info.transaction_status is not TransactionStatus.IDLE:
            self._connection.close()  # an interrupt left something open: the server undoes it
        self._connection.execute(statements.encode())

    def _writing(self, *, durable: bool) -> str:
        """Begin as the only writer; each statement sees what others have committed before."""
        turn = crc32(self._schema.encode()) - 2**31
        return (
            "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; "
            f"SET LOCAL search_path TO {self._schema}; "
            f"SET LOCAL lock_timeout TO '{self._patience}'; "
            f"SET LOCAL synchronous_commit TO {'on' if durable else 'off'}; "
            f"SELECT pg_advisory_xact_lock({self._kind.mark}, {turn})"
        )

    def _reading(self) -> str:
        return (
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; "
            f"SET LOCAL search_path TO {self._schema}"
        )

    def _undo(self) -> None:
        with suppress(psycopg.Error):
            self._connection.execute("ROLLBACK")

    # -- the schema -------------------------------------------------------------------------------

    def _connect(self) -> psycopg.Connection[TupleRow]:
        try:
            connection = psycopg.connect(
                psycopg.conninfo.make_conninfo(**{**self._defaults, **self._parts}),
                autocommit=True,
                cursor_factory=psycopg.RawCursor,
                prepare_threshold=None,  # poolers lose prepared statements
            )
        except psycopg.OperationalError as error:
            why = say("no connection to the server: {cause}", cause=_cause(error))
            raise self._error(why, _UNREACHED) from None
        connection.adapters.register_dumper(float, FloatDumper)
        connection.adapters.register_loader("numeric", NumericLoader)
        connection.execute(_DEAD_PEERS.encode())
        return connection

    def _set_up(self) -> None:
        with self.reading() as connection:
            version = self._read_version(connection)
        if version == self._kind.version:
            return
        with self.writing(durable=True) as connection:
            version = self._read_version(connection)  # another process may have been here meanwhile
            if not self._exists(connection):
                connection.execute(f"CREATE SCHEMA {self._schema}")
            if not version:
                connection.execute(
                    "CREATE TABLE about (mark bigint NOT NULL, version bigint NOT NULL)"
                )
                connection.execute("INSERT INTO about VALUES (?, 0)", (self._kind.mark,))
            for statement in self._kind.statements(version):
                connection.execute(tables_of(statement))
            connection.execute("UPDATE about SET version = ?", (self._kind.version,))

    def _exists(self, connection: SqlConnection) -> bool:
        rows = connection.execute("SELECT to_regnamespace(?) IS NOT NULL", (self._schema,))
        return bool(rows.fetchone()[0])

    def _read_version(self, connection: SqlConnection) -> int:
        """The version of the schema that is there; 0 when there is none yet."""
        names = (f"{self._schema}.about", self._schema)
        about, tables = connection.execute(
            "SELECT to_regclass(?) IS NOT NULL, "
            "(SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace(?))",
            names,
        ).fetchone()
        # names are looked up as of now, rows as of when the reading began: made meanwhile by
        # another process, the table is there and its row is not
        row = connection.execute("SELECT mark, version FROM about").fetchone() if about else None
        mark, version = row or (0, 0)
        self._check_kind(mark, version, is_new=not tables)
        return int(version)

    # -- errors -----------------------------------------------------------------------------------

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:  # its text may hold values: nothing of it is chained
            if isinstance(error, psycopg.OperationalError) and not error.sqlstate:
                raise self._error(say("the connection was lost"), _LATER) from None
            reason = verbatim(error.diag.message_primary or type(error).__name__)
            why, remedy = _REMEDIES.get(error.sqlstate or "", (reason, _AGAIN))
            raise self._error(why, remedy) from None

    @property
    def _display_name(self) -> str:
        """The address without password and settings."""
        if not self._parts:
            return say("on a server")
        user, host, port, name = (self._parts.get(k) for k in ("user", "host", "port", "dbname"))
        is_socket = "/" in (host or "")
        where = f"{f'{user}@' if user else ''}{'' if is_socket else host or ''}"
        where += f":{port}" if port else ""
        return f"postgresql://{where}/{name or ''}{f'?host={host}' if is_socket else ''}"


class ServerProbe(Postgres):
    """A look at a server that leaves nothing there, and does not wait for long."""

    _defaults: ClassVar[dict[str, str]] = {
        **_DEFAULTS,
        "connect_timeout": "5",
        "tcp_user_timeout": "5000",
    }

    def _set_up(self) -> None:
        """Nothing is made."""

    @property
    def display_name(self) -> str:
        """Where it is, without password and settings."""
        return self._display_name

    def may_create(self) -> bool:
        """Whether its user may make the tables, or they are there; never on a standby."""
        with self.reading() as connection:
            rows = connection.execute(
                "SELECT NOT pg_is_in_recovery() AND (to_regnamespace(?) IS NOT NULL "
                "OR has_database_privilege(current_database(), 'CREATE'))",
                (self._schema,),
            )
            return bool(rows.fetchone()[0])


class _Statements:
    """A connection that takes our SQL."""

    def __init__(self, connection: psycopg.Connection[TupleRow]) -> None:
        self._connection = connection

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> SqlRows:
        """Carry a statement out."""
        return self._connection.execute(_number_parameters(statement), values or None)


@lru_cache(maxsize=512)
def _number_parameters(statement: str) -> bytes:
    """A statement with PostgreSQL's `$1` for `?1`, or for the first `?`."""
    numbers = count(1)
    return re.sub(r"\?(\d*)", lambda found: f"${found[1] or next(numbers)}", statement).encode()


def _parts(address: str) -> dict[str, str]:
    """The parts of an address; none when it is wrongly written.

    A password with bare signs would be taken for a host or a database, and be shown.
    """
    try:
        parts = psycopg.conninfo.conninfo_to_dict(address)
    except psycopg.ProgrammingError:
        return {}
    texts = {name: str(part) for name, part in parts.items()}
    odd = "@" in texts.get("host", "") + texts.get("dbname", "")
    return {} if odd or not re.fullmatch(r"[\d,]*", texts.get("port", "")) else texts


def _cause(error: psycopg.Error) -> str:
    """The cause alone, of a text that names hosts and ports first."""
    line = str(error).strip().splitlines()[0]
    return re.split(r"FATAL:\s+|failed: ", line)[-1]
