"""The bytes of one exchange: connections that know what left them, replies read within bounds.

urllib3's read timeout starts anew with every byte: a server that drips could hold a call for hours.
So each receive has no more than what is left of the exchange's time.

On a kept connection, a reply that nobody asked for would be taken for the answer to the next
request, with another customer's values. So a connection is kept only after a whole answer with
nothing behind it, and a request leaves only where nothing waits to be read.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import parse_url, wait_for_read

from sgeflow.adapters.http.proxies import Proxy
from sgeflow.messages import say

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from urllib3.response import BaseHTTPResponse


class ExchangeTimer(threading.local):
    """The exchange of this thread: how long it may take, and how far it came."""

    until: float = float("inf")
    slept: float = 0.0  # seconds for which the machine had slept since its start, at the beginning
    read_timeout: float = 60.0
    connected: bool = False  # the server took the connection; TLS may not be agreed on yet
    at_proxy: bool = False  # a proxy on the way has opened no connection yet
    sent: bool = False  # bytes of the request left
    answered: bool = False  # bytes of a reply came
    certificate_pending: bool = False  # TLS 1.3: the server may refuse ours behind the request
    depart: Callable[[], bool] | None = None  # whether the turn of the call still holds
    grace: float = 0.0  # seconds to wait for such a refusal before anything leaves

    def begin(
        self, until: float, read_timeout: float, grace: float, depart: Callable[[], bool] | None
    ) -> None:
        """A new exchange: it ends at `until`, and no silence lasts longer than `read_timeout`."""
        self.until, self.read_timeout = until, read_timeout
        self.grace, self.depart = grace, depart
        self.slept = _slept()
        self.connected = self.sent = self.answered = self.certificate_pending = False
        self.at_proxy = False

    @property
    def time_left(self) -> float:
        """Seconds until it ends, those in which the machine slept included.

        By then others may have settled what it was about to send, and the uptime tells them when.
        """
        return self.until - time.monotonic() - (_slept() - self.slept)

    def check(self) -> None:
        """Go on while there is time; what came may take long to unpack. Raises TimeoutError."""
        if self.time_left <= 0:
            raise TimeoutError


def _slept() -> float:
    """Seconds for which the machine has slept since its start; 0 where no clock tells (macOS)."""
    clock: int | None = getattr(time, "CLOCK_BOOTTIME", None)
    return 0.0 if clock is None else time.clock_gettime(clock) - time.monotonic()


timer = ExchangeTimer()


INTERIM = 16  # so many 1xx before an answer are a flood
_INTERIM_STATUS = range(100, 200)
_SWITCHED = 101
_OK = range(200, 300)
_SOAP_FAULT = 500
_HTTP_1_1 = 11


class NoFinalReply(http.client.HTTPException):
    """No reply came: interim ones without end, or another protocol."""


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
        self._sock.settimeout(0 if self._is_over else min(left, timer.read_timeout))
        count = self._raw.readinto(buffer)
        timer.answered = timer.answered or bool(count)
        self.ended = count == 0
        return count

    @contextmanager
    def waiting_for_nothing(self) -> Iterator[None]:
        """Within the block only bytes are read that have come."""
        timeout = self._sock.gettimeout()
        self._is_over = True
        try:
            yield
        finally:
            self._sock.settimeout(timeout)

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
                raise NoFinalReply(say("it switches to another protocol without being asked"))
            http.client.parse_headers(self.fp)
        raise NoFinalReply(say("it sent only interim responses (1xx)"))

    def read1(self, n: int = -1) -> bytes:
        """Read what is there of the body, and count it."""
        piece = super().read1(n)
        self._size += len(piece)
        return piece

    @property
    def ends_well(self) -> bool:
        """Whether it is whole, and nothing behind it: the next request may follow."""
        if not self._is_whole or self.is_followed or not self._size:
            return False
        kind = self.headers.get("content-type", "") if self.headers else ""
        is_fault = self.status == _SOAP_FAULT and "xml" in kind
        # a stray 204 or an error page answers no request
        return (self.status in _OK or is_fault) and self._is_framed()

    def _close_conn(self) -> None:
        with suppress(OSError), self._source.waiting_for_nothing():  # nothing is there, or nobody
            self.is_followed = bool(self.fp.peek(1))
        self._is_whole = True  # some Pythons come here before its last piece is counted
        super()._close_conn()  # type: ignore[misc]

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


CHUNK = 64 * 1024
GZIP = 16 + zlib.MAX_WBITS

_FIRST_WINDOW = 64  # bytes that are looked at to see whether a member of gzip ends at once


class ExtraReply(Exception):
    """Bytes came behind the reply: nothing tells which of the two is the answer."""


class TooLarge(Exception):
    """The reply passes its limit, on the wire or unpacked."""


class BrokenBody(Exception):
    """The reply's body is cut, or packed in a way that was not offered."""


def read_body(reply: BaseHTTPResponse, limit: int) -> bytes:
    """The whole body, unpacked; at most `limit` bytes on the wire and at most `limit` unpacked.

    Raises:
        TooLarge, BrokenBody: it is more than that, or is not whole.
        ExtraReply: something stands behind it.
    """
    if (reply.length_remaining or 0) > limit:
        raise TooLarge
    packing = reply.headers.get("content-encoding", "identity").lower()
    if packing not in ("identity", "gzip", "x-gzip"):
        raise BrokenBody(say("packed as {packing!r}, which was not offered", packing=packing[:20]))
    pieces: list[bytes] = []
    size = 0
    while piece := reply.read1(CHUNK, decode_content=False):
        timer.check()
        size += len(piece)
        if size > limit:
            raise TooLarge
        pieces.append(piece)
    body = b"".join(pieces)
    if _is_followed(reply):
        raise ExtraReply
    return _unpack(body, limit) if body and packing != "identity" else body


def _is_followed(reply: Any) -> bool:
    """Return whether bytes have come behind a reply; urllib3 has no other door to that."""
    return bool(getattr(reply._original_response, "is_followed", False))  # noqa: SLF001


def _unpack(body: bytes, limit: int) -> bytes:
    """A gzip body may be several members, one after the other: each byte is looked at once."""
    pieces: list[bytes] = []
    left, at = limit, 0
    while at < len(body):
        timer.check()
        piece, at = _unpack_member(body, at, left + 1)
        left -= len(piece)
        if left < 0:
            raise TooLarge
        pieces.append(piece)
    return b"".join(pieces)


def _unpack_member(body: bytes, at: int, most: int) -> tuple[bytes, int]:
    """The gzip member that begins at a place, up to `most` bytes of it, and where it ends."""
    member, window = zlib.decompressobj(GZIP), _FIRST_WINDOW
    pieces: list[bytes] = []
    size = 0
    while True:
        packed = body[at : at + window]
        try:
            piece = member.decompress(packed, most - size)
        except zlib.error as error:
            raise BrokenBody(say("its content is not gzip")) from error
        at += len(packed)
        size += len(piece)
        pieces.append(piece)
        if member.eof or size >= most:
            return b"".join(pieces), at - len(member.unused_data)
        if not packed:
            raise BrokenBody(say("cut in the middle"))
        window = CHUNK


class UnaskedReply(Exception):
    """Something came on the connection before anything was asked on it."""


class MissedTurn(Exception):
    """The connection took longer than the turn of this call, and there is no time for another."""


class ProxyRefusal(Exception):
    """The proxy on the way opens no connection to the server; `status` is its answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class _WatchedConnection:
    """A connection that sends only where nothing waits to be read."""

    reply: WatchedReply | None = None
    sock: Any
    host: str
    port: int
    asks_proxy = False  # what is sent now is for the proxy

    def pass_through(self, proxy: Proxy) -> None:
        """Connect to a proxy, and through it to the server, from now on."""
        self.set_tunnel(self.host, self.port, headers=proxy.headers)  # type: ignore[attr-defined]
        self.host, self.port = proxy.host, proxy.port

    def _new_conn(self) -> socket.socket:
        timer.at_proxy = self._tunnel_host is not None  # type: ignore[attr-defined]
        sock: socket.socket = super()._new_conn()  # type: ignore[misc]
        return sock

    def _tunnel(self) -> None:
        """Ask the proxy for the way to the server: no byte of this is one of the request."""
        self.asks_proxy = True
        try:
            super()._tunnel()  # type: ignore[misc]
        except OSError:
            if self.reply and self.reply.seen not in (0, http.client.OK):  # 200, and cut: no answer
                raise ProxyRefusal(self.reply.seen) from None
            raise
        finally:
            self.asks_proxy, timer.answered = False, False
        if self.reply and self.reply.is_followed:
            raise UnaskedReply
        timer.at_proxy = False

    def response_class(self, sock: socket.socket, *args: Any, **named: Any) -> WatchedReply:
        self.reply = WatchedReply(sock, *args, **named)
        return self.reply

    @property
    def is_connected(self) -> bool:
        """Whether it can be used again."""
        try:
            if self.sock is None:
                return False
            _check_silence(self.sock)
        except (UnaskedReply, OSError):
            return False
        return True

    def send(self, data: Any) -> None:
        """Send, the first byte only while there is time and nothing waits to be read."""
        if self.sock is None:
            self.connect()  # type: ignore[attr-defined]
        if not timer.sent and not self.asks_proxy:
            timer.check()  # looking up a name, and each of its addresses, has taken what it took
            self.reply = None
            if timer.depart and not timer.depart():
                raise MissedTurn
            timer.check()  # so did the turn; and the machine may have slept
            _check_silence(self.sock)
            timer.sent = True
        super().send(data)  # type: ignore[misc]


def _check_silence(sock: socket.socket) -> None:
    """Look whether something can be read; TLS reads its own messages on the way.

    Raises:
        UnaskedReply: it can.
        OSError: the other side is gone; of TLS, its alert.
    """
    timeout = sock.gettimeout()
    sock.settimeout(0)
    try:
        piece = sock.recv(1)
    except (BlockingIOError, ssl.SSLWantReadError):
        return
    finally:
        sock.settimeout(timeout)
    if piece:
        raise UnaskedReply
    raise http.client.RemoteDisconnected("")


class _Plain(_WatchedConnection, HTTPConnection):  # type: ignore[misc]
    """A connection over http."""


class _Encrypted(_WatchedConnection, HTTPSConnection):  # type: ignore[misc]
    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        timer.connected = True  # what is waited for now is the handshake
        return sock

    def connect(self) -> None:
        super().connect()
        timer.certificate_pending = self.sock.version() == "TLSv1.3"
        if timer.certificate_pending and timer.grace:
            timer.certificate_pending = not _is_taken(self.sock, timer.grace)


def _is_taken(sock: ssl.SSLSocket, patience: float) -> bool:
    """Wait until the server has taken our certificate: with TLS 1.3 it tells after the handshake.

    A ticket for a next session comes when it has. Servers that give none say nothing when they
    take it: then the patience, in seconds, passes, and it is False.

    Raises:
        OSError: it does not take it (its alert), or has closed the connection.
        UnaskedReply: something else came.
    """
    until = min(time.monotonic() + patience, timer.until)
    _check_silence(sock)
    while not (sock.session and sock.session.has_ticket):
        left = until - time.monotonic()
        if left <= 0 or not wait_for_read(sock, timeout=left):
            return False
        _check_silence(sock)
    return True


class _Kept:
    """A pool that uses a connection again only when its last reply ended well."""

    proxy_on_the_way: Proxy | None = None

    def _new_conn(self) -> Any:
        conn = super()._new_conn()  # type: ignore[misc]
        if self.proxy_on_the_way:
            conn.pass_through(self.proxy_on_the_way)
        return conn

    def _put_conn(self, conn: Any) -> None:
        if conn is not None and not (conn.reply and conn.reply.ends_well):
            conn.close()
        super()._put_conn(conn)  # type: ignore[misc]


class PlainPool(_Kept, HTTPConnectionPool):
    """Connections over http."""

    ConnectionCls = _Plain


class EncryptedPool(_Kept, HTTPSConnectionPool):
    """Connections over https."""

    ConnectionCls = _Encrypted


def open_pool(
    base_url: str, context: ssl.SSLContext | None, size: int, proxy: Proxy | None
) -> HTTPConnectionPool:
    """The connections to the host of an address, `size` of which are kept."""
    at = parse_url(base_url)
    pool: PlainPool | EncryptedPool
    if at.scheme == "https":
        pool = EncryptedPool(at.host or "", at.port or 443, maxsize=size, ssl_context=context)
    else:
        pool = PlainPool(at.host or "", at.port or 80, maxsize=size)
    pool.proxy_on_the_way = proxy
    return pool


def refused_certificate(error: ssl.SSLError) -> bool:
    """Whether the server's alert says no to who we are."""
    reason = str(getattr(error, "reason", None) or "")
    return "ALERT" in reason and any(
        word in reason
        for word in ("CERTIFICATE", "UNKNOWN_CA", "ACCESS_DENIED", "HANDSHAKE_FAILURE")
    )


def demanded_certificate(error: BaseException) -> bool:
    """Whether that alert is the one of TLS 1.3 to who shows no certificate."""
    return "CERTIFICATE_REQUIRED" in str(getattr(error, "reason", None) or "")
