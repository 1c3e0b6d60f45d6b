"""Parts of a drawing: boxes, lines and text, with their positions in pixels."""

# ruff: noqa: RUF001 - these letters are meant: each is listed with its width

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.core.model import Status
from sgeflow.patterns import regex
from sgeflow.tools.graph.chart import Block, label_of

# Widths of letters in DejaVu Sans, rounded up to a twentieth of the font size. It is the widest
# font that a viewer may take for `sans-serif`, so a label always fits into its box.
_REGULAR = {
    0.30: "'IJijl",
    0.35: " ,./:;\\|·’",
    0.40: "()-[]ft",
    0.45: "!r",
    0.50: '"*_`–',
    0.55: "?csz“”",
    0.60: "FLkvxy",
    0.65: "$0123456789EPSTYabdeghnopqu{}",
    0.70: "ABCKRVXZ",
    0.75: "NU",
    0.80: "&DGHOQ",
    0.85: "#+<=>^w~→×✓✗",
    0.90: "M",
    1.00: "%@Wm…—",
}
_BOLD = {
    0.35: " 'ijl",
    0.40: ",./:;IJ\\|·’",
    0.45: "-f",
    0.50: "!()[]_`rt–",
    0.55: '"*',
    0.60: "?csz",
    0.65: "Lx",
    0.70: "$0123456789EFTaekovy“”",
    0.75: "CPSYZbdghnpqu{}",
    0.80: "ABKRVX",
    0.85: "#+<=>DGHNU^~→×✓✗",
    0.90: "&OQ",
    0.95: "w",
    1.00: "@M…—",
    1.05: "%m",
    1.15: "W",
}
_WIDEST = 1.6  # width of any letter that is not listed
_MONO = 0.61
_MONO_FOREIGN = 1.2  # a letter that is missing in the fixed font comes from another font
_BREAKS = regex(r"(?<=[,.(|&/=_\-\[])|(?<=\s)")  # places at which a long word may be broken


class Lettering(Struct, frozen=True):
    """A way to write text: its name in the style sheet, its size and the widths of its letters."""

    name: str
    size: float
    letters: Mapping[str, float] = field(default_factory=dict)  # empty: all have the same width

    def width(self, text: str) -> float:
        """The maximum width of a text in pixels."""
        return math.fsum(self._letter(letter) for letter in text) * self.size

    @property
    def line(self) -> float:
        """The height of a line in pixels."""
        return round(self.size * 1.4)

    def wrap(self, text: str, room: float) -> tuple[str, ...]:
        """Break a text into lines of at most `room` pixels; long words are broken too."""
        lines: list[str] = []
        for part in text.splitlines() or [""]:
            line = ""
            for piece in self._pieces(" ".join(part.split()), room):
                if line and self.width((line + piece).rstrip()) > room:
                    lines.append(line.rstrip())
                    line = ""
                line += piece
            lines.append(line.rstrip())
        return tuple(lines)

    def _pieces(self, text: str, room: float) -> Iterator[str]:
        """Split a text where lines may break: words, parts of long words or, at worst, letters."""
        for word in re.findall(r"\S+\s*", text):
            if self.width(word.rstrip()) <= room:
                yield word
                continue
            for part in filter(None, _BREAKS.split(word)):
                yield from (part,) if self.width(part.rstrip()) <= room else part

    def _letter(self, letter: str) -> float:
        if unicodedata.combining(letter) or unicodedata.category(letter) == "Cf":
            return 0.0
        if not self.letters:
            return _MONO if letter.isascii() or letter in "·…→–—“”’×✓✗" else _MONO_FOREIGN
        base = unicodedata.normalize("NFKD", letter)[:1]
        return self.letters.get(letter) or self.letters.get(base) or _WIDEST


def _by_letter(rows: Mapping[float, str]) -> Mapping[str, float]:
    return {letter: width for width, row in rows.items() for letter in row}


HEADING = Lettering("heading", 18, _by_letter(_BOLD))
TITLE = Lettering("title", 13, _by_letter(_BOLD))
LABEL = Lettering("label", 12, _by_letter(_BOLD))
PLAIN = Lettering("plain", 12, _by_letter(_REGULAR))
CODE = Lettering("code", 11)


XY = tuple[float, float]


class Box(Struct, frozen=True, kw_only=True):
    """A rectangle; `name` is its label if it is a step, `tip` the text shown on hover."""

    x: float
    y: float
    width: float
    height: float
    kind: str  # classes in the style sheet
    name: str = ""
    tip: str = ""
    corner: float = 6


class TextLine(Struct, frozen=True, kw_only=True):
    """A line of text; `y` is the position of its base line."""

    x: float
    y: float
    text: str
    lettering: Lettering
    kind: str


class Polyline(Struct, frozen=True, kw_only=True):
    """A line through points, with an arrow head at its end if it leads to a step."""

    points: tuple[XY, ...]
    kind: str
    has_head: bool = True


Mark = Box | TextLine | Polyline


class Drawing(Struct, frozen=True, kw_only=True):
    """Marks in a rectangle whose corner is (0, 0).

    The flow enters at the top and leaves at the bottom, both at `axis`.
    """

    width: float
    height: float
    axis: float
    marks: tuple[Mark, ...] = ()

    def at(self, dx: float, dy: float) -> tuple[Mark, ...]:
        """The marks, moved by `dx` and `dy`."""
        return move(self.marks, dx, dy)


def move(marks: Iterable[Mark], dx: float, dy: float) -> tuple[Mark, ...]:
    """Copies of marks, moved by `dx` and `dy`."""
    return tuple(
        replace(mark, points=tuple((x + dx, y + dy) for x, y in mark.points))
        if isinstance(mark, Polyline)
        else replace(mark, x=mark.x + dx, y=mark.y + dy)
        for mark in marks
    )


LEAF = 380.0  # width of a step in pixels
PAD = 10.0

BoxRow = tuple[str, Lettering, str]
"""A text, its lettering and its class in the style sheet."""


def draw_box(kind: str, rows: Iterable[BoxRow], width: float, corner: float = 6) -> Drawing:
    """Draw rows of text in a box."""
    texts, height = set_rows(rows, width, kind)
    box = replace(frame_of(kind, width, height), corner=corner)
    return Drawing(width=width, height=height, axis=width / 2, marks=(box, *texts))


def set_rows(rows: Iterable[BoxRow], width: float, tone: str = "") -> tuple[list[Mark], float]:
    """Place rows of text from the top of a box of some width; also return their total height."""
    off = " off" if "off" in tone.split() else ""
    room = width - 2 * PAD
    marks: list[Mark] = []
    y = PAD - 2
    for text, lettering, kind in rows:
        for line in lettering.wrap(text, room):
            y += lettering.line
            marks.append(TextLine(x=PAD, y=y - 3, text=line, lettering=lettering, kind=kind + off))
    return marks, y + PAD - 3 if marks else 0.0


def frame_of(kind: str, width: float, height: float, block: Block | None = None) -> Box:
    """A box of this width and height; with a name if it is the box of a step."""
    name, tip = (block.key, label_of(block)) if block else ("", "")
    return Box(x=0, y=0, width=width, height=height, kind=kind, name=name, tip=tip)


def kind_of(block: Block) -> str:
    """The style classes of a step's box."""
    holds = block.lanes or any(side.lane for side in block.sides)
    flow, ends = "flow " if block.is_flow else "", "ends " if block.ends else ""
    return f"{'group' if holds else 'step'} {flow}{ends}{tone_of(block)}"


def tone_of(block: Block) -> str:
    """The style classes for a step's history."""
    status = block.past.status.value if block.past.status else ""
    return f"{status} off" if block.is_off else status


def rows_of(block: Block) -> list[BoxRow]:
    """The texts in a step's box."""
    rows: list[BoxRow] = [(block.title, TITLE, "title")]
    rows += [(line, CODE, "code") for line in block.lines]
    tone = "bad" if block.past.status in (Status.FAILED, Status.PARTIAL) else "past"
    rows += [(line, PLAIN, tone) for line in block.told]
    return rows
