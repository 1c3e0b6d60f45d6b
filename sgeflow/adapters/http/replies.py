"""Replies as they come off a connection: read within bounds, and knowing how they ended."""

from __future__ import annotations

import http.client
import io
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from sgeflow.adapters.http.exchange_timer import timer
from sgeflow.messages import say

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

INTERIM = 16  # so many 1xx before an answer are a flood
_INTERIM_STATUS = range(100, 200)
_SWITCHED = 101
_OK = range(200, 300)
_SOAP_FAULT = 500
_HTTP_1_1 = 11


class NoFinalReply(http.client.HTTPException):
    """What came instead of a reply: interim ones without end, or another protocol."""


class _Bounded(io.RawIOBase):
    """A socket's bytes, each receive within what is left of the exchange's time."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket) -> None:
        self._raw = raw
        self._sock = sock
        self._is_over = False  # nothing more is waited for
        self.ended = False  # nothing more will come

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        timer.check()
        left = max(0.001, timer.time_left)
        self._sock.settimeout(0 if self._is_over else min(left, timer.pause))
        count = self._raw.readinto(buffer)
        timer.answered = timer.answered or bool(count)
        self.ended = count == 0
        return count

    @contextmanager
    def waiting_for_nothing(self) -> Iterator[None]:
        """Within the block only bytes are read that have come."""
        pause = self._sock.gettimeout()
        self._is_over = True
        try:
            yield
        finally:
            self._sock.settimeout(pause)

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class WatchedReply(http.client.HTTPResponse):
    """A reply whose head is read within bounds too, and which knows how it ended."""

    seen = 0  # the status, as soon as it is there
    is_followed = False  # by bytes that were not asked for
    _is_whole = False

    def __init__(self, sock: socket.socket, *args: Any, **named: Any) -> None:
        super().__init__(sock, *args, **named)
        self._source = _Bounded(self.fp.detach(), sock)
        self.fp: Any = io.BufferedReader(self._source)
        self._size = 0

    def begin(self) -> None:
        """Read the head."""
        super().begin()
        if self._source.ended:  # http.client takes a head that is cut for a whole one
            raise http.client.IncompleteRead(b"")

    def _read_status(self) -> tuple[str, int, str]:
        """The status line of the reply itself: interim ones are skipped (RFC 9110, 15.2)."""
        for _ in range(INTERIM):
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if status not in _INTERIM_STATUS:
                self.seen = status
                return version, status, reason
            if status == _SWITCHED:
                raise NoFinalReply(say("it switches to another protocol, which was not asked for"))
            http.client.parse_headers(self.fp)
        raise NoFinalReply(say("only interim ones (1xx) came"))

    def read1(self, n: int = -1) -> bytes:
        """Read what is there of the body, and count it."""
        piece = super().read1(n)
        self._size += len(piece)
        return piece

    @property
    def ends_well(self) -> bool:
        """Whether it is whole, and nothing behind it: the next request may follow."""
        is_alone = self._is_whole and not self.is_followed
        return is_alone and self._is_answer() and self._is_framed()

    def _close_conn(self) -> None:
        self.is_followed = self._has_more()
        self._is_whole = True  # some Pythons come here before its last piece is counted
        super()._close_conn()  # type: ignore[misc]

    def _is_answer(self) -> bool:
        """Whether it is what a request is answered with: a stray 204 or an error page is not."""
        kind = self.headers.get("content-type", "") if self.headers else ""
        is_fault = self.status == _SOAP_FAULT and "xml" in kind
        return self._size > 0 and (self.status in _OK or is_fault)

    def _is_framed(self) -> bool:
        """Whether there is one way only to say where it ends (RFC 9112, 6.3)."""
        lengths = self.headers.get_all("content-length", [])
        codings = self.headers.get_all("transfer-encoding", [])
        plain = len(lengths) == 1 and lengths[0].strip().isdecimal() and not codings
        chunked = [coding.strip().lower() for coding in codings] == ["chunked"] and not lengths
        return (
            self.version == _HTTP_1_1
            and not self.will_close
            and (plain or chunked)
            and not self.headers.defects
        )

    def _has_more(self) -> bool:
        """Whether bytes have come that belong to no reply; nothing is waited for."""
        with suppress(OSError), self._source.waiting_for_nothing():  # nothing is there, or nobody
            return bool(self.fp.peek(1))
        return False
