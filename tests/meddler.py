"""What stands between sgeflow and a simulator: a proxy on loopback that a test makes meddle."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

from tests.adapters.conftest import Server

Meddle = Callable[[bytes, Callable[[bytes], bytes]], bytes]
"""Makes the bytes that come back of a request, and of what forwards requests."""

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_ROOT = re.compile(rb"<(?:\w+:)?Body[^>]*>\s*<(?:\w+:)?(\w+)")


class Meddler:
    """Forwards requests to the server behind it; `meddle` says what comes back."""

    def __init__(self, base: str) -> None:
        """`base` is the address of the server behind it."""
        self.meddle: Meddle = lambda request, forward: forward(request)
        self._behind = urlsplit(base)
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
        link.sendall(self.meddle(request, self.forward))


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
