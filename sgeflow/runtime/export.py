"""Kept measures for others: a file, or what one would hold, to be read piece by piece."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from sgeflow.adapters.export import find_format
from sgeflow.adapters.state.locations import is_there
from sgeflow.adapters.variables import variables
from sgeflow.errors import Id, Problem, UsageError
from sgeflow.messages import say
from sgeflow.runtime.options import Options
from sgeflow.runtime.project import Workspace
from sgeflow.runtime.session import chosen_environment
from sgeflow.runtime.state_location import home_of

BINARY = frozenset({"parquet"})
"""Formats that need a file."""


def export_file(
    workspace: Workspace, name: str, file: Path, points: Sequence[str], options: Options
) -> Mapping[str, int]:
    """Write kept measures of an environment to a file; how many of each kind.

    Where nothing is kept in an environment that was named, nothing is written, and no kind given:
    who exports each night begins before the first measure.

    Raises:
        UsageError: an unknown format or point, or nothing is kept where no environment was named.
    """
    from sgeflow.adapters.state.store import Store

    environment = chosen_environment(workspace, options)
    writer = find_format(name)
    place = home_of(options.state, workspace.project, environment).store(environment.name)
    is_named = bool(options.environment or variables().env)
    if not is_there(place):
        if is_named and not points:
            return {}
        raise UsageError(_nothing(environment.name))
    with Store(place) as store:
        known = store.points()
        missing = [point for point in points if point not in known]
        if is_named and not known and not points:
            return {}
        if missing or not known:
            raise UsageError(_nothing(environment.name, missing, known))
        return writer.write(file, store, tuple(points) or known, {})


@contextmanager
def export_lines(
    workspace: Workspace, name: str, points: Sequence[str], options: Options
) -> Iterator[Iterator[str]]:
    """The same line by line, within the block: what is exported may be larger than the memory.

    Raises:
        UsageError: the format is no text.
    """
    if name in BINARY:
        message = say("{name} is no text; name a file with -o", name=name)
        raise UsageError(Problem(id=Id.USAGE, message=message))
    with tempfile.TemporaryDirectory(prefix="sgeflow-") as folder:
        file = Path(folder) / f"export{find_format(name).SUFFIX}"
        if not export_file(workspace, name, file, points, options):
            yield iter(())
            return
        with file.open(encoding="utf-8", newline="") as lines:
            yield lines


def _nothing(environment: str, missing: Sequence[str] = (), known: Sequence[str] = ()) -> Problem:
    message = say("no measures are kept in the environment {environment}", environment=environment)
    if missing:
        message = say(
            "no measures of {points} are kept in the environment {environment}",
            points=", ".join(missing),
            environment=environment,
        )
    return Problem(
        id=Id.USAGE,
        message=message,
        allowed=tuple(known),
        allowed_label="points that are kept",
        details=() if missing else (("first", f"sgeflow run FLOW --env {environment}"),),
    )
