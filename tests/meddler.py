"""What stands between sgeflow and a simulator: a proxy on loopback that a test makes meddle."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable
from email.utils import formatdate
from urllib.parse import urlsplit

from sgeflow.core.hosts import SIMULATOR_SERVER
from sgeflow.simulator.simulator import Simulator
from tests.adapters.conftest import Server

Meddle = Callable[[bytes, Callable[[bytes], bytes]], bytes]
"""Makes the bytes that come back of a request, and of what forwards requests."""

TRUE = time.time() - time.monotonic()
"""What to add to the uptime for the true time, whatever this process is told later."""

_SERVER = f"Server: {SIMULATOR_SERVER}".encode()
_TIMES = re.compile(rb"\r\n(?:Date|Server): [^\r]*")
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_ROOT = re.compile(rb"<(?:\w+:)?Body[^>]*>\s*<(?:\w+:)?(\w+)")


class Meddler:
    """Forwards requests to the server behind it; `meddle` says what comes back."""

    def __init__(self, simulator: Simulator) -> None:
        """The simulator listens."""
        self.simulator = simulator
        self.meddle: Meddle = lambda request, forward: forward(request)
        self.clock: float | None = None
        """By how many seconds its clock is wrong, where it passes for a service that is real."""
        self.second_clock: float | None = None  # of whoever else stands there and says its own
        self.dates = True  # whether its answers tell the time
        self.silent = 0  # times that whoever asks for the time gets no answer
        self._behind = urlsplit(simulator.base_url)
        self._server = Server(self._answer, None)
        self.url, self.requests = self._server.url, self._server.requests

    def close(self) -> None:
        self._server.close()

    def asked(self, name: str) -> int:
        """How many requests came to it for an operation, or that begin with `DELETE /path`."""
        return sum(name in (named(one), words(one)) for one in self.requests)

    def forward(self, request: bytes) -> bytes:
        """Send a request on, on a connection of its own; the whole reply."""
        with socket.create_connection((self._behind.hostname, self._behind.port)) as link:
            link.sendall(request)
            got = b""
            while not _is_whole(got, request):
                piece = link.recv(65536)
                if not piece:
                    break
                got += piece
        return got

    def _answer(self, link: socket.socket, request: bytes) -> None:
        is_time = request.startswith(b"HEAD ")
        if is_time and self.silent:
            self.silent -= 1
            link.close()
            return
        reply = self.forward(request) if is_time else self.meddle(request, self.forward)
        if self.clock is not None:
            reply = as_real(reply, self.clock if self.dates else None)
        if self.second_clock is not None:
            reply = reply.replace(b"\r\n\r\n", _date(self.second_clock) + b"\r\n\r\n", 1)
        link.sendall(reply)


def as_real(reply: bytes, wrong: float | None) -> bytes:
    """The reply of a simulator as a real service gives it, whose clock is so many seconds wrong.

    Without a number it tells no time. What is of a real service stays.
    """
    if _SERVER not in reply:
        return reply
    date = b"" if wrong is None else _date(wrong)
    return _TIMES.sub(b"", reply).replace(b"\r\n", date + b"\r\n", 1)


def _date(wrong: float) -> bytes:
    moment = formatdate(TRUE + time.monotonic() + wrong, usegmt=True)
    return f"\r\nDate: {moment}".encode()


def named(request: bytes) -> str:
    """The root element of a SOAP request, which is its operation's name mostly."""
    root = _ROOT.search(request)
    return root[1].decode() if root else ""


def words(request: bytes) -> str:
    """The method and the path of a request."""
    return request.partition(b" HTTP/")[0].decode()


def _is_whole(got: bytes, request: bytes) -> bool:
    head, found, body = got.partition(b"\r\n\r\n")
    if not found:
        return False
    length = _LENGTH.search(head)
    return request.startswith(b"HEAD ") or len(body) >= int(length[1] if length else b"0")
