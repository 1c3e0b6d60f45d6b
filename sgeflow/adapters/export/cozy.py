"""Cozy documents, as the Métropole de Lyon's konnector leaves them in `importedData.json`.

One object, document type to list of documents. Loads are kWh (kVA for peaks), times are legal
time of the start. The hour that autumn repeats has one document a half-hour, with the energy of
both. Documents name their point only when the file holds more than one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

from msgspec import Struct

from sgeflow.adapters.atomic_write import replace_file
from sgeflow.adapters.export import MeasureSource
from sgeflow.core.measures.civil_time import civil
from sgeflow.core.model import Measure
from sgeflow.errors import Id, InvalidValues, Problem
from sgeflow.messages import say

SUFFIX = ".json"
ADDED = "added_in_autumn"
"""The count of values that were added to another one, because their civil time came twice."""

_FIELDS = ("year", "month", "day", "hour", "minute")
_SCALES = {"W": 1000, "kW": 1, "Wh": 1000, "kWh": 1, "VA": 1000, "kVA": 1}
_POWERS = {"W", "kW"}

_SeriesKey = tuple[int, ...]
_Meeting = Callable[[float, float], float]


class _Type(Struct, frozen=True, kw_only=True):
    """A document type: its series, the units it is made of, and what makes two documents one."""

    name: str
    series: str
    units: tuple[str, ...]
    key: int  # how many of the fields
    shown: int  # how many of the fields are the start's; the others are the period's first
    meeting: _Meeting = lambda _, last: last


_TYPES = (
    _Type(
        name="com.grandlyon.enedis.minute",
        series="load_curve",
        units=("W", "kW", "Wh", "kWh"),
        key=5,
        shown=5,
        meeting=lambda one, other: one + other,
    ),
    _Type(
        name="com.grandlyon.enedis.day", series="daily_energy", units=("Wh", "kWh"), key=3, shown=3
    ),
    _Type(
        name="com.grandlyon.enedis.month",
        series="monthly_energy",
        units=("Wh", "kWh"),
        key=2,
        shown=2,
    ),
    _Type(
        name="com.grandlyon.enedis.year",
        series="yearly_energy",
        units=("Wh", "kWh"),
        key=1,
        shown=1,
    ),
    _Type(
        name="com.grandlyon.enedis.maxpower",
        series="max_power",
        units=("VA", "kVA"),
        key=3,  # a day has one peak: a corrected one replaces, whatever its time
        shown=5,
        meeting=max,
    ),
)


def write(
    path: Path, source: MeasureSource, points: Sequence[str], documents: Mapping[str, Any]
) -> dict[str, int]:
    """Write the documents of some points, and further ones by type (`io.cozy.accounts`).

    The counts are by document type, and `ADDED` when there is something to say of the autumn hour.

    Raises:
        InvalidValues: a series is kept in a unit that its documents cannot have.
    """
    by_type: dict[str, list[Mapping[str, Any]]] = {kind.name: [] for kind in _TYPES}
    added = 0
    for kind in _TYPES:
        for point in sorted(points):
            some, twice = _documents(kind, source, point, several=len(points) > 1)
            by_type[kind.name] += some
            added += twice
    for name, others in sorted(documents.items()):
        by_type.setdefault(name, []).extend(_with_ids(name, others))
    with replace_file(path) as part, part.open("w", encoding="utf-8") as file:
        _write_lines(file, by_type)
    counts = {name: len(some) for name, some in by_type.items()}
    return counts | {ADDED: added} if added else counts


def _documents(
    kind: _Type, source: MeasureSource, point: str, *, several: bool
) -> tuple[list[Mapping[str, Any]], int]:
    """The documents of a type and point, by date, and how many values met another one."""
    loaded = source.load(point, kind.series)
    if not loaded.measures:
        return [], 0
    _check_unit(kind, loaded.unit)
    loads: dict[_SeriesKey, tuple[_SeriesKey, float]] = {}
    met = 0
    for key, fields, load in _loads(kind, loaded.measures, loaded.unit):
        if key in loads:
            met += kind.key == len(_FIELDS)
            before, one = loads[key]
            together = kind.meeting(one, load)
            loads[key] = (fields if together == load else before, together)
        else:
            loads[key] = (fields, load)
    owner = {"pointId": point} if several else {}
    documents: list[Mapping[str, Any]] = [
        {
            "_id": _identity(kind.name, point, *map(str, key)),
            **owner,
            "load": _round_load(load),
            **dict(zip(_FIELDS, fields, strict=True)),
        }
        for key, (fields, load) in sorted(loads.items())
    ]
    return documents, met


def _loads(
    kind: _Type, measures: Iterable[Measure], unit: str
) -> Iterator[tuple[_SeriesKey, _SeriesKey, float]]:
    """Key, fields and load (kWh or kVA) of each measure."""
    scale = _SCALES[unit]
    power = unit in _POWERS
    first = (1, 1, 1, 0, 0)  # months and days count from 1
    for measure in measures:
        time = civil(measure.start)
        fields = (time.year, time.month, time.day, time.hour, time.minute)
        visible = fields[: kind.shown] + first[kind.shown :]
        hours = measure.step / 3600 if power else 1
        yield fields[: kind.key], visible, measure.value * hours / scale


def _check_unit(kind: _Type, unit: str) -> None:
    if unit not in kind.units:
        raise InvalidValues(
            Problem(
                id=Id.INVALID_VALUE,
                message=say(
                    "{series} is kept in {unit}, and {kind} cannot be made of it",
                    series=kind.series,
                    unit=unit,
                    kind=kind.name,
                ),
                allowed=kind.units,
                allowed_label="units",
            )
        )


def _with_ids(name: str, others: Any) -> Iterator[Mapping[str, Any]]:
    """Further documents; a second run gives each the same id and order of members."""
    for place, document in enumerate(others if isinstance(others, list | tuple) else [others]):
        if not isinstance(document, Mapping):
            raise InvalidValues(
                Problem(
                    id=Id.INVALID_VALUE,
                    message=say(
                        "document {place} of {name} is no object", place=place + 1, name=name
                    ),
                )
            )
        ordered = json.loads(json.dumps(document, sort_keys=True))
        yield {"_id": _identity(name, str(place)), **ordered}


def _identity(*parts: str) -> str:
    """The same parts have the same id in every run; it says nothing about a person."""
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]


def _round_load(load: float) -> int | float:
    """Six decimals, against the noise of floats; whole numbers as JavaScript writes them."""
    rounded = round(load, 6)
    return int(rounded) if rounded == int(rounded) else rounded


def _write_lines(file: TextIO, by_type: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """JSON with a document a line: small, and a person can read it and compare two."""
    file.write("{")
    for place, (name, documents) in enumerate(by_type.items()):
        file.write(("," if place else "") + f"\n  {json.dumps(name)}: [")
        for number, document in enumerate(documents):
            text = json.dumps(document, ensure_ascii=False)
            file.write(("," if number else "") + f"\n    {text}")
        file.write("\n  ]" if documents else "]")
    file.write("\n}\n")
