"""Orders of services on a point: collection, transmission, and access to data."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from msgspec.structs import replace

from sgeflow.simulator.dates import months_later
from sgeflow.simulator.measure_rules import check_contract, direction_of
from sgeflow.simulator.order_rules import (
    GENERAL,
    check_consent,
    check_data,
    check_object,
    check_opposition,
    check_supply,
    ordered_point,
)
from sgeflow.simulator.people import INJECTION, Point
from sgeflow.simulator.services import plays
from sgeflow.simulator.shape import ANY_TEXT
from sgeflow.simulator.soap import Refusal, RequestMessage
from sgeflow.simulator.subscriptions import RENEWED, STOPPED, Option, Subscription
from sgeflow.simulator.world import World

# -- collection and transmission ------------------------------------------------------------------

_COLLECTION = "demande/accesMesures"
_LABELS = {"CDC": "la courbe de charge", "IDX": "l'index quotidien"}


@plays(
    "commanderCollectePublicationMesures",
    {
        "civilite": {"maxLength": 15},
        "mesuresTypeCode": {"pattern": "^[A-Z0-9]{3,10}$"},
        "mesuresPas": {"maxLength": 15},
        "periodiciteTransmission": {"maxLength": 15},
    },
    frozenset({"mesuresPas"}),
)
def order_collection(message: RequestMessage, world: World) -> bytes:
    """Version 3.0: order a service, or renew it to a later end under a new id.

    Guide Enedis.SGE.GUI.0469.
    """
    point = ordered_point(message, world)
    check_object(message, "AME")
    check_consent(message, f"{_COLLECTION}/declarationAccordClient")
    direction = direction_of(message, _COLLECTION)
    check_contract(point, direction)
    check_supply(point)
    subscription = _collection(message, point, direction, world)
    check_opposition(point, subscription.data or "", direction, world)
    start, end = subscription.start, subscription.end
    if point.mass_market and start != world.today:
        raise Refusal("SGT4H1", "La date de début doit être la date du jour.")
    if start < world.today:
        raise Refusal("SGT565", "La date de début ne peut précéder la date du jour.")
    if end is not None and end <= start:
        raise Refusal("SGT4K4", "La date de début doit précéder la date de fin.")
    if point.mass_market and (end is None or end > months_later(start, 12)):
        raise Refusal("SGT4H4", "La date de fin est obligatoire, à un an au plus.")
    _check_form(point, subscription)
    _keep_or_renew(subscription, world, ("CCDC", "TRANSREC"), "Un service est déjà actif")
    letter = "P" if direction == INJECTION else "F"  # codes of products for producers
    if subscription.data == "IDX":
        sheet = f"{letter}305" if point.mass_market else f"{letter}305A"
    else:
        sheet = f"{letter}300C" if point.mass_market else f"{letter}300B"
    option = f"{sheet}O1" if subscription.kind == "TRANSREC" else f"{sheet}O2"
    has_case = point.mass_market or subscription.data == "CDC"  # a business index order has none
    service = {
        "rang": 1,
        "fiche": {"@code": sheet, "libelle": subscription.label},
        "option": {"@code": option},
    }
    return message.answer(
        "commanderCollectePublicationMesuresResponse",
        {
            "affaireId": world.new_case() if has_case else None,
            "prestations": {"prestation": [service]},
            "serviceSouscritId": subscription.id,
        },
    )


def _collection(
    message: RequestMessage, point: Point, direction: str, world: World
) -> Subscription:
    data = message.need(f"{_COLLECTION}/mesuresTypeCode")
    check_data(data, ("CDC", "IDX"))
    if data == "IDX" and direction == INJECTION and point.mass_market:
        raise Refusal("SGT4H8", "Le segment P4 n'a que la courbe de charge.")
    recurring = message.flag(f"{_COLLECTION}/transmissionRecurrente") or False
    if data == "IDX" and not recurring:
        raise Refusal("SGT4H6", "Une commande d'index ne peut être une collecte seule.")
    what = "Transmission récurrente de" if recurring else "Collecte de"
    return Subscription(
        id=world.new_service_id(),
        point=point.id,
        kind="TRANSREC" if recurring else "CCDC",
        label=f"{what} {_LABELS[data]}",
        contract=message.need(f"{GENERAL}/contratId"),
        data=data,
        direction=direction,
        step=message.text(f"{_COLLECTION}/mesuresPas"),
        corrected=message.flag(f"{_COLLECTION}/mesuresCorrigees"),
        periodicity=message.text(f"{_COLLECTION}/periodiciteTransmission"),
        start=message.day(f"{_COLLECTION}/dateDebut"),
        end=message.day_or_none(f"{_COLLECTION}/dateFin"),
    )


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
    periodicities: tuple[str, ...] = ("P1D", "P1M")
    if not point.mass_market:
        periodicities = ("P1D", "P7D", "P1M") if subscription.data == "CDC" else ("P1D",)
    if subscription.periodicity not in periodicities:
        raise Refusal(
            "SGT4H5", f"Périodicité {subscription.periodicity or 'absente'} non autorisée."
        )
    if subscription.data == "CDC" and subscription.corrected is None:
        raise Refusal("SGT562", "Message non conforme : élément mesuresCorrigees manquant.")
    if subscription.corrected and subscription.periodicity == "P1D":
        raise Refusal("SGT564", "Pas de données corrigées en transmission quotidienne.")


@plays("commanderArretServiceSouscritMesures")
def stop_service(message: RequestMessage, world: World) -> bytes:
    """Version 1.0: stop one service (Enedis.SGE.GUI.0474).

    Success is an empty root: the guide (1.3.0) fills neither field.
    """
    check_object(message, "ASS", "SGT4O7")
    point = ordered_point(message, world)
    service_id = message.need("demande/arretServiceSouscrit/serviceSouscritId")
    service = next((one for one in world.services(point.id) if one.id == service_id), None)
    if service is None:
        raise Refusal("SGT4O3", "Le service souscrit est inconnu sur ce point.")
    if service.contract != message.need(f"{GENERAL}/contratId"):
        # an opposition has no contract: only the customer's supplier may lift it
        raise Refusal("SGT4O2", "Le demandeur ne peut arrêter ce service.")
    if service.state(world.today) == "TERMINE":
        raise Refusal("SGT4O4", "L'état du service ne permet pas l'arrêt.")
    world.keep(service.stop(world.today))
    return message.answer("commanderArretServiceSouscritMesuresResponse", {})


def _keep_or_renew(
    subscription: Subscription, world: World, kinds: tuple[str, ...], refusal: str
) -> None:
    """Store a new service and end the earlier one that it renews.

    Raises:
        Refusal: SGT570 for another service that runs or was stopped today.
    """
    rivals = _rivals(subscription, world, kinds)
    for one in rivals:
        later = one.end is not None and (subscription.end is None or subscription.end > one.end)
        # options belong to access services; an order without them would drop them
        is_renewable = one.state(world.today) != "TERMINE" and not one.options
        if not (is_renewable and later and subscription.same_order(one)):
            raise Refusal("SGT570", f"{refusal} sur la période.")
    world.keep(subscription, *(one.stop(world.today, RENEWED) for one in rivals))


def _rivals(subscription: Subscription, world: World, kinds: tuple[str, ...]) -> list[Subscription]:
    """The contract's services that exclude a new one: running, or stopped today.

    A service stopped today still covers today, the day on which a new one would start.
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


# -- access to data -------------------------------------------------------------------------------

_ACCESS = "demande/accesDonnees"
_ACCESS_LABELS = {
    "CDC": "Accès à la courbe de charge",
    "IDX": "Accès aux index quotidiens",
    "ENERGIE": "Accès aux énergies quotidiennes",
    "PMAX": "Accès aux puissances maximales",
}
_YEARS = 3
_PERIODS = {"P1D": "quotidienne", "P7D": "hebdomadaire", "P1M": "mensuelle"}
# (data, periodicity, corrected) that may be published; guide Enedis.SGE.GUI.0531 1.1.0, ch. 2
_HOUSEHOLD = frozenset(
    {("CDC", "P1D", False), ("CDC", "P1M", False)}
    | {(data, periodicity, None) for data in ("PMAX", "IDX") for periodicity in ("P1D", "P1M")}
)
_BUSINESS = frozenset(
    {("CDC", "P1D", False), ("IDX", "P1D", None)}
    | {("CDC", one, corrected) for one in ("P7D", "P1M") for corrected in (False, True)}
)


@plays("commanderAccesDonneesMesures", {"typeDonnees": ANY_TEXT})
def order_access(message: RequestMessage, world: World) -> bytes:
    """Version 1.0: order access to one type of data, or renew it to a later end under a new id.

    Guide Enedis.SGE.GUI.0498.
    """
    point = world.point(message.need(f"{GENERAL}/pointId"))
    contract = message.text(f"{GENERAL}/contrat/contratId") or ""
    world.check_contract(contract)
    check_object(message, "AME")
    check_consent(message, f"{_ACCESS}/declarationAccordClient")
    direction = direction_of(message, _ACCESS)
    check_contract(point, direction)
    check_supply(point)
    end = message.day_or_none(f"{_ACCESS}/dateFin")
    if message.day(f"{_ACCESS}/dateDebut") != world.today:
        raise Refusal("SGT4H1", "La date de début doit être la date du jour.")
    if end is not None and end <= world.today:
        raise Refusal("SGT4K4", "La date de début doit précéder la date de fin.")
    _check_end(point, end, world.today)
    data = message.need(f"{_ACCESS}/typeDonnees")
    subscription = _access(point, world, data=data, direction=direction, contract=contract, end=end)
    _keep_or_renew(subscription, world, ("ACCES",), f"Un service {data} est déjà actif")
    sheet = {"rang": 1, "fiche": {"@code": "ACCES", "libelle": subscription.label}}
    return message.answer(
        "commanderAccesDonneesMesuresResponse",
        {
            "affaireId": world.new_case(),
            "prestations": {"prestation": sheet},
            "serviceSouscritId": subscription.id,
        },
    )


@plays(
    "commanderServicesAccesDonnees",
    {"typeDonnees": {"maxLength": 10}, "periodiciteTransmission": {"maxLength": 15}},
)
def order_several(message: RequestMessage, world: World) -> bytes:
    """Version 1.0: order several types of data, all or none (…GUI.0531)."""
    point = ordered_point(message, world)
    check_consent(message, f"{GENERAL}/declarationAccordClient")
    direction = message.need(f"{GENERAL}/sens")
    check_contract(point, direction)
    check_supply(point)
    end = message.day_or_none(f"{GENERAL}/dateFin")
    _check_end(point, end, world.today)
    contract = message.need(f"{GENERAL}/contratId")
    orders = []
    for one in message.each("demande/servicesSouscrits/serviceSouscrit"):
        data = one.need("typeDonnees")
        options = _read_options(one.each("optionsPublication/optionPublication"), data, world, end)
        _check_options(options, data, point)
        service = _access(point, world, data=data, direction=direction, contract=contract, end=end)
        orders.append(replace(service, options=options))
    if len({one.data for one in orders}) != len(orders):
        raise Refusal("SGT463", "Un type de données est demandé deux fois.")
    for service in orders:
        if _rivals(service, world, ("ACCES",)):
            raise Refusal("SGT570", f"Un service {service.data} est déjà actif sur la période.")
    world.keep(*orders)
    cases = [_case(service, world) for service in orders]
    return message.answer("commanderServicesAccesDonneesResponse", {"affaires": {"affaire": cases}})


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


@plays(
    "commanderModificationOptionsServicesAccesDonnees",
    {"periodiciteTransmission": {"maxLength": 15}},
)
def change_options(message: RequestMessage, world: World) -> bytes:
    """Version 1.0: change publication options, on all services or none (…GUI.0531 ch. 3).

    Opens no case.
    """
    point = ordered_point(message, world)
    check_contract(point, message.need(f"{GENERAL}/sens"))
    changes = message.each("demande/servicesSouscrits/serviceSouscrit")
    services = _named_services(message, world, "serviceSouscrit/serviceSouscritId")
    if len(services) != len(changes):
        raise Refusal("SGT463", "Un service est nommé deux fois.")
    changed = [
        _with_options(service, one, point, world)
        for service, one in zip(services, changes, strict=True)
    ]
    world.keep(*changed)
    ids = [{"serviceSouscritId": service.id} for service in changed]
    return message.answer(
        "commanderModificationOptionsServicesAccesDonneesResponse",
        {"servicesModifies": {"serviceSouscritId": ids}},
    )


def _with_options(
    service: Subscription, change: RequestMessage, point: Point, world: World
) -> Subscription:
    """The service with some options added and others removed. Raises: Refusal."""
    data = service.data or ""
    added, taken = (
        _read_options(change.each(f"{block}/optionPublication"), data, world, service.end)
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
    kept = (one for one in service.options if _kind(one) not in removed)
    options = (*kept, *added)
    _check_options(options, data, point)
    return replace(service, options=options)


def _kind(option: Option) -> tuple[str, bool | None]:
    return option.periodicity, option.corrected


@plays("commanderRenouvellementServicesAccesDonnees")
def renew(message: RequestMessage, world: World) -> bytes:
    """Version 1.0: renew services to a later end, all or none (…GUI.0531 ch. 4).

    Options stay. Ids stay unless the scenario gives renewed services new ids.
    """
    point = ordered_point(message, world)
    # services first: homologation answers SGT4O3, not SGT566, to a wrong direction without consent
    services = _named_services(message, world, "serviceSouscritId")
    check_consent(message, f"{GENERAL}/declarationAccordClient")
    end = message.day_or_none(f"{GENERAL}/dateFin")
    _check_end(point, end, world.today)
    if end is not None and any(one.end is None or end <= one.end for one in services):
        raise Refusal("SGT569", "La date de fin doit suivre la date de fin actuelle.")
    begin = world.today if world.renews_anew else None
    renewed = []
    for one in services:
        options = tuple(
            replace(option, start=begin or option.start, end=end) for option in one.options
        )
        id_ = world.new_service_id() if begin else one.id
        renewed.append(replace(one, id=id_, start=begin or one.start, end=end, options=options))
    if begin:
        world.keep(*(one.stop(world.today, RENEWED) for one in services))
    world.keep(*renewed)
    content = [{"affaireId": world.new_case(), "serviceSouscritId": one.id} for one in renewed]
    return message.answer(
        "commanderRenouvellementServicesAccesDonneesResponse",
        {"servicesRenouveles": {"serviceRenouvele": content}},
    )


@plays("commanderArretServicesAccesDonnees")
def stop_several(message: RequestMessage, world: World) -> bytes:
    """Version 1.0: stop services and their options, all or none (…GUI.0531 ch. 5)."""
    ordered_point(message, world)
    services = _named_services(message, world, "serviceSouscritId")
    world.keep(*(service.stop(world.today) for service in services))
    content = [{"affaireId": world.new_case(), "serviceSouscritId": one.id} for one in services]
    return message.answer(
        "commanderArretServicesAccesDonneesResponse",
        {"servicesResilies": {"serviceResilie": content}},
    )


def _access(
    point: Point, world: World, *, data: str, direction: str, contract: str, end: date | None
) -> Subscription:
    """A new access service that begins today.

    Raises:
        Refusal: SGT4Q1 for an unknown type of data, SGT4H8 for maximum power of a business, SGT4H7
            for a curve that the customer opposes.
    """
    check_data(data, tuple(_ACCESS_LABELS))
    if data == "PMAX" and not point.mass_market:
        raise Refusal("SGT4H8", "Le segment n'est pas compatible avec PMAX.")
    check_opposition(point, data, direction, world)
    curve_step = "PT30M" if point.mass_market else "PT5M"
    return Subscription(
        id=world.new_service_id(),
        point=point.id,
        kind="ACCES",
        label=_ACCESS_LABELS[data],
        contract=contract,
        data=data,
        direction=direction,
        step={"CDC": curve_step, "IDX": "P1D"}.get(data),
        start=world.today,
        end=end,
    )


def _check_end(point: Point, end: date | None, today: date) -> None:
    """Check an end: at most three years away, and required on the mass market."""
    if end is None:
        if point.mass_market:
            raise Refusal("SGT5O9", "La date de fin est obligatoire, à trois ans au plus.")
        return
    if end < today:
        raise Refusal("SGT568", "La date de fin ne peut précéder la date du jour.")
    if end > months_later(today, 12 * _YEARS):
        raise Refusal("SGT5O9", "La durée d'accès ne peut dépasser trois ans.")


def _read_options(
    elements: Iterable[RequestMessage], data: str, world: World, end: date | None
) -> tuple[Option, ...]:
    """The publication options that a request lists, valid from today on."""
    options = []
    for one in elements:
        periodicity, corrected = one.need("periodiciteTransmission"), None
        if data == "CDC":  # ignored for other data
            one.need("mesuresCorrigees")
            corrected = one.flag("mesuresCorrigees")
        option = Option(periodicity=periodicity, corrected=corrected, start=world.today, end=end)
        options.append(option)
    return tuple(options)


def _check_options(options: tuple[Option, ...], data: str, point: Point) -> None:
    """Refuse options that the data, the segment or their number do not allow."""
    allowed = _HOUSEHOLD if point.mass_market else _BUSINESS
    for option in options:
        if point.mass_market and option.corrected:
            raise Refusal("SGT4H2", "Pas de données corrigées en C5.")
        if (data, option.periodicity, option.corrected) not in allowed:
            raise Refusal("SGT4H5", f"Périodicité {option.periodicity} non autorisée pour {data}.")
    several = not point.mass_market and data == "CDC"
    distinct = {one.corrected for one in options}  # at most one raw and one corrected
    if len(distinct) != len(options) or (len(options) > 1 and not several):
        raise Refusal("SGT463", f"Trop d'options de publication pour {data}.")


def _named_services(message: RequestMessage, world: World, path: str) -> list[Subscription]:
    """The running access services named by an order; one invalid id refuses the whole order.

    `path` leads from `servicesSouscrits` to the ids.

    Raises:
        Refusal: SGT4O3 for an unknown id or the other direction, SGT4O4 for an ended service,
            SGT4O2 for an opposition or a service of another contract.
    """
    contract = message.need(f"{GENERAL}/contratId")
    direction = message.need(f"{GENERAL}/sens")
    known = {one.id: one for one in world.services(message.need(f"{GENERAL}/pointId"))}
    services: dict[str, Subscription] = {}
    for element in message.element.findall(f"demande/servicesSouscrits/{path}"):
        service = known.get(element.text or "")
        if service is None or service.direction != direction:
            raise Refusal("SGT4O3", "Le service souscrit est inconnu sur ce point.")
        # collection services are unknown here; an opposition is the customer's and has no contract
        if service.contract != contract:
            raise Refusal("SGT4O2", "Le demandeur ne peut agir sur ce service.")
        if service.kind != "ACCES":
            raise Refusal("SGT4O3", "Le service n'est pas un service d'accès.")
        if service.state(world.today) == "TERMINE":
            raise Refusal("SGT4O4", "L'état du service ne le permet pas.")
        services[service.id] = service
    return list(services.values())
