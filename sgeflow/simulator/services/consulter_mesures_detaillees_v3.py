"""ConsultationMesuresDetaillees v3.0: as v2, and daily indexes (Enedis.SGE.GUI.0497)."""

from __future__ import annotations

from typing import Any

from sgeflow.simulator import measure_rules
from sgeflow.simulator.measure_rules import V3
from sgeflow.simulator.people import Point
from sgeflow.simulator.shape import ANY_TEXT
from sgeflow.simulator.soap import RequestMessage
from sgeflow.simulator.world import World

FREE = {
    "grandeurPhysique": ANY_TEXT,
    "initiateurLogin": ANY_TEXT,
}

_ROOT = "consulterMesuresDetailleesResponseV3"
_SHARES = {"EA": 100, "ER": 33, "ERC": 2, "ERI": 31}  # of the active energy, in percent
_UNITS = {"EA": "Wh", "PMA": "VA", "DD": "s", "DE": "Wh", "DQ": "W", "TF": "s"}  # else VArh
_SERVICES = {"COURBE": "CDC", "ENERGIE": "ENERGIE", "PMAX": "PMAX", "INDEX": "IDX"}


def answer(message: RequestMessage, world: World) -> bytes:
    """The measures of the period, cut to the customer's own; an empty root without any."""
    query = measure_rules.read_request(message, world, message.need("demande/sens"))
    measure_rules.check(query, world)
    if query.kind == "PMAX" and not query.point.mass_market:
        raise measure_rules.refusal("SGT579", "Mesure non disponible pour ce type de point.")
    _check_access(message.need("demande/cadreAcces"), query, world)
    if query.kind == "INDEX":
        return _indexes(message, query)
    values = measure_rules.quantities(query, V3)
    if not values:
        return message.answer(_ROOT, {})
    return measure_rules.put_in_frame(message.answer(_ROOT, _frame(query)), values, _after(query))


def _check_access(frame: str, query: measure_rules.MeasureRequest, world: World) -> None:
    if frame == "ACCORD_CLIENT":
        return
    covered = frame == "SERVICE_ACCES" and any(
        service.kind == "ACCES"
        and (service.data, service.direction) == (_SERVICES[query.kind], query.direction)
        and service.covers(query.period.start, world.today)
        for service in world.services(query.point.id)
    )
    if not covered:  # EST_TITULAIRE is a supplier's, and a third party is none
        raise measure_rules.refusal("SGT211", "Aucun service d'accès actif sur la période.")


def _frame(query: measure_rules.MeasureRequest) -> dict[str, Any]:
    days = list(measure_rules.available(query))
    start = days[0] if days else query.period.start
    return {
        "pointId": query.point.id,
        "mesuresCorrigees": "BEST" if query.corrected else "BRUT",
        "periode": {"dateDebut": start, "dateFin": query.period.end},
    }


def _after(query: measure_rules.MeasureRequest) -> str:
    if query.kind == "ENERGIE":
        mode = "DIFF.INDEX" if query.point.mass_market else "INTEG.COURBE"
        return f"<typeValeur>GLOBALE</typeValeur><modeCalcul>{mode}</modeCalcul><pas>P1D</pas>"
    step = f"<pas>{query.step}</pas>" if query.step else ""
    return f"<modeCalcul>MESURE</modeCalcul>{step}"


def _indexes(message: RequestMessage, query: measure_rules.MeasureRequest) -> bytes:
    days = list(measure_rules.available(query))
    if not days:
        return message.answer(_ROOT, {})
    # the reading at midnight holds the consumption of the day before
    indexes = list(measure_rules.indexes(query.point, days, query.direction))
    registers = [
        _registers(
            query,
            name,
            [
                {"d": f"{day.isoformat()} 00:00:00", "v": _read(name, query.point, index), "iv": 0}
                for day, index in zip(days, indexes, strict=True)
            ],
        )
        for name in measure_rules.names_of(query)
    ]
    context = {
        "etapeMetier": "BRUT",
        "contexteReleve": "COL" if query.point.mass_market else "FMR",
        "typeReleve": "AQ",
        "grandeur": registers,
    }
    frame = _frame(query)
    del frame["mesuresCorrigees"]  # an index is neither corrected nor not
    return message.answer(_ROOT, {**frame, "contexte": [context]})


def _read(name: str, point: Point, index: int) -> int:
    """The register of a quantity beside one of active energy; no limit was overrun."""
    if name == "PMA":
        return point.subscribed_kva * 1000
    return index * _SHARES.get(name, 0) // 100


def _registers(
    query: measure_rules.MeasureRequest, name: str, values: list[dict[str, Any]]
) -> dict[str, Any]:
    """One register of the distributor's calendar and, on a Linky, the one of all registers."""
    side = query.direction[0]  # IDX_EAS: of what is consumed, IDX_EAI: of what is produced
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
