"""`gaps`: tell why days of a series are missing.

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

The step runs after the received measures have been kept. It looks at the incomplete civil days, as
`missing` does. `asked` has the periods that this run asked for, as {start, end, why}. `known` has
the periods that this step gave in an earlier run.

A day is missing for one of four reasons (`why`). `contract`: the day is before `since`. `consent`:
the service refuses it because there is no consent. `none`: the service has no values, or not all.
`unasked`: the day has not been asked for yet, or no answer came.

`disputed` lists kept days {day} that disagree with another series, as `aggregate` gives them in
`differences`. They are also among `periods`, with the reason `disputed`, and have their own count.

Outputs: `periods`, a list of {start, end, why}, oldest first, to remember and to give to `missing`
as `known`; `days`, the number of missing days; and the number of days for each reason, by its name.
A period that is asked for again also has `asked`, the day of the last request, and `wait`, the time
until the next one: a week, then a month, then a quarter.
"""

from collections.abc import Mapping
from datetime import date

from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.verb import SERIES_KEYS, SeriesSpec, Verb
from sgeflow.core.engine.effects import Script
from sgeflow.core.engine.step import Done, End, Run
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
from sgeflow.messages import Message, join_items, say, say_count, sentences


class _Gaps(SeriesSpec, frozen=True, kw_only=True):
    since: Template
    asked: Template
    known: Template
    disputed: Template

    def check(self, checker: Checker) -> Shape:
        self.check_names(checker)
        facts = {"start": DAY, "end": DAY, "why": TEXT, "asked": DAY, "wait": TEXT}
        gap = object_of(facts, "periods[]")
        counts = dict.fromkeys(("days", *REASONS, DISPUTED), NUMBER)
        return object_of({**counts, "periods": list_of(gap)}, "gaps")

    def run(self, scope: Scope, run: Run) -> Script[End]:
        from sgeflow.core.measures.sums import day_text, lacking_days

        point, start, end, since, answers, known, disputed = (
            one.evaluate(scope) for one in self.templates
        )
        days, loaded = yield from self.load(point, start, end, run)
        began = None
        if since is not None:
            began = date.fromisoformat(civil_date(day_text(since, self.since)))
        periods = gaps(
            lacking_days(loaded.measures, loaded.unit, days.first, days.last),
            began,
            Asking(
                today=date.fromisoformat(run.today),
                point=str(point),
                asked=read_gaps(answers, "asked"),
                known=read_gaps(known, "known"),
            ),
            [
                day
                for day in read_days(disputed, "disputed")
                if days.first <= day.isoformat() < days.last
            ],
        )
        counted = count_days(periods)
        count = sum(counted[why] for why in REASONS)
        outputs = {"days": count, **counted, "periods": [gap.note for gap in periods]}
        return Done(outputs=outputs, summary=_summary(count, counted))


def _summary(days: int, counted: Mapping[str, int]) -> Message:
    if not days:
        return say("nothing is missing")
    reasons = {
        CONTRACT: say("{count:,} before the contract", count=counted[CONTRACT]),
        CONSENT: say("{count:,} without a consent", count=counted[CONSENT]),
        NONE: say("{count:,} that the service does not have", count=counted[NONE]),
        UNASKED: say("{count:,} not asked for yet", count=counted[UNASKED]),
    }
    parts = [reasons[why] for why in REASONS if counted[why]]
    total = say_count("{count:,} day is missing", "{count:,} days are missing", count=days)
    return sentences(total, join_items(parts, between=", "), between=": ")


VERB = Verb(
    spec=_Gaps,
    properties={
        "gaps": closed_object(
            {
                **SERIES_KEYS,
                "since": text("the day on which the contract began"),
                "asked": {"description": "the periods {start, end, why} that this run asked for"},
                "known": {"description": "earlier outputs of this step"},
                "disputed": {"description": "kept days {day} that disagree with another series"},
            },
            tuple(SERIES_KEYS),
            called="a gaps",
        )
    },
    synonyms=("trous", "lacunes", "holes"),
)
