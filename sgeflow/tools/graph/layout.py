"""Where everything of a chart stands: boxes below each other, branches side by side, loops around.

Flows are trees, so a drawing is put together from the inside: each part knows its size, and what
surrounds it makes room for it. Nothing can overlap, and nothing has to be searched for.
"""

from __future__ import annotations

from sgeflow.tools.graph.boxes import (
    LEAF,
    PAD,
    SIDE,
    BoxRow,
    around,
    draw_box,
    kind_of,
    rows_of,
    set_rows,
    tone_of,
)
from sgeflow.tools.graph.chart import Block, Frame, Side
from sgeflow.tools.graph.fonts import CODE, TITLE
from sgeflow.tools.graph.shapes import Box, Drawing, Mark, Polyline

_GAP = 30.0  # between steps, for the line
_APART = 30.0  # between things side by side
_BYPASS = 18.0  # left of a step that may be skipped


# -- steps one after the other ------------------------------------------------------------------


def sequence(blocks: tuple[Block, ...], *, is_whole: bool = False, goes_on: bool = True) -> Drawing:
    """Steps below each other on one axis, with the lines between, and one in and one out."""
    parts = [_node(block) for block in blocks]
    left = _BYPASS if any(block.when for block in blocks) else 0.0
    axis = left + max(part.axis for part in parts)
    marks: list[Mark] = []
    y = _GAP
    leaves: float | None = 0.0  # where the line to the next step begins
    for block, part in zip(blocks, parts, strict=True):
        if leaves is not None:
            marks.append(Polyline(points=((axis, leaves), (axis, y)), kind="line"))
        marks += part.at(axis - part.axis, y)
        leaves = None if block.ends else y + part.exit
        if block.when:
            marks.append(_bypass(axis, y, axis - part.axis, y + part.height))
            leaves = y + part.height + 10 if leaves is None else leaves
        y += part.height + _GAP
    if not goes_on:
        y += PAD - _GAP
    elif leaves is not None:
        marks.append(Polyline(points=((axis, leaves), (axis, y)), kind="line", has_head=is_whole))
    width = axis + max(part.width - part.axis for part in parts)
    return Drawing(width=width, height=y, axis=axis, exit=y, marks=tuple(marks))


def _bypass(axis: float, top: float, left: float, bottom: float) -> Polyline:
    """The way around a step that is skipped."""
    x = left - _BYPASS / 2 - 2
    points = ((axis, top - 12), (x, top - 12), (x, bottom + 10), (axis, bottom + 10))
    return Polyline(points=points, kind="line bypass", has_head=False)


# -- one step -----------------------------------------------------------------------------------


def _node(block: Block) -> Drawing:
    """A step: its condition on top, its loop around, and its other ways out at the side."""
    part = _split(block) if block.is_split else _body(block)
    outer = [frame for frame in block.frames if frame.word != "poll"]
    for frame in block.frames:
        if frame.word == "poll":
            part = _put_in_frame(frame, part, block)
    part = _beside(part, [aside(side) for side in block.sides])
    for frame in outer:
        part = _put_in_frame(frame, part, block)
    return _conditional(block, part) if block.when else part


def _body(block: Block) -> Drawing:
    rows = rows_of(block)
    if not block.lanes:
        return draw_box(kind_of(block), rows, LEAF, block=block)
    inner = [sequence(lane.blocks) for lane in block.lanes]
    return around(kind_of(block), rows, inner[0], block=block)


def _split(block: Block) -> Drawing:
    """Branches side by side, between two bars that all lines leave from and come back to."""
    parts = [sequence(lane.blocks) for lane in block.lanes]
    names = [[(lane.name, TITLE, "branch")] for lane in block.lanes]
    heads = [set_rows(rows, part.width) for rows, part in zip(names, parts, strict=True)]
    tallest = max(head[1] + part.height for head, part in zip(heads, parts, strict=True))
    marks: list[Mark] = []
    axes: list[float] = []
    x = PAD
    for lane, (head, used), part in zip(block.lanes, heads, parts, strict=True):
        width = max(part.width, LEAF) + 2 * PAD
        box = Box(x=x, y=14, width=width, height=tallest + 12, kind="lane")
        axis = x + PAD + part.axis
        marks += [box, *(mark.move(x, 14) for mark in head)]
        marks += part.at(x + PAD, 14 + used)
        down = 14 + used + part.height
        marks.append(Polyline(points=((axis, 0), (axis, 14)), kind="line"))
        if not lane.blocks[-1].ends:
            points = ((axis, down), (axis, tallest + 40))
            marks.append(Polyline(points=points, kind="line", has_head=False))
        axes.append(axis)
        x += width + _APART / 2
    for y in (0.0, tallest + 40):
        ends = ((axes[0], y), (axes[-1], y))
        marks.append(Polyline(points=ends, kind="line", has_head=False))
    width, bottom = x - _APART / 2 + PAD, tallest + 40
    inner = Drawing(width=width, height=bottom, axis=axes[0], exit=bottom, marks=tuple(marks))
    return around(kind_of(block), rows_of(block), inner, block=block, pad=0.0, gap=14.0)


def _conditional(block: Block, part: Drawing) -> Drawing:
    rows: list[BoxRow] = [(f"when {block.when}", CODE, "code")]
    strip = draw_box(f"when {tone_of(block)}", rows, part.width, corner=3)
    y = strip.height + 12
    down = Polyline(points=((part.axis, strip.height), (part.axis, y)), kind="line")
    return Drawing(
        width=part.width,
        height=y + part.height,
        axis=part.axis,
        exit=y + part.exit,
        marks=(*strip.marks, down, *part.at(0, y)),
    )


def _put_in_frame(frame: Frame, part: Drawing, block: Block) -> Drawing:
    rows: list[BoxRow] = [(line, CODE, "code") for line in frame.lines]
    return around(f"loop {tone_of(block)}", rows, part, gap=10.0)


def _beside(part: Drawing, sides: list[Drawing]) -> Drawing:
    """A step and, to its right, where it goes when it does not go on."""
    if not sides:
        return part
    trunk, left, out = part.width + 10, part.width + _APART, 18.0
    marks: list[Mark] = [*part.marks]
    y = 0.0
    for side in sides:
        kind = "line fault" if _is_fault(side) else "line undo"
        enters = y + out
        marks.append(
            Polyline(
                points=((part.width, out), (trunk, out), (trunk, enters), (left, enters)), kind=kind
            )
        )
        marks += side.at(left, y)
        y += side.height + 12
    width = left + max(side.width for side in sides)
    height = max(part.height, y - 12)
    return Drawing(width=width, height=height, axis=part.axis, exit=part.exit, marks=tuple(marks))


def aside(side: Side) -> Drawing:
    """Where a step goes when it does not go on, as a box."""
    rows: list[BoxRow] = [(f"{side.kind} {side.causes}".strip(), TITLE, "label")]
    rows += [(line, CODE, "code") for line in side.lines]
    kind = f"side {'undo' if side.kind == 'undo' else 'fault'}{' off' if side.is_off else ''}"
    if side.lane is None:
        return draw_box(kind, rows, SIDE)
    return around(kind, rows, sequence(side.lane.blocks, goes_on=False))


def _is_fault(side: Drawing) -> bool:
    return any(isinstance(mark, Box) and "fault" in mark.kind.split() for mark in side.marks[:1])
