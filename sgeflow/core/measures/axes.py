"""Rows stamped: at once, where they are plain columns of a time axis that was read before.

Ten thousand points that are asked for the same week repeat the same 336 stamps. What they mean is
worked out row by row the first time (`stamps`), with the places of the rows for values; it is
remembered when that shows a measure a row, in the order of the rows. What is not plain (a null, a
decimal, rows out of order) is stamped row by row each time, and so are rows that are no columns.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from msgspec.structs import replace

from sgeflow.core.language.rows import Cell, Column, Rows
from sgeflow.core.measures.columns import Measures
from sgeflow.core.measures.conventions import Sign
from sgeflow.core.measures.stamps import Stamped, StampOptions, stamp_rows
from sgeflow.errors import InvalidValues

_SHORT, _LONG = 2_000, 40_000  # rows: more than a month, and more than two years, of half-hours
_DIGITS = 18  # of a whole number that fits into an array whatever they are
_MOST = 2**63 - 1
_AXIS = ("step", "nature", "validity")  # what tells beside a date which interval is meant


def stamp(
    rows: Sequence[Mapping[str, Any]],
    *,
    stamped: str = "auto",
    step: str | None = None,
    signs: Sequence[Sign] = (),
    otherwise: str = "auto",
    is_curve: bool = False,
) -> Stamped:
    """What `stamps.stamp_rows` gives and raises; what is said of the stamps is `StampOptions`."""
    options = StampOptions(
        stamped=stamped, step=step, signs=tuple(signs), otherwise=otherwise, is_curve=is_curve
    )
    values = _whole(rows) if isinstance(rows, Rows) and 0 < len(rows) <= _LONG else None
    if isinstance(rows, Rows) and values and {*map(type, rows.column("date"))} == {str}:
        others = tuple(_once(rows.column(name)) for name in _AXIS)
        read = _short_axis if len(rows) <= _SHORT else _long_axis
        dates: Sequence[Any] = rows.column("date")  # texts, all of them
        axis = read("\n".join(dates), len(rows), others, options)
        if axis is not None:
            measures = Measures(axis.measures.starts, values, axis.measures.runs)
            return replace(axis, measures=measures)
    return stamp_rows(rows, options)


def _whole(rows: Rows) -> array[int] | None:
    """The values, where each is a whole number, or the text of one without a sign."""
    values: Sequence[Any] = rows.column("value")
    sorts = {*map(type, values)}
    if sorts == {int}:
        return array("q", values) if min(values) >= -_MOST and max(values) <= _MOST else None
    if sorts != {str} or not all(values):
        return None
    digits = "".join(values)
    is_plain = digits.isdecimal() and digits.isascii() and max(map(len, values)) <= _DIGITS
    return array("q", map(int, values)) if is_plain else None


def _once(cells: Column) -> tuple[Cell, ...]:
    """A column; a single cell where all are the same, as nearly always."""
    return (cells[0],) if len(set(cells)) == 1 else tuple(cells)


def _axis(
    dates: str, count: int, others: Sequence[Column], options: StampOptions
) -> Stamped | None:
    """What rows with these dates come to, their places for values; None where it is not plain."""
    texts = dates.split("\n")
    if len(texts) != count:  # one has a line end in it
        return None
    columns: dict[str, Column] = {
        name: column if len(column) == count else (*column,) * count
        for name, column in zip(_AXIS, others, strict=True)
    }
    places = tuple(map(str, range(count)))
    rows = Rows({"date": texts, "value": places, **columns}, count)
    try:
        read = stamp_rows(rows, options)
    except InvalidValues:  # raised where the values themselves are read
        return None
    return read if list(read.measures.values) == list(range(count)) else None


_short_axis = lru_cache(maxsize=256)(_axis)
_long_axis = lru_cache(maxsize=8)(_axis)
