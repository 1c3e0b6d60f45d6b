"""The two nights a year in which a written time does not say which instant it means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from itertools import pairwise

from sgeflow.core.measures.civil_time import HOUR, day_length, instants, midnight
from sgeflow.messages import say, say_count, sentences


class WrittenOrder:
    """Times without an offset on days on which the clock changes, told apart by their order.

    SGE writes 02:00, 02:30, 02:00, 02:30 for four half-hours of an October night (detailed
    measures v3, sge.md 5.3): a time that would not come after the one before it is the second.
    """

    def __init__(self) -> None:
        self._last: dict[date, int] = {}
        self._seen: dict[date, Counter[int]] = {}
        self._skipped: Counter[date] = Counter()

    def instant(self, day: date, second: int) -> int:
        """The instant of a written time of day, given the ones that came before it."""
        first, second_time = instants(day, second)
        last = self._last.get(day)
        if first > second_time:
            self._skipped[day] += 1
        elif first < second_time:
            self._seen.setdefault(day, Counter())[second] += 1
            if last is not None and first <= last < second_time:
                first = second_time
        self._last[day] = first
        return first

    def flags(self) -> Iterable[str]:
        """What a person should know of those days."""
        for day, times in self._seen.items():
            lone = sum(1 for count in times.values() if count == 1)
            if lone:
                yield (
                    say_count(
                        "on {day} the clock repeats an hour, and {count} of its stamps came only "
                        "once; it is kept where its order puts it, the first time otherwise",
                        "on {day} the clock repeats an hour, and {count} of its stamps came only "
                        "once; they are kept where their order puts them, the first time "
                        "otherwise",
                        day=day,
                        count=lone,
                    )
                )
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


def repair(stamps: list[int], day: date) -> str | None:
    """Undo a known defect in place: an October night with one UTC hour missing, the next twice.

    The first of the two hours carries the offset of the second (C4 PT10M answers of detailed
    measures v2, sge.md 5.3; Enedis declined to correct it). Answers what was done, or None.
    """
    if day_length(day) != 25 * HOUR:
        return None
    early = midnight(day) + 2 * HOUR
    late = early + HOUR
    runs = _runs(stamps, late)
    repeated = [[stamps[place] for place in run] for run in runs]
    if (
        not runs
        or len(runs) % 2
        or any(run != repeated[0] for run in repeated)
        or any(early <= stamp < late for stamp in stamps)
    ):
        return None
    for run in runs[::2]:
        for place in run:
            stamps[place] -= HOUR
    steps = {after - before for before, after in pairwise([*repeated[0], late + HOUR])}
    message = say(
        "on {day} the first 02:00 hour was stamped an hour late and is moved back", day=day
    )
    if len(steps) == 1:
        return message
    return sentences(message, say("the steps of that hour are not regular"), between="; ")


def _runs(stamps: list[int], hour: int) -> list[list[int]]:
    """The places of the stamps in an hour, a new run wherever they do not go on."""
    runs: list[list[int]] = []
    for place, stamp in enumerate(stamps):
        if hour <= stamp < hour + HOUR:
            if not runs or stamp <= stamps[runs[-1][-1]]:
                runs.append([])
            runs[-1].append(place)
    return runs
