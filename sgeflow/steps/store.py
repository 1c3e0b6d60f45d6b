"""`store`: keep measures.

    - id: keep
      store:
        series: load_curve
        point: ${inputs.pointId}
        stamped: end
        measures: ${steps.half_hours[].measures[]}

`measures` has rows of {date, value, step, nature}, as the response paths give them. If `measures`
is null, nothing was asked for and nothing is kept. An empty list is reported as a warning.

`stamped` says what the stamps of the rows mark: `end`, the end of the interval (load curves of C5
and P4); `start`, its start (C1 to C4); `day` (daily energy); `instant` (maximum power); or `auto`.
With `auto` the natures, steps and validities of the rows decide; rows that do not decide, and load
curves with a row without a step, are refused.

One value is kept for each point, series and start. A changed value replaces the kept value. A new
maximum power (`max_power`) replaces the kept one of the same day, whatever its time; for
`monthly_max_power`, the one of the same month. Null values are dropped and counted.

Outputs: `rows`, `new`, `changed`, `unchanged`, `dropped`, and the days `first` and `last` (null if
there are no rows).

Values that contradict each other are not kept. The other values are kept, and the step is partial
(exit code 7). Contradictions are: two values for one start, intervals that overlap, a step that
differs from the distance between stamps, stamps in the future, and autumn values that may belong to
either of the two hours. A falling index is kept, with a warning.

Before anything is kept, the step compares the reply with the series: the point, unit, step and
period (the outputs `pointId`, `unit`, `units`, `step`, `start` and `end` beside the rows), the
quantity, direction and unit of a block (`series` beside the rows), the step of the rows, and the
meaning of the stamps. A difference, or a reply without a unit, is refused. Values are never
converted.

A reply with several quantities (`grandeurPhysique: TOUT`, `INDEX`) has blocks, in its outputs
`series` and `indexes`. `quantities` takes these blocks instead of rows. Each quantity becomes a
series of its own, in its unit, with the name that `decode` gives it:

    - id: keep
      store:
        series: max_power
        point: ${inputs.pointId}
        stamped: instant
        quantities: ${steps.peaks.series}

Then `series` names the kind of the blocks: `load_curve` (also `load_curve_pri`, `load_curve_prc`,
`voltage_curve`), `daily_energy` (`daily_energy_eri` …), `max_power` (`max_power_phase1` …),
`monthly_max_power` or `index`. Index series are `index_base`, `index_total`, `register_pma_…`; with
a supplier's calendar `index_supplier_fc000050_hp_f1`; before, at and after a reprogramming
`index_total_av`, `…_as` and `…_ap`. Series of production end in `_injection`. `kept` lists the
`series`, `unit`, `rows` and other counts of each quantity.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.verb import Keys, Verb
from sgeflow.core.engine.effects import Emit, Save, Saved, Script, Warn, ask
from sgeflow.core.engine.step import Done, End, Run, Spec, Uses
from sgeflow.core.language.enclosing_objects import enclosing_objects, read_of
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.points import is_point
from sgeflow.core.language.rows import Rows, without_empty
from sgeflow.core.language.schemas import SERIES, closed_object, duration, text
from sgeflow.core.language.shapes import NUMBER, TEXT, Shape, Sort, list_of, object_of, objects_note
from sgeflow.core.language.template import Scope, Template
from sgeflow.core.measures.agreement import (
    UNITS,
    allowed_marks,
    blocks_of,
    check_quantities,
    check_reply,
    check_rows,
    check_step,
    check_units,
    mark_otherwise,
    step_without_words,
    typed_blocks,
    units_said,
)
from sgeflow.core.measures.conventions import CONVENTIONS, signs_of_series
from sgeflow.core.measures.series import (
    FAMILIES,
    Quantity,
    is_curve,
    quantities,
    warn_of_several_peaks,
)
from sgeflow.core.model import Series, Status
from sgeflow.errors import EvaluationError, Id
from sgeflow.messages import (
    Message,
    exception_text,
    join_items,
    say,
    say_count,
    say_date,
    sentences,
)

if TYPE_CHECKING:
    from sgeflow.core.measures.stamps import StampedMeasures


def _check_plain(keys: Keys, series: str) -> None:
    """Check that `measures` is set, and that `unit` is the unit of the series."""
    if keys.get("store", "measures") is None:
        note = say("measures: rows of one quantity; quantities: the blocks of several")
        keys.report(Id.MISSING_KEY, say("nothing to keep is named"), "store", note=note)
    if keys.get("store", "unit") is None and series not in UNITS:
        keys.report(
            Id.MISSING_KEY,
            say('the series "{series}" needs a unit', series=series),
            "store",
            "series",
            note="unit: W, Wh, VA … or what the reply says: ${steps.….unit}",
        )
    unit = keys.get("store", "unit")
    if series in UNITS and isinstance(unit, str) and "${" not in unit and unit != UNITS[series]:
        keys.report(
            Id.NOT_ALLOWED,
            say('"{series}" is kept in {unit}', series=series, unit=UNITS[series]),
            "store",
            "unit",
            note=say("nothing is converted: leave unit out, or name a series of your own"),
            suggestion=UNITS[series],
        )


def _check_grouped(keys: Keys, series: str) -> None:
    """Check that `measures` and `unit` are absent, because each block contains its own unit."""
    for key, note in (
        ("measures", say("measures are rows of one quantity; keep them in another step")),
        ("unit", say("each block says its own")),
    ):
        if keys.get("store", key) is not None:
            message = say("{key} and {other} do not go together", key=key, other="quantities")
            keys.report(Id.NOT_ALLOWED, message, "store", key, note=note)
    if series not in FAMILIES:
        keys.report(
            Id.NOT_ALLOWED,
            say('the quantities of a reply are not kept as "{series}"', series=series),
            "store",
            "series",
            allowed=tuple(FAMILIES),
            suggestion=closest(series, FAMILIES),
        )


_PLAIN = (Sort.TEXT, Sort.NUMBER, Sort.BOOLEAN)


class _Store(Spec, frozen=True, kw_only=True):
    series: str
    point: Template
    stamped: Template
    unit: Template
    step: str | None
    measures: Template  # rows, or the blocks of several quantities
    is_grouped: bool

    @property
    def what(self) -> Message:
        """The word for the items that are kept."""
        return say("blocks") if self.is_grouped else say("rows")

    @classmethod
    def decode(cls, keys: Keys) -> Self:
        series = keys.get("store", "series")
        is_grouped = keys.get("store", "quantities") is not None
        stamped, marks = keys.get("store", "stamped"), allowed_marks(series)
        if stamped in CONVENTIONS and stamped not in marks:
            message = say(
                "the stamps of {series} do not mark that: {stamped}", series=series, stamped=stamped
            )
            keys.report(Id.NOT_ALLOWED, message, "store", "stamped", allowed=marks)
        if is_grouped:
            _check_grouped(keys, series)
        else:
            _check_plain(keys, series)
        return cls(
            series=series,
            point=keys.template("store", "point"),
            stamped=keys.template("store", "stamped"),
            unit=keys.template("store", "unit", default=UNITS.get(series)),
            step=keys.get("store", "step"),
            measures=keys.template("store", "quantities" if is_grouped else "measures"),
            is_grouped=is_grouped,
        )

    def check(self, checker: Checker) -> Shape:
        for template in (self.point, self.unit, self.stamped):
            checker.template(template)
        rows = checker.template(self.measures)
        needed = ("quantity", "direction", "unit") if self.is_grouped else ("date", "value")
        known = rows.sort is Sort.LIST and rows.items.sort is Sort.OBJECT and not rows.items.is_open
        lacking = [name for name in needed if name not in rows.items.fields] if known else []
        plain = rows.sort is Sort.LIST and rows.items.sort in (*_PLAIN, Sort.LIST)
        if lacking or plain or rows.sort in (*_PLAIN, Sort.OBJECT):
            names, note = join_items(lacking or needed, between=say(" and ")), objects_note(rows)
            message = say("{what} to keep need {names}", what=self.what, names=names)
            checker.report(Id.WRONG_TYPE, message, self.measures.spot.at(), note=note)
        self._check_point(checker)
        numbers = dict.fromkeys(("rows", "new", "changed", "unchanged", "dropped"), NUMBER)
        counted: dict[str, Shape] = {**numbers, "first": TEXT, "last": TEXT, "series": TEXT}
        if self.is_grouped:
            counted["kept"] = list_of(object_of({**counted, "unit": TEXT}, "kept"))
        return object_of(counted, "store")

    def _check_point(self, checker: Checker) -> None:
        """Check a literal point against the point of the call that returned the measures."""
        path, _ = read_of(self.measures)
        if not path or not self.point.is_constant:
            return
        reply = checker.shape_at(path)
        while reply.sort is Sort.LIST:
            reply = reply.items
        points = [one.allowed for name, one in reply.fields.items() if is_point(name)]
        if any(allowed and str(self.point.written) not in allowed for allowed in points):
            message = say("the measures are asked for another point")
            checker.report(Id.NOT_ALLOWED, message, self.point.spot.at())

    def run(self, scope: Scope, run: Run) -> Script[End]:
        rows = self.measures.evaluate_rows(scope)
        if rows is None:
            return Done(outputs=self._outputs([]), summary=say("nothing was asked for"))
        if not isinstance(rows, list | Rows):
            what, series = self.what, self.series
            message = say(
                "the {what} to keep for {series} are not a list", what=what, series=series
            )
            raise _wrong(message, self.measures)
        convention = self.stamped.evaluate(scope)
        if convention not in CONVENTIONS:
            names = ", ".join(CONVENTIONS)
            message = say(
                "{series} cannot be stamped so; one of {names} can", series=self.series, names=names
            )
            raise _wrong(message, self.stamped)
        point = str(self.point.evaluate(scope)) if rows else ""
        stamped_series = [
            (quantity, self._stamp(quantity, str(convention), run))
            for quantity in self._quantities(rows, point, scope)
        ]
        parts: list[KeptSeries] = []
        for quantity, stamped in stamped_series:
            parts.append((yield from self._keep(quantity, stamped, point, run)))
        outputs = self._outputs(parts)
        status = (
            Status.DONE if all(part.status is Status.DONE for part in parts) else Status.PARTIAL
        )
        if not outputs["rows"]:
            if status is Status.DONE:
                yield Emit(Warn(run.trail, say("{series}: no measures came", series=self.series)))
            return Done(outputs=outputs, status=status)
        return Done(outputs=outputs, summary=_summary(outputs), status=status)

    def uses(self) -> Uses:
        return Uses(keeps=(self.series,))

    def says(self) -> tuple[str, ...]:
        return (self.series,)

    def _quantities(self, rows: Sequence[Any], point: str, scope: Scope) -> list[Quantity]:
        """The quantities to keep, checked against the units and steps in the reply."""
        sources = enclosing_objects(self.measures, scope)
        if rows:
            check_reply(self.series, point, rows, sources)
        if not self.is_grouped:
            unit = str(self.unit.evaluate(scope)) if rows else ""
            if rows:
                blocks = blocks_of(rows, sources)
                check_quantities(self.series, blocks)
                check_units(self.series, unit, units_said(blocks, sources))
            kept = [Quantity(name=self.series, unit=unit, rows=rows)]
        else:
            try:
                kept = [*quantities(typed_blocks(rows, sources), self.series)]
            except ValueError as error:
                message = sentences(f"{self.series}:", exception_text(error))
                raise _wrong(message, self.measures) from None
        kept = [replace(one, rows=without_empty(one.rows)) for one in kept]
        for one in kept:
            check_rows(one.name, one.rows, sources.texts("step"))
            check_step(one.name, self.step, one.rows)
        return kept

    def _stamp(self, quantity: Quantity, convention: str, run: Run) -> StampedMeasures:
        """The measures of a series with intervals; measures in the future are left out."""
        from sgeflow.core.measures.civil_time import midnight
        from sgeflow.core.measures.impossible import leave_future_out
        from sgeflow.core.measures.stamps import stamp

        name = quantity.name
        stamped = stamp(
            quantity.rows,
            stamped=convention,
            step=self.step or step_without_words(name),
            signs=signs_of_series(name),
            otherwise=mark_otherwise(name),
            is_curve=is_curve(name),
        )
        measures, reasons = leave_future_out(
            stamped.measures, midnight(date.fromisoformat(run.today))
        )
        return replace(stamped, measures=measures, left_out=(*stamped.left_out, *reasons))

    def _keep(
        self, quantity: Quantity, stamped: StampedMeasures, point: str, run: Run
    ) -> Script[KeptSeries]:
        """Warn about doubtful values of one series, then keep the series."""
        from sgeflow.core.measures.impossible import tell_fall

        series = Series(point=point, name=quantity.name, unit=quantity.unit)
        for doubt in _doubts(series, stamped):
            yield Emit(Warn(run.trail, sentences(series.name, doubt, between=": ")))
        saved = Saved(new=0, changed=0, unchanged=0)
        if stamped.measures:
            key = run.key(f"save:{series.name}" if self.is_grouped else "save")
            saved = yield from ask(Save(key=key, series=series, measures=stamped.measures))
        if saved.fall:
            yield Emit(Warn(run.trail, sentences(series.name, tell_fall(saved.fall), between=": ")))
        return KeptSeries(series.name, series.unit, stamped, saved)

    def _outputs(self, parts: Sequence[KeptSeries]) -> Mapping[str, Any]:
        outputs = {"series": self.series, **_counts(parts)}
        return {**outputs, "kept": [part.outputs for part in parts]} if self.is_grouped else outputs


def _wrong(message: Message, template: Template) -> EvaluationError:
    return EvaluationError.of(Id.EVALUATION, message, at=template.spot.at())


class KeptSeries(Struct, frozen=True):
    """A stored series with its measures and the counts of the store."""

    series: str
    unit: str
    stamped: StampedMeasures
    saved: Saved

    @property
    def outputs(self) -> dict[str, Any]:
        """The outputs of the series that expressions read."""
        return {"series": self.series, "unit": self.unit, **_counts([self])}

    @property
    def status(self) -> Status:
        """Partial if some values were not kept: contradictions, or measures in the future."""
        is_partial = self.stamped.contradictions or self.stamped.left_out
        return Status.PARTIAL if is_partial else Status.DONE


def _counts(parts: Sequence[KeptSeries]) -> dict[str, Any]:
    """Counts of rows over several series, with the first and the last day."""
    from sgeflow.core.measures.civil_time import civil_day

    series = [part.stamped.measures for part in parts if part.stamped.measures]
    return {
        "rows": sum(len(part.stamped.measures) for part in parts),
        "new": sum(part.saved.new for part in parts),
        "changed": sum(part.saved.changed for part in parts),
        "unchanged": sum(part.saved.unchanged for part in parts),
        "dropped": sum(part.stamped.dropped for part in parts),
        "first": min((civil_day(measures[0].start) for measures in series), default=None),
        "last": max((civil_day(measures[-1].start) for measures in series), default=None),
    }


def _doubts(series: Series, stamped: StampedMeasures) -> Iterator[str]:
    """Warnings: values that were not kept, several peaks in one day, impossible values."""
    from sgeflow.core.measures.civil_time import civil
    from sgeflow.core.measures.impossible import tell_impossible

    yield from stamped.left_out
    if stamped.contradictions:
        first = stamped.contradictions[0]
        several = len({one.start for one in stamped.contradictions})
        yield say(
            "{starts} came more than once with different values, and none is kept (first "
            "{instant}: value {place} is {one}, value {other_place} is {other})",
            starts=say_count("{count:,} start", "{count:,} starts", count=several),
            instant=civil(first.start).isoformat(),
            place=first.places[0],
            one=first.values[0],
            other_place=first.places[1],
            other=first.values[1],
        )
    if peaks := warn_of_several_peaks(series.name, stamped.measures):
        yield peaks
    yield from tell_impossible(series, stamped.measures)
    yield from stamped.flags
    if count := stamped.dropped:
        yield say("rows without a value: {count:,}", count=count)


def _summary(outputs: Mapping[str, Any]) -> Message:
    days = (say_date(outputs[name]) for name in ("first", "last") if outputs[name])
    period = join_items(days, " → ")
    values = say("{count:,} {series}", count=outputs["rows"], series=outputs["series"])
    new = say_count("{count:,} new", "{count:,} new", count=outputs["new"])
    if outputs["changed"]:
        changed = say_count("{count:,} changed", "{count:,} changed", count=outputs["changed"])
        new = join_items([new, changed])
    return sentences(values, period, new, between=" · ")


VERB = Verb(
    spec=_Store,
    properties={
        "store": closed_object(
            {
                "series": text("the values to keep", pattern=SERIES),
                "point": text("the point of the measures"),
                "stamped": {
                    "anyOf": [{"enum": list(CONVENTIONS)}, {"pattern": r"^\$\{"}],
                    "type": "string",
                    "description": (
                        "meaning of the service's timestamps, or an expression that gives it"
                    ),
                },
                "unit": text("as the service names it: W, Wh, VA"),
                "step": duration("the step of rows without one"),
                "measures": {"description": "rows of {date, value, step, nature}"},
                "quantities": {
                    "description": "instead of measures: blocks of {quantity, direction, unit}"
                },
            },
            ("series", "point", "stamped"),
            called="a store",
        )
    },
    synonyms=("garder", "stocker", "save"),
)
