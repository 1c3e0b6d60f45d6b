"""The HTTP server of the simulator: sockets, keep-alive, TLS, and answers that go wrong."""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sgeflow.patterns import regex
from sgeflow.simulator.broken_replies import ReplyConnection, answer_badly, head_of
from sgeflow.simulator.replies import Reply, page
from sgeflow.simulator.router import Call

_LARGEST = 1 << 20  # bytes of a request: an SGE message has about a thousand

# How an answer goes wrong on the wire: "" well, or one of the ways of `broken_replies.py`.
HandleCall = Callable[[Call], tuple[Reply, str, float]]

# Asked once a connection: the certificate's side, and seconds to wait before the handshake.
TlsSettings = Callable[[], tuple[ssl.SSLContext, float]]


_HERE = regex(r"(?:https?://)?(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?", re.IGNORECASE)


def is_from_here(headers: Mapping[str, str]) -> bool:
    """Whether a request is meant for this machine, and made by no page of another one.

    A page that is open in a browser could ask any port of the machine, by a name that leads here.
    """
    named = [headers[name] for name in ("host", "origin") if name in headers]
    return all(_HERE.fullmatch(name) for name in named)


class SimulatorServer(ThreadingHTTPServer):
    """One thread a connection; the TLS handshake happens there, so a silent client stalls none."""

    request_queue_size = 128
    allow_reuse_address = True

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

    def server_bind(self) -> None:
        """Bind without asking DNS for a name of the machine, which may take seconds."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "localhost", int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in a thread of its own, remembered until it ends."""
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
        self.stopping.wait(pause)  # the handshake comes with the first byte that is read
        self.process_request_thread(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """End a connection and forget it."""
        with self._guard:
            self._open.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - inherited
        """Clients may leave when they like; anything else is a mistake of ours, kept for tests."""
        import sys

        error = sys.exception() if hasattr(sys, "exception") else sys.exc_info()[1]
        if error is not None and not isinstance(error, OSError | ValueError):
            self.mistakes.append(error)

    def close(self) -> None:
        """Stop listening, wake what stalls, end every connection and wait for its thread."""
        self.stopping.set()
        self.shutdown()
        self.server_close()
        with self._guard:
            left = list(self._open.items())
        for request, thread in left:
            with contextlib.suppress(OSError, ValueError):
                # the plain socket's: TLS would want to say goodbye to a silent client
                socket.socket.shutdown(request, socket.SHUT_RDWR)
            thread.join(timeout=5)


class _Handler(BaseHTTPRequestHandler):
    """One connection. Answers leave in one write, so they cost one packet when they fit."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: SimulatorServer

    def do_POST(self) -> None:
        """Any method goes the same way: the desk knows which it takes."""
        self._serve()

    do_GET = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_POST  # noqa: N815 - named by http.server
    do_MAIL = do_POST  # noqa: N815 - a mail that a stub answers

    def log_message(self, *_: Any) -> None:
        """Nothing: a request may name a person."""

    def _serve(self) -> None:
        body = self._body()
        if body is None:
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        if not is_from_here(headers):
            self._refuse(HTTPStatus.FORBIDDEN)
            return
        path, _, query = self.path.partition("?")
        call = Call(self.command, path.rstrip("/"), headers, body, query)
        reply, trouble, seconds = self.server.exchange(call)
        if trouble:
            self.close_connection = True
            connection = ReplyConnection(self.connection, self.wfile, self.server.stopping)
            answer_badly(connection, reply, trouble, seconds)
        else:
            self._send(reply)

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
        self.wfile.write(head_of(reply, close=self.close_connection) + body)
        self.wfile.flush()
