"""The rows of a fleet: a CSV or JSON-lines file, read as a stream and checked whole at first."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from sgeflow.adapters.project_files import shown
from sgeflow.core.engine.flow import check_inputs
from sgeflow.core.engine.step import Flow, Run
from sgeflow.core.language.paths import leads_away
from sgeflow.errors import Id, InvalidValues, Location, Problem, TechnicalError, UsageError
from sgeflow.messages import Said, counted, listed, reason, say, why
from sgeflow.tools.fleet.columns import PLACE, check_common, check_header

LISTED = 50  # problems that are told one by one
_LONGEST = 1 << 20  # bytes of a line: more is no row
_ENDINGS = (".csv", ".jsonl", ".ndjson")
_UNSAFE = re.compile(r"[^\w-]")
_SAVE = say("save the file as UTF-8, in Excel as CSV UTF-8")
_QUOTED = say("a cell with quotes is quoted")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number from 1, the line where it begins, its values by input."""

    number: int
    line: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BadRow:
    """What cannot be a row."""

    line: int
    message: Said
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A file whose every row is right: how many there are, and what tells that it has changed."""

    total: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The file, the flow whose inputs its rows give, and the inputs common to all rows."""

    path: Path
    flow: Flow
    common: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.path.suffix.lower() not in _ENDINGS:
            message = say("{path} is neither CSV nor JSON lines", path=shown(self.path))
            note = say("--each tells them apart by the end of the file's name")
            raise UsageError(Problem(id=Id.USAGE, message=message, note=note, allowed=_ENDINGS))
        if not self.path.exists():
            message = say("there is no file {path}", path=shown(self.path))
            raise TechnicalError(Problem(id=Id.UNREADABLE, message=message))
        if not self.path.is_file():
            message = say("{path} is no file that can be read twice", path=shown(self.path))
            raise TechnicalError(Problem(id=Id.UNREADABLE, message=message))

    def rows(self) -> Iterator[Row | BadRow]:
        """The rows in turn; what is no row is given in its place.

        Raises:
            TechnicalError: the file cannot be read.
        """
        yield from self._read(sha256())

    def inputs(self, row: Row) -> dict[str, Any]:
        """What a row gives, on top of what is common; `{name}` in a common text is the row's."""

        def filled(found: re.Match[str]) -> str:
            value = row.values.get(found[1])
            return found[0] if value is None else _UNSAFE.sub("_", str(value))

        common = {
            name: PLACE.sub(filled, value) if isinstance(value, str) else value
            for name, value in self.common.items()
        }
        return {**common, **row.values}

    def check(self, known: Mapping[str, Any], facts: Run) -> Checked:
        """Check every row against the flow's inputs, on top of the environment's `known` ones.

        Raises:
            InvalidValues: all that is wrong, with its line; of very much, the first.
            TechnicalError: the file cannot be read.
        """
        check_common(self.flow, self.common)
        # a cell in the wrong column may be a name: no value of a row is ever told
        shy = {name: replace(one, personal=True) for name, one in self.flow.inputs.items()}
        flow, digest, wrong = replace(self.flow, inputs=shy), sha256(), _Wrong(shown(self.path))
        total = 0
        for row in self._read(digest, {**known, **self.common}):
            if isinstance(row, BadRow):
                wrong.add(row.line, Problem(id=Id.MALFORMED, message=row.message, note=row.note))
                continue
            total += 1
            try:
                check_inputs(flow, {**known, **self.inputs(row)}, facts)
                self._check_paths(row)
            except InvalidValues as error:
                wrong.add(row.line, *error.problems)
        wrong.tell()
        return Checked(total=total, digest=digest.hexdigest()[:32])

    def _check_paths(self, row: Row) -> None:
        """Raise InvalidValues when a row itself says where a file is written: it is no flow."""
        names = sorted(name for name in self.flow.paths & row.values.keys())
        away = [name for name in names if leads_away(row.values[name])]
        if away:
            message = say("a row may name a file in {name}, and no folder", name=listed(away))
            note = say("give it to all rows: {name}=data/{{COLUMN}}.json", name=away[0])
            raise InvalidValues(Problem(id=Id.INVALID_VALUE, message=message, note=note))

    def count(self) -> int:
        """How many rows there are, right or wrong."""
        return sum(1 for _ in self.rows())

    def _read(self, digest: Any, given: Mapping[str, Any] | None = None) -> Iterator[Row | BadRow]:
        """The rows; with what is `given` besides, columns that are missing are told once."""
        lines = _Lines(digest)
        try:
            with self.path.open("rb") as file:
                if self.path.suffix.lower() == ".csv":
                    yield from _csv(lines, file, self.flow, given)
                else:
                    yield from _json_lines(lines, file)
        except OSError as error:
            message = say(
                "{path} cannot be read: {reason}", path=shown(self.path), reason=reason(error)
            )
            raise TechnicalError(Problem(id=Id.UNREADABLE, message=message)) from None
        except _NotTextError as error:
            yield BadRow(lines.number, why(error), _SAVE)


@dataclass(slots=True)
class _Wrong:
    """Collects what is wrong: the first of it in words, the rest as a number."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    lines: int = 0
    left_out: int = 0

    def add(self, line: int, *problems: Problem) -> None:
        self.lines += 1
        at = Location(file=self.file, line=line, column=1)
        for problem in problems:
            if len(self.problems) < LISTED:
                self.problems.append(replace(problem, at=at, where="", suggestion=""))
            else:
                self.left_out += 1

    def tell(self) -> None:
        if not self.problems:
            return
        rows = counted("{count:,} row is wrong", "{count:,} rows are wrong", count=self.lines)
        if self.left_out:
            more = say("{count:,} more mistakes are not listed", count=self.left_out)
            rows = listed([rows, more])
        message = say("{file}: {rows}; nothing was sent", file=self.file, rows=rows)
        raise InvalidValues(*self.problems, Problem(id=Id.INVALID_VALUE, message=message))


class _NotTextError(Exception):
    """The file is not what it should be: reading ends here."""


@dataclass(slots=True)
class _Lines:
    """Lines of a file as text, counted and digested on the way."""

    digest: Any
    number: int = 0

    def of(self, file: BinaryIO) -> Iterator[str]:
        while raw := file.readline(_LONGEST + 1):
            self.number += 1
            self.digest.update(raw)
            if len(raw) > _LONGEST:
                raise _NotTextError(say("the line is longer than a row can be"))
            try:
                text = raw.decode("utf-8")
            except UnicodeDecodeError:
                raise _NotTextError(say("the line is not UTF-8 text")) from None
            yield text.removeprefix("\ufeff") if self.number == 1 else text


def _csv(
    lines: _Lines, file: BinaryIO, flow: Flow, given: Mapping[str, Any] | None
) -> Iterator[Row | BadRow]:
    source = lines.of(file)
    first = next(source, "")
    reader = csv.reader(source, delimiter=_delimiter(first), strict=True)
    try:
        header = next(csv.reader([first], delimiter=_delimiter(first), strict=True), [])
    except csv.Error as error:
        old = "\r" in first.rstrip("\r\n")
        message = say("lines end with CR alone") if old else _not_csv(error)
        yield BadRow(1, message, _SAVE if old else _QUOTED)
        return
    names = [name.strip() for name in header]
    check_header(names, flow, given)
    number, line = 0, lines.number + 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            number += 1
            yield BadRow(line, _not_csv(error), _QUOTED)
            return  # where the next row would begin, nobody can tell
        if any(cell.strip() for cell in cells):
            number += 1
            yield _csv_row(number, line, names, cells, flow)
        line = lines.number + 1


def _not_csv(error: csv.Error) -> Said:
    return say("the row is not CSV: {error}", error=why(error))


def _csv_row(
    number: int, line: int, names: list[str], cells: list[str], flow: Flow
) -> Row | BadRow:
    more = cells[len(names) :]
    if len(cells) < len(names) or any(cell.strip() for cell in more):
        return BadRow(
            line,
            say(
                "the row has {seen} cells, the header {wanted}",
                seen=len(cells),
                wanted=len(names),
            ),
        )
    given = {name: cell.strip() for name, cell in zip(names, cells, strict=False)}
    return Row(number, line, {n: _typed(v, flow.inputs[n].schema) for n, v in given.items() if v})


def _typed(cell: str, schema: Mapping[str, Any]) -> Any:
    """A list or object in a cell is written as JSON; what is none stays, to be refused."""
    if schema.get("type") not in ("array", "object"):
        return cell
    try:
        return json.loads(cell)
    except ValueError:
        return cell


def _delimiter(header: str) -> str:
    return ";" if header.count(";") > header.count(",") else ","


def _json_lines(lines: _Lines, file: BinaryIO) -> Iterator[Row | BadRow]:
    number = 0
    for text in lines.of(file):
        if not text.strip():
            continue
        number += 1
        try:
            values = json.loads(text, parse_constant=_no_number)
        except (ValueError, RecursionError):
            yield BadRow(
                lines.number, say("the line is not JSON"), say("a line holds one whole object")
            )
            continue
        if isinstance(values, dict):
            yield Row(number, lines.number, values)
        else:
            yield BadRow(lines.number, say("the line is no JSON object"), '{"pointId": "…"}')


def _no_number(word: str) -> float:
    """NaN and Infinity, which Python writes and JSON does not know."""
    raise ValueError(word)
