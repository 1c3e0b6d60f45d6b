"""The made-up people of the simulator on its first day: points of delivery, and services."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from msgspec import Struct

from sgeflow.core.language.dates import Duration
from sgeflow.core.people import MadeUpPoint, MadeUpService, People
from sgeflow.simulator.consumption import Meter
from sgeflow.simulator.dates import shift_day
from sgeflow.simulator.subscriptions import Subscription

CONTRACT = "1234567"
FOREIGN_CONTRACT = "7654321"  # known to SGE, and somebody else's

SOUTIRAGE, INJECTION = "SOUTIRAGE", "INJECTION"  # SGE's words for consumption and production

_HALF_HOUR, _TEN_MINUTES, _FIVE_MINUTES = 1800, 600, 300
_HOUSEHOLD: Mapping[str, Any] = {"level": "2", "off_peak": "HC (22H30-6H30)", "subscribed_kva": 9}
_BUSINESS: Mapping[str, Any] = {"level": "0", "off_peak": None, "subscribed_kva": 60}
_MASS_MARKET = ("C5", "P4")
_SINCE = {
    "contract": Duration(months=40),
    "measures": Duration(months=36),
    "curve": Duration(months=24),
}
_NAMES = {"addressee": "title"}
_FINER = Duration(months=6)


class MeterLapse(Struct, frozen=True, kw_only=True):
    """Days, `start <= day < end`, on which a meter tells less of a kind of measures."""

    what: str
    start: date
    end: date
    hours: tuple[int, int] | None  # of the clock, of a curve; None for whole days
    percent: int  # of what was measured; 0 for nothing

    def value_of(self, value: int) -> int | None:
        """What is told instead of a value."""
        return value * self.percent // 100 if self.percent else None


class Point(Struct, frozen=True, kw_only=True):
    """A point of delivery: where it is, whose it is, what its meter can tell."""

    id: str
    street: str
    postal_code: str
    insee: str
    town: str
    flat: str = ""  # staircase, floor and flat
    building: str = ""
    name: str  # the customer's last name or company
    title: str = ""  # how the address names the customer
    siret: str | None = None
    state: str = "SERVC"
    segment: str = "C5"  # of what is consumed, "" where nothing is
    production: str = ""  # the segment of what is produced, P1 to P4
    level: str
    contract_start: date
    measured_since: date | None  # daily energy, maximum power, indexes
    curve_since: date | None
    finer_since: date | None = None  # businesses: PT5M instead of PT10M from then on
    off_peak: str | None
    over_ip: bool = True  # businesses: read over an IP box, else over a telephone network
    subscribed_kva: int
    phases: int = 1
    lapses: tuple[MeterLapse, ...] = ()

    @property
    def mass_market(self) -> bool:
        """C5 and P4: a Linky at a household's or a small firm's."""
        return (self.segment or self.production) in _MASS_MARKET

    @property
    def voltage(self) -> str:
        """Its supply, as SGE codes it: C4 and P3 have low voltage as well."""
        if self.mass_market:
            return "BTINF"
        return "BTSUP" if (self.segment or self.production) in ("C4", "P3") else "HTA"

    def has(self, direction: str) -> bool:
        """Whether the customer has a contract in that direction, SOUTIRAGE or INJECTION."""
        return bool(self.production if direction == INJECTION else self.segment)

    def meter(self, direction: str = SOUTIRAGE) -> Meter:
        """Its meter, which makes up the measures of that direction."""
        producing = direction == INJECTION
        return Meter(self.id, not self.mass_market, self.subscribed_kva * 1000, producing)

    def lapse(self, what: str, day: date) -> MeterLapse | None:
        """How its meter fails of a kind of measures on a day; None as a rule."""
        lapses = (one for one in self.lapses if one.what == what and one.start <= day < one.end)
        return next(lapses, None)

    def curve_step(self, day: date) -> int:
        """Seconds between two values of its load curve on that day."""
        if self.mass_market:
            return _HALF_HOUR
        finer = self.finer_since is not None and day >= self.finer_since
        return _FIVE_MINUTES if finer else _TEN_MINUTES


def plain(text: str) -> str:
    """Text as SGE files it: upper case, no accents, no punctuation, single spaces."""
    return " ".join("".join(one if one.isalnum() else " " for one in as_searched(text)).split())


def as_searched(text: str) -> str:
    """Text as a search compares it: case, accents and spaces are evened out, no other sign is.

    The guide (Enedis.SGE.GUI.0427) says "exact" of the street, and no more.
    """
    letters = unicodedata.normalize("NFD", text)
    signs = (one for one in letters if not unicodedata.combining(one))
    return " ".join("".join(signs).upper().split())


def population(people: Iterable[People], today: date, fleet: int = 0) -> Iterator[Point]:
    """Everybody's points on the world's first day, those of a fleet among them."""
    for one in people:
        for point in one.points:
            yield point_of(point, today)
        for crowd in one.crowds:
            for number in range(1, (fleet if crowd.count is None else crowd.count) + 1):
                yield point_of(crowd.point(number), today)


def point_of(made_up: MadeUpPoint, today: date, changes: Mapping[str, Any] | None = None) -> Point:
    """A point as it is on the world's first day, with some facts that are otherwise."""
    written_facts = {**made_up.facts, **(changes or {})}
    segment, production = written_facts.get("segment", "C5"), written_facts.get("production", "")
    is_business = (segment or production) not in _MASS_MARKET
    since: dict[str, Duration | None] = {**_SINCE, **({"finer": _FINER} if is_business else {})}
    since |= {
        name.removeprefix("since_"): age for name, age in written_facts.items() if "since_" in name
    }
    began = {
        name: shift_day(today, age.times(-1)) for name, age in since.items() if age is not None
    }
    person = made_up.person
    known = {"street": plain(person.address), "name": plain(person.lastname)} if person else {}
    facts = {
        _NAMES.get(name, name): fact for name, fact in written_facts.items() if "since_" not in name
    }
    return Point(
        id=made_up.id,
        postal_code=made_up.commune.postal_code,
        insee=made_up.commune.insee,
        town=made_up.commune.town,
        contract_start=began.get("contract", today),
        measured_since=began.get("measures"),
        curve_since=began.get("curve"),
        finer_since=began.get("finer"),
        **{**(_BUSINESS if is_business else _HOUSEHOLD), **known, **facts},
    )


def subscription_of(service: MadeUpService, today: date) -> Subscription:
    """A service that is subscribed on the world's first day."""
    return Subscription(
        id=service.id,
        point=service.point,
        kind=service.kind,
        label=service.label,
        contract=CONTRACT if service.is_ours else None,
        data=service.data,
        direction=service.direction,
        step=service.step,
        corrected=service.corrected,
        periodicity=service.periodicity,
        start=shift_day(today, service.start),
        end=None if service.end is None else shift_day(today, service.end),
    )
