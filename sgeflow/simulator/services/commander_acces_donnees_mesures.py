"""CommandeAccesDonneesMesures v1.0: access to one type of data (Enedis.SGE.GUI.0498)."""

from __future__ import annotations

from datetime import date

from sgeflow.simulator import order_rules
from sgeflow.simulator.measure_rules import check_contract, direction_of
from sgeflow.simulator.people import Point
from sgeflow.simulator.shape import ANY_TEXT
from sgeflow.simulator.soap import Refusal, RequestMessage
from sgeflow.simulator.subscriptions import RENEWED, Subscription
from sgeflow.simulator.world import World

FREE = {"typeDonnees": ANY_TEXT}

_ACCESS = "demande/accesDonnees"


def answer(message: RequestMessage, world: World) -> bytes:
    """Order the service, or renew the same one to a later end under a new id."""
    point = world.point(message.need(f"{order_rules.GENERAL}/pointId"))
    contract = message.text(f"{order_rules.GENERAL}/contrat/contratId") or ""
    world.check_contract(contract)
    order_rules.check_object(message, "AME")
    order_rules.check_consent(message, f"{_ACCESS}/declarationAccordClient")
    direction = direction_of(message, _ACCESS)
    check_contract(point, direction)
    order_rules.check_supply(point)
    end = message.day_or_none(f"{_ACCESS}/dateFin")
    _check_dates(point, message.day(f"{_ACCESS}/dateDebut"), end, world.today)
    data = message.need(f"{_ACCESS}/typeDonnees")
    subscription = order_rules.new_subscription(
        point, world, data=data, direction=direction, contract=contract, end=end
    )
    rivals = order_rules.rivals(subscription, world, ("ACCES",))
    if not all(_renews(subscription, running, world.today) for running in rivals):
        raise Refusal("SGT570", f"Un service {data} est déjà actif sur la période.")
    world.keep(subscription, *(running.stop(world.today, RENEWED) for running in rivals))
    sheet = {"rang": 1, "fiche": {"@code": "ACCES", "libelle": subscription.label}}
    return message.answer(
        "commanderAccesDonneesMesuresResponse",
        {
            "affaireId": world.new_case(),
            "prestations": {"prestation": sheet},
            "serviceSouscritId": subscription.id,
        },
    )


def _check_dates(point: Point, start: date, end: date | None, today: date) -> None:
    if start != today:
        raise Refusal("SGT4H1", "La date de début doit être la date du jour.")
    if end is not None and end <= start:
        raise Refusal("SGT4K4", "La date de début doit précéder la date de fin.")
    order_rules.check_end(point, end, today)


def _renews(subscription: Subscription, running: Subscription, today: date) -> bool:
    # options are of the newer family: this order knows none, and would lose them
    same = running.state(today) != "TERMINE" and not running.options
    later = running.end is not None and (subscription.end is None or subscription.end > running.end)
    return same and later and subscription.same_order(running)
