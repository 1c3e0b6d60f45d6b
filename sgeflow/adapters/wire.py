"""The bytes of one exchange: connections that know what left them, replies read within bounds.

requests' read time-out starts anew with every byte, so a server that drips could hold a call for
hours; and a reply of a few kilobytes may unpack to gigabytes. Both end here.
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

from sgeflow.say import say

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer
    from urllib3.response import BaseHTTPResponse

CHUNK = 64 * 1024
GZIP = 16 + zlib.MAX_WBITS


class TooLarge(Exception):
    """The reply passes its limit, on the wire or unpacked."""


class BrokenBody(Exception):
    """The reply's body is cut, or packed in a way that was not offered."""


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

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
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
    """A reply whose head is read within bounds too."""

    def __init__(self, sock: socket.socket, *args: Any, **named: Any) -> None:
        super().__init__(sock, *args, **named)
        self.fp: Any = io.BufferedReader(_Bounded(self.fp.detach(), sock))


class _Plain(HTTPConnection):
    response_class = _Reply

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        watch.sent = True
        super().send(data)


class _Encrypted(HTTPSConnection):
    response_class = _Reply

    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        watch.connected = True  # what is waited for now is the handshake
        return sock

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        watch.sent = True
        super().send(data)


class PlainPool(HTTPConnectionPool):
    """Connections over http."""

    ConnectionCls = _Plain


class EncryptedPool(HTTPSConnectionPool):
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
