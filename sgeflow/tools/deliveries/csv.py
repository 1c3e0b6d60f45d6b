"""Reads CSV files: separators and encodings told from the header, columns by alias.

Rows that follow each other and differ in a stamp and a value alone are read together: cut at what
they repeat. Where a quote stands, or a line end of old Macs, rows are read one by one from there
on.
"""

from __future__ import annotations

import codecs
import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from io import BufferedReader, StringIO, TextIOWrapper
from itertools import chain, groupby
from typing import NamedTuple, TypeVar

from msgspec import Struct

from sgeflow.core.measures.blank_values import NULLS
from sgeflow.core.measures.series import plain
from sgeflow.messages import exception_text, say, say_count
from sgeflow.tools.deliveries.by_point import (
    Gathered,
    ScatteredError,
    gather_lines,
    is_scattered,
)
from sgeflow.tools.deliveries.fields import Names, choose_fields
from sgeflow.tools.deliveries.model import DeliverySource, MisreadError, damage_error
from sgeflow.tools.deliveries.repeated_lines import around_of, cut_alike, is_like

T = TypeVar("T")
_ALONE = DeliverySource(name="", flux="")
_SAMPLE = 1 << 16
_CHUNK = 1 << 20  # characters that are looked at together
_LONGEST_LINE = 1 << 16  # characters in which a line ends, if lines of the file end as usual
_WINDOW = 1 << 15  # characters that are read at once: what they become stays in the cache
_LEAST = 1 << 9  # as few as that where rows change often
_SEPARATORS = ";,\t|"
_END_OF_NULL = {word[-2:] for word in NULLS}

CsvRow = Mapping[str, str]


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


def table(
    file: BufferedReader, fields: Mapping[str, Names], source: DeliverySource = _ALONE
) -> Iterator[CsvRow]:
    """The rows of a CSV file, by our words for the columns; a column that is not there is empty.

    So is a cell in which the word `null` stands. The rows of a point come together where the source
    says so.

    Raises:
        TechnicalError: a required column is missing, or a row does not fit the header.
    """
    with _text_of(file) as (text, separator):
        lines = _cells(text, separator)
        header = _header_of_values(lines, fields)
        rows = (header.row(cells, number) for number, cells in enumerate(lines, 2))
        yield from _gather_rows(rows, header, source) if source.gather else rows


def table_runs(
    file: BufferedReader, fields: Mapping[str, Names], source: DeliverySource = _ALONE
) -> Iterator[CsvRun]:
    """The same rows, those together that differ in `date` and `value` alone.

    Raises:
        TechnicalError: as `table`.
        MisreadError: a table that is sorted by time has quotes, or values before its stamps.
    """
    with _text_of(file) as (text, separator):
        header = _header_of_values(_cells(text, separator), fields)
        number, rest, some = 2, "", text.read(_CHUNK)
        if source.gather or is_scattered(some, separator, header.places["point"]):
            yield from _gather_runs(text, some, separator, header, source)
            return
        if header.places["value"] < header.places["date"]:
            rest, some = some, ""
        while some:
            whole, end, rest = (rest + some).rpartition("\n")
            if _is_odd(whole + end) or len(rest) > _LONGEST_LINE:
                rest = whole + end + rest
                break
            for run in _runs(whole + end, separator, header, number):
                yield run
                number += len(run.dates)
            some = text.read(_CHUNK)
        lines = chain(StringIO(rest + text.readline(), newline=""), text)
        for at, cells in enumerate(_cells(lines, separator), number):
            yield run_of(header.row(cells, at))


def runs_by_point(runs: Iterable[CsvRun]) -> Iterator[tuple[str, Iterator[CsvRun]]]:
    """The runs of each point.

    Raises:
        ScatteredError: those of a point stand in several places.
    """
    return _each_once(groupby(runs, key=lambda run: run.row["point"]))


def by_point(rows: Iterable[CsvRow]) -> Iterator[tuple[str, Iterator[CsvRow]]]:
    """The rows of each point; raises as `runs_by_point`."""
    return _each_once(groupby(rows, key=lambda row: row["point"]))


def _each_once(groups: Iterable[tuple[str, T]]) -> Iterator[tuple[str, T]]:
    seen: set[str] = set()
    for point, some in groups:
        if point in seen:
            raise ScatteredError
        seen.add(point)
        yield point, some


def _gather_rows(
    rows: Iterable[CsvRow], header: Header, source: DeliverySource
) -> Iterator[CsvRow]:
    """Rows in another order: those of a point together."""
    with Gathered(source.spill) as gathered:
        for row in rows:
            gathered.add(row["point"], json.dumps([*row.values()]) + "\n")
        for text in gathered.texts():
            for line in text.splitlines():
                yield dict(zip(header.empty, json.loads(line), strict=True))


def _gather_runs(
    text: TextIOWrapper, first: str, separator: str, header: Header, source: DeliverySource
) -> Iterator[CsvRun]:
    """The runs of a table without quotes, of which the first portion was read."""
    if header.places["value"] < header.places["date"]:
        raise MisreadError

    def portions() -> Iterator[str]:
        some, rest = first, ""
        while some:
            whole, end, rest = (rest + some).rpartition("\n")
            if _is_odd(whole + end) or len(rest) > _LONGEST_LINE:
                raise MisreadError
            yield whole + end
            some = text.read(_CHUNK)
        yield f"{rest}\n" if rest else ""

    for lines in gather_lines(portions(), separator, header.places["point"], source.spill):
        yield from _runs(lines, separator, header, 2)


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
        around = around_of(line, separator, places)
        following = lines[end : lines.find("\n", end) + 1]
        some = lines[start : start + window] if is_like(following, around) else ""
        dates, values, length = cut_alike(some, around, separator)
        # few were alike: few may be again, but two lines at least are looked at
        window = min(_WINDOW, max(_LEAST, 4 * max(length, len(line))))
        if dates:
            start += length
            yield CsvRun(row, _tidy(dates), _tidy(values))
        else:
            start = end
            yield run_of(row)
        number += len(dates) or 1


def _tidy(cells: Sequence[str]) -> list[str]:
    joined = "".join(cells)
    if joined.isdecimal():
        return [*cells]
    stripped = list(map(str.strip, cells))
    if not any(map(joined.__contains__, _END_OF_NULL)):
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


def _header_of_values(lines: Iterator[list[str]], fields: Mapping[str, Names]) -> Header:
    """A header that does not name what must be there twice: which one counts is not known."""
    header = _header(lines, fields)
    counts = Counter(map(plain, header.names))
    needed = (header.names[at] for key, at in header.places.items() if fields[key].required)
    if twice := [name for name in needed if counts[plain(name)] > 1]:
        raise damage_error(
            say('two columns are called "{name}"', name=twice[0]),
            say("fetch it again; when it stays, tell Enedis"),
        )
    return header


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
            say_count(
                "line {number} has {count} cell, the header has {wanted}",
                "line {number} has {count} cells, the header has {wanted}",
                number=number,
                count=len(cells),
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
