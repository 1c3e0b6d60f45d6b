"""`load`: read kept measures back, for what a flow makes of them.

    - id: week
      load:
        point: ${inputs.pointId}
        series: daily_energy
        start: ${date_add(run.today, '-P7D')}
        end: ${run.today}

Takes what is kept when the step runs, whoever kept it, of the civil days with `start <= day < end`;
nothing is asked of SGE. Gives `measures` in their order, each with `start` (a time in France),
`value`, `step` in seconds (0 of an instant, a peak) and `nature`; `count`, how many; and `unit`,
which is empty where nothing is kept. A run that goes on reads them anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.verb import Keys, Verb, series_said
from sgeflow.core.engine.effects import Load, Script, ask
from sgeflow.core.engine.step import Done, End, Run, Uses
from sgeflow.core.language.schemas import closed_object, text
from sgeflow.core.language.shapes import INSTANT, NUMBER, TEXT, Shape, list_of, object_of
from sgeflow.core.language.template import Scope, Template
from sgeflow.core.model import Measure
from sgeflow.errors import Location
from sgeflow.messages import say_count


class LoadSpec(Struct, frozen=True, kw_only=True):
    """The series of a point, and its days."""

    point: Template
    series: str
    at: Location
    start: Template
    end: Template


def decode(keys: Keys) -> LoadSpec:
    """The series and its days."""
    return LoadSpec(
        point=keys.template("load", "point"),
        series=keys.get("load", "series"),
        at=keys.at("load", "series"),
        start=keys.template("load", "start"),
        end=keys.template("load", "end"),
    )


def check(spec: LoadSpec, checker: Checker) -> Shape:
    """The series is known; the point and the days are computed."""
    checker.series(spec.series, spec.at)
    for template in (spec.point, spec.start, spec.end):
        checker.template(template)
    measure = {"start": INSTANT, "value": NUMBER, "step": NUMBER, "nature": TEXT}
    measures = list_of(object_of(measure, "measures[]"))
    return object_of({"measures": measures, "count": NUMBER, "unit": TEXT}, "load")


def run(spec: LoadSpec, scope: Scope, run: Run) -> Script[End]:
    """Load the measures of the days."""
    from sgeflow.core.measures.sums import day_span

    point, first, last = (one.evaluate(scope) for one in (spec.point, spec.start, spec.end))
    start, end = day_span(spec.start, spec.end, first, last).instants
    loaded = yield from ask(
        Load(key=run.key("load"), point=str(point), name=spec.series, start=start, end=end)
    )
    measures = [_plain(measure) for measure in loaded.measures]
    count = say_count("{count:,} value", "{count:,} values", count=len(measures))
    outputs = {"measures": measures, "count": len(measures), "unit": loaded.unit}
    return Done(outputs=outputs, summary=count)


def uses(spec: LoadSpec) -> Uses:
    """The series."""
    return Uses(loads=(spec.series,))


def _plain(measure: Measure) -> Mapping[str, Any]:
    from sgeflow.core.measures.civil_time import civil

    return {
        "start": civil(measure.start).isoformat(),
        "value": measure.value,
        "step": measure.step,
        "nature": measure.nature,
    }


VERB = Verb(
    name="load",
    manual=__doc__ or "",
    properties={
        "load": closed_object(
            {
                "point": text("whose measures"),
                "series": text("the kept series"),
                "start": text("the first day"),
                "end": text("the day after the last"),
            },
            ("point", "series", "start", "end"),
            called="a load",
        )
    },
    decode=decode,
    check=check,
    run=run,
    uses=uses,
    says=series_said,
    synonyms=("charger",),
)
