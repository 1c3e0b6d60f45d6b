"""The two nights a year in which a written time does not say which instant it means."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise

from sgeflow.core.measures.civil_time import HOUR, day_length, instants, midnight
from sgeflow.messages import Message, say, say_count, sentences

_NEAR = 12 * HOUR  # two times that follow each other in a curve, and not in two pieces of it
_AROUND = 48  # rows on each side of the hour that tell in which direction time runs

Reading = tuple[int, ...]
"""The instants of some rows, one after the other."""


class ClockChanges:
    """Times without an offset on days on which the clock changes.

    SGE writes 02:00, 02:30, 02:00, 02:30 for four half-hours of an October night (detailed
    measures v3, sge.md 5.3). Which of the two hours each is of is told by the direction in which
    the times around it run, and by the steps from one to the next. A file may be sorted by stamp,
    or end within the hour: times that have two such readings, or none, are of neither hour.
    """

    def __init__(self) -> None:
        self._repeated: dict[int, date] = {}
        self._skipped: Counter[date] = Counter()

    def instant(self, place: int, day: date, second: int) -> int:
        """The instant of a written time of day, the earlier of two; it stands at a place."""
        first, second_time = instants(day, second)
        if first > second_time:
            self._skipped[day] += 1
        elif first < second_time:
            self._repeated[place] = day
        return first

    def decide(self, times: list[int], step_of: Callable[[int], int]) -> dict[date, list[int]]:
        """Put times of the repeated hour in their place; the places, by day, of those left open.

        `step_of` a place gives seconds, and 0 where no interval is measured.
        """
        left_open: dict[date, list[int]] = defaultdict(list)
        for day, block in self._blocks():
            readings = {*self._readings(times, block, step_of)}
            if len(readings) == 1:
                times[block[0] : block[-1] + 1] = readings.pop()
            else:
                left_open[day] += block
        return left_open

    def flags(self) -> Iterator[Message]:
        """What a person should know of those days."""
        for day, count in self._skipped.items():
            yield (
                say_count(
                    "on {day} the clock skips an hour, and {count} stamp lies in it; it is kept "
                    "an hour later on the clock",
                    "on {day} the clock skips an hour, and {count} stamps lie in it; they are "
                    "kept an hour later on the clock",
                    day=day,
                    count=count,
                )
            )

    def _blocks(self) -> Iterator[tuple[date, list[int]]]:
        """The places that follow each other, with the day that they are of."""
        block: list[int] = []
        for place, day in self._repeated.items():
            if block and (place != block[-1] + 1 or day != self._repeated[block[-1]]):
                yield self._repeated[block[0]], block
                block = []
            block.append(place)
        if block:
            yield self._repeated[block[0]], block

    def _readings(
        self, times: Sequence[int], block: Sequence[int], step_of: Callable[[int], int]
    ) -> Iterator[Reading]:
        """The instants that the times of a block can be, in the order of their places."""
        for way in directions(times, block[0], block[-1], self._repeated):
            in_time = block[::way]
            edges = (in_time[0] - way, in_time[-1] + way)
            # sorted backwards by stamp, a row at the edge may be apart from its double, and of
            # which hour it is depends on the order in which the sort left the two
            if way < 0 and len(block) == 1 and any(not 0 <= one < len(times) for one in edges):
                yield from ((times[block[0]],), (times[block[0]] + HOUR,))
                continue
            before, after = (
                [one] if 0 <= one < len(times) and one not in self._repeated else []
                for one in edges
            )
            is_twice = any(times[b] == times[a] for a, b in pairwise(in_time))
            has_both = len({times[place] for place in block}) < len(block)
            is_back = any(times[b] < times[a] for a, b in pairwise(in_time))
            for instants_of in _splits([times[place] for place in in_time]):
                there = dict(zip(in_time, instants_of, strict=True))
                path = [(one, there.get(one, times[one])) for one in (*before, *in_time, *after)]
                # what is sorted by stamp has no time that is earlier than the one before it; one
                # such time among times that all differ may be two rows that changed places
                is_switch = has_both or all(
                    there[a] - there[b] in (step_of(b), step_of(a))
                    for b, a in pairwise(in_time)
                    if times[a] < times[b]
                )
                if is_switch and _goes_on(path, None if is_back else step_of):
                    yield instants_of[::way]
                    if way < 0 and is_twice:  # a sort leaves two rows of one stamp as they were
                        yield instants_of


def directions(
    times: Sequence[int], first: int, last: int, without: Iterable[int]
) -> tuple[int, ...]:
    """How time may run from place to place around some places: 1 ahead, -1 back.

    Neither where the times `without` those do both; either where nothing tells.
    """
    known = {*without}
    places = range(max(0, first - _AROUND), min(len(times), last + 1 + _AROUND))
    near = [times[place] for place in places if place not in known]
    jumps = [after - before for before, after in pairwise(near) if abs(after - before) <= _NEAR]
    ways = [way for way in (1, -1) if any(jump * way > 0 for jump in jumps)]
    return (1, -1) if not ways else tuple(ways) if len(ways) == 1 else ()


def _splits(firsts: Sequence[int]) -> Iterator[Reading]:
    """The ways in which times that go on are of the first hour, and from one on of the second."""
    drops = [place for place in range(1, len(firsts)) if firsts[place] <= firsts[place - 1]]
    if len(drops) > 1:
        return
    for split in drops or (0, len(firsts)):
        yield tuple(time + HOUR * (place >= split) for place, time in enumerate(firsts))


def _goes_on(path: Iterable[tuple[int, int]], step_of: Callable[[int], int] | None) -> bool:
    """Whether each time comes after the one before it, by a step where that is asked.

    One that is far from the other is of another piece of the curve.
    """
    return all(
        abs(jump) > _NEAR
        or (jump > 0 and (step_of is None or jump in (step_of(place), step_of(following))))
        for (place, time), (following, later) in pairwise(path)
        for jump in [later - time]
    )


def repair(stamps: list[int], day: date) -> tuple[Message | None, list[int]]:
    """Undo a known defect in place: an October night with one UTC hour missing, the next twice.

    The first of the two hours carries the offset of the second (C4 PT10M answers of detailed
    measures v2, sge.md 5.3; Enedis declined to correct it). Gives what was done, and the places
    of the stamps that may be of either hour.
    """
    if day_length(day) != 25 * HOUR:
        return None, []
    early = midnight(day) + 2 * HOUR
    late = early + HOUR
    places = [place for place, stamp in enumerate(stamps) if late <= stamp < late + HOUR]
    if not places or any(early <= stamp < late for stamp in stamps):
        return None, []
    ways = directions(stamps, places[0], places[-1], places)
    runs = _runs(stamps, places[:: ways[0]] if ways else places)
    repeated = [[stamps[place] for place in run] for run in runs]
    if len(runs) == 1:
        return None, []
    is_clear = len(runs) == 2 and repeated[1][0] < repeated[0][-1]  # noqa: PLR2004 (hours)
    if len(runs) % 2 or not (is_clear or all(run == repeated[0] for run in repeated)):
        return None, places
    for run in runs[::2]:
        for place in run:
            stamps[place] -= HOUR
    steps = {after - before for before, after in pairwise([*repeated[0], late + HOUR])}
    message = say(
        "on {day} the first 02:00 hour was stamped an hour late and is moved back", day=day
    )
    if len(steps) > 1:
        irregular = say("the steps of that hour are not regular")
        message = sentences(message, irregular, between="; ")
    return message, []


def _runs(stamps: Sequence[int], places: Iterable[int]) -> list[list[int]]:
    """Places in the order of time, a new run wherever their stamps do not go on."""
    runs: list[list[int]] = []
    for place in places:
        if not runs or stamps[place] <= stamps[runs[-1][-1]]:
            runs.append([])
        runs[-1].append(place)
    return runs
