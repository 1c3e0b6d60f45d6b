"""`missing`: which days of a series are not kept whole, so that only they are asked for.

    - id: lacking
      missing:
        point: ${inputs.pointId}
        series: load_curve
        start: ${date_add(run.today, '-P28D')}
        end: ${run.today}
        longest: P7D

Looks at each civil day with `start <= day < end`. A day is whole when nothing of it lacks: of
half-hours 48, in spring 46, in autumn 50; of daily energy its value; of peaks one. With `all` true,
every day counts. Gives `days`, how many are to be asked for, `first`, the first of them, and `end`,
the day after the last, as `windows` and SGE's dates want it; both are null when every day is whole.
`periods` are the fewest {start, end} of at most `longest` that hold them, newest first, without the
weeks between that are kept. `kept` is the first day of which something is kept, null where nothing
is.

`known` are gaps as the step `gaps` gives them: what SGE had nothing of is then asked for only while
it is of the last week. `recheck: P28D` looks once a week at days of the last four weeks again: at
the known gaps, and at the oldest week whole, for values that were corrected. Older gaps, and days
that are disputed, are asked for again after a week, then after a month, then each quarter. The
point says on which days. `looked` says up to which day that was done; remember it and give it again
as `looked`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from msgspec import Struct

from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.verb import Keys, Verb, series_said
from sgeflow.core.engine.effects import Load, Note, Script, ask
from sgeflow.core.engine.step import Done, End, Run, Uses
from sgeflow.core.language.dates import civil_date, parse_duration
from sgeflow.core.language.schemas import closed_object, duration, text
from sgeflow.core.language.shapes import DAY, NUMBER, Shape, list_of, object_of
from sgeflow.core.language.template import Scope, Template
from sgeflow.core.measures.gaps import Period, Question, Recheck, ask_for, read_gaps
from sgeflow.core.model import Measure
from sgeflow.errors import Id, Location
from sgeflow.messages import Message, say, say_count


class MissingSpec(Struct, frozen=True, kw_only=True):
    """The series of a point, its days, and those to leave out or to look at again."""

    point: Template
    series: str
    at: Location
    start: Template
    end: Template
    all: Template
    known: Template
    looked: Template
    longest: int | None  # days
    recheck: int | None  # days

    @property
    def templates(self) -> tuple[Template, ...]:
        """All templates of the step."""
        return (self.point, self.start, self.end, self.all, self.known, self.looked)


def decode(keys: Keys) -> MissingSpec:
    """The series and its days."""
    return MissingSpec(
        point=keys.template("missing", "point"),
        series=keys.get("missing", "series"),
        at=keys.at("missing", "series"),
        start=keys.template("missing", "start"),
        end=keys.template("missing", "end"),
        all=keys.template("missing", "all", default=False),
        known=keys.template("missing", "known"),
        looked=keys.template("missing", "looked"),
        longest=_days(keys, "longest"),
        recheck=_days(keys, "recheck"),
    )


def check(spec: MissingSpec, checker: Checker) -> Shape:
    """The point and the days are computed."""
    checker.series(spec.series, spec.at)
    for template in spec.templates:
        checker.template(template)
    periods = list_of(object_of({"start": DAY, "end": DAY}, "periods[]"))
    dates = dict.fromkeys(("first", "end", "looked", "kept"), DAY)
    return object_of({"days": NUMBER, **dates, "periods": periods}, "missing")


def run(spec: MissingSpec, scope: Scope, run: Run) -> Script[End]:
    """Load the days and look; a run that goes on finds what it found before it kept anything."""
    from sgeflow.core.measures.sums import day_span, lacking_days

    point, first, last, wants_all, known, looked = (one.evaluate(scope) for one in spec.templates)
    between, point = day_span(spec.start, spec.end, first, last), str(point)
    first, last, (start, end) = between.first, between.last, between.instants
    loaded = yield from ask(
        Load(key=run.key("load"), point=point, name=spec.series, start=start, end=end)
    )
    kept = () if wants_all is True else loaded.measures
    lacking = lacking_days(kept, loaded.unit, first, last)
    recheck = _recheck(spec, point, last, looked)
    question = ask_for(
        lacking,
        Period(start=_day(first), end=_day(last)),
        () if wants_all is True else read_gaps(known, "known"),
        recheck,
    )
    about = [point, spec.series, first, last, *(["all"] if wants_all is True else [])]
    if known or recheck:
        about.append(_digest([known, looked, spec.longest, spec.recheck]))
    answer: dict[str, Any] = yield from ask(
        Note(
            key=run.key(f"missing:{':'.join(about)}"),  # what was noted answers that question alone
            value={**_answer(question, spec, recheck), "kept": _first_day(loaded.measures)},
        )
    )
    return Done(outputs=answer, summary=_summary(answer["days"], spec.series))


def uses(spec: MissingSpec) -> Uses:
    """The series."""
    return Uses(loads=(spec.series,))


def _answer(question: Question, spec: MissingSpec, recheck: Recheck | None) -> dict[str, Any]:
    whole = question.whole.dates if question.whole else {"start": None, "end": None}
    return {
        "days": len(question.days),
        "first": whole["start"],
        "end": whole["end"],
        "periods": [period.dates for period in question.periods(spec.longest)],
        "looked": recheck.upto.isoformat() if recheck else None,
    }


def _first_day(measures: Iterable[Measure]) -> str | None:
    """The day of the first of them, which are in order."""
    from sgeflow.core.measures.civil_time import civil_day

    first = next(iter(measures), None)
    return None if first is None else civil_day(first.start)


def _summary(days: int, series: str) -> Message:
    if not days:
        return say("nothing is missing")
    count = say_count("{count:,} day", "{count:,} days", count=days)
    return say("{days} of {series}", days=count, series=series)


def _recheck(spec: MissingSpec, point: str, today: str, looked: Any) -> Recheck | None:
    from sgeflow.core.measures.sums import day_text

    if spec.recheck is None:
        return None
    before = _day(day_text(looked, spec.looked)) if looked is not None else None
    return Recheck(days=spec.recheck, today=_day(today), point=point, looked=before)


def _days(keys: Keys, name: str) -> int | None:
    """A key's duration in days; it has no months and no hours."""
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


_BOOLEAN = {"type": ["string", "boolean"]}

VERB = Verb(
    name="missing",
    manual=__doc__ or "",
    properties={
        "missing": closed_object(
            {
                "point": text("whose measures"),
                "series": text("the kept series"),
                "start": text("the first day"),
                "end": text("the day after the last"),
                "all": {
                    **_BOOLEAN,
                    "description": "whether the days that are kept whole count, too",
                },
                "longest": duration("the most days of one of `periods`"),
                "known": {"description": "gaps {start, end, why} that are known"},
                "recheck": duration("the last days, of which a week is looked at again"),
                "looked": text("up to which day that was done"),
            },
            ("point", "series", "start", "end"),
            called="a missing",
        )
    },
    decode=decode,
    check=check,
    run=run,
    uses=uses,
    says=series_said,
    synonyms=("manquant", "manquants"),
)
