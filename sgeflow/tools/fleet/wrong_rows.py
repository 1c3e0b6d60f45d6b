"""What is wrong with the rows of a file: the first of it in words, the rest as a number."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.errors import Id, InvalidValues, Location, Problem
from sgeflow.messages import join_items, say, say_count

LISTED = 50  # problems that are told one by one


class WrongRows(Struct):
    """Collects what is wrong: the first of it in words, the rest as a number."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    lines: int = 0
    left_out: int = 0

    def add(self, line: int, *problems: Problem) -> None:
        """Note what is wrong with the row that begins in a line."""
        self.lines += 1
        at = Location(file=self.file, line=line, column=1)
        for problem in problems:
            if len(self.problems) < LISTED:
                self.problems.append(replace(problem, at=at, where="", suggestion=""))
            else:
                self.left_out += 1

    def tell(self) -> None:
        """Raise InvalidValues when anything was wrong."""
        if not self.problems:
            return
        rows = say_count("{count:,} row is wrong", "{count:,} rows are wrong", count=self.lines)
        if self.left_out:
            more = say_count(
                "{count:,} more mistake is not listed",
                "{count:,} more mistakes are not listed",
                count=self.left_out,
            )
            rows = join_items([rows, more])
        message = say("{file}: {rows}; nothing was sent", file=self.file, rows=rows)
        raise InvalidValues(*self.problems, Problem(id=Id.INVALID_VALUE, message=message))


@contextmanager
def at_header(file: str) -> Iterator[None]:
    """What is wrong with the columns of a file is wrong in its first line."""
    try:
        yield
    except InvalidValues as error:
        at = Location(file=file, line=1, column=1)
        raise InvalidValues(*(replace(one, at=at) for one in error.problems)) from None
