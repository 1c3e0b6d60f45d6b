"""A fleet to run: its rows, who does them, and when it gives up."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from sgeflow.errors import Id, Problem, UsageError
from sgeflow.messages import say
from sgeflow.patterns import regex
from sgeflow.runtime.arguments import check_fields

_SHARD = regex(r"([0-9]{1,4})/([1-9][0-9]{0,3})")


class Shard(Struct, frozen=True):
    """Part `part` of `parts`, counted from 0, as Kubernetes counts the pods of an indexed job."""

    part: int = 0
    parts: int = 1

    def __contains__(self, number: int) -> bool:
        """Whether a row, numbered from 1, is of this part."""
        return (number - 1) % self.parts == self.part

    def __str__(self) -> str:
        return f"{self.part}/{self.parts}" if self.parts > 1 else ""


WHOLE = Shard()


def parse_shard(text: str) -> Shard:
    """Read `0/8`, the first of eight parts; empty text is the whole.

    Raises:
        UsageError: it is no such part.
    """
    if not text:
        return WHOLE
    match = _SHARD.fullmatch(text)
    if match is None or int(match[1]) >= int(match[2]):
        message = say('"{text}" is not a part of a fleet', text=text)
        note = say("parts are counted from 0: of eight parts 0/8 is the first, 7/8 the last")
        raise UsageError(Problem(id=Id.USAGE, message=message, note=note, where="--shard"))
    return Shard(int(match[1]), int(match[2]))


MOST_JOBS = 64


class Fleet(Struct, frozen=True, kw_only=True):
    """A fleet to run: a file of rows, how many at once, when to give up.

    Attributes:
        file: CSV or JSON lines, a row a run; None: the file of `only_failed`.
        jobs: how many rows at once; None: as many as suit whoever does them.
        max_failures: after how many failures it gives up; None: never.
        only_failed: an earlier fleet of the same file, of which the failed rows are run.
        shard: the part of the rows that this one does.
        closing: the flow that is to be told how it ended.
        scheduler: the address of the Dask cluster that does the rows; without it threads of this
            process do them.

    Raises:
        UsageError: a number that may not be, or no file at all.
    """

    file: Path | None = None
    jobs: int | None = None
    max_failures: int | None = None
    only_failed: str = ""
    shard: Shard = WHOLE
    closing: str = ""
    scheduler: str = ""

    def __post_init__(self) -> None:
        check_fields(self)
        if self.jobs is not None and not 1 <= self.jobs <= MOST_JOBS:
            message = say("--jobs is a number from 1 to {most}", most=MOST_JOBS)
            raise UsageError(Problem(id=Id.USAGE, message=message))
        if self.max_failures is not None and self.max_failures < 1:
            message = say("--max-failures is at least 1")
            raise UsageError(Problem(id=Id.USAGE, message=message))
        if self.file is None and not self.only_failed:
            raise UsageError(Problem(id=Id.USAGE, message=say("--each FILE is missing")))
