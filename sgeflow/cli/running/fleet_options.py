"""The options of a fleet, and what they say together."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from msgspec import Struct

from sgeflow.cli.shared import completion
from sgeflow.cli.shared.options import is_on_command_line, option
from sgeflow.errors import Id, Problem, UsageError
from sgeflow.messages import say

Jobs = Annotated[
    int | None,
    option(
        "--jobs",
        "-j",
        metavar="N",
        help="Rows of a fleet side by side; 4 by default.",
        envvar="SGEFLOW_JOBS",
    ),
]
Engine = Annotated[
    str,
    option(
        "--engine",
        metavar="threads|dask",
        help="Who does a fleet's rows: this process, or a Dask cluster.",
        envvar="SGEFLOW_ENGINE",
    ),
]
Scheduler = Annotated[
    str,
    option(
        "--scheduler",
        metavar="ADDRESS",
        help="Of the Dask cluster, tcp://HOST:8786.",
        envvar="SGEFLOW_SCHEDULER",
    ),
]
Shard = Annotated[
    str,
    option(
        "--shard",
        metavar="I/N",
        help="Of a fleet's rows a part: 0/8 to 7/8, one a machine.",
        envvar="SGEFLOW_SHARD",
    ),
]
MaxFailures = Annotated[
    int | None,
    option(
        "--max-failures",
        metavar="N",
        help="Begin no more rows of a fleet after so many failed.",
        envvar="SGEFLOW_MAX_FAILURES",
    ),
]

Closing = Annotated[
    str,
    option(
        "--finally",
        metavar="FLOW",
        help="A flow that is told, in its input `fleet`, how a fleet ended.",
        envvar="SGEFLOW_FINALLY",
        autocompletion=completion.flows,
    ),
]


class FleetRequest(Struct, frozen=True, kw_only=True):
    """What the command line says of a fleet."""

    file: Path | None = None
    jobs: int | None = None
    max_failures: int | None = None
    only_failed: str = ""
    shard: str = ""
    engine: str = ""
    scheduler: str = ""
    closing: str = ""  # the flow that is told how it ended

    def check_scheduler(self, context: typer.Context) -> None:
        """Raise UsageError for a cluster that nobody would ask; a variable is for all commands."""
        is_said = is_on_command_line(context, "engine") and is_on_command_line(context, "scheduler")
        if is_said and self.engine == "threads":
            message = say(
                "--scheduler is of a Dask cluster: --engine {name} asks none", name=self.engine
            )
            raise UsageError(Problem(id=Id.USAGE, message=message))

    @property
    def is_there(self) -> bool:
        """Whether there is one at all."""
        return self.file is not None or bool(self.only_failed)
