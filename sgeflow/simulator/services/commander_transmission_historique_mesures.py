"""CommandeTransmissionHistoriqueMesures v1.0: the history of one point, as a file (…GUI.0453)."""

from __future__ import annotations

from sgeflow.simulator import order_rules
from sgeflow.simulator.measure_rules import check_contract, check_dates
from sgeflow.simulator.people import SOUTIRAGE, Point
from sgeflow.simulator.shape import ANY_TEXT
from sgeflow.simulator.soap import Refusal, RequestMessage
from sgeflow.simulator.world import DayPeriod, World

FREE = {
    "civilite": {"maxLength": 15},
    "mesureType": ANY_TEXT,
}

_HISTORY = "demande/historiqueMesures"
_CONSENT = f"{_HISTORY}/declarationAccordClient"
_DEPTHS = {"CDC": 24, "IDX": 36}  # months


def answer(message: RequestMessage, world: World) -> bytes:
    """Open a case of the file."""
    point = order_rules.ordered_point(message, world)
    order_rules.check_object(message, "HDM")
    if not message.flag(f"{_CONSENT}/accordClient"):
        raise Refusal("SGT4K2", "L'accord du client est nécessaire.")
    if message.has(f"{_CONSENT}/personnePhysique") and message.has(f"{_CONSENT}/personneMorale"):
        raise Refusal("SGT562", "Message non conforme : personnePhysique ou personneMorale.")
    data = message.need(f"{_HISTORY}/mesureType")
    order_rules.check_data(data, tuple(_DEPTHS))
    period = DayPeriod(message.day(f"{_HISTORY}/dateDebut"), message.day(f"{_HISTORY}/dateFin"))
    check_dates(period, world.today, _DEPTHS[data])
    _check_form(message, point, data)
    _check_point(point, data, period, world)
    case = world.open_case(message.operation.name, (point.id,), (point.id,))
    label = "Historique de courbe de charge" if data == "CDC" else "Historique d'index"
    sheet = {"@code": "F380" if data == "CDC" else "F385", "libelle": label}
    return message.answer(
        "commanderTransmissionHistoriqueMesuresResponse",
        {"affaireId": case.id, "prestations": {"prestation": [{"rang": 1, "fiche": sheet}]}},
    )


def _check_form(message: RequestMessage, point: Point, data: str) -> None:
    step = message.text(f"{_HISTORY}/pasCdc/valeur")
    allowed = (None, "30" if point.mass_market else "10") if data == "CDC" else (None,)
    if step not in allowed:
        raise Refusal("SGT441", f"Pas {step} non autorisé.")
    if point.mass_market and message.flag(f"{_HISTORY}/mesureCorrigee"):
        raise Refusal("SGT4H2", "Pas de données corrigées en C5.")


def _check_point(point: Point, data: str, period: DayPeriod, world: World) -> None:
    check_contract(point, SOUTIRAGE)  # the message names no direction
    if point.state != "SERVC":
        raise Refusal("SGT4M1", "Le point est résilié.")
    if data == "CDC" and point.mass_market and point.level < "2":
        raise Refusal("SGT4M8", "Le compteur ne fournit pas de courbe de charge.")
    if data == "CDC" and world.opposes_curve(point.id):
        raise Refusal("SGT4N5", "Le client s'oppose à l'enregistrement de la courbe.")
    if period.start < point.contract_start:
        raise Refusal("SGT4N1", "La période précède l'arrivée du titulaire actuel.")
    if data == "CDC" and point.curve_since is None:
        raise Refusal("SGT4L9", "Aucune courbe n'a été mise à disposition sur la période.")
