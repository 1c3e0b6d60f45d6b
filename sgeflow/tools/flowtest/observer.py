"""Watches a run for a flow test: each request that leaves, and how its answer was understood."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.documents import Operation
from sgeflow.core.engine.effects import Warn
from sgeflow.core.engine.ports import Leave, Transport
from sgeflow.core.model import SGE, CallRecord, NoAnswer, Request, Response
from sgeflow.core.soap.read_back import sent_values
from sgeflow.runtime.driver import Event
from sgeflow.runtime.events import RunStarted
from sgeflow.tools.flowtest.model import ObservedCall


class SentCall(Struct, frozen=True):
    """A request that was sent, and how its answer was understood."""

    request: Request
    outcome: str = ""


class CallObserver:
    """A transport that notes what it is given, in the order in which it began."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self.was_warned = False  # of something that no step says
        self._calls: list[SentCall] = []
        self._codes: set[str] = set()
        self._last: dict[int, int] = {}  # a thread's own last call
        self._lock = threading.Lock()

    def send(
        self, request: Request, deadline: float | None = None, leave: Leave | None = None
    ) -> Response | NoAnswer:
        """Note it, and let the inner transport send it."""
        with self._lock:
            self._last[threading.get_ident()] = len(self._calls)
            self._calls.append(SentCall(request))
        return self._inner.send(request, deadline, leave)

    def close(self) -> None:
        """Close the inner transport."""
        self._inner.close()

    def listen(self, event: Event | RunStarted) -> None:
        """A call was understood: it is the last one that this thread has sent."""
        self.was_warned |= isinstance(event, Warn) and not event.trail
        if not isinstance(event, CallRecord):
            return
        with self._lock:
            self._codes.add(event.outcome)
            number = self._last.pop(threading.get_ident(), None)
            if number is not None and self._calls[number].request.label == event.label:
                self._calls[number] = replace(self._calls[number], outcome=event.outcome)

    def sent_calls(self) -> tuple[SentCall, ...]:
        """What was sent until now."""
        with self._lock:
            return tuple(self._calls)

    def codes(self) -> frozenset[str]:
        """How calls came out, those that were recorded before and not sent included."""
        with self._lock:
            return frozenset(self._codes)


def observe_calls(
    sent: Sequence[SentCall], operations: Mapping[str, Operation]
) -> tuple[ObservedCall, ...]:
    """Calls as a test looks at them."""
    return tuple(_observe(call, operations) for call in sent)


def _observe(call: SentCall, operations: Mapping[str, Operation]) -> ObservedCall:
    request = call.request
    operation = operations.get(request.label)
    path, _, query = request.path.partition("?")
    values: Mapping[str, Any] = (
        sent_values(operation, request.body) if operation else _members(query, request.body)
    )
    return ObservedCall(
        label=request.label,
        kind=request.kind.value,
        method=request.method,
        path="" if operation else path,
        values=values,
        is_sge=request.endpoint == SGE,
        outcome=call.outcome,
    )


def _members(query: str, body: bytes) -> dict[str, Any]:
    """What a JSON request says: its query, and the members of its body."""
    values: dict[str, Any] = dict(parse_qsl(query, keep_blank_values=True))
    if body:
        data = json.loads(body)
        values |= data if isinstance(data, dict) else {"body": data}
    return values
