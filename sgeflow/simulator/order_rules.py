"""Rules that orders on a point share, whatever the service that takes them."""

from __future__ import annotations

from datetime import date

from sgeflow.simulator.message import RequestMessage
from sgeflow.simulator.people import SOUTIRAGE, Point
from sgeflow.simulator.soap import Refusal
from sgeflow.simulator.subscriptions import STOPPED, Subscription
from sgeflow.simulator.world import World

GENERAL = "demande/donneesGenerales"


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


def rivals(subscription: Subscription, world: World, kinds: tuple[str, ...]) -> list[Subscription]:
    """Services of these kinds that are in the way of a new one: running, or stopped today.

    A service that was stopped today still covers today, which a new one must start with. Another
    contract's services are in nobody's way but its own.
    """
    return [
        one
        for one in world.services(subscription.point)
        if one.kind in kinds
        and (one.contract, one.data, one.direction)
        == (subscription.contract, subscription.data, subscription.direction)
        and (one.state(world.today) != "TERMINE" or _stopped_on(one, world.today))
    ]


def _stopped_on(service: Subscription, today: date) -> bool:
    return service.stopped == today and service.reason == STOPPED
