"""What a command line asks for that begins a run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from sgeflow.cli.running.fleet_options import FleetRequest
from sgeflow.runtime.options import Options


class RunRequest(Struct, frozen=True, kw_only=True):
    """A flow and its inputs, once or once a row, in a project: the nearest one without a folder."""

    flow: str
    inputs: Mapping[str, Any]
    fleet: FleetRequest
    options: Options
    project: Path | None
