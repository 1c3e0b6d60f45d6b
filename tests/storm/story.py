"""What happens in a world: people start runs, machines die, time passes; in the end it is calm."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Any

from sgeflow import open_catalog
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.records import STANDING, Order
from sgeflow.adapters.state.store import Store
from sgeflow.core.model import RunReport, Status
from sgeflow.errors import GuardError, SgeflowError
from sgeflow.runtime.journal.history import runs
from sgeflow.runtime.options import Options
from sgeflow.runtime.project import Workspace
from sgeflow.runtime.resume import open_orders, resolve, resume
from sgeflow.runtime.run import run
from tests.storm.bottle import BOOTED, PARIS, Bottle
from tests.storm.network import KINDS, Weather
from tests.storm.processes import Died

GENERATIONS = ("previous", "current")
FLOWS = ("konnector", "konnector", "konnector", "straight", "pair", "look")
_HOUR = 3600
_DAYS = ("2025-06-15", "2025-03-29", "2025-03-30", "2025-10-25", "2025-10-26", "2025-12-31")
_PATIENCE = 6  # resumes in calm weather, after which every run has ended


@dataclass(kw_only=True)
class Told:
    """What the product said of its work, one line a process."""

    reports: list[RunReport] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)


@dataclass(kw_only=True)
class Story:
    """One world, lived to its end."""

    bottle: Bottle
    flow: str
    weather: str = ""  # of KINDS; another one each bad hour when nothing is said
    inputs: dict[str, Any] = field(default_factory=dict)
    by_hand: set[str] = field(default_factory=set)  # services that an operator was told to keep
    told: Told = field(default_factory=Told)

    @property
    def home(self) -> StateLocation:
        return StateLocation(folder=self.bottle.folder / "state")

    @property
    def options(self) -> Options:
        bottle = self.bottle
        return Options(
            environment=bottle.environment,
            state=self.home,
            folder=bottle.folder,
            secrets={"BO_TOKEN": "simulator"},
        )

    def live(self) -> None:
        """From the first start to calm days."""
        bottle, dice = self.bottle, self.bottle.dice
        self.inputs = self._inputs()
        with bottle.opened():
            for _ in range(dice.randrange(1, 4)):
                self._bad_hour()
                self._let_pass()
            self._calm_down()

    def _inputs(self) -> dict[str, Any]:
        household, dice = self.bottle.household, self.bottle.dice
        match self.flow:
            case "straight" | "pair":
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
        bottle.network.weather = Weather(badness=dice.choice([0.05, 0.2, 0.5]), kinds=KINDS[kind])
        bottle.full = dice.choice([0.0, 0.0, 0.0, 0.02, 0.1])
        bottle.clock.wrong = dice.choice([0.0, 0.0, 0.0, 0.0, -_HOUR, 7.0, 2 * _HOUR, 49 * _HOUR])
        for _ in range(dice.choice([1, 1, 2])):
            open_ = self._open_runs()
            if open_ and dice.random() < 0.7:
                self._start("resume", dice.choice(open_))
            else:
                self._start("run", self.flow)
        bottle.wait()

    def _start(self, what: str, name: str) -> None:
        dice = self.bottle.dice
        points = dice.choice(
            [float("inf"), float("inf"), *(2 ** dice.uniform(0, 9.5) for _ in "123")]
        )
        program = self._run if what == "run" else self._resume
        self.bottle.start(f"{what} {name}", lambda: program(name), points=points)

    def _run(self, flow: str) -> None:
        self._note(
            lambda: run(flow, self.inputs, workspace=self.bottle.workspace, options=self.options)
        )

    def _resume(self, name: str) -> None:
        self._note(lambda: resume(name, workspace=self.bottle.workspace, options=self.options))

    def _note(self, program: Any) -> None:
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
            failure = report.failure.problem.message if report.failure else ""
            self.bottle.story.append(f"{report.run} {report.status} {failure}")
            self.told.reports.append(report)

    def _open_runs(self) -> list[str]:
        return [
            one.run
            for one in runs(self.home, 50)
            if one.status not in (Status.DONE, Status.PARTIAL)
        ]

    def _let_pass(self) -> None:
        bottle, dice = self.bottle, self.bottle.dice
        seconds = dice.choice([10, 600, 3 * _HOUR, 20 * _HOUR])
        bottle.clock.advance(bottle.clock.true + seconds)
        bottle.story.append(f"{seconds} s pass")

    # -- calm days --------------------------------------------------------------------------------

    def _calm_down(self) -> None:
        bottle = self.bottle
        bottle.network.weather, bottle.full, bottle.clock.wrong = Weather(), 0.0, 0.0
        for round_ in range(_PATIENCE):
            bottle.clock.advance(bottle.clock.true + _HOUR)
            self._settle(by_hand=round_ > 2)
            for name in self._open_runs():
                self._start_calm("resume", name)
            if not open_orders(self.home):
                break
        self._start_calm("run", self.flow)
        if self.told.reports[-1:] and self.told.reports[-1].failure:  # SGE lets nothing begin today
            bottle.clock.advance(bottle.clock.true + 26 * _HOUR)
            self._start_calm("run", self.flow)

    def _start_calm(self, what: str, name: str) -> None:
        program = self._run if what == "run" else self._resume
        self.bottle.start(f"{what} {name}", lambda: program(name), points=float("inf"))
        self.bottle.wait()

    def _settle(self, *, by_hand: bool) -> None:
        """What an operator does who has SGE's book before him; what stands long, he takes away."""
        for order in open_orders(self.home):
            is_taken = self._was_taken(order)
            if order.state in STANDING and by_hand:
                self._take_away()
                is_taken = True
            if is_taken:
                self.by_hand |= {one for line in self.bottle.book for one in line.made}
            try:
                resolve(self.home, order.run, order.key, accepted=is_taken)
            except GuardError as error:
                self.bottle.story.append(f"operator: {error.problems[0].message}")
            else:
                self.bottle.story.append(f"operator: {order.operation} {is_taken}")

    def _take_away(self) -> None:
        """Of what was begun for the household all that its flow does not remember."""
        world, point = self.bottle.world, self.bottle.household["pointId"]
        with Store(self.home.store(self.bottle.environment)) as store:
            state = store.recall("accounts", point) or {}
        for record in world.consents:
            if record["pointID"] == point and record["ID"] != state.get("boId"):
                world.drop_consent(record["ID"])
        kept = {one.id for one in self.bottle.beginning.services()} | {state.get("serviceId")}
        active = [one for one in world.services(point) if world.active(one)]
        world.keep(*(one.stop(world.today) for one in active if one.id not in kept))

    def _was_taken(self, order: Order) -> bool:
        if order.state in STANDING:
            return False
        bottle = self.bottle
        left = bottle.began.timestamp() + (order.up or 0.0) - BOOTED
        body = bottle.sent.get(order.fingerprint)
        return any(line.request == body and line.moment >= left for line in bottle.book)


def live(
    seed: int, workspace: Workspace, folder: Path, *, flow: str = "", weather: str = ""
) -> Story:
    """The world of a seed, lived to its end; `flow` and `weather` are drawn where nothing is said."""
    dice = Random(f"beginning of {seed}")
    began = datetime.fromisoformat(dice.choice(_DAYS)).replace(tzinfo=PARIS)
    began += timedelta(minutes=dice.choice([1, 600, 23 * 60 + 58]))
    bottle = Bottle(
        seed=seed,
        workspace=workspace,
        folder=folder,
        generation=dice.choice(GENERATIONS),
        began=began.astimezone(UTC),
    )
    story = Story(bottle=bottle, flow=flow or dice.choice(FLOWS), weather=weather)
    story.live()
    return story


@contextmanager
def project() -> Iterator[tuple[Workspace, Path]]:
    """The catalogue of all worlds, with flows of their own, and a folder in memory for them."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        folder = Path(name)
        copytree(Path(__file__).parent / "project", folder / "project")
        yield open_catalog(folder / "project"), folder
