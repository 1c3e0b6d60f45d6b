"""Columns of a reply to rows, as fast as Python makes them.

A year of half-hours is 17,520 small dicts: `dict(zip(keys, row))` takes three times as long as a
dict display, so each usual width has its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Cell = str | None
Column = Sequence[Cell]
RecordRow = dict[str, Cell]


def list_rows(columns: Sequence[Column]) -> list[list[Cell]]:
    """A list a row."""
    return list(map(list, zip(*columns, strict=True)))


def dict_rows(keys: Sequence[str], columns: Sequence[Column]) -> list[RecordRow]:
    """A dict a row, its keys in the order given."""
    if maker := _MAKERS.get(len(keys)):
        return maker(keys, columns)
    return [dict(zip(keys, row, strict=True)) for row in zip(*columns, strict=True)]


class Sharing:
    """Gives equal texts of a column one object: a year of `PT30M` is one string.

    A column whose texts are nearly all new, as time stamps are, is left alone from then on.
    """

    _NEW = 0.9

    def __init__(self) -> None:
        self._known: dict[str, dict[Cell, Cell] | None] = {}
        self._seen: dict[str, int] = {}

    def apply(self, columns: Mapping[str, Column]) -> dict[str, Column]:
        """The same columns, their texts shared with those of earlier calls."""
        return {name: self._share(name, column) for name, column in columns.items()}

    def _share(self, name: str, column: Column) -> Column:
        known = self._known.setdefault(name, {})
        if known is None:
            return column
        shared = tuple(map(known.setdefault, column, column))
        self._seen[name] = self._seen.get(name, 0) + len(column)
        if len(known) > self._seen[name] * self._NEW:
            self._known[name] = None
        return shared


def _two(keys: Sequence[str], columns: Sequence[Column]) -> list[RecordRow]:
    j, k = keys
    return [{j: a, k: b} for a, b in zip(*columns, strict=True)]


def _three(keys: Sequence[str], columns: Sequence[Column]) -> list[RecordRow]:
    j, k, m = keys
    return [{j: a, k: b, m: c} for a, b, c in zip(*columns, strict=True)]


def _four(keys: Sequence[str], columns: Sequence[Column]) -> list[RecordRow]:
    j, k, m, n = keys
    return [{j: a, k: b, m: c, n: d} for a, b, c, d in zip(*columns, strict=True)]


def _seven(keys: Sequence[str], columns: Sequence[Column]) -> list[RecordRow]:
    j, k, m, n, o, p, q = keys
    return [
        {j: a, k: b, m: c, n: d, o: e, p: f, q: g}
        for a, b, c, d, e, f, g in zip(*columns, strict=True)
    ]


# the widths that replies of measures have: a date and a value, with a quality, with step and
# nature, with everything version 3 adds
_MAKERS: dict[int, Callable[[Sequence[Any], Sequence[Column]], list[RecordRow]]] = {
    2: _two,
    3: _three,
    4: _four,
    7: _seven,
}
