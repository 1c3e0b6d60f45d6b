"""R64: readings of a bulk order.

JSON (`mesures[]{idPrm, contexte[]{grandeur[]{calendrier[]{classeTemporelle[]{valeur[]}}}}}`, with
`cadranTotalisateur` beside the calendars on a Linky) or CSV, a row a reading; both are known from
real files. R64A and R64B, which subscriptions deliver, are read as R64 (inference).

A reading is kept at its instant; the one of a Linky is midnight's, after the day before. Kept as
`index_<class>` of the distributor's calendar, `index_supplier_<class>` of the supplier's and
`index_total` (Wh); reactive energy as `index_eri_<class>`; other registers as
`register_<quantity>_<class>`. A calendar of neither kind stands in the name, so that two grids
never meet in one series. Contexts of reading (COL, CRI …) are not kept apart: a meter has
one index.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from io import BufferedReader
from typing import Any

from sgeflow.core.measures.series import INDEXES, Register
from sgeflow.messages import say
from sgeflow.tools.deliveries import fields
from sgeflow.tools.deliveries.csv import table
from sgeflow.tools.deliveries.fields import Names, several, word
from sgeflow.tools.deliveries.json_records import entries
from sgeflow.tools.deliveries.model import DeliverySource, Family, Measured, Piece, unknown_layout
from sgeflow.tools.deliveries.points import (
    DeliveredRows,
    by_point,
    doubtful,
    label_of,
    rows_of,
    without_empty,
)
from sgeflow.tools.deliveries.registers import name_parts
from sgeflow.tools.deliveries.series import Label, measure_rows, series_of

_READINGS = Names("list of readings", ("valeur", "valeurs"), required=False)
_MEASURES = Names("list of measures", ("mesures", "mesure"))
_COLUMNS = {
    "point": fields.POINT,
    "quantity": fields.QUANTITY,
    "direction": fields.DIRECTION,
    "unit": fields.UNIT,
    "stage": fields.STAGE,
    "date": fields.DATE,
    "value": fields.VALUE,
    "validity": fields.VALIDITY,
    "calendar": fields.CALENDAR,
    "grid": fields.GRID,
    "class": fields.CLASS,
    "register": fields.REGISTER,
    "class_label": fields.CLASS_LABEL,
}

_RowGroups = dict[tuple[Label, tuple[str, ...]], DeliveredRows]


def _read_json(file: BufferedReader, source: DeliverySource) -> Iterator[Piece]:
    del source  # readings are instants, whatever the flux
    for entry in entries(file, _MEASURES):
        point = word(entry, fields.POINT)
        groups: _RowGroups = defaultdict(list)
        for context in several(entry, fields.CONTEXTS):
            stage = word(context, fields.STAGE)
            for quantity in several(context, fields.QUANTITIES):
                for key, rows in _readings(point, stage, quantity):
                    groups[key] += rows
        yield from _measure(groups)


def _readings(
    point: str, stage: str, entry: Any
) -> Iterator[tuple[tuple[Label, tuple[str, ...]], DeliveredRows]]:
    """The readings of one quantity, by label and the further parts of the series' name."""
    label = Label(
        point=point,
        quantity=word(entry, fields.QUANTITY),
        direction=word(entry, fields.DIRECTION),
        unit=word(entry, fields.UNIT),
        stage=stage,
    )
    calendars, totals = several(entry, fields.CALENDARS), several(entry, fields.TOTAL)
    if not calendars and not totals:
        known = (*fields.CALENDARS.aliases, *fields.TOTAL.aliases)
        raise unknown_layout(say("calendar or total register"), known, entry)
    for calendar in calendars:
        for one in several(calendar, fields.CLASSES):
            cell = Register(
                calendar=word(calendar, fields.CALENDAR),
                grid=word(calendar, fields.GRID),
                time_class=word(one, fields.CLASS),
                code=word(one, fields.REGISTER),
                label=word(one, fields.CLASS_LABEL),
            )
            yield (label, name_parts(cell)), rows_of(several(one, _READINGS))
    for total in totals:
        yield (label, ("total",)), rows_of(several(total, _READINGS))


def _read_csv(file: BufferedReader, source: DeliverySource) -> Iterator[Piece]:
    del source
    for point, rows in by_point(table(file, _COLUMNS)):
        groups: _RowGroups = defaultdict(list)
        for row in rows:
            cell = Register(
                calendar=row["calendar"],
                grid=row["grid"],
                time_class=row["class"],
                code=row["register"],
                label=row["class_label"],
            )
            groups[label_of(point, row), name_parts(cell)].append(without_empty(row))
        yield from _measure(groups)


def _measure(groups: _RowGroups) -> Iterable[Measured]:
    for (label, parts), rows in groups.items():
        series, factor = series_of(label, INDEXES, *parts)
        dated = [{**row, "date": _with_time(row["date"]), "nature": ""} for row in rows]
        yield measure_rows(series, factor, dated, stamped="instant", doubtful=doubtful(rows))


def _with_time(stamp: Any) -> Any:
    """A reading that is stamped with a day alone is midnight's."""
    return (
        f"{stamp} 00:00:00" if isinstance(stamp, str) and len(stamp) == len("2025-05-01") else stamp
    )


FAMILY = Family(
    title="readings",
    fluxes=("R64", "R64A", "R64B"),
    readers={"json": _read_json, "csv": _read_csv},
    manual=__doc__ or "",
)
