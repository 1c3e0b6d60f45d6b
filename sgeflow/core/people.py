"""The made-up people and scenarios of the simulator, as read from their documents.

Documents write days as distances from the first simulated day. Services, lapses: `P345D` is 345
days after it, `-P20D` is 20 days before. Facts of a point lie in the past: `P40M` is 40 months ago.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from sgeflow.core.language.dates import Duration
from sgeflow.errors import Location

NUMBER = "{n}"
"""The placeholder in a crowd's texts for the number of each of its points, from 1."""


class Commune(Struct, frozen=True, kw_only=True, rename="camel"):
    """A commune as the service names it."""

    postal_code: str
    insee: str
    town: str


class Person(Struct, frozen=True, kw_only=True):
    """A customer, in the words that the customer gives to a flow as inputs."""

    lastname: str
    firstname: str
    address: str
    city: str


class MadeUpPoint(Struct, frozen=True, kw_only=True):
    """A point of delivery; `facts` are the facts that its document states, by their keys."""

    id: str
    commune: Commune
    person: Person | None
    facts: Mapping[str, Any]
    at: Location

    def inputs(self) -> Mapping[str, str]:
        """The inputs of a flow that is run for this point; empty without a person."""
        if self.person is None:
            return {}
        return {
            "pointId": self.id,
            "lastname": self.person.lastname,
            "firstname": self.person.firstname,
            "address": self.person.address,
            "postalCode": self.commune.postal_code,
            "city": self.person.city,
        }


class Crowd(Struct, frozen=True, kw_only=True):
    """Many points of one kind; without a `count`, one for each row of a fleet."""

    first: MadeUpPoint  # the first point; `{n}` in its texts is the number of each point
    count: int | None

    def point(self, number: int) -> MadeUpPoint:
        """The point with this number, counted from 1."""
        first = self.first
        person = first.person and Person(
            lastname=_number(first.person.lastname, number),
            firstname=_number(first.person.firstname, number),
            address=_number(first.person.address, number),
            city=first.person.city,
        )
        return MadeUpPoint(
            id=show_id(int(first.id) + number - 1),
            commune=first.commune,
            person=person,
            facts={name: _number(fact, number) for name, fact in first.facts.items()},
            at=first.at,
        )


def show_id(number: int) -> str:
    """The id of a point, 14 digits."""
    return f"{number:014d}"


def _number(value: Any, number: int) -> Any:
    return value.replace(NUMBER, str(number)) if isinstance(value, str) else value


class MadeUpService(Struct, frozen=True, kw_only=True):
    """A service that exists on the first simulated day; `is_ours`: it is under our contract."""

    id: str
    point: str
    kind: str  # ACCES, TRANSREC, CCDC, OPPENR
    label: str
    start: Duration
    end: Duration | None
    is_ours: bool
    direction: str = "SOUTIRAGE"
    data: str | None = None
    step: str | None = None
    periodicity: str | None = None
    corrected: bool | None = None
    at: Location


class People(Struct, frozen=True, kw_only=True):
    """Made-up people, read from `simulator/people/<name>.yaml`."""

    name: str
    title: str
    description: str
    published: str  # the page with the ids of the points, when these are not made up
    points: tuple[MadeUpPoint, ...]
    crowds: tuple[Crowd, ...]
    services: tuple[MadeUpService, ...]
    at: Location


class CurveService(Struct, frozen=True, kw_only=True):
    """Our load-curve service on the scenario's point; the environment chooses its generation."""

    start: Duration
    end: Duration
    is_stopped: bool  # by the customer, on the first simulated day
    direction: str


class Lapse(Struct, frozen=True, kw_only=True):
    """Days on which the service gives other values than the meter has measured, or no values.

    Each value is `percent` of the measured value. In a load curve only the values of some `hours`
    of the day may differ. A maximum power may have another time of its day, `at`.
    """

    what: str  # the kind of measures: COURBE, ENERGIE, PMAX
    start: Duration
    end: Duration
    hours: tuple[int, int] | None
    percent: int  # 0: the values are missing
    at: int | None = None  # the second of the day


class Scenario(Struct, frozen=True, kw_only=True):
    """Changes to a simulated world, read from `simulator/scenarios/<name>.yaml`."""

    name: str
    title: str
    description: str
    about: str  # the point that the changes are about; flows run for its customer
    is_known: bool  # whether the service knows that point
    point: Mapping[str, Any]  # facts of that point that replace those of the people
    owner: str  # the holder of that point in place of its customer
    holds: str  # the point that the customer really has
    services: tuple[MadeUpService, ...]
    curve_service: CurveService | None
    has_consent: bool  # the backoffice holds the consent of the curve service
    consent_of: str  # the last name of the earlier customer who gave the consent
    trouble: str  # flaky | down
    lapses: tuple[Lapse, ...]
    at: Location
    places: Mapping[str, Location] = field(default_factory=dict)
