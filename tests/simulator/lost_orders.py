"""Points with any services, orders on them whose answers are lost, and what searches show then."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from sgeflow import Options, call, open_catalog
from sgeflow.core.people import Commune, MadeUpPoint
from sgeflow.errors import Location
from sgeflow.runtime.call import extract, fill_parameters
from sgeflow.runtime.project import Workspace
from sgeflow.simulator import Simulator
from sgeflow.simulator.dates import months_later
from sgeflow.simulator.people import CONTRACT, FOREIGN_CONTRACT, point_of
from sgeflow.simulator.subscriptions import RENEWED, STOPPED, Option, Subscription
from tests.examples import some
from tests.simulator.conftest import Client, world_catalog

TODAY = date(2025, 6, 15)
RUNNING = 120  # days that a service of ours has run when nothing else is said of it
ENVIRONMENT = """
environment: here
title: a simulator that loses answers
generation: current
login: donnees.energie@example.org
contractId: "1234567"
services:
  sge: {{base_url: "{base}", route: direct}}
"""
COLLECTION, ACCESS, ACCESSES, RENEWAL, OPTIONS, STOP, STOPS = (
    "commanderCollectePublicationMesures",
    "commanderAccesDonneesMesures",
    "commanderServicesAccesDonnees",
    "commanderRenouvellementServicesAccesDonnees",
    "commanderModificationOptionsServicesAccesDonnees",
    "commanderArretServiceSouscritMesures",
    "commanderArretServicesAccesDonnees",
)
CONSENT = {"nom": "MARTIN"}
HERE = Location(file="lost", line=1, column=1)
DAILY = Option(periodicity="P1D", corrected=False, start=TODAY, end=None)


class Place:
    """A simulator that stays, a project that calls it, and points that nobody has used yet."""

    def __init__(self, simulator: Simulator, workspace: Workspace, state: Path) -> None:
        self.simulator, self.workspace, self.state = simulator, workspace, state
        self.numbers = count(1)

    def __repr__(self) -> str:  # a law that fails prints what it was given, and that is endless
        return "place"

    def point(self, *, is_business: bool) -> str:
        """A new point that consumes and produces."""
        number = f"38{next(self.numbers):012d}"
        facts = {"name": "MARTIN", "street": "1 RUE DES PERDUS", "production": "P4"}
        if is_business:
            facts |= {"segment": "C4", "production": "P3"}
        commune = Commune(postal_code="69008", insee="69388", town="LYON 8EME")
        made = MadeUpPoint(id=number, commune=commune, person=None, facts=facts, at=HERE)
        self.simulator.world.points.add(point_of(made, TODAY))
        return number

    def seed(self, services: list[Subscription]) -> None:
        self.simulator.world.keep(*services)

    def services(self, point: str) -> dict[str, Subscription]:
        return {one.id: one for one in self.simulator.world.services(point)}

    def call(self, operation: str, given: Mapping[str, Any], faults: str = "") -> Any:
        self.simulator.meet(faults)
        here = Options(environment="here", today=TODAY.isoformat(), state=self.state, patient=False)
        try:
            return call(operation, given, workspace=self.workspace, options=here)
        finally:
            self.simulator.calm()


@pytest.fixture(scope="module")
def place(request, tmp_path_factory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("lost")
    simulator = Simulator(
        world_catalog(), today=TODAY, renews_anew=getattr(request, "param", False)
    )
    with simulator:
        (folder / "environments").mkdir()
        text = ENVIRONMENT.format(base=simulator.base_url)
        (folder / "environments" / "here.yaml").write_text(text)
        yield Place(simulator, open_catalog(folder), folder / ".sgeflow")
        assert not simulator.mistakes


def day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


def year_on(years: int = 1) -> date:
    return months_later(TODAY, 12 * years)


# -- what a point may have --------------------------------------------------------------------------


@dataclass
class Seeds:
    """Makes services of one point, with ids of their own."""

    point: str
    is_business: bool
    numbers: Iterator[int]

    def make(self, **facts: Any) -> Subscription:
        usual = {
            "id": f"6{next(self.numbers):07d}",
            "point": self.point,
            "kind": "ACCES",
            "label": "Un service",
            "contract": CONTRACT,
            "data": "CDC",
            "direction": "SOUTIRAGE",
            "start": day(-RUNNING),
            "end": day(200),
        }
        return Subscription(**{**usual, **facts})

    def any(self, draw: Any) -> Subscription:
        """Any service: of any kind, type, direction, contract, form and time, in any state."""
        kind = draw(st.sampled_from(["ACCES", "ACCES", "TRANSREC", "CCDC", "OPPENR"]))
        start = draw(st.sampled_from([-400, -30, -1, 0, 0, 1]))
        lasts = draw(st.sampled_from([None, 1, 30, 365, 365 + start, 1096]))
        made = self.make(
            kind=kind,
            contract=None
            if kind == "OPPENR"
            else draw(st.sampled_from([CONTRACT] * 3 + [FOREIGN_CONTRACT])),
            data=None
            if kind == "OPPENR"
            else draw(st.sampled_from(["CDC", "IDX", "ENERGIE", "PMAX"])),
            direction="SOUTIRAGE"
            if kind == "OPPENR"
            else draw(st.sampled_from(["SOUTIRAGE", "INJECTION"])),
            start=day(start),
            end=None if lasts is None else day(start + lasts),
        )
        if kind == "TRANSREC":
            made = replace(made, step="PT30M", corrected=False, periodicity="P1D")
        if kind == "ACCES" and draw(st.booleans()):
            made = replace(made, options=(replace(DAILY, start=made.start, end=made.end),))
        return ended(draw, made)

    def like(self, draw: Any, wanted: Subscription) -> Subscription:
        """Nearly the service that is ordered: one thing of it is another one."""
        other = draw(st.sampled_from(OTHERS))(wanted)
        return ended(draw, replace(other, id=self.make().id))


def ended(draw: Any, service: Subscription) -> Subscription:
    stopped = draw(st.sampled_from([None, None, None, None, day(-1), TODAY]))
    if stopped is None or stopped < service.start:
        return service
    return service.stop(stopped, draw(st.sampled_from([STOPPED, RENEWED])))


def other_way(service: Subscription) -> str:
    return "INJECTION" if service.direction == "SOUTIRAGE" else "SOUTIRAGE"


OTHERS = (
    lambda one: replace(one, kind="ACCES" if one.kind != "ACCES" else "TRANSREC"),
    lambda one: replace(one, kind="CCDC", periodicity=None),
    lambda one: replace(one, data="IDX" if one.data != "IDX" else "CDC"),
    lambda one: replace(one, data="ENERGIE" if one.data != "ENERGIE" else "PMAX"),
    lambda one: replace(one, direction=other_way(one)),
    lambda one: replace(one, contract=FOREIGN_CONTRACT),
    lambda one: replace(one, start=one.start - timedelta(days=1)),
    lambda one: replace(one, start=one.start - timedelta(days=300)),
    lambda one: replace(one, start=one.start + timedelta(days=1)),
    lambda one: replace(one, end=(one.end or day(365)) - timedelta(days=1)),
    lambda one: replace(one, end=(one.end or day(365)) + timedelta(days=1)),
    lambda one: replace(one, start=day(-353), end=day(12)),
    lambda one: replace(one, end=None if one.end else day(100)),
    lambda one: replace(one, options=() if one.options else (DAILY,)),
    lambda one: replace(one, step="PT5M", options=()),
    lambda one: replace(one, periodicity="P1M" if one.periodicity != "P1M" else "P1D"),
    lambda one: replace(one, corrected=not one.corrected, options=()),
    lambda one: one.stop(TODAY),
)


def twin(one: Subscription, other: Subscription) -> bool:
    """Whether two are the same in all that SGE keeps of them; texts are for people."""
    return _facts(one) == _facts(other)


def _facts(one: Subscription) -> Subscription:
    options = tuple(replace(option, end=None) for option in one.options)
    facts = replace(one, id="", label="", reason="", options=options, corrected=bool(one.corrected))
    if one.kind == "ACCES":  # its step is the segment's, and what is published stands in options
        return replace(facts, step=None, corrected=None, periodicity=None)
    return replace(facts, options=())


# -- new services -----------------------------------------------------------------------------------


@dataclass
class Ordered:
    """An order, and the services that it would make."""

    operation: str
    given: Mapping[str, Any]
    services: list[Subscription]


def collection(draw: Any, seeds: Seeds) -> Ordered:
    producing = draw(st.booleans())
    data = "CDC" if producing else draw(st.sampled_from(["CDC", "IDX"]))
    recurring = data == "IDX" or (draw(st.booleans()) and (seeds.is_business or not producing))
    periodicity = draw(st.sampled_from(["P1D", "P1M"])) if recurring else None
    if seeds.is_business and data == "IDX":
        periodicity = "P1D"
    corrected = (
        recurring
        and seeds.is_business
        and periodicity == "P1M"
        and data == "CDC"
        and draw(st.booleans())
    )
    start = day(draw(st.sampled_from([0, 0, 20]))) if seeds.is_business else TODAY
    end = draw(st.sampled_from([day(364), day(30), None][: 2 + seeds.is_business]))
    step = {"IDX": "P1D", "CDC": "PT10M" if seeds.is_business else "PT30M"}[data]
    service = seeds.make(
        kind="TRANSREC" if recurring else "CCDC",
        data=data,
        direction="INJECTION" if producing else "SOUTIRAGE",
        start=start,
        end=end,
        step=step,
        corrected=corrected if data == "CDC" and recurring else None,
        periodicity=periodicity,
    )
    given = {
        "pointId": seeds.point,
        **CONSENT,
        "dateDebut": start.isoformat(),
        "dateFin": end.isoformat() if end else None,
        "mesuresTypeCode": data,
        "soutirage": not producing,
        "injection": producing,
        "mesuresPas": step,
        "mesuresCorrigees": service.corrected,
        "transmissionRecurrente": recurring,
        "periodiciteTransmission": periodicity,
    }
    return Ordered(COLLECTION, told(given), [service])


def access(draw: Any, seeds: Seeds) -> Ordered:
    producing = draw(st.booleans())
    data = draw(st.sampled_from(["CDC", "IDX", "ENERGIE", "PMAX"][: 4 - seeds.is_business]))
    end = draw(st.sampled_from([year_on(3), day(30), None][: 2 + seeds.is_business]))
    given = {
        "pointId": seeds.point,
        **CONSENT,
        "dateDebut": TODAY.isoformat(),
        "dateFin": end.isoformat() if end else None,
        "typeDonnees": data,
        "soutirage": not producing,
        "injection": producing,
    }
    direction = "INJECTION" if producing else "SOUTIRAGE"
    service = _access(seeds, data=data, direction=direction, end=end)
    return Ordered(ACCESS, told(given), [service])


def accesses(draw: Any, seeds: Seeds) -> Ordered:
    direction = draw(st.sampled_from(["SOUTIRAGE", "INJECTION"]))
    types = ["CDC", "IDX", "ENERGIE", "PMAX"][: 4 - seeds.is_business]
    chosen = draw(st.lists(st.sampled_from(types), min_size=1, max_size=3, unique=True))
    end = draw(st.sampled_from([year_on(3), day(30), None][: 2 + seeds.is_business]))
    services, wanted = [], []
    for data in chosen:
        periodicities = [] if data == "ENERGIE" else draw(st.sampled_from([[], ["P1D"], ["P1M"]]))
        if seeds.is_business and data == "IDX":
            periodicities = periodicities and ["P1D"]
        kinds = [(one, False if data == "CDC" else None) for one in periodicities]
        if seeds.is_business and data == "CDC" and draw(st.booleans()):
            kinds.append(("P1M", True))
        options = tuple(
            Option(periodicity=one, corrected=corrected, start=TODAY, end=end)
            for one, corrected in kinds
        )
        services.append(_access(seeds, data=data, direction=direction, end=end, options=options))
        said = [told({"mesuresCorrigees": c, "periodiciteTransmission": p}) for p, c in kinds]
        more = {"optionsPublication": {"optionPublication": said[::-1]}} if said else {}
        wanted.append({"typeDonnees": data, **more})
    given = {
        "pointId": seeds.point,
        **CONSENT,
        "sens": direction,
        "dateFin": end.isoformat() if end else None,
        "serviceSouscrit": wanted,
    }
    return Ordered(ACCESSES, told(given), services)


def _access(seeds: Seeds, **facts: Any) -> Subscription:
    curve = "PT5M" if seeds.is_business else "PT30M"
    step = {"CDC": curve, "IDX": "P1D"}.get(facts["data"])
    return seeds.make(kind="ACCES", start=TODAY, step=step, **facts)


def told(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


LOST = "late:100%:1ms"  # carried out, or refused: nobody hears of it
DROPPED = "drop:1x"  # it never came: nor does the first try of the search
PLENTY = settings(
    max_examples=some(12),
    deadline=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


# -- services that are named ------------------------------------------------------------------------


def named(draw: Any, seeds: Seeds, most: int, *kinds: str) -> list[Subscription]:
    """Services of one direction that an order may name, running for the most part."""
    direction = draw(st.sampled_from(["SOUTIRAGE", "INJECTION"]))
    types = draw(
        st.lists(st.sampled_from(["CDC", "IDX", "PMAX"]), min_size=1, max_size=most, unique=True)
    )
    return [
        seeds.make(
            kind=draw(st.sampled_from(kinds)),
            data=data,
            direction=direction,
            end=draw(st.sampled_from([TODAY, day(1), day(12), day(200), None])),
            options=draw(
                st.sampled_from([(), (replace(DAILY, start=day(-RUNNING), corrected=raw(data)),)])
            ),
        )
        for data in types
    ]


def raw(data: str) -> bool | None:
    return False if data == "CDC" else None


def history(draw: Any, seeds: Seeds, services: list[Subscription]) -> list[Subscription]:
    """What became of them before the order: nothing, an end, or another service in their place."""
    found = []
    for one in services:
        fate = draw(st.sampled_from(["runs", "runs", "runs", "stopped", "over", "renewed"]))
        if fate == "renewed":
            end = draw(st.sampled_from([day(300), day(12)]))
            found.append(replace(one, id=seeds.make().id, start=TODAY, end=end))
        how = {"stopped": (TODAY, STOPPED), "over": (day(-1), STOPPED), "renewed": (TODAY, RENEWED)}
        found.append(one.stop(*how[fate]) if fate in how else one)
    return found


def neighbours(draw: Any, seeds: Seeds, services: list[Subscription]) -> list[Subscription]:
    return [
        seeds.like(draw, draw(st.sampled_from(services)))
        if draw(st.booleans())
        else seeds.any(draw)
        for _ in range(draw(st.integers(0, 3)))
    ]


def goes_on(service: Subscription, services: Mapping[str, Subscription]) -> bool:
    """Whether what a service is for goes on under our contract, by itself or by another one."""

    def what(one: Subscription) -> tuple[Any, ...]:
        return one.kind, one.data, one.direction, one.contract

    return any(
        what(one) == what(service) and one.state(TODAY) != "TERMINE" for one in services.values()
    )


# -- days later -------------------------------------------------------------------------------------


@dataclass(repr=False)
class Later:
    """An order that nobody heard of, on a point where life went on: what its search shows then."""

    client: Client
    workspace: Workspace
    operation: str
    given: Mapping[str, Any]

    def shown(self) -> dict[str, Any]:
        """What the conditions of `reconcile` read."""
        operation = self.workspace.operation(self.operation)
        environment = self.workspace.environment("here")
        filled = fill_parameters(operation, self.given, environment, TODAY.isoformat())
        search = operation.reconcile.call
        answer = self.client.call(search, pointId=self.given["pointId"])
        read = extract(self.workspace, search, answer.body)
        return {"order": {"day": TODAY.isoformat()}, **filled, **read.outputs}

    def found(self) -> list[str]:
        reconcile = self.workspace.operation(self.operation).reconcile
        return [one["id"] for one in reconcile.found.search(self.shown()) or []]

    def is_absent(self) -> bool:
        absent = self.workspace.operation(self.operation).reconcile.absent
        return absent is not None and absent.when.search(self.shown()) is True


@contextmanager
def point(workspace: Workspace, *, is_business: bool) -> Iterator[tuple[Client, Seeds]]:
    """A world of its own, whose clock may move on, and a point in it."""
    simulator = Simulator(world_catalog(), today=TODAY)
    here = Place(simulator, workspace, Path())
    with simulator:
        number = here.point(is_business=is_business)
        with closing(Client(simulator)) as client:
            yield client, Seeds(number, is_business, here.numbers)
        assert not simulator.mistakes


@dataclass(frozen=True)
class Day:
    """A day on which others act: a service ends, is followed by another, or the order comes again."""

    after: int  # days since the one before
    what: str
    which: int  # of the services that run, counted around
    goes_on: bool  # a renewed service keeps its id
    other: Subscription

    def happen(self, client: Client, seeds: Seeds, again: Callable[[], None]) -> None:
        client.simulator.pass_days(self.after)
        world = client.simulator.world
        today = world.today
        running = [one for one in world.services(seeds.point) if one.state(today) != "TERMINE"]
        if self.what == "again":
            again()
        elif self.what == "other":
            world.keep(replace(self.other, start=today))
        elif self.what in ("stop", "renew") and running:
            one = running[self.which % len(running)]
            world.keep(*([one.stop(today)] if self.what == "stop" else self._renew(one, today)))

    def _renew(self, one: Subscription, today: date) -> list[Subscription]:
        end = (one.end or today) + timedelta(days=90)
        if self.goes_on:
            return [replace(one, end=end)]
        return [one.stop(today, RENEWED), replace(one, id=self.other.id, start=today, end=end)]


def life(draw: Any, seeds: Seeds) -> list[Day]:
    """What happens in the days after an order, drawn before any of it does."""
    return [
        Day(
            after=draw(st.integers(1, 30)),
            what=draw(st.sampled_from(["nothing", "stop", "renew", "again", "other"])),
            which=draw(st.integers(0, 5)),
            goes_on=draw(st.booleans()),
            other=seeds.any(draw),
        )
        for _ in range(draw(st.integers(0, 3)))
    ]


def sent_again(client: Client, ordered: Ordered) -> None:
    """Somebody orders the same on another day; SGE takes it or not."""
    today = client.simulator.today.isoformat()
    given = {**ordered.given, **({"dateDebut": today} if "dateDebut" in ordered.given else {})}
    client.call(ordered.operation, **given)
