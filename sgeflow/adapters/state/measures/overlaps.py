"""Values of a curve that cover one time twice: ten minutes, and the half-hour that came for them.

But for the first their starts differ, so by starts alone they would stand beside each other, and a
sum would count the time twice. Only what is shorter than a day is a curve's.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate

from sgeflow.core.model import Measure

_SHORTEST_DAY = 82_800  # seconds: that of spring


def covered_starts(measures: Iterable[Measure], by: Iterable[Measure]) -> set[int]:
    """The starts of those measures over a part of whose time others lie, which start elsewhere."""
    rows = [one for one in measures if _is_of_curve(one)]
    others = sorted((one.start, one.step) for one in by if _is_of_curve(one))
    if not rows or not others:
        return set()
    starts = [start for start, _ in others]
    reach = list(accumulate((start + step for start, step in others), max))
    own = set(starts)
    covered = set()
    for one in rows:
        place = bisect_left(starts, one.start + one.step) - 1
        if place >= 0 and reach[place] > one.start and one.start not in own:
            covered.add(one.start)
    return covered


def _is_of_curve(measure: Measure) -> bool:
    return 0 < measure.step < _SHORTEST_DAY
