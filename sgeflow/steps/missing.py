"""`missing`: find the incomplete days of a series, so that the flow asks only for these days.

    - id: lacking
      missing:
        point: ${inputs.pointId}
        series: load_curve
        start: ${date_add(run.today, '-P28D')}
        end: ${run.today}
        longest: P7D

The step looks at each civil day with `start <= day < end`. A day is complete if it has 48
half-hours (46 in spring, 50 in autumn), its daily energy, or one peak. With `all: true` every day
counts as incomplete.

Outputs: `days`, the number of days to ask for; `first`, the first of these days; `end`, the day
after the last one, as `windows` and excluded ends need it (both null if all days are complete);
`periods`, the fewest {start, end} of at most `longest` that hold these days, newest first, without
complete weeks between them; and `kept`, the first day with kept values (null if there is none).

`known` has the periods that `gaps` gave. Days without values at the service are then asked for only
during their first week. With `recheck: P28D` the step asks again, once a week, for the known gaps
of the last four weeks and for the oldest of these weeks as a whole, because values may have been
corrected.

Older gaps and disputed days are asked for again after a week, then after a month, then every
quarter; the day depends on the point. `looked` is the last day that was rechecked: remember it, and
give it to the next run as `looked`.
"""

import json
from datetime import date
from typing import Any, Self

from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.verb import SERIES_KEYS, Keys, SeriesSpec, Verb
from sgeflow.core.engine.effects import Note, Script, ask
from sgeflow.core.engine.step import Done, End, Run
from sgeflow.core.language.dates import civil_date, parse_duration
from sgeflow.core.language.schemas import closed_object, duration, text
from sgeflow.core.language.shapes import DAY, NUMBER, Shape, list_of, object_of
from sgeflow.core.language.template import Scope, Template
from sgeflow.core.measures.gaps import Period, Recheck, ask_for, read_gaps
from sgeflow.errors import Id
from sgeflow.messages import Message, say, say_count


class _Missing(SeriesSpec, frozen=True, kw_only=True):
    all: Template = Template(written=False)
    known: Template
    looked: Template
    longest: int | None  # days
    recheck: int | None  # days

    @classmethod
    def decode(cls, keys: Keys) -> Self:
        days = {name: _days(keys, name) for name in ("longest", "recheck")}
        return cls(**{**keys.values_of(cls), **days})

    def check(self, checker: Checker) -> Shape:
        self.check_names(checker)
        periods = list_of(object_of({"start": DAY, "end": DAY}, "periods[]"))
        dates = dict.fromkeys(("first", "end", "looked", "kept"), DAY)
        return object_of({"days": NUMBER, **dates, "periods": periods}, "missing")

    def run(self, scope: Scope, run: Run) -> Script[End]:
        """Find the days; a resumed run uses the days noted before it was stopped."""
        from sgeflow.core.measures.civil_time import civil_day
        from sgeflow.core.measures.sums import day_text, lacking_days

        point, start, end, wants_all, known, looked = (
            one.evaluate(scope) for one in self.templates
        )
        days, loaded = yield from self.load(point, start, end, run)
        point, first, last = str(point), days.first, days.last
        lacking = lacking_days(
            () if wants_all is True else loaded.measures, loaded.unit, first, last
        )
        recheck = None
        if self.recheck is not None:
            before = _day(day_text(looked, self.looked)) if looked is not None else None
            recheck = Recheck(days=self.recheck, today=_day(last), point=point, looked=before)
        gaps = () if wants_all is True else read_gaps(known, "known")
        question = ask_for(lacking, Period(start=_day(first), end=_day(last)), gaps, recheck)
        about = [point, self.series, first, last, *(["all"] if wants_all is True else [])]
        if known or recheck:
            about.append(_digest([known, looked, self.longest, self.recheck]))
        whole = question.whole.dates if question.whole else {"start": None, "end": None}
        value = {
            "days": len(question.days),
            "first": whole["start"],
            "end": whole["end"],
            "periods": [period.dates for period in question.periods(self.longest)],
            "looked": recheck.upto.isoformat() if recheck else None,
            "kept": civil_day(loaded.measures[0].start) if loaded.measures else None,
        }
        # the noted days are valid for this question alone
        effect = Note(key=run.key(f"missing:{':'.join(about)}"), value=value)
        answer: dict[str, Any] = yield from ask(effect)
        return Done(outputs=answer, summary=_summary(answer["days"], self.series))


def _summary(days: int, series: str) -> Message:
    if not days:
        return say("nothing is missing")
    count = say_count("{count:,} day", "{count:,} days", count=days)
    return say("{days} of {series}", days=count, series=series)


def _days(keys: Keys, name: str) -> int | None:
    """A duration in whole days, without months and hours."""
    written = keys.get("missing", name)
    if written is None:
        return None
    length = parse_duration(written)
    if length.days <= 0 or length.months or length.seconds:
        message = say("{name} is a number of days, like P7D", name=name)
        keys.report(Id.NOT_ALLOWED, message, "missing", name)
    return max(length.days, 1)


def _day(written: str) -> date:
    return date.fromisoformat(civil_date(written))


def _digest(value: Any) -> str:
    from hashlib import sha256

    return sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


VERB = Verb(
    spec=_Missing,
    properties={
        "missing": closed_object(
            {
                **SERIES_KEYS,
                "all": {
                    "type": ["string", "boolean"],
                    "description": "also count the days that are complete",
                },
                "longest": duration("the longest of `periods`"),
                "known": {"description": "gaps {start, end, why} that are known"},
                "recheck": duration(
                    "the recent days of which one week is asked for again, once a week"
                ),
                "looked": text("the last day that was rechecked"),
            },
            tuple(SERIES_KEYS),
            called="a missing",
        )
    },
    synonyms=("manquant", "manquants"),
)
