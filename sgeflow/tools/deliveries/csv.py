"""Reads CSV files of any separator and encoding; columns are found by their aliases.

Consecutive rows that differ only in stamp and value are read together. The rows of a table sorted
by time are gathered by point, with a bounded part in memory and the rest in a temporary file. A
missing required column, or a row that does not fit the header, raises TechnicalError.
"""

import codecs
import csv
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from io import BufferedReader, TextIOWrapper
from itertools import groupby
from typing import IO, NamedTuple, Self, TypeVar

from msgspec import Struct

from sgeflow.core.measures.conventions import NULLS
from sgeflow.core.measures.series import plain
from sgeflow.messages import exception_text, say, sentences
from sgeflow.tools.deliveries.fields import Names, choose_fields
from sgeflow.tools.deliveries.model import DeliverySource, damage_error

T = TypeVar("T")
_ALONE = DeliverySource(flux="")
_SAMPLE = 1 << 16
_SEPARATORS = ";,\t|"

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

    def row(self, cells: list[str]) -> CsvRow:
        """The known cells of a line by our names."""
        if not NULLS.isdisjoint(cells):
            cells = ["" if cell in NULLS else cell for cell in cells]
        return {**self.empty, **{field: cells[place] for field, place in self.places.items()}}


def table(
    file: BufferedReader, fields: Mapping[str, Names], source: DeliverySource = _ALONE
) -> Iterator[CsvRow]:
    """The rows of a CSV file by our names of columns; missing columns are empty.

    A cell `null` is empty too. With `source.gather`, the rows of a point are gathered.
    """
    with _open_table(file, fields, source) as (header, lines):
        yield from map(header.row, lines)


def table_runs(
    file: BufferedReader, fields: Mapping[str, Names], source: DeliverySource = _ALONE
) -> Iterator[CsvRun]:
    """The rows of a CSV file; consecutive ones that differ only in `date` and `value` are one run.

    With `source.gather`, the rows of a point are gathered.
    """
    with _open_table(file, fields, source) as (header, lines):
        date_place, value_place = header.places["date"], header.places["value"]
        same: list[str] = []
        dates: list[str] = []
        values: list[str] = []
        for cells in lines:
            date, value = cells[date_place], cells[value_place]
            cells[date_place] = cells[value_place] = ""
            if cells != same:
                if dates:
                    yield CsvRun(header.row(same), _without_nulls(dates), _without_nulls(values))
                same, dates, values = cells, [], []
            dates.append(date)
            values.append(value)
        if dates:
            yield CsvRun(header.row(same), _without_nulls(dates), _without_nulls(values))


def _without_nulls(cells: list[str]) -> list[str]:
    return cells if NULLS.isdisjoint(cells) else ["" if one in NULLS else one for one in cells]


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


def wide(file: BufferedReader, point: Names) -> Iterator[tuple[str, CsvRow]]:
    """The rows of a CSV file by the file's own column names, each with its point.

    A repeated column name gets a number.
    """
    with _text_of(file) as (text, separator):
        lines = _cells(text, separator)
        header = _header(lines, {"point": point})
        names = _apart(header.names)
        for cells in _checked(lines, header):
            yield cells[header.places["point"]], dict(zip(names, cells, strict=True))


def _header(lines: Iterator[list[str]], fields: Mapping[str, Names]) -> Header:
    names = next(lines, None)
    if names is None:
        raise damage_error(say("it is empty"))
    places = {field: names.index(name) for field, name in choose_fields(names, fields).items()}
    return Header(names, places, dict.fromkeys(fields, ""))


@contextmanager
def _open_table(
    file: BufferedReader, fields: Mapping[str, Names], source: DeliverySource
) -> Iterator[tuple[Header, Iterator[list[str]]]]:
    """The header and the cells of each row; a required column that occurs twice is ambiguous."""
    with _text_of(file) as (text, separator):
        lines = _cells(text, separator)
        header = _header(lines, fields)
        counts = Counter(map(plain, header.names))
        needed = (header.names[at] for key, at in header.places.items() if fields[key].required)
        if twice := [name for name in needed if counts[plain(name)] > 1]:
            raise damage_error(
                say('two columns have the name "{name}"', name=twice[0]),
                say("fetch the file again; if the error stays, tell Enedis"),
            )
        rows = _checked(lines, header)
        if not source.gather:
            yield header, rows
            return
        with Gathered(source.spill) as gathered:
            for cells in rows:
                gathered.add(cells[header.places["point"]], json.dumps(cells) + "\n")
            texts = gathered.texts()
            yield header, (json.loads(line) for some in texts for line in some.splitlines())


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
            yield [*map(str.strip, cells)]


def _apart(header: list[str]) -> list[str]:
    """The names of the columns; a repeated name gets a number."""
    counts: Counter[str] = Counter()
    names = []
    for name in header:
        counts[name] += 1
        names.append(name if counts[name] == 1 else f"{name} ({counts[name]})")
    return names


def _checked(lines: Iterable[list[str]], header: Header) -> Iterator[list[str]]:
    """The rows, each of which must have as many cells as the header."""
    for number, cells in enumerate(lines, 2):
        if len(cells) != len(header.names):
            line = say("line {line:,}", line=number)
            found = say(
                "{count} in place of {wanted} cells", count=len(cells), wanted=len(header.names)
            )
            raise damage_error(sentences(line, found, between=": "))
        yield cells


_HELD = 1 << 25  # characters in memory


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
