"""ConsultationMesuresDetaillees v2.0: curves, daily energy, maximum power (Enedis.SGE.GUI.0488)."""

from __future__ import annotations

from collections.abc import Mapping

from sgeflow.simulator import measures
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
    asked = measures.asked(message, world, measures.direction_of(message, "demande"))
    if not message.flag("demande/accordClient"):
        raise measures.refusal("SGT4K2", "L'accord du client est nécessaire.")
    measures.check(asked, world)
    produced = asked.direction == INJECTION
    if (asked.kind == "PMAX" and produced) or (
        asked.kind in ("ENERGIE", "PMAX") and not asked.point.mass_market
    ):
        raise measures.refusal("SGT579", "Mesure non disponible pour ce type de point.")
    if asked.period.start < asked.point.contract_start:
        # v2 refuses what v3 cuts: the customer must have held the point all along
        raise measures.refusal("SGT4N1", "La période précède l'arrivée du titulaire actuel.")
    found = measures.quantities(asked, V2)
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
    return measures.framed(message.answer(_ROOT, frame), found)
