"""Measures as tables of the libraries that people calculate with, each imported when it is used.

A table has a row a measure: `start` (UTC), `value`, `step` (seconds), `nature`. Starts and values
are those of the columns, and not copied where a library can look at them where they are.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.measures.columns import Measures
from sgeflow.errors import Id, Problem, UsageError
from sgeflow.messages import say

_SECONDS = "datetime64[s]"


def to_table(measures: Measures, library: str) -> Any:
    """Measures as a table of a library: `pandas`, `polars` or `arrow`.

    Raises:
        UsageError: it is none of these, or it is not installed.
    """
    if library not in _MAKERS:
        raise UsageError(
            Problem(
                id=Id.USAGE,
                message=say('"{library}" makes no table of measures', library=library),
                allowed=tuple(_MAKERS),
                allowed_label="libraries",
                suggestion=closest(library, _MAKERS),
            )
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
            "step": column(array("q", _steps(measures))),
            "nature": arrow.array(list(_natures(measures))).dictionary_encode(),
        }
    )


def _to_pandas(measures: Measures) -> Any:
    pandas, numpy = _library("pandas"), _library("numpy", "pandas")

    def view(column: array[Any]) -> Any:  # what others look at as well is not written to
        kind = "int64" if column.typecode == "q" else "float64"
        return numpy.frombuffer(memoryview(column).toreadonly(), kind)

    values = measures.values
    starts = view(measures.starts).view(_SECONDS)
    return pandas.DataFrame(
        {
            "value": view(values) if isinstance(values, array) else values,
            "step": numpy.array(list(_steps(measures)), "int64"),
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
            polars.Series("step", list(_steps(measures)), polars.Int64),
            polars.Series("nature", list(_natures(measures)), polars.Categorical),
        ]
    )


_MAKERS: dict[str, Callable[[Measures], Any]] = {
    "pandas": _to_pandas,
    "polars": _to_polars,
    "arrow": _to_arrow,
}


def _steps(measures: Measures) -> Iterator[int]:
    for first, end, step, _ in measures.runs:
        yield from (step for _ in range(first, end))


def _natures(measures: Measures) -> Iterator[str]:
    for first, end, _, nature in measures.runs:
        yield from (nature for _ in range(first, end))


def _library(module: str, name: str = "") -> ModuleType:
    try:
        return import_module(module)
    except ModuleNotFoundError:
        message = say("{library} is not installed", library=name or module)
        do = f"python -m pip install {name or module}"
        raise UsageError(Problem(id=Id.USAGE, message=message, details=(("do", do),))) from None
