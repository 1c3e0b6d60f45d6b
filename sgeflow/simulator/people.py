"""Made-up people of the simulator on its first day: points, services, communes."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from sgeflow.core.language.dates import Duration, move_day
from sgeflow.core.people import Crowd, MadeUpPoint, MadeUpService, People, show_id
from sgeflow.simulator.consumption import Meter
from sgeflow.simulator.subscriptions import Subscription

CONTRACT = "1234567"
FOREIGN_CONTRACT = "7654321"  # a contract of another company

SOUTIRAGE, INJECTION = "SOUTIRAGE", "INJECTION"  # SGE's words for consumption and production
STATES = {"SERVC": "En service", "RESIL": "Résilié"}  # of a contract

_HALF_HOUR, _TEN_MINUTES, _FIVE_MINUTES = 1800, 600, 300
_HOUSEHOLD: Mapping[str, Any] = {"level": "2", "off_peak": "HC (22H30-6H30)", "subscribed_kva": 9}
_BUSINESS: Mapping[str, Any] = {"level": "0", "off_peak": None, "subscribed_kva": 60}
_MASS_MARKET = ("C5", "P4")
_SINCE = {
    "since_contract": Duration(months=40),
    "since_measures": Duration(months=36),
    "since_curve": Duration(months=24),
}
_FINER = Duration(months=6)


class MeterLapse(Struct, frozen=True, kw_only=True):
    """Days, `start <= day < end`, on which a meter reports less of one kind of measures."""

    what: str
    start: date
    end: date
    hours: tuple[int, int] | None  # hours of the clock, for a curve; None for whole days
    percent: int  # of the measured value; 0 for no value
    at: int | None = None  # for a maximum power: the second of the day that is reported

    def value_of(self, value: int) -> int | None:
        """The reported value in place of the measured one; None when the meter reports nothing."""
        return value * self.percent // 100 if self.percent else None


class Point(Struct, frozen=True, kw_only=True):
    """A point of delivery: address, customer, meter."""

    id: str
    street: str = ""
    locality: str = ""  # the hamlet
    postal_code: str
    insee: str
    town: str
    flat: str = ""  # staircase, floor and flat
    building: str = ""
    name: str  # the customer's last name or company
    title: str = ""  # how the address names the customer
    siret: str | None = None
    state: str = "SERVC"
    segment: str = "C5"  # segment of consumption, C1 to C5; "" without consumption
    production: str = ""  # segment of production, P1 to P4; "" without production
    level: str
    contract_start: date
    measured_since: date | None  # first day of daily energy, maximum power and indexes
    curve_since: date | None
    finer_since: date | None = None  # businesses: PT5M in place of PT10M from this day on
    off_peak: str | None
    over_ip: bool = True  # businesses: read over an IP box, otherwise over a telephone network
    subscribed_kva: int
    phases: int = 1
    lapses: tuple[MeterLapse, ...] = ()

    @property
    def mass_market(self) -> bool:
        """Whether the point is in the mass market (C5, P4): a household or a small firm."""
        return (self.segment or self.production) in _MASS_MARKET

    @property
    def meter_type(self) -> tuple[str, str]:
        """The code and the label of the meter's type."""
        if self.mass_market:
            return "LINKY", "Compteur Linky"
        return "PME-PMI", "Compteur PME-PMI"

    @property
    def serial(self) -> str:
        """The serial number of the meter."""
        return f"0216{self.id[-8:]}"

    @property
    def voltage(self) -> str:
        """The voltage as SGE codes it; C4 and P3 have low voltage as well."""
        if self.mass_market:
            return "BTINF"
        return "BTSUP" if (self.segment or self.production) in ("C4", "P3") else "HTA"

    def has(self, direction: str) -> bool:
        """Whether the customer has a contract in a direction, SOUTIRAGE or INJECTION."""
        return bool(self.production if direction == INJECTION else self.segment)

    def meter(self, direction: str = SOUTIRAGE) -> Meter:
        """The meter that computes the measures of a direction."""
        producing = direction == INJECTION
        return Meter(self.id, not self.mass_market, self.subscribed_kva * 1000, producing)

    def lapse(self, what: str, day: date) -> MeterLapse | None:
        """How the meter fails for one kind of measures on a day; None when it works."""
        lapses = (one for one in self.lapses if one.what == what and one.start <= day < one.end)
        return next(lapses, None)

    def curve_step(self, day: date) -> int:
        """Seconds between two values of the load curve on a day."""
        if self.mass_market:
            return _HALF_HOUR
        finer = self.finer_since is not None and day >= self.finer_since
        return _FIVE_MINUTES if finer else _TEN_MINUTES


def plain(text: str) -> str:
    """Text as SGE stores it: upper case, single spaces, no accents, no punctuation."""
    return " ".join("".join(one if one.isalnum() else " " for one in as_searched(text)).split())


def as_searched(text: str) -> str:
    """Text as a search compares it: case, accents and spaces are ignored, other signs are not.

    The guide (Enedis.SGE.GUI.0427) requires an exact street and says no more.
    """
    letters = unicodedata.normalize("NFD", text)
    signs = (one for one in letters if not unicodedata.combining(one))
    return " ".join("".join(signs).upper().split())


class Points(Mapping[str, Point]):
    """The points of a simulated world on its first day, by id; fleet points are made when read."""

    def __init__(self, people: Iterable[People], today: date, fleet: int = 0) -> None:
        self._today = today
        self._points: dict[str, Point] = {}
        self._crowds: list[tuple[range, Crowd]] = []
        self._of_crowds: dict[str, Point] = {}
        self._streets: dict[tuple[str, str], Mapping[str, list[Point]]] = {}
        for one in people:
            self._points |= {point.id: point_of(point, today) for point in one.points}
            for crowd in one.crowds:
                first, count = int(crowd.first.id), fleet if crowd.count is None else crowd.count
                self._crowds.append((range(first, first + count), crowd))

    def __getitem__(self, point_id: str) -> Point:
        if point := self._points.get(point_id) or self._of_crowds.get(point_id):
            return point
        number = int(point_id) if point_id.isdecimal() else 0
        for numbers, crowd in self._crowds:
            if number in numbers and show_id(number) == point_id:
                made_up = crowd.point(number - numbers.start + 1)
                return self._of_crowds.setdefault(point_id, point_of(made_up, self._today))
        raise KeyError(point_id)

    def __iter__(self) -> Iterator[str]:
        crowds = (show_id(number) for numbers, _ in self._crowds for number in numbers)
        return iter(dict.fromkeys((*self._points, *crowds)))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def add(self, point: Point) -> None:
        """Add a point, or replace the one with the same id."""
        self._points[point.id] = point
        self._streets.clear()

    def remove(self, point_id: str) -> None:
        """Remove a point that is not one of the fleet's."""
        del self._points[point_id]
        self._streets.clear()

    def in_commune(self, postal_code: str, insee: str) -> Iterator[Point]:
        """The points of a commune."""
        for one in tuple(self._points.values()):
            if (one.postal_code, one.insee) == (postal_code, insee):
                yield one
        for numbers, crowd in self._crowds:
            commune = crowd.first.commune
            if (commune.postal_code, commune.insee) == (postal_code, insee):
                ids = (show_id(number) for number in numbers)
                yield from (self[one] for one in ids if one not in self._points)

    def in_street(self, postal_code: str, insee: str, street: str) -> Sequence[Point]:
        """The points of a street in a commune, in any spelling of the street."""
        if (postal_code, insee) not in self._streets:
            streets: dict[str, list[Point]] = {}
            for point in self.in_commune(postal_code, insee):
                streets.setdefault(as_searched(point.street), []).append(point)
            self._streets[postal_code, insee] = streets
        return self._streets[postal_code, insee].get(as_searched(street), ())


def point_of(made_up: MadeUpPoint, today: date, changes: Mapping[str, Any] | None = None) -> Point:
    """A point on the first day of the world, with some facts changed."""
    facts: dict[str, Any] = {}
    ages: dict[str, Duration | None] = {}
    for name, fact in {**made_up.facts, **(changes or {})}.items():
        if name.startswith("since_"):
            ages[name] = fact
        else:
            facts["title" if name == "addressee" else name] = fact
    segment, production = facts.get("segment", "C5"), facts.get("production", "")
    is_business = (segment or production) not in _MASS_MARKET
    ages = {**_SINCE, **({"since_finer": _FINER} if is_business else {}), **ages}
    began = {name: move_day(today, age.times(-1)) for name, age in ages.items() if age is not None}
    person = made_up.person
    known = {"street": plain(person.address), "name": plain(person.lastname)} if person else {}
    return Point(
        id=made_up.id,
        postal_code=made_up.commune.postal_code,
        insee=made_up.commune.insee,
        town=made_up.commune.town,
        contract_start=began.get("since_contract", today),
        measured_since=began.get("since_measures"),
        curve_since=began.get("since_curve"),
        finer_since=began.get("since_finer"),
        **{**(_BUSINESS if is_business else _HOUSEHOLD), **known, **facts},
    )


def subscription_of(service: MadeUpService, today: date) -> Subscription:
    """A service that is subscribed on the first day of the world."""
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
        start=move_day(today, service.start),
        end=None if service.end is None else move_day(today, service.end),
    )


# -- communes -------------------------------------------------------------------------------------

# codePostal: (codeCommune, nomCommune, libelleAcheminement), written as La Poste writes them:
# upper case, no accents, "ST" and "STE" for Saint and Sainte.
_COMMUNES = """
69100 69266 VILLEURBANNE
69110 69202 STE FOY LES LYON
69120 69256 VAULX EN VELIN
69130 69081 ECULLY
69160 69244 TASSIN LA DEMI LUNE
69190 69199 ST FONS
69200 69259 VENISSIEUX
69230 69204 ST GENIS LAVAL
69300 69034 CALUIRE ET CUIRE
69500 69029 BRON
69600 69149 OULLINS PIERRE BENITE
69800 69290 ST PRIEST
34650 34231 ROQUEREDONDE
84160 84042 CUCURON
69250 69003 ALBIGNY SUR SAONE
69250 69063 COUZON AU MONT D OR
69250 69068 CURIS AU MONT D OR
69250 69085 FLEURIEU SUR SAONE
69250 69143 NEUVILLE SUR SAONE
69250 69153 POLEYMIEUX AU MONT D OR
69250 69233 ST ROMAIN AU MONT D OR
69380 69004 ALIX
69380 69020 BELMONT D AZERGUES
69380 69047 CHARNAY
69380 69049 CHASSELAY
69380 69050 CHATILLON
69380 69052 CHAZAY D AZERGUES
69380 69055 LES CHERES
69380 69059 CIVRIEUX D AZERGUES
69380 69117 LISSIEU
69380 69121 LOZANNE
69380 69125 MARCILLY D AZERGUES
69380 69140 MORANCE
69380 69212 ST JEAN DES VIGNES
"""


def lookup(postal_code: str, points: Iterable[Point] = ()) -> list[dict[str, str]]:
    """The communes of a postal code; for an unknown code, those of the points that have it."""
    communes = _TABLE.get(postal_code) or sorted(
        {(one.insee, one.town, one.town) for one in points if one.postal_code == postal_code}
    )
    return [
        {
            "codePostal": postal_code,
            "codeCommune": code,
            "nomCommune": name,
            "libelleAcheminement": label,
        }
        for code, name, label in communes
    ]


def _read_table() -> Mapping[str, list[tuple[str, str, str]]]:
    rows: dict[str, list[tuple[str, str, str]]] = {}
    for line in _COMMUNES.strip().splitlines():
        postal_code, code, name = line.split(" ", 2)
        rows.setdefault(postal_code, []).append((code, name, name))
    for city, postal, first, count in (
        ("LYON", 69000, 69380, 9),
        ("PARIS", 75000, 75100, 20),
        ("MARSEILLE", 13000, 13200, 16),
    ):
        for number in range(1, count + 1):
            rows[str(postal + number)] = [(str(first + number), f"{city} {number:02d}", city)]
    rows["75116"] = rows["75016"]
    return rows


_TABLE = _read_table()
