"""`store`: keep measures.

    - id: keep
      store:
        series: load_curve
        point: ${inputs.pointId}
        stamped: end
        measures: ${steps.half_hours[].measures[]}

`measures` are rows of {date, value, step, nature} as the response paths give them. `stamped` says
what SGE's stamps mark: `end` of the interval (a load curve of C5 and P4), `start` (C1 to C4), `day`
(daily energy), `instant` (the peak), or `auto`. One value a point, series and start is kept; a
changed value replaces; a null is dropped and counted. When `measures` itself is null, nothing was
asked for and nothing is kept; an empty list is told as a warning. Gives `rows`, `new`, `changed`,
`unchanged`, `dropped`, `first` and `last` (days, null when there are no rows).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sgeflow.core.engine.check import Checker
from sgeflow.core.engine.effects import Save, Saved, Script, Tell, Warn, ask
from sgeflow.core.engine.keys import Keys
from sgeflow.core.engine.step import Done, End, Run, Scope, Verb
from sgeflow.core.language.schemas import SERIES, closed, duration, text
from sgeflow.core.language.shape import NUMBER, TEXT, Shape, Sort, object_of
from sgeflow.core.language.template import Template
from sgeflow.core.measures.paris import civil
from sgeflow.core.measures.stamps import Convention, Stamped, stamp
from sgeflow.core.model import Series
from sgeflow.errors import EvaluationError, Id, Problem
from sgeflow.say import counted, listed, say, sentences

_CONVENTIONS = tuple(name.value for name in Convention)
UNITS = {"load_curve": "W", "daily_energy": "Wh", "max_power": "VA"}
"""The units of the series that SGE gives a household (CMD v2 and v3); others say theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """What is kept, and how its stamps are read."""

    series: str
    point: Template
    stamped: Template
    unit: Template
    step: str | None
    measures: Template


def decode(keys: Keys) -> Store:
    """The series and its rows."""
    series = keys.get("store", "series")
    if keys.get("store", "unit") is None and series not in UNITS:
        keys.report(
            Id.MISSING_KEY,
            say('the series "{series}" needs a unit', series=series),
            "store",
            "series",
            note="unit: W, Wh, VA … or what the reply says: ${steps.….unit}",
        )
    return Store(
        series=series,
        point=keys.template("store", "point"),
        stamped=keys.template("store", "stamped"),
        unit=keys.template("store", "unit", default=UNITS.get(series)),
        step=keys.get("store", "step"),
        measures=keys.template("store", "measures"),
    )


def check(spec: Store, checker: Checker) -> Shape:
    """The rows are a list of dates and values."""
    checker.template(spec.point)
    checker.template(spec.unit)
    checker.template(spec.stamped)
    rows = checker.template(spec.measures)
    fields = rows.items.fields
    known = rows.sort is Sort.LIST and rows.items.sort is Sort.OBJECT and not rows.items.is_open
    lacking = [name for name in ("date", "value") if name not in fields] if known else []
    if lacking or rows.sort in (Sort.TEXT, Sort.NUMBER, Sort.BOOLEAN, Sort.OBJECT):
        message = say(
            "rows to keep need {names}",
            names=listed(lacking or ["date", "value"], between=say(" and ")),
        )
        checker.report(
            Id.WRONG_TYPE, message, spec.measures.spot.at(), note=say("a list of objects")
        )
    counts = dict.fromkeys(("rows", "new", "changed", "unchanged", "dropped"), NUMBER)
    return object_of({**counts, "first": TEXT, "last": TEXT, "series": TEXT}, "store")


def run(spec: Store, scope: Scope, run: Run) -> Script[End]:
    """Read the stamps, keep the rows."""
    rows = spec.measures.evaluate(scope)
    if rows is None:
        empty = _outputs(spec, Stamped(measures=()), Saved(new=0, changed=0, unchanged=0))
        return Done(outputs=empty, summary=say("nothing was asked for"))
    if not isinstance(rows, list):
        message = say("the rows to keep for {series} are not a list", series=spec.series)
        at = spec.measures.spot.at()
        raise EvaluationError(Problem(id=Id.EVALUATION, message=message, at=at))
    stamped = stamp([row for row in rows if row], stamped=_convention(spec, scope), step=spec.step)
    for flag in stamped.flags:
        yield Tell(Warn(run.trail, f"{spec.series}: {flag}"))
    if stamped.dropped:
        yield Tell(
            Warn(
                run.trail,
                say(
                    "{series}: {dropped} rows without a value",
                    series=spec.series,
                    dropped=stamped.dropped,
                ),
            )
        )
    if not stamped.measures:
        yield Tell(Warn(run.trail, say("{series}: no measures came", series=spec.series)))
        return Done(outputs=_outputs(spec, stamped, Saved(new=0, changed=0, unchanged=0)))
    point, unit = str(spec.point.evaluate(scope)), str(spec.unit.evaluate(scope))
    series = Series(point=point, name=spec.series, unit=unit)
    saved = yield from ask(Save(key=run.key("save"), series=series, measures=stamped.measures))
    outputs = _outputs(spec, stamped, saved)
    return Done(outputs=outputs, summary=_summary(outputs))


def _convention(spec: Store, scope: Scope) -> str:
    value = spec.stamped.evaluate(scope)
    if value not in _CONVENTIONS:
        message = say(
            "{series} cannot be stamped so; one of {names} can",
            series=spec.series,
            names=", ".join(_CONVENTIONS),
        )
        at = spec.stamped.spot.at()
        raise EvaluationError(Problem(id=Id.EVALUATION, message=message, at=at))
    return str(value)


def _outputs(spec: Store, stamped: Stamped, saved: Saved) -> Mapping[str, Any]:
    measures = stamped.measures
    return {
        "series": spec.series,
        "rows": len(measures),
        "new": saved.new,
        "changed": saved.changed,
        "unchanged": saved.unchanged,
        "dropped": stamped.dropped,
        "first": civil(measures[0].start).date().isoformat() if measures else None,
        "last": civil(measures[-1].start).date().isoformat() if measures else None,
    }


def _summary(outputs: Mapping[str, Any]) -> str:
    period = f"{outputs['first']} → {outputs['last']}"
    values = f"{outputs['rows']} {outputs['series']}"
    new = counted("{count} new", "{count} new", count=outputs["new"])
    if outputs["changed"]:
        changed = counted("{count} changed", "{count} changed", count=outputs["changed"])
        new = listed([new, changed])
    return sentences(values, period, new, between=" · ")


VERB = Verb(
    name="store",
    manual=__doc__ or "",
    properties={
        "store": {
            **closed(
                {
                    "series": text("what is kept", pattern=SERIES),
                    "point": text("whose measures they are"),
                    "stamped": {
                        "anyOf": [{"enum": list(_CONVENTIONS)}, {"pattern": r"^\$\{"}],
                        "type": "string",
                        "description": "what SGE's stamps mark, or an expression that says it",
                    },
                    "unit": text("as SGE names it: W, Wh, VA"),
                    "step": duration("of rows that do not say theirs"),
                    "measures": {"description": "rows of {date, value, step, nature}"},
                },
                ("series", "point", "stamped", "measures"),
            ),
            "x-called": "a store",
        }
    },
    required=("store",),
    decode=decode,
    check=check,
    run=run,
)
