"""R64: readings of a bulk order.

JSON (`mesures[]{idPrm, contexte[]{grandeur[]{calendrier[]{classeTemporelle[]{valeur[]}}}}}`, with
`cadranTotalisateur` beside the calendars on a Linky) or CSV, a row a reading; both are known from
real files. R64A and R64B, which subscriptions deliver, are read as R64 (inference).

A reading is kept at its instant; the one of a Linky is midnight's, after the day before. Kept as
`index_<class>` of the distributor's calendar, `index_supplier_<calendar>_<class>_<register>` of a
supplier's and `index_total` (Wh); reactive energy as `index_eri_<class>`; other registers as
`register_<quantity>_<class>`. A calendar of neither kind stands in the name, so that two grids
never meet in one series. Readings before, at and after a reprogramming (`typeReleve` AV, AS, AP)
are series of their own, `…_av`. Contexts of reading (COL, CRI …) are not kept apart: a meter has
one index.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from io import BufferedReader
from typing import Any

from sgeflow.core.language.rows import Rows, column
from sgeflow.core.measures.series import INDEXES, MeasureRows, Register
from sgeflow.messages import say
from sgeflow.tools.deliveries import fields
from sgeflow.tools.deliveries.csv import CsvRun, runs_by_point, table_runs
from sgeflow.tools.deliveries.fields import Names, several, word
from sgeflow.tools.deliveries.fluxes.values import label_of, rows_of, rows_of_runs
from sgeflow.tools.deliveries.json_records import entries
from sgeflow.tools.deliveries.model import (
    DeliveryItem,
    DeliverySource,
    Family,
    unknown_layout,
)
from sgeflow.tools.deliveries.series import (
    Label,
    count_doubtful,
    measure_rows,
    name_parts,
    series_of,
    unknown_quantity,
)

ReadingsKey = tuple[Label, tuple[str, ...]]
"""The key of readings: a quantity of a point, and further parts of the series' name."""

_READINGS = Names("list of readings", ("valeur", "valeurs"), required=False)
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
    "reading": fields.READING,
}


def _read_json(file: BufferedReader, _: DeliverySource) -> Iterator[DeliveryItem]:
    for entry in entries(file, fields.MEASURES):
        groups: dict[ReadingsKey, list[Any]] = defaultdict(list)
        for context in several(entry, fields.CONTEXTS):
            for quantity in several(context, fields.QUANTITIES):
                for key, readings in _readings(word(entry, fields.POINT), context, quantity):
                    groups[key] += readings
        yield from _measure({key: rows_of(readings) for key, readings in groups.items()})


def _read_csv(file: BufferedReader, source: DeliverySource) -> Iterator[DeliveryItem]:
    for point, runs in runs_by_point(table_runs(file, _COLUMNS, source)):
        groups: dict[ReadingsKey, list[CsvRun]] = defaultdict(list)
        for run in runs:
            register = Register(
                reading=run.row["reading"],
                calendar=run.row["calendar"],
                grid=run.row["grid"],
                time_class=run.row["class"],
                code=run.row["register"],
                label=run.row["class_label"],
            )
            groups[label_of(point, run.row), name_parts(register)].append(run)
        yield from _measure({key: rows_of_runs(same) for key, same in groups.items()})


def _readings(point: str, context: Any, entry: Any) -> Iterator[tuple[ReadingsKey, list[Any]]]:
    """The readings of one quantity, by label and further parts of the series' name."""
    label = Label(
        point=point,
        quantity=word(entry, fields.QUANTITY),
        direction=word(entry, fields.DIRECTION),
        unit=word(entry, fields.UNIT),
        stage=word(context, fields.STAGE),
    )
    reading = word(context, fields.READING)
    calendars, totals = several(entry, fields.CALENDARS), several(entry, fields.TOTAL)
    if not calendars and not totals:
        known = (*fields.CALENDARS.aliases, *fields.TOTAL.aliases)
        raise unknown_layout(say("calendar or total register"), known, entry)
    for calendar in calendars:
        for one in several(calendar, fields.CLASSES):
            cell = Register(
                reading=reading,
                calendar=word(calendar, fields.CALENDAR),
                grid=word(calendar, fields.GRID),
                time_class=word(one, fields.CLASS),
                code=word(one, fields.REGISTER),
                label=word(one, fields.CLASS_LABEL),
            )
            yield (label, name_parts(cell)), several(one, _READINGS)
    for total in totals:
        cell = Register(reading=reading, grid="T")
        yield (label, name_parts(cell)), several(total, _READINGS)


def _measure(groups: Mapping[ReadingsKey, MeasureRows]) -> Iterator[DeliveryItem]:
    for (label, parts), rows in groups.items():
        if unknown := unknown_quantity(label, INDEXES):
            yield unknown
            continue
        series, factor = series_of(label, INDEXES, *parts)
        dates = [
            # a reading with only a day as its stamp is midnight's
            f"{date} 00:00:00" if isinstance(date, str) and len(date) == len("2025-05-01") else date
            for date in column(rows, "date")
        ]
        columns = {"date": dates, "value": column(rows, "value"), "step": column(rows, "step")}
        readings = Rows(columns, len(rows))  # readings have no nature
        yield measure_rows(
            series, factor, readings, stamped="instant", doubtful=count_doubtful(rows)
        )


FAMILIES = (
    Family(
        fluxes=("R64", "R64A", "R64B"),
        readers={"json": _read_json, "csv": _read_csv},
    ),
)
