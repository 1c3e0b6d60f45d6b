"""Brings together what a table has of one point: some tables are sorted by time.

A bounded part of it is in memory, the rest waits in a temporary file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import IO, Self

_HELD = 1 << 25  # characters in memory
_SAMPLE = 512  # lines that tell how a table is sorted


class ScatteredError(Exception):
    """Rows of one point stand in several places of a table: to be read again, gathered."""


class Gathered:
    """Texts by the point that they are of, those of one point one after the other."""

    def __init__(self, spill: Callable[[], IO[bytes]]) -> None:
        """With what opens the file in which texts wait."""
        self._held: dict[str, list[str]] = defaultdict(list)
        self._size = 0
        self._file = spill()
        self._places: dict[str, list[tuple[int, int]]] = defaultdict(list)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def add(self, point: str, text: str) -> None:
        """Put a text behind those of its point."""
        self._held[point].append(text)
        self._size += len(text)
        if self._size > _HELD:
            self._spill()

    def texts(self) -> Iterator[str]:
        """The texts of each point, in the order in which points came first."""
        for point in {**self._places, **self._held}:
            yield "".join((*self._spilled(point), *self._held.get(point, ())))

    def _spill(self) -> None:
        place = self._file.seek(0, 2)
        for point, texts in self._held.items():
            size = self._file.write("".join(texts).encode(errors="surrogatepass"))
            self._places[point].append((place, size))
            place += size
        self._held.clear()
        self._size = 0

    def _spilled(self, point: str) -> Iterator[str]:
        for place, size in self._places.get(point, ()):
            self._file.seek(place)
            yield self._file.read(size).decode(errors="surrogatepass")


def is_scattered(lines: str, separator: str, place: int) -> bool:
    """Whether the first lines of a table return to a point: few of them, where few are looked at.

    All are looked at where each line is of another point, as in a table sorted by time.
    """
    for some in (lines.split("\n", _SAMPLE)[:-1], lines.split("\n")[:-1]):
        points = [key for key, _ in groupby(filter(str.isdigit, _points(some, separator, place)))]
        if len({*points}) < len(points):
            return True
        if len(points) < len(some):
            return False
    return False


def gather_lines(
    portions: Iterable[str], separator: str, place: int, spill: Callable[[], IO[bytes]]
) -> Iterator[str]:
    """The same whole lines in other portions, of one point each."""
    with Gathered(spill) as gathered:
        for portion in portions:
            lines = portion.split("\n")[:-1]
            of_points: dict[str, list[str]] = defaultdict(list)
            for point, line in zip(_points(lines, separator, place), lines, strict=True):
                of_points[point].append(line)
            for point, same in of_points.items():
                gathered.add(point, "\n".join((*same, "")))
        yield from gathered.texts()


def _points(lines: Iterable[str], separator: str, place: int) -> Iterator[str]:
    """The point that each line names, which has no quotes."""
    if place == 0:
        return (line[: line.find(separator)] for line in lines)
    return ((line.split(separator, place + 1)[place:] or ("",))[0] for line in lines)
