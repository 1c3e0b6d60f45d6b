"""R50: half-hours of C5 points, which a subscription delivers every day, week or month.

XML, several points a file: `PRM{Id_PRM, Donnees_Releve{PDC{H, V, IV}}}`. H carries its offset and
marks the end of the half-hour; V is W and may be missing. Kept as `load_curve` with nature B: these
are the raw values of a Linky, which the web services mark so.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BufferedReader
from typing import Any

from sgeflow.core.measures.series import CURVES
from sgeflow.core.soap.xml import Element, find_children
from sgeflow.tools.deliveries.model import DeliverySource, Family, Piece
from sgeflow.tools.deliveries.points import doubtful
from sgeflow.tools.deliveries.series import Label, measure_rows, minutes, series_of
from sgeflow.tools.deliveries.xml import child, parts, required_text

_RAW = "B"


def _read(file: BufferedReader, source: DeliverySource) -> Iterator[Piece]:
    del source  # R50 is C5 alone: its stamps mark the end
    step = "PT30M"
    for name, element in parts(file, "R50", "En_Tete_Flux", "PRM"):
        if name == "En_Tete_Flux":
            step = minutes(child(element, "Pas_Publication") or "30")
            continue
        label = Label(point=required_text(element, "Id_PRM"), quantity="PA", direction="", unit="W")
        series, factor = series_of(label, CURVES)
        rows = list(_rows(element, step))
        yield measure_rows(series, factor, rows, stamped="end", doubtful=doubtful(rows))


def _rows(element: Element, step: str) -> Iterator[dict[str, Any]]:
    for reading in find_children(element, "Donnees_Releve"):
        for point in find_children(reading, "PDC"):
            yield {
                "date": required_text(point, "H"),
                "value": child(point, "V") or None,
                "step": step,
                "nature": _RAW,
                "validity": child(point, "IV"),
            }


FAMILY = Family(
    title="half-hours of C5 points",
    fluxes=("R50",),
    readers={"xml": _read},
    manual=__doc__ or "",
)
