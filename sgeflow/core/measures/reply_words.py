"""What a reply says of itself, held against what a flow keeps of it.

That it answers the request is held by the echo of its operation. A flow may still keep it under
another point, or as a series of another quantity.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sgeflow.core.language.dates import add, civil_date
from sgeflow.core.language.enclosing_objects import EnclosingObjects
from sgeflow.core.language.points import is_point
from sgeflow.core.language.rows import Rows, column
from sgeflow.core.measures.agreement import contradiction
from sgeflow.core.measures.series import (
    CURVES,
    ENERGIES,
    MONTHLY_PEAKS,
    PEAKS,
    QuantityKind,
    kind_of,
)
from sgeflow.messages import say
from sgeflow.patterns import regex

_KINDS: Mapping[str, Mapping[str, QuantityKind]] = MappingProxyType(
    {
        "load_curve": CURVES,
        "voltage_curve": CURVES,
        "daily_energy": ENERGIES,
        "max_power": PEAKS,
        "monthly_max_power": MONTHLY_PEAKS,
    }
)
_INJECTION = "injection"
_ALL = "TOUT"  # a quantity that names none
_WORD = 12  # characters of a quantity that are shown
_DAY = regex(r"[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?")  # or a month
_SLACK = "P1D"  # the end of a day's last interval is a stamp of the next day


def check_reply(series: str, point: str, rows: Sequence[Any], sources: EnclosingObjects) -> None:
    """Refuse rows of another point, or of days beyond the period that their reply is of.

    Raises:
        InvalidValues: what the reply says, or the rows say themselves.
    """
    first = rows[0] if isinstance(rows[0], Mapping) else {}
    objects = rows if isinstance(rows, Rows) else [r for r in rows if isinstance(r, Mapping)]
    for name in filter(is_point, first):  # all rows are of one path
        _check_point(series, point, column(objects, name))
    for one in (*sources.objects, *sources.outer):
        _check_point(series, point, (text for name, text in one.items() if is_point(name)))
    for one in sources.objects:
        start, end = one.get("start"), one.get("end")
        if isinstance(start, str) and isinstance(end, str):
            _check_period(series, _dates_in(one.get(sources.name)), start, end)


def blocks_of(rows: Sequence[Any], sources: EnclosingObjects) -> list[Mapping[str, Any]]:
    """The blocks that rows are of; none where they are not all of theirs."""
    blocks: list[Mapping[str, Any]] = []
    for one in sources.objects:
        series = [one] if "quantity" in one else one.get("series")
        blocks += [b for b in series or () if isinstance(b, Mapping) and b.get("measures")]
    return blocks if sum(len(block["measures"]) for block in blocks) == len(rows) else []


def typed_blocks(blocks: Sequence[Any], sources: EnclosingObjects) -> Sequence[Any]:
    """Blocks of readings with the type of the context that they are of, where that is known."""
    types = [one.get("type") for one in sources.objects for _ in one.get(sources.name) or ()]
    if len(types) != len(blocks) or not any(types):
        return blocks
    pairs = zip(blocks, types, strict=True)
    return [{**one, "type": type_} if isinstance(one, Mapping) else one for one, type_ in pairs]


def units_said(blocks: Iterable[Mapping[str, Any]], sources: EnclosingObjects) -> Iterator[str]:
    """The units that a reply and its blocks say, empty where a block says none."""
    yield from sources.texts("unit")
    yield from sources.texts("units")
    yield from (str(block.get("unit") or "") for block in blocks)


def _check_point(series: str, point: str, points: Iterable[Any]) -> None:
    """Refuse a point that is not the one of the reply.

    Raises:
        InvalidValues: the reply is of another.
    """
    if any(isinstance(one, str) and one != point for one in points):
        raise contradiction(
            say("{series}: the reply is of another point than `point`", series=series)
        )


def _check_period(series: str, dates: Iterable[str], start: str, end: str) -> None:
    """Refuse dates that lie a day or more beyond the days that a reply says it is of.

    Raises:
        InvalidValues: naming the first of them.
    """
    try:
        first = add(civil_date(start), f"-{_SLACK}")
        last = add(civil_date(end), _SLACK)
    except ValueError:  # in a form that nobody knows yet, it says nothing
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
    """Refuse blocks of another quantity or direction than the name of a series says.

    Raises:
        InvalidValues: production as consumption, reactive as active power, several in one.
    """
    base = next((one for one in _KINDS if series == one or series.startswith(f"{one}_")), "")
    if base:
        for block in blocks:
            quantity, direction = block.get("quantity"), block.get("direction")
            if isinstance(quantity, str) and isinstance(direction, str) and quantity != _ALL:
                _check_quantity(series, base, quantity, direction)


def _check_quantity(series: str, base: str, quantity: str, direction: str) -> None:
    kinds, words = _KINDS[base], set(series.removeprefix(base).split("_"))
    suffixes = {kind.suffix for kind in kinds.values()} - {""}
    try:
        kind, way = kind_of(quantity, direction, kinds)
    except ValueError:
        is_so = False
    else:
        said_way = _INJECTION if _INJECTION in words else ""
        is_so = kind.base == base and {kind.suffix} - {""} == words & suffixes
        is_so &= way == said_way or base == "voltage_curve"  # it has none, and SGE repeats one
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
    """The dates of all rows in a value, however deep they lie."""
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
