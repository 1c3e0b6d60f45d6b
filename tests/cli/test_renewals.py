"""A collection is renewed behind the gathering: no refusal keeps a night's measures away.

A refusal that needs a person is told once, and ordered again only when something has changed.
"""

import json
from collections import Counter
from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.store import Store
from sgeflow.core.language.expression import compile_expression
from sgeflow.simulator.simulator import Simulator
from sgeflow.simulator.soap import TECHNIQUE, Refusal, fault
from sgeflow.simulator.subscriptions import STOPPED, Subscription
from tests.adapters.conftest import answer
from tests.cli.conftest import TODAY
from tests.conftest import DAYS, young_catalog
from tests.meddler import named

POINT = "30000000000011"
ORDERS = {
    "previous": "commanderCollectePublicationMesures",
    "current": "commanderRenouvellementServicesAccesDonnees",
}
SEARCHES = {
    "previous": "rechercherServicesSouscritsMesures",
    "current": "rechercherServicesAccesDonnees",
}
PARTIAL, NIGHT = 7, timedelta(days=1)


class Due:
    """A household whose service ends in twelve days, night after night."""

    def __init__(self, proxy, sgeflow, monkeypatch, folder, generation):
        self.proxy, self.simulator, self.world = proxy, proxy.simulator, proxy.simulator.world
        self._sgeflow, self._patch, self.folder = sgeflow, monkeypatch, folder
        self.order, self.search = ORDERS[generation], SEARCHES[generation]
        with self.store() as store:
            store.remember("accounts", POINT, dict(self.simulator.state))

    def store(self):
        return Store(StateLocation(folder=self.folder / "state").store("between"))

    def night(self, *more):
        """A run of the konnector, on the world's day."""
        self.proxy.requests.clear()
        self._patch.setenv("SGEFLOW_TODAY", self.world.today.isoformat())
        given = dict(self.simulator.household) | dict(one.split("=") for one in more)
        inputs = (f"{name}={value}" for name, value in given.items())
        return self._sgeflow("run", "konnector", "--env", "between", *inputs)

    def next_night(self, *more):
        self.simulator.pass_days(1)
        return self.night(*more)

    def refuse(self, code):
        """Let Enedis refuse what renews."""
        said = answer(fault(Refusal(code, "non"), TECHNIQUE), "500 Internal Server Error")
        self.proxy.meddle = lambda request, forward: (
            said if named(request) == self.order else forward(request)
        )

    def hear(self):
        self.proxy.meddle = lambda request, forward: forward(request)

    def make_silent(self):
        """Let the meter tell nothing: what is asked for is quick."""
        point = self.world.points[POINT]
        self.world.points.add(replace(point, measured_since=None, curve_since=None))

    def ends_in(self, days):
        """Let consent and service end so many days from now, as all know."""
        end = self.world.today + timedelta(days=days)
        (consent,) = self.world.consents
        self.world.keep(replace(self.service, end=end))
        self.world.change_consent(consent["ID"], {"endDate": end.isoformat()})
        with self.store() as store:
            store.remember("accounts", POINT, {"consentEndDate": end.isoformat()})

    @property
    def ordered(self):
        """How often the last night's run ordered the renewal."""
        return self.proxy.asked(self.order)

    @property
    def service(self):
        """The service that the consent names."""
        (consent,) = self.world.consents
        return next(one for one in self.world.services(POINT) if one.id == consent["serviceID"])

    def is_renewed(self):
        (consent,) = self.world.consents
        end = date.fromisoformat(consent["endDate"])
        return end == self.service.end and end - self.world.today > timedelta(days=300)

    def days_kept(self):
        with self.store() as store:
            return len(store.load(POINT, "daily_energy").measures)


BOTH = pytest.mark.parametrize("due", ORDERS, indirect=True)


@pytest.fixture
def due(request, behind, sgeflow, monkeypatch, tmp_path):
    """A household whose service ends soon, of the current generation where a test is not of both."""
    generation = getattr(request, "param", "current")
    with Simulator(
        young_catalog(curve_days=2), scenario="renewal-due", today=TODAY, generation=generation
    ) as simulator:
        proxy = behind(simulator)
        environment = tmp_path / "environments" / "between.yaml"
        text = environment.read_text().replace("generation: current", f"generation: {generation}")
        environment.write_text(text)
        yield Due(proxy, sgeflow, monkeypatch, tmp_path, generation)
        assert not simulator.mistakes


@BOTH
def test_a_refused_renewal_keeps_no_nights_measures_from_being_kept_and_written(due):
    due.refuse("SGT4B2")
    for night in range(3):
        told = due.next_night()
        assert due.days_kept() == DAYS + 1 + night, told.err
        written = json.loads((due.folder / "data/importedData.json").read_text())
        assert len(written["com.grandlyon.enedis.day"]) == DAYS + 1 + night


def test_a_refusal_that_needs_a_person_is_partial_once_and_a_warning_on_later_nights(due):
    due.refuse("SGT4B2")
    told = due.night()
    assert (told.code, due.ordered) == (PARTIAL, 1)
    assert "Enedis refuses to renew the service (SGT4B2)" in told.err
    assert "sgeflow show SGT4B2" in told.err
    assert f"renewAgain={due.world.today}" in told.err
    for _ in range(2):
        told = due.next_night()
        assert (told.code, due.ordered, due.proxy.asked(due.search)) == (0, 0, 1)
        assert "The service is not renewed, and ends on" in told.err
        assert "(SGT4B2)" in told.err


def test_what_was_refused_is_ordered_again_for_each_day_that_a_person_names(due):
    due.refuse("SGT4B2")
    due.night()
    assert due.next_night().code == 0
    column = f"renewAgain={due.world.today}"
    told = due.night(column)
    assert (told.code, due.ordered) == (PARTIAL, 1)
    assert (due.next_night(column).code, due.ordered) == (0, 0)  # it may stay in a column
    due.hear()
    assert (due.night(column).code, due.ordered) == (0, 0)
    assert (due.night(f"renewAgain={due.world.today}").code, due.ordered) == (0, 1)
    assert due.is_renewed()


@pytest.mark.parametrize("change", ["another end", "another service"])
def test_what_was_refused_is_ordered_again_when_enedis_shows_something_else(due, change):
    due.refuse("SGT4B2")
    due.night()
    service = due.service
    if change == "another end":
        due.world.keep(replace(service, end=service.end + NIGHT))
    else:
        due.world.keep(
            service.stop(due.world.today - NIGHT), replace(service, id="51777777", end=service.end)
        )
    due.hear()
    assert (due.next_night().code, due.ordered) == (0, 1)
    assert due.is_renewed()


def test_a_customer_who_opposes_is_asked_first_and_nothing_is_ordered(due):
    opposition = Subscription(
        id="51888888",
        point=POINT,
        kind="OPPENR",
        label="Opposition",
        start=due.world.today - NIGHT,
        end=None,
    )
    due.world.keep(opposition)
    told = due.night()
    assert (told.code, due.ordered) == (PARTIAL, 0)
    assert "the customer opposes the recording" in " ".join(told.err.split())
    assert due.days_kept() == DAYS
    told = due.next_night()
    assert due.ordered == 0
    assert "The service is not renewed" in told.err
    due.world.keep(opposition.stop(due.world.today))  # the customer lifts it
    assert (due.next_night().code, due.ordered) == (0, 1)
    assert due.is_renewed()


def test_a_service_that_was_stopped_at_enedis_is_not_ordered_against_the_customers_will(due):
    due.world.keep(due.service.stop(due.world.today, STOPPED))
    told = due.next_night()
    assert (told.code, due.ordered) == (PARTIAL, 0)
    assert "it no longer runs at Enedis" in told.err
    assert (due.next_night().code, due.ordered) == (0, 0)


@BOTH
def test_what_somebody_else_renewed_is_written_down_and_not_ordered(due):
    due.world.keep(replace(due.service, end=due.world.today + timedelta(days=350)))
    assert (due.night().code, due.ordered) == (0, 0)
    assert due.is_renewed()
    with due.store() as store:
        assert store.recall("accounts", POINT)["consentEndDate"] == due.service.end.isoformat()


def test_the_service_of_an_earlier_customer_is_no_renewal_of_this_ones(due):
    earlier = due.service
    due.night()
    due.world.move_in(POINT, "NOUVEAU")
    assert due.next_night("lastname=NOUVEAU").code == 0
    due.make_silent()
    due.simulator.pass_days(357)
    due.world.keep(replace(earlier, end=due.world.today + timedelta(days=600)))
    due.night("lastname=NOUVEAU")
    assert due.ordered == 1


@BOTH
@pytest.mark.parametrize("way", ["search", "order"])
def test_a_renewal_that_enedis_does_not_take_tonight_is_made_up_for_on_the_next_night(due, way):
    failing = due.search if way == "search" else due.order
    said = answer(fault(Refusal("SGT570", "non"), TECHNIQUE), "500 Internal Server Error")
    if way == "search":
        said = answer(b"", "401 Unauthorized")
    due.proxy.meddle = lambda request, forward: (
        said if named(request) == failing else forward(request)
    )
    told = due.night()
    assert told.code == PARTIAL
    assert "VENDOR_DOWN" in told.err
    assert due.days_kept() == DAYS
    due.hear()
    assert (due.next_night().code, due.ordered) == (0, 1)
    assert due.is_renewed()


def test_a_renewal_that_the_backoffice_cannot_write_down_is_written_on_the_next_night(due):
    down = answer(b"", "401 Unauthorized")
    due.proxy.meddle = lambda request, forward: (
        down if request.startswith(b"PUT ") else forward(request)
    )
    told = due.night()
    assert (told.code, due.ordered, due.days_kept()) == (PARTIAL, 1, DAYS)
    assert "MAINTENANCE" in told.err
    due.hear()
    assert (due.next_night().code, due.ordered) == (0, 0)
    assert due.is_renewed()


@BOTH
@pytest.mark.parametrize("days", [12, 0])
def test_a_renewal_is_due_on_the_points_own_day_and_on_every_night_behind_it(due, days):
    """The day is a digest of the point: this one's is twelve days before the end."""
    due.make_silent()
    for early in (30, 13):
        due.ends_in(early)
        assert (due.night().code, due.ordered) == (0, 0)
    due.ends_in(days)
    assert (due.night().code, due.ordered) == (0, 1)


def test_the_renewals_of_a_city_are_spread_over_the_days_from_thirty_to_eight_before_the_end():
    due_day = compile_expression("sum([8, bucket(point, 23)])")
    points = (f"39{number:012d}" for number in range(1, 2301))
    days = Counter(due_day.search({"point": point}) for point in points)
    assert sorted(days) == list(range(8, 31))
    assert min(days.values()) > 60
    assert max(days.values()) < 140
