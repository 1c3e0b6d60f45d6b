"""SGE's rows of stamped values turned into intervals that begin at a known instant.

SGE writes the end of an interval on some points and its start on others, an offset in one
version of a service and none in the next, a day, a month or the instant of a peak (sge.md 5.1 to
5.3). A `Measure` always says the start, in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from sgeflow.core.language.dates import Duration, parse_duration
from sgeflow.core.measures.civil_time import civil, day_length, midnight, month_length
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
from sgeflow.messages import say, why

_Interval = tuple[int, int]
"""Start in UTC epoch seconds, and length in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamped:
    """Measures in order of their start, one a start; how many rows held no value; warnings."""

    measures: tuple[Measure, ...]
    dropped: int = 0
    flags: tuple[str, ...] = ()


def stamp(
    rows: Sequence[Mapping[str, Any]],
    *,
    stamped: str = "auto",
    step: str | None = None,
    signs: Sequence[Sign] = (),
    otherwise: str = "auto",
) -> Stamped:
    """Turn rows `{date, value, step?, nature?, validity?}` of one series into measures.

    `step` (`PT30M`, `P1D`, `P1M`) is for rows that name none. With `stamped="auto"` signs tell what
    the stamps of a curve mark: `signs`, which are known beside the rows, and those of the rows;
    `otherwise` is what they mark where nothing tells. A row without a value (null) is dropped and
    counted, a zero is kept. Of rows for the same start the last one is kept.

    Raises:
        InvalidValues: a row that cannot be read.
        UnclearStamps: stamps whose meaning cannot be told.
    """
    columns = read(rows, _default_step(step))
    convention = Convention(stamped)
    if convention is Convention.AUTO:
        convention = _inferred(rows, columns, signs, Convention(otherwise))
    intervals = _intervals(columns, convention)
    measures = tuple(
        Measure(start, value, length, nature)
        for (start, length), value, nature in zip(
            intervals, columns.values, columns.natures, strict=True
        )
    )
    flags = [*columns.flags, *_timeless_peaks(columns, convention)]
    return Stamped(
        measures=_one_a_start(measures, flags), dropped=columns.dropped, flags=tuple(flags)
    )


def _default_step(text: str | None) -> Duration | None:
    if text is None:
        return None
    try:
        step = parse_duration(text)
        check_step(step, text)
    except ValueError as error:
        raise InvalidValues(Problem(id=Id.INVALID_VALUE, message=why(error))) from None
    return step


def _inferred(
    rows: Sequence[Mapping[str, Any]],
    columns: Columns,
    signs: Sequence[Sign],
    otherwise: Convention,
) -> Convention:
    if not any(step is not None and step.seconds for step in columns.steps):
        return _of_calendar(columns)
    try:
        found = convention_of((*signs, *signs_of_rows(rows, columns.natures, columns.steps)))
    except UnclearStamps:
        if otherwise is Convention.AUTO:
            raise
        return otherwise
    if found is not None:
        return found
    return otherwise if otherwise is not Convention.AUTO else _of_whole_days(columns)


def _of_calendar(columns: Columns) -> Convention:
    """Rows without a step of the clock are days, months or, with times of day, peaks."""
    has_step = any(step is not None for step in columns.steps)
    peaks = "time" in columns.forms and any(
        midnight(day) != instant
        for day, instant in zip(columns.days, columns.instants, strict=True)
    )
    return Convention.INSTANT if peaks and not has_step else Convention.DAY


def _of_whole_days(columns: Columns) -> Convention:
    """Where nothing tells, whole days do: they begin at 00:00, or a step later.

    Of days with a hole the first stamp would tell one thing before it and another without it.
    """
    found = [
        convention
        for convention in (Convention.START, Convention.END)
        if _are_whole_days(_intervals(columns, convention))
    ]
    if len(found) == 1:
        return found[0]
    raise UnclearStamps(
        say("the stamps do not tell whether they mark the end or the start of an interval")
    )


def _are_whole_days(intervals: list[_Interval]) -> bool:
    """Whether each civil day that an interval lies in is covered from midnight to midnight."""
    end: int | None = None
    for start, length in sorted(set(intervals)):
        if start != end and not (_is_midnight(start) and (end is None or _is_midnight(end))):
            return False
        end = start + length
    return end is not None and _is_midnight(end)


def _is_midnight(instant: int) -> bool:
    return midnight(civil(instant).date()) == instant


def _intervals(columns: Columns, convention: Convention) -> list[_Interval]:
    if convention is Convention.DAY:
        months = "month" in columns.forms
        return [
            _calendar_interval(day, months=months or bool(step and step.months))
            for day, step in zip(columns.days, columns.steps, strict=True)
        ]
    if convention is Convention.INSTANT:
        return [(instant, 0) for instant in columns.instants]
    ends = convention is Convention.END
    intervals: list[_Interval] = []
    for instant, day, step in zip(columns.instants, columns.days, columns.steps, strict=True):
        if step is not None and step.seconds:
            length = step.seconds
        else:
            length = _calendar_step(day, step, ends=ends)
        intervals.append((instant - length if ends else instant, length))
    return intervals


def _calendar_interval(day: date, *, months: bool) -> _Interval:
    if months:
        return midnight(day.replace(day=1)), month_length(day)
    return midnight(day), day_length(day)


def _calendar_step(day: date, step: Duration | None, *, ends: bool) -> int:
    """The seconds of the civil day or month that begins, or ends, at a day's midnight."""
    measured = day - timedelta(days=1) if ends else day
    if step and step.months == 1:
        return month_length(measured)
    if step and step.days == 1:
        return day_length(measured)
    found = (
        say("has no step")
        if step is None
        else say("has a step that is neither P1D, P1M nor of a clock")
    )
    raise InvalidValues(
        Problem(
            id=Id.INVALID_VALUE,
            message=say("the measure of {day} {found}", day=day, found=found),
            details=(
                ("remedy", say("give the series a step like PT30M, or write `stamped: day`")),
            ),
        )
    )


def _timeless_peaks(columns: Columns, convention: Convention) -> list[str]:
    if convention is Convention.INSTANT and columns.forms & {"month"}:
        return [say("some peaks are written as a month; they are kept at its first instant")]
    if convention is Convention.INSTANT and "time" not in columns.forms and columns.values:
        return [say("the peaks are written without a time; they are kept at midnight")]
    return []


def _one_a_start(measures: tuple[Measure, ...], flags: list[str]) -> tuple[Measure, ...]:
    if all(before.start < after.start for before, after in pairwise(measures)):
        return measures
    kept: dict[int, Measure] = {}
    differing = 0
    for measure in measures:
        before = kept.get(measure.start)
        differing += before is not None and before.value != measure.value
        kept[measure.start] = measure
    if differing:
        flags.append(
            say(
                "{count} starts came more than once with different values; the last one is kept",
                count=differing,
            )
        )
    return tuple(kept[start] for start in sorted(kept))
