"""Columns of texts in compact form, because most cells of a long run are never read."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, chain, repeat
from types import NoneType
from typing import Any, overload

Cell = str | None
Column = Sequence[Cell]

_END = "\n"  # between two cells
_NULL = "\0"  # stands for None; texts of replies do not contain this character


class _LazyColumn(Sequence[Cell]):
    """A column whose cells are created when they are read."""

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

    __hash__ = None  # type: ignore[assignment] # unhashable, like a list


class RepeatedCell(_LazyColumn):
    """A column whose cells are all equal."""

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
        taken = range(self._count)[place]  # raises IndexError outside of the column
        return RepeatedCell(self.cell, len(taken)) if isinstance(taken, range) else self.cell


class PackedTexts(_LazyColumn):
    """A column as one text with a line for each cell; it takes a tenth of a list's memory."""

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
    """A column that chains other columns; iteration unpacks one at a time."""

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
    """The column in compact form; the same column if a cell has a line break or is not a text."""
    count = len(column)
    if not count:
        return column
    if column.count(column[0]) == count:
        return RepeatedCell(column[0], count)
    nulls = 0
    try:
        text = _END.join(column)  # type: ignore[arg-type] # None raises TypeError
    except TypeError:
        nulls = column.count(None)
        if not {*map(type, column)} <= {str, NoneType}:
            return column
        text = _END.join([_NULL if cell is None else cell for cell in column])
    is_plain = text.count(_END) == count - 1 and text.count(_NULL) == nulls
    return PackedTexts(text, count) if is_plain else column


def distinct(column: Sequence[Any]) -> set[Any]:
    """The distinct cells of a column."""
    return {column.cell} if isinstance(column, RepeatedCell) and column else {*column}


def map_cells(column: Column, make: Callable[[Cell], Any]) -> list[Any]:
    """The results of a function for each cell; equal cells are computed once."""
    made = {cell: make(cell) for cell in distinct(column)}
    return [*made.values()] * len(column) if len(made) == 1 else [made[cell] for cell in column]
