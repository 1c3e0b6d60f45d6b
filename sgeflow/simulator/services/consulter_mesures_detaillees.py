"""ConsultationMesuresDetaillees v2.0: curves, daily energy, maximum power (Enedis.SGE.GUI.0488)."""

from __future__ import annotations

from collections.abc import Mapping

from sgeflow.simulator import measure_rules
from sgeflow.simulator.dates import dated
from sgeflow.simulator.layouts import V2
from sgeflow.simulator.message import Message
from sgeflow.simulator.people import INJECTION
from sgeflow.simulator.shape import Schema
from sgeflow.simulator.world import World

FREE: Mapping[str, Schema] = {
    "grandeurPhysique": {},
    "initiateurLogin": {},
}

_ROOT = "consulterMesuresDetailleesResponse"


def answer(message: Message, world: World) -> bytes:
    """The measures of the period; an empty root when there are none."""
    asked = measure_rules.asked(message, world, measure_rules.direction_of(message, "demande"))
    if not message.flag("demande/accordClient"):
        raise measure_rules.refusal("SGT4K2", "L'accord du client est nécessaire.")
    measure_rules.check(asked, world)
    produced = asked.direction == INJECTION
    if (asked.kind == "PMAX" and produced) or (
        asked.kind in ("ENERGIE", "PMAX") and not asked.point.mass_market
    ):
        raise measure_rules.refusal("SGT579", "Mesure non disponible pour ce type de point.")
    if asked.period.start < asked.point.contract_start:
        # v2 refuses what v3 cuts: the customer must have held the point all along
        raise measure_rules.refusal("SGT4N1", "La période précède l'arrivée du titulaire actuel.")
    found = measure_rules.quantities(asked, V2)
    if not found:
        return message.answer(_ROOT, {})
    frame = {
        "pointId": asked.point.id,
        "mesuresCorrigees": "BEST" if asked.corrected else "BRUT",
        "periode": {
            "dateDebut": dated(asked.period.start),
            "dateFin": dated(asked.period.end),
        },
    }
    return measure_rules.framed(message.answer(_ROOT, frame), found)
