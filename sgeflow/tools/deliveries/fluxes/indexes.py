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

An entry as the guide lays it out is decoded to Structs and seen as columns; an entry of any other
layout is read as plain data.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from io import BufferedReader
from typing import Any

import msgspec

from sgeflow.core.language.rows import Rows, column
from sgeflow.core.measures.series import INDEXES, MeasureRows, Register
from sgeflow.messages import say
from sgeflow.tools.deliveries import fields
from sgeflow.tools.deliveries.csv import CsvRun, runs_by_point, runs_of
from sgeflow.tools.deliveries.fields import Names, plain_word, several, word
from sgeflow.tools.deliveries.fluxes.values import DeliveredRows, label_of, rows_of, rows_of_runs
from sgeflow.tools.deliveries.json_records import entries
from sgeflow.tools.deliveries.model import (
    DeliveryItem,
    DeliverySource,
    Family,
    MisreadError,
    quick_reader,
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


def _read_json(file: BufferedReader, source: DeliverySource) -> Iterator[DeliveryItem]:
    for entry in entries(file, fields.MEASURES, decode_entry if source.quickly else None):
        groups = rows_by_register if isinstance(entry, ReadingsEntry) else _groups
        yield from _measure(groups(entry))


def _read_csv(file: BufferedReader, source: DeliverySource) -> Iterator[DeliveryItem]:
    for point, runs in runs_by_point(runs_of(file, _COLUMNS, source)):
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


def _groups(entry: Any) -> dict[ReadingsKey, DeliveredRows]:
    point = word(entry, fields.POINT)
    groups: dict[ReadingsKey, DeliveredRows] = defaultdict(list)
    for context in several(entry, fields.CONTEXTS):
        for quantity in several(context, fields.QUANTITIES):
            for key, rows in _readings(point, context, quantity):
                groups[key] += rows
    return groups


def _readings(point: str, context: Any, entry: Any) -> Iterator[tuple[ReadingsKey, DeliveredRows]]:
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
            yield (label, name_parts(cell)), rows_of(several(one, _READINGS))
    for total in totals:
        cell = Register(reading=reading, grid="T")
        yield (label, name_parts(cell)), rows_of(several(total, _READINGS))


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


_NAMES = {
    "point": "idPrm",
    "period": "periode",
    "contexts": "contexte",
    "stage": "etapeMetier",
    "context": "contexteReleve",
    "kind": "typeReleve",
    "reason": "motifReleve",
    "quantities": "grandeur",
    "quantity": "grandeurPhysique",
    "direction": "grandeurMetier",
    "unit": "unite",
    "calendars": "calendrier",
    "total": "cadranTotalisateur",
    "calendar": "idCalendrier",
    "calendar_label": "libelleCalendrier",
    "grid": "libelleGrille",
    "classes": "classeTemporelle",
    "time_class": "idClasseTemporelle",
    "class_label": "libelleClasseTemporelle",
    "code": "codeCadran",
    "readings": "valeur",
    "date": "d",
    "value": "v",
    "validity": "iv",
}


class _Typed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename=_NAMES):
    """A part of an entry; unknown names are refused."""


class TypedReading(_Typed, frozen=True, gc=False):
    """A reading of a register at a stamp."""

    date: str
    value: str | int | float | None
    validity: str | int | None = None


class TypedClass(_Typed, frozen=True):
    """The readings of a time class."""

    readings: list[TypedReading]
    time_class: str | None = None
    class_label: str | None = None
    code: str | None = None


class TypedCalendar(_Typed, frozen=True):
    """The time classes of a grid."""

    classes: list[TypedClass]
    calendar: str | None = None
    calendar_label: msgspec.Raw = msgspec.Raw()
    grid: str | None = None


class TypedTotal(_Typed, frozen=True):
    """The readings of the register of all classes."""

    readings: list[TypedReading]
    code: msgspec.Raw = msgspec.Raw()


class TypedRegisters(_Typed, frozen=True):
    """The registers of a quantity."""

    quantity: str
    unit: str
    direction: str | None = None
    calendars: list[TypedCalendar] = []
    total: TypedTotal | None = None


class TypedContext(_Typed, frozen=True):
    """The readings of one occasion."""

    quantities: list[TypedRegisters]
    stage: str | None = None
    context: msgspec.Raw = msgspec.Raw()
    kind: str | None = None
    reason: msgspec.Raw = msgspec.Raw()


class ReadingsEntry(_Typed, frozen=True):
    """The entry of one point in the list `mesures`."""

    point: str
    contexts: list[TypedContext]
    period: msgspec.Raw = msgspec.Raw()


_decode = msgspec.json.Decoder(ReadingsEntry).decode


def decode_entry(text: str) -> ReadingsEntry:
    """An entry from its text.

    Raises:
        ValueError: the entry has another layout, or a reading has a stamp or value twice.
    """
    entry = _decode(text)
    count = sum(map(_count, entry.contexts))
    if text.count('"d"') != count or text.count('"v"') != count:
        raise ValueError
    return entry


def _count(context: TypedContext) -> int:
    return sum(
        sum(len(register.readings) for one in quantity.calendars for register in one.classes)
        + (len(quantity.total.readings) if quantity.total else 0)
        for quantity in context.quantities
    )


ReadingsKey = tuple[Label, tuple[str, ...]]
"""The key of readings: a quantity of a point, and further parts of the series' name."""


def rows_by_register(entry: ReadingsEntry) -> dict[ReadingsKey, Rows]:
    """The readings of each register as rows `{date, value, step, nature, validity}`.

    Raises:
        MisreadError: a quantity without registers.
        TechnicalError: nothing names a register.
    """
    groups: dict[ReadingsKey, list[TypedReading]] = defaultdict(list)
    for key, some in _typed_readings(entry):
        groups[key] += some
    rows: dict[ReadingsKey, Rows] = {}
    for key, readings in groups.items():
        count = len(readings)
        columns: dict[str, Any] = {
            "date": [one.date for one in readings],
            "value": [one.value for one in readings],
            "step": (None,) * count,
            "nature": ("",) * count,
            "validity": [one.validity for one in readings],
        }
        rows[key] = Rows(columns, count)
    return rows


def _typed_readings(entry: ReadingsEntry) -> Iterator[tuple[ReadingsKey, list[TypedReading]]]:
    point = plain_word(entry.point)
    for context in entry.contexts:
        stage, reading = _optional_word(context.stage), _optional_word(context.kind)
        for one in context.quantities:
            if not one.calendars and one.total is None:
                raise MisreadError
            label = Label(
                point=point,
                quantity=plain_word(one.quantity),
                direction=_optional_word(one.direction),
                unit=plain_word(one.unit),
                stage=stage,
            )
            for calendar in one.calendars:
                for of_class in calendar.classes:
                    cell = Register(
                        reading=reading,
                        calendar=_optional_word(calendar.calendar),
                        grid=_optional_word(calendar.grid),
                        time_class=_optional_word(of_class.time_class),
                        code=_optional_word(of_class.code),
                        label=_optional_word(of_class.class_label),
                    )
                    yield (label, name_parts(cell)), of_class.readings
            if one.total is not None:
                total = Register(reading=reading, grid="T")
                yield (label, name_parts(total)), one.total.readings


def _optional_word(text: str | None) -> str:
    return "" if text is None else plain_word(text)


FAMILIES = (
    Family(
        fluxes=("R64", "R64A", "R64B"),
        readers={"json": quick_reader(_read_json), "csv": quick_reader(_read_csv)},
    ),
)
