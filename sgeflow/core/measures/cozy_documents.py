"""Stored measures as Cozy documents, in the types of the konnector of the Métropole de Lyon.

Loads are in kWh (kVA for maximum powers). Times are the legal time of the start. In the hour that
autumn repeats, one document has the energy of both half-hours of the same time.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import repeat
from typing import Any

from msgspec import Struct

from sgeflow.core.measures.civil_time import civil, midnight, offset_of
from sgeflow.core.measures.columns import Measures
from sgeflow.errors import Id, InvalidValues
from sgeflow.messages import say

DATE_FIELDS = ("year", "month", "day", "hour", "minute")
_SCALES = {"W": 1000, "kW": 1, "Wh": 1000, "kWh": 1, "VA": 1000, "kVA": 1}
_POWERS = {"W", "kW"}
_A_DAY = 86_400  # seconds

DocumentKey = tuple[int, ...]
"""The first date fields of a document; they identify it among those of its type and point."""


class DocumentType(Struct, frozen=True, kw_only=True):
    """A document type: its series, the units it can be made from, and its identifying fields."""

    name: str
    series: str
    units: tuple[str, ...]
    key: int  # the number of date fields that identify a document
    shown: int  # how many date fields are taken from the start; the others are the period's first
    meeting: Callable[[float, float], float] = lambda _, last: last


class CozyDocument(Struct, frozen=True):
    """A document: its identifying fields, its load and its date."""

    key: DocumentKey
    load: int | float
    date: tuple[int, ...]  # a value for each of `DATE_FIELDS`
    type: str
    point: str

    @property
    def number(self) -> str:
        """The id of a new document: see `document_number`."""
        return document_number(self.type, self.point, *map(str, self.key))

    @property
    def members(self) -> dict[str, Any]:
        """The members of the document: load and date."""
        return {"load": self.load, **dict(zip(DATE_FIELDS, self.date, strict=True))}


MINUTE = DocumentType(
    name="com.grandlyon.enedis.minute",
    series="load_curve",
    units=("W", "kW", "Wh", "kWh"),
    key=5,
    shown=5,
    meeting=lambda one, other: one + other,
)
DAY = DocumentType(
    name="com.grandlyon.enedis.day", series="daily_energy", units=("Wh", "kWh"), key=3, shown=3
)
MONTH = DocumentType(
    name="com.grandlyon.enedis.month", series="monthly_energy", units=("Wh", "kWh"), key=2, shown=2
)
YEAR = DocumentType(
    name="com.grandlyon.enedis.year", series="yearly_energy", units=("Wh", "kWh"), key=1, shown=1
)
MAX_POWER = DocumentType(
    name="com.grandlyon.enedis.maxpower",
    series="max_power",
    units=("VA", "kVA"),
    key=3,  # a day has one maximum power: a corrected one replaces it, whatever its time
    shown=5,
    meeting=max,
)
DOCUMENT_TYPES = (MINUTE, DAY, MONTH, YEAR, MAX_POWER)


def documents_of(
    kind: DocumentType, point: str, measures: Measures, unit: str
) -> tuple[list[CozyDocument], int]:
    """The documents of a type and point by date, and how many values were merged into others.

    Raises:
        InvalidValues: the series is kept in a unit that its documents cannot have.
    """
    if not measures:
        return [], 0
    if unit not in kind.units:
        raise InvalidValues.of(
            Id.INVALID_VALUE,
            say(
                "{series} is kept in {unit}: {kind} cannot be computed from it",
                series=kind.series,
                unit=unit,
                kind=kind.name,
            ),
            allowed=kind.units,
            allowed_label="units",
        )
    loads: dict[DocumentKey, tuple[tuple[int, ...], float]] = {}
    met = 0
    for date, load in _loads(kind, measures, unit):
        key = date[: kind.key]
        if key in loads:
            met += kind.key == len(DATE_FIELDS)
            before, one = loads[key]
            together = kind.meeting(one, load)
            loads[key] = (date if together == load else before, together)
        else:
            loads[key] = (date, load)
    documents = [
        CozyDocument(key, _round_load(load), date, kind.name, point)
        for key, (date, load) in sorted(loads.items())
    ]
    return documents, met


def document_number(*parts: str) -> str:
    """A document id made from parts: the same in every run, without a fact about a person."""
    from hashlib import sha256

    return sha256("|".join(parts).encode()).hexdigest()[:32]


def begun_before(day: DocumentKey) -> frozenset[DocumentKey]:
    """The keys of the month and the year that contain a day (year, month, day) and began before."""
    year, month, number = day
    month_key = {(year, month)} if number > 1 else set()
    return frozenset(month_key | ({(year,)} if (month, number) > (1, 1) else set()))


def _loads(
    kind: DocumentType, measures: Measures, unit: str
) -> Iterator[tuple[tuple[int, ...], float]]:
    """Date fields and load (kWh or kVA) of each measure."""
    scale = _SCALES[unit]
    first = (1, 1, 1, 0, 0)[kind.shown :]  # months and days count from 1
    hours: Iterable[float] = repeat(1)
    if unit in _POWERS:
        hours = (step / 3600 for step in measures.steps())
    for fields, value, share in zip(_dates(measures.starts), measures.values, hours, strict=False):
        yield fields[: kind.shown] + first, value * share / scale


def _dates(starts: Iterable[int]) -> Iterator[tuple[int, ...]]:
    """The legal time of each start, one value for each of `DATE_FIELDS`.

    Consecutive starts of a day without a clock change are fast.
    """
    begin = end = 0
    date: tuple[int, ...] = ()
    for start in starts:
        if not begin <= start < end:
            time = civil(start)
            day = time.date()
            date = (day.year, day.month, day.day)
            if offset_of(day) is None:
                end = begin
                yield *date, time.hour, time.minute
                continue
            begin = midnight(day)
            end = begin + _A_DAY
        hour, minute = divmod((start - begin) // 60, 60)
        yield *date, hour, minute


def _round_load(load: float) -> int | float:
    """A load rounded to six decimals, and as an integer if it is whole, as JavaScript writes it."""
    rounded = round(load, 6)
    return int(rounded) if rounded == int(rounded) else rounded
