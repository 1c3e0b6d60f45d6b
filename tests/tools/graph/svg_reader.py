"""Reads an SVG as a person sees it: its boxes, its lines, and its texts as wide as they may be."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from itertools import pairwise

from sgeflow.tools.graph import drawing

_SVG = "{http://www.w3.org/2000/svg}"
_LETTERINGS = {
    one.name: one
    for one in (drawing.HEADING, drawing.TITLE, drawing.LABEL, drawing.PLAIN, drawing.CODE)
}


@dataclass(frozen=True)
class Area:
    """A rectangle on the page."""

    left: float
    top: float
    right: float
    bottom: float
    kind: str = ""
    text: str = ""
    step: str = ""

    def holds(self, other: Area) -> bool:
        return (
            self.left <= other.left
            and self.top <= other.top
            and self.right >= other.right
            and self.bottom >= other.bottom
        )

    def meets(self, other: Area) -> bool:
        """Whether they share more than an edge."""
        return (
            self.left < other.right - 0.05
            and other.left < self.right - 0.05
            and self.top < other.bottom - 0.05
            and other.top < self.bottom - 0.05
        )


@dataclass(frozen=True)
class Drawing:
    """What stands on the page."""

    page: Area
    title: str
    description: str
    boxes: tuple[Area, ...]
    texts: tuple[Area, ...]
    lines: tuple[Area, ...]  # the straight pieces of lines, without any breadth

    def of(self, step: str) -> Area:
        return next(box for box in self.boxes if box.step == step)


def drawn(svg: str) -> Drawing:
    """An SVG, read."""
    root = ET.fromstring(svg)
    page = Area(0, 0, float(root.get("width")), float(root.get("height")))
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "title desc"
    rects = [r for r in root.iter(f"{_SVG}rect") if r.get("class") != "ground"]
    return Drawing(
        page=page,
        title=root.findtext(f"{_SVG}title"),
        description=root.findtext(f"{_SVG}desc"),
        boxes=tuple(map(_box, rects)),
        texts=tuple(map(_text, root.iter(f"{_SVG}text"))),
        lines=tuple(p for e in root.iter(f"{_SVG}path") for p in _pieces(e)),
    )


def disorder(drawing: Drawing) -> list[str]:
    """Everything that stands where it must not."""
    found = []
    for number, one in enumerate(drawing.boxes):
        found += [f"outside {one}"] * (not drawing.page.holds(one))
        for other in drawing.boxes[number + 1 :]:
            if one.meets(other) and not one.holds(other) and not other.holds(one):
                found.append(f"boxes overlap: {one} {other}")
    for number, text in enumerate(drawing.texts):
        found += [f"outside {text}"] * (not drawing.page.holds(text))
        found += [
            f"texts overlap: {text} {o}" for o in drawing.texts[number + 1 :] if text.meets(o)
        ]
        found += [
            f"wider than its box: {text} {box}"
            for box in drawing.boxes
            if text.meets(box) and not box.holds(text)
        ]
        found += [f"a line through {text}" for line in drawing.lines if _crosses(line, text)]
    leaves = [
        box for box in drawing.boxes if not {"group", "lane", "loop", "side"} & {*box.kind.split()}
    ]
    for box in leaves:
        found += [f"a line through {box}: {line}" for line in drawing.lines if _crosses(line, box)]
    return found


def _crosses(line: Area, area: Area) -> bool:
    return (
        line.left < area.right - 0.5
        and area.left + 0.5 < line.right
        and line.top < area.bottom - 0.5
        and area.top + 0.5 < line.bottom
    )


def _box(rect: ET.Element) -> Area:
    x, y, width, height = (float(rect.get(name)) for name in ("x", "y", "width", "height"))
    tip = rect.findtext(f"{_SVG}title") or ""
    return Area(x, y, x + width, y + height, rect.get("class"), tip, rect.get("data-step") or "")


def _text(text: ET.Element) -> Area:
    one = _LETTERINGS[text.get("class").split()[0]]
    x, y = float(text.get("x")), float(text.get("y"))
    words = text.text or ""
    return Area(
        x, y - one.size * 0.8, x + one.width(words), y + one.size * 0.22, text.get("class"), words
    )


def _pieces(path: ET.Element) -> list[Area]:
    if "line" not in (path.get("class") or ""):
        return []
    numbers = [float(n) for n in re.findall(r"-?[\d.]+", path.get("d"))]
    points = list(zip(numbers[::2], numbers[1::2], strict=True))
    found = []
    for (ax, ay), (bx, by) in pairwise(points):
        assert ax == bx or ay == by
        left, right, top, bottom = min(ax, bx), max(ax, bx), min(ay, by), max(ay, by)
        found.append(Area(left, top, right, bottom, path.get("class")))
    return found
