"""A whole drawing: its title, its steps between start and end, and what the flow does on faults."""

from __future__ import annotations

from sgeflow.tools.graph.boxes import LEAF, PAD, SIDE, BoxRow, draw_box, set_rows
from sgeflow.tools.graph.chart import Chart
from sgeflow.tools.graph.fonts import CODE, HEADING, PLAIN, TITLE
from sgeflow.tools.graph.layout import aside, sequence
from sgeflow.tools.graph.shapes import Drawing, Mark, TextLine

_MARGIN = 20.0


def laid_out(chart: Chart) -> Drawing:
    """The whole drawing."""
    start = draw_box("start", _start_rows(chart), LEAF + 2 * PAD, corner=18)
    steps = sequence(chart.lane.blocks, is_whole=True)
    end = draw_box("end", _end_rows(chart), LEAF + 2 * PAD, corner=18)
    axis = max(start.axis, steps.axis, end.axis)
    below = start.height + steps.height
    marks = (
        *start.at(axis - start.axis, 0),
        *steps.at(axis - steps.axis, start.height),
        *end.at(axis - end.axis, below),
    )
    width = axis + max(p.width - p.axis for p in (start, steps, end))
    height = below + end.height
    column = Drawing(width=width, height=height, axis=axis, exit=height, marks=marks)
    handlers = _shelf([aside(side) for side in chart.sides], width)
    return _page(chart, _stack(column, handlers) if chart.sides else column)


def _start_rows(chart: Chart) -> list[BoxRow]:
    rows: list[BoxRow] = [(chart.name, TITLE, "title")]
    if chart.inputs:
        rows += [(f"inputs {', '.join(chart.inputs)}", CODE, "code")]
    return [*rows, (f"state {chart.state}", CODE, "code")] if chart.state else rows


def _end_rows(chart: Chart) -> list[BoxRow]:
    lines: list[BoxRow] = [(line, CODE, "code") for line in chart.outputs]
    return [("outputs" if lines else "end", TITLE, "title"), *lines]


def _shelf(sides: list[Drawing], width: float) -> list[list[Drawing]]:
    """Boxes in rows that are no wider than the drawing."""
    shelves: list[list[Drawing]] = [[]]
    for side in sides:
        used = sum(part.width + 12 for part in shelves[-1])
        if shelves[-1] and used + side.width > max(width, 2 * SIDE + 12):
            shelves.append([])
        shelves[-1].append(side)
    return shelves


def _stack(column: Drawing, shelves: list[list[Drawing]]) -> Drawing:
    """The steps, and below them what the flow does about failures."""
    y = column.height + 26
    heading = TextLine(
        x=0, y=y, text="on_fault of the flow", lettering=TITLE, kind="label", room=LEAF
    )
    marks: list[Mark] = [*column.marks, heading]
    y += 14
    width = column.width
    for shelf in shelves:
        x = 0.0
        for part in shelf:
            marks += part.at(x, y)
            x += part.width + 12
        width = max(width, x - 12)
        y += max(part.height for part in shelf) + 12
    return Drawing(width=width, height=y - 12, axis=column.axis, exit=y - 12, marks=tuple(marks))


def _page(chart: Chart, body: Drawing) -> Drawing:
    rows: list[BoxRow] = [(chart.title, HEADING, "title")]
    rows += [(chart.heading, PLAIN, "past")] if chart.heading else []
    width = max(body.width, LEAF * 1.5)
    texts, used = set_rows(rows, width + 2 * PAD)
    height = used + body.height + 2 * _MARGIN
    return Drawing(
        width=width + 2 * _MARGIN,
        height=height,
        axis=body.axis,
        exit=height,
        marks=(
            *(mark.move(_MARGIN - PAD, _MARGIN - PAD) for mark in texts),
            *body.at(_MARGIN, used + _MARGIN),
        ),
    )
