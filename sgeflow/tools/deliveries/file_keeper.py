"""Stores the items of one delivered file, and reports contradictions within it."""

import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date

from msgspec.structs import replace

from sgeflow.adapters.state.measures import Clash, Delivery
from sgeflow.core.measures.civil_time import civil
from sgeflow.core.measures.conventions import Convention
from sgeflow.core.measures.impossible import leave_future_out, tell_fall
from sgeflow.core.measures.series import BILLED
from sgeflow.core.model import Measure, Series
from sgeflow.messages import Message, say
from sgeflow.tools.deliveries.model import (
    DeliveredDocument,
    DeliveredMeasures,
    DeliveryItem,
    UnclearCurve,
    UnknownQuantity,
)
from sgeflow.tools.deliveries.report import FileOutcome, ItemOutcome, with_more
from sgeflow.tools.deliveries.series import flag_of

_BILLED = BILLED["EA"].base

Contradictions = Mapping[Series, Mapping[int, Clash]]
"""The starts for which distant places of one file have different values."""


class ContradictsItself(Exception):
    """A file has two values for a start, in two of its entries."""

    def __init__(self, starts: Contradictions) -> None:
        super().__init__()
        self.starts = starts


class ToldApart(Exception):
    """A curve is in two entries of a file whose stamps follow different conventions."""

    def __init__(self, marks: Mapping[Series, frozenset[Convention]]) -> None:
        super().__init__()
        self.marks = marks


class FileKeeper:
    """Stores the items of one file within its transaction."""

    def __init__(
        self,
        place: FileOutcome,
        delivery: Delivery,
        without: Contradictions,
        alike: Collection[Series],
    ) -> None:
        """`without` has the starts to leave out; series in `alike` have a settled convention."""
        self._alike = alike
        self._place = place
        self._delivery = delivery
        self._without = without
        self._documents: Counter[str] = Counter()
        self._parts: list[ItemOutcome] = []
        self._unclear: list[UnclearCurve] = []
        self._unknown: dict[UnknownQuantity, None] = {}  # each once, in file order
        self._seen: set[Series] = set()
        self._marks: dict[Series, frozenset[Convention]] = {}
        self._apart: set[Series] = set()
        self._crossing: dict[Series, dict[int, Clash]] = defaultdict(dict)
        self._unmatched: list[tuple[Series, Measure]] = []

    def keep(self, items: Iterable[DeliveryItem]) -> FileOutcome:
        """Store all items; return the outcome of the file.

        Raises:
            ToldApart: two entries follow different conventions; nothing may be stored.
                ContradictsItself: two entries give different values for a start; nothing may be
                stored.
        """
        for item in items:
            if isinstance(item, DeliveredMeasures | UnclearCurve):
                before = self._marks.setdefault(item.series, item.marks)
                if before != item.marks and item.series not in self._alike:
                    self._marks[item.series] = before | item.marks
                    self._apart.add(item.series)
            if isinstance(item, UnclearCurve):
                self._unclear.append(item)
            elif isinstance(item, UnknownQuantity):
                self._unknown[item] = None
            elif isinstance(item, DeliveredMeasures):
                self._keep_measures(item)
            else:
                self._file(item)
        if self._apart:
            raise ToldApart({series: self._marks[series] for series in self._apart})
        if self._crossing:
            raise ContradictsItself(self._crossing)
        outcome = self._place.with_pieces(
            self._parts, self._unclear, tuple(self._unknown), tuple(self._contradictions())
        )
        removed, flags = outcome.removed, list(outcome.flags)
        for series, measure in self._unmatched:
            count = self._delivery.withdraw(series, (measure,)).removed
            removed += count
            if not count:
                flags.append(_cancels_nothing(series, measure))
        return replace(outcome, removed=removed, flags=tuple(flags))

    def _file(self, item: DeliveredDocument) -> None:
        self._documents[item.point] += 1
        number = self._documents[item.point]  # a point may occur twice in a file
        name = self._place.name if number == 1 else f"{self._place.name} ({number})"
        self._delivery.file(self._place.flux, item.point, name, item.body)
        self._parts.append(ItemOutcome(point=item.point, line=item.line))

    def _keep_measures(self, item: DeliveredMeasures) -> None:
        series = item.series
        measures, reasons = leave_future_out(item.measures, time.time())
        if left_out := self._without.get(series):
            measures = measures.without(left_out)
        flags: tuple[Message, ...] = ()
        if series in self._seen:
            for clash in self._delivery.clashes(series, measures, own=True):
                self._crossing[series] |= dict.fromkeys((clash.start, clash.kept_at), clash)
        else:
            clashes = self._delivery.clashes(series, measures, own=False)
            flags = (with_more(_replacing(series, clashes[0]), len(clashes)),) if clashes else ()
        self._seen.add(series)
        withdrawn = self._delivery.withdraw(series, item.withdrawn)
        if series.name.startswith(_BILLED):
            pairs = dict(self._delivery.overlapping(series, measures))
            measures = measures.without({one.start for one in pairs})
            reasons = (*reasons, *(_overlap(*pair) for pair in pairs.items()))
        self._unmatched += [(series, one) for one in withdrawn.unmatched if one in item.unmatched]
        saved = self._delivery.save(series, measures)
        saved = replace(saved, removed=saved.removed + withdrawn.removed)
        if saved.fall:
            flags = (*flags, flag_of(series, tell_fall(saved.fall)))
        outcome = ItemOutcome(
            point=series.point,
            series=series.name,
            rows=len(measures),
            saved=saved,
            dropped=item.dropped,
            doubtful=item.doubtful,
            contradictions=(*item.contradictions, *(flag_of(series, one) for one in reasons)),
            flags=(*item.flags, *flags),
        )
        self._parts.append(outcome)

    def _contradictions(self) -> Iterator[Message]:
        for part in self._parts:
            yield from part.contradictions
        for series, clashes in self._without.items():
            for clash in dict.fromkeys(clashes.values()):
                yield _crossing(series, clash)


def _cancels_nothing(series: Series, measure: Measure) -> Message:
    return say(
        "{series} of point {point}: the amount {amount} from {first} to {end} is cancelled, but "
        "none like it is kept; it is noted, and nothing was taken out",
        series=series.name,
        point=series.point,
        amount=measure.value,
        first=_day(measure.start),
        end=_day(measure.start + measure.step),
    )


def _overlap(one: Measure, other: Measure) -> Message:
    return say(
        "the amount from {first} to {end} overlaps that from {other_first} to {other_end}, which "
        "an earlier file gave, and is left out",
        first=_day(one.start),
        end=_day(one.start + one.step),
        other_first=_day(other.start),
        other_end=_day(other.start + other.step),
    )


def _day(instant: int) -> date:
    return civil(instant).date()


def _crossing(series: Series, clash: Clash) -> Message:
    return say(
        "{series} of point {point}: one entry has {one} at {instant}, another {other} at "
        "{other_instant}",
        series=series.name,
        point=series.point,
        one=clash.kept,
        instant=civil(clash.kept_at).isoformat(),
        other=clash.given,
        other_instant=civil(clash.start).isoformat(),
    )


def _replacing(series: Series, clash: Clash) -> Message:
    return say(
        "{series} of point {point}: {file} of the same publication has {one} at {instant}, this "
        "file {other} at {other_instant}; the last decoded is kept",
        series=series.name,
        point=series.point,
        file=clash.file,
        one=clash.kept,
        instant=civil(clash.kept_at).isoformat(),
        other=clash.given,
        other_instant=civil(clash.start).isoformat(),
    )
