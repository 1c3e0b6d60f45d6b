"""The options of runs and fleets, and the requests made of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from msgspec import Struct

from sgeflow.cli.shared import completion
from sgeflow.cli.shared.options import option
from sgeflow.runtime.options import Options
from sgeflow.tools.fleet.model import Fleet

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


class RunRequest(Struct, frozen=True, kw_only=True):
    """A flow to run once or for each row, with its inputs, options and project."""

    flow: str
    inputs: Mapping[str, Any]
    fleet: Fleet | None  # None: the flow runs once
    options: Options
    project: Path | None
