"""Checks that received measures agree with their series: unit, step, meaning of stamps.

The name of a series says what it contains. Rows that contradict it are refused, because no later
sum or comparison could detect them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sgeflow.core.language.dates import Duration, add, civil_date, parse_duration
from sgeflow.core.language.points import is_point
from sgeflow.core.language.rows import Rows, column
from sgeflow.core.measures.conventions import Convention, is_blank
from sgeflow.core.measures.series import CURVES, FAMILIES, is_curve, kind_of
from sgeflow.errors import Id, InvalidValues
from sgeflow.messages import Message, join_items, say
from sgeflow.patterns import regex

if TYPE_CHECKING:
    from sgeflow.core.language.enclosing_objects import EnclosingObjects

UNITS = {"load_curve": "W", "daily_energy": "Wh", "max_power": "VA"}
"""Units of a household's series that arrive without one (CMD v2 and v3); others give theirs."""

_STEPS = {"daily_energy": "P1D", "monthly_max_power": "P1M", "max_power": "P1D"}
_WORDS = ("step", "nature", "validity")
_CLOCK = "PT"  # the step of a curve begins so
_MIDNIGHT = ("", "00:00", "00:00:00")
_MARKS = {
    "daily_energy": (Convention.DAY, Convention.START, Convention.END, Convention.AUTO),
    "max_power": (Convention.INSTANT, Convention.DAY, Convention.AUTO),
    "monthly_max_power": (Convention.INSTANT, Convention.DAY, Convention.AUTO),
}
_CURVE_MARKS = (Convention.END, Convention.START, Convention.AUTO)


def allowed_marks(series: str) -> tuple[str, ...]:
    """The conventions that stamps of a series can have; all if the series has a name of its own."""
    if is_curve(series):
        return tuple(one.value for one in _CURVE_MARKS)
    return tuple(one.value for one in _MARKS.get(_base(series), tuple(Convention)))


def mark_otherwise(series: str) -> Convention:
    """The convention without further signs; a day's maximum power may be at midnight."""
    return Convention.INSTANT if _base(series) == "max_power" else Convention.AUTO


def step_without_words(series: str) -> str | None:
    """The step of rows that give none, for monthly maximum powers; otherwise None.

    Detailed measures v2 stamp a month like a day and give no step.
    """
    base = _base(series)
    return _STEPS[base] if base == "monthly_max_power" else None


def check_rows(
    series: str, rows: Sequence[Mapping[str, Any]], steps_said: Iterable[str] = ()
) -> None:
    """Check that the steps of rows, or of their reply, are those of the series.

    Raises:
        InvalidValues: half-hours as days, days as a curve, times of a clock as days; or a word of a
            row is not a text, because the reply gives it twice.
    """
    for name in _WORDS:
        words = column(rows, name)
        if not {*map(type, words)} - {str, type(None)}:
            continue
        for number, word in enumerate(words, 1):
            if not (isinstance(word, str) or is_blank(word)):
                from sgeflow.core.measures.rows import not_text, row_error

                raise row_error(number, len(rows), not_text(name, word))
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


def check_step(series: str, step: str | None, rows: Sequence[Mapping[str, Any]]) -> None:
    """Check a step that a document gives for rows without steps.

    Raises:
        InvalidValues: all rows have other steps.
    """
    steps = {*column(rows, "step")}
    if not step or not rows or any(map(is_blank, steps)):
        return
    if _length(step) not in {_length(one) for one in steps}:
        message = say(
            "{series} must have the step {step}, but its rows have {others}",
            series=series,
            step=step,
            others=join_items(sorted(map(str, steps))),
        )
        raise contradiction(message)


def check_units(series: str, unit: str, units: Iterable[str]) -> None:
    """Check that a unit is that of the reply and of its blocks.

    Raises:
        InvalidValues: the units differ, or a block has none.
    """
    others = sorted({*units})
    if "" in others:
        raise contradiction(say("{series}: the reply does not say its unit", series=series))
    if all(one.casefold() == unit.casefold() for one in others):
        return
    message = say(
        "{series} must be in {unit}, but the reply is in {others}",
        series=series,
        unit=unit,
        others=join_items(others, between=say(" and ")),
    )
    if len(others) == 1:
        raise contradiction(message)
    remedy = say("nothing was kept; `quantities` keeps each block in its own unit")
    raise contradiction(message, remedy)


def _fits(series: str, step: Any) -> bool:
    if is_curve(series):
        return str(step).startswith(_CLOCK)
    length = _STEPS.get(_base(series))
    return length is None or _length(step) in (None, parse_duration(length))


def _length(step: Any) -> Duration | None:
    try:
        return parse_duration(str(step))
    except ValueError:  # reported by the reader of steps
        return None


def _base(series: str) -> str:
    """The kind of a series, without direction, quantity and register."""
    kinds = (kind for kind in _STEPS if series == kind or series.startswith(f"{kind}_"))
    return next(kinds, "")


def contradiction(message: Message, remedy: Message | None = None) -> InvalidValues:
    """The error for measures that contradict the step that would store them."""
    if remedy is None:
        remedy = say(
            "nothing was kept; name the point, the series and the unit that the reply says"
        )
    details = (("remedy", remedy),)
    return InvalidValues.of(Id.INVALID_VALUE, message, details=details)


_INDEX = "index"  # registers are distinguished by their calendars
_KINDS = {name: kinds for name, kinds in FAMILIES.items() if name != _INDEX}
_KINDS["voltage_curve"] = CURVES
_INJECTION = "injection"
_ALL = "TOUT"  # a reply with all quantities
_WORD = 12  # characters of a quantity in messages
_DAY = regex(r"[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?")  # a day or a month
_SLACK = "P1D"  # the stamp of a day's last interval belongs to the next day


def check_reply(series: str, point: str, rows: Sequence[Any], sources: EnclosingObjects) -> None:
    """Check that rows belong to the point and to the period of their reply.

    Raises:
        InvalidValues: the point or a day differs.
    """
    first = rows[0] if isinstance(rows[0], Mapping) else {}
    objects = rows if isinstance(rows, Rows) else [r for r in rows if isinstance(r, Mapping)]
    for name in filter(is_point, first):  # all rows come from one path
        _check_point(series, point, column(objects, name))
    for one in (*sources.objects, *sources.outer):
        _check_point(series, point, (text for name, text in one.items() if is_point(name)))
    for one in sources.objects:
        start, end = one.get("start"), one.get("end")
        if isinstance(start, str) and isinstance(end, str):
            _check_period(series, _dates_in(one.get(sources.name)), start, end)


def blocks_of(rows: Sequence[Any], sources: EnclosingObjects) -> list[Mapping[str, Any]]:
    """The blocks that contain the rows; empty unless they contain all rows."""
    blocks: list[Mapping[str, Any]] = []
    for one in sources.objects:
        series = [one] if "quantity" in one else one.get("series")
        blocks += [b for b in series or () if isinstance(b, Mapping) and b.get("measures")]
    return blocks if sum(len(block["measures"]) for block in blocks) == len(rows) else []


def typed_blocks(blocks: Sequence[Any], sources: EnclosingObjects) -> Sequence[Any]:
    """Blocks of readings with the type of their context, where it is known."""
    types = [one.get("type") for one in sources.objects for _ in one.get(sources.name) or ()]
    if len(types) != len(blocks) or not any(types):
        return blocks
    pairs = zip(blocks, types, strict=True)
    return [{**one, "type": type_} if isinstance(one, Mapping) else one for one, type_ in pairs]


def units_said(blocks: Iterable[Mapping[str, Any]], sources: EnclosingObjects) -> Iterator[str]:
    """The units of a reply and its blocks; empty for a block without unit."""
    yield from sources.texts("unit")
    yield from sources.texts("units")
    yield from (str(block.get("unit") or "") for block in blocks)


def _check_point(series: str, point: str, points: Iterable[Any]) -> None:
    if any(isinstance(one, str) and one != point for one in points):
        raise contradiction(
            say("{series}: the reply is of another point than `point`", series=series)
        )


def _check_period(series: str, dates: Iterable[str], start: str, end: str) -> None:
    """Check that dates lie less than a day outside the reply's period. Raises: InvalidValues."""
    try:
        first = add(civil_date(start), f"-{_SLACK}")
        last = add(civil_date(end), _SLACK)
    except ValueError:  # a date in an unknown form proves nothing
        return
    for day in sorted(filter(_DAY.fullmatch, {date[:10] for date in dates})):
        if not first[: len(day)] <= day <= last[: len(day)]:
            raise contradiction(
                say(
                    "{series}: the value of {day} is not of the reply's period, {start} to {end}",
                    series=series,
                    day=day,
                    start=civil_date(start),
                    end=civil_date(end),
                )
            )


def check_quantities(series: str, blocks: Iterable[Mapping[str, Any]]) -> None:
    """Check that the quantity and direction of blocks are those of the series.

    Raises:
        InvalidValues: production as consumption, reactive as active power, or several quantities.
    """
    base = next((one for one in _KINDS if series == one or series.startswith(f"{one}_")), "")
    if not base:
        return
    kinds, words = _KINDS[base], set(series.removeprefix(base).split("_"))
    suffixes = {kind.suffix for kind in kinds.values()} - {""}
    for block in blocks:
        quantity, direction = block.get("quantity"), block.get("direction")
        if not isinstance(quantity, str) or not isinstance(direction, str) or quantity == _ALL:
            continue
        try:
            kind, way = kind_of(quantity, direction, kinds)
        except ValueError:
            is_so = False
        else:
            said_way = _INJECTION if _INJECTION in words else ""
            is_so = kind.base == base and {kind.suffix} - {""} == words & suffixes
            is_so &= way == said_way or base == "voltage_curve"  # without a direction
        if not is_so:
            raise contradiction(
                say(
                    "{quantity} {direction} is not kept as {series}",
                    quantity=quantity[:_WORD],
                    direction=direction[:_WORD],
                    series=series,
                )
            )


def _dates_in(value: Any) -> Iterator[str]:
    """The dates of all rows in a value, at any depth."""
    if isinstance(value, Rows):
        yield from filter(None, value.column("date"))
    elif isinstance(value, Mapping):
        date = value.get("date")
        if isinstance(date, str):
            yield date
        else:
            value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _dates_in(one)
