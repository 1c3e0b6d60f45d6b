"""The bytes of one exchange: connections that know what left them, replies read within bounds.

requests' read time-out starts anew with every byte, so a server that drips could hold a call for
hours. That ends here.

So does a reply that nobody asked for: on a kept connection the next request would take it for its
own, and keep another customer's values. A connection is kept only after a whole answer with
nothing behind it, and a request leaves only where nothing waits to be read.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import wait_for_read

from sgeflow.adapters.http.exchange_timer import timer
from sgeflow.adapters.http.proxies import Proxy
from sgeflow.adapters.http.replies import WatchedReply


class UnaskedReply(Exception):
    """Something came on the connection before anything was asked on it."""


class MissedTurn(Exception):
    """The connection took longer than the turn of this call, and there is no time for another."""


class ProxyRefusal(Exception):
    """The proxy on the way opens no connection to the server; `status` is its answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class _Careful:
    """A connection that sends only where nothing waits to be read."""

    reply: WatchedReply | None = None
    sock: Any
    host: str
    port: int
    asks_proxy = False  # what is sent now is for the proxy

    def pass_through(self, proxy: Proxy) -> None:
        """From now on it is made to a proxy, and through it to the server."""
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

    def begin(self) -> None:
        """Before the first byte of a request leaves; none does when its time is over."""
        if timer.sent or self.asks_proxy:
            return
        timer.check()  # looking up a name, and each of its addresses, has taken what it took
        self.reply = None
        if timer.depart and not timer.depart():
            raise MissedTurn
        timer.check()  # so did the turn; and the machine may have slept
        _check_silence(self.sock)
        timer.sent = True


def _check_silence(sock: socket.socket) -> None:
    """Look whether something can be read; TLS reads its own messages on the way.

    Raises:
        UnaskedReply: it can.
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
        raise UnaskedReply
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
        timer.connected = True  # what is waited for now is the handshake
        return sock

    def connect(self) -> None:
        super().connect()
        timer.agreeing = self.sock.version() == "TLSv1.3"
        if timer.agreeing and timer.word:
            timer.agreeing = not _is_taken(self.sock, timer.word)

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        self.begin()
        super().send(data)


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
    """Of a pool: only a connection whose last reply ended well is used again."""

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
