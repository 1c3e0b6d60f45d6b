"""R65: daily energy of a bulk order.

JSON as R63, a point a day (`{d: 2025-05-01, v: 7421}`); CSV as R63 (inference: no CSV of R65 has
been seen). Kept as `daily_energy` (Wh), from midnight to midnight; reactive energy as
`daily_energy_eri` and `daily_energy_erc` (VArh).
"""

from __future__ import annotations

from sgeflow.core.measures.series import ENERGIES
from sgeflow.tools.deliveries.model import Family
from sgeflow.tools.deliveries.points import Plan, csv_reader, json_reader

_PLAN = Plan(kinds=ENERGIES, stamped="day", step="P1D")

FAMILY = Family(
    title="daily energy",
    fluxes=("R65",),
    readers={"json": json_reader(_PLAN), "csv": csv_reader(_PLAN)},
    manual=__doc__ or "",
)
