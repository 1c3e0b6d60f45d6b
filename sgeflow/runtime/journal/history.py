"""Earlier runs: listed, looked up, and pruned from the journal."""

import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from msgspec import Struct

from sgeflow.adapters.state.journal import Journal, making_room
from sgeflow.adapters.state.locations import StateLocation, is_there
from sgeflow.adapters.state.records import (
    CLOSING,
    FleetEntry,
    RowState,
    RunDetails,
    RunEntry,
    name_of_closing,
)
from sgeflow.adapters.state.run_lock import at_work, hold_run
from sgeflow.core.documents import Environment
from sgeflow.core.engine.step import Flow
from sgeflow.core.language.dates import Duration, add, days_between, parse_duration
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.measures.civil_time import civil_day
from sgeflow.core.model import Status
from sgeflow.errors import Exit, GuardError, Id, Problem, UsageError
from sgeflow.messages import Message, join_items, say
from sgeflow.runtime.journal.conflicts import taken_over

_DAY = 86_400.0
_RECENT = 5  # runs that a message names
_SEE = (("see", say("--env NAME, when its environment keeps its state elsewhere")),)
_LAST = 100  # runs that are searched for the last one that is not a fleet


def runs(home: StateLocation, limit: int = 20) -> tuple[RunEntry, ...]:
    """Return the latest runs, newest first.

    Raises:
        UsageError: the limit is less than 1.
    """
    if limit < 1:
        raise UsageError.of(Id.USAGE, say("{limit} is no number of runs to list", limit=limit))
    if not is_there(home.journal):
        return ()
    with Journal(home.journal) as journal:
        return journal.runs(limit)


def is_at_work(home: StateLocation, entry: RunEntry) -> bool:
    """Whether a process of this machine works on a run at this moment."""
    return entry.ended is None and at_work(home, entry.run)


def find_run(home: StateLocation, run: str) -> RunDetails:
    """Return the details of a run; the beginning of its id is enough if it fits one run only.

    Raises:
        UsageError: there is no such run, or there are several.
    """
    if not is_there(home.journal):
        raise UsageError(_unknown_run(run, (), several=False))
    with Journal(home.journal) as journal:
        name, dot, row = run.partition(".")  # the fleet of a row may be shortened too
        known = journal.names_beginning(name)
        alike = (name,) if name in known else known
        details = journal.show(f"{alike[0]}{dot}{row}") if len(alike) == 1 else None
        recent = alike or tuple(entry.run for entry in journal.runs(limit=_RECENT))
    if details is None:
        raise UsageError(_unknown_run(run, recent[:_RECENT], several=len(alike) > 1))
    return details


def last_run(home: StateLocation) -> str:
    """Return the id of the latest run; fleets do not count.

    Raises:
        UsageError: nothing ran yet.
    """
    if is_there(home.journal):
        with Journal(home.journal) as journal:
            for entry in journal.runs(_LAST):
                if journal.fleet(entry.run) is None:
                    return entry.run
    raise UsageError.of(Id.USAGE, say("no run yet"), details=_SEE)


def check_open(entry: RunEntry) -> None:
    """Raise UsageError for a run that cannot be resumed: it ended well, or was a single call."""
    if entry.status is Status.DONE or entry.is_call:
        what = say("was a single call") if entry.is_call else say("has ended well")
        message = say("run {run} {what}: there is nothing to go on with", run=entry.run, what=what)
        raise UsageError.of(Id.USAGE, message)


def kept_inputs(journal: Journal, run: str) -> dict[str, Any]:
    """Return the inputs that a run began with: a resumed run takes no new ones.

    Raises:
        UsageError: they are no longer stored, so that the run cannot be resumed.
        GuardError: a later run about the same person has taken its place.
    """
    details, inputs = journal.show(run), journal.inputs(run)
    if details is not None:
        check_open(details.entry)
    if later := journal.superseded_by(run):
        raise GuardError(taken_over(run, later))
    if inputs is None:
        message = say("the inputs of run {run} are not kept: there is nothing to go on", run=run)
        raise UsageError.of(Id.USAGE, message)
    return inputs


def check_kept(flow: Flow, inputs: Mapping[str, Any], run: str) -> None:
    """Raise GuardError if the flow was changed and requires inputs that the run does not have."""
    lacking = [
        name
        for name, one in flow.inputs.items()
        if name not in inputs and one.required and one.default is None
    ]
    if lacking:
        message = say(
            "flow {flow} asks for {names} now, and run {run} was begun without",
            flow=flow.name,
            names=join_items(lacking),
            run=run,
        )
        do = say("bring the flow back as it was, or begin a new run")
        raise GuardError.of(Id.GUARD, message, details=(("do", do),))


class EarlierRun(Struct, frozen=True, kw_only=True):
    """A run that exists under a name; `exit` is None while the run can be resumed.

    `is_asked_alike` tells whether its inputs are the given ones; None if they are not stored.
    """

    entry: RunEntry
    is_asked_alike: bool | None
    fleet: FleetEntry | None = None
    exit: Exit | None = None


def run_state(home: StateLocation, run: str, inputs: Mapping[str, Any]) -> EarlierRun | None:
    """Return the run that has exactly this name, compared with `inputs`; None without one."""
    if not is_there(home.journal):
        return None
    with Journal(home.journal) as journal:
        details, fleet = journal.show(run), journal.fleet(run)
        if details is None:
            return None
        entry, alike = details.entry, journal.is_asked_alike(run, inputs)
        ended = entry.status is Status.DONE
        if fleet is not None:
            states = [state for _, state, _, _ in journal.rows(run)]
            whole = sum(state is not RowState.STOPPED for state in states) == fleet.total
            ended = ended or (entry.ended is not None and whole)
        is_open = any(one.run.partition(".")[0] == run for one in journal.open_orders())
    code = Exit(entry.exit or 0) if ended else None
    if ended and is_open:  # a late answer may have reopened an order
        code = Exit.GUARDED
    return EarlierRun(entry=entry, is_asked_alike=alike, fleet=fleet, exit=code)


def fleet_of(home: StateLocation, run: str) -> FleetEntry | None:
    """Return the fleet entry of a run; None if the run is not a fleet or is unknown."""
    if not is_there(home.journal):
        return None
    with suppress(UsageError):
        name = find_run(home, run).entry.run
        with Journal(home.journal) as journal:
            return journal.fleet(name)
    return None


def find_fleet(home: StateLocation, run: str) -> tuple[RunDetails, FleetEntry]:
    """Return a fleet by its id, or the beginning of it.

    Raises:
        UsageError: there is no such run, or it is not a fleet.
    """
    details, entry = find_run(home, run), fleet_of(home, run)
    if entry is None:
        raise UsageError.of(Id.UNKNOWN_NAME, say("run {run} is no fleet", run=details.entry.run))
    return details, entry


def rows_of(home: StateLocation, fleet: str) -> tuple[tuple[int, RowState, str, int], ...]:
    """Return the rows of a fleet that have begun, by number: state, code and exit code."""
    with Journal(home.journal) as journal:
        return tuple(sorted(journal.rows(fleet)))


def warnings_of(home: StateLocation, run: str) -> tuple[str, ...]:
    """Return the warnings of an ended run or fleet."""
    with Journal(home.journal) as journal:
        steps = journal.steps(run)
    return steps.warnings if steps else ()


def closing_warning(home: StateLocation, fleet: RunEntry) -> Message | None:
    """Return a warning if the `--finally` flow of an ended fleet may not have run; else None."""
    if fleet.ended is None or fleet.exit == Exit.INTERRUPTED:
        return None
    with Journal(home.journal) as journal:
        steps = journal.steps(fleet.run)
        flow = str(steps.inputs.get(CLOSING, "")) if steps else ""
        name = name_of_closing(fleet.run)
        closing = journal.show(name) if flow else None
    if not flow or (closing is not None and closing.entry.ended is not None):
        return None
    if closing is None:
        return say("{flow} did not start: the end of this fleet was not reported", flow=flow)
    return say(
        "run {run}, which reports the end of this fleet, was stopped: the report may have been "
        "sent, and is not repeated",
        run=name,
    )


class PruneResult(Struct, frozen=True, kw_only=True):
    """How many runs were deleted (a fleet counts as one), and how many bytes are free now."""

    runs: int = 0
    freed: int = 0
    spare: int = 0  # free within the file of the journal
    is_on_server: bool = False


def prune(home: StateLocation, age: str, environments: Iterable[Environment] = ()) -> PruneResult:
    """Delete runs that began longer ago than `age`: P90D, P6M, or a number of days.

    Runs at work stay, runs with an unsettled order, and runs with an order so recent that an
    environment does not allow to send it again.

    Raises:
        UsageError: `age` is not an age.
        TechnicalError: the journal cannot be written.
    """
    before = _began_before(age)
    if not is_there(home.journal):
        return PruneResult()
    longest = max((one.repeat_after for one in environments), default=0.0)
    with making_room(home.journal), Journal(home.journal) as journal:

        def forget_results(run: str) -> None:
            if home.results(run).exists():
                with suppress(GuardError), hold_run(home, run):
                    if journal.show(run) is None:  # no new fleet has the name
                        home.results(run).unlink(missing_ok=True)

        was = journal.space()
        deleted = journal.prune(
            before, is_at_work=partial(at_work, home), repeat_after=longest, gone=forget_results
        )
        now = journal.space()
    return PruneResult(
        runs=len(deleted),
        freed=max(0, was.size - now.size),
        spare=now.spare,
        is_on_server=home.server is not None,
    )


def _began_before(age: str) -> float:
    """Return the instant that lies `age` back; months are calendar months."""
    now, days = time.time(), 0
    try:
        length = parse_duration(f"P{age}D" if age.isdecimal() else age)
        today = civil_day(now)
        days = days_between(add(today, f"-P{abs(length.months)}M"), today) + length.days
    except (ValueError, OverflowError):
        length = Duration(days=-1)
    if length.backwards:
        message = say('"{age}" is not an age', age=age)
        allowed = ("P90D", "P6M", "PT12H", say("a number of days"))
        raise UsageError.of(Id.USAGE, message, allowed=allowed)
    return now - days * _DAY - length.seconds


def _unknown_run(run: str, known: tuple[str, ...], *, several: bool) -> Problem:
    return Problem(
        id=Id.UNKNOWN_NAME,
        message=say('"{run}" is not one run', run=run)
        if several
        else say('there is no {what} "{name}"', what=say("run"), name=run),
        allowed=known,
        allowed_label="runs",
        suggestion="" if several else closest(run, known),
        details=_SEE,
    )
