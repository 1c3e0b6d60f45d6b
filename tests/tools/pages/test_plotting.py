"""Marks of plots: what is missing leaves a hole, and equal steps of value look equal."""

import struct
import zlib
from base64 import b64decode
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sgeflow.tools.pages.heat_map import DARK, GAP, LIGHT, STEPS, colours, heat_maps
from sgeflow.tools.pages.svg import levels, line, ticks


def read_png(uri):
    """The rows, palette and alpha of an indexed PNG."""
    data, at, chunks = b64decode(uri.partition(",")[2]), 8, {}
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + size]
        assert struct.unpack(">I", data[at + 8 + size : at + 12 + size])[0] == zlib.crc32(
            kind + body
        )
        chunks[kind] = body
        at += 12 + size
    wide, high = struct.unpack(">II", chunks[b"IHDR"][:8])
    flat = zlib.decompress(chunks[b"IDAT"])
    rows = [list(flat[row * (wide + 1) + 1 : (row + 1) * (wide + 1)]) for row in range(high)]
    return rows, chunks[b"PLTE"], chunks[b"tRNS"]


@given(
    st.integers(1, 9).flatmap(
        lambda w: st.lists(
            st.lists(st.integers(0, 255), min_size=w, max_size=w), min_size=1, max_size=5
        )
    )
)
def test_a_heat_map_holds_each_cell_and_only_what_is_missing_is_seen_through(rows):
    (picture,) = heat_maps(rows, [colours(LIGHT)])
    found, palette, alpha = read_png(picture)
    assert found == rows
    assert bytes(palette[: 3 * STEPS]) == bytes(part for one in colours(LIGHT) for part in one)
    assert [place for place, one in enumerate(alpha) if one == 0] == [GAP]


def lightness(colour):
    red, green, blue = (
        (c / 255 / 12.92) if c < 11 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour
    )
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) ** (1 / 3)


def test_a_scale_goes_from_the_page_to_its_opposite_and_never_back():
    for scale, sign in ((LIGHT, -1), (DARK, 1)):
        steps = [lightness(one) for one in colours(scale)]
        assert len(steps) == STEPS
        assert all(sign * (after - before) > -0.004 for before, after in pairwise(steps))
        assert sign * (steps[-1] - steps[0]) > 0.5


def test_a_line_and_levels_have_a_hole_where_nothing_is_known():
    values = [1, None, 2, 4]
    assert line(values, 4) == "M0.5 75M2.5 50L3.5 0"
    assert levels(values, 4) == "M0 75H1M2 50H3V0H4"
    assert levels(values, 4, closed=True) == "M0 100V75H1V100ZM2 100V50H3V0H4V100Z"
    assert levels([None] * 4, 4, closed=True) == line([None] * 4, 4) == ""


@given(st.floats(0.01, 1e6))
def test_ticks_begin_at_zero_reach_the_top_and_are_few(top):
    found = ticks(top)
    assert found[0] == 0
    assert found[-1] >= top * 0.998
    assert 2 <= len(found) <= 9
