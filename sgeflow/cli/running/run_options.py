"""The options of runs and fleets, and the requests made of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from msgspec import Struct

from sgeflow.cli.shared import completion
from sgeflow.cli.shared.options import option
from sgeflow.runtime.options import Options

Jobs = Annotated[
    int | None,
    option(
        "--jobs",
        "-j",
        metavar="N",
        help="Rows of a fleet in parallel; default: 4.",
        envvar="SGEFLOW_JOBS",
    ),
]
Shard = Annotated[
    str,
    option(
        "--shard",
        metavar="I/N",
        help="Process one part of the rows, one a machine: 0/8 to 7/8.",
        envvar="SGEFLOW_SHARD",
    ),
]
MaxFailures = Annotated[
    int | None,
    option(
        "--max-failures",
        metavar="N",
        help="Stop after N failed rows.",
        envvar="SGEFLOW_MAX_FAILURES",
    ),
]

Closing = Annotated[
    str,
    option(
        "--finally",
        metavar="FLOW",
        help="A flow to run when a fleet has ended; its input `fleet` says how.",
        envvar="SGEFLOW_FINALLY",
        autocompletion=completion.flows,
    ),
]


class FleetRequest(Struct, frozen=True, kw_only=True):
    """The options of a fleet on the command line."""

    file: Path | None = None
    jobs: int | None = None
    max_failures: int | None = None
    only_failed: str = ""
    shard: str = ""
    closing: str = ""  # the `--finally` flow

    @property
    def is_there(self) -> bool:
        """Whether the options ask for a fleet."""
        return self.file is not None or bool(self.only_failed)


class RunRequest(Struct, frozen=True, kw_only=True):
    """A flow to run once or for each row, with its inputs, options and project."""

    flow: str
    inputs: Mapping[str, Any]
    fleet: FleetRequest
    options: Options
    project: Path | None
