"""The rows that failed in an earlier fleet, to be done again: which, with what, and where."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.adapters.state.fleets import FleetEntry
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.variables import variables
from sgeflow.core.engine.step import Flow
from sgeflow.core.model import Status
from sgeflow.errors import GuardError, Id, Problem, SgeflowError, UsageError
from sgeflow.messages import Message, say, say_count
from sgeflow.runtime.journal.history import find_fleet, kept_inputs
from sgeflow.runtime.options import Options
from sgeflow.runtime.project import Workspace
from sgeflow.runtime.session import chosen_environment
from sgeflow.runtime.state_location import home_of
from sgeflow.tools.fleet.model import Fleet


class FleetInputs(Struct, frozen=True, kw_only=True):
    """What the journal keeps with a fleet until it ends well: what its rows have in common.

    `defaults` are what its environment gave when it began; a row that begins when the fleet goes
    on has no others.
    """

    common: Mapping[str, Any] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)


def failed_before(
    fleet: Fleet, flow: Flow, workspace: Workspace, options: Options
) -> tuple[Path, FleetInputs, FleetEntry | None, Options]:
    """The file, the inputs that were common before, the fleet whose failed rows are run, and where.

    It is a new fleet: it begins with what its environment gives today.

    Raises:
        UsageError: that fleet ran another flow, or in another environment.
    """
    if not fleet.only_failed:
        return fleet.file or Path(), FleetInputs(), None, options
    home = home_of(options.state, workspace.project, chosen_environment(workspace, options))
    details, entry = find_fleet(home, fleet.only_failed)
    was = details.entry
    environment = options.environment or variables().env or was.environment
    wrong: Message | None = None
    if was.flow != flow.name:
        wrong = say(
            "fleet {run} ran {flow}, not {asked}", run=entry.run, flow=was.flow, asked=flow.name
        )
    elif was.environment != environment:
        wrong = say(
            "fleet {run} ran in environment {name}, not in {asked}",
            run=entry.run,
            name=was.environment,
            asked=environment,
        )
    if wrong:
        raise UsageError(Problem(id=Id.USAGE, message=wrong))
    with Journal(home.journal) as journal:
        # of a fleet that ended well there are none, and no failed rows either
        inputs = {} if was.status is Status.DONE else kept_inputs(journal, entry.run)
    own = replace(options, environment=was.environment, state=home)
    return fleet.file or Path(entry.file), FleetInputs(**inputs), entry, own


def told_waiting(count: int, home: StateLocation) -> Message:
    """What is said of the rows that are left out."""
    return say_count(
        "{count:,} row is left out: it waits for a person to look for its order, {command}",
        "{count:,} rows are left out: they wait for a person to look for their orders, {command}",
        count=count,
        command=home.command("orders"),
    )


def nothing_again(earlier: FleetEntry, home: StateLocation, *, waiting: int) -> SgeflowError:
    """What is raised when no row is left to be done again."""
    if waiting:
        return GuardError(Problem(id=Id.GUARD, message=told_waiting(waiting, home)))
    message = say("no row of fleet {run} has failed", run=earlier.run)
    return UsageError(Problem(id=Id.USAGE, message=message))
