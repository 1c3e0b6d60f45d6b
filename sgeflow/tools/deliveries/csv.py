"""Reads CSV files of any separator and encoding; columns are found by their aliases.

Consecutive rows that differ only in stamp and value are read together, by cutting the text at the
repeated parts. From the first quotation mark or old Mac line end on, rows are read one by one. The
rows of a table sorted by time are gathered by point, with a bounded part in memory and the rest in
a temporary file. A missing required column, or a row that does not fit the header, raises
TechnicalError.
"""

from __future__ import annotations

import codecs
import csv
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from io import BufferedReader, StringIO, TextIOWrapper
from itertools import chain, groupby, takewhile
from operator import add, sub
from typing import IO, NamedTuple, Self, TypeVar

from msgspec import Struct

from sgeflow.core.measures.conventions import NULLS
from sgeflow.core.measures.series import plain
from sgeflow.messages import exception_text, say, sentences
from sgeflow.tools.deliveries.fields import Names, choose_fields
from sgeflow.tools.deliveries.model import DeliverySource, MisreadError, damage_error

T = TypeVar("T")
_ALONE = DeliverySource(name="", flux="")
_SAMPLE = 1 << 16
_CHUNK = 1 << 20  # characters that are examined together
_LONGEST_LINE = 1 << 16  # characters within which a line ends, in a file with usual line ends
_WINDOW = 1 << 15  # characters read at once: the results stay in the processor's cache
_LEAST = 1 << 9  # the smallest window, for rows that change often
_SEPARATORS = ";,\t|"
_END_OF_NULL = {word[-2:] for word in NULLS}

CsvRow = Mapping[str, str]


class CsvRun(NamedTuple):
    """Rows that differ only in stamps and values: the first row, and these two columns."""

    row: CsvRow
    dates: Sequence[str]
    values: Sequence[str]


class Header(Struct, frozen=True):
    """The names of the columns, and the positions of the known ones."""

    names: list[str]
    places: Mapping[str, int]
    empty: CsvRow

    def row(self, cells: list[str], number: int) -> CsvRow:
        """The known cells of a line by our names; it must have as many cells as the header."""
        _check(number, cells, self.names)
        if not NULLS.isdisjoint(cells):
            cells = ["" if cell in NULLS else cell for cell in cells]
        return {**self.empty, **{field: cells[place] for field, place in self.places.items()}}


def table(
    file: BufferedReader, fields: Mapping[str, Names], source: DeliverySource = _ALONE
) -> Iterator[CsvRow]:
    """The rows of a CSV file by our names of columns; missing columns are empty.

    A cell `null` is empty too. With `source.gather`, the rows of a point are gathered.
    """
    with _text_of(file) as (text, separator):
        lines = _cells(text, separator)
        header = _header_of_values(lines, fields)
        rows = (header.row(cells, number) for number, cells in enumerate(lines, 2))
        if not source.gather:
            yield from rows
            return
        with Gathered(source.spill) as gathered:
            for row in rows:
                gathered.add(row["point"], json.dumps([*row.values()]) + "\n")
            for some in gathered.texts():
                for line in some.splitlines():
                    yield dict(zip(header.empty, json.loads(line), strict=True))


def table_runs(
    file: BufferedReader, fields: Mapping[str, Names], source: DeliverySource = _ALONE
) -> Iterator[CsvRun]:
    """The rows of a CSV file; rows that differ only in `date` and `value` form one run.

    Raises:
        MisreadError: a table sorted by time has quotes, or values before its stamps.
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


def runs_of(
    file: BufferedReader, fields: Mapping[str, Names], source: DeliverySource
) -> Iterator[CsvRun]:
    """The runs of a table, read fast if the source allows it; errors as in `table_runs`."""
    if source.quickly:
        return table_runs(file, fields, source)
    return map(run_of, table(file, fields, source))


def runs_by_point(runs: Iterable[CsvRun]) -> Iterator[tuple[str, Iterator[CsvRun]]]:
    """The runs of each point.

    Raises:
        ScatteredError: the rows of a point are in several places.
    """
    return _each_once(groupby(runs, key=lambda run: run.row["point"]))


def by_point(rows: Iterable[CsvRow]) -> Iterator[tuple[str, Iterator[CsvRow]]]:
    """The rows of each point; errors as in `runs_by_point`."""
    return _each_once(groupby(rows, key=lambda row: row["point"]))


def _each_once(groups: Iterable[tuple[str, T]]) -> Iterator[tuple[str, T]]:
    seen: set[str] = set()
    for point, some in groups:
        if point in seen:
            raise ScatteredError
        seen.add(point)
        yield point, some


def _gather_runs(
    text: TextIOWrapper, first: str, separator: str, header: Header, source: DeliverySource
) -> Iterator[CsvRun]:
    """The runs of a table without quotes, whose first portion was read already."""
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
    """A single row as a run."""
    return CsvRun(row, (row["date"],), (row["value"],))


def _is_odd(lines: str) -> bool:
    """Whether some lines contain a quote or an old Mac line end."""
    return '"' in lines or lines.count("\r") != lines.count("\r\n")


def _runs(lines: str, separator: str, header: Header, number: int) -> Iterator[CsvRun]:
    """The runs of some lines without quotes; `number` is the number of the first line."""
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
        # a short run suggests that the next is short; two lines are examined at least
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
    """The rows of a CSV file by the file's own column names, each with its point.

    A repeated column name gets a number.
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
    """The header; a required column that occurs twice is refused, because it is ambiguous."""
    header = _header(lines, fields)
    counts = Counter(map(plain, header.names))
    needed = (header.names[at] for key, at in header.places.items() if fields[key].required)
    if twice := [name for name in needed if counts[plain(name)] > 1]:
        raise damage_error(
            say('two columns have the name "{name}"', name=twice[0]),
            say("fetch the file again; if the error stays, tell Enedis"),
        )
    return header


@contextmanager
def _text_of(file: BufferedReader) -> Iterator[tuple[TextIOWrapper, str]]:
    """The text of a file and its cell separator; damaged CSV or text raises TechnicalError."""
    sample = file.peek(_SAMPLE)[:_SAMPLE]
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
        encoding = "utf-8-sig"
    except UnicodeDecodeError:
        encoding = "cp1252"  # as Windows writes French
    first = sample.partition(b"\n")[0].decode("latin-1")
    separator = max(_SEPARATORS, key=first.count)
    text = TextIOWrapper(file, encoding=encoding, newline="")
    try:
        yield text, separator
    except csv.Error as error:
        raise damage_error(
            say("it is not complete CSV: {error}", error=exception_text(error))
        ) from None
    except UnicodeDecodeError:
        raise damage_error(say("it is not UTF-8 text")) from None
    finally:
        with suppress(ValueError):  # the file may be closed already
            text.detach()


def _cells(lines: Iterable[str], separator: str) -> Iterator[list[str]]:
    """The cells of each row that is not empty."""
    for cells in csv.reader(lines, delimiter=separator, strict=True):
        if any(cells):
            yield [cell.strip() for cell in cells]


def _apart(header: list[str]) -> list[str]:
    """The names of the columns; a repeated name gets a number."""
    counts: Counter[str] = Counter()
    names = []
    for name in header:
        counts[name] += 1
        names.append(name if counts[name] == 1 else f"{name} ({counts[name]})")
    return names


def _check(number: int, cells: list[str], header: list[str]) -> None:
    if len(cells) != len(header):
        line = say("line {line:,}", line=number)
        found = say("{count} in place of {wanted} cells", count=len(cells), wanted=len(header))
        raise damage_error(sentences(line, found, between=": "))


_BLANK = " \t\r\n"
_PAIR = 2  # a stamp and a value

LineFrame = tuple[str, str, str]
"""The text before the stamp of a line, between stamp and value, and after the value."""


class Cut(NamedTuple):
    """Stamps and values cut out of similar lines, and the length of these lines."""

    dates: Sequence[str] = ()
    values: Sequence[str] = ()
    length: int = 0


def around_of(line: str, separator: str, places: tuple[int, int]) -> LineFrame:
    """The text of a line around stamp and value."""
    cells = line.split(separator)
    date, value = places
    before = separator.join([*cells[:date], ""])
    between = separator.join(["", *cells[date + 1 : value], ""])
    rest = separator.join(cells[value:])
    return before, between, rest[len(cells[value].rstrip("\r\n")) :]


def is_like(line: str, around: LineFrame) -> bool:
    """Whether a line may have the same text around; this saves cutting a window in vain."""
    before, between, after = around
    return line.startswith(before) and between in line and line.endswith(after)


def cut_alike(lines: str, around: LineFrame, separator: str) -> Cut:
    """Stamps and values of the first similar lines; none in case of doubt.

    Between two values the text ends a line and begins the next one, so cutting there loses nothing,
    and a different line shows by its end. The last line is left for later.
    """
    before, between, after = around
    if not (before + after).strip(_BLANK + separator):  # an empty line might count as similar
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
    """Stamps and values if each piece has exactly one of each; None in case of doubt.

    For each piece, two cells and the text between them must be as long as the piece: a piece with
    fewer or more cells would be shorter or longer.
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
    """Whether a stamp and a value were cut out completely, without other text."""
    return len(cells) == _PAIR and not any(map("".join(cells).__contains__, without))


_HELD = 1 << 25  # characters in memory
_SORTING_SAMPLE = 512  # lines that tell how a table is sorted


class ScatteredError(Exception):
    """The rows of a point are in several places of a table: it must be read again and gathered."""


class Gathered:
    """Texts gathered by point, in the order in which they came."""

    def __init__(self, spill: Callable[[], IO[bytes]]) -> None:
        """`spill` opens the temporary file."""
        self._held: dict[str, list[str]] = defaultdict(list)
        self._size = 0
        self._file = spill()
        self._places: dict[str, list[tuple[int, int]]] = defaultdict(list)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def add(self, point: str, text: str) -> None:
        """Add a text to those of its point."""
        self._held[point].append(text)
        self._size += len(text)
        if self._size <= _HELD:
            return
        place = self._file.seek(0, 2)
        for of, texts in self._held.items():
            size = self._file.write("".join(texts).encode(errors="surrogatepass"))
            self._places[of].append((place, size))
            place += size
        self._held.clear()
        self._size = 0

    def texts(self) -> Iterator[str]:
        """The texts of each point, in the order of their first texts."""
        for point in {**self._places, **self._held}:
            texts = []
            for place, size in self._places.get(point, ()):
                self._file.seek(place)
                texts.append(self._file.read(size).decode(errors="surrogatepass"))
            yield "".join((*texts, *self._held.get(point, ())))


def is_scattered(lines: str, separator: str, place: int) -> bool:
    """Whether a table returns to an earlier point, judged by its first lines.

    All lines are examined if each belongs to another point, as in a table sorted by time.
    """
    for some in (lines.split("\n", _SORTING_SAMPLE)[:-1], lines.split("\n")[:-1]):
        points = [key for key, _ in groupby(filter(str.isdigit, _points(some, separator, place)))]
        if len({*points}) < len(points):
            return True
        if len(points) < len(some):
            return False
    return False


def gather_lines(
    portions: Iterable[str], separator: str, place: int, spill: Callable[[], IO[bytes]]
) -> Iterator[str]:
    """Lines gathered by point: each portion belongs to one point."""
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
    """The point of each line; the lines have no quotes."""
    if place == 0:
        return (line[: line.find(separator)] for line in lines)
    return ((line.split(separator, place + 1)[place:] or ("",))[0] for line in lines)
