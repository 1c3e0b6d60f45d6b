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


def heat_map(rows: Sequence[Sequence[int]], palette: Sequence[Colour]) -> str:
    """Rows of places in the palette (0 to 254), or `GAP`, as a PNG that stands in the page."""
    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), _BITS, _INDEXED, 0, 0, 0)
    colours = [*palette, *[(0, 0, 0)] * (GAP + 1 - len(palette))]
    chunks = (
        (b"IHDR", header),
        (b"PLTE", bytes(part for colour in colours for part in colour)),
        (b"tRNS", b"\xff" * GAP + b"\0"),
        (b"IDAT", compress(b"".join(b"\0" + bytes(row) for row in rows), 9)),
        (b"IEND", b""),
    )
    return "data:image/png;base64," + b64encode(_png(chunks)).decode()


def _png(chunks: Iterable[tuple[bytes, bytes]]) -> bytes:
    parts = [b"\x89PNG\r\n\x1a\n"]
    for kind, data in chunks:
        parts.append(struct.pack(">I", len(data)) + kind + data)
        parts.append(struct.pack(">I", crc32(kind + data)))
    return b"".join(parts)
