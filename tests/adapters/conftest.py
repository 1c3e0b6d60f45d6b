"""A server on loopback whose behaviour each test writes, byte by byte."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import trustme
from msgspec.structs import replace

from sgeflow.adapters.http.transport import HttpTransport
from sgeflow.adapters.resolved_endpoints import ResolvedEndpoint
from sgeflow.core.documents import EndpointLimits
from sgeflow.core.model import Kind, Request
from tests.clocks import time_reply

Behaviour = Callable[[socket.socket, bytes], None]
HOST = "sge.example.org"


class Server:
    """Reads one request after the other from each connection and lets the behaviour answer."""

    def __init__(self, behaviour: Behaviour, context: ssl.SSLContext | None) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self.tells_time = False  # to whoever asks for it, as a simulator
        self._behaviour = behaviour
        self._context = context
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.port}"
        self._start(self._accept)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for link in list(self._open):
            with contextlib.suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _start(self, work: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                link, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._start(self._talk, link)

    def _talk(self, link: socket.socket) -> None:
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            if self._context:
                link = self._context.wrap_socket(link, server_side=True)
            self._open.add(link)
            while request := read_request(link):
                if self.tells_time and request.startswith(b"HEAD / "):
                    link.sendall(time_reply())
                    continue
                self.requests.append(request)
                self._behaviour(link, request)
        except OSError:
            pass
        finally:
            self._open.discard(link)
            link.close()


def read_request(link: socket.socket) -> bytes:
    """Head and body of one request; empty when the client is gone."""
    got = b""
    while b"\r\n\r\n" not in got:
        piece = link.recv(65536)
        if not piece:
            return b""
        got += piece
    head, _, body = got.partition(b"\r\n\r\n")
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            while len(body) < int(value):
                body += link.recv(65536)
    return head + b"\r\n\r\n" + body


def answer(
    body: bytes = b"<ok/>", status: str = "200 OK", headers: str = "", length: int | None = None
) -> bytes:
    """A whole reply; `length` is what its head claims."""
    claimed = len(body) if length is None else length
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/xml; charset=utf-8\r\n{headers}"
    return head.encode() + f"Content-Length: {claimed}\r\n\r\n".encode() + body


def always(reply: bytes) -> Behaviour:
    """The same bytes for every request."""
    return lambda link, _request: link.sendall(reply)


def reset(link: socket.socket, _request: bytes = b"") -> None:
    """RST instead of an answer."""
    link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    link.close()


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """`serve(behaviour, context=None)` starts a server that ends with the test."""
    servers: list[Server] = []

    def start(behaviour: Behaviour, context: ssl.SSLContext | None = None) -> Server:
        servers.append(Server(behaviour, context))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, str]:
    """The two sides of TLS: the server's context and the client's `ca`."""
    ca = trustme.CA()
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    ca.cert_pem.write_to_path(path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1", HOST).configure_cert(context)
    return context, str(path)


@pytest.fixture
def endpoint() -> Callable[..., ResolvedEndpoint]:
    """`endpoint(url, **changes)`: an endpoint with short time limits."""

    def make(url: str, **changes: object) -> ResolvedEndpoint:
        limits = EndpointLimits(connect_timeout=1.0, read_timeout=2.0, total_timeout=5.0)
        own = {name: changes.pop(name) for name in limits.__struct_fields__ if name in changes}
        plain = ResolvedEndpoint(
            name="sge", base_url=url, headers={}, limits=replace(limits, **own)
        )
        return replace(plain, **changes)

    return make


@pytest.fixture
def line(endpoint: Callable[..., ResolvedEndpoint]) -> Iterator[Callable[..., HttpTransport]]:
    """`line(url, **endpoint changes)`: one transport for several requests."""
    opened: list[HttpTransport] = []

    def open_to(url: str, **changes: Any) -> HttpTransport:
        opened.append(HttpTransport({"sge": endpoint(url, **changes)}))
        return opened[-1]

    yield open_to
    for transport in opened:
        transport.close()


@pytest.fixture
def request_to() -> Callable[..., Request]:
    """`request_to(**changes)`: a read of SGE's kind."""

    def make(**changes: object) -> Request:
        plain = Request(
            endpoint="sge",
            method="POST",
            path="/service/1.0",
            headers={"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'},
            body=b"<q/>",
            label="aRead",
            kind=Kind.READ,
        )
        return replace(plain, **changes)

    return make


@pytest.fixture
def wire() -> object:
    """The words that behaviours are written with."""

    class Words:
        answer = staticmethod(answer)
        always = staticmethod(always)
        reset = staticmethod(reset)

    return Words
