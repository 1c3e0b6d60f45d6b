"""RechercheServicesAccesDonnees v1.0: the same with publication options (…GUI.0537)."""

from __future__ import annotations

from typing import Any

from sgeflow.simulator.dates import xs_date
from sgeflow.simulator.soap import RequestMessage
from sgeflow.simulator.subscriptions import Option, Subscription
from sgeflow.simulator.world import World

# The root is misspelt in XSD and WSDL; the guide prints `…Response`.
_ROOT = "rechercherServicesAccesDonneesReponse"


def answer(message: RequestMessage, world: World) -> bytes:
    """Our services, and any opposition, which everybody may see; an empty root without any."""
    point = world.point(message.need("criteres/pointId"))
    contract = message.need("criteres/contratId")
    world.check_contract(contract)
    services = [one for one in world.visible_services(point.id) if one.contract in (None, contract)]
    content = {"serviceSouscrit": [_describe(one, world) for one in services]}
    return message.answer(_ROOT, {"servicesSouscrits": content if services else None})


def _describe(service: Subscription, world: World) -> dict[str, Any]:
    end = service.last_day()
    options = service.options or _recurring(service)
    return {
        "serviceSouscritId": service.id,
        "pointId": service.point,
        "serviceSouscritCode": service.kind,
        "serviceSouscritLibelle": service.label,
        "injection": service.direction == "INJECTION",
        "soutirage": service.direction == "SOUTIRAGE",
        "contratId": service.contract,
        "contratLibelle": "Contrat tiers" if service.contract else None,
        "etatCode": service.state(world.today),
        "dateDebut": xs_date(service.start),
        "dateFin": xs_date(end) if end else None,
        "motifFinLibelle": service.ending(world.today),
        "mesuresTypeCode": service.data,
        "mesuresPas": service.step,
        "optionsPublication": {"optionPublication": [_option(one, service) for one in options]}
        if options
        else None,
    }


def _recurring(service: Subscription) -> tuple[Option, ...]:
    if service.periodicity is None:
        return ()
    return (
        Option(
            periodicity=service.periodicity,
            corrected=service.corrected,
            start=service.start,
            end=service.end,
        ),
    )


def _option(option: Option, service: Subscription) -> dict[str, Any]:
    end = service.stopped or option.end
    return {
        "mesuresCorrigees": option.corrected if service.data == "CDC" else None,
        "periodiciteTransmission": option.periodicity,
        "dateDebut": xs_date(option.start),
        "dateFin": xs_date(end) if end else None,
    }
