"""CommandeModificationOptionsServicesAccesDonnees v1.0: publication options (…GUI.0531 ch. 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sgeflow.simulator import access_rules, order_rules
from sgeflow.simulator.message import Message
from sgeflow.simulator.people import Point
from sgeflow.simulator.shape import Schema
from sgeflow.simulator.soap import Refusal
from sgeflow.simulator.subscriptions import Option, Subscription
from sgeflow.simulator.world import World

FREE: Mapping[str, Schema] = {
    "periodiciteTransmission": {"maxLength": 15},
}


def answer(message: Message, world: World) -> bytes:
    """Change the options of all services or of none; no case is opened."""
    point = order_rules.ordered_point(message, world)
    access_rules.check_direction(message, point)
    asked = message.each("demande/servicesSouscrits/serviceSouscrit")
    found = access_rules.named_services(message, world, "serviceSouscrit/serviceSouscritId")
    if len(found) != len(asked):
        raise Refusal("SGT463", "Un service est nommé deux fois.")
    changed = [
        _changed(service, one, point, world) for service, one in zip(found, asked, strict=True)
    ]
    world.keep(*changed)
    ids = [{"serviceSouscritId": service.id} for service in changed]
    return message.answer(
        "commanderModificationOptionsServicesAccesDonneesResponse",
        {"servicesModifies": {"serviceSouscritId": ids}},
    )


def _changed(service: Subscription, asked: Message, point: Point, world: World) -> Subscription:
    added = _options(asked, "ajouterOptionsPublication", service, world)
    removed = {_kind(one) for one in _options(asked, "supprimerOptionsPublication", service, world)}
    if not added and not removed:
        raise Refusal("SGT463", "Aucune option à ajouter ni à supprimer.")
    present = {_kind(one) for one in service.options}
    if not removed <= present:
        raise Refusal("SGT567", "L'option n'est pas active sur le service.")
    if present & {_kind(one) for one in added}:
        raise Refusal("SGT570", "L'option est déjà active sur le service.")
    kept = tuple(one for one in service.options if _kind(one) not in removed)
    access_rules.check_options((*kept, *added), service.data or "", point)
    return replace(service, options=(*kept, *added))


def _options(asked: Message, block: str, service: Subscription, world: World) -> tuple[Option, ...]:
    return tuple(
        Option(
            periodicity=one.need("periodiciteTransmission"),
            corrected=access_rules.corrected(one, service.data or ""),
            start=world.today,
            end=service.end,
        )
        for one in asked.each(f"{block}/optionPublication")
    )


def _kind(option: Option) -> tuple[str, bool | None]:
    return option.periodicity, option.corrected
