"""`run --run NAME`: a run that is begun once, however often its command is given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sgeflow.adapters.console.terminal import Terminal
from sgeflow.adapters.language import tell
from sgeflow.app.history import begun
from sgeflow.app.homes import home_to_look_at
from sgeflow.app.options import Options
from sgeflow.cli.running import Asked, resume_run, run_flow
from sgeflow.errors import Exit, Id, Problem, UsageError
from sgeflow.say import say

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


def run_once(
    terminal: Terminal,
    flow: str,
    given: Mapping[str, Any],
    asked: Asked,
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
        if asked.is_fleet():
            from sgeflow.cli.fleet import run_each

            return run_each(terminal, flow, given, asked, chosen, project)
        return run_flow(terminal, flow, given, chosen, project)
    if before.exit is not None:
        told = say("run {run} has ended, with exit code {exit}", run=name, exit=int(before.exit))
        terminal.aside(tell(told))
        return before.exit
    own = replace(chosen, run=None)
    if before.is_fleet:
        from sgeflow.cli.fleet import resume_each

        return resume_each(terminal, name, asked, own, project, changed=False)
    return resume_run(terminal, name, own, project, changed=False)
