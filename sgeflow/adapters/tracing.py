"""Sends spans to an OpenTelemetry collector: OTLP over HTTP, configured by `OTEL_…` variables.

A slow or unreachable collector does not slow a run; it delays the end by at most `PATIENCE`.
"""

from __future__ import annotations

import logging
import os
import threading
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from msgspec import Struct

from sgeflow.adapters.extras import install_command
from sgeflow.errors import Id, UsageError
from sgeflow.messages import say, verbatim
from sgeflow.patterns import regex
from sgeflow.version import __version__

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span, Tracer

PATIENCE = 5.0  # seconds; how long the end of a command waits for the last spans to be sent
_LOUD = logging.getLogger("opentelemetry")  # silenced: lost spans are reported at the end
_PROTOCOL = "http/protobuf"
_EXPORTERS = ("otlp", "none")
_VARIABLE = regex(r"OTEL_[A-Z_]+")


class SentSpans(Struct, frozen=True, kw_only=True):
    """The number of spans (`of`), and how many of them the collector did not accept (`lost`)."""

    lost: int
    of: int
    to: str  # scheme, host and port of the collector
    status: int  # the last HTTP status; 0 without an answer


class Tracing:
    """The destination of this process's spans."""

    def __init__(self) -> None:
        """Make the SDK ready; nothing is sent before a span has ended.

        Raises:
            UsageError: the extra is not installed, or the variables are not understood.
        """
        self._collector = _place()
        self._status = 0
        self._lock = threading.Lock()
        self._ended = self._taken = 0
        self._level = _LOUD.level
        _LOUD.setLevel(logging.CRITICAL + 1)
        try:
            self._provider = self._open()
        except ValueError as error:  # the SDK reads some variables when it is imported
            named = _VARIABLE.search(str(error))  # the rest of the text may contain the value
            raise _not_understood(named[0] if named else "OTEL_BSP_…") from None
        self.tracer: Tracer = self._provider.get_tracer("sgeflow", __version__)

    def end(self, span: Span, at: int | None = None) -> None:
        """End a span now, or at `at`, in nanoseconds of the epoch."""
        with self._lock:
            self._ended += span.get_span_context().trace_flags.sampled
        span.end(at)

    def close(self) -> SentSpans:
        """Send the remaining spans for at most `PATIENCE`; return how many spans were lost."""
        last = threading.Thread(target=self._provider.shutdown, daemon=True)
        last.start()
        last.join(PATIENCE)
        if not last.is_alive():  # otherwise the thread may still log errors
            _LOUD.setLevel(self._level)
        with self._lock:
            lost = self._ended - self._taken
            return SentSpans(lost=lost, of=self._ended, to=self._collector, status=self._status)

    def export(self, spans: Any) -> Any:
        """Send a batch of spans; the SDK calls this in its own thread."""
        result = self._exporter.export(spans)
        with self._lock:
            self._taken += len(spans) if result.name == "SUCCESS" else 0
        return result

    def shutdown(self) -> None:
        """Close the exporter; the SDK calls this after the last batch."""
        self._exporter.shutdown()

    def _open(self) -> TracerProvider:
        import requests

        try:
            sdk: Any = import_module("opentelemetry.sdk.trace")
            export: Any = import_module("opentelemetry.sdk.trace.export")
            otlp: Any = import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
        except ImportError:
            message = say("traces need the extra `traces`")
            note = verbatim(install_command("traces"))
            raise UsageError.of(Id.USAGE, message, note=note) from None
        from opentelemetry.sdk.resources import Resource

        service = Resource.create()
        own = {"service.version": __version__}
        if str(service.attributes.get("service.name", "")).startswith("unknown_service"):
            own["service.name"] = "sgeflow"  # the variables do not set a name
        resource = service.merge(Resource(own))
        session = requests.Session()
        session.hooks["response"].append(self._note_status)
        self._exporter: Any = otlp.OTLPSpanExporter(session=session)
        provider: TracerProvider = sdk.TracerProvider(resource=resource, shutdown_on_exit=False)
        provider.add_span_processor(export.BatchSpanProcessor(self))
        return provider

    def _note_status(self, response: Any, *_: Any, **__: Any) -> None:
        self._status = response.status_code


def open_tracing() -> Tracing | None:
    """Open the tracing that `OTEL_…` variables configure; None if they disable it.

    Raises:
        UsageError: the extra is not installed, or a variable has an unsupported or invalid value.
    """
    exporter = os.environ.get("OTEL_TRACES_EXPORTER") or _EXPORTERS[0]
    if os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true" or exporter == "none":
        return None
    _check("OTEL_TRACES_EXPORTER", exporter, _EXPORTERS)
    for name in ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"):
        if protocol := os.environ.get(name):
            _check(name, protocol, (_PROTOCOL,))
            break
    return Tracing()


def parent_context() -> Context:
    """The span of the process that started this one, from the variable TRACEPARENT."""
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    names = {"TRACEPARENT": "traceparent", "TRACESTATE": "tracestate"}
    carrier = {key: os.environ[name] for name, key in names.items() if name in os.environ}
    return TraceContextTextMapPropagator().extract(carrier)


def _check(name: str, text: str, allowed: tuple[str, ...]) -> None:
    if text not in allowed:
        message = say('the variable {name} cannot be "{text}"', name=name, text=text)
        raise UsageError.of(Id.USAGE, message, allowed=allowed)


def _not_understood(name: str) -> UsageError:
    message = say("OpenTelemetry does not understand the value of the variable {name}", name=name)
    details = (("remedy", say("correct it, or unset it")),)
    return UsageError.of(Id.USAGE, message, details=details)


def _place() -> str:
    """Scheme, host and port of the collector, without the parts that may be secret.

    Raises:
        UsageError: the setting is not an address.
    """
    names = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
    name = next(filter(os.environ.get, names), names[-1])
    try:
        parts = urlsplit(os.environ.get(name) or "http://localhost:4318")
    except ValueError:
        raise _not_understood(name) from None
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}" if host else "OTEL_EXPORTER_OTLP_ENDPOINT"
