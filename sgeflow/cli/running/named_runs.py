"""`run --run NAME`: a run that is begun once, however often its command is given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from sgeflow.adapters.project_files import find_project, show_path
from sgeflow.adapters.state.locations import StateLocation, checked_name
from sgeflow.adapters.variables import variables
from sgeflow.cli.running.follow import resume_each, resume_run, run_each, run_flow
from sgeflow.cli.running.run_options import FleetRequest, RunRequest
from sgeflow.errors import Details, Exit, GuardError, Id, Problem, UsageError
from sgeflow.locale.translate import translate
from sgeflow.messages import Message, say
from sgeflow.runtime.data_files import from_here
from sgeflow.runtime.journal.history import EarlierRun, closing_doubt, run_state
from sgeflow.runtime.project import open_catalog
from sgeflow.runtime.session import chosen_environment
from sgeflow.runtime.state_location import home_to_look_at
from sgeflow.terminal.terminal import Terminal
from sgeflow.tools.fleet.model import parse_shard
from sgeflow.tools.fleet.rows import digest_of, own_copy


def run_once(terminal: Terminal, request: RunRequest) -> Exit:
    """Begin a run of this name, go on with it when it was stopped, else say how it ended.

    Raises:
        UsageError: the name is none, it stands for something else, or there is nothing to go on
            with.
    """
    chosen, request = request.options, replace(request, inputs=_inputs_from_here(request))
    name = checked_name(chosen.run or "", where="--run")
    home = home_to_look_at(chosen.state, request.project, chosen.environment)
    before = run_state(home, name, request.inputs)
    if before is not None:
        _check_alike(before, request)
        if before.exit is not None:
            return _tell_end(terminal, before, home)
    try:
        if before is None:
            begin = run_each if request.fleet.is_there else run_flow
            return begin(terminal, request)
        own = replace(chosen, run=None)
        if before.fleet is not None:
            return resume_each(terminal, name, request.fleet, own, request.project, changed=False)
        return resume_run(terminal, name, own, request.project, changed=False)
    except (UsageError, GuardError):
        after = run_state(home, name, request.inputs)
        if after is None or after.exit is None:
            raise
    # another process has ended it meanwhile
    _check_alike(after, request)
    return _tell_end(terminal, after, home)


def _inputs_from_here(request: RunRequest) -> Mapping[str, Any]:
    """Its inputs as they are noted: the same words in another folder may name another file."""
    if find_project(request.project).elsewhere is None:
        return request.inputs
    opened = open_catalog(request.project, flow=request.flow)
    return from_here(request.inputs, opened.flow(request.flow), opened.project)


def _tell_end(terminal: Terminal, ended: EarlierRun, home: StateLocation) -> Exit:
    code = Exit(ended.exit or 0)
    words = say("run {run} has ended, with exit code {exit}", run=ended.entry.run, exit=int(code))
    terminal.aside(translate(words))
    if ended.fleet is not None and (doubt := closing_doubt(home, ended.entry)):
        terminal.aside(f"! {translate(doubt)}")
    return code


def _check_alike(before: EarlierRun, request: RunRequest) -> None:
    """A name that stands for something else already is no name for this.

    Raises:
        UsageError: what is asked for is not what the run of that name was begun with.
    """
    _check_words(before, request)
    _check_inputs(before, request.fleet)


def _check_words(before: EarlierRun, request: RunRequest) -> None:
    chosen, rows = request.options, request.fleet
    workspace = open_catalog(request.project, flow=request.flow)
    environment = before.entry.environment  # a fleet of failed rows runs where they failed
    if not rows.only_failed or chosen.environment or variables().env:
        environment = chosen_environment(workspace, chosen).name
    now = {"run": workspace.flow(request.flow).name, "--env": environment}
    was = {"run": before.entry.flow, "--env": before.entry.environment}
    if (fleet := before.fleet) is not None:
        was |= {"--each": fleet.file, "--only-failed": fleet.again, "--shard": fleet.shard}
    if rows.is_there:
        again = rows.only_failed
        now["--each"] = str(rows.file.resolve()) if rows.file else was.get("--each", "")
        now["--only-failed"] = was.get("--only-failed", "") if again else ""
        if again and not now["--only-failed"].startswith(again):
            now["--only-failed"] = again
        now["--shard"] = str(parse_shard(rows.shard))
    if was != now:
        message = say("run {run} was begun with something else", run=before.entry.run)
        details = (("begun", _differing(was, now)), ("asked", _differing(now, was)))
        raise UsageError(_name_is_taken(message, details))


def _check_inputs(before: EarlierRun, request: FleetRequest) -> None:
    """Check that a named run was begun with the same inputs and rows.

    Raises:
        UsageError: these are other ones than the run of that name was begun with.
    """
    run, fleet = before.entry.run, before.fleet
    if before.is_asked_alike is False:
        raise UsageError(_name_is_taken(say("run {run} was begun with other inputs", run=run)))
    file = request.file  # one that is gone since tells nothing
    if fleet is not None and before.exit is not None and file is not None and file.is_file():
        with own_copy(file) as copy:
            is_same = digest_of(copy) == fleet.digest
        if not is_same:
            message = say(
                "{path} holds other rows than run {run} was begun with",
                path=show_path(file),
                run=run,
            )
            raise UsageError(_name_is_taken(message))


def _name_is_taken(message: Message, details: Details = ()) -> Problem:
    note = say("something else takes another name")
    return Problem(id=Id.USAGE, message=message, note=note, details=details, where="--run")


def _differing(these: Mapping[str, str], others: Mapping[str, str]) -> str:
    """The words of a command that are other ones in another."""
    words = [f"{k} {v}" for k, v in these.items() if v and v != others.get(k, "")]
    return " ".join(words) or say("without it")
