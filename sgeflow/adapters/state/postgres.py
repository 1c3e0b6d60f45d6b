"""PostgreSQL's side of the state: a schema of a server, shared by threads, processes and machines.

Writers of a schema take turns by an advisory lock, as writers of a SQLite file do, so what is read
in a writing transaction holds until its end. Settings are made in the transaction, for poolers
that hand each one another session.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar
from zlib import crc32

import psycopg
from psycopg.pq import PipelineStatus, TransactionStatus
from psycopg.rows import TupleRow

from sgeflow.adapters.state.database import Database, DatabaseKind, Space, SqlConnection
from sgeflow.adapters.state.locations import DatabaseSchema
from sgeflow.adapters.state.postgres_errors import AGAIN, UNREACHED, cause_of, has_news, tell
from sgeflow.adapters.state.postgres_pipeline import StatementPipeline
from sgeflow.adapters.state.postgres_sql import SIZE, NumericLoader, tables_of
from sgeflow.messages import say

logging.getLogger("psycopg").setLevel(logging.CRITICAL)  # its texts may hold values
_A_REST = 0.05  # seconds without a transaction; while one follows another, none is asked for it
_WHO = "SELECT pg_backend_pid()"
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
_TEXTS = {"client_encoding": "UTF8"}  # as we write them, whatever the database keeps them in


class Postgres(Database):
    """One schema of a PostgreSQL database."""

    _defaults: ClassVar[dict[str, str]] = _DEFAULTS
    _prepares = True  # statements, where it is the server itself that answers

    def __init__(self, place: DatabaseSchema, kind: DatabaseKind, *, patience: float) -> None:
        super().__init__(kind)
        self._schema = f'"{place.name}"'
        self._parts = _parts(place.address.reveal())
        if not self._parts:
            why = say("the address is not one of PostgreSQL")
            remedy = say("write postgresql://USER@HOST/DATABASE; signs of a password as %40")
            raise self._error(why, remedy)
        self._patience = f"{int(patience * 1000)}ms"
        self._used = time.monotonic()  # when the server has answered last
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

    def forget_deleted(self, *, spare: int = 0) -> None:
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

    @contextmanager
    def _transaction(self, *, writes: bool, durable: bool) -> Iterator[SqlConnection]:
        """Statements go out together, when somebody asks for an answer, or at the end.

        A writer has its turn for few ways to the server.
        """
        try:
            with self._ready() as statements:
                for statement in self._writing(durable) if writes else self._reading():
                    statements.execute(statement)
                yield statements
                statements.execute("COMMIT")
        finally:
            self._used = time.monotonic()

    def ask(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        """The same, for one way to the server: its end is sent with the question."""
        with self._lock, self._translate_errors():
            if self._busy:
                raise RuntimeError("a question within a transaction")
            pipeline = self._ready()
            if pipeline.keeps:  # no pooler: it has the path already
                with pipeline:
                    rows = pipeline.execute(statement, values)
                self._used = time.monotonic()
                return rows.fetchall()
        with self.reading() as connection:
            answer = connection.execute(statement, values)
        return answer.fetchall()

    def _ready(self) -> StatementPipeline:
        """The way to the server, with nothing on it.

        A server may have been stopped since: where that may be, it is asked before all else.
        """
        if self._is_open():
            self._connection.close()  # an interrupt left something open: the server undoes it
        rested = time.monotonic() - self._used > _A_REST
        if self._connection.closed or rested or has_news(self._connection):
            try:
                self._connection.execute(b"SELECT 1")
            except psycopg.OperationalError:
                if not self._connection.closed:
                    raise
                self._connection = self._connect()
            self._used = time.monotonic()
        return self._pipeline

    def _is_open(self) -> bool:
        """Whether something is left of a transaction."""
        status = self._connection.info.transaction_status
        is_on = self._connection.pgconn.pipeline_status != PipelineStatus.OFF
        return is_on or status is not TransactionStatus.IDLE

    def _writing(self, durable: bool) -> tuple[str, ...]:  # noqa: FBT001 - as of `writing`
        """Begin as the only writer; each statement sees what others have committed before."""
        turn = crc32(self._schema.encode()) - 2**31
        path = f"set_config('search_path', '{self._schema}', true), "
        return (
            "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
            (  # from left to right, so the turn is waited for with patience
                f"SELECT {'' if self._pipeline.keeps else path}"
                f"set_config('lock_timeout', '{self._patience}', true), "
                f"set_config('synchronous_commit', '{'on' if durable else 'off'}', true), "
                f"pg_advisory_xact_lock({self._kind.mark}, {turn})"
            ),
        )

    def _reading(self) -> tuple[str, ...]:
        begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        path = f"SET LOCAL search_path TO {self._schema}"
        return (begin,) if self._pipeline.keeps else (begin, path)

    # -- the schema -------------------------------------------------------------------------------

    def _connect(self) -> psycopg.Connection[TupleRow]:
        try:
            connection = psycopg.connect(
                psycopg.conninfo.make_conninfo(**{**self._defaults, **self._parts, **_TEXTS}),
                autocommit=True,
                cursor_factory=psycopg.RawCursor,
                prepare_threshold=None,
            )
        except psycopg.OperationalError as error:
            why = say("no connection to the server: {cause}", cause=cause_of(error))
            raise self._error(why, UNREACHED) from None
        connection.adapters.register_loader("numeric", NumericLoader)
        (pid,) = connection.execute(f"{_WHO}; {_DEAD_PEERS}".encode()).fetchone() or (0,)
        keeps = self._prepares and pid == connection.info.backend_pid  # no pooler: they lose them
        if keeps:
            connection.execute(f"SET search_path TO {self._schema}".encode())
        self._pipeline = StatementPipeline(connection, keeps=keeps)
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
        except psycopg.errors.PipelineAborted:  # whoever wrote met the error, and went on
            raise self._error(say("a statement before had failed"), AGAIN) from None
        except psycopg.Error as error:  # its text may hold values: nothing of it is chained
            raise self._error(*tell(error)) from None

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
