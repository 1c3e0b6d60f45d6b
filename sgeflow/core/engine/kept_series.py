"""What a step has kept of series, counted: its outputs, and the line that a run shows of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from sgeflow.core.engine.effects import Saved
from sgeflow.core.measures.civil_time import civil, civil_day
from sgeflow.core.measures.impossible import tell_impossible
from sgeflow.core.measures.series import tell_several
from sgeflow.core.model import Measure, Series, Status
from sgeflow.messages import Message, join_items, say, say_count, say_date, sentences

if TYPE_CHECKING:
    from sgeflow.core.measures.stamps import StampedMeasures


class KeptSeries(Struct, frozen=True):
    """What was kept of one series."""

    series: str
    unit: str
    stamped: StampedMeasures
    saved: Saved

    @property
    def outputs(self) -> dict[str, Any]:
        """What expressions may read of it."""
        return {"series": self.series, "unit": self.unit, **counts([self])}

    @property
    def status(self) -> Status:
        """Partial where values came that contradict each other: none of them is kept."""
        is_partial = self.stamped.contradictions or self.stamped.left_out
        return Status.PARTIAL if is_partial else Status.DONE


def counts(parts: Sequence[KeptSeries]) -> dict[str, Any]:
    """How many rows some series have, what keeping them changed, and their first and last day."""
    series = [part.stamped.measures for part in parts if part.stamped.measures]
    return {
        "rows": sum(len(part.stamped.measures) for part in parts),
        "new": sum(part.saved.new for part in parts),
        "changed": sum(part.saved.changed for part in parts),
        "unchanged": sum(part.saved.unchanged for part in parts),
        "dropped": sum(part.stamped.dropped for part in parts),
        "first": min((_day(measures[0]) for measures in series), default=None),
        "last": max((_day(measures[-1]) for measures in series), default=None),
    }


def doubts(series: Series, stamped: StampedMeasures) -> Iterator[str]:
    """What is told of values: what is not kept, two of one day, those that no meter gives."""
    yield from stamped.left_out
    if stamped.contradictions:
        first = stamped.contradictions[0]
        yield say_count(
            "{count:,} start came more than once with different values, and none is kept "
            "({instant}: value {place} is {one}, value {other_place} is {other})",
            "{count:,} starts came more than once with different values, and none is kept "
            "(first {instant}: value {place} is {one}, value {other_place} is {other})",
            count=len({one.start for one in stamped.contradictions}),
            instant=civil(first.start).isoformat(),
            place=first.places[0],
            one=first.values[0],
            other_place=first.places[1],
            other=first.values[1],
        )
    if several := tell_several(series.name, stamped.measures):
        yield several
    yield from tell_impossible(series, stamped.measures)
    yield from stamped.flags
    if count := stamped.dropped:
        yield say_count(
            "{count:,} row without a value", "{count:,} rows without a value", count=count
        )


def summary(outputs: Mapping[str, Any]) -> Message:
    """The counts in a line."""
    days = (say_date(outputs[name]) for name in ("first", "last") if outputs[name])
    period = join_items(days, " → ")
    values = say("{count:,} {series}", count=outputs["rows"], series=outputs["series"])
    new = say_count("{count:,} new", "{count:,} new", count=outputs["new"])
    if outputs["changed"]:
        changed = say_count("{count:,} changed", "{count:,} changed", count=outputs["changed"])
        new = join_items([new, changed])
    return sentences(values, period, new, between=" · ")


def _day(measure: Measure) -> str:
    return civil_day(measure.start)
