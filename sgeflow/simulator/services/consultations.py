"""Reads of one point: technical data, billed energies and detailed measures."""

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Any

from sgeflow.simulator import measure_rules
from sgeflow.simulator.dates import months_later, xs_date
from sgeflow.simulator.measure_rules import (
    V2,
    V3,
    MeasureLayout,
    MeasureRequest,
    indexes,
    refusal,
)
from sgeflow.simulator.people import INJECTION, SOUTIRAGE, STATES, Point
from sgeflow.simulator.services import plays
from sgeflow.simulator.shape import ANY_TEXT
from sgeflow.simulator.soap import Refusal, RequestMessage, code_and_label
from sgeflow.simulator.world import DayPeriod, World

# -- technical data and contracts -----------------------------------------------------------------

_DOMAINS = {"BTINF": "BT inf 36 kVA", "BTSUP": "BT sup 36 kVA", "HTA": "HTA"}


@plays("consulterDonneesTechniquesContractuelles")
def read_contract_data(message: RequestMessage, world: World) -> bytes:
    """Version 1.0: technical and contract data of a point (Enedis.SGE.GUI.0464).

    With the customer's authorisation all data, otherwise those that are not personal.
    """
    point = world.point(message.need("pointId"))
    # the consent does not count where the contract has ended
    authorised = message.flag("autorisationClient") or point.state == "RESIL"
    tariff = authorised and point.has(SOUTIRAGE)
    supply = {
        "domaineTension": code_and_label(point.voltage, _DOMAINS[point.voltage]),
        "tensionLivraison": code_and_label("230", "230 V"),
        "puissanceRaccordementSoutirage": (
            _power(point.subscribed_kva + 3) if point.has(SOUTIRAGE) else None
        ),
    }
    content = {
        "@id": point.id,
        "donneesGenerales": _general(point, authorised=authorised),
        "situationAlimentation": {"alimentationPrincipale": supply},
        "situationComptage": _metering(point, authorised=authorised),
        "situationContractuelle": {"structureTarifaire": _tariff(point)} if tariff else None,
    }
    return message.answer("consulterDonneesTechniquesContractuellesResponse", {"point": content})


def _general(point: Point, *, authorised: bool) -> dict[str, Any]:
    changed = xs_date(point.contract_start) if authorised else None
    # the answer's schema knows segments of consumption and INDET
    segment = (point.segment, point.segment) if point.segment else ("INDET", "Indéterminé")
    return {
        "etatContractuel": code_and_label(point.state, STATES[point.state]),
        "adresseInstallation": {
            "escalierEtEtageEtAppartement": point.flat or None,
            "batiment": point.building or None,
            "numeroEtNomVoie": point.street or None,
            "lieuDit": point.locality or None,
            "codePostal": point.postal_code,
            "commune": code_and_label(point.insee, point.town),
        },
        "dateDerniereModificationFormuleTarifaireAcheminement": changed,
        "dateDerniereAugmentationPuissanceSouscrite": changed,
        "segment": code_and_label(*segment) if authorised else None,
        "niveauOuvertureServices": point.level,
    }


def _metering(point: Point, *, authorised: bool) -> dict[str, Any]:
    linky = point.mass_market
    meter = {
        "localisation": code_and_label("INTER", "Intérieur"),
        "matricule": point.serial,
        "ticActivee": True,
        "ticStandard": False,
        "ticActivable": True,
        "plagesHeuresCreuses": point.off_peak,
    }
    medium = "CPL" if linky else "IP" if point.over_ip else "GSM"
    return {
        "dispositifComptage": {
            "typeComptage": code_and_label(*point.meter_type),
            "compteurs": {"compteur": [meter]},
            "disjoncteur": {"calibre": code_and_label("60", "15/60 A")} if linky else None,
        },
        "modeReleve": code_and_label("TELE", "Télérelève"),
        "mediaReleve": code_and_label(medium, medium) if authorised else None,
    }


def _tariff(point: Point) -> dict[str, Any]:
    if point.mass_market:
        formula = code_and_label("BTINFCUST", "Tarif BT inf 36 kVA courte utilisation")
        return {
            "formuleTarifaireAcheminement": formula,
            "puissanceSouscriteMax": _power(point.subscribed_kva),
            "calendrierFrn": code_and_label("FC000001", "Base"),
        }
    periods = [
        {"@code": code, "libelle": label, "puissance": _power(point.subscribed_kva)}
        for code, label in (("HP", "Heures pleines"), ("HC", "Heures creuses"))
    ]
    formula = code_and_label("BTSUPCU4", "Tarif BT sup 36 kVA courte util.")
    return {
        "formuleTarifaireAcheminement": formula,
        "puissanceSouscriteMax": _power(point.subscribed_kva),
        "denivelePuissances": {"classesTemporelles": {"classeTemporelle": periods}},
    }


def _power(kva: int) -> dict[str, Any]:
    return {"valeur": kva, "unite": "kVA"}


# -- the energies of bills ------------------------------------------------------------------------

_MONTHS = 36
_WATT_HOURS = 1000  # of a kWh
_BASE = (("BASE", "Base", 0, 100),)
_HALVES = (("HP", "Heures pleines", 0, 70), ("HC", "Heures creuses", 70, 100))


@plays("consulterMesures")
def read_billed_energies(message: RequestMessage, world: World) -> bytes:
    """Version 1.1: energies of bills (Enedis.SGE.GUI.0455).

    The network's series and, on C5, the supplier's; SGT4G3 before the first reading.
    """
    point = world.point(message.need("pointId"))
    world.check_contract(message.need("contratId"))
    if not message.flag("autorisationClient"):
        # the caller is a third party, so it has no contract with a new customer of the site
        raise Refusal("SGT4G2", "Le demandeur n'est pas éligible pour ce point.")
    # the service has consumption alone, not production
    readings = list(_readings(point, world.today)) if point.has(SOUTIRAGE) else []
    if len(readings) < 2:  # noqa: PLR2004 - a measure lies between two readings
        raise Refusal("SGT4G3", "Aucune mesure trouvée.")
    network = _series(readings, "DI000001" if point.mass_market else "DI000003", point)
    supplier = _series(readings, "FC000001", point) if point.mass_market else None
    return message.answer(
        "consulterMesuresResponse",
        {
            "seriesMesuresDateesGrilleTurpe": {"serie": network},
            "seriesMesuresDateesGrilleFrn": {"serie": supplier} if supplier else None,
        },
    )


def _readings(point: Point, today: date) -> Iterator[tuple[date, int]]:
    """The monthly readings during this customer's contract, each with the register in kWh."""
    if point.measured_since is None:
        return
    start = max(point.contract_start, point.measured_since, months_later(today, -_MONTHS))
    days = list(DayPeriod(start, today).days)
    if not days:
        return
    reading_day = int(point.id[-2:]) % 28 + 1
    for day, total in zip(days, indexes(point, days), strict=True):
        if day.day == reading_day:
            yield day, total // _WATT_HOURS


def _series(readings: list[tuple[date, int]], calendar: str, point: Point) -> list[dict[str, Any]]:
    labels = {"DI000001": "Base", "DI000003": "Heures pleines/creuses", "FC000001": "Base"}
    return [
        {
            "grandeurPhysique": code_and_label("EA", "Energie active"),
            "classeTemporelle": code_and_label(code, label),
            "calendrier": code_and_label(calendar, labels[calendar]),
            "unite": "kWh",
            "mesuresDatees": {"mesure": _measures(readings, low, high)},
        }
        for code, label, low, high in (_BASE if point.mass_market else _HALVES)
    ]


def _measures(readings: list[tuple[date, int]], low: int, high: int) -> list[dict[str, Any]]:
    """Measures of the readings, newest first; the classes of a month add up to its energy."""
    return [
        {
            "valeur": energy * high // 100 - energy * low // 100,
            "dateDebut": xs_date(start),
            "dateFin": xs_date(end),
            "nature": code_and_label("REEL", "Réelle"),
            "declencheur": code_and_label("CYCLIQUE", "Publication cyclique"),
            "statut": code_and_label("INITIALE", "Initiale"),
        }
        for (start, before), (end, after) in reversed(list(pairwise(readings)))
        for energy in (after - before,)
    ]


# -- detailed measures ----------------------------------------------------------------------------

_FREE = {"grandeurPhysique": ANY_TEXT, "initiateurLogin": ANY_TEXT}


@plays("consulterMesuresDetaillees", _FREE)
def read_measures(message: RequestMessage, world: World) -> bytes:
    """Version 2.0: curves, daily energy, maximum power (Enedis.SGE.GUI.0488)."""
    root = "consulterMesuresDetailleesResponse"
    query = measure_rules.read_request(
        message, world, measure_rules.direction_of(message, "demande")
    )
    if not message.flag("demande/accordClient"):
        raise refusal("SGT4K2", "L'accord du client est nécessaire.")
    measure_rules.check(query, world)
    produced = query.direction == INJECTION
    if (query.kind == "PMAX" and produced) or (
        query.kind in ("ENERGIE", "PMAX") and not query.point.mass_market
    ):
        raise refusal("SGT579", "Mesure non disponible pour ce type de point.")
    if query.period.start < query.point.contract_start:
        # v2 refuses a period before the customer's contract, which v3 cuts
        raise refusal("SGT4N1", "La période précède l'arrivée du titulaire actuel.")
    values = measure_rules.quantities(query, V2)
    if not values:
        return message.answer(root, {})
    frame = {
        "pointId": query.point.id,
        "mesuresCorrigees": "BEST" if query.corrected else "BRUT",
        "periode": {
            "dateDebut": xs_date(query.period.start),
            "dateFin": xs_date(query.period.end),
        },
    }
    return measure_rules.put_in_frame(message.answer(root, frame), values)


_ROOT_V3 = "consulterMesuresDetailleesResponseV3"
_SHARES = {"EA": 100, "ER": 33, "ERC": 2, "ERI": 31}  # percent of the active energy
_UNITS = {"EA": "Wh", "PMA": "VA", "DD": "s", "DE": "Wh", "DQ": "W", "TF": "s"}  # otherwise VArh
_SERVICES = {"COURBE": "CDC", "ENERGIE": "ENERGIE", "PMAX": "PMAX", "INDEX": "IDX"}


@plays("consulterMesuresDetailleesV3", _FREE)
def read_measures_v3(message: RequestMessage, world: World) -> bytes:
    """Version 3.0: version 2.0 and daily indexes (Enedis.SGE.GUI.0497).

    Measures from before the customer's contract are left out.
    """
    query = measure_rules.read_request(message, world, message.need("demande/sens"))
    check_measures(query, world)
    _check_access(message.need("demande/cadreAcces"), query, world)
    return answer_measures(message, query, V3)


def check_measures(query: MeasureRequest, world: World) -> None:
    """Refuse measures that the point or its meter does not have."""
    measure_rules.check(query, world)
    if query.kind == "PMAX" and not query.point.mass_market:
        raise refusal("SGT579", "Mesure non disponible pour ce type de point.")


def answer_measures(message: RequestMessage, query: MeasureRequest, layout: MeasureLayout) -> bytes:
    """The measures of a checked request."""
    if query.kind == "INDEX":
        return _indexes(message, query)
    values = measure_rules.quantities(query, layout)
    if not values:
        return message.answer(_ROOT_V3, {})
    return measure_rules.put_in_frame(
        message.answer(_ROOT_V3, _frame(query)), values, _after(query)
    )


def _check_access(frame: str, query: MeasureRequest, world: World) -> None:
    if frame == "ACCORD_CLIENT":
        return
    covered = frame == "SERVICE_ACCES" and any(
        service.kind == "ACCES"
        and (service.data, service.direction) == (_SERVICES[query.kind], query.direction)
        and service.covers(query.period.start, world.today)
        for service in world.services(query.point.id)
    )
    if not covered:  # EST_TITULAIRE is for suppliers; the caller is a third party
        raise refusal("SGT211", "Aucun service d'accès actif sur la période.")


def _frame(query: MeasureRequest) -> dict[str, Any]:
    days = list(measure_rules.available(query))
    start = days[0] if days else query.period.start
    return {
        "pointId": query.point.id,
        "mesuresCorrigees": "BEST" if query.corrected else "BRUT",
        "periode": {"dateDebut": start, "dateFin": query.period.end},
    }


def _after(query: MeasureRequest) -> str:
    if query.kind == "ENERGIE":
        mode = "DIFF.INDEX" if query.point.mass_market else "INTEG.COURBE"
        return f"<typeValeur>GLOBALE</typeValeur><modeCalcul>{mode}</modeCalcul><pas>P1D</pas>"
    step = f"<pas>{query.step}</pas>" if query.step else ""
    return f"<modeCalcul>MESURE</modeCalcul>{step}"


def _indexes(message: RequestMessage, query: MeasureRequest) -> bytes:
    days = list(measure_rules.available(query))
    if not days:
        return message.answer(_ROOT_V3, {})
    # the index at midnight closes the day before
    totals = list(indexes(query.point, days, query.direction))
    registers = []
    for name in measure_rules.names_of(query):
        values = [
            {"d": f"{day.isoformat()} 00:00:00", "v": _read(name, query.point, total), "iv": 0}
            for day, total in zip(days, totals, strict=True)
        ]
        registers.append(_registers(query, name, values))
    context = {
        "etapeMetier": "BRUT",
        "contexteReleve": "COL" if query.point.mass_market else "FMR",
        "typeReleve": "AQ",
        "grandeur": registers,
    }
    frame = _frame(query)
    del frame["mesuresCorrigees"]  # an index has no correction
    return message.answer(_ROOT_V3, {**frame, "contexte": [context]})


def _read(name: str, point: Point, index: int) -> int:
    """The register of a quantity beside the one of active energy; limits were never exceeded."""
    if name == "PMA":
        return point.subscribed_kva * 1000
    return index * _SHARES.get(name, 0) // 100


def _registers(query: MeasureRequest, name: str, values: list[dict[str, Any]]) -> dict[str, Any]:
    """The register of the distributor's calendar and, on a Linky, the total register."""
    side = query.direction[0]  # IDX_EAS: consumption, IDX_EAI: production
    total = {"codeCadran": f"IDX_EA{side}_T", "valeur": values}
    register = {
        "idClasseTemporelle": "BASE",
        "libelleClasseTemporelle": "Base",
        "codeCadran": f"IDX_{name}{side}_D1",
        "valeur": values,
    }
    calendar = {
        "idCalendrier": "DI000001",
        "libelleCalendrier": "Base",
        "classeTemporelle": [register],
    }
    return {
        "grandeurMetier": measure_rules.trade(query),
        "grandeurPhysique": name,
        "unite": _UNITS.get(name, "VArh"),
        "calendrier": [calendar],
        "cadranTotalisateur": total if query.point.mass_market else None,
    }
