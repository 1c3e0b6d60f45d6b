"""What a fleet is to do, who does it, and when it gives up."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from sgeflow.errors import Id, Problem, UsageError
from sgeflow.messages import say
from sgeflow.runtime.arguments import check_fields
from sgeflow.tools.fleet.shards import WHOLE, Shard

MOST_JOBS = 64


class Engine(StrEnum):
    """Who does the rows of a fleet."""

    THREADS = "threads"  # of the fleet's own process
    DASK = "dask"  # the workers of a cluster


class Fleet(Struct, frozen=True, kw_only=True):
    """What a fleet is to do: a file of rows, how many at once, when to give up.

    Attributes:
        file: CSV or JSON lines, a row a run; None: the file of `only_failed`.
        jobs: how many rows at once; None: as many as suit whoever does them.
        max_failures: after how many failures it gives up; None: never.
        only_failed: an earlier fleet of the same file, of which the failed rows are run.
        shard: the part of the rows that this one does.
        closing: the flow that is to be told how it ended.
        engine: who does the rows: threads, or the workers of a Dask cluster.
        scheduler: the address of that cluster.

    Raises:
        UsageError: a number that may not be, or no file at all.
    """

    file: Path | None = None
    jobs: int | None = None
    max_failures: int | None = None
    only_failed: str = ""
    shard: Shard = WHOLE
    closing: str = ""
    engine: Engine = Engine.THREADS
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
