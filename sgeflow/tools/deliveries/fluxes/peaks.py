"""R66: daily maximum power of a bulk order.

JSON as R63, a point a day stamped with the instant of the peak; CSV as R63 (inference: no CSV of
R66 has been seen, nor any file of R66B, which subscriptions deliver). Kept as `max_power` (VA) at
that instant; the phases of a three-phase meter as `max_power_phase1` to `max_power_phase3`.
"""

from __future__ import annotations

from sgeflow.core.measures.series import PEAKS
from sgeflow.tools.deliveries.model import Family
from sgeflow.tools.deliveries.points import Plan, csv_reader, json_reader

_PLAN = Plan(kinds=PEAKS, stamped="instant")

FAMILY = Family(
    title="daily maximum power",
    fluxes=("R66", "R66B"),
    readers={"json": json_reader(_PLAN), "csv": csv_reader(_PLAN)},
    manual=__doc__ or "",
)
