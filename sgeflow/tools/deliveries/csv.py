"""Reads CSV files row by row: separators and encodings told from the header, columns by alias."""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from io import BufferedReader, TextIOWrapper

from sgeflow.messages import say, why
from sgeflow.tools.deliveries.fields import NOTHING, Names, chosen
from sgeflow.tools.deliveries.model import damaged

_SAMPLE = 1 << 16
_SEPARATORS = ";,\t|"

Row = Mapping[str, str]


def table(file: BufferedReader, fields: Mapping[str, Names]) -> Iterator[Row]:
    """The rows of a CSV file, by our words for the columns; a column that is not there is empty.

    So is a cell in which the word `null` stands.

    Raises:
        TechnicalError: a required column is missing, or a row does not fit the header.
    """
    lines = _lines(file)
    header = next(lines, None)
    if header is None:
        raise damaged(say("it is empty"))
    places = {field: header.index(name) for field, name in chosen(header, fields).items()}
    empty = dict.fromkeys(fields, "")
    for number, cells in enumerate(lines, 2):
        _check(number, cells, header)
        if NOTHING in cells:
            cells = ["" if cell == NOTHING else cell for cell in cells]  # noqa: PLW2901
        yield empty | {field: cells[place] for field, place in places.items()}


def wide(file: BufferedReader, point: Names) -> Iterator[tuple[str, Row]]:
    """The rows of a CSV file by their own column names, each with its point.

    A column that has the name of another one gets a number.

    Raises:
        TechnicalError: no column names the point, or a row does not fit the header.
    """
    lines = _lines(file)
    header = next(lines, None)
    if header is None:
        raise damaged(say("it is empty"))
    place = header.index(chosen(header, {"point": point})["point"])
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
        raise damaged(say("it is no whole CSV: {error}", error=why(error))) from None
    except UnicodeDecodeError:
        raise damaged(say("it is no text throughout")) from None
    finally:
        with suppress(ValueError):  # whoever opened the file has closed it
            text.detach()


def _apart(header: list[str]) -> list[str]:
    """The names of the columns, the second of a name with a number."""
    seen: Counter[str] = Counter()
    names = []
    for name in header:
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names


def _check(number: int, cells: list[str], header: list[str]) -> None:
    if len(cells) != len(header):
        raise damaged(
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
