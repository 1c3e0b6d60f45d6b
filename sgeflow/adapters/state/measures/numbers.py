"""Numbers as bytes: a sign for their sort, then each in as few bytes as the widest of them takes.

Whatever comes back is equal to what was given, and of the same type.
"""

from __future__ import annotations

import json
import struct
from array import array
from collections.abc import Sequence
from math import isfinite

from sgeflow.core.measures.columns import MeasureValues

_WIDTHS = tuple(  # of whole numbers, by what they may be
    (sign, -(2 ** (8 * size - 1)) * (sign.islower()), 2 ** (8 * size - sign.islower()) - 1)
    for size, signs in ((1, "Bb"), (2, "Hh"), (4, "Ii"), (8, "q"))
    for sign in signs
)
_FLOATS, _MIXED = "d", "j"


def pack_numbers(values: MeasureValues) -> bytes:
    """Numbers as bytes; whole ones of any size, and any that are finite.

    Raises:
        ValueError: one of them is none: infinite, or not a number.
    """
    if not isinstance(values, array):
        return _MIXED.encode() + json.dumps(list(values), allow_nan=False).encode()
    if values.typecode == _FLOATS:
        if not all(map(isfinite, values)):
            raise ValueError
        return _pack(_FLOATS, values)
    return _pack(_narrowest(min(values), max(values)), values)


def unpack_numbers(packed: bytes) -> Sequence[int | float]:
    """The numbers that were packed; raises `ValueError`, `struct.error` for other bytes."""
    sign = packed[:1].decode("ascii")
    if sign == _MIXED:
        values: list[int | float] = json.loads(packed[1:])
        return values
    one = struct.calcsize(f"<{sign}")
    return struct.unpack(f"<{(len(packed) - 1) // one}{sign}", packed[1:])


def is_whole(packed: bytes) -> bool:
    """Whether the packed numbers are all whole and fit an array of them."""
    return packed[0] not in (ord(_FLOATS), ord(_MIXED))


def is_float(packed: bytes) -> bool:
    """Whether the packed numbers are all floats."""
    return packed[0] == ord(_FLOATS)


def _narrowest(low: float, high: float) -> str:
    """The first width that holds all between two whole numbers; the last one does."""
    for sign, least, most in _WIDTHS:
        if least <= low and high <= most:
            return sign
    raise ValueError


def _pack(sign: str, values: Sequence[int | float]) -> bytes:
    return sign.encode() + struct.pack(f"<{len(values)}{sign}", *values)
