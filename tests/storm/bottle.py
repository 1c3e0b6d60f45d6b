"""A whole world in one process: clock, network, disk, machine, people and SGE's book, from a seed.

The product runs in it as it is. What is replaced is what it stands on: the opening of a socket, the
clocks, waiting, locks and threads, SQLite's connection and a few calls to the system. So a seed is
a world that can be played again, and thousands of them take an hour.
"""

from __future__ import annotations

import gc
import os
import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import time_machine
import urllib3.util.connection

from sgeflow.adapters.http import circuit_breaker, rate_limit, transport
from sgeflow.adapters.state import database, journal, records, shared_rate
from sgeflow.adapters.state.records import Order
from sgeflow.core.engine.effects import Load, Save
from sgeflow.core.model import Measure, Series
from sgeflow.runtime import driver, session
from sgeflow.runtime.project import Workspace
from sgeflow.simulator import router
from sgeflow.simulator.world import Beginning, World, begin
from tests.storm.disk import Disk
from tests.storm.network import Network
from tests.storm.processes import Clock, Lock, Process, Processes
from tests.storm.sge import Sge

PARIS = ZoneInfo("Europe/Paris")
TOKEN = "tk-9f27c1e0b4"
_UP = 100_000.0  # seconds that the machine was up when the world began
_DAY = 24 * 60  # minutes


@dataclass(kw_only=True)
class Bottle:
    """A world: its clock, machine, disk and network, its people, and SGE's book."""

    seed: int
    workspace: Workspace
    folder: Path
    generation: str
    scenario: str = "household"
    renews_anew: bool = False  # whether SGE renews a service under another id
    households: int = 0  # of a fleet, beside the one that the scenario is about
    began: datetime
    dice: Random = field(init=False)
    clock: Clock = field(init=False)
    processes: Processes = field(init=False)
    disk: Disk = field(init=False)
    network: Network = field(init=False)
    world: World = field(init=False)
    beginning: Beginning = field(init=False)
    sge: Sge = field(init=False)
    sent: dict[str, set[bytes]] = field(default_factory=dict)
    """Orders by their fingerprint: who says in whose name another spelling asks for the same."""
    soap: set[bytes] = field(default_factory=set)  # those of SGE
    left: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    """When each sending of an order began, in true time, by its run and key."""
    begun: dict[tuple[str, str], float] = field(default_factory=dict)
    """When a run took its day, in true time, by the run and the day: it may begin twice."""
    too_wrong: list[str] = field(default_factory=list)
    """Orders that left although the clock was wrong by more than an hour all the while."""
    kept: list[tuple[Process | None, Series, tuple[Measure, ...]]] = field(default_factory=list)
    read: list[tuple[str, str, int, int]] = field(default_factory=list)
    """What a run was given of a kept series: its first and last start."""
    inputs_of: dict[str, dict[str, Any]] = field(default_factory=dict)  # by run
    story: list[str] = field(default_factory=list)
    clock_jumps: float = 0.0  # how often the machine's clock is set at a point
    power_in: float = float("inf")  # points until the power goes
    has_power: bool = True
    _starts: dict[str, float] = field(default_factory=dict)  # of the machine, in true time
    _minutes: int = 0
    _asked: threading.local = field(default_factory=threading.local)  # when its effect was

    def __post_init__(self) -> None:
        self.dice = Random(self.seed)
        self.clock = Clock(self.began.timestamp())
        self._starts["boot 1"] = self.clock.true - _UP
        self.processes = Processes(self.dice, self.clock)
        self.processes.befall = self._befall
        self.disk = Disk(dice=self.dice, processes=self.processes, folder=self.folder)
        self.beginning = begin(
            self.workspace.catalog,
            self.scenario,
            today=self.today,
            generation=self.generation,
            fleet=self.households,
        )
        self._first_day = self.today
        self.world = World(self.beginning, renews_anew=self.renews_anew)
        self.sge = Sge(self.workspace.catalog, self.world, lambda: self.clock.true, self._knows_age)
        self.network = Network(
            dice=self.dice,
            clock=self.clock,
            processes=self.processes,
            router=self.sge,  # type: ignore[arg-type] # what a network asks of one
            before_call=self._move_world,
            points=lambda: sorted(self.world.points),
        )
        self.sge.is_doubled = lambda: self.network.is_doubling

    @property
    def environment(self) -> str:
        """The name of the environment that its calls go to."""
        return f"storm-{self.generation}"

    @property
    def household(self) -> dict[str, str]:
        """The inputs of the household that the scenario is about."""
        return dict(self.beginning.subject.inputs())

    @property
    def today(self) -> date:
        """The day that it truly is in France."""
        return datetime.fromtimestamp(self.clock.true, PARIS).date()

    def wait(self) -> None:
        """Let all processes run to their ends; the machine starts again when the power was gone."""
        self.processes.wait()
        self.power_in = float("inf")
        if not self.has_power:
            self.has_power = True
            self.disk.lose_power()
            self.kept = [one for one in self.kept if one[0] is None or not one[0].is_dead]
            self._starts[f"boot {len(self._starts) + 1}"] = self.clock.true
        self.disk.is_watched = False

    # -- the machine ------------------------------------------------------------------------------

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Put the world in the place of the real one within the block.

        Garbage is collected after it: that closes connections of dead processes at any moment.
        """
        state, is_collected = random.getstate(), gc.isenabled()
        gc.disable()
        random.seed(self.seed)
        with ExitStack() as stack:
            traveller = stack.enter_context(time_machine.travel(self.clock.told, tick=False))
            self.clock.moved = lambda: traveller.move_to(self.clock.told)
            for target, name, stand_in in (*self._stand_ins(), *self.disk.stand_ins()):
                stack.enter_context(patch.object(target, name, stand_in))
            stack.callback(self.disk.close)
            if is_collected:
                stack.callback(gc.enable)
            yield
        random.setstate(state)

    def _stand_ins(self) -> list[tuple[Any, str, Any]]:
        """The replacements: where a name is looked up, the name, and its stand-in."""
        lock = partial(Lock, self.processes)
        return [
            (urllib3.util.connection, "create_connection", self.network.connect),
            (time, "monotonic", self.uptime),
            (time, "clock_gettime", lambda _: self.uptime()),
            (records, "_boot", self._boot),
            (time, "sleep", self.processes.sleep),
            (os, "urandom", self.dice.randbytes),
            (random, "_urandom", self.dice.randbytes),
            (tempfile, "_name_sequence", (f"{number:08d}" for number in count(1))),
            (database, "RLock", lock),
            (shared_rate, "Lock", lock),
            (circuit_breaker, "threading", SimpleNamespace(Condition=lock)),
            (router, "TOKEN", TOKEN),
            (driver.Driver, "answer", self._answering(driver.Driver.answer)),
            (driver, "fingerprint", self._noting(driver.fingerprint)),
            (journal, "begin_sending", self._timing(journal.begin_sending)),
            (journal.Journal, "begin", self._beginning(journal.Journal.begin)),
            (session, "uptime", self._taking(session.uptime)),
            (driver, "_threads", self._side_by_side),
            (driver.Stopping, "wait", self._waiting()),
            (transport, "Pacer", partial(rate_limit.Pacer, self.uptime)),
            (rate_limit.Pacer, "_wait_until", self._pacing()),
        ]

    def uptime(self) -> float:
        """The seconds since the machine was started."""
        return self.clock.true - self.last_start

    @property
    def last_start(self) -> float:
        """The true time of the machine's last start."""
        return self._starts[self._boot()]

    def _knows_age(self, moment: float) -> bool:
        """Whether the machine can know how long ago a moment is (ADR 0017)."""
        return self.last_start <= moment or self.clock.wrong == 0.0

    def _boot(self) -> str:
        """The name of the machine's last start."""
        return f"boot {len(self._starts)}"

    def _befall(self) -> None:
        """Set the clock wrong, or cut the power, while processes work."""
        if self.clock_jumps and self.dice.random() < self.clock_jumps:
            self.clock.set_wrong(self.dice.choice([0.0, -3600.0, 3600.0, 90.0, -90.0, 49 * 3600.0]))
            self.story.append(f"the clock is wrong by {self.clock.wrong:+.0f} s")
        self.power_in -= 1
        if self.power_in <= 0 and self.has_power:
            self.has_power = False
            self.story.append("the power is gone")
            self.processes.kill_all()

    def _answering(self, real: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
        """Put a point before each effect, and note the values that were kept and given."""

        def answer(one: Any, effect: Any) -> Any:
            self.processes.point()
            self._asked.moment = self.clock.true
            answer = real(one, effect)
            if isinstance(effect, Save):
                self.kept.append((self.processes.current, effect.series, effect.measures))
            given = answer.measures if isinstance(effect, Load) else ()
            if given:
                self.read.append((one.run_id, effect.name, given[0].start, given[-1].start))
            return answer

        return answer

    def _noting(self, real: Callable[[Any], str]) -> Callable[[Any], str]:
        """Note the requests of each fingerprint, for the operator who settles orders."""

        def fingerprint(request: Any, secrets: Any) -> str:
            mark = real(request, secrets)
            self.sent.setdefault(mark, set()).add(request.body)
            if request.is_operation:
                self.soap.add(request.body)
            return mark

        return fingerprint

    def _timing(self, real: Callable[..., None]) -> Callable[..., None]:
        """Note when each sending of an order began, in true time."""

        def begin_sending(connection: Any, order: Order, at: float) -> None:
            self.left.setdefault((order.run, order.key), []).append(self.clock.true)
            if not self.clock.was_right(since=self._asked.moment):
                self.too_wrong.append(f"{order.operation} of {order.run}")
            real(connection, order, at)

        return begin_sending

    def _taking(self, real: Callable[[], Any]) -> Callable[[], Any]:
        """Note when a run took its day: the journal may have it much later."""

        def uptime() -> Any:
            self._asked.taken = self.clock.true
            return real()

        return uptime

    def _beginning(self, real: Callable[..., None]) -> Callable[..., None]:
        """Note the day that a run took for today, and the true time at which it did."""

        def begin(one: Any, start: Any, *more: Any) -> None:
            taken = getattr(self._asked, "taken", self.clock.true)
            self.begun.setdefault((start.run, start.today), taken)
            self.inputs_of.setdefault(start.run, dict(start.inputs))
            real(one, start, *more)

        return begin

    def _side_by_side(self, work: Any, numbers: list[int], limit: int, stop: Any) -> list[Any]:
        ends = self.processes.side_by_side([partial(work, number) for number in numbers], limit)
        errors = [error for _, error in ends if error is not None]
        if errors:
            raise min(errors, key=lambda one: isinstance(one, driver.InterruptedRun))
        if stop.is_set():
            raise driver.InterruptedRun
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
