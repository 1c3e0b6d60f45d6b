"""ConsultationMesures v1.1: the energies of bills (Enedis.SGE.GUI.0455)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import Any

from sgeflow.simulator.dates import months_later, xs_date
from sgeflow.simulator.measure_rules import indexes
from sgeflow.simulator.people import SOUTIRAGE, Point
from sgeflow.simulator.soap import Refusal, RequestMessage, code_and_label
from sgeflow.simulator.world import DayPeriod, World

_MONTHS = 36
_WATT_HOURS = 1000  # of a kWh
_ROOT = "consulterMesuresResponse"
_BASE = (("BASE", "Base", 0, 100),)
_HALVES = (("HP", "Heures pleines", 0, 70), ("HC", "Heures creuses", 70, 100))


def answer(message: RequestMessage, world: World) -> bytes:
    """The network's series and, on C5, the supplier's; SGT4G3 when nothing was read yet."""
    point = world.point(message.need("pointId"))
    world.check_contract(message.need("contratId"))
    if not message.flag("autorisationClient"):
        # the caller is a third party: it has no contract with a new customer of the site either
        raise Refusal("SGT4G2", "Le demandeur n'est pas éligible pour ce point.")
    # the service tells what was consumed, and nothing of a producer
    readings = list(_readings(point, world.today)) if point.has(SOUTIRAGE) else []
    if len(readings) < 2:  # noqa: PLR2004 - a measure lies between two readings
        raise Refusal("SGT4G3", "Aucune mesure trouvée.")
    network = _series(readings, "DI000001" if point.mass_market else "DI000003", point)
    supplier = _series(readings, "FC000001", point) if point.mass_market else None
    return message.answer(
        _ROOT,
        {
            "seriesMesuresDateesGrilleTurpe": {"serie": network},
            "seriesMesuresDateesGrilleFrn": {"serie": supplier} if supplier else None,
        },
    )


def _readings(point: Point, today: date) -> Iterator[tuple[date, int]]:
    """The monthly readings of this customer's time, each with the register in kWh."""
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
    """Newest first; classes share a month's energy so that they sum exactly to it."""
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
