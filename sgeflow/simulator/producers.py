"""The made-up producers: points of the segments P1 to P4, some of which consume as well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from sgeflow.simulator.people import Point, business, linky

_PLAIN = {"postal_code": "69380", "insee": "69125", "town": "MARCILLY D AZERGUES"}


def points(today: date) -> dict[str, Point]:
    """The points that produce, by id."""
    return {point.id: point for point in (*_homes(today), *_plants(today))}


def _homes(today: date) -> Iterator[Point]:
    """Panels on a roof, their surplus sold; and a barn that sells all and consumes nothing."""
    roof = linky(today, id="30000000000114", street="2 CHEMIN DES TOITS", name="GIRARD", **_PLAIN)
    yield replace(roof, production="P4")
    barn = linky(today, id="30000000000122", street="4 CHEMIN DES TOITS", name="BERNARD", **_PLAIN)
    yield replace(barn, segment="", production="P4", off_peak=None)


def _plants(today: date) -> Iterator[Point]:
    """A warehouse under panels, which consumes as well, and plants that only produce."""
    for number, (id_, segment, production, name) in enumerate(
        (
            ("30000000000130", "C4", "P3", "ENTREPOT DE L EXEMPLE"),
            ("30000000000148", "", "P3", "OMBRIERES DE L EXEMPLE"),
            ("30000000000155", "", "P2", "PARC SOLAIRE DE L EXEMPLE"),
            ("30000000000163", "", "P1", "CENTRALE DE L EXEMPLE"),
        ),
        start=1,
    ):
        plant = business(
            today,
            id=id_,
            street=f"{number} ROUTE DU SOLEIL",
            name=name,
            siret=f"8{number:013d}",
            over_ip=True,
            segment=segment,
            **_PLAIN,
        )
        yield replace(plant, production=production)
