"""Lines of a CSV that differ in a stamp and a value alone, cut at what they repeat."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import chain, takewhile
from operator import add, sub
from typing import NamedTuple

_BLANK = " \t\r\n"
_PAIR = 2  # a stamp and a value

LineFrame = tuple[str, str, str]
"""What stands before the stamp of a line, between it and the value, and after that."""


class Cut(NamedTuple):
    """What was cut out of lines that are alike, and how many characters these are."""

    dates: Sequence[str] = ()
    values: Sequence[str] = ()
    length: int = 0


def around_of(line: str, separator: str, places: tuple[int, int]) -> LineFrame:
    """What stands before the stamp of a line, between it and the value, and after that."""
    cells = line.split(separator)
    date, value = places
    before = separator.join([*cells[:date], ""])
    between = separator.join(["", *cells[date + 1 : value], ""])
    rest = separator.join(cells[value:])
    return before, between, rest[len(cells[value].rstrip("\r\n")) :]


def is_like(line: str, around: LineFrame) -> bool:
    """Whether a line may be of the same kind: else no window is cut to find nothing."""
    before, between, after = around
    return line.startswith(before) and between in line and line.endswith(after)


def cut_alike(lines: str, around: LineFrame, separator: str) -> Cut:
    """Stamps and values of the first lines that are alike around them; none if in doubt.

    Between the values of one line and those of the next stands what ends a line and begins one:
    cut there, nothing is lost, and a line of another kind shows by its end. The last is left.
    """
    before, between, after = around
    if not (before + after).strip(_BLANK + separator):  # an empty line might be one of them
        return Cut()
    pieces = lines[len(before) :].split(after + before)[:-1]
    if (cut := cut_at_once(pieces, around, separator)) is not None:
        return cut
    pairs = [piece.split(between) for piece in pieces]
    odd = "\n" + separator
    if {*map(len, pairs)} != {_PAIR} or any(map("".join(chain(*pairs)).__contains__, odd)):
        pairs = [*takewhile(partial(_is_pair, without=odd), pairs)]
    if not pairs:
        return Cut()
    dates, values = zip(*pairs, strict=True)
    return Cut(dates, values, len("".join((*dates, *values))) + len("".join(around)) * len(pairs))


def cut_at_once(pieces: Sequence[str], around: LineFrame, separator: str) -> Cut | None:
    """Stamps and values where each piece is one of each; None where one may not be.

    Two cells and what stood between them are as long as a piece, for each piece in turn: a piece
    with fewer or more of them would be shorter, or longer, than the next two cells.
    """
    before, between, after = around
    joined = "\n".join(pieces)
    ends = len(pieces) - 1
    if joined.count("\n") != ends:
        return None
    text = joined.replace(between, "\n")
    cells = text.split("\n")
    if separator in text or len(cells) != _PAIR * len(pieces):
        return None
    dates, values = cells[::_PAIR], cells[1::_PAIR]
    lengths = map(add, map(len, dates), map(len, values))
    rests = map(sub, map(len, pieces), lengths)
    if {*rests} != {len(between)}:
        return None
    return Cut(dates, values, len(joined) - ends + len(before + after) * len(pieces))


def _is_pair(cells: list[str], without: str) -> bool:
    """Whether a stamp and a value were cut out whole, and nothing beside them."""
    return len(cells) == _PAIR and not any(map("".join(cells).__contains__, without))
