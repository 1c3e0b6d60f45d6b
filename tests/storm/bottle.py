"""A whole world in one process: clock, network, disk, machine, people and SGE's book, from a seed.

The product runs in it as it is. What is replaced is what it stands on: the opening of a socket, the
clocks, waiting, threads side by side, and `COMMIT` of SQLite. So a seed is a world that can be
played again, and thousands of them take an hour.
"""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import time_machine
import urllib3.util.connection

from sgeflow.adapters.http import rate_limit
from sgeflow.core.engine.effects import Save
from sgeflow.core.model import Measure, Series
from sgeflow.runtime import driver, side_by_side, stopping
from sgeflow.runtime.project import Workspace
from sgeflow.simulator.router import Router
from sgeflow.simulator.scenarios import Beginning, begin
from sgeflow.simulator.world import World
from tests.storm.network import Network
from tests.storm.processes import Clock, Process, Processes

PARIS = ZoneInfo("Europe/Paris")
BOOTED = 100_000.0  # seconds that the machine was up when the world began
_MOMENTS = 60  # seconds from the sending of an order until it is taken
_FULL = 13  # SQLITE_FULL
_DAY = 24 * 60  # minutes
_A_DAY = 86_400  # seconds for which an order may not be repeated, where an environment says nothing


@dataclass(frozen=True)
class Accepted:
    """An order that SGE has taken: a line of its book."""

    operation: str
    point: str
    moment: float  # true time
    request: bytes  # its body, without what differs between two sendings
    made: tuple[str, ...] = ()  # the services that it began


@dataclass(kw_only=True)
class Bottle:
    """One world."""

    seed: int
    workspace: Workspace
    folder: Path
    generation: str
    scenario: str = "household"
    began: datetime
    dice: Random = field(init=False)
    clock: Clock = field(init=False)
    processes: Processes = field(init=False)
    network: Network = field(init=False)
    world: World = field(init=False)
    beginning: Beginning = field(init=False)
    doubles: list[str] = field(default_factory=list)  # orders that came although they stood
    book: list[Accepted] = field(default_factory=list)
    sent: dict[str, bytes] = field(default_factory=dict)  # orders, by their fingerprint
    kept: list[tuple[Series, tuple[Measure, ...]]] = field(default_factory=list)  # as it was told
    full: float = 0.0  # how often a write meets a full disk
    story: list[str] = field(default_factory=list)
    _minutes: int = 0
    _names: Iterator[int] = field(init=False)

    def __post_init__(self) -> None:
        self.dice = Random(self.seed)
        self.clock = Clock(self.began.timestamp())
        self.processes = Processes(self.dice, self.clock)
        day = self.began.astimezone(PARIS).date()
        self.beginning = begin(
            self.workspace.catalog,
            self.scenario,
            today=day,
            generation=self.generation,
            fleet=0,
        )
        self.world = World(self.beginning)
        self._first_day = day
        router = _Bookkeeper(self)
        self.network = Network(
            dice=self.dice,
            clock=self.clock,
            processes=self.processes,
            router=router,  # type: ignore[arg-type] # what a network asks of one
            before_call=self._move_world,
            points=lambda: sorted(self.world.points),
        )
        self._names = iter(range(1, 10_000))

    @property
    def environment(self) -> str:
        return f"storm-{self.generation}"

    @property
    def household(self) -> dict[str, str]:
        return dict(self.beginning.subject.inputs())

    @property
    def today(self) -> date:
        return datetime.fromtimestamp(self.clock.true, PARIS).date()

    def start(self, name: str, program: Callable[[], Any], *, points: float) -> Process:
        """A process that dies after so many points, unless it ends before."""
        process = Process(name, points)
        self.processes.start(process, program)
        return process

    def wait(self) -> None:
        """Let all processes run to their ends."""
        self.processes.wait()

    # -- the machine ------------------------------------------------------------------------------

    @contextmanager
    def opened(self) -> Iterator[None]:
        """The product stands on this world within the block."""
        state = random.getstate()
        random.seed(self.seed)
        with ExitStack() as stack:
            traveller = stack.enter_context(time_machine.travel(self.clock.told, tick=False))
            self.clock.moved = lambda: traveller.move_to(self.clock.told)
            for target, name, stand_in in self._stand_ins():
                stack.enter_context(patch.object(target, name, stand_in))
            yield
        random.setstate(state)

    def _stand_ins(self) -> list[tuple[Any, str, Any]]:
        """What is replaced, by where it is looked up."""
        return [
            (urllib3.util.connection, "create_connection", self.network.connect),
            (time, "monotonic", self._uptime),
            (time, "clock_gettime", lambda _: self._uptime()),
            (time, "sleep", self.processes.sleep),
            (os, "urandom", self.dice.randbytes),
            (sqlite3, "connect", partial(sqlite3.connect, factory=_fragile(self))),
            (driver.Driver, "answer", self._answering(driver.Driver.answer)),
            (driver, "fingerprint", self._noting(driver.fingerprint)),
            (side_by_side, "_threads", self._side_by_side),
            (stopping.Stopping, "wait", self._waiting()),
            (rate_limit.Pacer, "_until", self._pacing()),
        ]

    def _uptime(self) -> float:
        return BOOTED + self.clock.true - self.began.timestamp()

    def _answering(self, real: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        """Between any two effects another process may go on, or this one may die."""

        def answer(one: Any, effect: Any) -> Any:
            self.processes.point()
            answer = real(one, effect)
            if isinstance(effect, Save):
                self.kept.append((effect.series, effect.measures))
            return answer

        return answer

    def _noting(self, real: Callable[[Any], str]) -> Callable[[Any], str]:
        """What was sent under which fingerprint, for who settles it."""

        def fingerprint(request: Any) -> str:
            mark = real(request)
            self.sent[mark] = request.body
            return mark

        return fingerprint

    def _side_by_side(self, work: Any, numbers: list[int], limit: int, stop: Any) -> list[Any]:
        ends = self.processes.side_by_side([partial(work, number) for number in numbers], limit)
        errors = [error for _, error in ends if error is not None]
        if errors:
            raise min(errors, key=lambda one: isinstance(one, stopping.InterruptedRun))
        if stop.is_set():
            raise stopping.InterruptedRun
        return [value for value, _ in ends]

    def _waiting(self) -> Callable[[Any, float], bool]:
        def wait(one: Any, seconds: float) -> bool:
            if not one.is_set():
                self.processes.sleep(seconds)
            return bool(one.is_set())

        return wait

    def _pacing(self) -> Callable[[Any, float], bool]:
        def until(_: Any, start: float) -> bool:
            self.processes.sleep(start - time.monotonic())
            return True

        return until

    def _move_world(self) -> None:
        now = datetime.fromtimestamp(self.clock.true, PARIS)
        minutes = (now.date() - self._first_day).days * _DAY + now.hour * 60 + now.minute
        self.world.pass_minutes(max(0, minutes - self._minutes))
        self._minutes = max(minutes, self._minutes)


class _Bookkeeper:
    """The simulator's router, with a book of what orders SGE has taken and when."""

    def __init__(self, bottle: Bottle) -> None:
        self._bottle = bottle
        self._router = Router(bottle.workspace.catalog.operations, bottle.world)
        self.receive = self._router.receive

    def answer(self, visit: Any, call: Any) -> Any:
        if not visit.sge or visit.read or visit.message is None:
            return self._router.answer(visit, call)
        bottle, point = self._bottle, visit.message.point_id()
        before = {one.id for one in bottle.world.services(point)}
        self._look_for_another(point, call.body, visit.label)
        reply = self._router.answer(visit, call)
        if reply.outcome == "ok":
            made = (one.id for one in bottle.world.services(point) if one.id not in before)
            line = Accepted(visit.label, point, bottle.clock.true, call.body, tuple(made))
            bottle.book.append(line)
        return reply

    def _look_for_another(self, point: str, body: bytes, operation: str) -> None:
        """Note an order that comes although the same one was taken, and still stands."""
        world = self._bottle.world
        active = {one.id for one in world.services(point) if world.active(one)}
        for line in self._bottle.book:
            is_recent = self._bottle.clock.true - line.moment < _A_DAY - _MOMENTS
            if is_recent and line.request == body and active.intersection(line.made):
                self._bottle.doubles.append(f"{operation} at {point}")


def _fragile(bottle: Bottle) -> type[_Fragile]:
    return type("Fragile", (_Fragile,), {"bottle": bottle})


class _Fragile(sqlite3.Connection):
    """A database on a disk that may fill, of a process that may die before or after a commit."""

    bottle: Bottle

    def execute(self, sql: str, *values: Any) -> Any:
        processes = self.bottle.processes
        if sql == "ROLLBACK":
            return super().execute(sql, *values)
        processes.check()
        if sql != "COMMIT":
            return super().execute(sql.replace("synchronous=FULL", "synchronous=OFF"), *values)
        self._maybe_die()
        if self.bottle.full and processes.current and self.bottle.dice.random() < self.bottle.full:
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = _FULL
            raise error
        done = super().execute(sql, *values)
        self._maybe_die()
        return done

    def _maybe_die(self) -> None:
        process = self.bottle.processes.current
        if process is None:
            return
        process.points_left -= 1
        if process.points_left <= 0:
            self.bottle.processes.kill(process)
