"""Statements on their way to a PostgreSQL server, one behind the other in libpq's pipeline.

They wait in the client until somebody asks for an answer, or for the end of them all: then they go
out together. psycopg's own pipeline sends each at once, and lets go of the interpreter each time;
threads of a fleet then wait for it again and again, with a turn that all others wait for.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import count
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg.abc import PQGen
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.generators import fetch_many, send
from psycopg.pq import ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult
from psycopg.rows import TupleRow

from sgeflow.adapters.state.postgres_sql import number_parameters, parameters_of

_OFTEN = 5  # times that a statement is carried out before the server keeps how
_MOST_KEPT = 200  # statements that a server keeps for a connection
_MOST_WAITING = 64 * 1024  # bytes that wait in the client
_FAILED = (ExecStatus.FATAL_ERROR, ExecStatus.PIPELINE_ABORTED)


class PipelinedRows:
    """What a statement will have given; whoever asks waits for it."""

    def __init__(self, pipeline: StatementPipeline, prepares: bytes = b"") -> None:
        self._pipeline = pipeline
        self._rows: deque[Any] | None = None
        self.prepares = prepares  # the statement that the server keeps from now on
        self.result: PGresult | None = None

    def fetchone(self) -> Any:
        """The next row, or None."""
        rows = self._rest()
        return rows.popleft() if rows else None

    def fetchall(self) -> list[Any]:
        """All rows that are left."""
        rows = self._rest()
        every = list(rows)
        rows.clear()
        return every

    def __iter__(self) -> Iterator[Any]:
        rows = self._rest()
        while rows:
            yield rows.popleft()

    def _rest(self) -> deque[Any]:
        if self._rows is None:
            if self.result is None:
                self._pipeline.wait_for(self)
            self._rows = deque(self._pipeline.rows_of(self.result))
        return self._rows


class StatementPipeline:
    """The statements of one connection; a `with` block holds those of a transaction.

    Behind the block all of them are carried out; when it raises, none of them are.
    """

    def __init__(self, connection: psycopg.Connection[TupleRow], *, keeps: bool) -> None:
        """`keeps`: whether the server may keep how it carries statements out."""
        self.keeps = keeps
        self._connection = connection
        self._link = connection.pgconn
        self._loader = Transformer(connection)
        self._waiting: deque[PipelinedRows] = deque()  # for their results, in their order
        self._unsent = 0
        self._is_asked = False  # whether the server shall answer all that it was told
        self._is_through = True  # whether all results of a block were read
        self._numbers = count()  # no name comes twice, also of what could not be kept
        self._times: Counter[bytes] = Counter()
        self._kept: dict[bytes, bytes] = {}  # names of statements that the server keeps

    def __enter__(self) -> Self:
        self._waiting.clear()
        self._unsent, self._is_through = 0, False
        self._link.enter_pipeline_mode()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is None:
            try:
                self._end()
            except BaseException as caught:
                self._leave(caught)
                raise
        else:
            self._leave(error)

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> PipelinedRows:
        """Carry a statement out, in our SQL, behind those before."""
        query = number_parameters(statement)
        texts, formats, size = parameters_of(statement, values)
        name = self._kept.get(query)
        if name is None and self._is_often(query):
            name = self._kept[query] = b"kept%d" % next(self._numbers)
            self._link.send_prepare(name, query)
            self._waiting.append(PipelinedRows(self, query))
        if name is None:
            self._link.send_query_params(query, texts, param_formats=formats)
        else:
            self._link.send_query_prepared(name, texts, formats)
        rows = PipelinedRows(self)
        self._waiting.append(rows)
        self._is_asked = False
        self._unsent += size + len(query)
        if self._unsent > _MOST_WAITING:
            self._unsent = 0
            self._connection.wait(send(self._link))
        return rows

    def wait_for(self, rows: PipelinedRows) -> None:
        """Send what waits, and read until a statement has its result.

        Raises:
            psycopg.Error: it, or one before it, could not be carried out.
        """
        if not self._is_asked:
            self._link.send_flush_request()
            self._is_asked = True
        self._connection.wait(self._read(rows))

    def rows_of(self, result: PGresult | None) -> list[Any]:
        """The rows of a result."""
        if result is None or not result.ntuples:
            return []
        self._loader.set_pgresult(result)
        return self._loader.load_rows(0, result.ntuples, tuple)

    def _end(self) -> None:
        self._link.pipeline_sync()
        self._connection.wait(self._read(None))
        self._link.exit_pipeline_mode()

    def _leave(self, error: BaseException) -> None:
        """Undo what was carried out, and leave nothing of it on its way.

        An interrupt may have come anywhere: then the server undoes it, for want of a connection.
        """
        if not isinstance(error, Exception):
            self._connection.close()
            return
        with suppress(psycopg.Error):
            if not self._is_through:
                with suppress(psycopg.Error):  # it has been told, or nobody waits for it any more
                    self._link.pipeline_sync()
                    self._connection.wait(self._read(None))
            self._link.exit_pipeline_mode()
            if self._connection.info.transaction_status is not TransactionStatus.IDLE:
                self._connection.execute(b"ROLLBACK")

    def _read(self, until: PipelinedRows | None) -> PQGen[None]:
        """Send what waits, and read up to a result; without one to the end that was asked for.

        What has come behind it is read as well.
        """
        self._unsent = 0
        error: psycopg.Error | None = None
        yield from send(self._link)
        while until is None or until.result is None or self._has_more():
            try:
                (result,) = yield from fetch_many(self._link)
            except (psycopg.OperationalError, ValueError):  # nothing comes any more
                raise error or psycopg.OperationalError from None
            if result.status == ExecStatus.PIPELINE_SYNC:
                self._is_through = True
                break
            # behind the last one, a server that goes says so instead of that it is through
            answered = self._waiting.popleft() if self._waiting else PipelinedRows(self)
            answered.result = result
            if result.status in _FAILED:
                self._kept.pop(answered.prepares, None)
                error = error or _error_of(result)
        if error is not None:
            raise error

    def _has_more(self) -> bool:
        return bool(self._waiting) and not self._link.is_busy()

    def _is_often(self, query: bytes) -> bool:
        if not self.keeps or len(self._kept) >= _MOST_KEPT:
            return False
        self._times[query] += 1
        return self._times[query] > _OFTEN


def _error_of(result: PGresult) -> psycopg.Error:
    if result.status == ExecStatus.PIPELINE_ABORTED:
        return psycopg.errors.PipelineAborted("a statement before had failed")
    return error_from_result(result)
