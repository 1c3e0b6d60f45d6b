"""Rules that orders on a point share, and those of the access services."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sgeflow.simulator.dates import months_later, xs_date
from sgeflow.simulator.measure_rules import check_contract
from sgeflow.simulator.people import SOUTIRAGE, Point
from sgeflow.simulator.soap import Refusal, RequestMessage
from sgeflow.simulator.subscriptions import STOPPED, Option, Subscription
from sgeflow.simulator.world import World

GENERAL = "demande/donneesGenerales"


def check_object(message: RequestMessage, code: str, refusal: str = "SGT463") -> None:
    """The code of what is ordered must be the service's. Raises: Refusal."""
    if message.need(f"{GENERAL}/objetCode") != code:
        raise Refusal(refusal, f"objetCode doit être {code}.")


def ordered_point(message: RequestMessage, world: World) -> Point:
    """The point of an order under our contract. Raises: Refusal SGT401, SGT471, SGT472."""
    point = world.point(message.need(f"{GENERAL}/pointId"))
    world.check_contract(message.need(f"{GENERAL}/contratId"))
    return point


def check_consent(message: RequestMessage, path: str) -> None:
    """The customer must have agreed, and be one person or one company.

    Raises: Refusal SGT566, SGT562.
    """
    if not message.flag(f"{path}/accord"):
        raise Refusal("SGT566", "L'accord du client est nécessaire.")
    people = message.has(f"{path}/personnePhysique") + message.has(f"{path}/personneMorale")
    if people != 1:
        raise Refusal("SGT562", "Message non conforme : personnePhysique ou personneMorale.")
    if message.has(f"{path}/personnePhysique"):
        message.need(f"{path}/personnePhysique/nom")


def check_supply(point: Point) -> None:
    """The point must be in service and, on the mass market, open to fine data."""
    if point.state != "SERVC":
        raise Refusal("SGT4B2", "L'état d'alimentation du point est incompatible.")
    if point.mass_market and point.level < "2":
        raise Refusal("SGT4H9", "Le compteur n'est pas communicant au niveau 2.")


def check_opposition(point: Point, data: str, direction: str, world: World) -> None:
    """A customer who opposes the load curve of what is consumed has none ordered."""
    if data == "CDC" and direction == SOUTIRAGE and world.opposes_curve(point.id):
        raise Refusal("SGT4H7", "Le client s'oppose à l'enregistrement de la courbe.")


def check_data(data: str, allowed: tuple[str, ...]) -> None:
    """Measures are called CDC and IDX here: COURBE and INDEX are documented, and refused."""
    if data not in allowed:
        raise Refusal("SGT4Q1", f"Type de mesure {data} non conforme.")


def rivals(subscription: Subscription, world: World, kinds: tuple[str, ...]) -> list[Subscription]:
    """Services of these kinds that are in the way of a new one: running, or stopped today.

    A service that was stopped today still covers today, which a new one must start with. Another
    contract's services are in nobody's way but its own.
    """
    return [
        one
        for one in world.services(subscription.point)
        if one.kind in kinds
        and (one.contract, one.data, one.direction)
        == (subscription.contract, subscription.data, subscription.direction)
        and (
            one.state(world.today) != "TERMINE"
            or (one.stopped == world.today and one.reason == STOPPED)
        )
    ]


LABELS = {
    "CDC": "Accès à la courbe de charge",
    "IDX": "Accès aux index quotidiens",
    "ENERGIE": "Accès aux énergies quotidiennes",
    "PMAX": "Accès aux puissances maximales",
}
_YEARS = 3
# (data, periodicity, corrected) that may be published; guide Enedis.SGE.GUI.0531 1.1.0, ch. 2
_HOUSEHOLD = frozenset(
    {("CDC", "P1D", False), ("CDC", "P1M", False)}
    | {(data, periodicity, None) for data in ("PMAX", "IDX") for periodicity in ("P1D", "P1M")}
)
_BUSINESS = frozenset(
    {("CDC", "P1D", False), ("IDX", "P1D", None)}
    | {("CDC", one, corrected) for one in ("P7D", "P1M") for corrected in (False, True)}
)


def new_subscription(
    point: Point,
    world: World,
    *,
    data: str,
    direction: str,
    contract: str,
    end: date | None,
    options: tuple[Option, ...] = (),
) -> Subscription:
    """A new access service, from today on.

    Raises: Refusal SGT4Q1 for data that is none, SGT4H8 for maximum power of a business, SGT4H7
    for a curve that the customer opposes.
    """
    check_data(data, tuple(LABELS))
    if data == "PMAX" and not point.mass_market:
        raise Refusal("SGT4H8", "Le segment n'est pas compatible avec PMAX.")
    check_opposition(point, data, direction, world)
    curve_step = "PT30M" if point.mass_market else "PT5M"
    return Subscription(
        id=world.new_service_id(),
        point=point.id,
        kind="ACCES",
        label=LABELS[data],
        contract=contract,
        data=data,
        direction=direction,
        step={"CDC": curve_step, "IDX": "P1D"}.get(data),
        options=options,
        start=world.today,
        end=end,
    )


def check_direction(message: RequestMessage, point: Point) -> None:
    """The direction of an order must be one of the point. Raises: Refusal SGT587, SGT588."""
    check_contract(point, message.need(f"{GENERAL}/sens"))


def check_end(point: Point, end: date | None, today: date) -> None:
    """An end three years away at most, which the mass market must give.

    Raises: Refusal SGT568, SGT5O9.
    """
    if end is None:
        if point.mass_market:
            raise Refusal("SGT5O9", "La date de fin est obligatoire, à trois ans au plus.")
        return
    if end < today:
        raise Refusal("SGT568", "La date de fin ne peut précéder la date du jour.")
    if end > months_later(today, 12 * _YEARS):
        raise Refusal("SGT5O9", "La durée d'accès ne peut dépasser trois ans.")


def wants_correction(option: RequestMessage, data: str) -> bool | None:
    """Whether an option wants corrected values: curves must say it, for others it is ignored."""
    if data != "CDC":
        return None
    option.need("mesuresCorrigees")
    return option.flag("mesuresCorrigees")


def check_options(options: tuple[Option, ...], data: str, point: Point) -> None:
    """Refuse options that the data, the segment or their number do not allow."""
    allowed = _HOUSEHOLD if point.mass_market else _BUSINESS
    for option in options:
        if point.mass_market and option.corrected:
            raise Refusal("SGT4H2", "Pas de données corrigées en C5.")
        if (data, option.periodicity, option.corrected) not in allowed:
            raise Refusal("SGT4H5", f"Périodicité {option.periodicity} non autorisée pour {data}.")
    several = not point.mass_market and data == "CDC"
    distinct = {one.corrected for one in options}  # one raw and one corrected at most
    if len(distinct) != len(options) or (len(options) > 1 and not several):
        raise Refusal("SGT463", f"Trop d'options de publication pour {data}.")


def named_services(
    message: RequestMessage, world: World, path: str = "serviceSouscritId"
) -> list[Subscription]:
    """The running access services that an order names; one bad one refuses the whole.

    `path` leads from `servicesSouscrits` to the ids.

    Raises: Refusal SGT4O3 for an unknown id or the other direction, SGT4O4 for an ended service,
    SGT4O2 for an opposition and for another contract's.
    """
    contract = message.need(f"{GENERAL}/contratId")
    direction = message.need(f"{GENERAL}/sens")
    known = {one.id: one for one in world.services(message.need(f"{GENERAL}/pointId"))}
    services: dict[str, Subscription] = {}
    for element in message.element.findall(f"demande/servicesSouscrits/{path}"):
        service = known.get(element.text or "")
        if service is None or service.direction != direction:
            raise Refusal("SGT4O3", "Le service souscrit est inconnu sur ce point.")
        # older kinds are unknown here, an opposition is the customer's and has no contract
        if service.contract != contract:
            raise Refusal("SGT4O2", "Le demandeur ne peut agir sur ce service.")
        if service.kind != "ACCES":
            raise Refusal("SGT4O3", "Le service n'est pas un service d'accès.")
        if service.state(world.today) == "TERMINE":
            raise Refusal("SGT4O4", "L'état du service ne le permet pas.")
        services[service.id] = service
    return list(services.values())


def read_options(
    elements: Iterable[RequestMessage], data: str, today: date, end: date | None
) -> tuple[Option, ...]:
    """The publication options that a request lists, from today on."""
    return tuple(
        Option(
            periodicity=one.need("periodiciteTransmission"),
            corrected=wants_correction(one, data),
            start=today,
            end=end,
        )
        for one in elements
    )


# -- searches of services -------------------------------------------------------------------------


def found_services(message: RequestMessage, world: World) -> list[Subscription]:
    """Our services on the point of a search, and any opposition, which everybody may see."""
    point = world.point(message.need("criteres/pointId"))
    contract = message.need("criteres/contratId")
    world.check_contract(contract)
    return [one for one in world.visible_services(point.id) if one.contract in (None, contract)]


def describe(service: Subscription, today: date, kind: Mapping[str, Any]) -> dict[str, Any]:
    """A found service as both searches answer it; `kind` has the element of its kind."""
    end = service.last_day()
    return {
        "serviceSouscritId": service.id,
        "pointId": service.point,
        **kind,
        "serviceSouscritLibelle": service.label,
        "injection": service.direction == "INJECTION",
        "soutirage": service.direction == "SOUTIRAGE",
        "contratId": service.contract,
        "contratLibelle": "Contrat tiers" if service.contract else None,
        "etatCode": service.state(today),
        "dateDebut": xs_date(service.start),
        "dateFin": xs_date(end) if end else None,
        "motifFinLibelle": service.ending(today),
        "mesuresTypeCode": service.data,
        "mesuresPas": service.step,
    }
