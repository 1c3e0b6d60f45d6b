"""How wide a text is at most, and where it is broken: no label may be wider than its box.

The widths are those of DejaVu Sans, rounded up to a twentieth of the font's size: of the fonts that
a viewer may take for `sans-serif` it is the widest, so a text never needs more.
"""

# ruff: noqa: RUF001 - these letters are meant: each is listed with its width

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from sgeflow.patterns import regex

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
_WIDEST = 1.6  # of any letter that is not listed
_MONO = 0.61
_MONO_FOREIGN = 1.2  # a letter that the fixed font lacks comes from another
_BREAKS = regex(r"(?<=[,.(|&/=_\-\[])|(?<=\s)")  # where a word too long for a line may end


class Lettering(Struct, frozen=True):
    """A way of writing: its name in the style sheet, its size, and the widths of its letters."""

    name: str
    size: float
    letters: Mapping[str, float] = field(default_factory=dict)  # empty: all are as wide

    def width(self, text: str) -> float:
        """How wide a text is at most, in pixels."""
        return sum(self._letter(letter) for letter in text) * self.size

    @property
    def line(self) -> float:
        """From one line to the next, in pixels."""
        return round(self.size * 1.4)

    def wrap(self, text: str, room: float) -> tuple[str, ...]:
        """A text in lines that are no wider than `room`; a word that is wider is broken."""
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
        """What must stay together: words, parts of long ones, and at worst single letters."""
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
