"""The HTTP server of the simulator: sockets, keep-alive, TLS, and answers that go wrong."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sgeflow.simulator.desk import Call
from sgeflow.simulator.replies import Reply, page

_LARGEST = 1 << 20  # bytes of a request: an SGE message has about a thousand
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing throws away what was not sent, and says so

# How an answer goes wrong on the wire: "" well, or "stall", "truncate", "reset".
Exchange = Callable[[Call], tuple[Reply, str, float]]


class Server(ThreadingHTTPServer):
    """One thread a connection; the TLS handshake happens there, so a silent client stalls none."""

    request_queue_size = 128
    allow_reuse_address = True

    def __init__(
        self, address: tuple[str, int], exchange: Exchange, tls: ssl.SSLContext | None = None
    ) -> None:
        self.exchange = exchange
        self.stopping = threading.Event()
        self.mistakes: list[BaseException] = []
        self._tls = tls
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
        if self._tls is not None:
            request = self._tls.wrap_socket(
                request, server_side=True, do_handshake_on_connect=False
            )
        thread = threading.Thread(
            target=self.process_request_thread, args=(request, client_address), daemon=True
        )
        with self._guard:
            self._open[request] = thread
        thread.start()

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
    server: Server

    def do_POST(self) -> None:
        """Any method goes the same way: the desk knows which it takes."""
        self._serve()

    do_GET = do_PUT = do_DELETE = do_HEAD = do_POST  # noqa: N815 - named by http.server

    def log_message(self, *_: Any) -> None:
        """Nothing: a request may name a person."""

    def _serve(self) -> None:
        body = self._body()
        if body is None:
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = Call(self.command, self.path.partition("?")[0].rstrip("/"), headers, body)
        reply, trouble, seconds = self.server.exchange(call)
        if trouble == "stall":
            self.server.stopping.wait(seconds)
            self.close_connection = True
        elif trouble == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self.close_connection = True
            self.connection.close()
        else:
            self._send(reply, truncated=trouble == "truncate")

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

    def _send(self, reply: Reply, *, truncated: bool = False) -> None:
        self.close_connection = self.close_connection or truncated
        head = (
            f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}\r\n"
            f"Content-Type: {reply.content_type}\r\n"
            f"Content-Length: {len(reply.body)}\r\n"
        )
        if reply.retry_after is not None:
            head += f"Retry-After: {reply.retry_after}\r\n"
        if self.close_connection:
            head += "Connection: close\r\n"
        body = reply.body[: len(reply.body) // 2] if truncated else reply.body
        self.wfile.write(f"{head}\r\n".encode() + (b"" if self.command == "HEAD" else body))
        self.wfile.flush()
