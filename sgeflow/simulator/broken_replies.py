"""Answers that go wrong on the wire: stalled, dripped, cut, reset, closed, blown up."""

from __future__ import annotations

import gzip
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from email.utils import formatdate
from functools import cache
from http import HTTPStatus
from io import BufferedIOBase

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.hosts import SIMULATOR_SERVER
from sgeflow.patterns import regex
from sgeflow.simulator.replies import Reply, page

_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing throws away what was not sent, and says so
_POINT = regex(rb"(?<![0-9])[0-9]{14}(?![0-9])")
_MEMBER = 64 << 20  # bytes of one member of the bomb
_MEMBERS = 16  # 1 GiB in all, from one MB on the wire


class ReplyConnection(Struct, frozen=True):
    """A connection to break an answer on; it is closed by its owner afterwards."""

    connection: socket.socket
    file: BufferedIOBase
    stopping: threading.Event  # the server ends: nobody waits any more

    def write(self, content: bytes) -> None:
        """Write, and let it leave."""
        self.file.write(content)
        self.file.flush()


def head_of(reply: Reply, *, close: bool, more: str = "", sized: bool = True) -> bytes:
    """Status line and headers of an answer."""
    head = f"HTTP/1.1 {reply.status} {_phrase(reply.status)}\r\n"
    if reply.content_type:
        head += f"Content-Type: {reply.content_type}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in reply.headers) + more
    if sized:
        head += f"Content-Length: {len(reply.body)}\r\n"
    if reply.retry_after is not None:
        head += f"Retry-After: {reply.retry_after}\r\n"
    head += f"Date: {reply.date or formatdate(usegmt=True)}\r\n"
    head += f"Server: {SIMULATOR_SERVER}\r\n"
    if close:
        head += "Connection: close\r\n"
    return f"{head}\r\n".encode("latin-1")


def _phrase(status: int) -> str:
    """What HTTP calls a status; nothing for one that it does not know."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def answer_badly(connection: ReplyConnection, reply: Reply, trouble: str, seconds: float) -> None:
    """Answer in the way of that trouble; its owner closes the connection then.

    Raises: OSError when the client has left.
    """
    _WAYS[trouble](connection, reply, seconds)


def _stall(connection: ReplyConnection, _reply: Reply, seconds: float) -> None:
    connection.stopping.wait(seconds)


def _drip(connection: ReplyConnection, reply: Reply, seconds: float) -> None:
    """A byte now and then: no silence is long, and the whole would take hours."""
    for byte in head_of(reply, close=True) + reply.body:
        connection.write(bytes([byte]))
        if connection.stopping.wait(seconds):
            return


def _truncate(connection: ReplyConnection, reply: Reply, _seconds: float) -> None:
    connection.write(head_of(reply, close=True) + _half(reply))


def _truncate_without_length(connection: ReplyConnection, reply: Reply, _seconds: float) -> None:
    """Nothing but the missing half tells that it is cut."""
    connection.write(head_of(reply, close=True, sized=False) + _half(reply))


def _reset(connection: ReplyConnection, _reply: Reply, _seconds: float) -> None:
    connection.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    connection.connection.close()


def _close(_connection: ReplyConnection, _reply: Reply, _seconds: float) -> None:
    """Nothing: that the connection is closed is the answer."""


def _html(connection: ReplyConnection, reply: Reply, _seconds: float) -> None:
    """What a proxy or a portal in front says, cheerfully, with 200."""
    cover = replace(page(200, "Portail", "Merci de vous identifier."), date=reply.date)
    connection.write(head_of(cover, close=True) + cover.body)


def _other(connection: ReplyConnection, reply: Reply, _seconds: float) -> None:
    """What a cache or a shifted proxy says: the whole answer for the next point."""
    body = _POINT.sub(lambda found: b"%014d" % ((int(found[0]) + 1) % 10**14), reply.body)
    other = replace(reply, body=body)
    connection.write(head_of(other, close=True) + other.body)


def _bomb(connection: ReplyConnection, reply: Reply, _seconds: float) -> None:
    packed = replace(reply, status=200, body=_zeros())
    connection.write(head_of(packed, close=True, more="Content-Encoding: gzip\r\n") + packed.body)


@cache
def _zeros() -> bytes:
    return gzip.compress(bytes(_MEMBER), 9, mtime=0) * _MEMBERS


def _half(reply: Reply) -> bytes:
    return reply.body[: len(reply.body) // 2]


_WAYS: Mapping[str, Callable[[ReplyConnection, Reply, float], None]] = {
    "stall": _stall,
    "drip": _drip,
    "truncate": _truncate,
    "truncate-unsized": _truncate_without_length,
    "reset": _reset,
    "close": _close,
    "late": _close,
    "drop": _close,
    "html": _html,
    "gzip-bomb": _bomb,
    "other": _other,
}
