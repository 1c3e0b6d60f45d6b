"""CommandeArretServiceSouscritMesures v1.0: stop one service (Enedis.SGE.GUI.0474)."""

from __future__ import annotations

from sgeflow.simulator import order_rules
from sgeflow.simulator.soap import Refusal, RequestMessage
from sgeflow.simulator.world import World


def answer(message: RequestMessage, world: World) -> bytes:
    """Stop the service. Success is an empty root: the guide (1.3.0) fills neither field."""
    order_rules.check_object(message, "ASS", "SGT4O7")
    point = order_rules.ordered_point(message, world)
    service_id = message.need("demande/arretServiceSouscrit/serviceSouscritId")
    service = next((one for one in world.services(point.id) if one.id == service_id), None)
    if service is None:
        raise Refusal("SGT4O3", "Le service souscrit est inconnu sur ce point.")
    if service.contract != message.need(f"{order_rules.GENERAL}/contratId"):
        # an opposition has no contract: only the titular supplier may lift it
        raise Refusal("SGT4O2", "Le demandeur ne peut arrêter ce service.")
    if service.state(world.today) == "TERMINE":
        raise Refusal("SGT4O4", "L'état du service ne permet pas l'arrêt.")
    world.keep(service.stop(world.today))
    return message.answer("commanderArretServiceSouscritMesuresResponse", {})
