"""Whether the intervals of a curve can be as they are written: side by side, as long as their step.

Of two values of one time one is wrong, and so is a step that is not the distance of the stamps.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain, groupby, pairwise
from operator import add, sub
from typing import NamedTuple

from sgeflow.core.measures.civil_time import civil
from sgeflow.core.measures.columns import Measures
from sgeflow.messages import Message, say, say_count

_SHORTEST_DAY = 82_800  # seconds, of spring: what is shorter is an interval of a curve
_OFTEN = 3  # so many distances that are alike are no coincidence of missing values
_LONGEST = 3600  # seconds: the steps of Enedis divide the hour


class Misfits(NamedTuple):
    """The starts of intervals that cannot be as they are written, and why."""

    starts: frozenset[int] = frozenset()
    reasons: tuple[Message, ...] = ()


def find_misfits(measures: Measures, *, ends: bool = False) -> Misfits:
    """What of a curve cannot be as it is written; its measures are in order, one a start.

    `ends` says whether the stamps mark the end of an interval.
    """
    starts, steps = measures.starts, {run.step for run in measures.runs}
    if len(starts) <= 1 or not 0 < min(steps) <= max(steps) < _SHORTEST_DAY:
        return Misfits()
    if len(steps) == 1 and _are_side_by_side(starts, *steps):  # nearly always
        return Misfits()
    lengths = [*measures.steps()]
    false = {*_false_steps([*map(add, starts, lengths)] if ends else starts, lengths)}
    places = [place for place in range(len(starts)) if place not in false]
    meeting = _meeting([starts[place] for place in places], [lengths[place] for place in places])
    reasons = []
    if false:
        first = min(false)
        reasons.append(_of_step(starts[first], lengths[first], len(false)))
    if meeting:
        reasons.append(_of_time(meeting[0], len(meeting)))
    return Misfits(frozenset((*meeting, *(starts[place] for place in false))), tuple(reasons))


def _are_side_by_side(starts: array[int], step: int) -> bool:
    """Whether some intervals follow each other at once, and none begins before another's end."""
    whole = range(starts[0], starts[-1] + 1, step)
    if len(whole) == len(starts) and starts == array("q", whole):
        return True
    least: int = min(map(sub, memoryview(starts)[1:], starts))
    return least == step


def _false_steps(stamps: Sequence[int], lengths: Sequence[int]) -> Iterator[int]:
    """The places of which neighbours say another step, or all stamps another distance."""
    runs = [[*some] for _, some in groupby(range(len(lengths)), key=lengths.__getitem__)]
    for number, places in enumerate(runs):
        step, first, last = lengths[places[0]], places[0], places[-1]
        inner = [stamps[after] - stamps[before] for before, after in pairwise(places)]
        if step in inner:
            continue
        if 0 < number < len(runs) - 1 and lengths[first - 1] == lengths[last + 1]:
            outer = (stamps[first] - stamps[first - 1], stamps[last + 1] - stamps[last])
            if {*inner, *outer} == {lengths[first - 1]}:
                yield from places
                continue
        distance, count = Counter(inner).most_common(1)[0] if inner else (0, 0)
        if step < distance <= _LONGEST and count >= _OFTEN and 2 * count > len(inner):
            yield from places


def _meeting(starts: Sequence[int], lengths: Sequence[int]) -> list[int]:
    """The starts of intervals that cover a part of each other's time."""
    ends = [*map(add, starts, lengths)]
    reached = chain((starts[0] if starts else 0,), accumulate(ends, max))
    following = chain(starts[1:], (ends[-1] if ends else 0,))
    return [
        start
        for start, end, before, after in zip(starts, ends, reached, following, strict=False)
        if before > start or after < end
    ]


def _of_step(start: int, step: int, count: int) -> Message:
    return say_count(
        "the step of {count:,} value is not the distance of its stamp from those around it, and "
        "it is not kept ({instant}: {minutes:g} minutes)",
        "the step of {count:,} values is not the distance of their stamps, and they are not kept "
        "(first {instant}: {minutes:g} minutes)",
        count=count,
        instant=civil(start).isoformat(),
        minutes=step / 60,
    )


def _of_time(start: int, count: int) -> Message:
    return say(
        "intervals overlap, and none of their values is kept (first {instant}, in all {count:,})",
        count=count,
        instant=civil(start).isoformat(),
    )
