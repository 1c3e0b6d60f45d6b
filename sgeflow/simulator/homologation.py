"""The points of Enedis' homologation catalogue (release 26.1), with made-up facts about them.

The ids are public. Who lives there, what the meters tell and what is subscribed is invented, so
that every case of the catalogue gets the answer that the catalogue expects.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sgeflow.simulator.dates import months_later
from sgeflow.simulator.people import CONTRACT, Point, business, linky
from sgeflow.simulator.subscriptions import Subscription

_SEASIDE = 210  # homes of one commune, more than the 200 points that a search may answer


@dataclass(frozen=True, slots=True)
class _Fact:
    """What is said of one point; the comments of the table name the services that ask for it."""

    id: str
    segment: str
    name: str
    over_ip: bool = True


_FACTS = (
    # technical and contractual data
    _Fact("25946599093143", "C5", "AUBERT"),
    _Fact("98800004847471", "C4", "SCIERIE DE L EXEMPLE"),
    # billing measures; the first one's detailed measures, too
    _Fact("25162373298976", "C5", "BAILLY"),
    _Fact("98800000396971", "C3", "FONDERIE DE L EXEMPLE"),
    # detailed measures
    _Fact("98800001144455", "C4", "LAITERIE DE L EXEMPLE"),
    # access services: order, modification, renewal, stop, search
    _Fact("24380318190106", "C5", "DUPONT"),
    _Fact("25855571545617", "C5", "DUPONT"),
    _Fact("24377424002398", "C5", "DUPONT"),
    _Fact("25852098337945", "C5", "DUPONT"),
    _Fact("98800003605600", "C4", "DUPONT"),
    # orders of files for many points
    _Fact("25150217034354", "C5", "CARON"),
    _Fact("25825036170379", "C5", "DELMAS"),
    _Fact("25999131613803", "C5", "ESTEVE"),
    _Fact("50086054270348", "C5", "FABRE"),
    _Fact("25262662681289", "C5", "GALLET"),
    _Fact("98800004935121", "C2", "CIMENTERIE DE L EXEMPLE", over_ip=False),
    _Fact("98800001544168", "C3", "PAPETERIE DE L EXEMPLE"),
    _Fact("98800004938924", "C4", "VERRERIE DE L EXEMPLE"),
    _Fact("98800006694381", "C4", "TUILERIE DE L EXEMPLE"),
    _Fact("98800001220186", "C4", "MINOTERIE DE L EXEMPLE"),
    # stop of one service; the second one's data of the current day, too
    _Fact("25884515170669", "C5", "HENRY"),
    _Fact("98800000000246", "C4", "RAISON SOCIALE"),
)
_VILLAGE = {"postal_code": "34650", "insee": "34231", "town": "LUNAS"}
_SEA = {"postal_code": "84160", "insee": "84042", "town": "CUCURON"}


def points(today: date) -> dict[str, Point]:
    """The points by id, and the commune whose homes are too many for a search."""
    found = (*_catalogued(today), *_seaside(today))
    return {point.id: point for point in found}


def services(today: date) -> Iterator[Subscription]:
    """What is subscribed from the start: what cases read, renew, modify and stop.

    Cases that order find nothing of their kind in the way.
    """
    for number, point in (("47700001", "25162373298976"), ("47700002", "98800001144455")):
        yield _access(today, id=number, point=point, data="IDX", label="Accès aux index")
    curve = {"data": "CDC", "label": "Accès à la courbe de charge", "step": "PT30M"}
    yield _access(today, id="47700003", point="25855571545617", **curve)
    yield _access(today, id="47700004", point="24377424002398", data="IDX", label="Accès aux index")
    yield _collection(today, "47761068", "25884515170669", "PT30M")
    yield _collection(today, "47761069", "98800000000246", "PT10M")


def _catalogued(today: date) -> Iterator[Point]:
    for number, fact in enumerate(_FACTS, 1):
        shared = {"id": fact.id, "street": f"{number} RUE DES CAS", "name": fact.name, **_VILLAGE}
        if fact.segment == "C5":
            yield linky(today, **shared)
        else:
            siret = f"9{number:013d}"
            segment = fact.segment
            yield business(today, over_ip=fact.over_ip, segment=segment, siret=siret, **shared)


def _seaside(today: date) -> Iterator[Point]:
    yield linky(today, id="32000000000000", street="1 RUE DE LA MER", name="TEST", **_SEA)
    for number in range(1, _SEASIDE + 1):
        street = f"{number} CHEMIN DES DUNES"
        yield linky(
            today, id=f"3200000000{number:04d}", street=street, name=f"VACANCIER {number}", **_SEA
        )


def _access(today: date, **facts: str) -> Subscription:
    return Subscription(
        **{"step": "P1D", **facts},  # type: ignore[arg-type]  # text facts only
        kind="ACCES",
        contract=CONTRACT,
        start=months_later(today, -35),
        end=months_later(today, 1),
    )


def _collection(today: date, number: str, point: str, step: str) -> Subscription:
    return Subscription(
        id=number,
        point=point,
        kind="TRANSREC",
        label="Transmission récurrente de la courbe de charge",
        contract=CONTRACT,
        data="CDC",
        step=step,
        corrected=False,
        periodicity="P1D",
        start=months_later(today, -6),
        end=months_later(today, 6),
    )
