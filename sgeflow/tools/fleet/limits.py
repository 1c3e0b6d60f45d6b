"""What a fleet is to do, who does it, and when it gives up."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from sgeflow.errors import Id, Problem, UsageError
from sgeflow.messages import say
from sgeflow.tools.fleet.shards import WHOLE, Shard

MOST_JOBS = 64


class Engine(StrEnum):
    """Who does the rows of a fleet."""

    THREADS = "threads"  # of the fleet's own process
    PROCESSES = "processes"  # of this machine, one a core, each with threads
    DASK = "dask"  # the workers of a cluster


class Fleet(Struct, frozen=True, kw_only=True):
    """What a fleet is to do: a file of rows, how many at once, when to give up.

    `only_failed` is an earlier fleet of the same file: the rows that failed in it are run.
    `shard` is the part of the rows that this one does.
    """

    file: Path | None = None  # None: the file of `only_failed`
    jobs: int | None = None  # None: as many as suit whoever does them
    max_failures: int | None = None
    only_failed: str = ""
    shard: Shard = WHOLE
    closing: str = ""  # the flow that is to be told how it ended
    engine: Engine = Engine.THREADS
    scheduler: str = ""  # of the Dask cluster

    def __post_init__(self) -> None:
        if self.jobs is not None and not 1 <= self.jobs <= MOST_JOBS:
            message = say("--jobs is a number from 1 to {most}", most=MOST_JOBS)
            raise UsageError(Problem(id=Id.USAGE, message=message))
        if self.max_failures is not None and self.max_failures < 1:
            message = say("--max-failures is at least 1")
            raise UsageError(Problem(id=Id.USAGE, message=message))
        if self.file is None and not self.only_failed:
            raise UsageError(Problem(id=Id.USAGE, message=say("--each FILE is missing")))
