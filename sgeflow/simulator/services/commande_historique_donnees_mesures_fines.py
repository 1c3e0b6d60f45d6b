"""CommandeHistoriqueDonneesMesuresFines v1.0: curves, energy, power, index of many points."""

from __future__ import annotations

from sgeflow.simulator import bulk
from sgeflow.simulator.measure_rules import refusal
from sgeflow.simulator.people import SOUTIRAGE, Point
from sgeflow.simulator.soap import RequestMessage
from sgeflow.simulator.world import World

_MONTHS = {"COURBES": 24}
_OTHER_MONTHS = 36
_FEWER = {"COURBES": 1500, "INDEX": 1500}
_SERVICES = {"COURBES": "CDC", "ENERGIE": "ENERGIE", "PMAX": "PMAX", "INDEX": "IDX"}


def answer(message: RequestMessage, world: World) -> bytes:
    """Open the case of the files."""
    kind = message.need("demande/mesuresTypeCode")
    points = bulk.points(message, _FEWER.get(kind, bulk.MOST))
    bulk.check(message, world, ("ACCORD_CLIENT", "SERVICE_ACCES"))
    bulk.check_period(message, world, _MONTHS.get(kind, _OTHER_MONTHS))
    known = [world.points[one] for one in points if one in world.points]
    if kind == "COURBES":
        _check_curves(message, known)
    elif message.flag("demande/mesuresCorrigees"):
        raise refusal("SGT463", "Les mesures corrigées n'existent que pour les courbes.")
    direction = message.need("demande/sens")
    under_service = message.need("demande/cadreAcces") == "SERVICE_ACCES"

    def admit(point: Point) -> bool:
        if kind == "PMAX" and not point.mass_market:
            return False
        if point.mass_market and point.level < "2":
            return False
        if kind == "COURBES" and direction == SOUTIRAGE and world.opposes_curve(point.id):
            return False
        return _serves(point, kind, direction, world) if under_service else bulk.in_service(point)

    return bulk.order(message, world, points, admit)


def _check_curves(message: RequestMessage, known: list[Point]) -> None:
    markets = {point.mass_market for point in known}
    if len(markets) > 1:
        raise refusal("SGT463", "Courbes : marché d'affaires et de masse sont à séparer.")
    if True in markets and message.flag("demande/mesuresCorrigees"):
        raise refusal("SGT4H2", "Pas de données corrigées en C5.")


def _serves(point: Point, kind: str, direction: str, world: World) -> bool:
    access = ("ACCES", _SERVICES[kind], direction)
    return any(
        (one.kind, one.data, one.direction) == access and world.active(one)
        for one in world.services(point.id)
    )
