"""`aggregate`: sum kept measures into days, months or years.

    - id: months
      aggregate: {point: "${inputs.pointId}", from: daily_energy, by: month, into: monthly_energy}

The sums are made from all kept days, not only from the days that this run fetched. A part of a
month therefore never replaces the whole month. `into` names the series in which the sums are kept.

`compare` names a series of daily energy. If the sum of a load curve differs from the energy of a
day, a warning says so, and `differences` lists the day as {day, curve, energy}.

Outputs: `rows`, `total`, `complete`, `since` (the first kept day) and `periods`, a list of {period,
value, complete, partial}. A period is `partial` if it begins before the first kept day: its sum may
be less than the household used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.verb import Verb
from sgeflow.core.engine.effects import Emit, Load, Loaded, Save, Script, Warn, ask
from sgeflow.core.engine.step import Done, End, Run, Spec, Uses
from sgeflow.core.language.schemas import SERIES, closed_object, text
from sgeflow.core.language.shapes import BOOLEAN, DAY, NUMBER, TEXT, Shape, list_of, object_of
from sgeflow.core.language.template import Scope, Template
from sgeflow.core.measures.columns import Measures
from sgeflow.core.model import Series
from sgeflow.errors import EvaluationError, Id, Location
from sgeflow.messages import Message, exception_text, say, say_count, say_date, sentences

if TYPE_CHECKING:
    from sgeflow.core.measures.sums import Total

_PERIODS: Mapping[str, Callable[[int], Message]] = {
    "day": lambda count: say_count("{count:,} day", "{count:,} days", count=count),
    "month": lambda count: say_count("{count:,} month", "{count:,} months", count=count),
    "year": lambda count: say_count("{count} year", "{count} years", count=count),
}
_SHOWN = 3  # days that a warning names; all of them are in the outputs


class _Aggregate(Spec, rename={"source": "from"}, frozen=True, kw_only=True):
    point: Template
    source: str
    by: str
    into: str | None = None
    compare: str | None = None
    places: Mapping[str, Location]

    def check(self, checker: Checker) -> Shape:
        checker.template(self.point)
        checker.series(self.source, self.places["from"])
        checker.series(self.compare, self.places.get("compare"))
        facts = {"period": TEXT, "value": NUMBER, "complete": BOOLEAN, "partial": BOOLEAN}
        period = object_of(facts, "periods[]")
        difference = object_of({"day": DAY, "curve": NUMBER, "energy": NUMBER}, "differences[]")
        return object_of(
            {
                "rows": NUMBER,
                "total": NUMBER,
                "complete": NUMBER,
                "since": DAY,
                "periods": list_of(period),
                "differences": list_of(difference),
            },
            "aggregate",
        )

    def run(self, scope: Scope, run: Run) -> Script[End]:
        from sgeflow.core.measures.civil_time import civil
        from sgeflow.core.measures.sums import energy_unit, number

        def of_period(total: Total) -> dict[str, Any]:
            return {
                "period": total.period,
                "value": number(total.value),
                "complete": total.missing == 0,
                "partial": since is not None and total.begins_before(since),
            }

        point = str(self.point.evaluate(scope))
        loaded = yield from ask(Load(key=run.key("load"), point=point, name=self.source))
        totals = self._totals(loaded)
        if self.into and totals:
            series = Series(point=point, name=self.into, unit=energy_unit(loaded.unit))
            rows = Measures.of(total.measure() for total in totals)
            yield from ask(Save(key=run.key("save"), series=series, measures=rows))
        differing = yield from self._compare(point, loaded, run)
        complete = sum(total.missing == 0 for total in totals)
        since = civil(loaded.measures[0].start).date() if totals else None
        outputs = {
            "rows": len(totals),
            "total": number(sum(total.value for total in totals)),
            "complete": complete,
            "since": since.isoformat() if since else None,
            "periods": [of_period(total) for total in totals],
            "differences": differing,
        }
        unit = energy_unit(loaded.unit) if totals else ""
        words = _PERIODS[self.by](len(totals))
        words = say_count(
            "{periods}, {count:,} complete",
            "{periods}, {count:,} complete",
            periods=words,
            count=complete,
        )
        if since and totals[0].begins_before(since):
            day = say_date(since.isoformat())
            words = say("{periods}, the first from {day} on only", periods=words, day=day)
        total = say("{total:,} {unit}", total=outputs["total"], unit=unit) if unit else "0"
        summary = sentences(words, total, between=" · ")
        return Done(outputs=outputs, summary=summary)

    def uses(self) -> Uses:
        loads = (self.source, *((self.compare,) if self.compare else ()))
        return Uses(loads=loads, keeps=(self.into,) if self.into else ())

    def says(self) -> tuple[str, ...]:
        words = [f"{self.source} by {self.by}"]
        words += [f"into {self.into}"] if self.into else []
        return (*words, f"compare {self.compare}") if self.compare else tuple(words)

    def _totals(self, loaded: Loaded) -> tuple[Total, ...]:
        from sgeflow.core.measures.sums import by_day, by_month, by_year

        if not loaded.measures:
            return ()
        try:
            if self.by == "day":
                return by_day(loaded.measures, loaded.unit)
            return (by_month if self.by == "month" else by_year)(loaded.measures)
        except ValueError as error:
            raise EvaluationError.of(Id.EVALUATION, exception_text(error)) from None

    def _compare(self, point: str, curve: Loaded, run: Run) -> Script[list[dict[str, Any]]]:
        from sgeflow.core.measures.sums import differences

        if self.compare is None or not curve.measures:
            return []
        first, last = curve.measures[0].start, curve.measures[-1].start
        daily = yield from ask(
            Load(key=run.key("compare"), point=point, name=self.compare, start=first, end=last + 1)
        )
        gaps = differences(curve.measures, curve.unit, daily.measures)
        for difference in gaps[:_SHOWN]:
            figures = say(
                "{curve:,} Wh by the curve, {energy:,} Wh by the day",
                curve=difference.curve,
                energy=difference.energy,
            )
            yield Emit(Warn(run.trail, sentences(say_date(difference.day), figures, between=": ")))
        if len(gaps) > _SHOWN:
            yield Emit(Warn(run.trail, say("{all:,} days differ in all", all=len(gaps))))
        return [{"day": d.day, "curve": d.curve, "energy": d.energy} for d in gaps]


VERB = Verb(
    spec=_Aggregate,
    properties={
        "aggregate": closed_object(
            {
                "point": text("the point of the measures"),
                "from": text("the kept series"),
                "by": {"enum": ["day", "month", "year"]},
                "into": text("the series that keeps the sums", pattern=SERIES),
                "compare": text("a series of daily energy to compare a load curve with"),
            },
            ("point", "from", "by"),
            called="an aggregate",
        )
    },
    synonyms=("agreger", "grouper", "group_by"),
)
