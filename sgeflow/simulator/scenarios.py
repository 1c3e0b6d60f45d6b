"""How a simulated world begins: its people, as a scenario changes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.engine.step import Catalog
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.people import CurveService, MadeUpPoint, People, Scenario
from sgeflow.errors import Id, Problem, UsageError
from sgeflow.messages import say
from sgeflow.simulator.dates import shift_day
from sgeflow.simulator.people import (
    CONTRACT,
    MeterLapse,
    Point,
    Points,
    plain,
    point_of,
    subscription_of,
)
from sgeflow.simulator.subscriptions import Option, Subscription

CONSENT_ID = 1001
SERVICE_ID = "51000001"


class Beginning(Struct, frozen=True, kw_only=True):
    """A world on its first day, `today`, of which a scenario says how it differs.

    `generation` chooses the family of a scenario's curve service, `fleet` how many households
    there are more.
    """

    scenario: Scenario
    people: tuple[People, ...]
    today: date
    generation: str = "current"
    fleet: int = 0

    @property
    def subject(self) -> MadeUpPoint:
        """The point that the scenario is about, as it is without it."""
        return next(
            point for one in self.people for point in one.points if point.id == self.scenario.about
        )

    def state(self) -> Mapping[str, Any] | None:
        """What a flow must remember of its earlier runs for this scenario; None for a first run."""
        service = self.scenario.curve_service
        if not self.scenario.has_consent or service is None:
            return None
        return {
            "boId": CONSENT_ID,
            "serviceId": SERVICE_ID,
            "consentEndDate": shift_day(self.today, service.end).isoformat(),
            "startDate": point_of(self.subject, self.today).contract_start.isoformat(),
        }

    def consents(self) -> Iterable[tuple[int, Mapping[str, Any]]]:
        """What the backoffice holds, by number."""
        state = self.state()
        if state is None:
            return
        record = dict(self.subject.inputs())
        point = record.pop("pointId")
        if self.scenario.consent_of:
            record |= {"lastname": self.scenario.consent_of, "firstname": ""}
        yield (
            CONSENT_ID,
            {
                "ID": CONSENT_ID,
                "pointID": point,
                **record,
                "inseeCode": self.subject.commune.insee,
                "safetyOnBoarding": True,
                "serviceID": state["serviceId"],
                "endDate": state["consentEndDate"],
            },
        )

    def points(self) -> Points:
        """The points of this world, by id."""
        scenario, subject = self.scenario, self.subject
        points = Points(self.people, self.today, self.fleet)
        if scenario.holds:
            points.add(replace(points[subject.id], id=scenario.holds))
        points.remove(subject.id)
        if scenario.is_known:
            changed = point_of(subject, self.today, scenario.point)
            known = _with_owner(changed, scenario.owner)
            points.add(replace(known, lapses=tuple(self._lapses())))
        return points

    def _lapses(self) -> Iterator[MeterLapse]:
        for one in self.scenario.lapses:
            yield MeterLapse(
                what=one.what,
                start=shift_day(self.today, one.start),
                end=shift_day(self.today, one.end),
                hours=one.hours,
                percent=one.percent,
                at=one.at,
            )

    def services(self) -> tuple[Subscription, ...]:
        """What is subscribed: what the scenario says, then what everybody has."""
        own = [subscription_of(service, self.today) for service in self.scenario.services]
        if self.scenario.curve_service is not None:
            own.append(self._ours(self.scenario.curve_service))
        of_people = (service for one in self.people for service in one.services)
        return (*own, *(subscription_of(service, self.today) for service in of_people))

    def _ours(self, curve: CurveService) -> Subscription:
        start, end = shift_day(self.today, curve.start), shift_day(self.today, curve.end)
        service = Subscription(
            id=SERVICE_ID,
            point=self.subject.id,
            kind="TRANSREC",
            label="Transmission récurrente de la courbe de charge",
            contract=CONTRACT,
            data="CDC",
            direction=curve.direction,
            step="PT30M",
            corrected=False,
            periodicity="P1D",
            start=start,
            end=end,
            stopped=self.today if curve.is_stopped else None,
        )
        if self.generation != "current":
            return service
        return replace(
            service,
            kind="ACCES",
            label="Accès à la courbe de charge",
            corrected=None,
            periodicity=None,
            options=(Option(periodicity="P1D", corrected=False, start=start, end=end),),
        )


def begin(
    catalog: Catalog, scenario: str, *, today: str | date, generation: str, fleet: int
) -> Beginning:
    """How a world begins, of the people and scenarios of a catalogue.

    Raises:
        UsageError: there is no such scenario, or the day is none.
    """
    return Beginning(
        scenario=_scenario(scenario, catalog.scenarios),
        people=tuple(catalog.people[name] for name in sorted(catalog.people)),
        today=_day(today),
        generation=generation,
        fleet=fleet,
    )


def _scenario(name: str, known: Mapping[str, Scenario]) -> Scenario:
    if name in known:
        return known[name]
    raise UsageError(
        Problem(
            id=Id.UNKNOWN_NAME,
            message=say("the simulator has no scenario `{name}`", name=name),
            allowed=tuple(sorted(known)),
            allowed_label="scenarios",
            suggestion=closest(name, known),
        )
    )


def _day(today: str | date) -> date:
    if isinstance(today, date):
        return today
    try:
        return date.fromisoformat(today)
    except ValueError:
        message = say("`{today}` is not a day the simulator can live in", today=today)
        problem = Problem(id=Id.USAGE, message=message, allowed=("YYYY-MM-DD",))
        raise UsageError(problem) from None


def _with_owner(point: Point, owner: str) -> Point:
    """The point as somebody else's, when there is somebody."""
    name = plain(owner)
    return replace(point, name=name, title=f"M {name}") if owner else point
