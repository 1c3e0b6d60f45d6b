"""Renewals in a world: a household whose service ends soon, and the nights in which it is renewed.

The service and its consent are a year old, and the account remembers them. What the konnector
orders then makes nothing new of its kind, or puts itself in the place of what was there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sgeflow.adapters.state.store import Store
from tests.storm.nights import wait_days
from tests.storm.story import Story

SCENARIO = "renewal-due"
_LONG = timedelta(days=300)  # what was renewed runs on for as long, or longer


@dataclass(kw_only=True)
class Renewals(Story):
    """A world in which the konnector runs every night, or nearly, before its service ends."""

    def live(self) -> None:
        """From the first night to calm days."""
        self.inputs = self._inputs()
        bottle = self.bottle
        (id_,) = self.points
        with self._opened():
            with Store(self.home.store(bottle.environment)) as store:
                store.remember("accounts", id_, bottle.beginning.state())
            for _ in range(bottle.dice.randrange(1, 5)):
                self._bad_hour()
                self._note_ends()
                wait_days(bottle, bottle.dice.choice([0, 1, 1, 2]))
            self._calm_down()
            wait_days(bottle, 1)
            self._run_calmly()


def unlike_renewals(story: Renewals) -> Iterator[str]:
    """The mistakes of a renewal: the service runs on for a year, renewed once, as all know."""
    bottle = story.bottle
    (id_,) = story.points
    taken = [line for line in bottle.sge.book if line.made]
    if len(taken) > 1:
        yield f"renewed {len(taken)} times: {[line.made for line in taken]}"
    with Store(story.home.store(bottle.environment)) as store:
        state = store.recall("accounts", id_) or {}
    (consent,) = bottle.world.consents
    services = {one.id: one for one in bottle.world.services(id_) if bottle.world.active(one)}
    service = services.get(state.get("serviceId", ""))
    if service is None or service.end is None or service.end - bottle.today < _LONG:
        yield f"not renewed: {service}"
        return
    ends = (date.fromisoformat(str(one)) for one in (state["consentEndDate"], consent["endDate"]))
    if {*ends} != {service.end} or consent["serviceID"] != service.id:
        yield f"{service.id} until {service.end} is told as {state}, and the consent as {consent}"
