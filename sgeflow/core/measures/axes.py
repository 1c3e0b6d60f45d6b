"""Rows stamped: at once, where they are plain columns of a time axis that was read before.

Ten thousand points that are asked for the same week repeat the same 336 stamps. What they mean is
worked out row by row the first time (`stamps`), with the places of the rows for values; it is
remembered when that shows a measure a row, in the order of the rows. What is not plain (a null, a
decimal, rows out of order) is stamped row by row each time, and so are rows that are no columns.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import chain, islice
from typing import Any

from msgspec.structs import replace

from sgeflow.core.language.rows import Rows
from sgeflow.core.measures.civil_time import offset_of
from sgeflow.core.measures.columns import Measures, QualityRun, whole_numbers
from sgeflow.core.measures.conventions import Sign
from sgeflow.core.measures.intervals import find_misfits
from sgeflow.core.measures.stamps import StampedMeasures, StampOptions, stamp_rows
from sgeflow.core.packed import Cell, Column, RepeatedCell, distinct, lines_of
from sgeflow.errors import InvalidValues

_SHORT, _PART = 2_000, 5_000  # rows: more than a month, and than three, of half-hours
_LONG = 40_000  # more than two years
_PORTION = 4_500  # rows of a long run that are looked at together
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
) -> StampedMeasures:
    """What `stamps.stamp_rows` gives and raises; what is said of the stamps is `StampOptions`."""
    options = StampOptions(
        stamped=stamped, step=step, signs=tuple(signs), otherwise=otherwise, is_curve=is_curve
    )
    if isinstance(rows, Rows):
        read = _by_parts(rows, options) or _at_once(rows, options)
        if read is not None:
            return read
    return stamp_rows(rows, options)


def _at_once(rows: Rows, options: StampOptions) -> StampedMeasures | None:
    """What rows come to of which the axis is plain; None for others, and for very many."""
    if not 0 < len(rows) <= _LONG:
        return None
    values, dates = whole_numbers(rows.column("value")), lines_of(rows.column("date"))
    if not values or dates is None:
        return None
    others = tuple(_once(rows.column(name)) for name in _AXIS)
    count = len(rows)
    read = _short_axis if count <= _SHORT else _part_axis if count <= _PART else _long_axis
    axis = read(dates, len(rows), others, options)
    if axis is None:
        return None
    return replace(axis, measures=Measures(axis.measures.starts, values, axis.measures.runs))


def _by_parts(rows: Rows, options: StampOptions) -> StampedMeasures | None:
    """What the parts of rows come to, one after the other, where none of them asks for another.

    Intervals of a clock alone: what a day, a month or a peak is, may be told by a row of another
    part. Nor may anything be said of a part, or its stamps be told otherwise than those of the
    first; and all its measures come after those of the part before it.
    """
    is_clock = options.stamped in _OF_CLOCK or (options.stamped == "auto" and options.is_curve)
    if len(rows.parts) == 1 or not is_clock:
        return None
    first: StampedMeasures | None = None
    room = array("q", (0,)) * len(rows)  # taken at once: what grows leaves holes behind
    starts, values, end, runs = room, room[:], 0, list[QualityRun]()
    for part in _whole_days(chain.from_iterable(map(_portions, rows.parts))):
        read = _at_once(part, options)
        if read is None or read.flags or (first and read.marks != first.marks):
            return None
        if end and read.measures.starts[0] <= starts[end - 1]:
            return None
        first = first or read
        for run in read.measures.runs:
            _add_run(runs, run._replace(first=run.first + end, end=run.end + end))
        first_of_part, end = end, end + len(part)
        starts[first_of_part:end] = read.measures.starts
        values[first_of_part:end] = read.measures.values  # type: ignore[call-overload] # all whole
    measures = Measures(starts, values, runs)
    if first is None or len({run.step for run in runs}) > 1 or find_misfits(measures).starts:
        return None
    return replace(first, measures=measures)


def _add_run(runs: list[QualityRun], run: QualityRun) -> None:
    """Runs that follow each other and are alike are one."""
    if runs and runs[-1][2:] == run[2:]:
        run = run._replace(first=runs.pop().first)
    runs.append(run)


def _portions(part: Rows) -> Iterator[Rows]:
    """The same rows, some at a time."""
    if len(part) <= _PORTION:
        yield part
        return
    columns = {name: iter(part.column(name)) for name in part.names}
    for first in range(0, len(part), _PORTION):
        cells = {name: [*islice(column, _PORTION)] for name, column in columns.items()}
        yield Rows(cells, min(_PORTION, len(part) - first))


def _whole_days(parts: Iterable[Rows]) -> Iterator[Rows]:
    """The same rows in parts that begin with a day, as it is written: an hour of it may come twice.

    What of a day ends a part goes to the next one. With a day on which the clock changes goes the
    day before it: what stands before the hour that comes twice tells what it is.
    """
    held: Rows | None = None
    for part in parts:
        columns = {name: [*part.column(name)] for name in part.names}
        if held is not None:
            columns = {name: [*held.column(name), *cells] for name, cells in columns.items()}
        days = [str(date)[:_DAY] for date in columns.get("date", ())]
        begin = days.index(days[-1]) if days else 0
        while begin and _is_of_change(days[begin]):
            begin = days.index(days[begin - 1])
        if begin:
            yield Rows({name: cells[:begin] for name, cells in columns.items()}, begin)
        rest = {name: cells[begin:] for name, cells in columns.items()}
        held = Rows(rest, len(days) - begin)
    if held:
        yield held


def _is_of_change(day: str) -> bool:
    try:
        return offset_of(date.fromisoformat(day)) is None
    except ValueError:  # it is told where it is read
        return False


def _once(cells: Column) -> tuple[Cell, ...]:
    """A column; a single cell where all are the same, as nearly always."""
    return (cells[0],) if len(distinct(cells)) == 1 else tuple(cells)


def _axis(
    dates: str, count: int, others: Sequence[Column], options: StampOptions
) -> StampedMeasures | None:
    """What rows with these dates come to, their places for values; None where it is not plain."""
    texts = dates.split("\n")
    if len(texts) != count:  # one has a line end in it
        return None
    columns: dict[str, Column] = {
        name: column if len(column) == count else RepeatedCell(column[0], count)
        for name, column in zip(_AXIS, others, strict=True)
    }
    rows = Rows({"date": texts, "value": range(count), **columns}, count)  # type: ignore[dict-item]
    try:
        read = stamp_rows(rows, options)
    except InvalidValues:  # raised where the values themselves are read
        return None
    return read if list(read.measures.values) == list(range(count)) else None


_short_axis = lru_cache(maxsize=256)(_axis)
_part_axis = lru_cache(maxsize=16)(_axis)
_long_axis = lru_cache(maxsize=8)(_axis)
