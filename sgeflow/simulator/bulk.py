"""Orders of files for many points (M023, guide Enedis.SGE.GUI.0502): the rules of all three."""

from __future__ import annotations

from collections.abc import Callable

from sgeflow.simulator.dates import months_later
from sgeflow.simulator.measure_rules import refusal
from sgeflow.simulator.people import Point
from sgeflow.simulator.soap import Refusal, RequestMessage
from sgeflow.simulator.world import DayPeriod, World

MOST = 10_000  # points of one order

Admit = Callable[[Point], bool]


def points(message: RequestMessage, most: int = MOST) -> tuple[str, ...]:
    """The points of an order. Raises: Refusal SGT562 for more than the service takes."""
    ids = tuple(one.element.text or "" for one in message.each("demande/pointIds/pointId"))
    if len(ids) > most:
        raise refusal("SGT562", f"Message non conforme : plus de {most} points.")
    return ids


def check(
    message: RequestMessage, world: World, frames: tuple[str, ...] = ("ACCORD_CLIENT",)
) -> None:
    """Refuse a foreign contract, another form than JSON and the right of a supplier.

    Raises: Refusal SGT471, SGT472, SGT463, SGT402.
    """
    world.check_contract(message.need("donneesGenerales/contratId"))
    if message.text("demande/format") not in (None, "JSON"):
        raise refusal("SGT463", "Le format doit être JSON.")
    frame = message.need("demande/cadreAcces")
    if frame == "EST_TITULAIRE":
        raise refusal("SGT402", "Le demandeur n'est pas titulaire : il est tiers.")
    if frame not in frames:
        raise refusal("SGT463", f"Cadre d'accès {frame} non autorisé.")


def check_period(message: RequestMessage, world: World, months: int) -> None:
    """Refuse dates in the wrong order, in the future, or too old.

    Raises: Refusal without a code for the order (so did homologation), SGT4K1, SGT4L8.
    """
    period = DayPeriod(message.day("demande/dateDebut"), message.day("demande/dateFin"))
    if period.start >= period.end:
        words = "La date de début doit être antérieure à la date de fin."
        raise Refusal("", "", words)
    if period.end > world.today:
        raise refusal("SGT4K1", "La date de fin ne peut dépasser la date du jour.")
    if period.start < months_later(world.today, -months):
        raise refusal("SGT4L8", f"L'historique est limité à {months} mois.")


def order(message: RequestMessage, world: World, ids: tuple[str, ...], admit: Admit) -> bytes:
    """Open the case; points that are not admitted are the report's matter, not a refusal."""
    direction = message.need("demande/sens")
    known = [world.points[one] for one in ids if one in world.points]
    admitted = tuple(one.id for one in known if one.has(direction) and admit(one))
    case = world.open_case(message.operation.name, ids, admitted)
    return message.answer("affaireId", case.id)


def in_service(point: Point) -> bool:
    """Whether consent given now can open the point's data."""
    return point.state == "SERVC"
