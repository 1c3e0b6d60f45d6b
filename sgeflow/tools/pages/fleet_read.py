"""Reads the facts for a fleet's page from the state: rows, measures, days with data."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from sgeflow.adapters.project_files import show_path
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.locations import StateLocation, is_there
from sgeflow.adapters.state.records import FleetEntry, RowState, RunEntry
from sgeflow.adapters.state.store import Store
from sgeflow.core.engine.step import Catalog
from sgeflow.core.engine.walk import called_flows, every_step
from sgeflow.core.language.points import is_point
from sgeflow.core.measures.civil_time import civil, midnight
from sgeflow.errors import SgeflowError
from sgeflow.messages import Message, say
from sgeflow.runtime.journal.history import find_fleet
from sgeflow.runtime.project import Workspace
from sgeflow.tools.fleet.results import result_lines
from sgeflow.tools.fleet.rows import Row, Table, digest_of, own_copy
from sgeflow.tools.pages.codes import EndFinder
from sgeflow.tools.pages.fleet_facts import DAYS, DONE, FAILED, OPEN, Days, FleetFacts, FleetRow

_STATES = {RowState.DONE: DONE, RowState.FAILED: FAILED}
_DAILY = "daily_energy"


def read_fleet(
    workspace: Workspace, home: StateLocation, run: str, *, with_points: bool = False
) -> FleetFacts:
    """Read the facts of a fleet; with `with_points` its rows name their points.

    Raises:
        UsageError: the fleet is unknown.
    """
    details, entry = find_fleet(home, run)
    run_entry = details.entry
    with Journal(home.journal) as journal:
        begun = {number: (state, row) for number, state, row in journal.row_entries(entry.run)}
        ends = _ends(workspace, run_entry.flow, journal, entry.run)
    points, why_no_points = _points(workspace, run_entry.flow, entry)
    results: dict[int, dict[str, Any]] = {}
    with suppress(OSError):  # there may be no file; the last line of a row counts
        results = {one["row"]: one for one in result_lines(home.results(entry.run))}
    lines = {number: int(one.get("line", 0)) for number, one in results.items()}
    rows = _rows(entry, begun, ends, points if with_points else {}, lines)
    environment = workspace.catalog.environments.get(run_entry.environment)
    today = date.fromisoformat(run_entry.today)
    days = _days(home, run_entry, workspace.catalog, points, today) if points else None
    times = [row.ended for row in rows if row.ended]
    return FleetFacts(
        run=entry.run,
        flow=run_entry.flow,
        environment=run_entry.environment,
        is_simulated=bool(environment and environment.simulated),
        today=today,
        started=run_entry.started,
        ended=run_entry.ended or max(times, default=run_entry.started),
        is_ended=run_entry.ended is not None,
        total=max(entry.total, len(rows)),
        rows=rows,
        values=sum(int(one.get("values", 0)) for one in results.values()),
        days=days,
        why_no_days=why_no_points or say("The flow keeps no daily energy of these points."),
    )


def _rows(
    entry: FleetEntry,
    begun: Mapping[int, tuple[RowState, RunEntry]],
    ends: Callable[[int, str], str],
    points: Mapping[int, str],
    lines: Mapping[int, int],
) -> tuple[FleetRow, ...]:
    """The rows of the fleet; rows that were not begun are included if the whole file runs."""
    is_whole_file = not entry.again and not entry.shard
    rows = []
    for number in range(1, entry.total + 1) if is_whole_file else sorted(begun):
        line, point = lines.get(number, 0), points.get(number, "")
        row = FleetRow(number=number, line=line, state=OPEN, point=point)
        if number in begun:
            state, one = begun[number]
            code = one.summary if state is RowState.FAILED else ""
            row = replace(
                row,
                state=_STATES.get(state, OPEN),
                code=code,
                exit=one.exit or 0,
                end=ends(number, code) if code else "",
                ended=one.ended or 0.0,
                seconds=max(0.0, one.ended - one.started) if one.ended else 0.0,
                calls=one.calls,
            )
        rows.append(row)
    return tuple(rows)


def _ends(
    workspace: Workspace, flow: str, journal: Journal, fleet: str
) -> Callable[[int, str], str]:
    """Return a function from a failed row and its code to the place of its end, or empty."""
    finder, known = EndFinder(workspace, flow), journal.failed_row_steps(fleet)

    @cache
    def place(code: str, steps: tuple[tuple[str, str], ...]) -> str:
        ending = finder.find(code, steps)
        return ending.end.place if ending else ""

    def end(number: int, code: str) -> str:
        return place(
            code, tuple((one.trail, one.code) for one in known.get(number, ()) if one.code)
        )

    return end


def _points(
    workspace: Workspace, flow_name: str, entry: FleetEntry
) -> tuple[Mapping[int, str], Message | str]:
    """The point of each row from the fleet's file; or no points and the reason."""
    path, flow = Path(entry.file), workspace.catalog.flows.get(flow_name)
    changed = say(
        "The points of these rows are unknown: {file} was changed or removed.",
        file=show_path(path),
    )
    if flow is None or not path.is_file():
        return {}, changed
    name = next((name for name in flow.inputs if is_point(name)), "")
    try:
        with own_copy(path) as copy:
            if digest_of(copy) != entry.digest:
                return {}, changed
            table = Table(path=path, flow=flow, copy=copy)
            rows = [row for row in table.rows() if isinstance(row, Row)]
    except SgeflowError:
        return {}, changed
    points = {row.number: str(row.values[name]) for row in rows if row.values.get(name)}
    return points, "" if points else say("The rows of {file} name no point.", file=show_path(path))


def _days(
    home: StateLocation, entry: RunEntry, catalog: Catalog, points: Mapping[int, str], today: date
) -> Days | None:
    """The days with daily energy in the store, for each point; None if no flow stores it."""
    place, flows = home.store(entry.environment), called_flows(catalog.flows, entry.flow).values()
    is_kept = any(_DAILY in step.uses.keeps for one in flows for step in every_step(one.steps))
    if not is_kept or not is_there(place):
        return None
    first = today - timedelta(days=DAYS)
    begin, end = midnight(first), midnight(today)
    kept = []
    with Store(place) as store:
        for point in points.values():
            signs = ["0"] * DAYS
            for start in store.load(point, _DAILY, begin, end).measures.starts:
                day = (civil(start).date() - first).days
                if 0 <= day < DAYS:
                    signs[day] = "1"
            kept.append("".join(signs))
    return Days(kept=kept, rows=tuple(points))
