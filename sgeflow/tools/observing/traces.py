"""OpenTelemetry spans of a command: runs, steps, attempts of calls.

They contain names of documents, codes, counts and ids of runs, never a point, an address, a message
or a value, because more people read a collector than a journal.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from sgeflow.adapters.state.records import is_row
from sgeflow.adapters.tracing import SentSpans, Tracing, open_tracing, parent_context
from sgeflow.core.documents import Environment
from sgeflow.core.engine.effects import StepBegun, StepEnded, Warn
from sgeflow.core.engine.trails import enclosing, last_name, step_of, trail_of
from sgeflow.core.model import MAIL, CallRecord, RunReport, Status
from sgeflow.errors import Exit
from sgeflow.runtime.observer import INTERRUPTED, RunStopped
from sgeflow.runtime.options import Observer

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.trace import Link, Span

_WORTH_TELLING = 0.001  # seconds; shorter waits are left out

Attributes = Mapping[str, str | int | float]


class Traces(Observer, kw_only=True, eq=False):
    """Observes the runs of one command; `close` sends the rest.

    Each run, also a row of a fleet, is a trace of its own with a link to the span of its fleet: the
    trace of a whole city would be too large for any tool, and rows can be sampled.
    """

    tracing: Tracing
    parent: Context | None = None  # the span of the process that started the command
    _fleet: Span | None = None  # until the fleet has ended
    _link: Link | None = None  # to the span of the fleet, for those of its rows
    _open: dict[str, Callable[[RunStopped], None]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def observe(self, run: str, flow: str, environment: Environment) -> Callable[[Any], None]:
        """Return a listener that makes the spans of one run."""
        more: dict[str, Any] = {"sgeflow.fleet": run.partition(".")[0]} if is_row(run) else {}
        span = self._root(f"run {flow}", {**_facts(run, flow, environment), **more})
        trace = RunTrace(tracing=self.tracing, root=span, over=partial(self._forget, run))
        with self._lock:
            self._open[run] = trace
        return trace

    def begin_fleet(self, run: str, flow: str, environment: Environment) -> None:
        """Begin the span of a fleet."""
        from opentelemetry.trace import Link

        self._fleet = self._root(f"fleet {flow}", _facts(run, flow, environment))
        self._link = Link(self._fleet.get_span_context())

    def end_fleet(self, fleet: Any) -> None:
        """End the span of a fleet with the results of its rows."""
        tally = fleet.tally
        rows = {"done": tally.done, "failed": tally.failed, "interrupted": tally.stopped}
        for name, count in {**rows, "not_begun": fleet.not_begun, "total": fleet.total}.items():
            if self._fleet is not None:
                self._fleet.set_attribute(f"sgeflow.rows.{name}", count)
        self._end_fleet(fleet.exit)

    def close(self, exit_: Exit | None = None) -> SentSpans:
        """End open spans with the command's exit code, send the rest; return how many were lost."""
        code = Exit.INTERRUPTED if exit_ is None else exit_
        with self._lock:
            left = list(self._open.values())
        for end in left:
            end(RunStopped(exit=code))
        if self._fleet is not None:
            self._end_fleet(code)
        return self.tracing.close()

    def _root(self, name: str, facts: Attributes) -> Span:
        from opentelemetry.context import Context

        tracer = self.tracing.tracer
        if self._link is None:
            return tracer.start_span(name, self.parent, attributes=facts)
        return tracer.start_span(name, Context(), attributes=facts, links=[self._link])

    def _end_fleet(self, code: Exit) -> None:
        if self._fleet is not None:
            _end_with(self._fleet, code)
            self.tracing.end(self._fleet)
        self._fleet = None

    def _forget(self, run: str) -> None:
        with self._lock:
            self._open.pop(run, None)


class RunTrace(Struct, kw_only=True, eq=False):
    """The spans of one run, made from its events."""

    tracing: Tracing
    root: Span
    over: Callable[[], None]
    began: int = field(default_factory=time.time_ns)
    _steps: dict[str, tuple[Span, int]] = field(default_factory=dict)  # open ones, with start
    _warnings: int = 0

    def __call__(self, event: Any) -> None:
        """Note an event of the run."""
        if isinstance(event, StepBegun):
            self._begin(event)
        elif isinstance(event, StepEnded):
            self._end(event)
        elif isinstance(event, CallRecord):
            self._call(event)
        elif isinstance(event, Warn):
            self._warnings += 1
        elif isinstance(event, RunReport):
            failure = event.failure
            self._finish(event.status.value, event.exit, failure.code if failure else "", event)
        elif isinstance(event, RunStopped):
            status = INTERRUPTED if event.exit is Exit.INTERRUPTED else Status.FAILED.value
            self._finish(status, event.exit, event.code)

    def _begin(self, event: StepBegun) -> None:
        if event.trail in self._steps:  # the event repeats once the number of items is known
            if event.total is not None:
                self._steps[event.trail][0].set_attribute("sgeflow.items", event.total)
            return
        span, since = self._around(event.trail)
        own = self._start(last_name(step_of(event.trail)), span)
        own.set_attribute("sgeflow.step", event.trail)
        self._steps[event.trail] = (own, max(time.time_ns(), since))

    def _end(self, event: StepEnded) -> None:
        trace = event.trace
        span, _ = self._steps.pop(trace.trail, (None, 0))
        if span is None:  # a skipped step never began
            return
        span.set_attributes({"sgeflow.verb": trace.verb, "sgeflow.status": trace.status.value})
        if trace.after:
            span.set_attribute("sgeflow.after", trace.after)
        if trace.failure is not None:
            _fail(span, trace.failure.code)
        self.tracing.end(span)

    def _call(self, record: CallRecord) -> None:
        now = time.time_ns()
        step, since = self._around(trail_of(record.key), itself=True)
        start = max(now - int(record.seconds * 1e9), since)
        waits = {"sgeflow.rate_wait": record.waited, "sgeflow.backoff": record.paused}
        for name, seconds in waits.items():
            if seconds >= _WORTH_TELLING:
                begin = max(start - int(seconds * 1e9), since)
                step.add_event(name, {"sgeflow.seconds": round(seconds, 3)}, begin)
        span = self._start(record.label, step, start, is_call=True)
        span.set_attributes(_call_facts(record))
        if record.outcome != "ok":
            _fail(span, record.outcome)
        self.tracing.end(span, now)

    def _finish(
        self, status: str, code: Exit, failure: str, report: RunReport | None = None
    ) -> None:
        for span, _ in self._steps.values():
            self.tracing.end(span)
        self._steps.clear()
        facts: dict[str, str | int] = {"sgeflow.status": status, "sgeflow.warnings": self._warnings}
        if report is not None:
            facts |= {"sgeflow.calls": report.calls, "sgeflow.values": report.values}
        self.root.set_attributes(facts)
        _end_with(self.root, code, failure)
        self.tracing.end(self.root)
        self.over()

    def _start(
        self, name: str, parent: Span, at: int | None = None, *, is_call: bool = False
    ) -> Span:
        from opentelemetry.trace import SpanKind, set_span_in_context

        kind = SpanKind.CLIENT if is_call else SpanKind.INTERNAL
        context = set_span_in_context(parent)
        return self.tracing.tracer.start_span(name, context, kind, start_time=at)

    def _around(self, trail: str, *, itself: bool = False) -> tuple[Span, int]:
        """The innermost open span around a trail, and its start."""
        for one in reversed((*enclosing(trail), trail) if itself else tuple(enclosing(trail))):
            for place in (one, step_of(one)):
                if place in self._steps:
                    return self._steps[place]
        return self.root, self.began


def open_traces() -> Traces | None:
    """Open the observer of this command's runs; None if `OTEL_…` variables switch it off.

    Raises:
        UsageError: the extra is not installed, or the variables ask for something unsupported.
    """
    way = open_tracing()
    return None if way is None else Traces(tracing=way, parent=parent_context())


def _facts(run: str, flow: str, environment: Environment) -> dict[str, str]:
    return {
        "sgeflow.run": run,
        "sgeflow.flow": flow,
        "deployment.environment.name": environment.name,
    }


def _call_facts(record: CallRecord) -> dict[str, str | int | float]:
    """The attributes of an attempt, without its address: a Cozy's address names its owner."""
    facts: dict[str, str | int | float] = {
        "service.peer.name": record.endpoint,
        "sgeflow.kind": record.kind.value,
    }
    if record.method == MAIL:  # the conventions have no names for SMTP
        return {**facts, "sgeflow.smtp.status": record.status} if record.status else facts
    facts["http.request.method"] = record.method
    if record.status:
        facts["http.response.status_code"] = record.status
        facts["http.response.body.size"] = record.bytes_in
    if record.attempt > 1:
        facts["http.request.resend_count"] = record.attempt - 1
    return facts


def _fail(span: Span, code: str) -> None:
    from opentelemetry.trace import StatusCode

    span.set_status(StatusCode.ERROR, code)
    span.set_attribute("error.type", code)


def _end_with(span: Span, code: Exit, failure: str = "") -> None:
    span.set_attribute("process.exit.code", int(code))
    if code not in (Exit.OK, Exit.PARTIAL) or failure:
        _fail(span, failure or f"exit {int(code)}")
