"""A fleet to run: its file, its part of the rows and its limits."""

from pathlib import Path

from msgspec import Struct

from sgeflow.errors import Id, UsageError
from sgeflow.messages import say
from sgeflow.patterns import regex
from sgeflow.runtime.arguments import check_arguments, check_fields

_SHARD = regex(r"([0-9]{1,4})/([1-9][0-9]{0,3})")


class Shard(Struct, frozen=True):
    """Part `part` of `parts` of the rows, counted from 0 like pods of an indexed Kubernetes job."""

    part: int = 0
    parts: int = 1

    def __contains__(self, number: int) -> bool:
        """Whether this part contains a row; row numbers count from 1."""
        return (number - 1) % self.parts == self.part

    def __str__(self) -> str:
        return f"{self.part}/{self.parts}" if self.parts > 1 else ""


WHOLE = Shard()


def parse_shard(text: str) -> Shard:
    """Parse `0/8`, the first of eight parts; empty text means all rows.

    Raises:
        UsageError: the text is not a part, or its number is too high.
    """
    if not text:
        return WHOLE
    match = _SHARD.fullmatch(text)
    if match is None or int(match[1]) >= int(match[2]):
        message = say('"{text}" is not a part of a fleet', text=text)
        note = say("parts are counted from 0: of eight parts 0/8 is the first, 7/8 the last")
        raise UsageError.of(Id.USAGE, message, note=note, where="--shard")
    return Shard(int(match[1]), int(match[2]))


DEFAULT_JOBS, MOST_JOBS = 4, 64


class Fleet(Struct, frozen=True, kw_only=True):
    """A fleet to run: its file of rows, and its limits.

    Attributes:
        file: CSV or JSON lines, one run for each row; None: the file of `only_failed`.
        jobs: how many rows run at once, from 1 to 64; None: 4.
        max_failures: the number of failed rows after which the fleet stops; None: no limit.
        only_failed: an earlier fleet of the same file; only its failed rows are run.
        shard: the part of the rows to run.
        closing: the flow that runs after the fleet, with its report as input.

    Raises:
        UsageError: a number is out of its range, or the file is missing.
    """

    file: Path | None = None
    jobs: int | None = None
    max_failures: int | None = None
    only_failed: str = ""
    shard: Shard = WHOLE
    closing: str = ""

    @check_arguments
    def __post_init__(self) -> None:
        check_fields(self)
        if self.jobs is not None and not 1 <= self.jobs <= MOST_JOBS:
            message = say("--jobs is a number from 1 to {most}", most=MOST_JOBS)
            raise UsageError.of(Id.USAGE, message)
        if self.max_failures is not None and self.max_failures < 1:
            raise UsageError.of(Id.USAGE, say("--max-failures is at least 1"))
        if self.file is None and not self.only_failed:
            raise UsageError.of(Id.USAGE, say("--each FILE is missing"))
