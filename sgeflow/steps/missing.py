"""`missing`: which days of a series are not kept whole, so that only they are asked for.

    - id: lacking
      missing:
        point: ${inputs.pointId}
        series: load_curve
        start: ${date_add(run.today, '-P28D')}
        end: ${run.today}

Looks at each civil day with `start <= day < end`. A day is whole when nothing of it lacks: of
half-hours 48, in spring 46, in autumn 50; of daily energy its value; of peaks one. With `all` true,
every day counts. Gives `days`, how many are not whole, `first`, the first of them, and `end`, the
day after the last, as `windows` and SGE's dates want it; both are null when every day is whole.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from msgspec import Struct

from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.step_reader import Keys
from sgeflow.core.checking.flows.verb import Verb, series_said
from sgeflow.core.engine.effects import Load, Note, Script, ask
from sgeflow.core.engine.step import Done, End, Run, Uses
from sgeflow.core.language.schemas import closed_object, text
from sgeflow.core.language.shapes import NUMBER, TEXT, Shape, object_of
from sgeflow.core.language.template import Scope, Template
from sgeflow.core.measures.whole_days import lacking_days, span
from sgeflow.errors import Location
from sgeflow.messages import say


class MissingSpec(Struct, frozen=True, kw_only=True):
    """Whose series, and between which days."""

    point: Template
    series: str
    at: Location
    start: Template
    end: Template
    all: Template


def decode(keys: Keys) -> MissingSpec:
    """The series and its days."""
    return MissingSpec(
        point=keys.template("missing", "point"),
        series=keys.get("missing", "series"),
        at=keys.at("missing", "series"),
        start=keys.template("missing", "start"),
        end=keys.template("missing", "end"),
        all=keys.template("missing", "all", default=False),
    )


def check(spec: MissingSpec, checker: Checker) -> Shape:
    """The point and the days are computed."""
    checker.series(spec.series, spec.at)
    for template in (spec.point, spec.start, spec.end, spec.all):
        checker.template(template)
    return object_of({"days": NUMBER, "first": TEXT, "end": TEXT}, "missing")


def run(spec: MissingSpec, scope: Scope, run: Run) -> Script[End]:
    """Load the days and look; a run that goes on finds what it found before it kept anything."""
    point = str(spec.point.evaluate(scope))
    first, last = (str(each.evaluate(scope)) for each in (spec.start, spec.end))
    start, end = span(first, last)
    loaded = yield from ask(
        Load(key=run.key("load"), point=point, name=spec.series, start=start, end=end)
    )
    wants_all = spec.all.evaluate(scope) is True
    days = lacking_days(() if wants_all else loaded.measures, loaded.unit, first, last)
    question = ":".join((point, spec.series, first, last, *(["all"] if wants_all else [])))
    answer: dict[str, Any] = yield from ask(
        Note(
            key=run.key(f"missing:{question}"),  # what was noted answers that question alone
            value={
                "days": len(days),
                "first": days[0].isoformat() if days else None,
                "end": (days[-1] + timedelta(days=1)).isoformat() if days else None,
            },
        )
    )
    summary = (
        say("{days} days of {series}", days=answer["days"], series=spec.series)
        if answer["days"]
        else say("nothing is missing")
    )
    return Done(outputs=answer, summary=summary)


def uses(spec: MissingSpec) -> Uses:
    """The series."""
    return Uses(loads=(spec.series,))


VERB = Verb(
    name="missing",
    manual=__doc__ or "",
    properties={
        "missing": {
            **closed_object(
                {
                    "point": text("whose measures"),
                    "series": text("the kept series"),
                    "start": text("the first day"),
                    "end": text("the day after the last"),
                    "all": {
                        "type": ["string", "boolean"],
                        "description": "whether the days that are kept whole count, too",
                    },
                },
                ("point", "series", "start", "end"),
            ),
            "x-called": "a missing",
        }
    },
    required=("missing",),
    decode=decode,
    check=check,
    run=run,
    uses=uses,
    says=series_said,
)
