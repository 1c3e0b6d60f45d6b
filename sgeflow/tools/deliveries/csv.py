"""Reads CSV files row by row: separators and encodings told from the header, columns by alias."""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from io import BufferedReader, TextIOWrapper

from sgeflow.core.measures.nothing import NULLS
from sgeflow.messages import exception_text, say
from sgeflow.tools.deliveries.fields import Names, choose_fields
from sgeflow.tools.deliveries.model import damage_error

_SAMPLE = 1 << 16
_SEPARATORS = ";,\t|"

CsvRow = Mapping[str, str]


def table(file: BufferedReader, fields: Mapping[str, Names]) -> Iterator[CsvRow]:
    """The rows of a CSV file, by our words for the columns; a column that is not there is empty.

    So is a cell in which the word `null` stands.

    Raises:
        TechnicalError: a required column is missing, or a row does not fit the header.
    """
    lines = _lines(file)
    header = next(lines, None)
    if header is None:
        raise damage_error(say("it is empty"))
    places = {field: header.index(name) for field, name in choose_fields(header, fields).items()}
    empty = dict.fromkeys(fields, "")
    for number, cells in enumerate(lines, 2):
        _check(number, cells, header)
        if not NULLS.isdisjoint(cells):
            cells = ["" if cell in NULLS else cell for cell in cells]  # noqa: PLW2901
        yield empty | {field: cells[place] for field, place in places.items()}


def wide(file: BufferedReader, point: Names) -> Iterator[tuple[str, CsvRow]]:
    """The rows of a CSV file by their own column names, each with its point.

    A column that has the name of another one gets a number.

    Raises:
        TechnicalError: no column names the point, or a row does not fit the header.
    """
    lines = _lines(file)
    header = next(lines, None)
    if header is None:
        raise damage_error(say("it is empty"))
    place = header.index(choose_fields(header, {"point": point})["point"])
    names = _apart(header)
    for number, cells in enumerate(lines, 2):
        _check(number, cells, header)
        yield cells[place], dict(zip(names, cells, strict=True))


def _lines(file: BufferedReader) -> Iterator[list[str]]:
    sample = file.peek(_SAMPLE)[:_SAMPLE]
    encoding = _encoding(sample)
    first = sample.partition(b"\n")[0].decode("latin-1")
    separator = max(_SEPARATORS, key=first.count)
    text = TextIOWrapper(file, encoding=encoding, newline="")
    try:
        for cells in csv.reader(text, delimiter=separator, strict=True):
            if any(cells):
                yield [cell.strip() for cell in cells]
    except csv.Error as error:
        raise damage_error(
            say("it is no whole CSV: {error}", error=exception_text(error))
        ) from None
    except UnicodeDecodeError:
        raise damage_error(say("it is no text throughout")) from None
    finally:
        with suppress(ValueError):  # whoever opened the file has closed it
            text.detach()


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
