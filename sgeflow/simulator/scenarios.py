"""The scenarios: how the simulated world differs from that of an untroubled household."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from sgeflow.simulator import homologation, producers
from sgeflow.simulator.people import CONTRACT, HOUSEHOLD, INJECTION, Point, plain, population
from sgeflow.simulator.subscriptions import Option, Subscription

CONSENT_ID = 1001
SERVICE_ID = "51000001"
_OPPOSITION_ID = "40000001"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A stretch of time in days from today: `Period(start=-20, end=345)`."""

    start: int
    end: int
    stopped: bool = False  # ended by its owner today


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """How the world differs. `service` is a load-curve service of ours on the household's point."""

    name: str
    title: str
    point_known: bool = True
    owner: str = ""  # who holds the household's point instead of the household
    elsewhere: str = ""  # the point that the household really holds
    measured: bool = True
    level: str = "2"
    opposition: bool = False
    service: Period | None = None
    direction: str = "SOUTIRAGE"  # of `service`; INJECTION for the curve of what is produced
    consent: bool = False  # the backoffice holds the consent of `service`
    trouble: str = ""  # flaky | down

    def state(self, today: date) -> Mapping[str, Any] | None:
        """What a flow must remember of its earlier runs for this scenario; None for a first run."""
        if not self.consent or self.service is None:
            return None
        holder = population(today)[HOUSEHOLD["pointId"]]
        return {
            "boId": CONSENT_ID,
            "serviceId": SERVICE_ID,
            "consentEndDate": (today + timedelta(days=self.service.end)).isoformat(),
            "startDate": holder.contract_start.isoformat(),
        }

    def points(self, today: date, fleet: int = 0) -> dict[str, Point]:
        """The points of this world, by id."""
        points = {
            **homologation.points(today),
            **producers.points(today),
            **population(today, fleet),
        }
        point = points.pop(HOUSEHOLD["pointId"])
        if self.elsewhere:
            points[self.elsewhere] = replace(point, id=self.elsewhere)
        if self.point_known:
            points[point.id] = self._changed(point, today)
        return points

    def _changed(self, point: Point, today: date) -> Point:
        production = "P4" if self.direction == INJECTION else ""
        point = replace(point, level=self.level, production=production)
        if self.elsewhere:
            point = replace(point, street="31 RUE DES CHARMILLES")
        if self.owner:
            point = replace(point, name=plain(self.owner), title=f"M {plain(self.owner)}")
        if self.measured:
            return point
        start = today - timedelta(days=3)
        return replace(point, contract_start=start, measured_since=None, curve_since=None)

    def subscriptions(self, today: date, generation: str) -> tuple[Subscription, ...]:
        """What is subscribed when the world begins; `generation` chooses the family of ours."""
        found = []
        if self.opposition:
            found.append(
                Subscription(
                    id=_OPPOSITION_ID,
                    point=HOUSEHOLD["pointId"],
                    kind="OPPENR",
                    label="Opposition à l'enregistrement de la courbe de charge",
                    start=today - timedelta(days=150),
                    end=None,
                )
            )
        if self.service:
            service = _ours(self.service, today, generation)
            found.append(replace(service, direction=self.direction))
        return tuple(found)


def _ours(period: Period, today: date, generation: str) -> Subscription:
    start, end = (today + timedelta(days=days) for days in (period.start, period.end))
    service = Subscription(
        id=SERVICE_ID,
        point=HOUSEHOLD["pointId"],
        kind="TRANSREC",
        label="Transmission récurrente de la courbe de charge",
        contract=CONTRACT,
        data="CDC",
        step="PT30M",
        corrected=False,
        periodicity="P1D",
        start=start,
        end=end,
        stopped=today if period.stopped else None,
    )
    if generation == "current":
        daily = Option(periodicity="P1D", corrected=False, start=start, end=end)
        return replace(
            service,
            kind="ACCES",
            label="Accès à la courbe de charge",
            corrected=None,
            periodicity=None,
            options=(daily,),
        )
    return service


_ALL = (
    Scenario(name="household", title="a household without trouble, at its first run"),
    Scenario(
        name="settled",
        title="a later run: consent and service are in force",
        service=Period(start=-120, end=245),
        consent=True,
    ),
    Scenario(
        name="renewal-due",
        title="a later run: the service ends in twelve days",
        service=Period(start=-353, end=12),
        consent=True,
    ),
    Scenario(
        name="opposition",
        title="the customer opposes the recording of the load curve",
        opposition=True,
    ),
    Scenario(
        name="already-active",
        title="a load-curve service of ours is active, nobody remembers it",
        service=Period(start=-20, end=345),
    ),
    Scenario(
        name="producer",
        title="our load-curve service is of the household's production, none of its consumption",
        service=Period(start=-20, end=345),
        direction="INJECTION",
    ),
    Scenario(
        name="same-day-restart",
        title="our service was stopped today: a new one is refused until tomorrow",
        service=Period(start=-20, end=345, stopped=True),
    ),
    Scenario(name="unknown-point", title="SGE does not know the point", point_known=False),
    Scenario(
        name="wrong-identity",
        title="the point is somebody else's; the name at the address owns another one",
        owner="Bertin",
        elsewhere="30000000000094",
    ),
    Scenario(name="no-data", title="a contract of three days, no measure yet", measured=False),
    Scenario(name="level-too-low", title="the meter is not open to fine data", level="1"),
    Scenario(
        name="consent-expired",
        title="a later run: consent and service ended ten days ago",
        service=Period(start=-375, end=-10),
        consent=True,
    ),
    Scenario(
        name="moved",
        title="a later run: the consent is valid, the point is somebody else's now",
        owner="Duval",
        service=Period(start=-165, end=200),
        consent=True,
    ),
    Scenario(
        name="flaky",
        title="each request fails once or twice before it is answered well",
        trouble="flaky",
    ),
    Scenario(name="down", title="SGE is in maintenance", trouble="down"),
)

SCENARIOS: Mapping[str, Scenario] = MappingProxyType({one.name: one for one in _ALL})
