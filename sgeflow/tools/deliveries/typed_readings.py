"""Entries of readings as the guide lays them out, decoded to Structs and seen as columns.

An entry of any other layout is none to this decoder: it is read as plain data, which knows all
names (`fluxes/indexes`). What stands in an entry and is not kept is `Raw`: any value.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import msgspec

from sgeflow.core.language.rows import Rows
from sgeflow.core.measures.series import Register
from sgeflow.tools.deliveries.fields import plain_word
from sgeflow.tools.deliveries.model import MisreadError
from sgeflow.tools.deliveries.registers import name_parts
from sgeflow.tools.deliveries.series import Label

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
    """A part of an entry: what has another name is no part of it."""


class TypedReading(_Typed, frozen=True, gc=False):
    """What a register showed at a stamp."""

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
    """What was read on one occasion."""

    quantities: list[TypedRegisters]
    stage: str | None = None
    context: msgspec.Raw = msgspec.Raw()
    kind: str | None = None
    reason: msgspec.Raw = msgspec.Raw()


class ReadingsEntry(_Typed, frozen=True):
    """What one point has in the list `mesures`."""

    point: str
    contexts: list[TypedContext]
    period: msgspec.Raw = msgspec.Raw()


_decode = msgspec.json.Decoder(ReadingsEntry).decode


def decode_entry(text: str) -> ReadingsEntry:
    """An entry from its text.

    Raises:
        ValueError: it is not laid out so, or a stamp or value stands twice in a reading.
    """
    entry = _decode(text)
    count = sum(map(_count, entry.contexts))
    if text.count('"d"') != count or text.count('"v"') != count:
        raise ValueError
    return entry


def _count(context: TypedContext) -> int:
    """How many readings there are of one occasion."""
    return sum(
        sum(len(register.readings) for one in quantity.calendars for register in one.classes)
        + (len(quantity.total.readings) if quantity.total else 0)
        for quantity in context.quantities
    )


ReadingsKey = tuple[Label, tuple[str, ...]]
"""What readings are of: a quantity of a point, and the further parts of the series' name."""


def rows_by_register(entry: ReadingsEntry) -> dict[ReadingsKey, Rows]:
    """The readings of each register as rows `{date, value, step, nature, validity}`.

    Raises:
        MisreadError: a quantity without registers.
        TechnicalError: nothing names a register.
    """
    groups: dict[ReadingsKey, list[TypedReading]] = defaultdict(list)
    for key, readings in _readings(entry):
        groups[key] += readings
    return {key: _rows(readings) for key, readings in groups.items()}


def _readings(entry: ReadingsEntry) -> Iterator[tuple[ReadingsKey, list[TypedReading]]]:
    point = plain_word(entry.point)
    for context in entry.contexts:
        stage, reading = _word(context.stage), _word(context.kind)
        for one in context.quantities:
            if not one.calendars and one.total is None:
                raise MisreadError
            label = Label(
                point=point,
                quantity=plain_word(one.quantity),
                direction=_word(one.direction),
                unit=plain_word(one.unit),
                stage=stage,
            )
            for calendar in one.calendars:
                for of_class in calendar.classes:
                    yield (
                        (label, name_parts(_register(reading, calendar, of_class))),
                        of_class.readings,
                    )
            if one.total is not None:
                total = Register(reading=reading, grid="T")
                yield (label, name_parts(total)), one.total.readings


def _register(reading: str, calendar: TypedCalendar, of_class: TypedClass) -> Register:
    return Register(
        reading=reading,
        calendar=_word(calendar.calendar),
        grid=_word(calendar.grid),
        time_class=_word(of_class.time_class),
        code=_word(of_class.code),
        label=_word(of_class.class_label),
    )


def _word(text: str | None) -> str:
    return "" if text is None else plain_word(text)


def _rows(readings: list[TypedReading]) -> Rows:
    count = len(readings)
    columns: dict[str, Any] = {
        "date": [one.date for one in readings],
        "value": [one.value for one in readings],
        "step": (None,) * count,
        "nature": ("",) * count,
        "validity": [one.validity for one in readings],
    }
    return Rows(columns, count)
