"""Chooses the rows that a fleet does: when it begins, is resumed, or repeats failed rows.

The states of rows are one byte for each row, by its number; the first byte is not used.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from sgeflow.adapters.project_files import show_path
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.records import FleetEntry, OrderState, RowState, row_run
from sgeflow.adapters.variables import variables
from sgeflow.core.engine.effects import Warn
from sgeflow.core.engine.step import Flow
from sgeflow.core.model import Status
from sgeflow.errors import Exit, GuardError, Id, Problem, UsageError
from sgeflow.messages import Message, say, say_count
from sgeflow.runtime.journal.history import find_fleet, kept_inputs
from sgeflow.runtime.options import Options
from sgeflow.runtime.project import Workspace
from sgeflow.runtime.run_context import RunContext
from sgeflow.runtime.session import chosen_environment
from sgeflow.runtime.state_location import home_of
from sgeflow.tools.fleet.model import Fleet, Shard, parse_shard
from sgeflow.tools.fleet.results import Tally
from sgeflow.tools.fleet.rows import CheckedTable
from sgeflow.tools.fleet.work import FleetListener


def rows_to_do(
    context: RunContext,
    earlier: FleetEntry | None,
    checked: CheckedTable,
    shard: Shard,
    listener: FleetListener,
) -> bytearray:
    """The state of each row of a fleet that begins, as `_open_rows`; rows left out are warned of.

    Raises:
        GuardError, UsageError: no row of an earlier fleet is left to be done again.
    """
    home = context.session.home
    states = _open_rows(context.journal, earlier, checked, shard)
    waiting = _left_waiting(context.journal, earlier, states)
    if earlier and not states[1:].count(RowState.OPEN):
        if waiting:
            raise GuardError(Problem(id=Id.GUARD, message=told_waiting(waiting, home)))
        message = say("no row of fleet {run} has failed", run=earlier.run)
        raise UsageError(Problem(id=Id.USAGE, message=message))
    if waiting:
        listener(Warn("", told_waiting(waiting, home)))
    return states


def rows_before(
    journal: Journal, entry: FleetEntry, checked: CheckedTable
) -> tuple[bytearray, Tally, set[int], int]:
    """The earlier results of rows: the state of each, a tally, the ended ones, how many."""
    again = journal.fleet(entry.again) if entry.again else None
    states = _open_rows(journal, again, checked, parse_shard(entry.shard))
    _left_waiting(journal, again, states)
    total, tally, ended = states[1:].count(RowState.OPEN), Tally(), set()
    for number, state, code, exit_ in journal.rows(entry.run):
        if exit_ == Exit.GUARDED:
            left = journal.left_by(row_run(entry.run, number))
            if left and left.order and left.order.state is OrderState.DONE:
                state = RowState.STOPPED  # noqa: PLW2901 - a person found its order accepted
        if number < len(states):
            total += states[number] != RowState.OPEN
            states[number] = state
            tally.add_earlier(state, code, exit_)
            if state is not RowState.STOPPED:
                ended.add(number)
    return states, tally, ended, total


def _open_rows(
    journal: Journal, earlier: FleetEntry | None, checked: CheckedTable, shard: Shard
) -> bytearray:
    """The state of each row by its number: open, or as good as done for this fleet.

    Done are the rows of other parts, and those that did not fail in an earlier fleet.
    """
    states = bytearray([RowState.OPEN if earlier is None else RowState.DONE]) * (checked.total + 1)
    if earlier is not None:
        check_same_file(earlier, checked.digest, changed=False)
        for number, state, _, _ in journal.rows(earlier.run):
            if state is RowState.FAILED:
                states[number] = RowState.OPEN
    for number in range(1, len(states)):
        if number not in shard:
            states[number] = RowState.DONE
    return states


def _left_waiting(journal: Journal, earlier: FleetEntry | None, states: bytearray) -> int:
    """Count the failed rows that have an order of unknown outcome, and mark them as done.

    Done again, they might repeat that order.
    """
    if earlier is None:
        return 0
    waiting = 0
    for order in journal.open_orders():
        fleet, _, row = order.run.partition(".")
        if fleet == earlier.run and row and states[int(row)] == RowState.OPEN:
            states[int(row)] = RowState.DONE
            waiting += 1
    return waiting


def check_same_file(entry: FleetEntry, digest: str, *, changed: bool) -> None:
    """Raise GuardError for a file that was changed since the fleet began."""
    if digest == entry.digest or changed:
        return
    message = say(
        "{path} was changed since fleet {run} began",
        path=show_path(Path(entry.file)),
        run=entry.run,
    )
    details = (
        ("why", say("rows are known by their number: another row may stand there now")),
        ("do", say("bring it back, or --changed-documents to go on by the numbers all the same")),
    )
    raise GuardError(Problem(id=Id.GUARD, message=message, details=details))


class FleetInputs(Struct, frozen=True, kw_only=True):
    """The common inputs of a fleet, which the journal keeps until the fleet ends well.

    `defaults` are what its environment gave when it began; a row that begins when the fleet goes
    on has no others.
    """

    common: Mapping[str, Any] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)


def failed_before(
    fleet: Fleet, flow: Flow, workspace: Workspace, options: Options
) -> tuple[Path, FleetInputs, FleetEntry | None, Options]:
    """The file, common inputs, earlier fleet and options of a fleet that repeats failed rows.

    It is a new fleet: it begins with the defaults that its environment gives today.

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
        # a fleet that ended well has none, and no failed rows either
        inputs = {} if was.status is Status.DONE else kept_inputs(journal, entry.run)
    own = replace(options, environment=was.environment, state=home)
    return fleet.file or Path(entry.file), FleetInputs(**inputs), entry, own


def told_waiting(count: int, home: StateLocation) -> Message:
    """The message for the rows that are left out."""
    return say_count(
        "{count:,} row is left out: it waits for a person to look for its order, {command}",
        "{count:,} rows are left out: they wait for a person to look for their orders, {command}",
        count=count,
        command=home.command("orders"),
    )
