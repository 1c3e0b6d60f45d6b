"""Whether what came is what a series is kept of: its unit, its steps, what its stamps mark.

A series says by its name what it holds. Rows that say of themselves something else are not kept:
no later sum or comparison would tell them apart from what they are taken for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sgeflow.core.language.dates import Duration, parse_duration
from sgeflow.core.language.rows import column
from sgeflow.core.measures.blank_values import is_blank
from sgeflow.core.measures.conventions import Convention
from sgeflow.core.measures.series import is_curve
from sgeflow.errors import Id, InvalidValues, Problem
from sgeflow.messages import Message, join_items, say

UNITS = {"load_curve": "W", "daily_energy": "Wh", "max_power": "VA"}
"""The units of the series that SGE gives a household (CMD v2 and v3); others say theirs."""

_STEPS = {"daily_energy": "P1D", "monthly_max_power": "P1M", "max_power": "P1D"}
_WORDS = ("step", "nature", "validity")
_CLOCK = "PT"  # how the step of a curve begins
_MIDNIGHT = ("", "00:00", "00:00:00")
_MARKS = {
    "daily_energy": (Convention.DAY, Convention.START, Convention.END, Convention.AUTO),
    "max_power": (Convention.INSTANT, Convention.DAY, Convention.AUTO),
    "monthly_max_power": (Convention.INSTANT, Convention.DAY, Convention.AUTO),
}
_CURVE_MARKS = (Convention.END, Convention.START, Convention.AUTO)


def allowed_marks(series: str) -> tuple[str, ...]:
    """What the stamps of a series can mark; all there is for a series of a name of its own."""
    if is_curve(series):
        return tuple(one.value for one in _CURVE_MARKS)
    return tuple(one.value for one in _MARKS.get(_base(series), tuple(Convention)))


def mark_otherwise(series: str) -> Convention:
    """What stamps mark where nothing tells: a day's highest power may have been at midnight."""
    return Convention.INSTANT if _base(series) == "max_power" else Convention.AUTO


def step_without_words(series: str) -> str | None:
    """The step of rows that say none, where it is that of their series: a month's highest power.

    The detailed measures v2 stamp a month as they do a day, and give neither a step.
    """
    base = _base(series)
    return _STEPS[base] if base == "monthly_max_power" else None


def check_rows(
    series: str, rows: Sequence[Mapping[str, Any]], steps_said: Iterable[str] = ()
) -> None:
    """Refuse rows that say another step than a series has, or of which the reply says it.

    Raises:
        InvalidValues: half-hours as days, days as a curve, stamps of a clock as days; a word of a
            row that is no text, as of a reply that says it twice.
    """
    for name in _WORDS:
        _check_words(rows, name)
    steps = {*column(rows, "step")} | {one for one in steps_said if _length(one)}
    wrong = sorted(str(step) for step in steps if not is_blank(step) and not _fits(series, step))
    if wrong:
        raise contradiction(
            say(
                "rows with the step {steps} are not kept as {series}",
                steps=join_items(wrong),
                series=series,
            )
        )
    if _base(series) == "daily_energy":
        for date in column(rows, "date"):
            time = str(date).replace("T", " ").partition(" ")[2]
            if time[:8].rstrip("Z") not in _MIDNIGHT:
                message = say("the value at {stamp} is not one of a day", stamp=date)
                raise contradiction(message)


def _check_words(rows: Sequence[Mapping[str, Any]], name: str) -> None:
    words = column(rows, name)
    if not {*map(type, words)} - {str, type(None)}:
        return
    for number, word in enumerate(words, 1):
        if not (isinstance(word, str) or is_blank(word)):
            from sgeflow.core.measures.rows import not_text, row_error

            raise row_error(number, len(rows), not_text(name, word))


def check_step(series: str, step: str | None, rows: Sequence[Mapping[str, Any]]) -> None:
    """Refuse a step for rows that all say another: it is of those that say none.

    Raises:
        InvalidValues: no row has the step, and none lacks one.
    """
    steps = {*column(rows, "step")}
    if not step or not rows or any(map(is_blank, steps)):
        return
    if _length(step) not in {_length(one) for one in steps}:
        message = say(
            "{series} is to be kept with the step {step}, and its rows say {others}",
            series=series,
            step=step,
            others=join_items(sorted(map(str, steps))),
        )
        raise contradiction(message)


def check_units(series: str, unit: str, units: Iterable[str]) -> None:
    """Refuse a unit that is not the one of the reply, or of one of its blocks.

    Raises:
        InvalidValues: the reply says another, or does not say that of a block.
    """
    others = sorted({*units})
    if "" in others:
        raise contradiction(say("{series}: the reply does not say its unit", series=series))
    if all(one.casefold() == unit.casefold() for one in others):
        return
    message = say(
        "{series} is to be kept in {unit}, and the reply is in {others}",
        series=series,
        unit=unit,
        others=join_items(others, between=say(" and ")),
    )
    if len(others) == 1:
        raise contradiction(message)
    raise _refusal(message, say("nothing was kept; `quantities` keeps each block in its own unit"))


def _fits(series: str, step: Any) -> bool:
    if is_curve(series):
        return str(step).startswith(_CLOCK)
    length = _STEPS.get(_base(series))
    return length is None or _length(step) in (None, parse_duration(length))


def _length(step: Any) -> Duration | None:
    try:
        return parse_duration(str(step))
    except ValueError:  # it is told where it is read
        return None


def _base(series: str) -> str:
    """The kind of a series, without direction, quantity and register."""
    kinds = (kind for kind in _STEPS if series == kind or series.startswith(f"{kind}_"))
    return next(kinds, "")


def contradiction(message: Message) -> InvalidValues:
    """What came is not what it would be kept as."""
    remedy = say("nothing was kept; name the point, the series and the unit that the reply says")
    return _refusal(message, remedy)


def _refusal(message: Message, remedy: Message) -> InvalidValues:
    return InvalidValues(
        Problem(id=Id.INVALID_VALUE, message=message, details=(("remedy", remedy),))
    )
