"""The simulated world: its first day under a scenario, and its changing contents; thread-safe."""

import copy
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any, Self

from msgspec import Struct
from msgspec.structs import asdict, replace

from sgeflow.core.engine.step import Catalog
from sgeflow.core.language.dates import move_day
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.people import CurveService, MadeUpPoint, People, Scenario
from sgeflow.errors import Id, Problem, UsageError
from sgeflow.messages import say
from sgeflow.simulator.couchdb import CouchDb
from sgeflow.simulator.cozy import Cozy
from sgeflow.simulator.people import (
    CONTRACT,
    FOREIGN_CONTRACT,
    MeterLapse,
    Point,
    Points,
    plain,
    point_of,
    subscription_of,
)
from sgeflow.simulator.soap import Refusal
from sgeflow.simulator.subscriptions import FileOrder, Option, Subscription

CONSENT_ID = 1001
SERVICE_ID = "51000001"


class Beginning(Struct, frozen=True, kw_only=True):
    """The world on its first day, `today`, with the changes that a scenario makes.

    `generation` chooses the scenario's family of services (collection or access); `fleet` is the
    number of additional households.
    """

    scenario: Scenario
    people: tuple[People, ...]
    today: date
    generation: str = "current"
    fleet: int = 0

    @property
    def subject(self) -> MadeUpPoint:
        """The point of the scenario, before the scenario's changes."""
        return next(
            point for one in self.people for point in one.points if point.id == self.scenario.about
        )

    def state(self) -> Mapping[str, Any] | None:
        """The state that a flow must have kept for this scenario; None for a first run."""
        service = self.scenario.curve_service
        if not self.scenario.has_consent or service is None:
            return None
        return {
            "boId": CONSENT_ID,
            "serviceId": SERVICE_ID,
            "consentEndDate": move_day(self.today, service.end).isoformat(),
            "startDate": point_of(self.subject, self.today).contract_start.isoformat(),
        }

    def consents(self) -> dict[int, Mapping[str, Any]]:
        """The consents of the backoffice, by number."""
        state = self.state()
        if state is None:
            return {}
        record = dict(self.subject.inputs())
        point = record.pop("pointId")
        if self.scenario.consent_of:
            record |= {"lastname": self.scenario.consent_of, "firstname": ""}
        consent = {
            "ID": CONSENT_ID,
            "pointID": point,
            **record,
            "inseeCode": self.subject.commune.insee,
            "safetyOnBoarding": True,
            "serviceID": state["serviceId"],
            "endDate": state["consentEndDate"],
        }
        return {CONSENT_ID: consent}

    def points(self) -> Points:
        """The points, by id."""
        scenario, subject = self.scenario, self.subject
        points = Points(self.people, self.today, self.fleet)
        if scenario.holds:
            points.add(replace(points[subject.id], id=scenario.holds))
        points.remove(subject.id)
        if scenario.is_known:
            known = point_of(subject, self.today, scenario.point)
            if scenario.owner:
                name = plain(scenario.owner)
                known = replace(known, name=name, title=f"M {name}")
            days = ("start", "end")
            lapses = [
                MeterLapse(
                    **asdict(one)
                    | {name: move_day(self.today, getattr(one, name)) for name in days}
                )
                for one in scenario.lapses
            ]
            points.add(replace(known, lapses=tuple(lapses)))
        return points

    def services(self) -> tuple[Subscription, ...]:
        """The subscribed services: the scenario's first, then all others."""
        own = [subscription_of(service, self.today) for service in self.scenario.services]
        if self.scenario.curve_service is not None:
            own.append(self._ours(self.scenario.curve_service))
        of_people = (service for one in self.people for service in one.services)
        return (*own, *(subscription_of(service, self.today) for service in of_people))

    def _ours(self, curve: CurveService) -> Subscription:
        start, end = move_day(self.today, curve.start), move_day(self.today, curve.end)
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
    """The first day of a world, from the people and scenarios of a catalogue.

    Raises:
        UsageError: the scenario is unknown, or the day is not a date.
    """
    known = catalog.scenarios
    if scenario not in known:
        raise UsageError.of(
            Id.UNKNOWN_NAME,
            say('there is no {what} "{name}"', what=say("scenario"), name=scenario),
            allowed=tuple(sorted(known)),
            allowed_label="scenarios",
            suggestion=closest(scenario, known),
        )
    try:
        day = today if isinstance(today, date) else date.fromisoformat(today)
    except ValueError:
        message = say("`{today}` is not a day the simulator can live in", today=today)
        problem = Problem(id=Id.USAGE, message=message, allowed=("YYYY-MM-DD",))
        raise UsageError(problem) from None
    return Beginning(
        scenario=known[scenario],
        people=tuple(catalog.people[name] for name in sorted(catalog.people)),
        today=day,
        generation=generation,
        fleet=fleet,
    )


# -- the world ------------------------------------------------------------------------------------

_FIRST_SERVICE = 51_000_100
_FIRST_CONSENT = 2001
_DAY = 24 * 60  # minutes
_SOON = 30  # minutes during which an identical order is refused (SGT584)


class DayPeriod(Struct, frozen=True):
    """Whole days, `start <= day < end`."""

    start: date
    end: date

    @property
    def days(self) -> Iterable[date]:
        """Each day of the period."""
        count = (self.end - self.start).days
        return (self.start + timedelta(days=number) for number in range(count))


class World:
    """The changing part of a simulator; hold `lock` around changes that belong together.

    The clock stands at the midnight that starts `today` until it is moved.
    """

    def __init__(self, beginning: Beginning, *, renews_anew: bool = False) -> None:
        self.renews_anew = renews_anew  # whether a renewed access service gets another id
        self.lock = threading.RLock()
        self._began = beginning.today
        self._minutes = 0  # minutes since the first midnight
        self.points = beginning.points()
        self._services = {one.id: one for one in beginning.services()}
        self._late = threading.local()  # `.seconds` of delay
        self._before: dict[str, tuple[Subscription | None, float]] = {}  # states shown, until when
        self._consents = beginning.consents()
        self._cases: dict[str, FileOrder] = {}
        self._recent: dict[str, int] = {}  # minute of each recent order, by fingerprint
        self._count = 0
        self._cozies: dict[str, Cozy] = {}
        self.couchdb = CouchDb()

    # -- the clock --------------------------------------------------------------------------------

    @property
    def today(self) -> date:
        """The current day."""
        return self._began + timedelta(days=self._minutes // _DAY)

    @property
    def minute(self) -> int:
        """The minutes since midnight."""
        return self._minutes % _DAY

    def pass_minutes(self, minutes: int) -> None:
        """Move the clock on; an order that is being taken is finished first."""
        with self.lock:
            self._minutes += minutes

    def glance(self) -> Self:
        """A copy of the world with a fixed clock, for one read."""
        return copy.copy(self)

    # -- points -----------------------------------------------------------------------------------

    def point(self, point_id: str) -> Point:
        """The point with an id. Raises: Refusal SGT401."""
        point = self.points.get(point_id)
        if point is None:
            raise Refusal("SGT401", "Le point est inconnu.")
        return point

    def points_at(self, postal_code: str, insee: str, street: str | None) -> Iterable[Point]:
        """The points of a commune, or of one of its streets."""
        with self.lock:
            if street is not None:
                return self.points.in_street(postal_code, insee, street)
            return tuple(self.points.in_commune(postal_code, insee))

    def check_contract(self, contract: str) -> None:
        """Refuse an unknown contract (SGT471) or another company's contract (SGT472)."""
        if contract == FOREIGN_CONTRACT:
            raise Refusal("SGT472", "Le contrat n'appartient pas au demandeur.")
        if contract != CONTRACT:
            raise Refusal("SGT471", "Le contrat est inconnu.")

    def move_in(
        self, point_id: str, name: str, addressee: str = "", *, ends_services: bool = True
    ) -> None:
        """Give a point to another customer from today on, with a contract that begins today.

        `addressee` is the customer's name in the address. The new customer's measures begin today.
        Our services on the point end unless `ends_services` is False.
        """
        with self.lock:
            held = self.point(point_id)
            known, title = plain(name), addressee or f"M {plain(name)}"
            self.points.add(replace(held, name=known, title=title, contract_start=self.today))
            for one in self.services(point_id) if ends_services else ():
                if one.contract == CONTRACT and one.state(self.today) != "TERMINE":
                    self.keep(replace(one, end=self.today - timedelta(days=1)))

    # -- documents of others ----------------------------------------------------------------------

    def cozy(self, host: str = "") -> Cozy:
        """The Cozy of a host; without a host, the Cozy of the environment's address."""
        with self.lock:
            return self._cozies.setdefault(host, Cozy(host))

    # -- services ---------------------------------------------------------------------------------

    def services(self, point_id: str) -> tuple[Subscription, ...]:
        """All services on a point, ended ones too, in order of arrival."""
        with self.lock:
            return tuple(one for one in self._services.values() if one.point == point_id)

    def visible_services(self, point_id: str) -> tuple[Subscription, ...]:
        """The services on a point that searches show, without those that appear later."""
        now = time.monotonic()
        with self.lock:
            shown = []
            for one in self.services(point_id):
                before, until = self._before.get(one.id, (one, 0.0))
                shown.append(before if now < until else one)
        return tuple(one for one in shown if one is not None)

    @contextmanager
    def late(self, seconds: float) -> Iterator[None]:
        """Show the services that this thread stores meanwhile `seconds` later in searches."""
        self._late.seconds = seconds
        try:
            yield
        finally:
            self._late.seconds = 0.0

    def keep(self, *services: Subscription) -> None:
        """Add services, or replace those with the same id."""
        seconds = getattr(self._late, "seconds", 0.0)
        with self.lock:
            if seconds:
                until = time.monotonic() + seconds
                self._before |= {o.id: (self._services.get(o.id), until) for o in services}
            self._services.update({one.id: one for one in services})

    def opposes_curve(self, point_id: str) -> bool:
        """Whether the customer opposes the load curve."""
        services = self.services(point_id)
        return any(one.kind == "OPPENR" and self.active(one) for one in services)

    def active(self, service: Subscription) -> bool:
        """Whether a service is active today."""
        return service.state(self.today) == "ACTIF"

    def new_service_id(self) -> str:
        """A fresh service id, eight digits."""
        return str(_FIRST_SERVICE + self._next())

    # -- cases ------------------------------------------------------------------------------------

    def new_case(self) -> str:
        """A fresh `affaireId` of eight characters."""
        return f"A{self._next():07d}"

    def open_case(
        self, operation: str, points: tuple[str, ...], admitted: tuple[str, ...]
    ) -> FileOrder:
        """Store a new case of files about some points."""
        case = FileOrder(
            id=self.new_case(),
            operation=operation,
            points=points,
            admitted=admitted,
            opened=self.today,
        )
        with self.lock:
            return self._cases.setdefault(case.id, case)

    @property
    def cases(self) -> Mapping[str, FileOrder]:
        """All cases of files by id, oldest first."""
        with self.lock:
            return dict(self._cases)

    def take_once(self, fingerprint: str) -> bool:
        """Take an order; False when an identical one arrived less than 30 minutes ago."""
        with self.lock:
            last = self._recent.get(fingerprint)
            if last is not None and self._minutes - last < _SOON:
                return False
            self._recent[fingerprint] = self._minutes
            return True

    def _next(self) -> int:
        with self.lock:
            self._count += 1
            return self._count

    # -- consents ---------------------------------------------------------------------------------

    def consent(self, number: int) -> Mapping[str, Any] | None:
        """A consent of the backoffice; None for an unknown number."""
        return self._consents.get(number)

    def add_consent(self, record: Mapping[str, Any]) -> Mapping[str, Any]:
        """Store a new consent and return it with its `ID`."""
        with self.lock:
            number = max((*self._consents, _FIRST_CONSENT - 1)) + 1
            return self._consents.setdefault(number, {"ID": number, **record})

    def change_consent(self, number: int, changes: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Change members of a consent and return it; None when it was deleted."""
        with self.lock:
            if number not in self._consents:
                return None
            self._consents[number] = {**self._consents[number], **changes}
            return self._consents[number]

    def drop_consent(self, number: int) -> Mapping[str, Any] | None:
        """Delete a consent and return it; None when it was deleted before."""
        with self.lock:
            return self._consents.pop(number, None)

    @property
    def consents(self) -> tuple[Mapping[str, Any], ...]:
        """All consents, oldest first."""
        with self.lock:
            return tuple(self._consents.values())
