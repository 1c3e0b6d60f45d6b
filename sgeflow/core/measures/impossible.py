"""Values that no meter of the network can give, and the warnings about them.

Each direction has its own series, and so does each kind of reactive energy, so a value below zero
is impossible. Only a bill may have one, when it corrects an earlier bill (`REGU`).
"""

import sys
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from types import MappingProxyType

from sgeflow.core.measures.civil_time import civil, in_france
from sgeflow.core.measures.columns import Measures, MeasureValues
from sgeflow.core.measures.series import BASES, BILLED, ENERGIES
from sgeflow.core.model import Fall, Series
from sgeflow.messages import Message, say, say_count

_COUNTED = tuple({*BASES} - {kind.base for kind in BILLED.values()})
_DAYS = tuple({kind.base for kind in ENERGIES.values()})
# far above the power of a 20 kV line, below the largest value of a 32-bit word
_GIGAWATT = 10**9
_MOST_POWER: Mapping[str, int] = MappingProxyType(dict.fromkeys(("W", "VA", "VAr"), _GIGAWATT))
_MOST_OF_A_DAY: Mapping[str, int] = MappingProxyType(
    dict.fromkeys(("Wh", "VArh"), _GIGAWATT * 25)  # the October day has 25 hours
)
_BOUNDLESS = 2**63
_AHEAD = 2 * 86_400  # seconds


def tell_impossible(series: Series, measures: Measures) -> Iterator[Message]:
    """Warnings about values below zero and about values above what a point can reach."""
    limits = _MOST_OF_A_DAY if _is_of(series.name, _DAYS) else _MOST_POWER
    most = limits.get(series.unit, _BOUNDLESS)
    if not _is_of(series.name, _COUNTED) or _are_small(measures.values, most):
        return
    if negative := _find(measures, lambda value: value < 0):
        yield say(
            "sgeflow keeps {values} below zero, which no meter gives (first {first})",
            values=say_count("{count:,} value", "{count:,} values", count=len(negative)),
            first=_instant_and_value(measures, negative[0]),
        )
    if large := _find(measures, lambda value: value > most):
        yield say(
            "sgeflow keeps {values} above what any point takes (first {first})",
            values=say_count("{count:,} value", "{count:,} values", count=len(large)),
            first=_instant_and_value(measures, large[0]),
        )


def leave_future_out(measures: Measures, now: float) -> tuple[Measures, tuple[Message, ...]]:
    """The ordered measures that do not begin in the future, and a warning about those that do.

    `now` may be the midnight that begins today, and clocks may differ by hours: two days are
    allowed.
    """
    latest = int(now) + _AHEAD
    if not measures or measures.starts[-1] <= latest:
        return measures, ()
    kept = measures[: bisect_right(measures.starts, latest)]
    reason = say(
        "sgeflow does not keep {values} of the future by the clock of this machine ({now}; first "
        "{first})",
        values=say_count("{count:,} value", "{count:,} values", count=len(measures) - len(kept)),
        now=in_france(now),
        first=_instant_and_value(measures, len(kept)),
    )
    return kept, (reason,)


def _are_small(values: MeasureValues, most: int) -> bool:
    """Whether all values are integers from 0 to somewhat below a limit, the usual case.

    Looking at the upper bytes takes a third of the time of comparing values.
    """
    if not isinstance(values, array) or values.typecode != "q":
        return False
    packed, size = values.tobytes(), values.itemsize
    upper = range(min(most.bit_length() // 8, size - 1), size)
    places = upper if sys.byteorder == "little" else (size - 1 - place for place in upper)
    return all(packed[place::size].count(0) == len(values) for place in places)


def _find(measures: Measures, is_wrong: Callable[[float], bool]) -> list[int]:
    return [place for place, value in enumerate(measures.values) if is_wrong(value)]


def _instant_and_value(measures: Measures, place: int) -> Message:
    measure = measures[place]
    return say("{instant}: {value}", instant=civil(measure.start).isoformat(), value=measure.value)


def _is_of(series: str, bases: tuple[str, ...]) -> bool:
    return any(series == base or series.startswith(f"{base}_") for base in bases)


def is_index(series: str) -> bool:
    """Whether a series holds readings of a register that counts energy up."""
    return _is_of(series, ("index",))


def find_fall(measures: Measures, first: int, last: int) -> Fall | None:
    """The first fall from one measure to the next, and the number of falls; None without any.

    A fall counts if one of its two measures starts from `first` to `last` (UTC epoch seconds).
    """
    values, starts = [*measures.values], measures.starts
    if values == sorted(values):  # the usual case, and faster than looking at each pair
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
    """The warning about an index that falls."""
    return say(
        "sgeflow keeps {readings} below the one before, whose difference is not a consumption "
        "(first {instant}: {value} after {before})",
        readings=say_count("{count:,} reading", "{count:,} readings", count=fall.readings),
        instant=civil(fall.start).isoformat(),
        value=fall.value,
        before=fall.before,
    )
