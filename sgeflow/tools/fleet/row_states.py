"""Which rows of a fleet are to be done: as it begins, and as it goes on.

States of rows are one byte a row, by its number; the first byte is nobody's.
"""

from __future__ import annotations

from pathlib import Path

from sgeflow.adapters.project_files import show_path
from sgeflow.adapters.state.fleets import FleetEntry, RowState, row_run
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.records import OrderState
from sgeflow.core.engine.effects import Warn
from sgeflow.errors import Exit, GuardError, Id, Problem
from sgeflow.messages import say
from sgeflow.runtime.run_context import RunContext
from sgeflow.tools.fleet.only_failed import nothing_again, told_waiting
from sgeflow.tools.fleet.results import Tally
from sgeflow.tools.fleet.rows import CheckedTable
from sgeflow.tools.fleet.shards import Shard, parse_shard
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
        raise nothing_again(earlier, home, waiting=waiting)
    if waiting:
        listener(Warn("", told_waiting(waiting, home)))
    return states


def rows_before(
    journal: Journal, entry: FleetEntry, checked: CheckedTable
) -> tuple[bytearray, Tally, set[int], int]:
    """What became of the rows before: the state of each, counted, those that ended, how many."""
    again = journal.fleet(entry.again) if entry.again else None
    states = _open_rows(journal, again, checked, parse_shard(entry.shard))
    _left_waiting(journal, again, states)
    total, tally, ended = states[1:].count(RowState.OPEN), Tally(), set()
    for number, state, code, exit_ in journal.rows(entry.run):
        if exit_ == Exit.GUARDED and _goes_on(journal, row_run(entry.run, number)):
            state = RowState.STOPPED  # noqa: PLW2901
        if number < len(states):
            total += states[number] != RowState.OPEN
            states[number] = state
            tally.add_earlier(state, code, exit_)
            if state is not RowState.STOPPED:
                ended.add(number)
    return states, tally, ended, total


def _goes_on(journal: Journal, row: str) -> bool:
    """Whether a row failed that has something to do still: a person found its order accepted."""
    left = journal.left_by(row)
    return left is not None and left.order is not None and left.order.state is OrderState.DONE


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
    """How many failed rows wait for an order that nobody knows of: anew, they might repeat it.

    They are as good as done for this fleet.
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
    """Raise GuardError for a file that is another than when the fleet began."""
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
