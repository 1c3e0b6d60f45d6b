"""Heat maps as PNG pictures, with their colour scales."""

import struct
from base64 import b64encode
from collections.abc import Iterable, Sequence
from functools import cache
from math import ceil, floor
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

# evenly spaced colours from zero to the maximum, with even steps of lightness (OKLCH)
LIGHT = (
    "f7f4e8 f0e5c4 ebd59e e8c477 e6b15b e39c43 e0872c dc7118 d35d1a"
    " c64b24 b83a2b a92831 981737 811440 6a1343 541142 3e0f3c"
)
DARK = (
    "191e28 23273d 303052 403766 553d79 724181 904482 ae477a ca4d69"
    " db5e61 e8715a f38555 fc9b53 fdb263 fec979 fede93 fff2af"
)


@cache
def colours(scale: str) -> tuple[Colour, ...]:
    """The `STEPS` colours of a scale from zero to the maximum."""
    known = [bytes.fromhex(one) for one in scale.split()]
    steps = []
    for step in range(STEPS):
        at = step * (len(known) - 1) / (STEPS - 1)
        before, after = known[floor(at)], known[ceil(at)]
        parts = zip(before, after, strict=True)
        red, green, blue = (round(one + (other - one) * (at % 1)) for one, other in parts)
        steps.append((red, green, blue))
    return tuple(steps)
