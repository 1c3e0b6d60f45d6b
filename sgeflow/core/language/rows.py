"""Rows of a reply or file as columns of texts; plain rows are made only for callers that need them.

A year of half-hours has 17,520 rows with the same few names. The code that stores measures reads
columns. `as_list` and `plain` make plain data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from operator import is_not
from typing import Any, overload

from sgeflow.core.language.text import WrittenFloat, WrittenInt
from sgeflow.core.packed import Cell, Column, JoinedColumns, RepeatedCell

PlainRow = dict[str, Cell]


class Rows(Sequence[Mapping[str, Cell]]):
    """Rows of equal names as columns; read-only, and equal to the list of its rows.

    It is not a list: callers that need one use `as_list`. `join` puts several together; they stay
    separate `parts` with columns of their own.
    """

    __slots__ = ("_columns", "_count", "_parts", "_rows")

    def __init__(
        self, columns: Mapping[str, Column], count: int, parts: Sequence[Rows] = ()
    ) -> None:
        """Columns of `count` cells by name, or the joined `parts`."""
        self._columns = columns
        self._count = count
        self._parts = tuple(parts)
        self._rows: list[PlainRow] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The names that every row has."""
        return tuple(self._columns)

    @property
    def parts(self) -> tuple[Rows, ...]:
        """The joined rows, in order: one part for each reply, or for each part of a long reply."""
        return self._parts or (self,)

    def column(self, name: str) -> Column:
        """The cells of all rows under a name; nulls if the rows do not have it."""
        return self._columns.get(name) or RepeatedCell(None, self._count)

    def as_list(self) -> list[PlainRow]:
        """The rows as plain data, made once; callers must not change them."""
        if self._rows is None:
            self._rows = self._make_list()
        return self._rows

    def _make_list(self) -> list[PlainRow]:
        names, columns = self.names, tuple(self._columns.values())
        if maker := _MAKERS.get(len(names)):
            return maker(names, columns)
        return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[PlainRow]:
        if self._rows is None and self._parts:  # one part at a time, to save memory
            return chain.from_iterable(part._make_list() for part in self._parts)  # noqa: SLF001
        return iter(self.as_list())

    @overload
    def __getitem__(self, place: int) -> PlainRow: ...
    @overload
    def __getitem__(self, place: slice) -> list[PlainRow]: ...
    def __getitem__(self, place: int | slice) -> PlainRow | list[PlainRow]:
        if isinstance(place, slice):
            return self.as_list()[place]
        return {name: column[place] for name, column in self._columns.items()}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Rows | list):
            return NotImplemented
        return self.as_list() == [*other]

    __hash__ = None  # type: ignore[assignment] # as of a list

    def __repr__(self) -> str:
        return f"<Rows: {self._count}>"


def join(parts: Sequence[Sequence[Any]]) -> Sequence[Any]:
    """The rows of several lists, one list after the other; columns if all have equal names."""
    if len(parts) == 1:
        return parts[0]
    columned = [part for part in parts if isinstance(part, Rows)]
    if len(columned) == len(parts) and len({part.names for part in columned}) == 1:
        leaves = [leaf for part in columned for leaf in part.parts if leaf]
        columns = {
            name: JoinedColumns([leaf.column(name) for leaf in leaves])
            for name in columned[0].names
        }
        return Rows(columns, sum(map(len, leaves)), leaves if len(leaves) > 1 else ())
    return list(chain.from_iterable(parts))


def column(rows: Sequence[Mapping[str, Any]], name: str) -> Sequence[Any]:
    """The values of all rows under a name; None for each row without it."""
    return rows.column(name) if isinstance(rows, Rows) else [row.get(name) for row in rows]


def without_empty(rows: Sequence[Any]) -> Sequence[Any]:
    """The rows without empty ones; rows as columns are never empty."""
    return rows if isinstance(rows, Rows) else [row for row in rows if row]


def as_list(value: Any) -> Any:
    """Rows as a list; any other value as it is."""
    return value.as_list() if type(value) is Rows else value


def plain(value: Any) -> Any:
    """A value as plain data, with all `Rows` in it as lists; unchanged if it has none."""
    if type(value) is Rows:
        return value.as_list()
    if type(value) is dict:
        members = {name: plain(one) for name, one in value.items()}
        is_other = any(members[name] is not one for name, one in value.items())
        return members if is_other else value
    if type(value) is list:
        items = list(map(plain, value))
        return items if any(map(is_not, items, value)) else value
    return value


def plain_argument(value: Any) -> Any:
    """A value as functions take it: plain data, messages as texts, numbers without their text."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, WrittenInt):
        return int(value)
    if isinstance(value, WrittenFloat):
        return float(value)
    if type(value) is dict:
        return {name: plain_argument(one) for name, one in value.items()}
    if type(value) is list:
        return list(map(plain_argument, value))
    return plain(value)


# `dict(zip(names, row))` takes three times as long as a dict display


def _two(names: Sequence[str], columns: Sequence[Column]) -> list[PlainRow]:
    j, k = names
    return [{j: a, k: b} for a, b in zip(*columns, strict=True)]


def _three(names: Sequence[str], columns: Sequence[Column]) -> list[PlainRow]:
    j, k, m = names
    return [{j: a, k: b, m: c} for a, b, c in zip(*columns, strict=True)]


def _four(names: Sequence[str], columns: Sequence[Column]) -> list[PlainRow]:
    j, k, m, n = names
    return [{j: a, k: b, m: c, n: d} for a, b, c, d in zip(*columns, strict=True)]


def _seven(names: Sequence[str], columns: Sequence[Column]) -> list[PlainRow]:
    j, k, m, n, o, p, q = names
    return [
        {j: a, k: b, m: c, n: d, o: e, p: f, q: g}
        for a, b, c, d, e, f, g in zip(*columns, strict=True)
    ]


# The numbers of columns in replies with measures: date and value, then quality, step and nature,
# and the additions of version 3.
_MAKERS: dict[int, Callable[[Sequence[Any], Sequence[Column]], list[PlainRow]]] = {
    2: _two,
    3: _three,
    4: _four,
    7: _seven,
}
