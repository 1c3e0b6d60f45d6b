"""A log of a run or fleet, for journald and for collectors that read JSON: a line an event."""

from __future__ import annotations

import time
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from sgeflow.core.engine.effects import Ended, Warn
from sgeflow.core.engine.trails import trail_of
from sgeflow.core.model import CallRecord, Status
from sgeflow.terminal.terminal import plain_line

if TYPE_CHECKING:
    from sgeflow.core.model import StepTrace
    from sgeflow.terminal.terminal import Terminal


class JsonLog:
    """Listens to a run or a fleet and writes each event down as a line of JSON."""

    def __init__(self, terminal: Terminal, *, every: float) -> None:
        """`every`: seconds between two lines that tell how far a fleet is."""
        self._terminal = terminal
        self._every = every
        self._told = -every

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Nothing is open."""

    def __call__(self, event: Any) -> None:
        """One event; `--quiet` keeps warnings alone, `--verbose` adds every step and call."""
        if isinstance(event, Warn):
            place = {"step": event.trail} if event.trail else {}
            text = plain_line(str(event.text))
            self._terminal.log_event("warning", level="warning", **place, message=text)
        elif self._terminal.quiet:
            return
        elif isinstance(event, Ended):
            self._tell_step(event.trace)
        elif isinstance(event, CallRecord):
            self._tell_call(event)
        elif hasattr(event, "tally"):
            self._tell_fleet(event)

    def _tell_step(self, trace: StepTrace) -> None:
        is_shown = trace.title or trace.failure is not None or self._terminal.verbose
        if not is_shown:
            return
        code = {"code": trace.failure.code} if trace.failure else {}
        level = "error" if trace.status is Status.FAILED else "info"
        took = {"seconds": round(trace.seconds, 3)}
        self._terminal.log_event(
            "step", level=level, step=trace.trail, status=trace.status.value, **code, **took
        )

    def _tell_call(self, record: CallRecord) -> None:
        if self._terminal.verbose:
            self._terminal.log_event(
                "call",
                step=trail_of(record.key),
                call=record.label,
                attempt=record.attempt,
                outcome=record.outcome,
                bytes=record.bytes_in,
                seconds=round(record.seconds, 3),
            )

    def _tell_fleet(self, event: Any) -> None:
        if (row := event.outcome) is not None and (row.code or self._terminal.verbose):
            self._terminal.log_event(
                "row",
                level="error" if row.code else "info",
                row=row.row,
                line=row.line,
                status=row.status,
                **({"code": row.code} if row.code else {}),
                calls=row.calls,
                seconds=round(row.seconds, 3),
            )
        moment = time.monotonic()
        if moment - self._told >= self._every:
            self._told = moment
            self._terminal.log_event("progress", level="info", **counts(event.tally, event.total))


def counts(tally: Any, total: int) -> Mapping[str, int]:
    """How far a fleet is."""
    return {
        "rows": total,
        "done": tally.done,
        "failed": tally.failed,
        "interrupted": tally.stopped,
        "calls": tally.calls,
        "values": tally.values,
        "warnings": tally.warnings,
    }
