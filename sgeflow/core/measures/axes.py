"""Rows stamped: at once, where they are plain columns of a time axis that was read before.

Ten thousand points that are asked for the same week repeat the same 336 stamps. What they mean is
worked out row by row the first time (`stamps`), with the places of the rows for values; it is
remembered when that shows a measure a row, in the order of the rows. What is not plain (a null, a
decimal, rows out of order) is stamped row by row each time, and so are rows that are no columns.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from msgspec.structs import replace

from sgeflow.core.language.rows import Rows
from sgeflow.core.measures.columns import Measures, QualityRun
from sgeflow.core.measures.conventions import Sign
from sgeflow.core.measures.stamps import Stamped, StampOptions, stamp_rows
from sgeflow.core.packed import Cell, Column, lines_of
from sgeflow.errors import InvalidValues

_SHORT, _LONG = 2_000, 40_000  # rows: more than a month, and more than two years, of half-hours
_DIGITS = 18  # of a whole number that fits into an array whatever they are
_MOST = 2**63 - 1
_OF_CLOCK = ("end", "start")
_DAY = len("2025-05-01")
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
    if isinstance(rows, Rows):
        read = _by_parts(rows, options) or _at_once(rows, options)
        if read is not None:
            return read
    return stamp_rows(rows, options)


def _at_once(rows: Rows, options: StampOptions) -> Stamped | None:
    """What rows come to of which the axis is plain; None for others, and for very many."""
    if not 0 < len(rows) <= _LONG:
        return None
    values, dates = _whole(rows), lines_of(rows.column("date"))
    if not values or dates is None:
        return None
    others = tuple(_once(rows.column(name)) for name in _AXIS)
    read = _short_axis if len(rows) <= _SHORT else _long_axis
    axis = read(dates, len(rows), others, options)
    if axis is None:
        return None
    return replace(axis, measures=Measures(axis.measures.starts, values, axis.measures.runs))


def _by_parts(rows: Rows, options: StampOptions) -> Stamped | None:
    """What the parts of rows come to, one after the other, where none of them asks for another.

    Intervals of a clock alone: what a day, a month or a peak is, may be told by a row of another
    part. Nor may anything be said of a part, or its stamps be told otherwise than those of the
    first; and all its measures come after those of the part before it.
    """
    is_clock = options.stamped in _OF_CLOCK or (options.stamped == "auto" and options.is_curve)
    if len(rows.parts) == 1 or not is_clock:
        return None
    first: Stamped | None = None
    starts, values, runs = array("q"), array("q"), list[QualityRun]()
    for part in _whole_days(rows.parts):
        read = _at_once(part, options)
        if read is None or read.flags or (first and read.marks != first.marks):
            return None
        if starts and read.measures.starts[0] <= starts[-1]:
            return None
        first = first or read
        for run in read.measures.runs:
            _add_run(runs, run._replace(first=run.first + len(starts), end=run.end + len(starts)))
        starts += read.measures.starts
        values.extend(read.measures.values)  # type: ignore[arg-type] # all are whole
    return replace(first, measures=Measures(starts, values, runs)) if first else None


def _add_run(runs: list[QualityRun], run: QualityRun) -> None:
    """Runs that follow each other and are alike are one."""
    if runs and runs[-1][2:] == run[2:]:
        run = run._replace(first=runs.pop().first)
    runs.append(run)


def _whole_days(parts: Iterable[Rows]) -> Iterator[Rows]:
    """The same rows in parts that begin with a day, as it is written: an hour of it may come twice.

    What of a day ends a part goes to the next one.
    """
    held: Rows | None = None
    for part in parts:
        columns = {name: [*part.column(name)] for name in part.names}
        if held is not None:
            columns = {name: [*held.column(name), *cells] for name, cells in columns.items()}
        days = [str(date)[:_DAY] for date in columns.get("date", ())]
        begin = days.index(days[-1]) if days else 0
        if begin:
            yield Rows({name: cells[:begin] for name, cells in columns.items()}, begin)
        rest = {name: cells[begin:] for name, cells in columns.items()}
        held = Rows(rest, len(days) - begin)
    if held:
        yield held


def _whole(rows: Rows) -> array[int] | None:
    """The values, where each is a whole number, or the text of one without a sign."""
    values: list[Any] = [*rows.column("value")]
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
