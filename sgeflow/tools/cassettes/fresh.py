"""A fresh recording of what a cassette holds, to compare the two."""

from __future__ import annotations

import tempfile
from pathlib import Path

from sgeflow.adapters import project_files
from sgeflow.adapters.cassettes.file import load
from sgeflow.errors import Id, Location, Problem, UsageError
from sgeflow.messages import say
from sgeflow.runtime.options import Options
from sgeflow.runtime.project import Workspace
from sgeflow.runtime.run import run_in
from sgeflow.runtime.run_context import open_context
from sgeflow.runtime.session import chosen_environment
from sgeflow.tools.cassettes.audit_and_compare import Replay, named_cassettes


def record_anew(workspace: Workspace, path: Path, into: Path) -> None:
    """Hold the conversation of a cassette again, as it was held then, with made-up people.

    Raises:
        UsageError: its environment is a real one: what a cassette says is never sent there.
        SgeflowError: whatever stops such a run.
    """
    metadata, _ = load(path)
    named = named_cassettes(workspace).get(path.resolve())
    known = named or Replay(flow=str(metadata.get("flow", "")))
    flow = workspace.flow(known.flow)
    with tempfile.TemporaryDirectory(prefix="sgeflow-fresh-") as folder:
        options = Options(
            environment=metadata.get("environment"),
            scenario=metadata.get("scenario"),
            today=metadata.get("today"),
            record=into,
            state=Path(folder) / "state",
            folder=Path(folder) / "files",
            faults=known.faults,
            secrets=known.secrets,
            stubs=known.stubs,
        )
        environment = chosen_environment(workspace, options)
        if not environment.simulated:
            raise UsageError(_real(path, environment.name))
        with open_context(workspace, options) as context:
            context.session.metadata["flow"] = flow.name
            run_in(context, flow, known.inputs, lambda _: None)


def _real(path: Path, environment: str) -> Problem:
    """A cassette chooses flow, operations and values: whoever wrote it would order with them."""
    file = project_files.show_path(path)
    return Problem(
        id=Id.USAGE,
        message=say(
            "{path} is of {environment}, a real environment, and is not recorded anew by itself",
            path=file,
            environment=environment,
        ),
        at=Location(file=file, line=1, column=1),
        note=say("a cassette chooses what is asked and ordered"),
        details=(
            ("remedy", say("record it yourself, with --record FILE, then compare both files")),
        ),
    )
