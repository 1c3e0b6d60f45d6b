"""How a step of a run went, in words."""

from __future__ import annotations

from collections.abc import Iterator

from sgeflow.core.model import Status
from sgeflow.messages import join_items, say, say_count, sentences, verbatim
from sgeflow.tools.graph.run_status import StepHistory

_MARKS = {
    Status.DONE: say("✓ done"),
    Status.PARTIAL: say("! partial"),
    Status.FAILED: say("✗ failed"),
    Status.SKIPPED: say("– skipped"),  # noqa: RUF001 - a dash on purpose: nothing happened
    Status.RUNNING: say("… not known to have ended"),
}


def past_words(past: StepHistory) -> tuple[str, ...]:
    """How a step went: its end, how long it took, how often it was done, its calls, its summary."""
    if past.status is None:
        return ()
    text = join_items(_parts(past, past.status), " · ")
    return (text, past.summary) if past.summary else (text,)


def _parts(past: StepHistory, status: Status) -> Iterator[str]:
    yield sentences(_MARKS[status], verbatim(past.code)) if past.code else _MARKS[status]
    if status not in (Status.SKIPPED, Status.RUNNING):
        yield say("{seconds:.1f} s", seconds=past.seconds)
    if past.times > 1:
        yield say("{count} times", count=past.times)
    if past.calls:
        yield say_count("{count} call", "{count} calls", count=past.calls)
