"""Measures as columns: the form in which a series passes from replies and files to the store.

A year of half-hours has 17,520 values. As columns, they are two arrays and a few runs of equal
quality. `Measure` objects are made only when a caller asks for them.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property
from importlib import import_module
from itertools import compress, groupby, repeat
from operator import attrgetter, lt
from types import ModuleType
from typing import Any, NamedTuple, overload

from sgeflow.core.model import Measure
from sgeflow.errors import Id, UsageError
from sgeflow.messages import say

MeasureValues = Sequence[int | float]
"""An array of integers (`q`), an array of floats (`d`), or a list of both."""

LARGEST = 2**63 - 1
"""The largest integer that a measure can have."""

MOST_DIGITS = 18
"""An integer of up to this many digits is always less than `LARGEST`."""

_columns = attrgetter("start", "value", "step", "nature")


class QualityRun(NamedTuple):
    """Consecutive measures of one step (seconds) and nature: the places `first <= place < end`."""

    first: int
    end: int
    step: int
    nature: str


class Measures(Sequence[Measure]):
    """The measures of one series as columns; read-only, and equal to the tuple of its measures.

    These members work without making `Measure` objects:

    - `starts`: UTC epoch seconds, an `array("q")`;
    - `values`: as they were sent: `array("q")` if all are integers, `array("d")` if all are floats,
      otherwise a list of both;
    - `runs`: steps and natures, as consecutive runs that cover all places;
    - `is_in_order`: whether each measure starts after the one before it; `one_a_start()` ensures
      that;
    - `between(start, end)` by instants, slices, `without(starts)`: again `Measures`.

    `len`, `[place]`, `for` and `in` work as for any sequence of measures.
    """

    def __init__(
        self, starts: Iterable[int], values: MeasureValues, runs: Iterable[QualityRun]
    ) -> None:
        """Columns of equal length: one value for each start, and runs that cover all of them."""
        self.starts = starts if isinstance(starts, array) else array("q", starts)
        self.values = _pack(values)
        self.runs = tuple(runs)

    @classmethod
    def of(cls, measures: Iterable[Measure]) -> Measures:
        """Measures as columns, in their given order."""
        if isinstance(measures, cls):
            return measures
        columns: list[Any] = list(zip(*map(_columns, measures), strict=True))
        if not columns:
            return NO_MEASURES
        starts, values, steps, natures = columns
        return cls(starts, values, quality_runs(steps, natures))

    @cached_property
    def is_in_order(self) -> bool:
        """Whether each measure starts after the one before it."""
        return all(map(lt, self.starts, memoryview(self.starts)[1:]))

    def one_a_start(self) -> Measures:
        """The last measure of each start, ordered by start."""
        if self.is_in_order:
            return self
        last = dict(zip(self.starts, self, strict=True))
        return Measures.of([last[start] for start in sorted(last)])

    def between(self, start: int, end: int) -> Measures:
        """The measures with `start <= measure.start < end`."""
        return self._where([start <= one < end for one in self.starts])

    def without(self, starts: Collection[int]) -> Measures:
        """All measures except those with the given starts."""
        return self._where([one not in starts for one in self.starts]) if starts else self

    def _where(self, wanted: list[bool]) -> Measures:
        if all(wanted):
            return self
        steps: list[int] = []
        natures: list[str] = []
        for first, end, step, nature in self.runs:
            count = sum(wanted[first:end])
            steps += repeat(step, count)
            natures += repeat(nature, count)
        values = list(compress(self.values, wanted))
        return Measures(compress(self.starts, wanted), values, quality_runs(steps, natures))

    def steps(self) -> Iterator[int]:
        """The step of each measure in seconds; 0 if it has none."""
        for first, end, step, _ in self.runs:
            yield from repeat(step, end - first)

    def __len__(self) -> int:
        return len(self.starts)

    def __iter__(self) -> Iterator[Measure]:
        for first, end, step, nature in self.runs:
            starts, values = self.starts[first:end], self.values[first:end]
            yield from map(Measure, starts, values, repeat(step), repeat(nature))

    @overload
    def __getitem__(self, place: int) -> Measure: ...
    @overload
    def __getitem__(self, place: slice) -> Measures: ...
    def __getitem__(self, place: int | slice) -> Measure | Measures:
        if not isinstance(place, slice):
            at = range(len(self.starts))[place]
            step, nature = next(run[2:] for run in self.runs if at < run.end)
            return Measure(self.starts[at], self.values[at], step, nature)
        first, end, stride = place.indices(len(self.starts))
        if stride != 1:
            return Measures.of(tuple(self)[place])
        if end <= first:
            return NO_MEASURES
        if len(self.runs) == 1:  # the usual case
            runs = [QualityRun(0, end - first, *self.runs[0][2:])]
        else:
            runs = [
                QualityRun(max(run.first, first) - first, min(run.end, end) - first, *run[2:])
                for run in self.runs
                if run.first < end and run.end > first
            ]
        return Measures(self.starts[first:end], self.values[first:end], runs)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, tuple):
            return tuple(self) == other
        if not isinstance(other, Measures):
            return NotImplemented
        return (
            self.starts == other.starts
            and list(self.values) == list(other.values)
            and self.runs == other.runs
        )

    __hash__ = None  # type: ignore[assignment] # as of what holds arrays

    def __repr__(self) -> str:
        return f"<Measures: {len(self)}>"


def quality_runs(steps: Sequence[int], natures: Sequence[str]) -> Iterator[QualityRun]:
    """The steps and natures of all measures as runs."""
    if len(set(steps)) == len(set(natures)) == 1:  # the usual case
        yield QualityRun(0, len(steps), steps[0], natures[0])
        return
    first = 0
    for (step, nature), same in groupby(zip(steps, natures, strict=True)):
        end = first + sum(1 for _ in same)
        yield QualityRun(first, end, step, nature)
        first = end


def whole_numbers(cells: Sequence[Any]) -> array[int] | None:
    """The values as integers; None if one is not an integer or the text of an unsigned one."""
    values: list[Any] = [*cells]
    sorts = {*map(type, values)}
    if sorts == {int}:
        is_plain = min(values) >= -LARGEST and max(values) <= LARGEST
        return array("q", values) if is_plain else None
    if sorts != {str} or not all(values):
        return None
    digits = "".join(values)
    is_plain = digits.isdecimal() and digits.isascii() and max(map(len, values)) <= MOST_DIGITS
    return array("q", map(int, values)) if is_plain else None


def _pack(values: MeasureValues) -> MeasureValues:
    """Numbers of one type as an array."""
    if isinstance(values, array):
        return values
    sorts = set(map(type, values))
    if len(sorts) != 1:
        return list(values)
    try:
        return array("d" if sorts == {float} else "q", values)
    except (OverflowError, TypeError):  # larger than any measure, or not a number
        return list(values)


NO_MEASURES = Measures((), (), ())


def to_table(measures: Measures, library: str) -> Any:
    """Measures as a table of `pandas`, `polars` or `arrow`.

    Raises:
        UsageError: the library is another one, or it is not installed.
    """
    if library not in _MAKERS:
        from sgeflow.core.language.mistakes.suggest import closest

        raise UsageError.of(
            Id.USAGE,
            say('"{library}" makes no table of measures', library=library),
            allowed=tuple(_MAKERS),
            allowed_label="libraries",
            suggestion=closest(library, _MAKERS),
        )
    return _MAKERS[library](measures)


def _to_arrow(measures: Measures) -> Any:
    arrow = _library("pyarrow")
    count, buffer = len(measures), arrow.py_buffer

    def column(values: Any) -> Any:
        if not isinstance(values, array):
            return arrow.array(list(values), arrow.float64())
        kind = arrow.int64() if values.typecode == "q" else arrow.float64()
        return arrow.Array.from_buffers(kind, count, [None, buffer(values)])

    start = arrow.timestamp("s", "UTC")
    return arrow.table(
        {
            "start": arrow.Array.from_buffers(start, count, [None, buffer(measures.starts)]),
            "value": column(measures.values),
            "step": column(array("q", measures.steps())),
            "nature": arrow.array(list(_natures(measures))).dictionary_encode(),
        }
    )


def _to_pandas(measures: Measures) -> Any:
    pandas, numpy = _library("pandas"), _library("numpy", "pandas")

    def view(column: array[Any]) -> Any:  # a read-only view for other libraries
        kind = "int64" if column.typecode == "q" else "float64"
        return numpy.frombuffer(memoryview(column).toreadonly(), kind)

    values = measures.values
    starts = view(measures.starts).view("datetime64[s]")
    return pandas.DataFrame(
        {
            "value": view(values) if isinstance(values, array) else values,
            "step": numpy.array(list(measures.steps()), "int64"),
            "nature": pandas.Categorical(list(_natures(measures))),
        },
        index=pandas.DatetimeIndex(starts, name="start").tz_localize("UTC"),
        copy=False,
    )


def _to_polars(measures: Measures) -> Any:
    polars = _library("polars")
    values = measures.values
    kind = polars.Int64 if isinstance(values, array) and values.typecode == "q" else polars.Float64
    starts = polars.from_epoch(polars.Series("start", measures.starts, polars.Int64), "s")
    return polars.DataFrame(
        [
            starts.dt.replace_time_zone("UTC"),
            polars.Series("value", values, kind),
            polars.Series("step", list(measures.steps()), polars.Int64),
            polars.Series("nature", list(_natures(measures)), polars.Categorical),
        ]
    )


_MAKERS: dict[str, Callable[[Measures], Any]] = {
    "pandas": _to_pandas,
    "polars": _to_polars,
    "arrow": _to_arrow,
}


def _natures(measures: Measures) -> Iterator[str]:
    for first, end, _, nature in measures.runs:
        yield from (nature for _ in range(first, end))


def _library(module: str, name: str = "") -> ModuleType:
    try:
        return import_module(module)
    except ModuleNotFoundError:
        message = say("{library} is not installed", library=name or module)
        do = f"python -m pip install {name or module}"
        raise UsageError.of(Id.USAGE, message, details=(("do", do),)) from None
