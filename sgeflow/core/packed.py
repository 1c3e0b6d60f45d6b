"""Columns of texts that take little room until they are read: of a long run nobody reads all."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, chain, repeat
from types import NoneType
from typing import Any, overload

Cell = str | None
Column = Sequence[Cell]

_END = "\n"  # of a cell
_NULL = "\0"  # a cell in which there is nothing: no text of SGE has it


class _LazyColumn(Sequence[Cell]):
    """A column whose cells are made as they are asked for."""

    __slots__ = ()

    @overload
    def __getitem__(self, place: int) -> Cell: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Cell]: ...
    def __getitem__(self, place: int | slice) -> Cell | Sequence[Cell]:
        return [*self][place]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return len(self) == len(other) and [*self] == [*other]

    __hash__ = None  # type: ignore[assignment] # as of a list


class RepeatedCell(_LazyColumn):
    """A column in which all rows have one cell."""

    __slots__ = ("_count", "cell")

    def __init__(self, cell: Cell, count: int) -> None:
        self.cell, self._count = cell, count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Cell]:
        return repeat(self.cell, self._count)

    @overload
    def __getitem__(self, place: int) -> Cell: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Cell]: ...
    def __getitem__(self, place: int | slice) -> Cell | Sequence[Cell]:
        taken = range(self._count)[place]  # raises for a place that there is not
        return RepeatedCell(self.cell, len(taken)) if isinstance(taken, range) else self.cell


class PackedTexts(_LazyColumn):
    """Cells as one text, a line each, in a tenth of the room of a string each; a null is a NUL."""

    __slots__ = ("_count", "text")

    def __init__(self, text: str, count: int) -> None:
        self.text, self._count = text, count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Cell]:
        cells = self.text.split(_END)
        is_full = _NULL not in self.text
        return iter(cells if is_full else [None if cell == _NULL else cell for cell in cells])


class JoinedColumns(_LazyColumn):
    """Columns one after the other, of which one is made at a time."""

    __slots__ = ("_ends", "parts")

    def __init__(self, parts: Sequence[Column]) -> None:
        self.parts = parts
        self._ends = [*accumulate(map(len, parts))]

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __iter__(self) -> Iterator[Cell]:
        return chain.from_iterable(self.parts)

    @overload
    def __getitem__(self, place: int) -> Cell: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Cell]: ...
    def __getitem__(self, place: int | slice) -> Cell | Sequence[Cell]:
        if isinstance(place, slice):
            return super().__getitem__(place)
        at = range(len(self))[place]
        number = bisect_right(self._ends, at)
        return self.parts[number][at - self._ends[number]]


def pack(column: Column) -> Column:
    """The column in little room, where all its texts are of one line; else as it is."""
    count = len(column)
    if not count:
        return column
    if column.count(column[0]) == count:
        return RepeatedCell(column[0], count)
    nulls = 0
    try:
        text = _END.join(column)  # type: ignore[arg-type] # a null is met below
    except TypeError:
        nulls = column.count(None)
        if not {*map(type, column)} <= {str, NoneType}:
            return column
        text = _END.join([_NULL if cell is None else cell for cell in column])
    is_plain = text.count(_END) == count - 1 and text.count(_NULL) == nulls
    return PackedTexts(text, count) if is_plain else column


def distinct(column: Sequence[Any]) -> set[Any]:
    """The cells that there are in a column."""
    return {column.cell} if isinstance(column, RepeatedCell) and column else {*column}


def map_cells(column: Column, make: Callable[[Cell], Any]) -> list[Any]:
    """The results of a function for each cell; equal cells are computed once."""
    made = {cell: make(cell) for cell in distinct(column)}
    return [*made.values()] * len(column) if len(made) == 1 else [made[cell] for cell in column]
