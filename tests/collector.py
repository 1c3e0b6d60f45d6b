"""A collector of traces on loopback: it takes OTLP over HTTP, and keeps what came."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


class Collected:
    """One span, as it came."""

    def __init__(self, span: Any) -> None:
        self.name, self.kind = span.name, span.kind
        self.id, self.parent, self.trace = span.span_id, span.parent_span_id, span.trace_id
        self.start, self.end = span.start_time_unix_nano, span.end_time_unix_nano
        self.error = span.status.message if span.status.code == 2 else ""
        self.facts = _facts(span.attributes)
        self.events = {event.name: _facts(event.attributes) for event in span.events}
        self.links = [link.span_id for link in span.links]


class Collector:
    """What came, and how it answers."""

    def __init__(self) -> None:
        self.status, self.hang = 200, threading.Event()
        self.hang.set()
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.address = ""

    @property
    def spans(self) -> list[Collected]:
        """All spans, in the order of their ends."""
        scopes = (scope for part in self._resources() for scope in part.scope_spans)
        return [Collected(span) for scope in scopes for span in scope.spans]

    @property
    def service(self) -> dict[str, Any]:
        """What is said of who sends."""
        return _facts(next(self._resources()).resource.attributes)

    def named(self, name: str) -> list[Collected]:
        """The spans of a name."""
        return [span for span in self.spans if span.name == name]

    def _resources(self) -> Iterator[Any]:
        for body in self.bodies:
            yield from ExportTraceServiceRequest.FromString(body).resource_spans


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector for as long as it lasts."""
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            collector.headers.append({key.lower(): value for key, value in self.headers.items()})
            collector.hang.wait(30)
            if collector.status == 200:
                collector.bodies.append(body)
            self.send_response(collector.status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    collector.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield collector
    finally:
        collector.hang.set()
        server.shutdown()
        server.server_close()


def _facts(attributes: Any) -> dict[str, Any]:
    values = {one.key: one.value for one in attributes}
    return {key: getattr(value, value.WhichOneof("value")) for key, value in values.items()}
