"""The made-up people of the simulator and their points of delivery."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from sgeflow.simulator.consumption import Meter
from sgeflow.simulator.dates import months_later

CONTRACT = "1234567"
FOREIGN_CONTRACT = "7654321"  # known to SGE, and somebody else's

HOUSEHOLD = {
    "pointId": "30000000000011",
    "lastname": "Lefèvre",
    "firstname": "Élodie",
    "address": "12 rue des Érables",
    "postalCode": "69003",
    "city": "Lyon",
}
SOUTIRAGE, INJECTION = "SOUTIRAGE", "INJECTION"  # SGE's words for consumption and production
BUSINESS_POINT = "30000000000106"

_HALF_HOUR, _TEN_MINUTES, _FIVE_MINUTES = 1800, 600, 300
_TOWER_FLATS = 240  # more than the 200 points that a search may answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A point of delivery: where it is, whose it is, what its meter can tell."""

    id: str
    street: str
    postal_code: str
    insee: str
    town: str
    name: str  # the customer's last name or company
    title: str = ""  # how the address names the customer
    siret: str | None = None
    state: str = "SERVC"
    segment: str = "C5"  # of what is consumed, "" where nothing is
    production: str = ""  # the segment of what is produced, P1 to P4
    level: str = "2"
    contract_start: date
    measured_since: date | None  # daily energy, maximum power, indexes
    curve_since: date | None
    finer_since: date | None = None  # businesses: PT5M instead of PT10M from then on
    off_peak: str | None = "HC (22H30-6H30)"
    over_ip: bool = True  # businesses: read over an IP box, else over a telephone network
    subscribed_kva: int = 9
    phases: int = 1

    @property
    def mass_market(self) -> bool:
        """C5 and P4: a Linky at a household's or a small firm's."""
        return (self.segment or self.production) in ("C5", "P4")

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

    def curve_step(self, day: date) -> int:
        """Seconds between two values of its load curve on that day."""
        if self.mass_market:
            return _HALF_HOUR
        finer = self.finer_since is not None and day >= self.finer_since
        return _FIVE_MINUTES if finer else _TEN_MINUTES


def plain(text: str) -> str:
    """Text as SGE compares it: upper case, no accents, no punctuation, single spaces."""
    letters = unicodedata.normalize("NFD", text)
    kept = (one if one.isalnum() else " " for one in letters if not unicodedata.combining(one))
    return " ".join("".join(kept).upper().split())


def linky(today: date, **facts: str) -> Point:
    """A point of the mass market with a long past."""
    return Point(
        **facts,  # type: ignore[arg-type]  # text facts only
        contract_start=months_later(today, -40),
        measured_since=months_later(today, -36),
        curve_since=months_later(today, -24),
    )


def business(today: date, *, over_ip: bool = True, **facts: str) -> Point:
    """A point of the business market with a long past and a meter that was made finer."""
    return Point(
        **facts,  # type: ignore[arg-type]  # text facts only
        over_ip=over_ip,
        level="0",
        contract_start=months_later(today, -40),
        measured_since=months_later(today, -36),
        curve_since=months_later(today, -24),
        finer_since=months_later(today, -6),
        off_peak=None,
        subscribed_kva=60,
    )


def population(today: date, fleet: int = 0) -> dict[str, Point]:
    """The made-up people, by point id; a fleet adds households of one street, for load tests."""
    people = (_household(today), *_neighbours(today), _three_phase(today))
    points = (*people, *_tower(today), *_fleet(today, fleet))
    return {point.id: point for point in points}


def _household(today: date) -> Point:
    return linky(
        today,
        id=HOUSEHOLD["pointId"],
        street=plain(HOUSEHOLD["address"]),
        postal_code="69003",
        insee="69383",
        town="LYON 3EME",
        name=plain(HOUSEHOLD["lastname"]),
        title="MME LEFEVRE ELODIE",
    )


def _neighbours(today: date) -> Iterator[Point]:
    lyon = {"postal_code": "69003", "insee": "69383", "town": "LYON 3EME"}
    erables = "RUE DES ERABLES"
    yield linky(today, id="30000000000029", street=f"14 {erables}", name="GARNIER", **lyon)
    yield linky(
        today, id="30000000000037", street=f"16 {erables}", name="PETIT", state="RESIL", **lyon
    )
    # two customers of one name at one address: a search by name finds two, so it shows none
    yield linky(today, id="30000000000045", street=f"18 {erables}", name="MOREAU", **lyon)
    yield linky(today, id="30000000000052", street=f"18 {erables}", name="MOREAU-ROY", **lyon)
    # a point that SGE files under the whole town instead of the arrondissement
    yield linky(
        today,
        id="30000000000060",
        street="8 RUE DES CHARMILLES",
        postal_code="69007",
        insee="69123",
        town="LYON",
        name="CHEVALIER",
    )
    yield linky(
        today,
        id="30000000000078",
        street="3 CHEMIN DU PUITS",
        postal_code="69230",
        insee="69204",
        town="ST GENIS LAVAL",
        name="FAURE",
    )
    yield business(
        today,
        id=BUSINESS_POINT,
        street="5 ALLEE DES ATELIERS",
        postal_code="69100",
        insee="69266",
        town="VILLEURBANNE",
        name="BOULANGERIE DE L EXEMPLE",
        siret="00000000000017",
        segment="C4",
    )


def _three_phase(today: date) -> Point:
    house = linky(
        today,
        id="30000000000086",
        street="6 QUAI DES TROIS PHASES",
        postal_code="69007",
        insee="69387",
        town="LYON 7EME",
        name="ROUSSEL",
    )
    return replace(house, phases=3)


def _tower(today: date) -> Iterator[Point]:
    for number in range(1, _TOWER_FLATS + 1):
        yield linky(
            today,
            id=f"3100000000{number:04d}",
            street=f"{number} RESIDENCE DES ESSAIS",
            postal_code="69009",
            insee="69389",
            town="LYON 9EME",
            name=f"OCCUPANT {number}",
        )


def _fleet(today: date, count: int) -> Iterator[Point]:
    for number in range(1, count + 1):
        yield linky(
            today,
            id=f"39{number:012d}",
            street=f"{number} RUE DE LA FLOTTE",
            postal_code="69008",
            insee="69388",
            town="LYON 8EME",
            name=f"FLOTTE {number}",
        )
