"""The bytes of one exchange: connections that know what left them, replies read within bounds.

requests' read time-out starts anew with every byte, so a server that drips could hold a call for
hours; and a reply of a few kilobytes may unpack to gigabytes. Both end here.

So does a reply that nobody asked for: on a kept connection the next request would take it for its
own, and keep another customer's values. A connection is kept only after a whole answer with
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
from typing import TYPE_CHECKING, Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from sgeflow.messages import say

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from urllib3.response import BaseHTTPResponse

CHUNK = 64 * 1024
GZIP = 16 + zlib.MAX_WBITS
INTERIM = 16  # so many 1xx before an answer are a flood

_INTERIM_STATUS = range(100, 200)
_SWITCHED = 101
_OK = range(200, 300)
_SOAP_FAULT = 500
_HTTP_1_1 = 11


class TooLarge(Exception):
    """The reply passes its limit, on the wire or unpacked."""


class BrokenBody(Exception):
    """The reply's body is cut, or packed in a way that was not offered."""


class NoFinalReply(http.client.HTTPException):
    """What came instead of a reply: interim ones without end, or another protocol."""


class Unasked(Exception):
    """Something came on the connection before anything was asked on it."""


class Watch(threading.local):
    """The exchange of this thread: how long it may take, and how far it came."""

    until: float = float("inf")
    pause: float = 60.0
    connected: bool = False  # the server took the connection; TLS may not be agreed on yet
    sent: bool = False  # bytes of the request left

    def begin(self, until: float, pause: float) -> None:
        """A new exchange: it ends at `until`, and no silence lasts longer than `pause`."""
        self.until, self.pause = until, pause
        self.connected = self.sent = False


watch = Watch()


class _Bounded(io.RawIOBase):
    """A socket's bytes, each receive within what is left of the exchange's time."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket) -> None:
        self._raw = raw
        self._sock = sock
        self.dry = False  # nothing more is received

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        if self.dry:
            return None
        left = watch.until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(min(left, watch.pause))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


class _Reply(http.client.HTTPResponse):
    """A reply whose head is read within bounds too, and which knows how it ended."""

    ends_well = False  # whole, and nothing behind it: the next request may follow

    def __init__(self, sock: socket.socket, *args: Any, **named: Any) -> None:
        super().__init__(sock, *args, **named)
        self._source = _Bounded(self.fp.detach(), sock)
        self.fp: Any = io.BufferedReader(self._source)
        self._size = 0

    def _read_status(self) -> tuple[str, int, str]:
        """The status line of the reply itself: interim ones are skipped (RFC 9110, 15.2)."""
        for _ in range(INTERIM):
            version, status, reason = super()._read_status()  # type: ignore[misc]
            if status not in _INTERIM_STATUS:
                return version, status, reason
            if status == _SWITCHED:
                raise NoFinalReply(say("it switches to another protocol, which was not asked for"))
            http.client.parse_headers(self.fp)
        raise NoFinalReply(say("only interim ones (1xx) came"))

    def read1(self, n: int = -1) -> bytes:
        piece = super().read1(n)
        self._size += len(piece)
        return piece

    def _close_conn(self) -> None:
        self.ends_well = self._is_answer() and self._is_framed() and not self._has_more()
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
        """Whether bytes were read that belong to no reply."""
        self._source.dry = True
        return bool(self.fp.peek(1))


class _Careful:
    """A connection that sends only where nothing waits to be read."""

    reply: _Reply | None = None
    sock: Any

    def response_class(self, sock: socket.socket, *args: Any, **named: Any) -> _Reply:
        self.reply = _Reply(sock, *args, **named)
        return self.reply

    @property
    def is_connected(self) -> bool:
        """Whether it can be used again."""
        try:
            if self.sock is None:
                return False
            _check_silence(self.sock)
        except (Unasked, OSError):
            return False
        return True

    def begin(self) -> None:
        """Before the first byte of a request leaves."""
        if watch.sent:
            return
        self.reply = None
        _check_silence(self.sock)
        watch.sent = True


def _check_silence(sock: socket.socket) -> None:
    """Look whether something can be read; TLS reads its own messages on the way.

    Raises:
        Unasked: it can.
        OSError: the other side is gone; of TLS, its alert.
    """
    pause = sock.gettimeout()
    sock.settimeout(0)
    try:
        piece = sock.recv(1)
    except (BlockingIOError, ssl.SSLWantReadError):
        return
    finally:
        sock.settimeout(pause)
    if piece:
        raise Unasked
    raise http.client.RemoteDisconnected("")


class _Plain(_Careful, HTTPConnection):  # type: ignore[misc]
    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        self.begin()
        super().send(data)


class _Encrypted(_Careful, HTTPSConnection):  # type: ignore[misc]
    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        watch.connected = True  # what is waited for now is the handshake
        return sock

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        self.begin()
        super().send(data)


class _Kept:
    """Of a pool: only a connection whose last reply ended well is used again."""

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


def refused_certificate(error: ssl.SSLError) -> bool:
    """Whether the server's alert says no to who we are.

    With TLS 1.3 the alert comes when the request is already written; the server has not read it.
    """
    reason = error.reason or ""
    return "ALERT" in reason and any(
        word in reason
        for word in ("CERTIFICATE", "UNKNOWN_CA", "ACCESS_DENIED", "HANDSHAKE_FAILURE")
    )


def read_body(reply: BaseHTTPResponse, limit: int) -> bytes:
    """The whole body, unpacked; at most `limit` bytes on the wire and at most `limit` unpacked."""
    if (reply.length_remaining or 0) > limit:
        raise TooLarge
    packing = reply.headers.get("content-encoding", "identity").lower()
    if packing not in ("identity", "gzip", "x-gzip"):
        raise BrokenBody(say("packed as {packing!r}, which was not offered", packing=packing[:20]))
    pieces: list[bytes] = []
    size = 0
    while piece := reply.read1(CHUNK, decode_content=False):
        size += len(piece)
        if size > limit:
            raise TooLarge
        pieces.append(piece)
    body = b"".join(pieces)
    return _unpacked(body, limit) if body and packing != "identity" else body


def _unpacked(body: bytes, limit: int) -> bytes:
    pieces: list[bytes] = []
    left = limit
    while body:
        member = zlib.decompressobj(GZIP)  # a gzip body may be several, one after the other
        try:
            piece = member.decompress(body, left + 1)
        except zlib.error as error:
            raise BrokenBody(say("not the gzip it says it is")) from error
        left -= len(piece)
        if left < 0:
            raise TooLarge
        if not member.eof:
            raise BrokenBody(say("cut in the middle"))
        pieces.append(piece)
        body = member.unused_data
    return b"".join(pieces)
