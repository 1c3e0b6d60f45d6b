"""Heat maps as PNG pictures, with colour scales in OKLCH."""

from __future__ import annotations

import struct
from base64 import b64encode
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise
from math import cos, radians, sin
from typing import NamedTuple
from zlib import compress, crc32

GAP = 255
"""The cell of a missing value: transparent."""

Colour = tuple[int, int, int]
_INDEXED, _BITS = 3, 8


def heat_maps(
    rows: Sequence[Sequence[int]], palettes: Iterable[Sequence[Colour]]
) -> tuple[str, ...]:
    """Make PNGs for a page from rows of places in a palette (0 to 254) or `GAP`.

    One picture for each palette, with the same cells, which are compressed once.
    """
    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), _BITS, _INDEXED, 0, 0, 0)
    cells = compress(b"".join(b"\0" + bytes(row) for row in rows), 9)
    return tuple(_address(header, palette, cells) for palette in palettes)


def _address(header: bytes, palette: Sequence[Colour], cells: bytes) -> str:
    colours = [*palette, *[(0, 0, 0)] * (GAP + 1 - len(palette))]
    png = b"\x89PNG\r\n\x1a\n"
    for kind, data in (
        (b"IHDR", header),
        (b"PLTE", bytes(part for colour in colours for part in colour)),
        (b"tRNS", b"\xff" * GAP + b"\0"),
        (b"IDAT", cells),
        (b"IEND", b""),
    ):
        png += struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc32(kind + data))
    return "data:image/png;base64," + b64encode(png).decode()


STEPS = 250
"""The number of colours of a scale; a palette has room for a few more."""

_NEAR = 0.0005  # below the precision of 8-bit colours
_STRAIGHT = 0.0031308  # below this the curve of sRGB is linear


class Scale(NamedTuple):
    """A colour scale: lightness at zero and at the maximum, and turns of chroma and hue (degrees).

    A turn begins with its place in the scale, 0 to 1.
    """

    nothing: float
    most: float
    turns: tuple[tuple[float, float, float], ...]


LIGHT = Scale(
    0.965,
    0.27,
    ((0, 0.016, 95), (0.2, 0.11, 84), (0.46, 0.165, 50), (0.74, 0.165, 16), (1, 0.095, 330)),
)
DARK = Scale(
    0.235,
    0.955,
    ((0, 0.02, 265), (0.25, 0.1, 300), (0.5, 0.16, 10), (0.75, 0.145, 55), (1, 0.085, 98)),
)


@cache
def colours(scale: Scale) -> tuple[Colour, ...]:
    """The colours of a scale from zero to the maximum."""
    return tuple(_colour(scale, place / (STEPS - 1)) for place in range(STEPS))


def _colour(scale: Scale, at: float) -> Colour:
    before, after = next((one, other) for one, other in pairwise(scale.turns) if at <= other[0])
    (begin, chroma, hue), (end, next_chroma, next_hue) = before, after
    part = (at - begin) / (end - begin)
    lightness = scale.nothing + (scale.most - scale.nothing) * at
    chroma += (next_chroma - chroma) * part
    hue += ((next_hue - hue + 180) % 360 - 180) * part  # in the shorter direction
    red, green, blue = _linear(lightness, chroma, hue)
    # a colour outside sRGB gets less chroma
    while chroma > 0 and not all(-_NEAR <= one <= 1 + _NEAR for one in (red, green, blue)):
        chroma = max(0, chroma - 0.004)
        red, green, blue = _linear(lightness, chroma, hue)
    return _byte(red), _byte(green), _byte(blue)


def _linear(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    """Linear sRGB of OKLCH, by the matrices of https://bottosson.github.io/posts/oklab/."""
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _byte(linear: float) -> int:
    one = min(1.0, max(0.0, linear))
    return round(255 * (12.92 * one if one <= _STRAIGHT else 1.055 * one ** (1 / 2.4) - 0.055))
