"""The story of a world: people start runs, machines die, time passes; in the end it is calm."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from msgspec.structs import replace

from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.records import UNDO_PENDING, Order
from sgeflow.adapters.state.store import Store
from sgeflow.core.model import RunReport, Status
from sgeflow.errors import GuardError, SgeflowError
from sgeflow.runtime.journal.history import runs
from sgeflow.runtime.named import run
from sgeflow.runtime.options import Options
from sgeflow.runtime.resume import open_orders, resolve, resume
from tests.storm.bottle import TOKEN, Bottle
from tests.storm.disk import TROUBLES
from tests.storm.network import ASKED_FOR, KINDS, Weather
from tests.storm.processes import Died, Process
from tests.storm.sge import Accepted

_HOUR = 3600
_WRONG = (-_HOUR, -0.99 * _HOUR, 7.0, 0.99 * _HOUR, 2 * _HOUR, 49 * _HOUR, 400 * 24 * _HOUR)
_PAUSES = (1, 1, 1, 26, 26, 26)  # hours between resumes in calm weather; then every run has ended
_SOON = (5, 60)  # points until a process dies, where an operator looks after it
_TIDIED = (10, 200)  # seconds until somebody does who finds a process that stands still
_LOOKS = 5  # of a busy operator, in an hour
NEVER = float("inf")
WELL = (Status.DONE, Status.PARTIAL)


@dataclass(kw_only=True)
class Told:
    """The reports and errors of the product, one for each process."""

    reports: list[RunReport] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)


@dataclass(kw_only=True)
class Story:
    """A world that is lived to its end."""

    bottle: Bottle
    flow: str
    trouble: str = ""  # what mostly happens: clock, power, sleep, operator, disk
    weather: str = ""  # of KINDS; another one each bad hour when nothing is said
    inputs: dict[str, Any] = field(default_factory=dict)
    by_hand: set[str] = field(default_factory=set)  # services that an operator was told to keep
    told: Told = field(default_factory=Told)
    is_calm: bool = False
    ended_well: dict[str, Status] = field(default_factory=dict)  # runs, as soon as they had
    settled: dict[str, None] = field(default_factory=dict)  # runs of orders, by an operator
    _thorough: Random = field(init=False)

    def __post_init__(self) -> None:
        self._thorough = Random(f"operator of {self.bottle.seed}")

    @property
    def home(self) -> StateLocation:
        return StateLocation(folder=self.bottle.folder / "state")

    @property
    def options(self) -> Options:
        return Options(
            environment=self.bottle.environment,
            state=self.home,
            folder=self.bottle.folder,
            secrets={"BO_TOKEN": TOKEN},
        )

    @property
    def people(self) -> list[str]:
        """The words that name the people: names and addresses."""
        household = self.bottle.household
        return [household[name] for name in ("lastname", "firstname", "address")]

    @property
    def points(self) -> tuple[str, ...]:
        """The points that something is done for."""
        return (self.bottle.household["pointId"],)

    def live(self) -> None:
        """From the first start to calm days."""
        self.inputs = self._inputs()
        with self._opened():
            for _ in range(self.bottle.dice.randrange(1, 4)):
                self._bad_hour()
                self._note_ends()
                self._let_pass()
            self._calm_down()

    @contextmanager
    def _opened(self) -> Iterator[None]:
        with self.bottle.opened():
            yield

    def _inputs(self) -> dict[str, Any]:
        household, dice = self.bottle.household, self.bottle.dice
        match self.flow:
            case "straight" | "pair" | "visit":
                given = {name: household[name] for name in ("pointId", "lastname")}
                return given | ({"fails": dice.random() < 0.7} if self.flow == "pair" else {})
            case "look":
                world = self.bottle.world
                made = [world.add_consent({"pointID": f"3{number:013d}"}) for number in range(6)]
                return {"records": [record["ID"] for record in made if record]}
        return household

    # -- bad hours --------------------------------------------------------------------------------

    def _bad_hour(self) -> None:
        bottle, dice = self.bottle, self.bottle.dice
        kind = self.weather or dice.choice(sorted(KINDS))
        bottle.network.weather = Weather(
            badness=dice.choice([0.05, 0.2, 0.5]), kinds={**KINDS, **ASKED_FOR}[kind]
        )
        disk = bottle.disk
        disk.trouble = dice.choice(TROUBLES) if self._is("disk", 0.5) else ""
        disk.badness = dice.choice([0.002, 0.02, 0.1])
        is_wrong = self._is("clock", 0.4)
        bottle.clock.set_wrong(dice.choice(_WRONG) if is_wrong else 0)
        bottle.clock_jumps = 0.01 if self._is("clock", 0.25) else 0.0
        if self._is("power", 0.2):
            bottle.power_in = 2 ** dice.uniform(2, 11)
            disk.is_watched = True
            disk.sync()
        self._begin()
        if self._is("operator", 0.2):
            is_busy = self.trouble == "operator"
            self._start("operator", self._settle_again_and_again if is_busy else self._settle)
        bottle.wait()

    def _is(self, trouble: str, chance: float) -> bool:
        """Whether a trouble is there; mostly, where the world is about it."""
        return self.bottle.dice.random() < (0.8 if trouble == self.trouble else chance)

    def _begin(self) -> None:
        """Start what works in a bad hour."""
        dice = self.bottle.dice
        for _ in range(dice.choice([1, 1, 2])):
            open_ = self._open_runs()
            if open_ and dice.random() < 0.7:
                name = dice.choice(open_)
                self._start(f"resume {name}", lambda name=name: self._resume(name))
            else:
                self._start(f"run {self.flow}", self._run)

    def _start(self, name: str, program: Callable[[], Any]) -> None:
        process = Process(name=name)
        self._befall(process)
        self.bottle.processes.start(process, program)

    def _befall(self, process: Process) -> None:
        """In bad hours a process dies after some points, or stands still for hours, or neither."""
        dice = self.bottle.dice
        if self.is_calm:
            return
        process.dies_in = dice.choice([NEVER, NEVER, *(2 ** dice.uniform(0, 10) for _ in "123")])
        if self.trouble == "operator":  # who looks at what the dead have left
            process.dies_in = dice.randrange(*_SOON)
        if self._is("sleep", 0.25):
            process.freezes_in = 2 ** dice.uniform(0, 9)
            process.freezes_for = dice.choice([20.0, 600.0, 5 * _HOUR, 30 * _HOUR])
            if dice.random() < 0.7:
                process.while_frozen = self._lose_locks

    def _lose_locks(self) -> None:
        """Somebody tidies up while a process stands still: its locks are gone, others may begin."""
        self.bottle.story.append("a process stands still, and loses its locks")
        for lock in (self.home.folder / "running").glob("*"):
            lock.unlink()
        for name in self._open_runs():
            process = Process(name=f"resume {name}")
            self.bottle.processes.start(process, lambda name=name: self._resume(name))
        if self._is_thorough():
            self.bottle.processes.start(Process(name="somebody who tidies up"), self._tidy_up)

    def _tidy_up(self) -> None:
        """Settle what a process left that seems to be dead, and go on with it."""
        self.bottle.processes.sleep(self._thorough.uniform(*_TIDIED))
        self._settle()
        for name in self._open_runs():
            self._resume(name)

    def _run(self) -> None:
        options = self.options
        if self.bottle.dice.random() < 0.1:
            options = replace(options, record=self._new_cassette())
        self._note(
            lambda: run(self.flow, self.inputs, workspace=self.bottle.workspace, options=options)
        )

    def _new_cassette(self) -> Path:
        folder = self.bottle.folder / "cassettes"
        return folder / f"{len(list(folder.glob('*')))}.yaml"

    def _resume(self, name: str) -> None:
        self._note(lambda: resume(name, workspace=self.bottle.workspace, options=self.options))

    def _note(self, program: Callable[[], Any]) -> None:
        try:
            report = program()
        except Died:
            self.bottle.story.append("died")
            raise
        except SgeflowError as error:
            self.bottle.story.append(f"{type(error).__name__}: {error.problems[0].message}")
            self.told.errors.append(error)
        except BaseException as error:
            self.bottle.story.append(repr(error))
            self.told.errors.append(error)
            raise
        else:
            self.bottle.story.append(self._tell(report))
            if isinstance(report, RunReport):
                self.told.reports.append(report)

    def _tell(self, report: Any) -> str:
        failure = report.failure.problem.message if report.failure else ""
        return f"{report.run} {report.status} {failure}"

    def _open_runs(self) -> list[str]:
        return [one.run for one in runs(self.home, 50) if one.status not in WELL]

    def _note_ends(self) -> None:
        self.ended_well |= self.ends()

    def ends(self) -> dict[str, Status]:
        """The runs that have ended well."""
        return {one.run: one.status for one in runs(self.home, 1000) if one.status in WELL}

    def told_rows(self) -> dict[str, Status]:
        """The rows of fleets that were told to have ended well."""
        return {}

    def _let_pass(self) -> None:
        bottle, dice = self.bottle, self.bottle.dice
        seconds = dice.choice([10, 600, 3 * _HOUR, 20 * _HOUR, 23.5 * _HOUR])
        bottle.clock.advance(bottle.clock.true + seconds)
        bottle.story.append(f"{seconds} s pass")

    # -- calm days --------------------------------------------------------------------------------

    def _clear_up(self) -> None:
        """From here on all answer, and the clock is right."""
        bottle = self.bottle
        bottle.network.weather, bottle.disk.trouble, bottle.clock_jumps = Weather(), "", 0.0
        bottle.clock.set_wrong(0.0)

    def _calm_down(self) -> None:
        bottle = self.bottle
        self._clear_up()
        self.is_calm = True
        for round_, hours in enumerate(_PAUSES):
            bottle.clock.advance(bottle.clock.true + hours * _HOUR)
            self._settle(by_hand=round_ > 2)
            for name in (*self._open_runs(), *(one for one in self.settled if "." in one)):
                self._calmly(lambda name=name: self._resume(name))
            if not open_orders(self.home):
                break
        self._run_calmly()
        if not self.is_done():  # SGE lets nothing begin today
            bottle.clock.advance(bottle.clock.true + 26 * _HOUR)
            self._run_calmly()

    def is_done(self) -> bool:
        """Whether the last run has done all that it was asked for."""
        last = self.told.reports[-1:]
        return bool(last) and last[0].failure is None

    def _run_calmly(self) -> None:
        self._calmly(self._run)

    def _calmly(self, program: Callable[[], Any]) -> None:
        self.bottle.processes.start(Process(name="calm"), program)
        self.bottle.wait()

    def _settle(self, *, by_hand: bool = False) -> None:
        """Settle open orders as an operator does who knows SGE's book.

        `by_hand`: also take away what undos have left.
        """
        for order in open_orders(self.home):
            line = self._line_of(order)
            is_taken = line is not None
            if order.state in UNDO_PENDING and by_hand:
                self._take_away(order.point)
                is_taken = True
            made = {"serviceId": line.made[0]} if line and line.made and self._is_thorough() else {}
            if is_taken and not made:
                self.by_hand |= {one for line in self.bottle.sge.book for one in line.made}
            try:
                resolve(self.home, order.run, order.key, accepted=is_taken, made=made)
            except SgeflowError as error:
                self.bottle.story.append(f"operator: {error.problems[0].message}")
                if not isinstance(error, GuardError):
                    self.told.errors.append(error)
            else:
                self.bottle.story.append(f"operator: {order.operation} {is_taken}")
                self.settled[order.run] = None

    def _settle_again_and_again(self) -> None:
        """An operator who looks at the list every few seconds, while orders are under way."""
        for _ in range(_LOOKS):
            self.bottle.processes.sleep(self.bottle.dice.uniform(0.3, 9.0))
            self._settle()

    def _take_away(self, point: str) -> None:
        """Take away all that was begun at a point and that its flow does not remember."""
        world = self.bottle.world
        with Store(self.home.store(self.bottle.environment)) as store:
            state = store.recall("accounts", point) or {}
        for record in world.consents:
            if record["pointID"] == point and record["ID"] != state.get("boId"):
                world.drop_consent(record["ID"])
        kept = {one.id for one in self.bottle.beginning.services()} | {state.get("serviceId")}
        active = [one for one in world.services(point) if world.active(one)]
        world.keep(*(one.stop(world.today) for one in active if one.id not in kept))

    def _line_of(self, order: Order) -> Accepted | None:
        """The line of SGE's book for a lost order, by whichever of its sendings."""
        requests = self.bottle.sent.get(order.fingerprint, ())
        left = self.bottle.left.get((order.run, order.key))
        if order.state in UNDO_PENDING or left is None:
            return None
        taken = (line for line in self.bottle.sge.book if line.request in requests)
        return next((line for line in taken if line.moment >= left[0]), None)

    def _is_thorough(self) -> bool:
        """Whether the operator says what an order made, too."""
        return self._thorough.random() < 0.5
