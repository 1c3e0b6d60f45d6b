"""The blocks of a reply that holds several quantities, each to the rows of a series of its own.

A block says what it measures: `{direction, quantity, unit, measures}`, or for readings
`{direction, quantity, unit, calendars: [{id, classes: [{id, label, register, values}]}], total}`,
and `type`, that of the readings (AQ, AV, AP …).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from msgspec import Struct

from sgeflow.core.language.rows import Rows, join
from sgeflow.core.measures.blank_values import is_blank
from sgeflow.core.measures.series import (
    CURVES,
    ENERGIES,
    INDEXES,
    MONTHLY_PEAKS,
    PEAKS,
    NamedSeries,
    QuantityKind,
    Register,
    name_of,
    parts_of,
    scale,
)
from sgeflow.messages import say

FAMILIES: Mapping[str, Mapping[str, QuantityKind]] = MappingProxyType(
    {
        "load_curve": CURVES,
        "daily_energy": ENERGIES,
        "max_power": PEAKS,
        "monthly_max_power": MONTHLY_PEAKS,
        "index": INDEXES,
    }
)
"""The kinds of the quantities that come together, by the series of the usual one."""

MeasureRows = Sequence[Mapping[str, Any]]


class Quantity(Struct, frozen=True, kw_only=True):
    """The rows of one series."""

    name: str
    unit: str
    rows: Sequence[Mapping[str, Any]]


def quantities(blocks: Sequence[Any], family: str) -> tuple[Quantity, ...]:
    """What the blocks of a reply are kept as, in their order; blocks of one series are joined.

    Raises:
        ValueError: a block that is none, or whose quantity, direction or register is not known.
    """
    by_name: dict[str, tuple[NamedSeries, list[MeasureRows]]] = {}
    for block in blocks:
        if not isinstance(block, Mapping):
            raise ValueError(say("a block is no object"))  # noqa: TRY004 (told with the others)
        for named, rows in _name_series(block, FAMILIES[family]):
            known, parts = by_name.setdefault(named.name, (named, []))
            if known.unit != named.unit:
                raise ValueError(
                    say(
                        "{series} comes in {one} and in {other}",
                        series=named.name,
                        one=known.unit,
                        other=named.unit,
                    )
                )
            parts.append(in_unit(rows, named.factor))
    return tuple(
        Quantity(name=named.name, unit=named.unit, rows=join(parts))
        for named, parts in by_name.values()
    )


def _name_series(
    block: Mapping[str, Any], kinds: Mapping[str, QuantityKind]
) -> Iterator[tuple[NamedSeries, MeasureRows]]:
    words = (_word(block, "quantity"), _word(block, "direction"), _word(block, "unit"))
    if "measures" in block:
        yield name_of(*words, kinds), _list(block, "measures")
    for register, rows in _registers(block):
        parts = parts_of(register)
        if not parts:
            raise ValueError(say("a register has neither a time class nor a code"))
        yield name_of(*words, kinds, *parts), rows
    if total := block.get("total"):
        register = Register(reading=_word(block, "type"), grid="T")
        yield name_of(*words, kinds, *parts_of(register)), _list(total, "values")


def _registers(block: Mapping[str, Any]) -> Iterator[tuple[Register, MeasureRows]]:
    for calendar in _list(block, "calendars"):
        for one in _list(calendar, "classes"):
            register = Register(
                reading=_word(block, "type"),
                calendar=_word(calendar, "id"),
                time_class=_word(one, "id"),
                code=_word(one, "register"),
                label=_word(one, "label"),
            )
            yield register, _list(one, "values")


def in_unit(rows: MeasureRows, factor: int) -> MeasureRows:
    """Rows with their values times a factor."""
    if factor == 1:
        return rows
    return [{**row, "value": scale(row.get("value"), factor)} for row in rows if row]


def _word(block: Mapping[str, Any], name: str) -> str:
    value = block.get(name)
    return value if isinstance(value, str) and not is_blank(value) else ""


def _list(block: Any, name: str) -> MeasureRows:
    value = block.get(name) if isinstance(block, Mapping) else None
    if value is None:
        return []
    if not isinstance(value, list | Rows):
        raise ValueError(say("the {name} of a block are no list", name=name))  # noqa: TRY004 (told with the others)
    return value
