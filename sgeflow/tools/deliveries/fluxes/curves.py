"""R63: load curves of a bulk order.

JSON (`mesures[]{idPrm, grandeur[]{…, points[]{d, v, p, n, iv}}}`) or CSV, a row a value. The JSON
names are those of the detailed measures v3; CSV headers are known from real files. R63A (C1 to C4,
P1 to P3) and R63B (C5, P4), which subscriptions deliver, are read as R63: their guide is the same,
no file of them has been seen (inference).

Kept as `load_curve` (W), `load_curve_pri` and `load_curve_prc` (VAr), `voltage_curve` (V);
production as `load_curve_injection`; corrected values (`etapeMetier` BEST) as
`load_curve_corrected`, beside the raw ones (BRUT).
"""

from __future__ import annotations

from sgeflow.core.measures.series import CURVES
from sgeflow.tools.deliveries.model import Family
from sgeflow.tools.deliveries.points import Plan, csv_reader, json_reader

_PLAN = Plan(kinds=CURVES)

FAMILY = Family(
    title="load curves",
    fluxes=("R63", "R63A", "R63B"),
    readers={"json": json_reader(_PLAN), "csv": csv_reader(_PLAN)},
    manual=__doc__ or "",
)
