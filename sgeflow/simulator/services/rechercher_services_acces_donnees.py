"""RechercheServicesAccesDonnees v1.0: services with publication options (…GUI.0537)."""

from __future__ import annotations

from typing import Any

from sgeflow.simulator.dates import xs_date
from sgeflow.simulator.order_rules import describe, found_services
from sgeflow.simulator.soap import RequestMessage
from sgeflow.simulator.subscriptions import Option, Subscription
from sgeflow.simulator.world import World

# The root is misspelt in XSD and WSDL; the guide prints `…Response`.
_ROOT = "rechercherServicesAccesDonneesReponse"


def answer(message: RequestMessage, world: World) -> bytes:
    """The services that were found, with their options; an empty root without any."""
    found = []
    for service in found_services(message, world):
        options = service.options or _recurring(service)
        published = {"optionPublication": [_option(one, service) for one in options]}
        known = describe(service, world.today, {"serviceSouscritCode": service.kind})
        found.append(known | {"optionsPublication": published if options else None})
    return message.answer(
        _ROOT, {"servicesSouscrits": {"serviceSouscrit": found} if found else None}
    )


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
