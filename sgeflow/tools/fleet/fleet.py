"""Runs a flow once for each row of a file, in parallel, and resumes fleets."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import asdict, replace

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
from sgeflow.runtime.arguments import check_arguments
from sgeflow.runtime.data_files import from_here, place_in
from sgeflow.runtime.driver import SafeListener
from sgeflow.runtime.journal.history import closing_warning, find_fleet, kept_inputs
from sgeflow.runtime.options import Options, options_of
from sgeflow.runtime.project import Workspace, open_catalog
from sgeflow.runtime.resume import check_resumable
from sgeflow.runtime.run_context import RunContext, beginning, holding, open_context, tell_end
from sgeflow.runtime.session import chosen_environment
from sgeflow.runtime.state_location import home_of
from sgeflow.tools.fleet.model import Fleet, Shard, parse_shard
from sgeflow.tools.fleet.results import FleetReport, Tally
from sgeflow.tools.fleet.rows import CheckedTable, Table, digest_of, own_copy
from sgeflow.tools.fleet.work import FleetListener, Work


@check_arguments
def run_fleet(
    flow: str,
    common: Mapping[str, Any],
    fleet: Fleet,
    *,
    workspace: Workspace | None = None,
    options: Options | None = None,
    listener: FleetListener = lambda _: None,
) -> FleetReport:
    """Run a flow once a row of a file; every row is a run of its own in the journal.

    Args:
        flow: its name, or the path of its file.
        common: inputs of all rows; a row's own value wins, `{name}` in a text is the row's.
        fleet: the file and how to work through it.
        workspace: an opened project; by default the one of the current folder.
        options: environment, date, where the state is.
        listener: told of the start, of rows that ended (`FleetAdvance`), and of warnings.

    Raises:
        InvalidDocuments, InvalidValues, UsageError, CredentialsError: nothing was sent; the
            message lists every row that is wrong.
        TechnicalError: the journal or store cannot be written; `resume_fleet` goes on later.
    """
    opened, safe = workspace or open_catalog(flow=flow), SafeListener(listener)
    chosen, settings = opened.flow(flow), options_of(options)
    if settings.record or settings.replay:
        message = say("a cassette holds one run, and --each makes many")
        raise UsageError.of(Id.USAGE, message, where="--record, --replay")
    common = from_here(common, chosen, opened.project)
    file, fleet_inputs, again, settings = failed_before(fleet, chosen, opened, settings)
    table = Table(path=file, flow=chosen, common={**fleet_inputs.common, **common})
    settings = replace(settings, read=(*settings.read, file))
    if chosen_environment(opened, settings).simulated:
        settings = replace(settings, fleet=table.count())
    with (
        tell_end(safe) as end,
        open_context(opened, settings) as opened_context,
        beginning(opened_context) as context,
        own_copy(file) as copy,
    ):
        session = context.session
        table = replace(table, copy=copy, defaults=session.inputs(chosen, {}))
        session.check_customers(opened, chosen)
        checked = table.check(session.facts(opened), session.place)
        states = rows_to_do(context, again, checked, fleet.shard, safe)
        if not checked.total:
            safe(Warn("", say("{file} has no row: nothing is done", file=show_path(file))))
        entry = FleetEntry(
            run=context.session.run,
            file=str(file.resolve()),
            digest=checked.digest,
            total=states[1:].count(RowState.OPEN),
            again=again.run if again else "",
            shard=str(fleet.shard),
        )
        context.observer.begin_fleet(session.run, chosen.name, session.environment)
        if session.store is not None:  # rows of an older fleet of this name may have left values
            session.store.forget_marks(f"{session.run}.")
        named = replace(context, asked=common if settings.run else None)
        context.journal.begin(named.start(chosen.name, inputs_of(table)), entry)
        end.report = Work(context, table, entry, fleet, safe).work(states, Tally())
    report: FleetReport = end.outcome()
    return report


def check_rows(
    flow: str,
    common: Mapping[str, Any],
    file: Path,
    *,
    workspace: Workspace | None = None,
    options: Options | None = None,
) -> CheckedTable:
    """Check every row of a file without sending or storing anything; errors as in `run_fleet`."""
    from sgeflow.runtime.dry_run import facts_of

    opened = workspace or open_catalog(flow=flow)
    chosen = opened.flow(flow)
    known, facts, _ = facts_of(opened, chosen, options_of(options))
    common = from_here(common, chosen, opened.project)
    settings = replace(options_of(options), read=(*options_of(options).read, file))
    home = home_of(settings.state, opened.project, facts.environment)
    table = Table(path=file, flow=chosen, common=common, defaults=known)
    place = place_in(opened.project, settings, home, facts.environment)
    return table.check(facts, place)


@check_arguments
def resume_fleet(
    run: str,
    *,
    workspace: Workspace | None = None,
    options: Options | None = None,
    fleet: Fleet | None = None,
    changed: bool = False,
    listener: FleetListener = lambda _: None,
) -> FleetReport:
    """Resume a fleet: ended rows stay, stopped rows are resumed, the others begin.

    Args:
        run: the id of the fleet, or the beginning of the id.
        workspace: an opened project; by default the one of the current folder.
        options: the state, and whether orders are confirmed; the fleet has the other options.
        fleet: `jobs` and `max_failures`; the fleet has its file and rows.
        changed: resume even if documents or the file have changed.
        listener: as for `run_fleet`.

    Raises:
        UsageError: there is no such fleet, or nothing to resume.
        GuardError: documents or the file have changed, and `changed` is not set.
    """
    opened, chosen = workspace or open_catalog(), options_of(options)
    safe = SafeListener(listener)
    home = home_of(chosen.state, opened.project, chosen_environment(opened, chosen))
    details, entry = find_fleet(home, run)
    start = details.entry
    check_resumable(home, details, opened, changed=changed)
    own = chosen.to_go_on(start, home)
    with (
        tell_end(safe) as end,
        open_context(opened, own) as opened_context,
        holding(opened_context) as context,
        ExitStack() as stack,
    ):
        flow, session, journal = opened.flow(start.flow), context.session, context.journal
        session.check_customers(opened, flow)
        begun_with = FleetInputs(**kept_inputs(journal, entry.run))
        known = {name: one for name, one in begun_with.defaults.items() if name in flow.inputs}
        path = Path(entry.file)
        table = Table(path=path, flow=flow, common=begun_with.common, defaults=known)
        copy = stack.enter_context(own_copy(path))
        check_same_file(entry, digest_of(copy), changed=changed)
        table = replace(table, copy=copy)
        checked = table.check(session.facts(opened), session.place)
        states, tally, ended, total = rows_before(journal, entry, checked)
        entry = replace(entry, digest=checked.digest, total=total)
        if tally.ended_count == total and start.ended is not None:
            raise UsageError(_over(entry, flow.name, tally, home, closing_warning(home, start)))
        limits = fleet or Fleet(file=table.path)
        context.observer.begin_fleet(session.run, flow.name, session.environment)
        journal.begin(context.start(flow.name, inputs_of(table)), entry)
        work = Work(context, table, entry, limits, safe, ended=ended)
        end.report = work.work(states, tally)
    report: FleetReport = end.outcome()
    return report


def inputs_of(table: Table) -> dict[str, Any]:
    """The inputs of a fleet as the journal keeps them."""
    return asdict(FleetInputs(common=table.common, defaults=table.defaults))


def _over(
    entry: FleetEntry, flow: str, tally: Tally, home: StateLocation, warning: Message | None
) -> Problem:
    message = say("all rows of fleet {run} have ended: there is nothing to go on", run=entry.run)
    do = f"sgeflow run {flow}"
    if tally.failed:
        again = home.command("run", flow, "--only-failed", entry.run)
        do = home.command("orders") if tally.failed == tally.waiting else again
    warnings = (("told", warning),) if warning else ()
    return Problem(id=Id.USAGE, message=message, details=(*warnings, ("do", do)))


# -- which rows are done --------------------------------------------------------------------------

# The states of rows are one byte for each row, by its number; the first byte is unused.


def rows_to_do(
    context: RunContext,
    earlier: FleetEntry | None,
    checked: CheckedTable,
    shard: Shard,
    listener: FleetListener,
) -> bytearray:
    """The state of each row of a new fleet; warns of rows that are left out.

    Raises:
        GuardError, UsageError: no row of an earlier fleet is left to be repeated.
    """
    states = _open_rows(context.journal, earlier, checked, shard)
    waiting = _left_waiting(context.journal, earlier, states)
    why = say(
        "a person must look for the orders of {rows}:  {command}",
        rows=say_count("{count:,} row", "{count:,} rows", count=waiting),
        command=context.session.home.command("orders"),
    )
    text = say("left out: {why}", why=why)
    if earlier and not states[1:].count(RowState.OPEN):
        if waiting:
            raise GuardError.of(Id.GUARD, text)
        raise UsageError.of(Id.USAGE, say("no row of fleet {run} has failed", run=earlier.run))
    if waiting:
        listener(Warn("", text))
    return states


def rows_before(
    journal: Journal, entry: FleetEntry, checked: CheckedTable
) -> tuple[bytearray, Tally, set[int], int]:
    """The earlier results of rows: the state of each, a tally, the ended rows, and their number."""
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
    """The state of each row by its number: open, or done as far as this fleet is concerned.

    Rows of other parts count as done, and so do rows that did not fail in an earlier fleet.
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

    Repeating them might repeat that order.
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
    """Raise GuardError if the file was changed after the fleet began; `changed` allows that."""
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
    raise GuardError.of(Id.GUARD, message, details=details)


class FleetInputs(Struct, frozen=True, kw_only=True):
    """The common inputs of a fleet, which the journal keeps until the fleet ends well.

    `defaults` are the environment's inputs when the fleet began; a resumed fleet uses them too.
    """

    common: Mapping[str, Any] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)


def failed_before(
    fleet: Fleet, flow: Flow, workspace: Workspace, options: Options
) -> tuple[Path, FleetInputs, FleetEntry | None, Options]:
    """The file, common inputs, earlier fleet and options of a fleet that repeats failed rows.

    The new fleet takes today's defaults of its environment.

    Raises:
        UsageError: the earlier fleet ran another flow, or in another environment.
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
        raise UsageError.of(Id.USAGE, wrong)
    with Journal(home.journal) as journal:
        # a fleet that ended well has neither inputs nor failed rows
        inputs = {} if was.status is Status.DONE else kept_inputs(journal, entry.run)
    own = replace(options, environment=was.environment, state=home)
    return fleet.file or Path(entry.file), FleetInputs(**inputs), entry, own
