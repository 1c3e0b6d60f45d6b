"""CommandeArretServicesAccesDonnees v1.0: stop access services (Enedis.SGE.GUI.0531 ch. 5)."""

from __future__ import annotations

from sgeflow.simulator import order_rules
from sgeflow.simulator.soap import RequestMessage
from sgeflow.simulator.world import World


def answer(message: RequestMessage, world: World) -> bytes:
    """Stop all services or none; their options stop with them."""
    order_rules.ordered_point(message, world)
    services = order_rules.named_services(message, world)
    world.keep(*(service.stop(world.today) for service in services))
    content = [{"affaireId": world.new_case(), "serviceSouscritId": one.id} for one in services]
    return message.answer(
        "commanderArretServicesAccesDonneesResponse",
        {"servicesResilies": {"serviceResilie": content}},
    )
