"""R171: daily readings of C1 to C4 points, which a subscription delivers.

XML, several points a file: `serieMesuresDatees{prmId, grandeurMetier, grandeurPhysique, unite,
typeCalendrier, codeClasseTemporelle, mesureDatee{dateFin, valeur}}`. `dateFin` is the moment of
reading in legal time, without an offset. Kept as R64's: `index_<class>` for active energy,
`index_eri_<class>`, `register_pma_<class>` …, at that moment.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BufferedReader

from sgeflow.core.measures.series import INDEXES, Register
from sgeflow.tools.deliveries.model import DeliveryItem, DeliverySource, Family
from sgeflow.tools.deliveries.registers import name_parts
from sgeflow.tools.deliveries.series import Label, measure_rows, series_of, unknown_quantity
from sgeflow.tools.deliveries.xml import child, parts, required_text


def _read(file: BufferedReader, source: DeliverySource) -> Iterator[DeliveryItem]:
    del source
    for _, element in parts(file, "R171", "serieMesuresDatees"):
        label = Label(
            point=required_text(element, "prmId"),
            quantity=required_text(element, "grandeurPhysique"),
            direction=child(element, "grandeurMetier"),
            unit=required_text(element, "unite"),
        )
        if unknown := unknown_quantity(label, INDEXES):
            yield unknown
            continue
        cell = Register(
            calendar=child(element, "typeCalendrier"),
            time_class=child(element, "codeClasseTemporelle"),
            label=child(element, "libelleClasseTemporelle"),
        )
        series, factor = series_of(label, INDEXES, *name_parts(cell))
        rows = [
            {
                "date": required_text(one, "dateFin"),
                "value": child(one, "valeur") or None,
                "nature": "",
            }
            for one in element.iter("{*}mesureDatee")
        ]
        yield measure_rows(series, factor, rows, stamped="instant")


FAMILY = Family(
    title="daily readings of C1 to C4 points",
    fluxes=("R171",),
    readers={"xml": _read},
    manual=__doc__ or "",
)
