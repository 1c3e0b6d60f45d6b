"""Reads the rows of a fleet from a CSV or JSON-lines file: first checks all, then streams them.

The file is copied first, so changes to it during the fleet have no effect.
"""

from __future__ import annotations

import csv
import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from hashlib import blake2b, sha256
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.adapters.project_files import show_path
from sgeflow.core.engine.flow import check_inputs
from sgeflow.core.engine.step import Flow, Run
from sgeflow.core.engine.walk import written_files
from sgeflow.core.language.foreign_json import DuplicateKey, UnusableJson, read_json
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.errors import Id, InvalidValues, Problem, TechnicalError, UsageError
from sgeflow.messages import Message, exception_text, os_error_text, say
from sgeflow.patterns import regex
from sgeflow.runtime.data_files import OutputPlace
from sgeflow.tools.fleet.row_checks import (
    PLACE,
    DuplicateRows,
    WrongRows,
    at_header,
    check_columns,
    check_common,
    check_header,
    check_row_paths,
)

_LONGEST = 1 << 20  # bytes of a line; a longer line is not a row
_ENDINGS = (".csv", ".jsonl", ".ndjson")
_UNSAFE = regex(r"[^\w-]")
_SAVE = say("save the file as UTF-8, in Excel as CSV UTF-8")
_QUOTED = say("a cell with quotes is quoted")


class Row(Struct, frozen=True):
    """One row: its number from 1, the line where it begins, and its inputs."""

    number: int
    line: int
    values: Mapping[str, Any]


class BadRow(Struct, frozen=True):
    """A line that is not a valid row."""

    line: int
    message: Message
    note: str = ""


class CheckedTable(Struct, frozen=True, kw_only=True):
    """A file of valid rows: their number, and the digest of the file."""

    total: int
    digest: str


class Table(Struct, frozen=True, kw_only=True):
    """The file, the flow whose inputs its rows give, and the inputs common to all rows.

    `defaults` are the inputs of the environment when the fleet began. Rows are read from a `copy`,
    because the file may change meanwhile.
    """

    path: Path
    flow: Flow
    common: Mapping[str, Any] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    copy: BinaryIO | None = None  # a copy of the file, which is read instead

    def __post_init__(self) -> None:
        if not _is_table(self.path):
            message = say("{path} is neither CSV nor JSON lines", path=show_path(self.path))
            note = say("--each tells them apart by the end of the file's name")
            raise UsageError.of(Id.USAGE, message, note=note, allowed=_ENDINGS)
        if not self.path.exists():
            message = say("there is no file {path}", path=show_path(self.path))
            folder = self.path.parent
            files = sorted(one.name for one in folder.iterdir()) if folder.is_dir() else []
            near = closest(self.path.name, [one for one in files if _is_table(Path(one))])
            beside = show_path(self.path.with_name(near)) if near else ""
            raise TechnicalError.of(Id.UNREADABLE, message, suggestion=beside)
        if not self.path.is_file():
            message = say("{path} is no file that can be read twice", path=show_path(self.path))
            raise TechnicalError.of(Id.UNREADABLE, message)

    def rows(self) -> Iterator[Row | BadRow]:
        """The rows in order; an invalid row is yielded as its problem.

        Raises:
            TechnicalError: the file cannot be read.
        """
        yield from self._read(_Lines(sha256()))

    def inputs(self, row: Row) -> dict[str, Any]:
        """The inputs of a row: its own before the common ones before the defaults.

        `{name}` in a common text is replaced by the row's value.
        """

        def fill(match: re.Match[str]) -> str:
            value = row.values.get(match[1])
            return match[0] if value is None else _UNSAFE.sub("_", str(value))

        common = {
            name: PLACE.sub(fill, value) if isinstance(value, str) else value
            for name, value in self.common.items()
        }
        return {**self.defaults, **common, **row.values}

    def check(self, facts: Run, place: OutputPlace) -> CheckedTable:
        """Check every row against the flow's inputs, and its files against those of other rows.

        Raises:
            InvalidValues: all problems with their lines; of very many, the first. TechnicalError:
                the file cannot be read.
        """
        check_common(self.flow, self.common)
        # a cell in the wrong column may be a name: values of rows are never shown
        shy = {name: replace(one, personal=True) for name, one in self.flow.inputs.items()}
        flow, digest, wrong = (
            replace(self.flow, inputs=shy),
            sha256(),
            WrongRows(show_path(self.path)),
        )
        total, lines, twins = 0, _Lines(digest), DuplicateRows()
        shared = {**self.defaults, **self.common}
        files = row_files(self.flow, shared, place, facts)
        for row in self._read(lines, shared):
            if isinstance(row, BadRow):
                wrong.add(row.line, Problem(id=Id.MALFORMED, message=row.message, note=row.note))
                continue
            total += 1
            try:
                inputs = self.inputs(row)
                filled = check_inputs(flow, inputs, facts)
                check_row_paths(flow, self.common, row.values, inputs)
                twins.check(row.line, inputs)
                files.check(row.line, filled)
            except InvalidValues as error:
                with at_header(show_path(self.path)):
                    check_columns(lines.columns, self.flow, error.problems)
                wrong.add(row.line, *error.problems)
        wrong.tell()
        return CheckedTable(total=total, digest=digest.hexdigest()[:32])

    def count(self) -> int:
        """The number of rows, valid or not."""
        return sum(1 for _ in self.rows())

    @contextmanager
    def _open(self) -> Iterator[BinaryIO]:
        if self.copy is None:
            with self.path.open("rb") as file:
                yield file
            return
        self.copy.seek(0)
        yield self.copy

    def _read(
        self, lines: _Lines, inputs: Mapping[str, Any] | None = None
    ) -> Iterator[Row | BadRow]:
        """The rows; with the `inputs` that all rows share, missing columns are reported once."""
        try:
            with self._open() as file, at_header(show_path(self.path)):
                if self.path.suffix.lower() == ".csv":
                    yield from _csv(lines, file, self.flow, inputs)
                else:
                    yield from _json_lines(lines, file)
        except OSError as error:
            message = say(
                "{path} cannot be read: {reason}",
                path=show_path(self.path),
                reason=os_error_text(error),
            )
            raise TechnicalError.of(Id.UNREADABLE, message) from None
        except _NotTextError as error:
            yield BadRow(lines.number, exception_text(error), _SAVE)


class _NotTextError(Exception):
    """The file is not text or not of its format: reading stops."""


class _Lines(Struct):
    """The lines of a file as text; counts and digests them."""

    digest: Any
    number: int = 0
    columns: Sequence[str] = ()  # the columns of a CSV file

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
    lines: _Lines, file: BinaryIO, flow: Flow, inputs: Mapping[str, Any] | None
) -> Iterator[Row | BadRow]:
    source = lines.of(file)
    first = next(source, "")
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    try:
        header = next(csv.reader([first], delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        old = "\r" in first.rstrip("\r\n")
        message = say("lines end with CR alone") if old else _not_csv(error)
        yield BadRow(1, message, _SAVE if old else _QUOTED)
        return
    lines.columns = names = [name.strip() for name in header]
    check_header(names, flow, inputs)
    number, line = 0, lines.number + 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            number += 1
            yield BadRow(line, _not_csv(error), _QUOTED)
            return  # the beginning of the next row is unknown
        if any(cell.strip() for cell in cells):
            number += 1
            yield _csv_row(number, line, names, cells, flow)
        line = lines.number + 1


def _not_csv(error: csv.Error) -> Message:
    return say("the row is not CSV: {error}", error=exception_text(error))


def _csv_row(
    number: int, line: int, names: list[str], cells: list[str], flow: Flow
) -> Row | BadRow:
    more = cells[len(names) :]
    if len(cells) < len(names) or any(cell.strip() for cell in more):
        found = say("{count} in place of {wanted} cells", count=len(cells), wanted=len(names))
        return BadRow(line, found)
    values: dict[str, Any] = {}
    for name, cell in zip(names, cells, strict=False):
        if text := cell.strip():
            values[name] = text
            if flow.inputs[name].schema.get("type") in ("array", "object"):
                with suppress(ValueError):  # text that is not JSON is refused later
                    values[name] = read_json(text)
    return Row(number, line, values)


def _json_lines(lines: _Lines, file: BinaryIO) -> Iterator[Row | BadRow]:
    number = 0
    for text in lines.of(file):
        if not text.strip():
            continue
        number += 1
        try:
            values = read_json(text)
        except DuplicateKey as error:
            note = say("remove one of them")
            yield BadRow(lines.number, say("{key} is written twice", key=error.key), note)
            continue
        except UnusableJson as error:
            yield BadRow(lines.number, exception_text(error))
            continue
        except ValueError:
            yield BadRow(
                lines.number, say("the line is not JSON"), say("a line holds one whole object")
            )
            continue
        if isinstance(values, dict):
            yield Row(number, lines.number, values)
        else:
            yield BadRow(lines.number, say("the line is not a JSON object"), '{"pointId": "…"}')


def _is_table(path: Path) -> bool:
    return path.suffix.lower() in _ENDINGS


def own_copy(path: Path) -> BinaryIO:
    """A copy of a file without a name, which disappears when it is closed.

    Raises:
        TechnicalError: the file cannot be read, is being written, or there is no room for the copy.
    """
    try:
        copy = TemporaryFile(prefix="sgeflow-")  # noqa: SIM115 - whoever gets it closes it
    except OSError as error:
        raise _no_copy(path, error) from None
    try:
        with path.open("rb") as file:
            before = os.fstat(file.fileno())
            shutil.copyfileobj(file, copy)
            after = os.fstat(file.fileno())
            is_whole = (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns)
        copy.flush()
    except OSError as error:
        with suppress(OSError):  # its buffer does not fit on the disk either
            copy.close()
        raise _no_copy(path, error) from None
    if not is_whole:
        copy.close()
        message = say("{path} is being written at this moment", path=show_path(path))
        do = say("wait until it is whole, then run again")
        raise TechnicalError.of(Id.UNREADABLE, message, details=(("do", do),))
    return copy


def _no_copy(path: Path, error: OSError) -> TechnicalError:
    message = say(
        "{path} cannot be copied: {reason}", path=show_path(path), reason=os_error_text(error)
    )
    do = say("the copy is made in the folder of TMPDIR: it needs room for the whole file")
    return TechnicalError.of(Id.UNREADABLE, message, details=(("do", do),))


def digest_of(copy: BinaryIO) -> str:
    """The digest of a copy as in `Table.check`; it changes with the rows."""
    copy.seek(0)
    return hashlib.file_digest(copy, "sha256").hexdigest()[:32]  # type: ignore[arg-type]


_PATH_BYTES = 8  # bytes of a digest: two files of a fleet collide once in a hundred million fleets


class RowFiles(Struct):
    """The files so far: the line of the row that writes each, by a digest of its path."""

    flow: Flow
    place: OutputPlace
    facts: Run
    shared: frozenset[str]  # paths that do not depend on the row
    lines: dict[int, int] = field(default_factory=dict)
    is_told: bool = False  # whether a common path of all rows was reported

    def check(self, line: int, inputs: Mapping[str, Any]) -> None:
        """Raise InvalidValues for a file of an earlier row, or one that a flow may not write.

        Messages show only paths that do not depend on the row: others may contain a name.
        """
        known = {**dict.fromkeys(self.flow.inputs), **inputs}
        for file, name in written_files(self.flow, known, self.facts, of_row=True):
            key = self.place.check(file, name).encode()
            digest = int.from_bytes(blake2b(key, digest_size=_PATH_BYTES).digest(), "big")
            first = self.lines.setdefault(digest, line)
            is_shared = file in self.shared
            if first == line or (is_shared and self.is_told):
                continue
            message = say("the row writes the same file as the one in line {line}", line=first)
            note = say("give each row its own; names that differ in case alone are one file")
            if is_shared:
                self.is_told = True
                message = say("several rows write {file}", file=file)
                note = say("give each row its own, as file=data/{{pointId}}.json")
            raise InvalidValues.of(Id.INVALID_VALUE, message, note=note)


def row_files(flow: Flow, common: Mapping[str, Any], place: OutputPlace, facts: Run) -> RowFiles:
    """The files of a fleet before its first row; raises InvalidValues for a wrong common path."""
    scope = {"env": facts.environment.facts(), "run": facts.facts()}
    defaults = {
        name: parameter.default.evaluate(scope)
        for name, parameter in flow.inputs.items()
        if parameter.default is not None
    }
    shared = dict(written_files(flow, {**defaults, **common}, facts, of_row=True))
    for file, name in shared.items():
        place.check(file, name)
    return RowFiles(flow, place, facts, frozenset(shared))
