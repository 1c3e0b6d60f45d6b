"""Rules that orders on a point share."""

from __future__ import annotations

from sgeflow.simulator.people import SOUTIRAGE, Point
from sgeflow.simulator.soap import Refusal, RequestMessage
from sgeflow.simulator.world import World

GENERAL = "demande/donneesGenerales"


def check_object(message: RequestMessage, code: str, refusal: str = "SGT463") -> None:
    """The code of what is ordered must be the service's. Raises: Refusal."""
    if message.need(f"{GENERAL}/objetCode") != code:
        raise Refusal(refusal, f"objetCode doit être {code}.")


def ordered_point(message: RequestMessage, world: World) -> Point:
    """The point of an order under our contract. Raises: Refusal SGT401, SGT471, SGT472."""
    point = world.point(message.need(f"{GENERAL}/pointId"))
    world.check_contract(message.need(f"{GENERAL}/contratId"))
    return point


def check_consent(message: RequestMessage, path: str) -> None:
    """The customer must have agreed, and be one person or one company.

    Raises: Refusal SGT566, SGT562.
    """
    if not message.flag(f"{path}/accord"):
        raise Refusal("SGT566", "L'accord du client est nécessaire.")
    people = message.has(f"{path}/personnePhysique") + message.has(f"{path}/personneMorale")
    if people != 1:
        raise Refusal("SGT562", "Message non conforme : personnePhysique ou personneMorale.")
    if message.has(f"{path}/personnePhysique"):
        message.need(f"{path}/personnePhysique/nom")


def check_supply(point: Point) -> None:
    """The point must be in service and, on the mass market, open to fine data."""
    if point.state != "SERVC":
        raise Refusal("SGT4B2", "L'état d'alimentation du point est incompatible.")
    if point.mass_market and point.level < "2":
        raise Refusal("SGT4H9", "Le compteur n'est pas communicant au niveau 2.")


def check_opposition(point: Point, data: str, direction: str, world: World) -> None:
    """A customer who opposes the load curve of what is consumed has none ordered."""
    if data == "CDC" and direction == SOUTIRAGE and world.opposes_curve(point.id):
        raise Refusal("SGT4H7", "Le client s'oppose à l'enregistrement de la courbe.")


def check_data(data: str, allowed: tuple[str, ...]) -> None:
    """Measures are called CDC and IDX here: COURBE and INDEX are documented, and refused."""
    if data not in allowed:
        raise Refusal("SGT4Q1", f"Type de mesure {data} non conforme.")
