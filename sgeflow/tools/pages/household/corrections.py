"""What was corrected: values that stand where the store had kept another one before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from msgspec import Struct

from sgeflow.core.measures.civil_time import civil
from sgeflow.core.measures.peaks import PeakPeriod, peak_period
from sgeflow.core.measures.sums import POWERS
from sgeflow.core.model import Measure

_HOUR = 3600


class Correction(Struct, frozen=True, kw_only=True):
    """What one run, or one delivered file, changed in a series of a civil day.

    `before` and `now` are of the changed values alone: Wh of energies and of a curve, VA of
    highest powers (of which the highest counts, at whatever instant it was).
    """

    series: str
    day: date
    count: int
    before: float
    now: float
    run: str
    file: str = ""  # that said it, when it was not a service that a run called


CorrectionsByDay = Mapping[date, Sequence[Correction]]


def corrections_of(
    series: str, unit: str, before: Mapping[int, Measure], kept: Iterable[tuple[Measure, str, str]]
) -> Iterator[Correction]:
    """The corrections of a series.

    `before` is what stood last at a start (of highest powers, on a day) before what is kept, by
    `place_of` its start, and `kept` each measure with the run and the file that brought it, or no
    file.
    A value that only changed its nature, or the length of its interval, is no correction.
    """
    changed: dict[tuple[date, str, str], list[tuple[float, float]]] = {}
    period = peak_period(series)
    for now, run, file in kept:
        was = before.get(place_of(period, now.start))
        if was is None or was.step != now.step or was.value == now.value:
            continue
        scale = _scale(unit, now.step)
        pair = was.value * scale, now.value * scale
        key = civil(now.start).date(), run, file
        changed.setdefault(key, []).append(pair)
    total = sum if period is None else max
    for (day, run, file), pairs in changed.items():
        yield Correction(
            series=series,
            day=day,
            count=len(pairs),
            before=total(was for was, _ in pairs),
            now=total(now for _, now in pairs),
            run=run,
            file=file,
        )


def place_of(period: PeakPeriod | None, start: int) -> int:
    """Where in a series one value stands for another: its start, or of peaks their period's."""
    return start if period is None else period.bounds(start, start)[0]


def _scale(unit: str, step: int) -> float:
    """What a value is to be multiplied with: a power of an interval (s) makes an energy (Wh)."""
    thousand = 1000 if unit.startswith("k") else 1
    return thousand * step / _HOUR if unit in POWERS else thousand
