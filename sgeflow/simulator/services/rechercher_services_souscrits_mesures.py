"""RechercheServicesSouscritsMesures v1.0: services of a contract on a point (…GUI.0475)."""

from __future__ import annotations

from typing import Any

from sgeflow.simulator.dates import dated
from sgeflow.simulator.message import Message
from sgeflow.simulator.subscriptions import Subscription
from sgeflow.simulator.world import World


def answer(message: Message, world: World) -> bytes:
    """Our services, and any opposition, which everybody may see; an empty root without any."""
    point = world.point(message.need("criteres/pointId"))
    contract = message.need("criteres/contratId")
    world.check_contract(contract)
    found = [one for one in world.shown(point.id) if one.contract in (None, contract)]
    content = {"serviceSouscritMesures": [_described(one, world) for one in found]}
    return message.answer(
        "rechercherServicesSouscritsMesuresResponse",
        {"servicesSouscritsMesures": content if found else None},
    )


def _described(service: Subscription, world: World) -> dict[str, Any]:
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
        "dateDebut": dated(service.start),
        "dateFin": dated(end) if end else None,
        "motifFinLibelle": service.ending(world.today),
        "mesuresTypeCode": service.data,
        "mesuresPas": service.step,
        "mesuresCorrigees": service.corrected,
        "periodiciteTransmission": service.periodicity,
    }
