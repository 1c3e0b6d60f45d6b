"""Indexes that fall: a register counts up until it is reset, or its meter replaced.

The difference of two readings around a fall is no consumption, so a fall is told.
"""

from __future__ import annotations

from itertools import pairwise

from sgeflow.core.measures.civil_time import civil
from sgeflow.core.measures.columns import Measures
from sgeflow.core.model import Fall
from sgeflow.messages import Message, say_count

_INDEX = "index"


def is_index(series: str) -> bool:
    """Whether a series holds readings of a register that counts energy up."""
    return series == _INDEX or series.startswith(f"{_INDEX}_")


def find_fall(measures: Measures, first: int, last: int) -> Fall | None:
    """The falls from one measure to the next, where either starts between two instants."""
    values, starts = [*measures.values], measures.starts
    if values == sorted(values):  # nearly always, and quicker than looking at each pair
        return None
    falls = [
        place
        for place, (before, value) in enumerate(pairwise(values), 1)
        if before > value and starts[place] >= first and starts[place - 1] <= last
    ]
    if not falls:
        return None
    place = falls[0]
    return Fall(len(falls), starts[place], values[place - 1], values[place])


def tell_fall(fall: Fall) -> Message:
    """What is told of an index that falls."""
    return say_count(
        "{count:,} reading is below the one before it, so their difference is not a consumption; "
        "it is kept as it came ({instant}: {value} after {before})",
        "{count:,} readings are below the one before them, so their difference is not a "
        "consumption; they are kept as they came (first {instant}: {value} after {before})",
        count=fall.readings,
        instant=civil(fall.start).isoformat(),
        value=fall.value,
        before=fall.before,
    )
