"""The rows that failed in an earlier fleet, to be done again: which, with what, and where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sgeflow.adapters.secrets import variables
from sgeflow.adapters.state.fleets import FleetEntry, RowState
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.locations import Home
from sgeflow.core.engine.step import Flow
from sgeflow.core.model import Status
from sgeflow.errors import GuardError, Id, Problem, SgeflowError, UsageError
from sgeflow.messages import Said, counted, say
from sgeflow.runtime.history import fleet_named, kept_inputs
from sgeflow.runtime.options import Options
from sgeflow.runtime.project import Workspace
from sgeflow.runtime.session import chosen_environment
from sgeflow.runtime.state_location import home_of
from sgeflow.tools.fleet.work import Fleet


def failed_before(
    fleet: Fleet, flow: Flow, workspace: Workspace, options: Options
) -> tuple[Path, Mapping[str, Any], FleetEntry | None, Options]:
    """The file, the inputs that were common before, the fleet whose failed rows are run, and where.

    Raises:
        UsageError: that fleet ran another flow, or in another environment.
    """
    if not fleet.only_failed:
        return fleet.file or Path(), {}, None, options
    home = home_of(options.state, workspace.project, chosen_environment(workspace, options))
    details, entry = fleet_named(home, fleet.only_failed)
    was = details.entry
    environment = options.environment or variables().env or was.environment
    wrong: Said | None = None
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
        kept = {} if was.status is Status.DONE else kept_inputs(journal, entry.run)
    own = replace(options, environment=was.environment, state=home)
    return fleet.file or Path(entry.file), kept, entry, own


def left_waiting(journal: Journal, earlier: FleetEntry | None, done: bytearray) -> int:
    """How many failed rows wait for an order that nobody knows of: anew, they might repeat it.

    They are as good as done for this fleet.
    """
    if earlier is None:
        return 0
    waiting = 0
    for order in journal.unsettled():
        fleet, _, row = order.run.partition(".")
        if fleet == earlier.run and row and done[int(row)] == RowState.OPEN:
            done[int(row)] = RowState.DONE
            waiting += 1
    return waiting


def told_waiting(count: int, home: Home) -> Said:
    """What is said of the rows that are left out."""
    return counted(
        "{count:,} row is left out: it waits for a person to look for its order, {command}",
        "{count:,} rows are left out: they wait for a person to look for their orders, {command}",
        count=count,
        command=home.command("orders"),
    )


def nothing_again(earlier: FleetEntry, home: Home, *, waiting: int) -> SgeflowError:
    """What is raised when no row is left to be done again."""
    if waiting:
        return GuardError(Problem(id=Id.GUARD, message=told_waiting(waiting, home)))
    message = say("no row of fleet {run} has failed", run=earlier.run)
    return UsageError(Problem(id=Id.USAGE, message=message))
