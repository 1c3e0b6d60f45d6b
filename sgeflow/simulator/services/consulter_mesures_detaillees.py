"""ConsultationMesuresDetaillees v2.0: curves, daily energy, maximum power (Enedis.SGE.GUI.0488)."""

from __future__ import annotations

from sgeflow.simulator import measure_rules
from sgeflow.simulator.dates import xs_date
from sgeflow.simulator.measure_rules import V2
from sgeflow.simulator.people import INJECTION
from sgeflow.simulator.shape import ANY_TEXT
from sgeflow.simulator.soap import RequestMessage
from sgeflow.simulator.world import World

FREE = {
    "grandeurPhysique": ANY_TEXT,
    "initiateurLogin": ANY_TEXT,
}

_ROOT = "consulterMesuresDetailleesResponse"


def answer(message: RequestMessage, world: World) -> bytes:
    """The measures of the period; an empty root when there are none."""
    query = measure_rules.read_request(
        message, world, measure_rules.direction_of(message, "demande")
    )
    if not message.flag("demande/accordClient"):
        raise measure_rules.refusal("SGT4K2", "L'accord du client est nécessaire.")
    measure_rules.check(query, world)
    produced = query.direction == INJECTION
    if (query.kind == "PMAX" and produced) or (
        query.kind in ("ENERGIE", "PMAX") and not query.point.mass_market
    ):
        raise measure_rules.refusal("SGT579", "Mesure non disponible pour ce type de point.")
    if query.period.start < query.point.contract_start:
        # v2 refuses what v3 cuts: the customer must have held the point all along
        raise measure_rules.refusal("SGT4N1", "La période précède l'arrivée du titulaire actuel.")
    values = measure_rules.quantities(query, V2)
    if not values:
        return message.answer(_ROOT, {})
    frame = {
        "pointId": query.point.id,
        "mesuresCorrigees": "BEST" if query.corrected else "BRUT",
        "periode": {
            "dateDebut": xs_date(query.period.start),
            "dateFin": xs_date(query.period.end),
        },
    }
    return measure_rules.put_in_frame(message.answer(_ROOT, frame), values)
