"""What is said of a step in a picture: beside it, and to whoever cannot see it."""

from __future__ import annotations

from collections.abc import Iterator

from sgeflow.core.model import Status
from sgeflow.tools.graph.chart import Block, Chart, Lane
from sgeflow.tools.graph.run_status import Past

_MARKS = {
    Status.DONE: "✓ done",
    Status.PARTIAL: "! partial",
    Status.FAILED: "✗ failed",
    Status.SKIPPED: "– skipped",  # noqa: RUF001 - a dash on purpose: nothing happened
    Status.RUNNING: "… not known to have ended",
}


def past_words(past: Past) -> tuple[str, ...]:
    """How a step went: its end, how long it took, how often it was done, its calls, its summary."""
    if past.status is None:
        return ()
    ran = past.status not in (Status.SKIPPED, Status.RUNNING)
    parts = [
        " ".join(word for word in (_MARKS[past.status], past.code) if word),
        f"{past.seconds:.1f} s" if ran else "",
        f"{past.times} times" if past.times > 1 else "",
        _calls(past.calls),
    ]
    text = " · ".join(part for part in parts if part)
    return (text, past.summary) if past.summary else (text,)


def label_of(block: Block) -> str:
    """A step in one text: what it is, when its turn comes, how it went."""
    parts = [block.title, *block.lines]
    parts += [f"when {block.when}"] if block.when else []
    parts += [line for frame in block.frames for line in frame.lines]
    return "; ".join((*parts, *past_words(block.past)))


def description_of(chart: Chart) -> str:
    """The whole chart in words, for readers who cannot see it."""
    steps = "; ".join(_outline(chart.lane))
    parts = (chart.heading, chart.description, f"Steps: {steps}.")
    return " ".join(part for part in parts if part)


def _outline(lane: Lane) -> Iterator[str]:
    for block in lane.blocks:
        when = f" (when {block.when})" if block.when else ""
        inner = [text for one in block.lanes for text in _lane_outline(one)]
        status = f" [{block.past.status.value}]" if block.past.status else ""
        yield f"{block.title}{when}{status}" + (f": {', '.join(inner)}" if inner else "")


def _lane_outline(lane: Lane) -> Iterator[str]:
    when = f" ({lane.name})" if lane.is_conditional else ""
    yield from (f"{text}{when}" for text in _outline(lane))


def _calls(count: int) -> str:
    return "" if not count else f"{count} call" + ("" if count == 1 else "s")
