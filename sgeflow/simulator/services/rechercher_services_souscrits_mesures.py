"""RechercheServicesSouscritsMesures v1.0: services of a contract on a point (…GUI.0475)."""

from __future__ import annotations

from typing import Any

from sgeflow.simulator.dates import xs_date
from sgeflow.simulator.soap import RequestMessage
from sgeflow.simulator.subscriptions import Subscription
from sgeflow.simulator.world import World


def answer(message: RequestMessage, world: World) -> bytes:
    """Our services, and any opposition, which everybody may see; an empty root without any."""
    point = world.point(message.need("criteres/pointId"))
    contract = message.need("criteres/contratId")
    world.check_contract(contract)
    services = [one for one in world.visible_services(point.id) if one.contract in (None, contract)]
    content = {"serviceSouscritMesures": [_describe(one, world) for one in services]}
    return message.answer(
        "rechercherServicesSouscritsMesuresResponse",
        {"servicesSouscritsMesures": content if services else None},
    )


def _describe(service: Subscription, world: World) -> dict[str, Any]:
    ours = service.contract is not None
    end = service.last_day()
    return {
        "serviceSouscritId": service.id,
        "pointId": service.point,
        "serviceSouscritType": {"@code": service.kind},
        "serviceSouscritLibelle": service.label,
        "injection": service.direction == "INJECTION" if ours else None,
        "soutirage": service.direction == "SOUTIRAGE" if ours else None,
        "contratId": service.contract,
        "contratLibelle": "Contrat tiers" if ours else None,
        "etatCode": service.state(world.today),
        "dateDebut": xs_date(service.start),
        "dateFin": xs_date(end) if end else None,
        "motifFinLibelle": service.ending(world.today),
        "mesuresTypeCode": service.data,
        "mesuresPas": service.step,
        "mesuresCorrigees": service.corrected,
        "periodiciteTransmission": service.periodicity,
    }
