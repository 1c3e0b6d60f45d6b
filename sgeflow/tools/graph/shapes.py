"""What a drawing is made of: boxes, lines and lettered text, each where it stands."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.tools.graph.fonts import Lettering

XY = tuple[float, float]


class Box(Struct, frozen=True, kw_only=True):
    """A rectangle; `name` says what it is when it is a step, `tip` what a reader is told of it."""

    x: float
    y: float
    width: float
    height: float
    kind: str  # its classes in the style sheet
    name: str = ""
    tip: str = ""
    corner: float = 6

    def move(self, dx: float, dy: float) -> Box:
        """The same, elsewhere."""
        return replace(self, x=self.x + dx, y=self.y + dy)


class TextLine(Struct, frozen=True, kw_only=True):
    """A line of text; `y` is its base line, `room` how wide it may be."""

    x: float
    y: float
    text: str
    lettering: Lettering
    kind: str
    room: float

    def move(self, dx: float, dy: float) -> TextLine:
        """The same, elsewhere."""
        return replace(self, x=self.x + dx, y=self.y + dy)


class Polyline(Struct, frozen=True, kw_only=True):
    """A line through some points, with a head at its end where it leads on."""

    points: tuple[XY, ...]
    kind: str
    has_head: bool = True

    def move(self, dx: float, dy: float) -> Polyline:
        """The same, elsewhere."""
        return replace(self, points=tuple((x + dx, y + dy) for x, y in self.points))


Mark = Box | TextLine | Polyline


class Drawing(Struct, frozen=True, kw_only=True):
    """Marks that stand together in a rectangle from (0, 0).

    Flow comes in at the top and leaves at the bottom, at `axis`.
    """

    width: float
    height: float
    axis: float
    marks: tuple[Mark, ...] = ()

    def at(self, dx: float, dy: float) -> tuple[Mark, ...]:
        """The marks, with the rectangle's corner elsewhere."""
        return move(self.marks, dx, dy)


def move(marks: Iterable[Mark], dx: float, dy: float) -> tuple[Mark, ...]:
    """Marks, elsewhere."""
    return tuple(mark.move(dx, dy) for mark in marks)
