"""Lays out a chart: title, legend, steps and handlers.

Flows are trees, so a drawing is built from the inside out: each part knows its size, and its
container makes room for it. All parts are centred on the axis of the flow, and the handlers of a
step are inside its box, so parts cannot overlap.
"""

from collections.abc import Container, Iterable, Iterator

from sgeflow.messages import Message, say
from sgeflow.tools.graph.chart import Block, Chart, Lane, Side, Telling
from sgeflow.tools.graph.drawing import (
    CODE,
    HEADING,
    LABEL,
    LEAF,
    PAD,
    PLAIN,
    TITLE,
    XY,
    Box,
    BoxRow,
    Drawing,
    Mark,
    Polyline,
    TextLine,
    draw_box,
    frame_of,
    kind_of,
    move,
    rows_of,
    set_rows,
    tone_of,
)

_SIGNS: tuple[tuple[str, Message], ...] = (
    ("step", say("step")),
    ("flow", say("called flow")),
    ("when", say("condition; the dotted line goes round")),
    ("loop", say("repeated")),
    ("fault", say("on a fault")),
    ("undo", say("undone when a later step fails")),
    ("done", say("done")),
    ("partial", say("partial")),
    ("failed", say("failed")),
    ("off", say("not reached, or not taken")),
)
_SWATCH, _HIGH, _LEGEND_ROOM, _ROW = 22.0, 13.0, 16.0, 22.0


def legend(marks: Iterable[Mark], width: float, tell: Telling) -> Drawing:
    """A sample of each sign among the marks with its meaning; at most `width` wide."""
    drawn: list[Mark] = []
    x = y = 0.0
    lines = (mark.kind.split() for mark in marks if isinstance(mark, Box | Polyline))
    for kind, text in signs_of({word for line in lines for word in line}, tell):
        needed = _SWATCH + 6 + PLAIN.width(text) + _LEGEND_ROOM
        if x and x + needed - _LEGEND_ROOM > width:
            x, y = 0.0, y + _ROW
        drawn += [
            Box(x=x, y=y + 4, width=_SWATCH, height=_HIGH, kind=f"key key-{kind}", corner=3),
            TextLine(x=x + _SWATCH + 6, y=y + 15, text=text, lettering=PLAIN, kind="past"),
        ]
        x += needed
    return Drawing(width=width, height=y + _ROW, axis=width / 2, marks=tuple(drawn))


def signs_of(kinds: Container[str], tell: Telling) -> Iterator[tuple[str, str]]:
    """The signs of some kinds of boxes with their meanings."""
    return ((kind, tell(text)) for kind, text in _SIGNS if kind in kinds)


_GAP = 26.0  # between steps, for the line
_APART = 16.0  # between parts side by side
_BETWEEN = 6.0  # between the handlers of a step
_BYPASS = 18.0  # left of a step that may be skipped
_BAR = 14.0  # between a bar and the steps that its lines lead to


def sequence(
    blocks: tuple[Block, ...],
    *,
    is_whole: bool = False,
    goes_on: bool = True,
    is_ended: bool = True,
) -> Drawing:
    """Steps below each other on one axis, with the lines between, before and after them.

    Steps that a run did not reach are grey; `is_ended` says whether it passed the last step.
    """
    parts = [_node(block) for block in blocks]
    left = _BYPASS if any(block.when for block in blocks) else 0.0
    axis = left + max(part.axis for part in parts)
    marks: list[Mark] = []
    y = _GAP
    leaves: float | None = 0.0  # start of the line to the next step
    is_gone = True  # whether the run took the line
    for block, part in zip(blocks, parts, strict=True):
        if leaves is not None:
            is_gone = is_gone and block.is_reached
            marks.append(_line((axis, leaves), (axis, y), is_gone=is_gone))
        marks += part.at(axis - part.axis, y)
        leaves = None if block.ends else y + part.height
        is_gone = block.goes_on
        if block.when:
            marks.append(_bypass(axis, y, axis - part.axis, y + part.height, block))
            leaves = y + part.height + 10 if leaves is None else leaves
        y += part.height + _GAP
    if not goes_on:
        y += PAD - _GAP
    elif leaves is not None:
        is_gone = is_gone and is_ended
        marks.append(_line((axis, leaves), (axis, y), has_head=is_whole, is_gone=is_gone))
    width = axis + max(part.width - part.axis for part in parts)
    return Drawing(width=width, height=y, axis=axis, marks=tuple(marks))


def _line(*points: XY, has_head: bool = True, is_gone: bool = True) -> Polyline:
    return Polyline(points=points, kind="line" if is_gone else "line off", has_head=has_head)


def _bypass(axis: float, top: float, left: float, bottom: float, block: Block) -> Polyline:
    """The line around a step that may be skipped; grey if the run did not take it."""
    x = left - _BYPASS / 2 - 2
    points = ((axis, top - 12), (x, top - 12), (x, bottom + 10), (axis, bottom + 10))
    is_idle = not block.is_reached or (block.past.status is not None and not block.is_off)
    kind = "line bypass off" if is_idle else "line bypass"
    return Polyline(points=points, kind=kind, has_head=False)


def _node(block: Block) -> Drawing:
    """A step with its condition, its loops and its handlers."""
    inner = None
    if block.is_split:
        inner = _split(block.lanes, is_gone=block.is_reached)
    elif block.lanes:
        inner = sequence(block.lanes[0].blocks)
    part = _card(kind_of(block), rows_of(block), inner, sides=block.sides, block=block)
    for lines in reversed(block.frames):
        part = _put_in_frame(lines, part, block)
    return _conditional(block, part) if block.when else part


def _card(
    kind: str,
    rows: Iterable[BoxRow],
    inner: Drawing | None = None,
    *,
    sides: tuple[Side, ...] = (),
    block: Block | None = None,
    width: float = LEAF,
) -> Drawing:
    """A box with a heading, handlers below it, and nested steps.

    The flow enters at the top; the line to the nested steps begins below all text.
    """
    within = [(side, _side_steps(side)) for side in sides]
    width = max(width, _room(inner), *(2 * PAD + _room(steps) for _, steps in within))
    texts, y = set_rows(rows, width, kind)
    marks: list[Mark] = [frame_of(kind, width, y, block), *texts]
    for side, steps in within:
        part = _side_card(side, steps, width - 2 * PAD)
        marks += part.at(PAD, y)
        y += part.height + _BETWEEN
    y += (PAD - _BETWEEN) * bool(sides)
    if inner:
        marks += inner.at(width / 2 - inner.axis, y)
        y += inner.height
    marks[0] = frame_of(kind, width, y, block)
    return Drawing(width=width, height=y, axis=width / 2, marks=tuple(marks))


def _room(inner: Drawing | None) -> float:
    """The minimum width of a box around a drawing on its axis."""
    return 2 * PAD + (2 * max(inner.axis, inner.width - inner.axis) if inner else 0.0)


def _split(lanes: tuple[Lane, ...], *, is_gone: bool) -> Drawing:
    """Branches side by side, between two bars that join their lines."""
    parts = [sequence(lane.blocks) for lane in lanes]
    heads = [set_rows([(lane.name, TITLE, "branch")], LEAF) for lane in lanes]
    tallest = max(head[1] + part.height for head, part in zip(heads, parts, strict=True))
    bottom = tallest + 3 * _BAR
    marks: list[Mark] = []
    axes: list[float] = []
    x = PAD
    for lane, (head, used), part in zip(lanes, heads, parts, strict=True):
        width = max(2 * max(part.axis, part.width - part.axis), LEAF) + 2 * PAD
        axis = x + width / 2
        marks.append(Box(x=x, y=_BAR, width=width, height=tallest + _BAR, kind="lane"))
        marks += move(head, x, _BAR)
        marks += part.at(axis - part.axis, _BAR + used)
        is_in = is_gone and lane.blocks[0].is_reached
        marks.append(_line((axis, 0), (axis, _BAR), is_gone=is_in))
        if not lane.blocks[-1].ends:
            down = _BAR + used + part.height
            out = lane.blocks[-1].goes_on
            marks.append(_line((axis, down), (axis, bottom), has_head=False, is_gone=out))
        axes.append(axis)
        x += width + _APART
    width = x - _APART + PAD
    middle = width / 2
    for y, stem in ((0.0, -_BAR), (bottom, bottom + _BAR)):
        ends = (min(axes[0], middle), y), (max(axes[-1], middle), y)
        marks.append(_line(*ends, has_head=False, is_gone=is_gone))
        marks.append(_line((middle, y), (middle, stem), has_head=False, is_gone=is_gone))
    height = bottom + 2 * _BAR
    return Drawing(width=width, height=height, axis=middle, marks=move(marks, 0, _BAR))


def _conditional(block: Block, part: Drawing) -> Drawing:
    rows: list[BoxRow] = [(f"when {block.when}", CODE, "code")]
    strip = draw_box(f"when {tone_of(block)}", rows, LEAF, corner=3)
    wide = max(part.width, LEAF)
    axis = wide / 2
    y = strip.height + 12
    down = _line((axis, strip.height), (axis, y), is_gone=not block.is_off)
    marks = (*strip.at(axis - strip.axis, 0), down, *part.at(axis - part.axis, y))
    return Drawing(width=wide, height=y + part.height, axis=axis, marks=marks)


def _put_in_frame(lines: tuple[str, ...], part: Drawing, block: Block) -> Drawing:
    rows: list[BoxRow] = [(line, CODE, "code") for line in lines]
    x, low, height = part.axis, PAD + part.height, part.height + 2 * PAD
    into = _line((x, 0), (x, PAD), has_head=False, is_gone=block.is_reached)
    out = _line((x, low), (x, height), has_head=False, is_gone=block.goes_on)
    marks = (*part.at(0, PAD), into, out)
    inner = Drawing(width=part.width, height=height, axis=x, marks=marks)
    return _card(f"loop {tone_of(block)}", rows, inner)


def _side_steps(side: Side) -> Drawing | None:
    return sequence(side.lane.blocks, goes_on=False) if side.lane else None


def _side_card(side: Side, steps: Drawing | None, width: float) -> Drawing:
    """The box of a handler, `else` or undo; its steps may widen it."""
    rows: list[BoxRow] = [(f"{side.kind} {side.causes}".strip(), LABEL, "label")]
    rows += [(line, CODE, "code") for line in side.lines]
    kind = f"side {'undo' if side.kind == 'undo' else 'fault'}{' off' if side.is_off else ''}"
    return _card(kind, rows, steps, width=width)


_MARGIN = 20.0
_BETWEEN_SIDES = 12.0  # between the boxes of handlers
_TITLE = 2.4 * LEAF  # the width up to which a title may widen a drawing


def laid_out(chart: Chart) -> Drawing:
    """The drawing of the whole chart."""
    rows: list[BoxRow] = [(chart.name, TITLE, "title")]
    if chart.inputs:
        rows.append((f"inputs {', '.join(chart.inputs)}", CODE, "code"))
    if chart.state:
        rows.append((f"state {chart.state}", CODE, "code"))
    start = draw_box("start", rows, LEAF + 2 * PAD, corner=18)
    steps = sequence(chart.lane.blocks, is_whole=True, is_ended=chart.is_ended)
    rows = [("outputs" if chart.outputs else chart.tell(say("end")), TITLE, "title")]
    rows += [(line, CODE, "code") for line in chart.outputs]
    kind = "end" if chart.is_ended else "end off"
    end = draw_box(kind, rows, LEAF + 2 * PAD, corner=18)
    axis = max(start.axis, steps.axis, end.axis)
    below = start.height + steps.height
    marks = (
        *start.at(axis - start.axis, 0),
        *steps.at(axis - steps.axis, start.height),
        *end.at(axis - end.axis, below),
    )
    width = axis + max(p.width - p.axis for p in (start, steps, end))
    column = Drawing(width=width, height=below + end.height, axis=axis, marks=marks)
    return _page(chart, _stack(chart, column) if chart.sides else column)


def _stack(chart: Chart, column: Drawing) -> Drawing:
    """The steps, and below them the flow's handlers in rows of the same width."""
    room = max(column.width, 2 * LEAF + _BETWEEN_SIDES)
    shelves: list[list[Drawing]] = [[]]
    for side in chart.sides:
        card = _side_card(side, _side_steps(side), LEAF)
        used = sum(part.width + _BETWEEN_SIDES for part in shelves[-1])
        if shelves[-1] and used + card.width > room:
            shelves.append([])
        shelves[-1].append(card)
    widths = [
        sum(part.width + _BETWEEN_SIDES for part in shelf) - _BETWEEN_SIDES for shelf in shelves
    ]
    width = max(column.width, *widths)
    left = (width - max(widths)) / 2
    y = column.height + 26
    has_last = any(side.kind == "finally" for side in chart.sides)
    both, one = say("on_fault and finally of the flow"), say("on_fault of the flow")
    words = chart.tell(both if has_last else one)
    heading = TextLine(x=left, y=y, text=words, lettering=TITLE, kind="label")
    marks: list[Mark] = [*column.at((width - column.width) / 2, 0), heading]
    y += 14
    for shelf in shelves:
        x = left
        for part in shelf:
            marks += part.at(x, y)
            x += part.width + _BETWEEN_SIDES
        y += max(part.height for part in shelf) + _BETWEEN_SIDES
    return Drawing(width=width, height=y - _BETWEEN_SIDES, axis=width / 2, marks=tuple(marks))


def _page(chart: Chart, body: Drawing) -> Drawing:
    rows: list[BoxRow] = [(chart.title, HEADING, "title")]
    rows += [(chart.heading, PLAIN, "past")] if chart.heading else []
    title = min(HEADING.width(chart.title), _TITLE)
    width = max(body.width, title, LEAF)
    texts, used = set_rows(rows, width + 2 * PAD)
    signs = legend(body.marks, width, chart.tell)
    top = used + signs.height + _MARGIN
    return Drawing(
        width=width + 2 * _MARGIN,
        height=top + body.height + _MARGIN,
        axis=body.axis,
        marks=(
            *move(texts, _MARGIN - PAD, _MARGIN - PAD),
            *signs.at(_MARGIN, used + 8),
            *body.at(_MARGIN + (width - body.width) / 2, top),
        ),
    )
