"""A year of a city: sixty households, week by week, run by the command line and compared with SGE.

The simulator listens over HTTP and says its own day; the machine's clock goes with it, and each
night is another start of the machine. A night a week is played: what one night misses, the next
makes up for, and every night would take hours. Households move, oppose, withdraw and consent
again; values come late or are corrected; Enedis and the backoffice are down now and then.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
import time_machine
from msgspec.structs import replace

from sgeflow.adapters.state import records
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.store import Store
from sgeflow.core.measures.civil_time import PARIS, civil
from sgeflow.runtime import driver
from sgeflow.simulator import replies
from sgeflow.simulator.consumption import measure_day
from sgeflow.simulator.people import MeterLapse
from sgeflow.simulator.router import Router
from sgeflow.simulator.simulator import Simulator
from sgeflow.simulator.subscriptions import Subscription
from tests.cli.conftest import BETWEEN
from tests.conftest import young_catalog

FIRST, WEEKS, CALM = date(2025, 6, 2), 58, 6
HOUSEHOLDS = 60
HEADER = "pointId,lastname,firstname,address,postalCode,city,consentGivenOn"
KINDS = {"ENERGIE": "daily_energy", "COURBE": "load_curve", "PMAX": "max_power"}
DAY, HALF_HOUR = timedelta(days=1), 1800
LOOKED_AGAIN = timedelta(days=36)
"""After so many days each day was asked for once more, since its turn comes within five weeks."""

_RENEWAL = 30  # days before its end that a service is renewed at the earliest
_MEASURES = "consulterMesures"


def point_of(number: int) -> str:
    return f"39{number:012d}"


@dataclass
class Household:
    """A row of the city's file, and what its people do in the year."""

    number: int
    name: str
    since: date | None = None  # the first day that is theirs, of who moved in
    given: date | None = None  # when they consented again
    withdrew: date | None = None  # the last day of their consent, until they consent again
    opposes: Subscription | None = None
    moved: str = ""  # who lives there since, until the row says so
    late: list[tuple[date, MeterLapse]] = field(default_factory=list)  # until a day

    @property
    def point(self) -> str:
        return point_of(self.number)

    @property
    def row(self) -> str:
        street = f"{self.number} RUE DE LA FLOTTE"
        return f"{self.point},{self.name},Camille,{street},69008,LYON 8EME,{self.given or ''}"


class Office:
    """The simulator's router; what it takes that changes anything must have a cause."""

    def __init__(self, city: City, router: Router) -> None:
        self._city, self._router = city, router
        self.receive = router.receive
        self.is_backoffice_down = False
        self.taken: Counter[str] = Counter()
        self.wrongs: list[str] = []
        self.closed: set[tuple[str, str]] = set()  # accounts that the operator closes
        self._begun: dict[str, date] = {}  # consents, by id

    def answer(self, visit: Any, call: Any) -> Any:
        is_consent = visit.label.endswith(" consent")
        if is_consent and self.is_backoffice_down:
            return replies.json_reply(401, {"error": "a valid bearer token is needed"})
        point = visit.message.point_id() if visit.message is not None else ""
        before = {one.id: one for one in self._city.world.services(point)}
        records = {str(one["ID"]): one for one in self._city.world.consents}
        reply = self._router.answer(visit, call)
        if visit.sge and visit.read and visit.label.startswith(_MEASURES):
            self._judge_read(point, visit.label)
        if visit.sge and not visit.read and reply.outcome == "ok":
            self._judge_order(visit.label, point, before)
        if is_consent and reply.status < 400 and not visit.read:
            self._judge_consent(call, records)
        return reply

    def _wrong(self, point: str, what: str) -> None:
        self.wrongs.append(f"{self._city.today} {point}: {what}")

    def _judge_read(self, point: str, label: str) -> None:
        home = self._city.homes[point]
        if home.moved:
            self._wrong(point, f"{label} under the consent of who moved out")
        if home.withdrew and home.withdrew < self._city.today and not home.given:
            self._wrong(point, f"{label} after the consent ended on {home.withdrew}")

    def _judge_order(self, label: str, point: str, before: Mapping[str, Subscription]) -> None:
        world, home, today = self._city.world, self._city.homes[point], self._city.today
        now = {one.id: one for one in world.services(point)}
        ran = [one for one in before.values() if one.kind != "OPPENR" and world.active(one)]
        runs = [one for one in now.values() if one.kind != "OPPENR" and world.active(one)]
        self.taken[label] += 1
        consents = [one for one in world.consents if one["pointID"] == point]
        given = [one for one in consents if (point, one["lastname"]) not in self.closed]
        in_force = [one for one in given if str(one.get("endDate") or today) >= str(today)]
        if "Arret" in label:
            begun_today = all(one.start == today for one in ran)
            if in_force and not begun_today:
                self._wrong(point, f"{label} of a service whose consent is in force")
            return
        if len(runs) > 1:
            self._wrong(point, f"{label} beside a service that runs: {runs}")
        if not in_force or home.moved:
            self._wrong(point, f"{label} without a consent in force")
        if home.opposes:
            self._wrong(point, f"{label} although the customer opposes")
        if any(one.end and (one.end - today).days > _RENEWAL for one in ran):
            self._wrong(point, f"{label} twice: {ran}")

    def _judge_consent(self, call: Any, records: Mapping[str, Mapping[str, Any]]) -> None:
        today, number = self._city.today, call.path.rpartition("/")[2]
        if call.method == "DELETE" and number in records:
            record = records[number]
            ended = str(record.get("endDate") or today) < str(today)
            is_closed = (record["pointID"], record["lastname"]) in self.closed
            if not ended and self._begun.get(number) != today and not is_closed:
                self._wrong(record["pointID"], f"consent {number} deleted before its end: {record}")
        if call.method == "POST":
            record = json.loads(call.body)
            home = self._city.homes[record["pointID"]]
            new = next(one for one in self._city.world.consents if str(one["ID"]) not in records)
            self._begun[str(new["ID"])] = today
            same = [
                one
                for one in records.values()
                if one["pointID"] == home.point
                and one["lastname"] == record["lastname"]
                and str(one.get("endDate") or "") >= str(today)
            ]
            if home.moved or same or (home.withdrew and not home.given):
                self._wrong(home.point, f"a consent that nobody gave: {same or home}")


@dataclass
class City:
    """Sixty households, an operator, and the nights of a year."""

    folder: Path
    generation: str
    seed: int
    command: Callable[..., tuple[int, str, str]]
    simulator: Simulator = field(init=False)
    homes: dict[str, Household] = field(init=False)
    told: Counter[str] = field(default_factory=Counter)
    wrongs: list[str] = field(default_factory=list)
    done: set[str] = field(default_factory=set)  # the points whose last night ended well
    _to_close: dict[str, int] = field(default_factory=dict)  # earlier customers, by their points

    def __post_init__(self) -> None:
        self.dice = Random(self.seed)
        self.homes = {
            point_of(number): Household(number, f"FLOTTE {number}")
            for number in range(1, HOUSEHOLDS + 1)
        }
        self.simulator = Simulator(
            young_catalog(), today=FIRST, generation=self.generation, fleet=HOUSEHOLDS
        )
        self.world = self.simulator.world
        self.office = Office(self, self.simulator._desk)
        self.simulator._desk = self.office  # type: ignore[assignment]
        self._files: set[Path] = set()

    @property
    def today(self) -> date:
        return self.world.today

    @contextmanager
    def opened(self) -> Iterator[None]:
        """The city's services listen, and its project has their address."""
        with self.simulator:
            text = BETWEEN.format(url=self.simulator.base_url)
            text = text.replace("generation: current", f"generation: {self.generation}")
            (self.folder / "environments").mkdir()
            (self.folder / "environments" / "between.yaml").write_text(text)
            yield
        assert not self.simulator.mistakes

    @property
    def state(self) -> StateLocation:
        return StateLocation(folder=self.folder / "state")

    def run(self, *words: str) -> tuple[int, str, str]:
        code, out, err = self.command(*words)
        if code not in (0, 1, 2, 4, 5, 6, 7, 8):
            self.wrongs.append(f"{self.today} {words}: exit {code}: {err[-2000:]}")
        return code, out, err

    # -- a night ----------------------------------------------------------------------------------

    def night(self) -> None:
        rows = "\n".join(home.row for home in self.homes.values())
        (self.folder / "points.csv").write_text(f"{HEADER}\n{rows}\n")
        env = ("--env", "between")
        self.run("run", "konnector", *env, "--each", "points.csv", "file=data/{pointId}.json")
        self._count_results()

    def _count_results(self) -> None:
        files = set((self.folder / "state" / "fleets").glob("*.jsonl"))
        self.done = set()
        for path in files - self._files:
            rows = [json.loads(line) for line in path.read_text().splitlines()]
            last = {one["row"]: one for one in rows if "row" in one}
            for one in last.values():
                self.told[str(one.get("code") or one.get("status"))] += 1
                if one.get("status") == "done":
                    self.done.add(point_of(one["row"]))
        self._files = files

    def operate(self) -> None:
        """What an operator does on the day after: settle orders, close accounts of who moved out."""
        code, out, _ = self.run("orders", "--output", "json")
        assert code == 0
        for order in json.loads(out or "[]"):
            if order.get("state") in ("unknown", "undoing", "stranded"):
                self._settle(order)
        for point, number in [*self._to_close.items()]:
            self.office.closed.add((point, f"FLOTTE {self.homes[point].number}"))
            given = (f"pointId={point}", f"customer={number}")
            code, _, _ = self.run("run", "delete-account", "--env", "between", *given)
            if code == 0:
                del self._to_close[point]

    def _settle(self, order: Mapping[str, Any]) -> None:
        """Go on with a run; what no search settles is looked up in SGE's portal, and said."""
        self.run("resume", order["run"])
        sent = date.fromisoformat(order["sent"][:10])
        services = self.world.services(order["point"]) if order.get("point") else ()
        if not any(one.kind != "OPPENR" and one.start >= sent for one in services):
            self.run("orders", "resolve", order["run"], "--not-accepted")
            self.run("resume", order["run"])

    # -- what people do ---------------------------------------------------------------------------

    def live(self, week: int, *, is_calm: bool) -> None:
        """A week of the city, before its night."""
        for home in self.homes.values():
            self._heal(home)
            if not is_calm:
                self._live_at(home, week)

    def _live_at(self, home: Household, week: int) -> None:
        dice, role = Random(f"{self.seed} {home.number}"), home.number % 6
        when, pause = dice.randrange(3, 46), dice.randrange(1, 4)
        if role == 0 and week == when:
            home.moved = f"NOUVEAU {home.number}"
            self.world.move_in(home.point, home.moved, ends_services=dice.random() < 0.5)
            home.late.clear()
        elif role == 0 and week == when + pause:
            home.name, home.moved, home.since = home.moved, "", self.today
        elif role == 0 and week == when + pause + 1:
            self._to_close[home.point] = 1
        elif role == 1 and week == dice.randrange(3, 48):
            self._oppose(home)
        elif role == 1 and home.opposes and self.dice.random() < 0.15:
            self.world.keep(home.opposes.stop(self.today))
            home.opposes = None
        elif role == 2 and week == when:
            self._withdraw(home)
        elif role == 2 and week == when + 2 + pause and dice.random() < 0.6:
            home.given = self.today
        elif self.dice.random() < 0.1:
            self._fail_meter(home)

    def _oppose(self, home: Household) -> None:
        home.opposes = Subscription(
            id=self.world.new_service_id(),
            point=home.point,
            kind="OPPENR",
            label="Opposition",
            start=self.today,
            end=None,
        )
        self.world.keep(home.opposes)

    def _withdraw(self, home: Household) -> None:
        for record in self.world.consents:
            if record["pointID"] == home.point and record.get("serviceID"):
                home.withdrew = self.today + 3 * DAY
                self.world.change_consent(record["ID"], {"endDate": home.withdrew.isoformat()})

    def _fail_meter(self, home: Household) -> None:
        """A day of the last week is told late, or wrong at first."""
        day = self.today - self.dice.randint(1, 6) * DAY
        what, percent = self.dice.choice([*KINDS]), self.dice.choice([0, 0, 90, 110])
        if any(lapse.start == day for _, lapse in home.late):
            return
        lapse = MeterLapse(what=what, start=day, end=day + DAY, hours=None, percent=percent)
        home.late.append((self.today + self.dice.choice([7, 14]) * DAY, lapse))
        self._set_meter(home)

    def _heal(self, home: Household) -> None:
        home.late = [(until, lapse) for until, lapse in home.late if until > self.today]
        self._set_meter(home)

    def _set_meter(self, home: Household) -> None:
        lapses = tuple(lapse for _, lapse in home.late)
        self.world.points.add(replace(self.world.points[home.point], lapses=lapses))

    # -- what SGE knows ---------------------------------------------------------------------------

    def compare(self, *, is_last: bool = False) -> None:
        """Hold what is kept against what SGE can tell, household by household and day by day."""
        with Store(self.state.store("between")) as store:
            for home in self.homes.values():
                for what, series in KINDS.items():
                    self._compare(store, home, what, series, is_last=is_last)

    def _compare(
        self, store: Store, home: Household, what: str, series: str, *, is_last: bool
    ) -> None:
        first = FIRST - (8 if what == "COURBE" else 20) * DAY
        recent = first if is_last else self.today - LOOKED_AGAIN - 14 * DAY
        begin = int(datetime.combine(recent, time(), PARIS).timestamp())
        kept: dict[date, Counter[float]] = {}
        for one in store.load(home.point, series, begin, None).measures:
            kept.setdefault(civil(one.start).date(), Counter())[float(one.value)] += 1
        since = max(first, home.since or first)
        for day in kept:
            if day < since or day >= self.today:
                self.wrongs.append(f"{self.today} {home.point} {series} of {day} is another's")
        if home.point not in self.done or (home.opposes and what == "COURBE"):
            return
        day = max(since, recent)
        while day < self.today:
            told, there = self._told(home, what, day), kept.get(day, Counter())
            is_settled = self.today - day > LOOKED_AGAIN
            if told != there and (is_settled or (told and not there)):
                self.wrongs.append(
                    f"{self.today} {home.point} {series} of {day}: {sum(there.values())} kept, "
                    f"{sum(told.values())} told by SGE; the values are "
                    f"{'others' if len(told) and len(there) else 'not there'}"
                )
            day += DAY

    def _told(self, home: Household, what: str, day: date) -> Counter[float]:
        """The values of a day that SGE tells."""
        point = self.world.points[home.point]
        measured, lapse = measure_day(point.meter(), day, HALF_HOUR), point.lapse(what, day)
        values = {"ENERGIE": (measured.energy,), "PMAX": (measured.peak,)}.get(what, measured.watts)
        told = [lapse.value_of(value) if lapse else value for value in values]
        return Counter(float(value) for value in told if value is not None)


def weather(city: City, week: int) -> None:
    """Enedis and the backoffice are down in some weeks, and lose answers in others.

    Down is what a whole night ends with: a fleet waits for whoever answers 503, however long.
    """
    dice = Random(f"weather {city.seed} {week}")
    city.simulator.calm()
    city.office.is_backoffice_down = week in (10, 11, 50)
    if week in (7, 20, 21, 49):
        city.simulator.meet("SGT500:100%")
    elif week < WEEKS - CALM and dice.random() < 0.3:
        city.simulator.meet(dice.choice(["close:3%", "SGT500:10%", "503:5%", "close:1%,SGT506:3%"]))


def live_a_year(city: City, monkeypatch: pytest.MonkeyPatch, tell: Callable[[str], None]) -> None:
    """From the first night to calm weeks."""
    night = time(3, 30)
    monkeypatch.setattr(driver.Stopping, "wait", lambda self, _: self.is_set())
    with city.opened(), time_machine.travel(datetime.combine(FIRST, night, PARIS)) as clock:
        for week in range(WEEKS):
            if week:
                city.simulator.pass_days(7)
            clock.move_to(datetime.combine(city.today, night, PARIS))
            monkeypatch.setattr(records, "_boot", lambda week=week: f"boot {week}")
            city.live(week, is_calm=week == 0 or week >= WEEKS - CALM)
            weather(city, week)
            city.night()
            city.compare(is_last=week == WEEKS - 1)
            city.operate()
            tell(f"{city.today}: {dict(city.office.taken)} {dict(city.told)}")
            wrongs = city.office.wrongs + city.wrongs
            assert not wrongs, "\n".join(wrongs)


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("generation", ["current"])
def test_a_year_of_sixty_households_is_as_sge_knows_it(tmp_path, monkeypatch, capsys, generation):
    from sgeflow.cli.main import run

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SGEFLOW_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("BO_TOKEN", "simulator")

    def command(*words):
        capsys.readouterr()
        code = run(words)
        caught = capsys.readouterr()
        return int(code), caught.out, caught.err

    def tell(text):
        with capsys.disabled():
            print(text, flush=True)

    live_a_year(City(tmp_path, generation, 1, command), monkeypatch, tell)
