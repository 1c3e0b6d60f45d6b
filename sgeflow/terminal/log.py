"""The log of a run or a fleet for journald and for collectors: one line of JSON an event."""

import time
from collections.abc import Mapping
from typing import Any, Self

from sgeflow.core.engine.effects import StepEnded, Warn
from sgeflow.core.engine.trails import trail_of
from sgeflow.core.model import CallRecord, Status
from sgeflow.terminal.fleet import EVERY
from sgeflow.terminal.terminal import Terminal, plain_line


class JsonLog:
    """An observer of a run or a fleet that writes each event as a line of JSON."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._printed = -EVERY

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Do nothing: the log holds nothing open."""

    def __call__(self, event: Any) -> None:
        """Log one event; `--quiet` logs only warnings, `--verbose` also every step and call."""
        write, verbose = self._terminal.log_event, self._terminal.verbose
        if isinstance(event, Warn):
            place = {"step": event.trail} if event.trail else {}
            write("warning", level="warning", **place, message=plain_line(str(event.text)))
        elif self._terminal.quiet:
            return
        elif isinstance(event, StepEnded):
            trace = event.trace
            if trace.title or trace.failure is not None or verbose:
                write(
                    "step",
                    level="error" if trace.status is Status.FAILED else "info",
                    step=trace.trail,
                    status=trace.status.value,
                    **({"code": trace.failure.code} if trace.failure else {}),
                    seconds=round(trace.seconds, 3),
                )
        elif isinstance(event, CallRecord):
            if verbose:
                write(
                    "call",
                    step=trail_of(event.key),
                    call=event.label,
                    attempt=event.attempt,
                    outcome=event.outcome,
                    bytes=event.bytes_in,
                    seconds=round(event.seconds, 3),
                )
        elif hasattr(event, "tally"):
            if (row := event.outcome) is not None and (row.code or verbose):
                write(
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
            if moment - self._printed >= EVERY:
                self._printed = moment
                write("progress", level="info", **counts(event.tally, event.total))


def counts(tally: Any, total: int) -> Mapping[str, int]:
    """Return the progress of a fleet as the fields of a log event."""
    return {
        "rows": total,
        "done": tally.done,
        "failed": tally.failed,
        "interrupted": tally.stopped,
        "calls": tally.calls,
        "values": tally.values,
        "warnings": tally.warnings,
    }
