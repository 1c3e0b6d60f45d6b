"""The results of a fleet: the tally of rows, the file with one line for each row, the report."""

import json
import os
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Self, TextIO

from msgspec import Struct, field
from msgspec.structs import asdict

from sgeflow.adapters.atomic_write import make_folder, unwritable
from sgeflow.adapters.state.records import RowState, RunEntry
from sgeflow.core.language.rows import plain_argument
from sgeflow.core.model import Status
from sgeflow.errors import Exit, Id

FIRST = 10  # the most failed rows that a report lists


class RowResult(Struct, frozen=True, kw_only=True):
    """The result of a row; `code` and `message` contain no names or secrets."""

    row: int
    line: int
    run: str
    status: str  # done, failed, partial, stopped
    code: str = ""
    message: str = ""
    exit: Exit = Exit.OK
    calls: int = 0
    values: int = 0  # stored measures
    warnings: int = 0
    seconds: float = 0.0


def outcome_before(entry: RunEntry, row: int, line: int) -> RowResult:
    """The result of a row from its journal entry, if the row was not reported when it ended."""
    status = Status.DONE if entry.status is Status.SKIPPED else entry.status
    return RowResult(
        row=row,
        line=line,
        run=entry.run,
        status=status.value,
        code=entry.summary,
        exit=Exit(entry.exit or 0),
        calls=entry.calls,
        seconds=max(0.0, (entry.ended or entry.started) - entry.started),
    )


def result_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a file of results; a line that a full disk cut is left out.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            with suppress(ValueError):
                document = json.loads(line)
                if isinstance(document, dict) and isinstance(document.get("row"), int):
                    yield document


class Tally(Struct):
    """The numbers of rows by result."""

    done: int = 0
    failed: int = 0
    stopped: int = 0
    calls: int = 0
    values: int = 0
    warnings: int = 0
    unknown: int = 0  # rows with an order that may have been accepted
    stranded: int = 0  # rows with something that could not be undone
    before: int = 0  # rows that had ended before the fleet was resumed
    codes: Counter[str] = field(default_factory=Counter)
    exits: set[int] = field(default_factory=set)
    first: list[RowResult] = field(default_factory=list)

    def add(self, outcome: RowResult) -> None:
        """Count a row that ended or was stopped now."""
        self.calls += outcome.calls
        self.values += outcome.values
        self.warnings += outcome.warnings
        if outcome.status == "stopped":
            self.stopped += 1
        elif outcome.status == "done":
            self.done += 1
        else:
            self.failed += 1
            self._count(outcome.code, outcome.exit)
            if len(self.first) < FIRST:
                self.first.append(outcome)

    def add_earlier(self, state: RowState, code: str, exit_: int) -> None:
        """Count a row that had ended before the fleet was resumed."""
        self.before += state is not RowState.STOPPED
        if state is RowState.DONE:
            self.done += 1
        elif state is RowState.FAILED:
            self.failed += 1
            self._count(code, exit_)

    def _count(self, code: str, exit_: int) -> None:
        self.codes[code] += 1
        self.exits.add(exit_)
        self.stranded += code == Id.STRANDED.code
        self.unknown += exit_ == Exit.GUARDED and code not in (Id.GUARD.code, Id.STRANDED.code)

    @property
    def waiting(self) -> int:
        """The number of rows whose orders a person must settle."""
        return self.unknown + self.stranded

    @property
    def ended_count(self) -> int:
        """The number of ended rows, failed ones included."""
        return self.done + self.failed

    def exit(self) -> Exit:
        """The exit code for all rows together.

        8 if an order of a row may have been accepted, or could not be undone; otherwise 0 without a
        failed row, and 7 if some rows failed and others are done. If all rows failed, their common
        exit code, or 1 if the codes differ.
        """
        if self.waiting:
            return Exit.GUARDED
        if not self.failed:
            return Exit.OK
        if self.done:
            return Exit.PARTIAL
        return Exit(next(iter(self.exits))) if len(self.exits) == 1 else Exit.FAILED


class Results:
    """The file of results: one line of JSON for each row, in the order of their ends.

    It contains row and line numbers, codes and counts, and no personal data. If a row has two
    lines, the later one counts.
    """

    def __init__(self, path: Path) -> None:
        """Open the file for appending; only its owner can read it."""
        self.path = path
        self._lock = threading.Lock()
        try:
            make_folder(path.parent)
            number = os.open(path, os.O_CREAT | os.O_APPEND | os.O_RDWR, 0o600)
            if (size := os.fstat(number).st_size) and os.pread(number, 1, size - 1) != b"\n":
                os.write(number, b"\n")  # the disk was full in the middle of a line
        except OSError as error:
            raise unwritable(path, (error.strerror or "").lower()) from error
        self._file: TextIO = os.fdopen(number, "a", encoding="utf-8")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def reported_rows(self) -> set[int]:
        """The numbers of the rows that have a line."""
        return {one["row"] for one in result_lines(self.path) if one.get("status") != "stopped"}

    def add(self, outcome: RowResult) -> None:
        """Append the line of a row."""
        document = {
            k: v for k, v in asdict(outcome).items() if k != "message" and v not in ("", None)
        }
        document |= {"exit": int(outcome.exit), "seconds": round(outcome.seconds, 3)}
        with self._lock:
            try:
                self._file.write(json.dumps(document) + "\n")
                self._file.flush()
            except OSError as error:
                raise unwritable(self.path, (error.strerror or "").lower()) from error


class FleetReport(Struct, frozen=True, kw_only=True):
    """The report of a fleet. It exists even if every row failed."""

    run: str
    flow: str
    title: str
    environment: str
    today: str
    file: str
    results: str  # the file with one line for each row
    total: int
    tally: Tally
    seconds: float
    exit: Exit
    going_on: str  # the command that resumes the fleet; empty for a simulated one
    again: str  # the command that repeats its failed rows
    orders: str  # the command that lists orders of unknown outcome
    page: str  # the command that writes its page
    interrupted: bool = False
    given_up: bool = False  # the fleet stopped because of too many failures
    token_refused: bool = False  # the gateway refused the token of all rows
    held: str = ""  # since when orders are held; empty if they are not
    release: str = ""  # the command that releases held orders
    accounts: int = 0  # open accounts of earlier customers, of any fleet

    def to_dict(self) -> dict[str, Any]:
        """Return plain data in English, as `--output json` prints them."""
        tally = self.tally
        failure_keys = ("row", "line", "run", "status", "code", "message")
        return {
            "run": self.run,
            "flow": self.flow,
            "environment": self.environment,
            "today": self.today,
            "file": self.file,
            "results": self.results,
            "exit": int(self.exit),
            "rows": self.total,
            "done": tally.done,
            "failed": tally.failed,
            "unknown": tally.unknown,
            "stranded": tally.stranded,
            "tokenRefused": self.token_refused,
            "interrupted": tally.stopped,
            "notBegun": self.not_begun,
            "codes": dict(tally.codes.most_common()),
            "failures": [
                {key: plain_argument(getattr(row, key)) for key in failure_keys}
                for row in tally.first
            ],
            "calls": tally.calls,
            "values": tally.values,
            "warnings": tally.warnings,
            "seconds": round(self.seconds, 3),
        }

    @property
    def not_begun(self) -> int:
        """The number of rows that have not begun."""
        return self.total - self.tally.ended_count - self.tally.stopped

    @property
    def status(self) -> Status:
        """The status for the journal and for `--finally`: failed if rows are left."""
        if self.exit is Exit.OK:
            return Status.DONE
        return Status.PARTIAL if self.is_whole and self.tally.done else Status.FAILED

    @property
    def is_whole(self) -> bool:
        """Whether every row has ended, failed or not."""
        return self.tally.ended_count == self.total
