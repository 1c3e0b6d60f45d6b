"""`gaps`: why days of a series are not there.

    - id: lacking
      gaps:
        point: ${inputs.pointId}
        series: load_curve
        start: ${date_add(run.today, '-P28D')}
        end: ${run.today}
        since: ${state.startDate}
        asked: ${steps.weeks.items[].asked}
        known: ${state.gaps}
        disputed: ${steps.compared.differences}

Looks at the civil days of which something lacks, as `missing` does, after what came is kept.
`asked` are the periods that SGE was asked for now, {start, end, why}; `known` what this step gave
earlier. A day lacks for one of four reasons (`why`): `contract`, it is before `since`; `consent`,
SGE refuses it for want of a consent; `none`, SGE was asked and has nothing, or not all; `unasked`,
it was not asked for yet, or there was no answer. Gives `periods`, {start, end, why}, oldest first,
to remember and to give to `missing` as `known`; `days`, how many lack; and how many for each
reason, by its name.

`disputed` are days {day} that are kept and do not agree with another series, as `aggregate` lists
them in `differences`. They are among `periods`, too (`why` is `disputed`), and counted apart.
Periods that are asked for again have the day on which they were last asked for (`asked`), and how
long they wait (`wait`): a week, then a month, then a quarter.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.verb import Keys, Verb, series_said
from sgeflow.core.engine.effects import Load, Script, ask
from sgeflow.core.engine.step import Done, End, Run, Uses
from sgeflow.core.language.dates import civil_date
from sgeflow.core.language.schemas import closed_object, text
from sgeflow.core.language.shapes import DAY, NUMBER, TEXT, Shape, list_of, object_of
from sgeflow.core.language.template import Scope, Template
from sgeflow.core.measures.gaps import (
    CONSENT,
    CONTRACT,
    DISPUTED,
    NONE,
    REASONS,
    UNASKED,
    Asking,
    count_days,
    gaps,
    read_days,
    read_gaps,
)
from sgeflow.errors import Location
from sgeflow.messages import Message, join_items, say, say_count, sentences


class GapsSpec(Struct, frozen=True, kw_only=True):
    """The series of a point, its days, and the gaps that are known."""

    point: Template
    series: str
    at: Location
    start: Template
    end: Template
    since: Template
    asked: Template
    known: Template
    disputed: Template

    @property
    def templates(self) -> tuple[Template, ...]:
        """All templates of the step."""
        dates = (self.point, self.start, self.end, self.since)
        return (*dates, self.asked, self.known, self.disputed)


def decode(keys: Keys) -> GapsSpec:
    """The series, its days, and what is known."""
    return GapsSpec(
        point=keys.template("gaps", "point"),
        series=keys.get("gaps", "series"),
        at=keys.at("gaps", "series"),
        start=keys.template("gaps", "start"),
        end=keys.template("gaps", "end"),
        since=keys.template("gaps", "since"),
        asked=keys.template("gaps", "asked"),
        known=keys.template("gaps", "known"),
        disputed=keys.template("gaps", "disputed"),
    )


def check(spec: GapsSpec, checker: Checker) -> Shape:
    """The days and what is known are computed."""
    checker.series(spec.series, spec.at)
    for template in spec.templates:
        checker.template(template)
    facts = {"start": DAY, "end": DAY, "why": TEXT, "asked": DAY, "wait": TEXT}
    gap = object_of(facts, "periods[]")
    counts = dict.fromkeys(("days", *REASONS, DISPUTED), NUMBER)
    return object_of({**counts, "periods": list_of(gap)}, "gaps")


def run(spec: GapsSpec, scope: Scope, run: Run) -> Script[End]:
    """Load the days, and say of each that lacks why."""
    from sgeflow.core.measures.sums import day_span, day_text, lacking_days

    point, first, last, since, answers, known, disputed = (
        one.evaluate(scope) for one in spec.templates
    )
    between = day_span(spec.start, spec.end, first, last)
    first, last, (start, end) = between.first, between.last, between.instants
    loaded = yield from ask(
        Load(key=run.key("load"), point=str(point), name=spec.series, start=start, end=end)
    )
    periods = gaps(
        lacking_days(loaded.measures, loaded.unit, first, last),
        date.fromisoformat(civil_date(day_text(since, spec.since))) if since is not None else None,
        Asking(
            today=date.fromisoformat(run.today),
            point=str(point),
            asked=read_gaps(answers, "asked"),
            known=read_gaps(known, "known"),
        ),
        [day for day in read_days(disputed, "disputed") if first <= day.isoformat() < last],
    )
    counted = count_days(periods)
    days = sum(counted[why] for why in REASONS)
    outputs = {
        "days": days,
        **counted,
        "periods": [gap.note for gap in periods],
    }
    return Done(outputs=outputs, summary=_summary(days, counted))


def uses(spec: GapsSpec) -> Uses:
    """The series."""
    return Uses(loads=(spec.series,))


def _summary(days: int, counted: Mapping[str, int]) -> Message:
    if not days:
        return say("nothing is missing")
    reasons = {
        CONTRACT: say("{count:,} before the contract", count=counted[CONTRACT]),
        CONSENT: say("{count:,} without a consent", count=counted[CONSENT]),
        NONE: say("{count:,} that SGE does not have", count=counted[NONE]),
        UNASKED: say("{count:,} not asked for yet", count=counted[UNASKED]),
    }
    parts = [reasons[why] for why in REASONS if counted[why]]
    total = say_count("{count:,} day is missing", "{count:,} days are missing", count=days)
    return sentences(total, join_items(parts, between=", "), between=": ")


VERB = Verb(
    name="gaps",
    manual=__doc__ or "",
    properties={
        "gaps": closed_object(
            {
                "point": text("whose measures"),
                "series": text("the kept series"),
                "start": text("the first day"),
                "end": text("the day after the last"),
                "since": text("the day on which the contract began"),
                "asked": {"description": "the periods {start, end, why} that were asked for"},
                "known": {"description": "what this step gave earlier"},
                "disputed": {"description": "days {day} that do not agree with others"},
            },
            ("point", "series", "start", "end"),
            called="a gaps",
        )
    },
    decode=decode,
    check=check,
    run=run,
    uses=uses,
    says=series_said,
    synonyms=("trous", "lacunes", "holes"),
)
