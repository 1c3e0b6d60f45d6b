"""HTTP exchanges within time and size limits, on connections that know if anything was sent.

urllib3's read timeout restarts with every byte: a server that sends slowly could hold a call for
hours. So each receive is limited by the remaining time of the exchange.

On a kept connection, an unrequested reply would be taken for the answer to the next request, with
another customer's values. So a connection is kept only after a complete answer with nothing after
it, and a request is sent only if nothing is waiting to be read.
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
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util import parse_url, wait_for_read

from sgeflow.adapters.http.proxies import Proxy
from sgeflow.messages import say

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from urllib3.response import BaseHTTPResponse


class ExchangeTimer(threading.local):
    """The progress and the time limit of this thread's exchange."""

    until: float = float("inf")
    slept: float = 0.0  # seconds of machine sleep since boot, at the start of the exchange
    read_timeout: float = 60.0
    connected: bool = False  # the server accepted the connection; TLS may be missing
    at_proxy: bool = False  # the proxy has not yet opened a connection
    sent: bool = False  # bytes of the request were sent
    answered: bool = False  # bytes of a reply were received
    certificate_pending: bool = False  # TLS 1.3: the server may still refuse our certificate
    depart: Callable[[], bool] | None = None  # whether the call's turn is still valid
    grace: float = 0.0  # seconds to wait for a refusal of our certificate

    def begin(
        self, until: float, read_timeout: float, grace: float, depart: Callable[[], bool] | None
    ) -> None:
        """Start an exchange that ends at `until`; no silence is longer than `read_timeout`."""
        self.until, self.read_timeout = until, read_timeout
        self.grace, self.depart = grace, depart
        self.slept = _slept()
        self.connected = self.sent = self.answered = self.certificate_pending = False
        self.at_proxy = False

    @property
    def time_left(self) -> float:
        """Seconds until the end of the exchange; time in which the machine slept counts.

        After a sleep, another process may have settled the order that this exchange would send.
        """
        return self.until - time.monotonic() - (_slept() - self.slept)

    def check(self) -> None:
        """Check the time; unpacking may take long. Raises: TimeoutError."""
        if self.time_left <= 0:
            raise TimeoutError


def _slept() -> float:
    """Seconds of machine sleep since boot; 0 where no clock gives them (macOS)."""
    clock: int | None = getattr(time, "CLOCK_BOOTTIME", None)
    return 0.0 if clock is None else time.clock_gettime(clock) - time.monotonic()


timer = ExchangeTimer()


INTERIM = 16  # maximum of interim (1xx) replies
_INTERIM_STATUS = range(100, 200)
_SWITCHED = 101
_OK = range(200, 300)
_SOAP_FAULT = 500
_HTTP_1_1 = 11


class NoFinalReply(http.client.HTTPException):
    """There was no reply, only interim ones or another protocol."""


class _Bounded(io.RawIOBase):
    """The bytes of a socket, each receive within the remaining time of the exchange."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket) -> None:
        self._raw = raw
        self._sock = sock
        self._is_over = False  # do not wait for further bytes
        self.ended = False  # the connection has ended

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
        """In this block only bytes that have arrived are read."""
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
    """A reply whose head is read within the time limit, and which knows how it ended."""

    seen = 0  # the status, once it was read
    is_followed = False  # whether unrequested bytes follow
    _is_whole = False

    def __init__(self, sock: socket.socket, *args: Any, **named: Any) -> None:
        super().__init__(sock, *args, **named)
        self._source = _Bounded(self.fp.detach(), sock)
        self.fp: Any = io.BufferedReader(self._source)
        self._size = 0

    def begin(self) -> None:
        """Read the head of the reply."""
        super().begin()
        if self._source.ended:  # http.client accepts a cut head
            raise http.client.IncompleteRead(b"")

    def _read_status(self) -> tuple[str, int, str]:
        """Read the status line of the final reply; interim ones are skipped (RFC 9110, 15.2)."""
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
        """Read bytes of the body that have arrived, and count them."""
        piece = super().read1(n)
        self._size += len(piece)
        return piece

    @property
    def ends_well(self) -> bool:
        """Whether the reply is complete with nothing after it; then the connection stays open."""
        if not self._is_whole or self.is_followed or not self._size:
            return False
        kind = self.headers.get("content-type", "") if self.headers else ""
        is_fault = self.status == _SOAP_FAULT and "xml" in kind
        # a stray 204 or error page does not answer a request
        return (self.status in _OK or is_fault) and self._is_framed()

    def _close_conn(self) -> None:
        # no byte is waiting, the peer is gone, or the garbage collector has closed the reply
        with suppress(OSError, ValueError), self._source.waiting_for_nothing():
            self.is_followed = bool(self.fp.peek(1))
        self._is_whole = True  # some Python versions come here before they count the last piece
        super()._close_conn()  # type: ignore[misc]

    def _is_framed(self) -> bool:
        """Whether the length of the body is unambiguous (RFC 9112, 6.3)."""
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

_FIRST_WINDOW = 64  # bytes examined to see whether a gzip member ends at once


class ExtraReply(Exception):
    """Bytes follow the reply, so the answer is ambiguous."""


class TooLarge(Exception):
    """The reply exceeds its size limit, packed or unpacked."""


class BrokenBody(Exception):
    """The body of the reply is cut, or has an encoding that was not requested."""


def read_body(reply: BaseHTTPResponse, limit: int) -> bytes:
    """The whole unpacked body; at most `limit` bytes before and after unpacking.

    Raises:
        TooLarge, BrokenBody: the body exceeds `limit`, or is cut or wrongly encoded.
        ExtraReply: bytes follow the reply.
    """
    if (reply.length_remaining or 0) > limit:
        raise TooLarge
    packing = reply.headers.get("content-encoding", "identity").lower()
    if packing not in ("identity", "gzip", "x-gzip"):
        raise BrokenBody(say("packed as {packing!r}, which was not offered", packing=packing[:20]))
    pieces: list[bytes] = []
    size = 0
    while piece := reply.read1(CHUNK):
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
    """Return whether bytes follow a reply; urllib3 offers no public way to see this."""
    return bool(getattr(reply._original_response, "is_followed", False))  # noqa: SLF001


def _unpack(body: bytes, limit: int) -> bytes:
    """Unpack a gzip body of one or several members; each byte is read once."""
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
    """Unpack up to `most` bytes of the gzip member at a place; also return its end."""
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
    """Bytes arrived on the connection before a request was sent."""


class MissedTurn(Exception):
    """Connecting took longer than the turn of the call, and there is no time for another turn."""


class ProxyRefusal(Exception):
    """The proxy refused to open a connection to the server; `status` is its answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class _WatchedConnection:
    """Methods of a connection that sends only if nothing is waiting to be read."""

    reply: WatchedReply | None = None
    sock: Any
    host: str
    port: int
    asks_proxy = False  # whether the current request is for the proxy

    def pass_through(self, proxy: Proxy) -> None:
        """Connect through a proxy from now on."""
        self.set_tunnel(self.host, self.port, headers=proxy.headers)  # type: ignore[attr-defined]
        self.host, self.port = proxy.host, proxy.port

    def _new_conn(self) -> socket.socket:
        timer.at_proxy = self._tunnel_host is not None  # type: ignore[attr-defined]
        sock: socket.socket = super()._new_conn()  # type: ignore[misc]
        return sock

    def _tunnel(self) -> None:
        """Open a tunnel through the proxy; its bytes are not bytes of the request."""
        self.asks_proxy = True
        try:
            super()._tunnel()  # type: ignore[misc]
        except OSError:
            if self.reply and self.reply.seen not in (0, http.client.OK):  # a cut 200: no answer
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
        """Whether the connection can be used again."""
        try:
            if self.sock is None:
                return False
            _check_silence(self.sock)
        except (UnaskedReply, OSError):
            return False
        return True

    def send(self, data: Any) -> None:
        """Send bytes; the first only while there is time and nothing is waiting to be read."""
        if self.sock is None:
            self.connect()  # type: ignore[attr-defined]
        if not timer.sent and not self.asks_proxy:
            self._depart()
        super().send(data)  # type: ignore[misc]

    def getresponse(self) -> Any:
        """Read the head of the reply."""
        if not timer.sent:  # vcrpy's connection sends only now, without `send`
            self._depart()
        return super().getresponse()  # type: ignore[misc]

    def _depart(self) -> None:
        timer.check()  # name lookup and connection attempts took time
        self.reply = None
        if timer.depart and not timer.depart():
            raise MissedTurn
        timer.check()  # waiting for the turn took time, and the machine may have slept
        _check_silence(self.sock)
        timer.sent = True


def _check_silence(sock: socket.socket) -> None:
    """Check that nothing is waiting to be read; TLS processes its own messages meanwhile.

    Raises:
        UnaskedReply: bytes are waiting. OSError: the other side has closed, or sent a TLS alert.
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


class _WatchedTls(_WatchedConnection):
    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        timer.connected = True  # what follows is the handshake
        return sock

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]
        version = self.sock.version() if isinstance(self.sock, ssl.SSLSocket) else ""
        timer.certificate_pending = version == "TLSv1.3"
        if timer.certificate_pending and timer.grace:
            timer.certificate_pending = not _is_taken(self.sock, timer.grace)


def _is_taken(sock: ssl.SSLSocket, patience: float) -> bool:
    """Wait until the server accepts our certificate, which TLS 1.3 shows after the handshake.

    A session ticket shows acceptance. Servers without tickets accept silently: then the patience
    (seconds) passes and the result is False.

    Raises:
        OSError: the server refused the certificate (TLS alert), or closed the connection.
        UnaskedReply: the server sent data before the request.
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
    """A pool that reuses a connection only if its last reply ended well."""

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


@lru_cache(maxsize=8)
def _watched(methods: type[_WatchedConnection], connection: type) -> type:
    return type(methods.__name__, (methods, connection), {})


class PlainPool(_Kept, HTTPConnectionPool):
    """Connections over http."""

    @property
    def ConnectionCls(self) -> Any:  # type: ignore[override]  # noqa: N802 - a name of urllib3
        """The class of new connections; vcrpy replaces urllib3's while it records or replays."""
        return _watched(_WatchedConnection, HTTPConnectionPool.ConnectionCls)


class EncryptedPool(_Kept, HTTPSConnectionPool):
    """Connections over https."""

    @property
    def ConnectionCls(self) -> Any:  # type: ignore[override]  # noqa: N802 - a name of urllib3
        """The class of new connections; vcrpy replaces urllib3's while it records or replays."""
        return _watched(_WatchedTls, HTTPSConnectionPool.ConnectionCls)


def open_pool(
    base_url: str, context: ssl.SSLContext | None, size: int, proxy: Proxy | None
) -> HTTPConnectionPool:
    """The connections to the host of an address; `size` of them are kept open."""
    at = parse_url(base_url)
    pool: PlainPool | EncryptedPool
    if at.scheme == "https":
        pool = EncryptedPool(at.host or "", at.port or 443, maxsize=size, ssl_context=context)
    else:
        pool = PlainPool(at.host or "", at.port or 80, maxsize=size)
    pool.proxy_on_the_way = proxy
    return pool


def refused_certificate(error: ssl.SSLError) -> bool:
    """Whether the server's alert refuses our certificate or its absence."""
    reason = str(getattr(error, "reason", None) or "")
    return "ALERT" in reason and any(
        word in reason
        for word in ("CERTIFICATE", "UNKNOWN_CA", "ACCESS_DENIED", "HANDSHAKE_FAILURE")
    )


def demanded_certificate(error: BaseException) -> bool:
    """Whether the alert is TLS 1.3's answer to a missing certificate."""
    return "CERTIFICATE_REQUIRED" in str(getattr(error, "reason", None) or "")
