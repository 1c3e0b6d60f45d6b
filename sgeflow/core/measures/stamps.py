"""Turns rows of stamped values into intervals that begin at a known instant.

A stamp is the end of an interval on some points and its start on others. It has an offset in one
version of a service and none in the next. A stamp is a time, a day, a month or the instant of a
maximum power. A `Measure` always has its start in UTC.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate, chain, groupby, pairwise
from operator import add, sub
from typing import Any, NamedTuple

from msgspec import Struct

from sgeflow.core.language.dates import Duration, parse_duration
from sgeflow.core.measures.civil_time import civil, day_length, midnight, month_length
from sgeflow.core.measures.columns import Measures, quality_runs
from sgeflow.core.measures.conventions import (
    Convention,
    Sign,
    UnclearStamps,
    convention_of,
    signs_of_rows,
)
from sgeflow.core.measures.rows import Columns, check_step, read
from sgeflow.core.model import Measure
from sgeflow.errors import Id, InvalidValues, Problem
from sgeflow.messages import Message, exception_text, join_items, say, say_count

_SHORTEST_DAY = 82_800  # seconds of a spring day: anything shorter is an interval of a curve
_OFTEN = 3  # so many equal distances cannot be a coincidence of missing values
_LONGEST = 3600  # seconds: all steps of curves divide the hour


class Misfits(NamedTuple):
    """The starts of intervals that are impossible as written, with the reason."""

    starts: frozenset[int] = frozenset()
    reasons: tuple[Message, ...] = ()


def find_misfits(measures: Measures, *, ends: bool) -> Misfits:
    """Find the measures of an ordered curve that are impossible as written.

    The measures have one entry for each start. `ends` says whether the stamps mark the end of an
    interval.
    """
    starts, steps = measures.starts, {run.step for run in measures.runs}
    if len(starts) <= 1 or not 0 < min(steps) <= max(steps) < _SHORTEST_DAY:
        return Misfits()
    if len(steps) == 1 and _are_side_by_side(starts, *steps):  # the usual case
        return Misfits()
    lengths = [*measures.steps()]
    false = {*_false_steps([*map(add, starts, lengths)] if ends else starts, lengths)}
    places = [place for place in range(len(starts)) if place not in false]
    meeting = _meeting([starts[place] for place in places], [lengths[place] for place in places])
    reasons = []
    if false:
        first = min(false)
        wrong_step = say(
            "the step of {values} is not the distance between stamps: none is kept (first"
            " {instant}: {minutes:g} minutes)",
            values=say_count("{count:,} value", "{count:,} values", count=len(false)),
            instant=civil(starts[first]).isoformat(),
            minutes=lengths[first] / 60,
        )
        reasons.append(wrong_step)
    if meeting:
        overlap = say(
            "intervals overlap, and none of their values is kept (first {instant}, in all"
            " {count:,})",
            count=len(meeting),
            instant=civil(meeting[0]).isoformat(),
        )
        reasons.append(overlap)
    return Misfits(frozenset((*meeting, *(starts[place] for place in false))), tuple(reasons))


def _are_side_by_side(starts: array[int], step: int) -> bool:
    """Whether the intervals follow each other without a break or an overlap."""
    whole = range(starts[0], starts[-1] + 1, step)
    if len(whole) == len(starts) and starts == array("q", whole):
        return True
    least: int = min(map(sub, memoryview(starts)[1:], starts))
    return least == step


def _false_steps(stamps: Sequence[int], lengths: Sequence[int]) -> Iterator[int]:
    """The places whose step differs from the neighbours' step or from all stamps' distance."""
    runs = [[*some] for _, some in groupby(range(len(lengths)), key=lengths.__getitem__)]
    for number, places in enumerate(runs):
        step, first, last = lengths[places[0]], places[0], places[-1]
        inner = [stamps[after] - stamps[before] for before, after in pairwise(places)]
        if step in inner:
            continue
        if 0 < number < len(runs) - 1 and lengths[first - 1] == lengths[last + 1]:
            outer = (stamps[first] - stamps[first - 1], stamps[last + 1] - stamps[last])
            if {*inner, *outer} == {lengths[first - 1]}:
                yield from places
                continue
        distance, count = Counter(inner).most_common(1)[0] if inner else (0, 0)
        if step < distance <= _LONGEST and count >= _OFTEN and 2 * count > len(inner):
            yield from places


def _meeting(starts: Sequence[int], lengths: Sequence[int]) -> list[int]:
    """The starts of intervals that overlap each other."""
    ends = [*map(add, starts, lengths)]
    reached = chain((starts[0] if starts else 0,), accumulate(ends, max))
    following = chain(starts[1:], (ends[-1] if ends else 0,))
    return [
        start
        for start, end, before, after in zip(starts, ends, reached, following, strict=False)
        if before > start or after < end
    ]


class MissingStep(InvalidValues):
    """A value of a curve does not say how long its interval is."""

    def __init__(self, stamp: str) -> None:
        super().__init__(
            Problem(
                id=Id.INVALID_VALUE,
                message=say("the value at {stamp} has no step of a clock, like PT30M", stamp=stamp),
                details=(("remedy", say("write the step of the curve: `step: PT30M`")),),
            )
        )


class Contradiction(Struct, frozen=True, kw_only=True):
    """Two different values of one start, with their numbers among the series' values from 1.

    They may differ only in their steps.
    """

    start: int
    values: tuple[int | float, int | float]
    places: tuple[int, int]


class StampedMeasures(Struct, frozen=True, kw_only=True):
    """Measures ordered by start, one for each start, with the number of empty rows and warnings.

    Starts with two different values are missing, and so are the rows of `left_out`, which has the
    reasons.
    """

    measures: Measures
    dropped: int = 0
    contradictions: tuple[Contradiction, ...] = ()
    left_out: tuple[Message, ...] = ()
    flags: tuple[str, ...] = ()
    marks: frozenset[Convention] = frozenset()  # conventions told by signs


def stamp(
    rows: Sequence[Mapping[str, Any]],
    *,
    stamped: str = "auto",
    step: str | None = None,
    signs: Sequence[Sign] = (),
    otherwise: str = "auto",
    is_curve: bool = False,
) -> StampedMeasures:
    """Turn the rows `{date, value, step?, nature?, validity?}` of one series into measures.

    A row without a value (null) is dropped and counted; a zero is kept. Rows for the same start
    with different values are all dropped.

    Args:
        rows: of one series, in any order.
        stamped: what the stamps mark; with "auto" signs tell it of a curve.
        step: `PT30M`, `P1D` or `P1M`, for rows that name none.
        signs: those that are known beside the rows; rows have signs of their own.
        otherwise: what the stamps of a curve mark where no sign tells.
        is_curve: whether the rows are a curve; without steps others are days or peaks.

    Raises:
        InvalidValues: a row that cannot be read; stamps of a curve whose signs tell the contrary.
        MissingStep: a value of a curve without a step of the clock.
        UnclearStamps: stamps whose meaning cannot be told.
    """
    try:
        default = None if step is None else parse_duration(step)
        if default is not None:
            check_step(default, step)
    except ValueError as error:
        raise InvalidValues.of(Id.INVALID_VALUE, exception_text(error)) from None
    columns = read(rows, default)
    convention, marks = Convention(stamped), frozenset[Convention]()
    if convention is Convention.AUTO:
        if is_curve:
            # without its step, a value would be taken for a maximum power, or shifted by the step
            for instant, one in zip(columns.instants, columns.steps, strict=True):
                if one is None or not one.seconds:
                    raise MissingStep(civil(instant).isoformat())
        convention, marks = _infer(rows, columns, signs, Convention(otherwise))
    elif is_curve and columns.values:
        _check_marks(rows, columns, signs, convention)
    starts, lengths = _intervals(columns, convention)
    came = Measures(starts, columns.values, quality_runs(lengths, columns.natures))
    contradictions = tuple(_contradictions(came))
    measures = came.one_a_start().without({one.start for one in contradictions})
    misfits = find_misfits(measures, ends=convention is Convention.END)
    return StampedMeasures(
        measures=measures.without(misfits.starts),
        dropped=columns.dropped,
        contradictions=contradictions,
        left_out=(*columns.left_out, *misfits.reasons),
        flags=(*columns.flags, *_timeless_peaks(columns, convention)),
        marks=marks,
    )


def _infer(
    rows: Sequence[Mapping[str, Any]],
    columns: Columns,
    signs: Sequence[Sign],
    otherwise: Convention,
) -> tuple[Convention, frozenset[Convention]]:
    """The convention of a curve's stamps, and the conventions that signs tell."""
    if not any(step is not None and step.seconds for step in columns.steps):
        return _of_calendar(columns, otherwise), frozenset()
    try:
        convention = convention_of((*signs, *signs_of_rows(rows, columns.natures, columns.steps)))
    except UnclearStamps as error:
        if otherwise is Convention.AUTO:
            raise
        return otherwise, error.marks
    if convention is not None:
        return convention, frozenset((convention,))
    if otherwise is Convention.AUTO:
        raise UnclearStamps(
            say("the stamps do not tell whether they mark the end or the start of an interval")
        )
    return otherwise, frozenset()


def _check_marks(
    rows: Sequence[Mapping[str, Any]],
    columns: Columns,
    signs: Sequence[Sign],
    convention: Convention,
) -> None:
    """Refuse the stated convention if all signs tell the opposite."""
    known = (*signs, *signs_of_rows(rows, columns.natures, columns.steps))
    if known and all(sign.marks is not convention for sign in known):
        raise InvalidValues.of(
            Id.INVALID_VALUE,
            say(
                "the stamps are said to mark the {said}, and the {marks} by {signs}",
                said=convention.value,
                signs=join_items([sign.what for sign in known]),
                marks=known[0].marks.value,
            ),
            details=(("remedy", say("write `stamped: end` for C5 and P4, `stamped: start` else")),),
        )


def _of_calendar(columns: Columns, otherwise: Convention) -> Convention:
    """The convention of rows without a step of the clock: days, months, or instants of peaks.

    If all times are midnight, a row may be a day, or a maximum power at midnight.
    """
    if "time" not in columns.forms or any(step is not None for step in columns.steps):
        return Convention.DAY
    is_midnight = all(
        midnight(day) == instant
        for day, instant in zip(columns.days, columns.instants, strict=True)
    )
    is_day = is_midnight and otherwise is not Convention.INSTANT
    return Convention.DAY if is_day else Convention.INSTANT


def _intervals(columns: Columns, convention: Convention) -> tuple[Sequence[int], Sequence[int]]:
    """The starts (UTC epoch seconds) and the lengths (seconds) of the intervals."""
    if convention is Convention.DAY:
        months = "month" in columns.forms
        starts, lengths = [], []
        for day, step in zip(columns.days, columns.steps, strict=True):
            is_month = months or bool(step and step.months)
            starts.append(midnight(day.replace(day=1) if is_month else day))
            lengths.append(month_length(day) if is_month else day_length(day))
        return starts, lengths
    if convention is Convention.INSTANT:
        return columns.instants, [0] * len(columns.instants)
    ends = convention is Convention.END
    lengths = [
        step.seconds if step is not None and step.seconds else _calendar_step(day, step, ends=ends)
        for day, step in zip(columns.days, columns.steps, strict=True)
    ]
    return list(map(sub, columns.instants, lengths)) if ends else columns.instants, lengths


def _calendar_step(day: date, step: Duration | None, *, ends: bool) -> int:
    """The seconds of the civil day or month that begins, or ends, at midnight of a day."""
    measured = day - timedelta(days=1) if ends else day
    if step and step.months == 1:
        return month_length(measured)
    if step and step.days == 1:
        return day_length(measured)
    steps = say("has no step") if step is None else say("has a step other than P1D, P1M or minutes")
    raise InvalidValues.of(
        Id.INVALID_VALUE,
        say("the measure of {day} {found}", day=day, found=steps),
        details=(("remedy", say("give the series a step like PT30M, or write `stamped: day`")),),
    )


def _timeless_peaks(columns: Columns, convention: Convention) -> list[str]:
    if convention is Convention.INSTANT and columns.forms & {"month"}:
        return [say("some peaks are written as a month; they are kept at its first instant")]
    if convention is Convention.INSTANT and "time" not in columns.forms and columns.values:
        return [say("the peaks are written without a time; they are kept at midnight")]
    return []


def _contradictions(measures: Measures) -> Iterator[Contradiction]:
    """The measures whose value or step differs from the measure before them with the same start."""
    if measures.is_in_order:
        return
    last: dict[int, tuple[int, Measure]] = {}
    for place, one in enumerate(measures, 1):
        earlier, before = last.get(one.start, (place, one))
        if (before.value, before.step) != (one.value, one.step):
            values = before.value, one.value
            yield Contradiction(start=one.start, values=values, places=(earlier, place))
        last[one.start] = place, one
