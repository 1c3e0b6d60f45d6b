"""Fleets in a world: rows side by side in threads, several processes of one fleet.

What gives threads their work is replaced, so that the world decides who goes on when.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.records import RowState, row_run
from sgeflow.core.model import Status
from sgeflow.runtime.journal.history import runs
from sgeflow.runtime.simulation import fleet_text
from sgeflow.tools.fleet import fleet, work
from sgeflow.tools.fleet.fleet import resume_fleet, run_fleet
from sgeflow.tools.fleet.model import Fleet, parse_shard
from sgeflow.tools.fleet.results import FleetReport, RowResult
from tests.storm.bottle import TOKEN, Bottle
from tests.storm.processes import Lock, Process, Processes
from tests.storm.story import Story

_LOOK = 0.1  # seconds between two looks of who waits


@dataclass(kw_only=True)
class FleetStory(Story):
    """A world in which a flow is run for some households."""

    reports: list[FleetReport] = field(default_factory=list)
    outcomes: list[tuple[float, RowResult]] = field(default_factory=list)  # of rows, when told
    _rows: tuple[tuple[str, ...], ...] = ()

    @property
    def points(self) -> tuple[str, ...]:
        return tuple(row[0] for row in self._rows)

    @property
    def people(self) -> list[str]:
        return [row[1] for row in self._rows]

    @property
    def _file(self) -> Path:
        return self.bottle.folder / "points.csv"

    def _inputs(self) -> dict[str, Any]:
        lines = fleet_text(self.bottle.workspace, self.bottle.households)
        self._rows = tuple(tuple(line.split(",")) for line in lines)[1:]
        rows = ("pointId,lastname", *(f"{point},{name}" for point, name, *_ in self._rows))
        self._file.write_text("\n".join(rows) + "\n", encoding="utf-8")
        return {}

    @contextmanager
    def _opened(self) -> Iterator[None]:
        with super()._opened(), ExitStack() as stack:
            stack.enter_context(patch.dict(os.environ, {"BO_TOKEN": TOKEN}))
            for target, name, stand_in in stand_ins(self.bottle):
                stack.enter_context(patch.object(target, name, stand_in))
            yield

    # -- bad hours --------------------------------------------------------------------------------

    def _begin(self) -> None:
        dice = self.bottle.dice
        for _ in range(dice.choice([1, 1, 2, 3])):
            open_ = self._open_runs()
            if open_ and dice.random() < 0.7:
                name = dice.choice(open_)
                if dice.random() < 0.3:
                    self._start_row(row_run(name, dice.randint(1, len(self._rows))))
                else:
                    self._start(f"resume {name}", lambda name=name: self._resume(name))
            elif dice.random() < 0.3:
                for shard in ("0/2", "1/2"):
                    self._start(f"run {shard}", lambda shard=shard: self._run(shard))
            else:
                self._start("run", self._run)

    def _start_row(self, row: str) -> None:
        self._start(f"resume {row}", lambda: super(FleetStory, self)._resume(row))

    def _befall(self, process: Process) -> None:
        super()._befall(process)
        if self.bottle.dice.random() < 0.1:
            process.interrupted_in = 2 ** self.bottle.dice.uniform(0, 9)

    def _run(self, shard: str = "") -> None:
        self._note_fleet(
            lambda: run_fleet(
                self.flow,
                {},
                Fleet(
                    file=self._file,
                    jobs=self.bottle.dice.randint(1, 3),
                    shard=parse_shard(shard),
                ),
                workspace=self.bottle.workspace,
                options=self.options,
                listener=self._listen,
            )
        )

    def _resume(self, name: str) -> None:
        if "." in name:
            super()._resume(name)
            return
        limits = Fleet(file=self._file, jobs=2)
        self._note_fleet(
            lambda: resume_fleet(
                name,
                workspace=self.bottle.workspace,
                options=self.options,
                fleet=limits,
                listener=self._listen,
            )
        )

    def _note_fleet(self, program: Callable[[], FleetReport]) -> None:
        def noted() -> FleetReport:
            report = program()
            self.reports.append(report)
            return report

        self._note(noted)

    def _tell(self, report: Any) -> str:
        if not isinstance(report, FleetReport):
            return super()._tell(report)
        tally = report.tally
        counts = f"{tally.done} done, {tally.failed} failed, {tally.stopped} stopped"
        why = "".join(f"; {one.run} {one.code} {one.message}" for one in tally.first)
        return f"fleet {report.run}: {counts} of {report.total}, exit {report.exit:d}{why}"

    def _listen(self, event: Any) -> None:
        outcome = event.outcome if isinstance(event, work.FleetAdvance) else None
        if outcome:
            self.outcomes.append((self.bottle.clock.true, outcome))

    def told_rows(self) -> dict[str, Status]:
        """The rows that were told to have ended well.

        A row is left out when the power went after it was told, and another run has done its work
        since. Its orders are on the disk at once, but its end surely is only when the fleet has
        ended: until then the row may be resumed.
        """
        by_others = {run.partition(".")[2] for run in self.ends()}
        return {
            one.run: Status.DONE
            for told, one in self.outcomes
            if one.status == "done"
            and not (str(one.row) in by_others and told <= self.bottle.last_start)
        }

    def ends(self) -> dict[str, Status]:
        """The rows that have ended well."""
        rows = {}
        with Journal(self.home.journal) as journal:
            for entry in runs(self.home, 1000):
                for number, state, _, _ in journal.rows(entry.run):
                    if state is RowState.DONE:
                        rows[row_run(entry.run, number)] = Status.DONE
        return rows

    # -- calm days --------------------------------------------------------------------------------

    def is_done(self) -> bool:
        last = self.reports[-1:]
        return bool(last) and last[0].exit == 0 and last[0].is_whole


class Crew:
    """Stands for the pool of threads that work through the rows."""

    processes: Processes

    def __init__(self, act: Callable[[Any], None], jobs: int, tick: Callable[[], None]) -> None:
        self._act, self._jobs, self._tick = act, jobs, tick
        self._items: deque[Any] = deque()
        self._is_closed = self._is_fed = False
        self._error: BaseException | None = None
        self._threads: list[Any] = []

    def __class_getitem__(cls, _: Any) -> type[Crew]:
        return cls

    def close(self) -> None:
        """Begin nothing more."""
        self._is_closed = True

    def run(self, items: Iterable[Any]) -> None:
        """Work until all is done, or as much as was begun before `close`."""
        self._threads = [self.processes.begin(self._work) for _ in range(self._jobs)]
        try:
            for item in items:
                while len(self._items) >= self._jobs and not self._is_closed:
                    self._tick()
                    self.processes.sleep(_LOOK)
                    self.processes.hear()
                if self._is_closed:
                    break
                self._items.append(item)
        finally:
            self._is_fed = True
        self.wait()

    def wait(self) -> None:
        """Wait for what is under way; raises what it raised."""
        self.processes.join(self._threads, until_called=True)
        if self._error is not None:
            raise self._error

    def _work(self) -> None:
        while not self._is_closed:
            if self._items:
                try:
                    self._act(self._items.popleft())
                except BaseException as error:  # noqa: BLE001 - told by the thread that waits
                    self._error = self._error or error
                    self.close()
            elif self._is_fed:
                return
            else:
                self.processes.sleep(_LOOK)


def stand_ins(bottle: Bottle) -> list[tuple[Any, str, Any]]:
    """The replacements for fleets: where a name is looked up, the name, and its stand-in."""
    processes = bottle.processes

    def make_work(*values: Any, **more: Any) -> work.Work:
        made = work.Work(*values, **more)
        made._lock = Lock(processes)  # type: ignore[assignment] # as one is used
        return made

    return [
        (work, "BoundedPool", type("BottledCrew", (Crew,), {"processes": processes})),
        (fleet, "Work", make_work),
    ]
