"""RechercheServicesSouscritsMesures v1.0: services of a contract on a point (…GUI.0475)."""

from __future__ import annotations

from sgeflow.simulator.order_rules import describe, found_services
from sgeflow.simulator.soap import RequestMessage
from sgeflow.simulator.world import World


def answer(message: RequestMessage, world: World) -> bytes:
    """The services that were found; an empty root without any."""
    found = []
    for service in found_services(message, world):
        known = describe(service, world.today, {"serviceSouscritType": {"@code": service.kind}})
        if service.contract is None:
            known |= {"injection": None, "soutirage": None}
        known["mesuresCorrigees"] = service.corrected
        known["periodiciteTransmission"] = service.periodicity
        found.append(known)
    return message.answer(
        "rechercherServicesSouscritsMesuresResponse",
        {"servicesSouscritsMesures": {"serviceSouscritMesures": found} if found else None},
    )
