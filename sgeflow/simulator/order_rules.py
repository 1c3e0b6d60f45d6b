"""Checks that all orders on a point share."""

from sgeflow.simulator.people import SOUTIRAGE, Point
from sgeflow.simulator.soap import Refusal, RequestMessage
from sgeflow.simulator.world import World

GENERAL = "demande/donneesGenerales"


def check_object(message: RequestMessage, code: str, refusal: str = "SGT463") -> None:
    """Check that the code of the ordered object is the service's own. Raises: Refusal."""
    if message.need(f"{GENERAL}/objetCode") != code:
        raise Refusal(refusal, f"objetCode doit être {code}.")


def ordered_point(message: RequestMessage, world: World) -> Point:
    """The ordered point, checked with its contract. Raises: Refusal SGT401, SGT471, SGT472."""
    point = world.point(message.need(f"{GENERAL}/pointId"))
    world.check_contract(message.need(f"{GENERAL}/contratId"))
    return point


def check_consent(message: RequestMessage, path: str) -> None:
    """Check that the customer agreed and is one person or one company.

    Raises:
        Refusal: SGT566, SGT562.
    """
    if not message.flag(f"{path}/accord"):
        raise Refusal("SGT566", "L'accord du client est nécessaire.")
    people = message.has(f"{path}/personnePhysique") + message.has(f"{path}/personneMorale")
    if people != 1:
        raise Refusal("SGT562", "Message non conforme : personnePhysique ou personneMorale.")
    if message.has(f"{path}/personnePhysique"):
        message.need(f"{path}/personnePhysique/nom")


def check_supply(point: Point) -> None:
    """Check that a point is in service and, on the mass market, at level 2. Raises: Refusal."""
    if point.state != "SERVC":
        raise Refusal("SGT4B2", "L'état d'alimentation du point est incompatible.")
    if point.mass_market and point.level < "2":
        raise Refusal("SGT4H9", "Le compteur n'est pas communicant au niveau 2.")


def check_opposition(point: Point, data: str, direction: str, world: World) -> None:
    """Refuse a load curve of consumption that the customer opposes. Raises: Refusal."""
    if data == "CDC" and direction == SOUTIRAGE and world.opposes_curve(point.id):
        raise Refusal("SGT4H7", "Le client s'oppose à l'enregistrement de la courbe.")


def check_data(data: str, allowed: tuple[str, ...]) -> None:
    """Check the data type: CDC and IDX here; COURBE and INDEX are documented, but refused."""
    if data not in allowed:
        raise Refusal("SGT4Q1", f"Type de mesure {data} non conforme.")
