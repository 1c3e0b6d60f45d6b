"""The made-up people and scenarios of a simulated world, as their documents say them.

Days are said from the world's first day on: `P40M` before it, `-P20D` and `P345D` from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from sgeflow.core.language.dates import Duration
from sgeflow.errors import Location

NUMBER = "{n}"
"""The placeholder in a crowd's texts for the number of each of its points, from 1."""


class Commune(Struct, frozen=True, kw_only=True):
    """A commune as SGE files it."""

    postal_code: str
    insee: str
    town: str


class Person(Struct, frozen=True, kw_only=True):
    """A customer as they write themselves: what a flow is given."""

    lastname: str
    firstname: str
    address: str
    city: str


class MadeUpPoint(Struct, frozen=True, kw_only=True):
    """A point of delivery; `facts` are those that are said of it, by their names in a document."""

    id: str
    commune: Commune
    person: Person | None
    facts: Mapping[str, Any]
    at: Location

    def inputs(self) -> Mapping[str, str]:
        """The inputs of a flow that is run for this point; none without a person."""
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
    """Many points of one kind; without a `count` as many as a fleet has rows."""

    first: MadeUpPoint  # its id is the first one's, in its texts `{n}` is each one's number
    count: int | None

    def point(self, number: int) -> MadeUpPoint:
        """The point of a number, from 1."""
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
    """A service that is subscribed when the world begins; `is_ours`: under our contract."""

    id: str
    point: str
    kind: str  # ACCES, TRANSREC, CCDC, OPPENR
    label: str
    start: Duration
    end: Duration | None
    is_ours: bool
    direction: str
    data: str | None
    step: str | None
    periodicity: str | None
    corrected: bool | None
    at: Location


class People(Struct, frozen=True, kw_only=True):
    """Made-up people, read from `simulator/people/<name>.yaml`."""

    name: str
    title: str
    description: str
    published: str  # where their ids are published, when they are not made up
    points: tuple[MadeUpPoint, ...]
    crowds: tuple[Crowd, ...]
    services: tuple[MadeUpService, ...]
    at: Location


class CurveService(Struct, frozen=True, kw_only=True):
    """A load-curve service of ours on the scenario's point, of the environment's generation."""

    start: Duration
    end: Duration
    is_stopped: bool  # by its owner, on the world's first day
    direction: str


class Lapse(Struct, frozen=True, kw_only=True):
    """Days on which a meter tells less of a kind of measures, or otherwise.

    Of a curve it may be some `hours` of the clock alone; `percent` of what was measured is told. A
    highest power may be told `at` another second of its day.
    """

    what: str  # COURBE, ENERGIE, PMAX
    start: Duration
    end: Duration
    hours: tuple[int, int] | None
    percent: int  # 0: nothing is told
    at: int | None = None


class Scenario(Struct, frozen=True, kw_only=True):
    """How a world differs from that of the people, read from `simulator/scenarios/<name>.yaml`."""

    name: str
    title: str
    description: str
    about: str  # the point whose person flows are run for
    is_known: bool  # whether SGE knows that point
    point: Mapping[str, Any]  # facts that are otherwise of it
    owner: str  # who holds it instead
    holds: str  # the point that its person really holds
    services: tuple[MadeUpService, ...]
    curve_service: CurveService | None
    has_consent: bool  # the backoffice holds the consent of the curve service
    consent_of: str  # the last name of an earlier customer who gave it
    trouble: str  # flaky | down
    lapses: tuple[Lapse, ...]
    at: Location
    places: Mapping[str, Location] = field(default_factory=dict)
