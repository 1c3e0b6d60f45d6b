"""ConsultationMesuresDetaillees v3.0: as v2, and daily indexes (Enedis.SGE.GUI.0497)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sgeflow.simulator import measure_rules
from sgeflow.simulator.layouts import V3
from sgeflow.simulator.message import Message
from sgeflow.simulator.people import Point
from sgeflow.simulator.shape import Schema
from sgeflow.simulator.world import World

FREE: Mapping[str, Schema] = {
    "grandeurPhysique": {},
    "initiateurLogin": {},
}

_ROOT = "consulterMesuresDetailleesResponseV3"
_SHARES = {"EA": 100, "ER": 33, "ERC": 2, "ERI": 31}  # of the active energy, in percent
_UNITS = {"EA": "Wh", "PMA": "VA", "DD": "s", "DE": "Wh", "DQ": "W", "TF": "s"}  # else VArh
_SERVICES = {"COURBE": "CDC", "ENERGIE": "ENERGIE", "PMAX": "PMAX", "INDEX": "IDX"}


def answer(message: Message, world: World) -> bytes:
    """The measures of the period, cut to the customer's own; an empty root without any."""
    asked = measure_rules.asked(message, world, message.need("demande/sens"))
    measure_rules.check(asked, world)
    if asked.kind == "PMAX" and not asked.point.mass_market:
        raise measure_rules.refusal("SGT579", "Mesure non disponible pour ce type de point.")
    _check_access(message.need("demande/cadreAcces"), asked, world)
    if asked.kind == "INDEX":
        return _indexes(message, asked)
    found = measure_rules.quantities(asked, V3)
    if not found:
        return message.answer(_ROOT, {})
    return measure_rules.framed(message.answer(_ROOT, _frame(asked)), found, _after(asked))


def _check_access(frame: str, asked: measure_rules.Asked, world: World) -> None:
    if frame == "ACCORD_CLIENT":
        return
    covered = frame == "SERVICE_ACCES" and any(
        service.kind == "ACCES"
        and (service.data, service.direction) == (_SERVICES[asked.kind], asked.direction)
        and service.covers(asked.period.start, world.today)
        for service in world.services(asked.point.id)
    )
    if not covered:  # EST_TITULAIRE is a supplier's, and a third party is none
        raise measure_rules.refusal("SGT211", "Aucun service d'accès actif sur la période.")


def _frame(asked: measure_rules.Asked) -> dict[str, Any]:
    days = list(measure_rules.available(asked))
    start = days[0] if days else asked.period.start
    return {
        "pointId": asked.point.id,
        "mesuresCorrigees": "BEST" if asked.corrected else "BRUT",
        "periode": {"dateDebut": start, "dateFin": asked.period.end},
    }


def _after(asked: measure_rules.Asked) -> str:
    if asked.kind == "ENERGIE":
        mode = "DIFF.INDEX" if asked.point.mass_market else "INTEG.COURBE"
        return f"<typeValeur>GLOBALE</typeValeur><modeCalcul>{mode}</modeCalcul><pas>P1D</pas>"
    step = f"<pas>{asked.step}</pas>" if asked.step else ""
    return f"<modeCalcul>MESURE</modeCalcul>{step}"


def _indexes(message: Message, asked: measure_rules.Asked) -> bytes:
    days = list(measure_rules.available(asked))
    if not days:
        return message.answer(_ROOT, {})
    # the reading at midnight holds the consumption of the day before
    indexes = list(measure_rules.indexes(asked.point, days, asked.direction))
    registers = [
        _registers(
            asked,
            name,
            [
                {"d": f"{day.isoformat()} 00:00:00", "v": _read(name, asked.point, index), "iv": 0}
                for day, index in zip(days, indexes, strict=True)
            ],
        )
        for name in measure_rules.names_of(asked)
    ]
    context = {
        "etapeMetier": "BRUT",
        "contexteReleve": "COL" if asked.point.mass_market else "FMR",
        "typeReleve": "AQ",
        "grandeur": registers,
    }
    frame = _frame(asked)
    del frame["mesuresCorrigees"]  # an index is neither corrected nor not
    return message.answer(_ROOT, {**frame, "contexte": [context]})


def _read(name: str, point: Point, index: int) -> int:
    """What the register of a quantity shows beside one of active energy; no limit was overrun."""
    if name == "PMA":
        return point.subscribed_kva * 1000
    return index * _SHARES.get(name, 0) // 100


def _registers(
    asked: measure_rules.Asked, name: str, values: list[dict[str, Any]]
) -> dict[str, Any]:
    """One register of the distributor's calendar and, on a Linky, the one of all registers."""
    side = asked.direction[0]  # IDX_EAS: of what is consumed, IDX_EAI: of what is produced
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
        "grandeurMetier": measure_rules.trade(asked),
        "grandeurPhysique": name,
        "unite": _UNITS.get(name, "VArh"),
        "calendrier": [calendar],
        "cadranTotalisateur": total if asked.point.mass_market else None,
    }
