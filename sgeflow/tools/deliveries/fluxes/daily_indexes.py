"""R151: daily readings and maximum power of C5 points, which a subscription delivers.

XML, several points a file, several readings a point. `Date_Releve` is the day at whose end was
read: the reading is kept at the midnight that follows, where the detailed measures and R64 stamp
it.

Kept as `index_<class>` (`Classe_Temporelle_Distributeur`) and
`index_supplier_<calendar>_<class>_<register>` (`Classe_Temporelle`), in Wh; a class that is INCONNU
by its register, as R64 names it (`index_supplier_<calendar>_idx_eas_f1`). The maximum power has no
time: it is kept for the whole day as `daily_max_power` (VA), beside `max_power`, whose values stand
at the instant of the peak.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from io import BufferedReader
from typing import Any

from sgeflow.core.measures.series import INDEXES, QuantityKind, Register
from sgeflow.core.soap.xml import Element, find_children
from sgeflow.tools.deliveries.model import DeliveredMeasures, DeliveryItem, DeliverySource, Family
from sgeflow.tools.deliveries.points import DeliveredRows, doubtful
from sgeflow.tools.deliveries.registers import name_parts
from sgeflow.tools.deliveries.series import Label, day_of, measure_rows, series_of
from sgeflow.tools.deliveries.xml import child, parts, required_text

_GRIDS = {
    "Classe_Temporelle_Distributeur": ("D", "Id_Calendrier_Distributeur"),
    "Classe_Temporelle": ("F", "Id_Calendrier_Fournisseur"),
}
_PEAKS = {"PMA": QuantityKind("daily_max_power", "VA")}


def _read(file: BufferedReader, source: DeliverySource) -> Iterator[DeliveryItem]:
    del source
    energy, power = "Wh", "VA"
    for name, element in parts(file, "R151", "En_Tete_Flux", "PRM"):
        if name == "En_Tete_Flux":
            energy = child(element, "Unite_Mesure_Index") or energy
            power = child(element, "Unite_Mesure_Puissance") or power
            continue
        point = required_text(element, "Id_PRM")
        yield from _indexes(Label(point=point, quantity="EA", direction="", unit=energy), element)
        yield from _peaks(Label(point=point, quantity="PMA", direction="", unit=power), element)


def _indexes(label: Label, element: Element) -> Iterator[DeliveredMeasures]:
    groups: dict[tuple[str, ...], DeliveredRows] = defaultdict(list)
    for reading in find_children(element, "Donnees_Releve"):
        after = _day(reading) + timedelta(days=1)
        for tag, (grid, name) in _GRIDS.items():
            calendar = child(reading, name)
            for one in find_children(reading, tag):
                groups[name_parts(_register(one, grid, calendar))].append(
                    _row(f"{after} 00:00:00", one)
                )
    for names, rows in groups.items():
        series, factor = series_of(label, INDEXES, *names)
        yield measure_rows(series, factor, rows, stamped="instant", doubtful=doubtful(rows))


def _register(element: Element, grid: str, calendar: str) -> Register:
    """The register of a reading, its code as R64 writes it."""
    rank = child(element, "Rang_Cadran")
    return Register(
        calendar=calendar,
        grid=grid,
        time_class=child(element, "Id_Classe_Temporelle"),
        code=f"IDX_EAS_{grid}{rank}" if rank else "",
        label=child(element, "Libelle_Classe_Temporelle"),
    )


def _peaks(label: Label, element: Element) -> Iterator[DeliveredMeasures]:
    rows = [
        _row(_day(reading).isoformat(), one)
        for reading in find_children(element, "Donnees_Releve")
        for one in find_children(reading, "Puissance_Maximale")
    ]
    if rows:
        series, factor = series_of(label, _PEAKS)
        yield measure_rows(series, factor, rows, stamped="day", step="P1D")


def _row(stamp: str, element: Element) -> dict[str, Any]:
    return {
        "date": stamp,
        "value": child(element, "Valeur") or None,
        "nature": "",
        "validity": child(element, "Indice_Vraisemblance"),
    }


def _day(reading: Element) -> date:
    return day_of(required_text(reading, "Date_Releve"))


FAMILY = Family(
    title="daily readings of C5 points",
    fluxes=("R151",),
    readers={"xml": _read},
    manual=__doc__ or "",
)
