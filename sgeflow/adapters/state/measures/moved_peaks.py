"""Highest powers that are put right: one that comes takes the place of that of its day or month.

Their starts differ, so by starts alone both would be kept, and the higher one be shown, which may
be the one that Enedis took back. What goes is remembered, as of any value that is changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from msgspec import Struct

from sgeflow.adapters.state.database import SqlConnection
from sgeflow.adapters.state.measures.chunk import KeptMeasure, ValueOrigin
from sgeflow.adapters.state.measures.publications import times_of
from sgeflow.adapters.state.measures.series_chunks import SeriesChunks, SeriesRow
from sgeflow.core.measures.columns import Measures
from sgeflow.core.measures.peaks import PeakPeriod, peak_period
from sgeflow.core.model import Measure


class MovedPeaks(Struct, frozen=True):
    """What room was made for: how many starts stand for others that went, and whose they are.

    `removed` counts those that went and no new start stands for. `heirs` are new starts by the
    publication that the gone ones came by: an older file replaces neither.
    """

    count: int = 0
    removed: int = 0
    heirs: Mapping[int, frozenset[int]] = {}

    def shares(self, rows: Measures, origin: ValueOrigin) -> Iterator[tuple[Measures, ValueOrigin]]:
        """Measures by what each comes by from now on: as a rule all of them by one origin."""
        if origin.publication or not self.heirs:
            yield rows, origin
            return
        yield rows.without(frozenset().union(*self.heirs.values())), origin
        for publication, starts in self.heirs.items():
            others = {start for start in rows.starts if start not in starts}
            yield rows.without(others), origin._replace(publication=publication)


def chunks_for(
    connection: SqlConnection, row: SeriesRow, series: str, measures: Measures
) -> SeriesChunks:
    """The chunks that measures, in order, stand on, and of peaks those of their whole periods."""
    first, last = measures.starts[0], measures.starts[-1]
    period = peak_period(series)
    if period is not None:
        first, last = period.bounds(first, last)
    return SeriesChunks(connection, row, first, last)


def move_peaks(
    connection: SqlConnection, chunks: SeriesChunks, series: str, rows: Measures
) -> MovedPeaks:
    """Take out the kept peaks in whose days, or months, others are about to be kept."""
    period = peak_period(series)
    if period is None or not rows:
        return MovedPeaks()
    first, last = period.bounds(rows.starts[0], rows.starts[-1])
    known = [start for chunk in chunks for start in chunk.measures.starts if first <= start <= last]
    going = _by_period(period, set(known).difference(rows.starts))
    if not going:  # nearly always: new days, and those that stay as they are
        return MovedPeaks()
    coming = _by_period(period, set(rows.starts).difference(known))
    count, removed, heirs = 0, 0, defaultdict[int, frozenset[int]](frozenset)
    for day in sorted({*period.of(rows.starts)} & going.keys()):
        taken_out = [chunks.remove(start) for start in going[day]]
        news = coming.get(day, ())
        count, removed = count + len(news), removed + (0 if news else len(taken_out))
        if publication := _latest(connection, taken_out):
            heirs[publication] |= {*news}
    return MovedPeaks(count, removed, heirs)


def starts_of_same_peaks(series: str, measures: Measures, others: Iterable[Measure]) -> set[int]:
    """The starts of those measures of whose day, or month, others are the highest powers."""
    period = peak_period(series)
    if period is None:
        return set()
    known = {*period.of(one.start for one in others)}
    days = zip(measures.starts, period.of(measures.starts), strict=True)
    return {start for start, day in days if day in known}


def _by_period(period: PeakPeriod, starts: Iterable[int]) -> dict[date, list[int]]:
    by_period = defaultdict[date, list[int]](list)
    every = sorted(starts)
    for start, day in zip(every, period.of(every), strict=True):
        by_period[day].append(start)
    return by_period


def _latest(connection: SqlConnection, measures: Iterable[KeptMeasure]) -> int:
    """The publication, of those that some came by, that came last; 0 where no file gave them."""
    times = times_of(connection, {one.origin.publication for one in measures} - {0})
    return max(times, key=lambda number: (times[number], number), default=0)
