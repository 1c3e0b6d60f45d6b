"""A heat map as a picture of a byte a cell: 17,520 half-hours in some 15 kB; as SVG, 900."""

from __future__ import annotations

import struct
from base64 import b64encode
from collections.abc import Iterable, Sequence
from zlib import compress, crc32

GAP = 255
"""The cell of what is missing: see-through, so that what lies behind shows."""

Colour = tuple[int, int, int]
_INDEXED, _BITS = 3, 8


def heat_maps(
    rows: Sequence[Sequence[int]], palettes: Iterable[Sequence[Colour]]
) -> tuple[str, ...]:
    """Rows of places in a palette (0 to 254), or `GAP`, as PNGs that stand in a page.

    A picture a palette: the cells of all are the same, and are packed once.
    """
    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), _BITS, _INDEXED, 0, 0, 0)
    cells = compress(b"".join(b"\0" + bytes(row) for row in rows), 9)
    return tuple(_address(header, palette, cells) for palette in palettes)


def _address(header: bytes, palette: Sequence[Colour], cells: bytes) -> str:
    """A picture as the address of an image."""
    colours = [*palette, *[(0, 0, 0)] * (GAP + 1 - len(palette))]
    chunks = (
        (b"IHDR", header),
        (b"PLTE", bytes(part for colour in colours for part in colour)),
        (b"tRNS", b"\xff" * GAP + b"\0"),
        (b"IDAT", cells),
        (b"IEND", b""),
    )
    return "data:image/png;base64," + b64encode(_png(chunks)).decode()


def _png(chunks: Iterable[tuple[bytes, bytes]]) -> bytes:
    parts = [b"\x89PNG\r\n\x1a\n"]
    for kind, data in chunks:
        parts.append(struct.pack(">I", len(data)) + kind + data)
        parts.append(struct.pack(">I", crc32(kind + data)))
    return b"".join(parts)
