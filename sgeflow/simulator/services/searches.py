"""Searches of points, and of the services on a point."""

from collections.abc import Iterable
from typing import Any

from sgeflow.simulator.dates import xs_date
from sgeflow.simulator.people import STATES, Point, as_searched
from sgeflow.simulator.services import plays
from sgeflow.simulator.soap import Refusal, RequestMessage, code_and_label
from sgeflow.simulator.subscriptions import Option, Subscription
from sgeflow.simulator.world import World

_ADDRESS = "criteres/adresseInstallation"
_NAME = "criteres/nomClientFinalOuDenominationSociale"
# An address complement (staircase, building) is not a criterion by itself.
_OTHERS = (
    f"{_ADDRESS}/numeroEtNomVoie",
    f"{_ADDRESS}/lieuDit",
    "criteres/matriculeOuNumeroSerie",
    "criteres/domaineTensionAlimentationCode",
    _NAME,
    "criteres/categorieClientFinalCode",
)
_MOST = 200
_SHORTEST_NAME = 3


@plays("rechercherPoint")
def find_points(message: RequestMessage, world: World) -> bytes:
    """Version 2.0: points by address, name or SIRET (guide Enedis.SGE.GUI.0427)."""
    has_siret = message.has("criteres/numSiret")
    named = message.has(_NAME) or has_siret
    beyond = message.flag("criteres/rechercheHorsPerimetre") or False
    if not has_siret:
        _check_criteria(message, beyond=beyond)
    matching = [point for point in _candidates(message, world) if _matches(message, point)]
    if named and not beyond:
        matching = [point for point in matching if point.state != "SERVC"]
    elif named and len(matching) > 1:  # a customer in service appears only as a single match
        matching = []
    if len(matching) > _MOST:
        raise Refusal("SGT4F8", "Trop de résultats : la recherche doit être affinée.")
    points = {"point": [_describe(point, named=named) for point in matching]} if matching else None
    return message.answer("rechercherPointResponse", {"points": points})


def _check_criteria(message: RequestMessage, *, beyond: bool) -> None:
    """Refuse a search without SIRET and with too few criteria. Raises: Refusal SGT4F7, SGT4F10."""
    commune = (f"{_ADDRESS}/codePostal", f"{_ADDRESS}/codeInseeCommune")
    if not all(map(message.has, commune)) or not any(map(message.has, _OTHERS)):
        raise Refusal("SGT4F7", "Les critères de recherche sont insuffisants.")
    if not beyond:
        return
    if len(as_searched(message.text(_NAME) or "")) < _SHORTEST_NAME:
        raise Refusal(
            "SGT4F10", "La recherche hors périmètre demande un nom d'au moins 3 caractères."
        )
    if not any(message.has(f"{_ADDRESS}/{part}") for part in ("numeroEtNomVoie", "lieuDit")):
        raise Refusal("SGT4F7", "La recherche hors périmètre demande la voie exacte.")


def _candidates(message: RequestMessage, world: World) -> Iterable[Point]:
    if not message.has(f"{_ADDRESS}/codePostal"):
        return world.points.values()
    postal_code = message.need(f"{_ADDRESS}/codePostal")
    insee = message.text(f"{_ADDRESS}/codeInseeCommune")
    street = message.text(f"{_ADDRESS}/numeroEtNomVoie")
    if insee is None:
        return [one for one in world.points.values() if one.postal_code == postal_code]
    return world.points_at(postal_code, insee, street)


def _matches(message: RequestMessage, point: Point) -> bool:
    domain = message.text("criteres/domaineTensionAlimentationCode")
    category = message.text("criteres/categorieClientFinalCode")
    meter = message.text("criteres/matriculeOuNumeroSerie")
    siret = message.text("criteres/numSiret")
    name = message.text(_NAME)
    locality = message.text(f"{_ADDRESS}/lieuDit")
    flat = message.text(f"{_ADDRESS}/escalierEtEtageEtAppartement")
    building = message.text(f"{_ADDRESS}/batiment")
    return (
        domain in (None, point.voltage)
        and (locality is None or as_searched(locality) == as_searched(point.locality))
        and (flat is None or as_searched(flat) == as_searched(point.flat))
        and (building is None or as_searched(building) == as_searched(point.building))
        and category in (None, "PRO" if point.siret else "RES")
        and meter in (None, point.serial, point.serial[-6:])
        and siret in (None, point.siret)
        and (name is None or as_searched(name) in as_searched(point.name))
    )


def _describe(point: Point, *, named: bool) -> dict[str, Any]:
    return {
        "@id": point.id,
        "adresseInstallationNormalisee": {
            "ligne1": (point.title or point.name)[:38] if named else None,
            "ligne2": point.flat or None,
            "ligne3": point.building or None,
            "ligne4": point.street or None,
            "ligne5": point.locality or None,
            "ligne6": f"{point.postal_code} {point.town}",
            "ligne7": "FRANCE",
        },
        "matricule": point.serial,
        "numeroSerie": point.serial[-6:],
        "typeComptage": code_and_label(*point.meter_type),
        "etatContractuel": code_and_label(point.state, STATES[point.state]),
        "nomClientFinalOuDenominationSociale": point.name if named else None,
    }


# -- services -------------------------------------------------------------------------------------


@plays("rechercherServicesSouscritsMesures")
def find_services(message: RequestMessage, world: World) -> bytes:
    """Version 1.0: services of a contract on a point (…GUI.0475)."""
    found = []
    for service in _found_services(message, world):
        known = _describe_service(service, world, "serviceSouscritType", {"@code": service.kind})
        if service.contract is None:
            known |= {"injection": None, "soutirage": None}
        known["mesuresCorrigees"] = service.corrected
        known["periodiciteTransmission"] = service.periodicity
        found.append(known)
    return message.answer(
        "rechercherServicesSouscritsMesuresResponse",
        {"servicesSouscritsMesures": {"serviceSouscritMesures": found} if found else None},
    )


@plays("rechercherServicesAccesDonnees")
def find_accesses(message: RequestMessage, world: World) -> bytes:
    """Version 1.0: services with their publication options (…GUI.0537).

    XSD and WSDL misspell the root element; the guide prints `…Response`.
    """
    found = []
    for service in _found_services(message, world):
        options = service.options
        if not options and service.periodicity is not None:
            options = (
                Option(
                    periodicity=service.periodicity,
                    corrected=service.corrected,
                    start=service.start,
                    end=service.end,
                ),
            )
        published = {"optionPublication": [_option(one, service) for one in options]}
        known = _describe_service(service, world, "serviceSouscritCode", service.kind)
        found.append(known | {"optionsPublication": published if options else None})
    return message.answer(
        "rechercherServicesAccesDonneesReponse",
        {"servicesSouscrits": {"serviceSouscrit": found} if found else None},
    )


def _option(option: Option, service: Subscription) -> dict[str, Any]:
    end = service.stopped or option.end
    return {
        "mesuresCorrigees": option.corrected if service.data == "CDC" else None,
        "periodiciteTransmission": option.periodicity,
        "dateDebut": xs_date(option.start),
        "dateFin": xs_date(end) if end else None,
    }


def _found_services(message: RequestMessage, world: World) -> list[Subscription]:
    """Our services on the searched point, and oppositions, which every caller may see."""
    point = world.point(message.need("criteres/pointId"))
    contract = message.need("criteres/contratId")
    world.check_contract(contract)
    return [one for one in world.visible_services(point.id) if one.contract in (None, contract)]


def _describe_service(
    service: Subscription, world: World, kind_name: str, kind: Any
) -> dict[str, Any]:
    """A service in the form of both searches, with the element of its kind."""
    end = service.stopped or service.end
    return {
        "serviceSouscritId": service.id,
        "pointId": service.point,
        kind_name: kind,
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
    }
