"""R4Q, R4H, R4M: load curves of C1 to C4 points, which a subscription delivers.

XML, one point a file, a `Donnees_Courbe` a quantity (EA, ERI, ERC, E) with points `{Horodatage,
Valeur_Point, Statut_Point}` of 10 minutes, or 5. The stamp carries its offset and marks the start.
kW become W, kWr VAr. Kept as R63's: `load_curve`, `load_curve_pri`, `load_curve_prc`,
`voltage_curve`; corrected values (`Nature_De_Courbe_Demandee` Corrigee) as `load_curve_corrected`.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BufferedReader
from typing import Any

from sgeflow.core.measures.series import CURVES
from sgeflow.core.soap.xml import Element, find_children
from sgeflow.tools.deliveries.model import DeliveryItem, DeliverySource, Family
from sgeflow.tools.deliveries.series import (
    Label,
    measure_rows,
    minutes,
    series_of,
    unknown_quantity,
)
from sgeflow.tools.deliveries.xml import child, parts, required_text


def _read(file: BufferedReader, source: DeliverySource) -> Iterator[DeliveryItem]:
    del source  # C1 to C4 alone: their stamps mark the start
    stage = ""
    for name, body in parts(file, "Courbe", "Entete", "Corps"):
        if name == "Entete":
            stage = child(body, "Nature_De_Courbe_Demandee")
            continue
        point = required_text(body, "Identifiant_PRM")
        for curve in find_children(body, "Donnees_Courbe"):
            label = Label(
                point=point,
                quantity=required_text(curve, "Grandeur_Physique"),
                direction=child(curve, "Grandeur_Metier"),
                unit=required_text(curve, "Unite_Mesure"),
                stage=stage,
            )
            if unknown := unknown_quantity(label, CURVES):
                yield unknown
                continue
            series, factor = series_of(label, CURVES)
            rows = list(_rows(curve, minutes(required_text(curve, "Granularite"))))
            yield measure_rows(series, factor, rows, stamped="start")


def _rows(curve: Element, step: str) -> Iterator[dict[str, Any]]:
    for point in find_children(curve, "Donnees_Point_Mesure"):
        yield {
            "date": point.get("Horodatage"),
            "value": point.get("Valeur_Point") or None,
            "step": step,
            "nature": point.get("Statut_Point") or "",
        }


FAMILY = Family(
    title="load curves of C1 to C4 points",
    fluxes=("R4Q", "R4H", "R4M"),
    readers={"xml": _read},
    manual=__doc__ or "",
)
