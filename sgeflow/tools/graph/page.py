"""A whole drawing: its title, what its signs mean, its steps, and what the flow does on faults."""

from __future__ import annotations

from sgeflow.messages import say
from sgeflow.tools.graph.boxes import LEAF, PAD, BoxRow, draw_box, set_rows
from sgeflow.tools.graph.chart import Chart
from sgeflow.tools.graph.fonts import CODE, HEADING, PLAIN, TITLE
from sgeflow.tools.graph.layout import draw_side, sequence
from sgeflow.tools.graph.legend import legend
from sgeflow.tools.graph.shapes import Drawing, Mark, TextLine

_MARGIN = 20.0
_APART = 12.0  # between boxes of faults
_TITLE = 2.4 * LEAF  # so wide a title may make a drawing


def laid_out(chart: Chart) -> Drawing:
    """The whole drawing."""
    start = draw_box("start", _start_rows(chart), LEAF + 2 * PAD, corner=18)
    steps = sequence(chart.lane.blocks, is_whole=True, is_ended=chart.is_ended)
    end_kind = "end" if chart.is_ended else "end off"
    end = draw_box(end_kind, _end_rows(chart), LEAF + 2 * PAD, corner=18)
    axis = max(start.axis, steps.axis, end.axis)
    below = start.height + steps.height
    marks = (
        *start.at(axis - start.axis, 0),
        *steps.at(axis - steps.axis, start.height),
        *end.at(axis - end.axis, below),
    )
    width = axis + max(p.width - p.axis for p in (start, steps, end))
    column = Drawing(width=width, height=below + end.height, axis=axis, marks=marks)
    room = max(width, 2 * LEAF + _APART)
    shelves = _shelf([draw_side(side, LEAF) for side in chart.sides], room)
    return _page(chart, _stack(chart, column, shelves) if chart.sides else column)


def _start_rows(chart: Chart) -> list[BoxRow]:
    rows: list[BoxRow] = [(chart.name, TITLE, "title")]
    if chart.inputs:
        rows += [(f"inputs {', '.join(chart.inputs)}", CODE, "code")]
    return [*rows, (f"state {chart.state}", CODE, "code")] if chart.state else rows


def _end_rows(chart: Chart) -> list[BoxRow]:
    lines: list[BoxRow] = [(line, CODE, "code") for line in chart.outputs]
    return [("outputs" if lines else chart.tell(say("end")), TITLE, "title"), *lines]


def _shelf(sides: list[Drawing], width: float) -> list[list[Drawing]]:
    """Boxes in rows that are no wider than the drawing."""
    shelves: list[list[Drawing]] = [[]]
    for side in sides:
        used = sum(part.width + _APART for part in shelves[-1])
        if shelves[-1] and used + side.width > width:
            shelves.append([])
        shelves[-1].append(side)
    return shelves


def _stack(chart: Chart, column: Drawing, shelves: list[list[Drawing]]) -> Drawing:
    """The steps, and below them what the flow does about failures."""
    widths = [sum(part.width + _APART for part in shelf) - _APART for shelf in shelves]
    width = max(column.width, *widths)
    left = (width - max(widths)) / 2
    y = column.height + 26
    has_last = any(side.kind == "finally" for side in chart.sides)
    both, one = say("on_fault and finally of the flow"), say("on_fault of the flow")
    words = chart.tell(both if has_last else one)
    heading = TextLine(x=left, y=y, text=words, lettering=TITLE, kind="label", room=LEAF)
    marks: list[Mark] = [*column.at((width - column.width) / 2, 0), heading]
    y += 14
    for shelf in shelves:
        x = left
        for part in shelf:
            marks += part.at(x, y)
            x += part.width + _APART
        y += max(part.height for part in shelf) + _APART
    return Drawing(width=width, height=y - _APART, axis=width / 2, marks=tuple(marks))


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
            *(mark.move(_MARGIN - PAD, _MARGIN - PAD) for mark in texts),
            *signs.at(_MARGIN, used + 8),
            *body.at(_MARGIN + (width - body.width) / 2, top),
        ),
    )
