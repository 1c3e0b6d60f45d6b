"""CommandeCollectePublicationMesures v3.0: collect and send measures (Enedis.SGE.GUI.0469)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sgeflow.simulator import order_rules
from sgeflow.simulator.dates import months_later
from sgeflow.simulator.measure_rules import check_contract, direction_of
from sgeflow.simulator.people import INJECTION, Point
from sgeflow.simulator.soap import Refusal, RequestMessage
from sgeflow.simulator.subscriptions import RENEWED, Subscription
from sgeflow.simulator.world import World

FREE = {
    "civilite": {"maxLength": 15},
    "mesuresTypeCode": {"pattern": "^[A-Z0-9]{3,10}$"},
    "mesuresPas": {"maxLength": 15},
    "periodiciteTransmission": {"maxLength": 15},
}
OPTIONAL = frozenset({"mesuresPas"})

_ACCESS = "demande/accesMesures"
_KINDS = ("CCDC", "TRANSREC")
_LABELS = {"CDC": "la courbe de charge", "IDX": "l'index quotidien"}


def answer(message: RequestMessage, world: World) -> bytes:
    """Order the service, or renew the same one to a later end under a new id."""
    point = order_rules.ordered_point(message, world)
    order_rules.check_object(message, "AME")
    order_rules.check_consent(message, f"{_ACCESS}/declarationAccordClient")
    direction = direction_of(message, _ACCESS)
    check_contract(point, direction)
    order_rules.check_supply(point)
    subscription = _new_subscription(message, point, direction, world)
    order_rules.check_opposition(point, subscription.data or "", direction, world)
    _check_dates(point, subscription, world.today)
    _check_form(point, subscription)
    rivals = order_rules.rivals(subscription, world, _KINDS)
    if not all(_renews(subscription, running, world.today) for running in rivals):
        raise Refusal("SGT570", "Un service est déjà actif sur la période.")
    world.keep(subscription, *(running.stop(world.today, RENEWED) for running in rivals))
    has_case = point.mass_market or subscription.data == "CDC"  # no index order of a business
    return message.answer(
        "commanderCollectePublicationMesuresResponse",
        {
            "affaireId": world.new_case() if has_case else None,
            "prestations": {"prestation": [_service_sheet(point, subscription)]},
            "serviceSouscritId": subscription.id,
        },
    )


def _new_subscription(
    message: RequestMessage, point: Point, direction: str, world: World
) -> Subscription:
    data = message.need(f"{_ACCESS}/mesuresTypeCode")
    order_rules.check_data(data, ("CDC", "IDX"))
    if data == "IDX" and direction == INJECTION and point.mass_market:
        raise Refusal("SGT4H8", "Le segment P4 n'a que la courbe de charge.")
    recurring = message.flag(f"{_ACCESS}/transmissionRecurrente") or False
    if data == "IDX" and not recurring:
        raise Refusal("SGT4H6", "Une commande d'index ne peut être une collecte seule.")
    kind = "TRANSREC" if recurring else "CCDC"
    what = "Transmission récurrente de" if recurring else "Collecte de"
    return Subscription(
        id=world.new_service_id(),
        point=point.id,
        kind=kind,
        label=f"{what} {_LABELS[data]}",
        contract=message.need(f"{order_rules.GENERAL}/contratId"),
        data=data,
        direction=direction,
        step=message.text(f"{_ACCESS}/mesuresPas"),
        corrected=message.flag(f"{_ACCESS}/mesuresCorrigees"),
        periodicity=message.text(f"{_ACCESS}/periodiciteTransmission"),
        start=message.day(f"{_ACCESS}/dateDebut"),
        end=message.day_or_none(f"{_ACCESS}/dateFin"),
    )


def _check_dates(point: Point, subscription: Subscription, today: date) -> None:
    start, end = subscription.start, subscription.end
    if point.mass_market and start != today:
        raise Refusal("SGT4H1", "La date de début doit être la date du jour.")
    if start < today:
        raise Refusal("SGT565", "La date de début ne peut précéder la date du jour.")
    if end is not None and end <= start:
        raise Refusal("SGT4K4", "La date de début doit précéder la date de fin.")
    if point.mass_market and (end is None or end > months_later(start, 12)):
        raise Refusal("SGT4H4", "La date de fin est obligatoire, à un an au plus.")


def _check_form(point: Point, subscription: Subscription) -> None:
    # PT10M is the guide's for businesses, PT5M the newer nominal step
    steps = ("PT30M",) if point.mass_market else ("PT10M", "PT5M")
    if subscription.step not in (steps if subscription.data == "CDC" else ("P1D",)):
        raise Refusal("SGT4H3", f"Pas {subscription.step or 'absent'} non autorisé.")
    if point.mass_market and subscription.corrected:
        raise Refusal("SGT4H2", "Pas de données corrigées en C5.")
    if subscription.direction == INJECTION and point.mass_market:
        if subscription.periodicity is not None or subscription.kind == "TRANSREC":
            raise Refusal("SGT4H5", "Le segment P4 n'a pas de transmission récurrente.")
        return
    if subscription.kind == "CCDC":
        return
    if subscription.periodicity not in _periodicities(point, subscription):
        raise Refusal(
            "SGT4H5", f"Périodicité {subscription.periodicity or 'absente'} non autorisée."
        )
    if subscription.data == "CDC" and subscription.corrected is None:
        raise Refusal("SGT562", "Message non conforme : élément mesuresCorrigees manquant.")
    if subscription.corrected and subscription.periodicity == "P1D":
        raise Refusal("SGT564", "Pas de données corrigées en transmission quotidienne.")


def _periodicities(point: Point, subscription: Subscription) -> tuple[str, ...]:
    if point.mass_market:
        return ("P1D", "P1M")
    return ("P1D", "P7D", "P1M") if subscription.data == "CDC" else ("P1D",)


def _renews(subscription: Subscription, running: Subscription, today: date) -> bool:
    later = running.end is not None and (subscription.end is None or subscription.end > running.end)
    return running.state(today) != "TERMINE" and later and subscription.same_order(running)


def _service_sheet(point: Point, subscription: Subscription) -> dict[str, Any]:
    letter = "P" if subscription.direction == INJECTION else "F"  # a producer's products
    if subscription.data == "IDX":
        sheet = f"{letter}305" if point.mass_market else f"{letter}305A"
    else:
        sheet = f"{letter}300C" if point.mass_market else f"{letter}300B"
    option = f"{sheet}O1" if subscription.kind == "TRANSREC" else f"{sheet}O2"
    return {
        "rang": 1,
        "fiche": {"@code": sheet, "libelle": subscription.label},
        "option": {"@code": option},
    }
