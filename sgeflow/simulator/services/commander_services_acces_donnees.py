"""CommandeServicesAccesDonnees v1.0: access to data, several types at once (…GUI.0531)."""

from __future__ import annotations

from typing import Any

from sgeflow.simulator import order_rules
from sgeflow.simulator.people import Point
from sgeflow.simulator.soap import Refusal, RequestMessage
from sgeflow.simulator.subscriptions import Subscription
from sgeflow.simulator.world import World

FREE = {
    "typeDonnees": {"maxLength": 10},
    "periodiciteTransmission": {"maxLength": 15},
}

_PERIODS = {"P1D": "quotidienne", "P7D": "hebdomadaire", "P1M": "mensuelle"}


def answer(message: RequestMessage, world: World) -> bytes:
    """Order all services or none."""
    point = order_rules.ordered_point(message, world)
    order_rules.check_consent(message, f"{order_rules.GENERAL}/declarationAccordClient")
    order_rules.check_direction(message, point)
    order_rules.check_supply(point)
    end = message.day_or_none(f"{order_rules.GENERAL}/dateFin")
    order_rules.check_end(point, end, world.today)
    orders = [
        _new_subscription(one, message, point, world)
        for one in message.each("demande/servicesSouscrits/serviceSouscrit")
    ]
    if len({one.data for one in orders}) != len(orders):
        raise Refusal("SGT463", "Un type de données est demandé deux fois.")
    for service in orders:
        if order_rules.rivals(service, world, ("ACCES",)):
            raise Refusal("SGT570", f"Un service {service.data} est déjà actif sur la période.")
    world.keep(*orders)
    cases = [_case(service, world) for service in orders]
    return message.answer("commanderServicesAccesDonneesResponse", {"affaires": {"affaire": cases}})


def _new_subscription(
    element: RequestMessage, order: RequestMessage, point: Point, world: World
) -> Subscription:
    data = element.need("typeDonnees")
    listed = element.each("optionsPublication/optionPublication")
    end = order.day_or_none(f"{order_rules.GENERAL}/dateFin")
    options = order_rules.read_options(listed, data, world.today, end)
    order_rules.check_options(options, data, point)
    return order_rules.new_subscription(
        point,
        world,
        data=data,
        direction=order.need(f"{order_rules.GENERAL}/sens"),
        contract=order.need(f"{order_rules.GENERAL}/contratId"),
        end=end,
        options=options,
    )


def _case(service: Subscription, world: World) -> dict[str, Any]:
    option = None
    if service.options:
        periodicity = service.options[0].periodicity
        label = f"Publication {_PERIODS[periodicity]}"
        option = {"@libelle": label, "@code": f"ACCESO{list(_PERIODS).index(periodicity) + 1}"}
    sheet = {"@libelle": service.label, "@code": "ACCES"}
    return {
        "affaireId": world.new_case(),
        "prestations": {"prestation": {"rang": 1, "fiche": sheet, "option": option}},
        "serviceSouscritMesures": {
            "serviceSouscritId": service.id,
            "mesuresTypeCode": service.data,
        },
    }
