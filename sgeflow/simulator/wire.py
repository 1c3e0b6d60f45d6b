"""The simulator's HTTP server: sockets, TLS and damaged answers; and the server of stubs."""

import contextlib
import gzip
import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from email.utils import formatdate
from functools import cache
from http import HTTPStatus
from http.client import responses
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from msgspec.structs import replace

from sgeflow.core.hosts import SIMULATOR_SERVER
from sgeflow.core.stubs import FAULTS, StubReply
from sgeflow.patterns import regex
from sgeflow.simulator import replies
from sgeflow.simulator.replies import Reply, page
from sgeflow.simulator.router import Call

_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing drops unsent data and resets the connection
_POINT = regex(rb"(?<![0-9])[0-9]{14}(?![0-9])")
_MEMBER = 64 << 20  # bytes of one member of the gzip bomb
_MEMBERS = 16  # 1 GiB in all, from one MB of compressed data


def head_of(reply: Reply, *, close: bool, more: str = "", sized: bool = True) -> bytes:
    """Status line and headers of an answer."""
    head = f"HTTP/1.1 {reply.status} {responses.get(reply.status, '')}\r\n"
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


@cache
def _zeros() -> bytes:
    return gzip.compress(bytes(_MEMBER), 9, mtime=0) * _MEMBERS


_LARGEST = 1 << 20  # bytes of a request; an SGE message has about a thousand

# The fault of an answer: "" for none, or a kind of `faults.LOST`.
HandleCall = Callable[[Call], tuple[Reply, str, float]]

# Called once per connection: the TLS context, and seconds to wait before the handshake.
TlsSettings = Callable[[], tuple[ssl.SSLContext, float]]


_HERE = regex(r"(?:https?://)?(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?", re.IGNORECASE)


class SimulatorServer(ThreadingHTTPServer):
    """A server that listens until `close`, with a thread for each connection.

    The TLS handshake happens in that thread, so a silent client delays no other.
    """

    request_queue_size = 128
    allow_reuse_address = True
    timeout = 1.0  # seconds after which a listener ends that could not be woken

    def __init__(
        self, address: tuple[str, int], exchange: HandleCall, tls: TlsSettings | None = None
    ) -> None:
        self.exchange = exchange
        self.stopping = threading.Event()
        self.mistakes: list[BaseException] = []
        self._tls_settings = tls
        self._open: dict[Any, threading.Thread] = {}
        self._guard = threading.Lock()
        super().__init__(address, _Handler)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def server_bind(self) -> None:
        """Bind without a DNS lookup of the machine's name, which may take seconds."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "localhost", int(self.server_address[1])

    def _listen(self) -> None:
        while not self.stopping.is_set():
            self.handle_request()

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ARG002 - inherited
        """Serve whoever comes before the end."""
        return not self.stopping.is_set()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in its own thread, and remember the connection until it ends."""
        pause = 0.0
        if self._tls_settings is not None:
            context, pause = self._tls_settings()
            request = context.wrap_socket(request, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(
            target=self._serve, args=(request, client_address, pause), daemon=True
        )
        with self._guard:
            self._open[request] = thread
        thread.start()

    def _serve(self, request: Any, client_address: Any, pause: float) -> None:
        self.stopping.wait(pause)  # the handshake begins with the first byte read
        self.process_request_thread(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """End a connection and forget it."""
        with self._guard:
            self._open.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - inherited
        """Ignore clients that leave; keep any other error for tests."""
        import sys

        error = sys.exception() if hasattr(sys, "exception") else sys.exc_info()[1]
        if error is not None and not isinstance(error, OSError | ValueError):
            self.mistakes.append(error)

    def close(self) -> None:
        """Stop listening, wake stalled answers, end every connection and wait for its thread."""
        self.stopping.set()
        with contextlib.suppress(OSError):  # a connection wakes the listener
            socket.create_connection((str(self.server_address[0]), self.server_port), 1).close()
        self._listener.join()
        self.server_close()
        with self._guard:
            left = list(self._open.items())
        for request, thread in left:
            with contextlib.suppress(OSError, ValueError):
                # on the plain socket: TLS would wait for a silent client's goodbye
                socket.socket.shutdown(request, socket.SHUT_RDWR)
            thread.join(timeout=5)


class _Handler(BaseHTTPRequestHandler):
    """One connection. An answer leaves in one write, so a small one is one packet."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: SimulatorServer

    def do_POST(self) -> None:
        """Answer a request of any method; the router decides which methods it accepts."""
        body = self._body()
        if body is None:
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        # a foreign page in a browser could reach any port by a host name that leads to 127.0.0.1
        named = [headers[name] for name in ("host", "origin") if name in headers]
        if not all(map(_HERE.fullmatch, named)):
            self._refuse(HTTPStatus.FORBIDDEN)
            return
        path, _, query = self.path.partition("?")
        call = Call(self.command, path.rstrip("/"), headers, body, query)
        reply, trouble, seconds = self.server.exchange(call)
        if trouble:
            self.close_connection = True
            self._answer_badly(reply, trouble, seconds)
        else:
            self._send(reply)

    do_GET = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_POST  # noqa: N815 - named by http.server
    do_MAIL = do_POST  # noqa: N815 - a mail that a stub answers

    def log_message(self, *_: Any) -> None:
        """Log nothing: a request may contain a person's name."""

    def _answer_badly(self, reply: Reply, trouble: str, seconds: float) -> None:
        """Send an answer with a fault; for `close`, `late` and `drop` the connection just ends."""
        head, half = head_of(reply, close=True), reply.body[: len(reply.body) // 2]
        match trouble:
            case "stall":
                self.server.stopping.wait(seconds)
            case "drip":  # short pauses without end: the whole answer would take hours
                for byte in head + reply.body:
                    self._write(bytes([byte]))
                    if self.server.stopping.wait(seconds):
                        return
            case "truncate":
                self._write(head + half)
            case "truncate-unsized":  # only the missing half shows the cut
                self._write(head_of(reply, close=True, sized=False) + half)
            case "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                self.connection.close()
            case "html":  # as a proxy or portal in front would answer
                cover = replace(page(200, "Portail", "Merci de vous identifier."), date=reply.date)
                self._write(head_of(cover, close=True) + cover.body)
            case "other":  # as a faulty cache would answer: a complete answer about the next point
                body = _POINT.sub(
                    lambda found: b"%014d" % ((int(found[0]) + 1) % 10**14), reply.body
                )
                other = replace(reply, body=body)
                self._write(head_of(other, close=True) + body)
            case "gzip-bomb":
                bomb = replace(reply, status=200, body=_zeros())
                more = "Content-Encoding: gzip\r\n"
                self._write(head_of(bomb, close=True, more=more) + bomb.body)

    def _write(self, content: bytes) -> None:
        """Write and flush."""
        self.wfile.write(content)
        self.wfile.flush()

    def _body(self) -> bytes | None:
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdigit():
            self._refuse(HTTPStatus.LENGTH_REQUIRED)
        elif int(length) > _LARGEST:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            return self.rfile.read(int(length))
        return None

    def _refuse(self, status: HTTPStatus) -> None:
        self.close_connection = True
        self._send(page(status.value, f"{status.value} {status.phrase}", status.description))

    def _send(self, reply: Reply) -> None:
        body = b"" if self.command == "HEAD" else reply.body
        self._write(head_of(reply, close=self.close_connection) + body)


TURN = "Stub-Turn"
"""The header that names the announced reply for a request."""


class StubServer:
    """A server on a free port of 127.0.0.1 that sends announced replies only."""

    def __init__(self) -> None:
        self._chosen: list[StubReply] = []
        self._lock = threading.Lock()
        self._server = SimulatorServer(("127.0.0.1", 0), self._exchange)

    @property
    def base_url(self) -> str:
        """The address of the server."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def choose(self, reply: StubReply) -> dict[str, str]:
        """Announce a reply and return the headers by which a request gets it."""
        with self._lock:
            self._chosen.append(reply)
            return {TURN: str(len(self._chosen))}

    def stop(self) -> None:
        """End every connection and free the port."""
        self._server.close()

    def _exchange(self, call: Call) -> tuple[Reply, str, float]:
        turn = call.headers.get(TURN.lower(), "")
        with self._lock:
            known = turn.isdecimal() and 0 < int(turn) <= len(self._chosen)
            chosen = self._chosen[int(turn) - 1] if known else None
        if chosen is None:
            return replies.page(501, "501 Not Implemented", "No stub was chosen for this."), "", 0
        lasting = FAULTS.get(chosen.fault)
        if lasting is None:
            self._server.stopping.wait(chosen.delay or 0)
        reply = Reply(
            chosen.status, chosen.body, chosen.content_type, headers=tuple(chosen.headers.items())
        )
        return reply, chosen.fault, chosen.delay or lasting or 0.0
