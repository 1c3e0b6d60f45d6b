"""Moves in a world: several households night by night, and somebody else who moves into one of them.

The runs of who lived there before come back after the move, and are gone on with. A third point has
orders of two kinds. Nights begin at the borders of days, midnight and the changes of the clock too.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sgeflow.adapters.state.store import Store
from sgeflow.core.measures.civil_time import civil, midnight
from sgeflow.core.model import RunReport
from sgeflow.runtime.named import run
from sgeflow.runtime.simulation import fleet_text
from sgeflow.simulator.consumption import measure_day
from sgeflow.tools.pages.household_read import read_household
from tests.storm.bottle import PARIS
from tests.storm.nights import wait_days
from tests.storm.story import Story

HOUSEHOLDS = 2  # beside that of the scenario
_NEWCOMER = {"lastname": "Duval", "firstname": "Paul"}
_FILE = "newcomer.json"
_BORDERS = (-3.0, -90.0, -3000.0, 1.0, 90.0)  # seconds from a midnight
_A_DAY = timedelta(days=1)
_STEP = 1800  # seconds between two values of a household's curve


@dataclass(kw_only=True)
class Moves(Story):
    """A world of some households, one of which changes."""

    moved: date | None = None
    others: tuple[Mapping[str, str], ...] = ()

    @property
    def home_point(self) -> str:
        """The point whose holder changes."""
        return self.bottle.household["pointId"]

    @property
    def points(self) -> tuple[str, ...]:
        return (self.home_point, *(one["pointId"] for one in self.others))

    @property
    def people(self) -> list[str]:
        names = ("lastname", "firstname", "address")
        told = [one[name] for one in (self.bottle.household, *self.others) for name in names]
        return [*told, _NEWCOMER["lastname"]]

    @property
    def _newcomer(self) -> dict[str, str]:
        return self._given(self.bottle.household | _NEWCOMER, _FILE)

    def _given(self, household: Mapping[str, str], file: str) -> dict[str, str]:
        return {**household, "file": str(self.bottle.folder / file)}

    def live(self) -> None:
        """From the first night to calm days."""
        bottle, dice = self.bottle, self.bottle.dice
        self.others = tuple(csv.DictReader(fleet_text(bottle.workspace, HOUSEHOLDS)))
        nights = dice.randrange(2, 4)
        with self._opened():
            for night in range(nights):
                if night == nights - 1:
                    self._move_in()
                self._bad_hour()
                self._note_ends()
                self._wait_for_midnight()
            self._calm_down()
            wait_days(bottle, 2)
            self._run_calmly()

    def _move_in(self) -> None:
        """Somebody else holds the point from today on; nothing of us runs there any more."""
        bottle = self.bottle
        bottle._move_world()
        self.moved = bottle.today
        bottle.world.move_in(self.home_point, _NEWCOMER["lastname"], "M DUVAL PAUL")
        bottle.story.append(f"another customer from {self.moved} on")

    def _wait_for_midnight(self) -> None:
        """Let time pass until shortly before or after midnight, one or two days later."""
        bottle, dice = self.bottle, self.bottle.dice
        day = bottle.today + dice.choice([1, 1, 2]) * _A_DAY
        border = datetime.combine(day, datetime.min.time(), PARIS).timestamp()
        bottle.clock.advance(border + dice.choice(_BORDERS))
        bottle.story.append(f"night of {bottle.today}")

    # -- who runs ---------------------------------------------------------------------------------

    def _accounts(self) -> list[tuple[str, Mapping[str, Any]]]:
        """The flows that are run, with their inputs: also of who has moved away, until it is calm."""
        first, last = self.others
        pair = {name: last[name] for name in ("pointId", "lastname")} | {"fails": False}
        accounts: list[tuple[str, Mapping[str, Any]]] = [
            ("konnector", self._given(first, "other.json")),
            ("pair", pair),
        ]
        if self.moved is None or not self.is_calm:
            accounts.append(("konnector", self._given(self.bottle.household, "first.json")))
        if self.moved is not None:
            accounts.append(("konnector", self._newcomer))
        return accounts

    def _run(self) -> None:
        accounts = self._accounts()
        self._run_account(*accounts[self.bottle.dice.randrange(len(accounts))])

    def _run_account(self, flow: str, inputs: Mapping[str, Any]) -> None:
        self._note(lambda: run(flow, inputs, workspace=self.bottle.workspace, options=self.options))

    def _begin(self) -> None:
        for _ in range(2):
            super()._begin()

    def _run_calmly(self) -> None:
        with Store(self.home.store(self.bottle.environment)) as store:
            left = list(store.earlier_accounts())
        for _, point, customer in left:  # an operator closes what orders lists
            given = {"pointId": point, "customer": customer}
            self._calmly(lambda given=given: self._run_account("delete-account", given))
        for flow, inputs in self._accounts():
            if flow != "pair":
                self._calmly(lambda inputs=inputs: self._run_account("konnector", inputs))

    def is_done(self) -> bool:
        """Whether each household's last run has done all that it was asked for."""
        last: list[RunReport] = self.told.reports[-2:]
        return len(last) == 2 and all(one.failure is None for one in last)


def strange_days(story: Moves) -> Iterator[str]:
    """The days of somebody else that anybody was shown: in runs, kept measures, pages, files."""
    if story.moved is None:
        return
    bottle, point = story.bottle, story.home_point
    begins = midnight(story.moved)
    for run_, name, first, last in bottle.read:
        inputs = bottle.inputs_of.get(run_, {})
        if inputs.get("pointId") != point:
            continue
        is_newcomers = inputs.get("lastname") == _NEWCOMER["lastname"]
        if first < begins if is_newcomers else last >= begins:
            yield f"{run_} of {inputs['lastname']} was given {name} from {civil(first)} on"
    with Store(story.home.store(bottle.environment)) as store:
        present = store.present_number(point)
        if present is not None and present > 1:
            yield from _present_days(story, store, begins)
            page = read_household(store, point, bottle.workspace.catalog)
            if page.days and min(one.date for one in page.days) < story.moved:
                yield f"the page shows {min(one.date for one in page.days)}"
    yield from _file_days(story)


def _present_days(story: Moves, store: Store, begins: int) -> Iterator[str]:
    point = story.home_point
    for series in store.series_of(point):
        measures = store.load(point, series.name).measures
        if series.name in {"monthly_energy", "yearly_energy"}:
            most = _energy_since(story)
            yield from (f"{series.name} sums {one}" for one in measures if one.value > most)
        elif measures and measures[0].start < begins:
            yield f"kept of the newcomer: {series.name} of {civil(measures[0].start)}"
    if 1 in store.customers_of(point):
        for name in ("daily_energy", "load_curve", "max_power"):
            for one in store.load(point, name, customer=1).measures:
                if one.start >= begins:
                    yield f"kept of who moved away: {name} of {civil(one.start)}"


def _energy_since(story: Moves) -> int:
    """The energy of all days since the newcomer moved in."""
    meter = story.bottle.world.points[story.home_point].meter("SOUTIRAGE")
    count = (story.bottle.today - story.moved).days + 1 if story.moved else 0
    days = (story.moved + number * _A_DAY for number in range(count) if story.moved)
    return sum(measure_day(meter, day, _STEP).energy for day in days)


def _file_days(story: Moves) -> Iterator[str]:
    file, most = story.bottle.folder / _FILE, _energy_since(story)
    documents = json.loads(file.read_text()) if file.exists() else {}
    for name, rows in documents.items():
        for one in rows:
            if name.endswith(("month", "year")):
                if one["load"] * 1000 > most + 1:
                    yield f"the newcomer's file sums more than all their days: {name} {one}"
            elif (
                "day" in one
                and story.moved
                and date(one["year"], one["month"], one["day"]) < story.moved
            ):
                yield f"the newcomer's file tells {name} of {one}"
