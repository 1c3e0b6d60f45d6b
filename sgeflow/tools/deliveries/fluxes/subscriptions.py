"""R50, R151, R171, R4Q, R4H, R4M: the XML files that subscriptions deliver.

R50 has half-hours of C5 points, every day, week or month; several points a file:
`PRM{Id_PRM, Donnees_Releve{PDC{H, V, IV}}}`. H carries its offset and marks the end of the
half-hour; V is W and may be missing. Kept as `load_curve` with nature B: these are the raw values
of a Linky, which the web services mark so.

R151 has daily readings and maximum power of C5 points; several points a file, several readings a
point. `Date_Releve` is the day at whose end was read: the reading is kept at the midnight that
follows, where the detailed measures and R64 stamp it. Kept as `index_<class>`
(`Classe_Temporelle_Distributeur`) and `index_supplier_<calendar>_<class>_<register>`
(`Classe_Temporelle`), in Wh; a class that is INCONNU by its register, as R64 names it
(`index_supplier_<calendar>_idx_eas_f1`). The maximum power has no time: it is kept for the whole
day as `daily_max_power` (VA), beside `max_power`, whose values stand at the instant of the peak.

R171 has daily readings of C1 to C4 points; several points a file: `serieMesuresDatees{prmId,
grandeurMetier, grandeurPhysique, unite, typeCalendrier, codeClasseTemporelle, mesureDatee{dateFin,
valeur}}`. `dateFin` is the moment of reading in legal time, without an offset. Kept as R64's:
`index_<class>` for active energy, `index_eri_<class>`, `register_pma_<class>` …, at that moment.

R4Q, R4H, R4M have load curves of C1 to C4 points; one point a file, a `Donnees_Courbe` a quantity
(EA, ERI, ERC, E) with points `{Horodatage, Valeur_Point, Statut_Point}` of 10 minutes, or 5. The
stamp carries its offset and marks the start. kW become W, kWr VAr. Kept as R63's: `load_curve`,
`load_curve_pri`, `load_curve_prc`, `voltage_curve`; corrected values
(`Nature_De_Courbe_Demandee` Corrigee) as `load_curve_corrected`.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from io import BufferedReader
from typing import Any

from sgeflow.core.measures.series import CURVES, INDEXES, QuantityKind, Register
from sgeflow.core.soap.xml import Element, find_children
from sgeflow.tools.deliveries.fluxes.values import DeliveredRows
from sgeflow.tools.deliveries.model import (
    DeliveredMeasures,
    DeliveryItem,
    DeliverySource,
    Family,
)
from sgeflow.tools.deliveries.series import (
    Label,
    count_doubtful,
    day_of,
    measure_rows,
    minutes,
    name_parts,
    series_of,
    unknown_quantity,
)
from sgeflow.tools.deliveries.xml import child, parts, required_text

# -- R50 -------------------------------------------------------------------------------------------

_RAW = "B"


def _read_r50(file: BufferedReader, _: DeliverySource) -> Iterator[DeliveryItem]:
    step = "PT30M"
    for name, element in parts(file, "R50", "En_Tete_Flux", "PRM"):
        if name == "En_Tete_Flux":
            step = minutes(child(element, "Pas_Publication") or "30")
            continue
        label = Label(point=required_text(element, "Id_PRM"), quantity="PA", unit="W")
        series, factor = series_of(label, CURVES)
        rows = [
            {
                "date": required_text(one, "H"),
                "value": child(one, "V") or None,
                "step": step,
                "nature": _RAW,
                "validity": child(one, "IV"),
            }
            for reading in find_children(element, "Donnees_Releve")
            for one in find_children(reading, "PDC")
        ]
        # R50 is of C5 alone: its stamps mark the end
        yield measure_rows(series, factor, rows, stamped="end", doubtful=count_doubtful(rows))


# -- R151 ------------------------------------------------------------------------------------------

_GRIDS = {
    "Classe_Temporelle_Distributeur": ("D", "Id_Calendrier_Distributeur"),
    "Classe_Temporelle": ("F", "Id_Calendrier_Fournisseur"),
}
_R151_PEAKS = {"PMA": QuantityKind("daily_max_power", "VA")}


def _read_r151(file: BufferedReader, _: DeliverySource) -> Iterator[DeliveryItem]:
    energy, power = "Wh", "VA"
    for name, element in parts(file, "R151", "En_Tete_Flux", "PRM"):
        if name == "En_Tete_Flux":
            energy = child(element, "Unite_Mesure_Index") or energy
            power = child(element, "Unite_Mesure_Puissance") or power
            continue
        point = required_text(element, "Id_PRM")
        yield from _r151_indexes(Label(point=point, quantity="EA", unit=energy), element)
        peaks = [
            _r151_row(_r151_day(reading).isoformat(), one)
            for reading in find_children(element, "Donnees_Releve")
            for one in find_children(reading, "Puissance_Maximale")
        ]
        if peaks:
            label = Label(point=point, quantity="PMA", unit=power)
            series, factor = series_of(label, _R151_PEAKS)
            yield measure_rows(series, factor, peaks, stamped="day", step="P1D")


def _r151_indexes(label: Label, element: Element) -> Iterator[DeliveredMeasures]:
    groups: dict[tuple[str, ...], DeliveredRows] = defaultdict(list)
    for reading in find_children(element, "Donnees_Releve"):
        after = _r151_day(reading) + timedelta(days=1)
        for tag, (grid, name) in _GRIDS.items():
            calendar = child(reading, name)
            for one in find_children(reading, tag):
                rank = child(one, "Rang_Cadran")
                register = Register(
                    calendar=calendar,
                    grid=grid,
                    time_class=child(one, "Id_Classe_Temporelle"),
                    code=f"IDX_EAS_{grid}{rank}" if rank else "",  # as R64 writes it
                    label=child(one, "Libelle_Classe_Temporelle"),
                )
                groups[name_parts(register)].append(_r151_row(f"{after} 00:00:00", one))
    for names, rows in groups.items():
        series, factor = series_of(label, INDEXES, *names)
        yield measure_rows(series, factor, rows, stamped="instant", doubtful=count_doubtful(rows))


def _r151_row(stamp: str, element: Element) -> dict[str, Any]:
    return {
        "date": stamp,
        "value": child(element, "Valeur") or None,
        "nature": "",
        "validity": child(element, "Indice_Vraisemblance"),
    }


def _r151_day(reading: Element) -> date:
    return day_of(required_text(reading, "Date_Releve"))


# -- R171 ------------------------------------------------------------------------------------------


def _read_r171(file: BufferedReader, _: DeliverySource) -> Iterator[DeliveryItem]:
    for _name, element in parts(file, "R171", "serieMesuresDatees"):
        label = Label(
            point=required_text(element, "prmId"),
            quantity=required_text(element, "grandeurPhysique"),
            direction=child(element, "grandeurMetier"),
            unit=required_text(element, "unite"),
        )
        if unknown := unknown_quantity(label, INDEXES):
            yield unknown
            continue
        register = Register(
            calendar=child(element, "typeCalendrier"),
            time_class=child(element, "codeClasseTemporelle"),
            label=child(element, "libelleClasseTemporelle"),
        )
        series, factor = series_of(label, INDEXES, *name_parts(register))
        rows = [
            {
                "date": required_text(one, "dateFin"),
                "value": child(one, "valeur") or None,
                "nature": "",
            }
            for one in element.iter("{*}mesureDatee")
        ]
        yield measure_rows(series, factor, rows, stamped="instant")


# -- R4Q, R4H, R4M ---------------------------------------------------------------------------------


def _read_r4x(file: BufferedReader, _: DeliverySource) -> Iterator[DeliveryItem]:
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
            step = minutes(required_text(curve, "Granularite"))
            rows = [
                {
                    "date": one.get("Horodatage"),
                    "value": one.get("Valeur_Point") or None,
                    "step": step,
                    "nature": one.get("Statut_Point") or "",
                }
                for one in find_children(curve, "Donnees_Point_Mesure")
            ]
            # these are of C1 to C4 alone: their stamps mark the start
            yield measure_rows(series, factor, rows, stamped="start")


FAMILIES = (
    Family(fluxes=("R50",), readers={"xml": _read_r50}),
    Family(fluxes=("R151",), readers={"xml": _read_r151}),
    Family(fluxes=("R171",), readers={"xml": _read_r171}),
    Family(fluxes=("R4Q", "R4H", "R4M"), readers={"xml": _read_r4x}),
)
