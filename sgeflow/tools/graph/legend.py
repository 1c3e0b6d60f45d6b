"""What the signs of a drawing mean: those that are in it, in one or a few lines."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from sgeflow.messages import Message, say
from sgeflow.tools.graph.fonts import PLAIN
from sgeflow.tools.graph.shapes import Box, Drawing, Mark, Polyline, TextLine
from sgeflow.tools.graph.step_words import Telling

_SIGNS: tuple[tuple[str, Message], ...] = (
    ("step", say("step")),
    ("flow", say("called flow")),
    ("when", say("condition; the dotted line goes round")),
    ("loop", say("again and again")),
    ("fault", say("on a fault")),
    ("undo", say("undone when a later step fails")),
    ("done", say("done")),
    ("partial", say("partial")),
    ("failed", say("failed")),
    ("off", say("not reached, or not gone")),
)
_SWATCH, _HIGH, _ROOM, _ROW = 22.0, 13.0, 16.0, 22.0


def legend(marks: Iterable[Mark], width: float, tell: Telling) -> Drawing:
    """A sample of each sign among some marks, and its meaning; no wider than `width`."""
    drawn: list[Mark] = []
    x = y = 0.0
    for kind, text in signs_of(_kinds(marks), tell):
        needed = _SWATCH + 6 + PLAIN.width(text) + _ROOM
        if x and x + needed - _ROOM > width:
            x, y = 0.0, y + _ROW
        drawn.append(
            Box(x=x, y=y + 4, width=_SWATCH, height=_HIGH, kind=f"key key-{kind}", corner=3)
        )
        left = x + _SWATCH + 6
        room = width - left
        line = TextLine(x=left, y=y + 15, text=text, lettering=PLAIN, kind="past", room=room)
        drawn.append(line)
        x += needed
    return Drawing(width=width, height=y + _ROW, axis=width / 2, marks=tuple(drawn))


def signs_of(kinds: Container[str], tell: Telling) -> Iterator[tuple[str, str]]:
    """The signs of some kinds of boxes, each with its meaning."""
    return ((kind, tell(text)) for kind, text in _SIGNS if kind in kinds)


def _kinds(marks: Iterable[Mark]) -> set[str]:
    lines = (mark.kind.split() for mark in marks if isinstance(mark, Box | Polyline))
    return {word for line in lines for word in line}
