"""CommandeModificationOptionsServicesAccesDonnees v1.0: publication options (…GUI.0531 ch. 3)."""

from __future__ import annotations

from msgspec.structs import replace

from sgeflow.simulator import order_rules
from sgeflow.simulator.people import Point
from sgeflow.simulator.soap import Refusal, RequestMessage
from sgeflow.simulator.subscriptions import Option, Subscription
from sgeflow.simulator.world import World

FREE = {"periodiciteTransmission": {"maxLength": 15}}


def answer(message: RequestMessage, world: World) -> bytes:
    """Change the options of all services or of none; no case is opened."""
    point = order_rules.ordered_point(message, world)
    order_rules.check_direction(message, point)
    changes = message.each("demande/servicesSouscrits/serviceSouscrit")
    services = order_rules.named_services(message, world, "serviceSouscrit/serviceSouscritId")
    if len(services) != len(changes):
        raise Refusal("SGT463", "Un service est nommé deux fois.")
    changed = [
        _change(service, one, point, world) for service, one in zip(services, changes, strict=True)
    ]
    world.keep(*changed)
    ids = [{"serviceSouscritId": service.id} for service in changed]
    return message.answer(
        "commanderModificationOptionsServicesAccesDonneesResponse",
        {"servicesModifies": {"serviceSouscritId": ids}},
    )


def _change(
    service: Subscription, change: RequestMessage, point: Point, world: World
) -> Subscription:
    added, taken = (
        order_rules.read_options(
            change.each(f"{block}/optionPublication"),
            service.data or "",
            world.today,
            service.end,
        )
        for block in ("ajouterOptionsPublication", "supprimerOptionsPublication")
    )
    removed = {_kind(one) for one in taken}
    if not added and not removed:
        raise Refusal("SGT463", "Aucune option à ajouter ni à supprimer.")
    present = {_kind(one) for one in service.options}
    if not removed <= present:
        raise Refusal("SGT567", "L'option n'est pas active sur le service.")
    if present & {_kind(one) for one in added}:
        raise Refusal("SGT570", "L'option est déjà active sur le service.")
    options = tuple(one for one in service.options if _kind(one) not in removed)
    order_rules.check_options((*options, *added), service.data or "", point)
    return replace(service, options=(*options, *added))


def _kind(option: Option) -> tuple[str, bool | None]:
    return option.periodicity, option.corrected
