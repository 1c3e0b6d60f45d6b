"""`load`: read kept measures for use in the flow.

    - id: week
      load:
        point: ${inputs.pointId}
        series: daily_energy
        start: ${date_add(run.today, '-P7D')}
        end: ${run.today}

The step reads the measures of the civil days with `start <= day < end` that are kept when the step
runs, whichever run kept them. It sends no request. A resumed run reads them again.

Outputs: `measures`, in order, each with `start` (a time in France), `value`, `step` in seconds (0
for an instant, such as a peak) and `nature`; `count`, their number; and `unit`, empty if no
measures are kept.
"""

from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.verb import SERIES_KEYS, SeriesSpec, Verb
from sgeflow.core.engine.effects import Script
from sgeflow.core.engine.step import Done, End, Run
from sgeflow.core.language.schemas import closed_object
from sgeflow.core.language.shapes import INSTANT, NUMBER, TEXT, Shape, list_of, object_of
from sgeflow.core.language.template import Scope
from sgeflow.messages import say_count


class _Load(SeriesSpec, frozen=True, kw_only=True):
    def check(self, checker: Checker) -> Shape:
        self.check_names(checker)
        measure = {"start": INSTANT, "value": NUMBER, "step": NUMBER, "nature": TEXT}
        measures = list_of(object_of(measure, "measures[]"))
        return object_of({"measures": measures, "count": NUMBER, "unit": TEXT}, "load")

    def run(self, scope: Scope, run: Run) -> Script[End]:
        from sgeflow.core.measures.civil_time import civil

        point, start, end = (one.evaluate(scope) for one in self.templates)
        _, loaded = yield from self.load(point, start, end, run)
        measures = [
            {
                "start": civil(one.start).isoformat(),
                "value": one.value,
                "step": one.step,
                "nature": one.nature,
            }
            for one in loaded.measures
        ]
        count = say_count("{count:,} value", "{count:,} values", count=len(measures))
        outputs = {"measures": measures, "count": len(measures), "unit": loaded.unit}
        return Done(outputs=outputs, summary=count)


VERB = Verb(
    spec=_Load,
    properties={
        "load": closed_object(SERIES_KEYS, tuple(SERIES_KEYS), called="a load"),
    },
    synonyms=("charger",),
)
