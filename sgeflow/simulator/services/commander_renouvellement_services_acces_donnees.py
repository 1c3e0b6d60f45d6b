"""CommandeRenouvellementServicesAccesDonnees v1.0: services to a later end (…GUI.0531 ch. 4)."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from sgeflow.simulator import order_rules
from sgeflow.simulator.soap import Refusal, RequestMessage
from sgeflow.simulator.subscriptions import RENEWED, Subscription
from sgeflow.simulator.world import World


def answer(message: RequestMessage, world: World) -> bytes:
    """Renew all services or none, with their options; each keeps its id where the world says so."""
    point = order_rules.ordered_point(message, world)
    # services first: a renewal in the wrong direction and without consent was SGT4O3, not SGT566
    services = order_rules.named_services(message, world)
    order_rules.check_consent(message, f"{order_rules.GENERAL}/declarationAccordClient")
    end = message.day_or_none(f"{order_rules.GENERAL}/dateFin")
    order_rules.check_end(point, end, world.today)
    renewed = [_renew(one, end) for one in services]
    if world.renews_anew:
        renewed = [_anew(one, world) for one in renewed]
        world.keep(*(one.stop(world.today, RENEWED) for one in services))
    world.keep(*renewed)
    content = [{"affaireId": world.new_case(), "serviceSouscritId": one.id} for one in renewed]
    return message.answer(
        "commanderRenouvellementServicesAccesDonneesResponse",
        {"servicesRenouveles": {"serviceRenouvele": content}},
    )


def _anew(service: Subscription, world: World) -> Subscription:
    """A renewed service as a new one with an id of its own."""
    options = tuple(replace(option, start=world.today) for option in service.options)
    return replace(service, id=world.new_service_id(), start=world.today, options=options)


def _renew(service: Subscription, end: date | None) -> Subscription:
    if end is not None and (service.end is None or end <= service.end):
        raise Refusal("SGT569", "La date de fin doit suivre la date de fin actuelle.")
    return replace(
        service, end=end, options=tuple(replace(option, end=end) for option in service.options)
    )
