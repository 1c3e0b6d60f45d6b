"""What is said of a picture to whoever cannot see it."""

from __future__ import annotations

from collections.abc import Iterator

from sgeflow.messages import say
from sgeflow.tools.graph.chart import Block, Chart, Lane


def label_of(block: Block) -> str:
    """A step in one text: what it is, when its turn comes, how it went."""
    parts = [block.title, *block.lines]
    parts += [f"when {block.when}"] if block.when else []
    parts += [line for frame in block.frames for line in frame.lines]
    return "; ".join((*parts, *block.told))


def description_of(chart: Chart) -> str:
    """The whole chart in words, for readers who cannot see it."""
    steps = chart.tell(say("Steps: {steps}.", steps="; ".join(_outline(chart.lane))))
    parts = (chart.heading, chart.description, steps)
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
