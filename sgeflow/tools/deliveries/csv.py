"""Reads CSV files: separators and encodings told from the header, columns by alias.

Rows that follow each other and differ in a stamp and a value alone are read together: cut at what
they repeat. Where a quote stands, or a line end of old Macs, rows are read one by one from there
on.
"""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from io import BufferedReader, StringIO, TextIOWrapper
from itertools import chain, groupby, takewhile
from operator import add, sub
from typing import NamedTuple

from msgspec import Struct

from sgeflow.core.measures.nothing import NULLS
from sgeflow.messages import exception_text, say
from sgeflow.tools.deliveries.fields import Names, choose_fields
from sgeflow.tools.deliveries.model import damage_error

_SAMPLE = 1 << 16
_BLANK = " \t\r\n"
_CHUNK = 1 << 20  # characters that are looked at together
_LONGEST_LINE = 1 << 16  # characters in which a line ends, if lines of the file end as usual
_WINDOW = 1 << 15  # characters that are read at once: what they become stays in the cache
_LEAST = 1 << 9  # as few as that where rows change often
_PAIR = 2  # a stamp and a value
_SEPARATORS = ";,\t|"

CsvRow = Mapping[str, str]
_Around = tuple[str, str, str]


class CsvRun(NamedTuple):
    """Rows that differ in their stamps and values alone: the first of them, and these columns."""

    row: CsvRow
    dates: Sequence[str]
    values: Sequence[str]


class Header(Struct, frozen=True):
    """The names of the columns, and the places of ours among them."""

    names: list[str]
    places: Mapping[str, int]
    empty: CsvRow

    def row(self, cells: list[str], number: int) -> CsvRow:
        """The cells of a line by our words for the columns.

        Raises:
            TechnicalError: a cell too many or too few.
        """
        _check(number, cells, self.names)
        if not NULLS.isdisjoint(cells):
            cells = ["" if cell in NULLS else cell for cell in cells]
        return {**self.empty, **{field: cells[place] for field, place in self.places.items()}}


def table(file: BufferedReader, fields: Mapping[str, Names]) -> Iterator[CsvRow]:
    """The rows of a CSV file, by our words for the columns; a column that is not there is empty.

    So is a cell in which the word `null` stands.

    Raises:
        TechnicalError: a required column is missing, or a row does not fit the header.
    """
    with _text_of(file) as (text, separator):
        lines = _cells(text, separator)
        header = _header(lines, fields)
        for number, cells in enumerate(lines, 2):
            yield header.row(cells, number)


def table_runs(file: BufferedReader, fields: Mapping[str, Names]) -> Iterator[CsvRun]:
    """The same rows, those together that differ in `date` and `value` alone.

    Raises:
        TechnicalError: as `table`.
    """
    with _text_of(file) as (text, separator):
        header = _header(_cells(text, separator), fields)
        number, rest = 2, ""
        while header.places["value"] > header.places["date"] and (some := text.read(_CHUNK)):
            whole, end, rest = (rest + some).rpartition("\n")
            if _is_odd(whole + end) or len(rest) > _LONGEST_LINE:
                rest = whole + end + rest
                break
            for run in _runs(whole + end, separator, header, number):
                yield run
                number += len(run.dates)
        lines = chain(StringIO(rest + text.readline(), newline=""), text)
        for at, cells in enumerate(_cells(lines, separator), number):
            yield run_of(header.row(cells, at))


def runs_by_point(runs: Iterable[CsvRun]) -> Iterator[tuple[str, Iterator[CsvRun]]]:
    """Runs that follow each other and are of one point."""
    return groupby(runs, key=lambda run: run.row["point"])


def run_of(row: CsvRow) -> CsvRun:
    """A row that stands alone."""
    return CsvRun(row, (row["date"],), (row["value"],))


def _is_odd(lines: str) -> bool:
    """Whether some whole lines hold a quote, or a line end of old Macs."""
    return '"' in lines or lines.count("\r") != lines.count("\r\n")


def _runs(lines: str, separator: str, header: Header, number: int) -> Iterator[CsvRun]:
    """The runs of some whole lines without quotes; `number` is that of the first."""
    start, window, places = 0, _WINDOW, (header.places["date"], header.places["value"])
    while start < len(lines):
        end = lines.index("\n", start) + 1
        line = lines[start:end]
        cells = next(_cells([line], separator), None)
        if cells is None:
            start = end
            continue
        row = header.row(cells, number)
        around = _around(line, separator, places)
        following = lines[end : lines.find("\n", end) + 1]
        some = lines[start : start + window] if _is_like(following, around) else ""
        dates, values = _alike(some, around, separator)
        length = sum(map(len, around)) * len(dates) + len("".join(dates) + "".join(values))
        # few were alike: few may be again, but two lines at least are looked at
        window = min(_WINDOW, max(_LEAST, 4 * max(length, len(line))))
        if dates:
            start += length
            yield CsvRun(row, _tidy(dates), _tidy(values))
        else:
            start = end
            yield run_of(row)
        number += len(dates) or 1


def _around(line: str, separator: str, places: tuple[int, int]) -> _Around:
    """What stands before the stamp of a line, between it and the value, and after that."""
    cells = line.split(separator)
    date, value = places
    before = separator.join([*cells[:date], ""])
    between = separator.join(["", *cells[date + 1 : value], ""])
    rest = separator.join(cells[value:])
    return before, between, rest[len(cells[value].rstrip("\r\n")) :]


def _is_like(line: str, around: _Around) -> bool:
    """Whether a line may be of the same kind: else no window is cut to find nothing."""
    before, between, after = around
    return line.startswith(before) and between in line and line.endswith(after)


def _alike(lines: str, around: _Around, separator: str) -> tuple[Sequence[str], Sequence[str]]:
    """Stamps and values of the first lines that are alike around them; none if in doubt.

    Between the values of one line and those of the next stands what ends a line and begins one:
    cut there, nothing is lost, and a line of another kind shows by its end. The last is left.
    """
    before, between, after = around
    if not (before + after).strip(_BLANK + separator):  # an empty line might be one of them
        return (), ()
    pieces = lines[len(before) :].split(after + before)[:-1]
    if (cut := _cut_at_once(pieces, between, separator)) is not None:
        return cut
    pairs = [piece.split(between) for piece in pieces]
    odd = "\n" + separator
    if {*map(len, pairs)} != {_PAIR} or any(map("".join(chain(*pairs)).__contains__, odd)):
        pairs = [*takewhile(partial(_is_pair, without=odd), pairs)]
    dates, values = zip(*pairs, strict=True) if pairs else ((), ())
    return dates, values


def _cut_at_once(
    pieces: Sequence[str], between: str, separator: str
) -> tuple[Sequence[str], Sequence[str]] | None:
    """Stamps and values where each piece is one of each; None where one may not be.

    Two cells and what stood between them are as long as a piece, for each piece in turn: a piece
    with fewer or more of them would be shorter, or longer, than the next two cells.
    """
    joined = "\n".join(pieces)
    if joined.count("\n") != len(pieces) - 1:
        return None
    text = joined.replace(between, "\n")
    cells = text.split("\n")
    if separator in text or len(cells) != _PAIR * len(pieces):
        return None
    dates, values = cells[::_PAIR], cells[1::_PAIR]
    lengths = map(add, map(len, dates), map(len, values))
    rests = map(sub, map(len, pieces), lengths)
    return (dates, values) if {*rests} == {len(between)} else None


def _is_pair(cells: list[str], without: str) -> bool:
    """Whether a stamp and a value were cut out whole, and nothing beside them."""
    return len(cells) == _PAIR and not any(map("".join(cells).__contains__, without))


def _tidy(cells: Sequence[str]) -> list[str]:
    if "".join(cells).isdecimal():
        return [*cells]
    stripped = list(map(str.strip, cells))
    if NULLS.isdisjoint(stripped):
        return stripped
    return ["" if cell in NULLS else cell for cell in stripped]


def wide(file: BufferedReader, point: Names) -> Iterator[tuple[str, CsvRow]]:
    """The rows of a CSV file by their own column names, each with its point.

    A column that has the name of another one gets a number.

    Raises:
        TechnicalError: no column names the point, or a row does not fit the header.
    """
    with _text_of(file) as (text, separator):
        lines = _cells(text, separator)
        header = _header(lines, {"point": point})
        names = _apart(header.names)
        for number, cells in enumerate(lines, 2):
            _check(number, cells, header.names)
            yield cells[header.places["point"]], dict(zip(names, cells, strict=True))


def _header(lines: Iterator[list[str]], fields: Mapping[str, Names]) -> Header:
    names = next(lines, None)
    if names is None:
        raise damage_error(say("it is empty"))
    places = {field: names.index(name) for field, name in choose_fields(names, fields).items()}
    return Header(names, places, dict.fromkeys(fields, ""))


@contextmanager
def _text_of(file: BufferedReader) -> Iterator[tuple[TextIOWrapper, str]]:
    """The text of a file, and the separator of its cells; a mistake in either is told."""
    sample = file.peek(_SAMPLE)[:_SAMPLE]
    encoding = _encoding(sample)
    first = sample.partition(b"\n")[0].decode("latin-1")
    separator = max(_SEPARATORS, key=first.count)
    text = TextIOWrapper(file, encoding=encoding, newline="")
    try:
        yield text, separator
    except csv.Error as error:
        raise damage_error(
            say("it is no whole CSV: {error}", error=exception_text(error))
        ) from None
    except UnicodeDecodeError:
        raise damage_error(say("it is no text throughout")) from None
    finally:
        with suppress(ValueError):  # whoever opened the file has closed it
            text.detach()


def _cells(lines: Iterable[str], separator: str) -> Iterator[list[str]]:
    """The cells of each row in which there is something."""
    for cells in csv.reader(lines, delimiter=separator, strict=True):
        if any(cells):
            yield [cell.strip() for cell in cells]


def _apart(header: list[str]) -> list[str]:
    """The names of the columns, the second of a name with a number."""
    counts: Counter[str] = Counter()
    names = []
    for name in header:
        counts[name] += 1
        names.append(name if counts[name] == 1 else f"{name} ({counts[name]})")
    return names


def _check(number: int, cells: list[str], header: list[str]) -> None:
    if len(cells) != len(header):
        raise damage_error(
            say(
                "line {number} has {seen} cells, the header has {wanted}",
                number=number,
                seen=len(cells),
                wanted=len(header),
            )
        )


def _encoding(sample: bytes) -> str:
    """UTF-8 unless the beginning is none; then as Windows writes French."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"
