"""Boxes with text in them, and boxes around something: what a drawing is put together from."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from sgeflow.core.model import Status
from sgeflow.tools.graph.chart import Block
from sgeflow.tools.graph.chart_text import label_of
from sgeflow.tools.graph.fonts import CODE, PLAIN, TITLE, Lettering
from sgeflow.tools.graph.shapes import Box, Drawing, Mark, TextLine

LEAF = 380.0  # width of a step
PAD = 10.0

BoxRow = tuple[str, Lettering, str]
"""A text, how it is written, and its class in the style sheet."""


def draw_box(
    kind: str, rows: Iterable[BoxRow], width: float, block: Block | None = None, corner: float = 6
) -> Drawing:
    """Rows of text in a box."""
    texts, height = set_rows(rows, width, kind)
    box = frame_of(kind, width, height, block)
    box = replace(box, corner=corner)
    return Drawing(width=width, height=height, axis=width / 2, marks=(box, *texts))


def set_rows(rows: Iterable[BoxRow], width: float, tone: str = "") -> tuple[list[Mark], float]:
    """Rows of text from the top of a box of some width; and how high they are together."""
    off = " off" if "off" in tone.split() else ""
    room = width - 2 * PAD
    marks: list[Mark] = []
    y = PAD - 2
    for text, lettering, kind in rows:
        for line in lettering.wrap(text, room):
            y += lettering.line
            marks.append(
                TextLine(x=PAD, y=y - 3, text=line, lettering=lettering, kind=kind + off, room=room)
            )
    return marks, y + PAD - 3 if marks else 0.0


def frame_of(kind: str, width: float, height: float, block: Block | None = None) -> Box:
    """A box around what is this wide and high; named when it is that of a step."""
    name, tip = (block.key, label_of(block)) if block else ("", "")
    return Box(x=0, y=0, width=width, height=height, kind=kind, name=name, tip=tip)


def kind_of(block: Block) -> str:
    """The classes of a step's box in the style sheet."""
    holds = block.lanes or any(side.lane for side in block.sides)
    what = "group" if holds else "step"
    return (
        f"{what} {'flow ' if block.is_flow else ''}{'ends ' if block.ends else ''}{tone_of(block)}"
    )


def tone_of(block: Block) -> str:
    """The classes that say how a step went."""
    status = block.past.status.value if block.past.status else ""
    return f"{status} off" if block.is_off else status


def rows_of(block: Block) -> list[BoxRow]:
    """The texts in a step's box."""
    rows: list[BoxRow] = [(block.title, TITLE, "title")]
    rows += [(line, CODE, "code") for line in block.lines]
    tone = "bad" if block.past.status in (Status.FAILED, Status.PARTIAL) else "past"
    rows += [(line, PLAIN, tone) for line in block.told]
    return rows
