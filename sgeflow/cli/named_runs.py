"""`run --run NAME`: a run that is begun once, however often its command is given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sgeflow.adapters.secrets import variables
from sgeflow.cli.fleet_options import FleetRequest
from sgeflow.cli.follow import resume_run, run_flow
from sgeflow.core.filenames import RUN_NAME
from sgeflow.errors import Exit, Id, Problem, UsageError
from sgeflow.locale.translate import tell
from sgeflow.messages import say
from sgeflow.runtime.history import Begun, begun
from sgeflow.runtime.options import Options
from sgeflow.runtime.project import open_catalog
from sgeflow.runtime.session import chosen_environment
from sgeflow.runtime.state_location import home_to_look_at
from sgeflow.terminal.terminal import Terminal
from sgeflow.tools.fleet.shards import parse_shard

_NAME = re.compile(RUN_NAME)


def run_once(
    terminal: Terminal,
    flow: str,
    given: Mapping[str, Any],
    request: FleetRequest,
    chosen: Options,
    project: Path | None,
) -> Exit:
    """Begin a run of this name, go on with it when it was stopped, else say how it ended.

    Raises:
        UsageError: the name is none, or there is nothing to go on with.
    """
    name = chosen.run or ""
    if not _NAME.fullmatch(name):
        message = say('"{name}" is no name for a run', name=name)
        note = say("letters, digits, - and _, at most 64")
        raise UsageError(Problem(id=Id.USAGE, message=message, note=note, where="--run"))
    state = str(chosen.state) if chosen.state else None
    home = home_to_look_at(state, project, chosen.environment)
    before = begun(home, name)
    if before is None:
        if request.is_there:
            from sgeflow.cli.fleet_run import run_each

            return run_each(terminal, flow, given, request, chosen, project)
        return run_flow(terminal, flow, given, chosen, project)
    _check_same(before, flow, request, chosen, project)
    if before.exit is not None:
        told = say("run {run} has ended, with exit code {exit}", run=name, exit=int(before.exit))
        terminal.aside(tell(told))
        return before.exit
    own = replace(chosen, run=None)
    if before.fleet is not None:
        from sgeflow.cli.fleet_run import resume_each

        return resume_each(terminal, name, request, own, project, changed=False)
    return resume_run(terminal, name, own, project, changed=False)


def _check_same(
    before: Begun, flow: str, request: FleetRequest, chosen: Options, project: Path | None
) -> None:
    """A name that stands for something else already is no name for this.

    Raises:
        UsageError: what is asked for is not what the run of that name was begun with.
    """
    workspace = open_catalog(project, flow=flow)
    environment = before.entry.environment  # a fleet of failed rows runs where they failed
    if not request.only_failed or chosen.environment or variables().env:
        environment = chosen_environment(workspace, chosen).name
    now = {"run": workspace.flow(flow).name, "--env": environment}
    was = {"run": before.entry.flow, "--env": before.entry.environment}
    if (fleet := before.fleet) is not None:
        was |= {"--each": fleet.file, "--only-failed": fleet.again, "--shard": fleet.shard}
    if request.is_there:
        again = request.only_failed
        now["--each"] = str(request.file.resolve()) if request.file else was.get("--each", "")
        now["--only-failed"] = was.get("--only-failed", "") if again else ""
        if again and not now["--only-failed"].startswith(again):
            now["--only-failed"] = again
        now["--shard"] = str(parse_shard(request.shard))
    if was != now:
        message = say("run {run} was begun with something else", run=before.entry.run)
        told = (("begun", _differing(was, now)), ("asked", _differing(now, was)))
        note = say("something else takes another name")
        problem = Problem(id=Id.USAGE, message=message, note=note, details=told, where="--run")
        raise UsageError(problem)


def _differing(these: Mapping[str, str], others: Mapping[str, str]) -> str:
    """The words of a command that are other ones in another."""
    told = [f"{k} {v}" for k, v in these.items() if v and v != others.get(k, "")]
    return " ".join(told) or say("without it")
