"""A chunk: the measures of one series in one span of time, and by what each came, as bytes.

A curve has a chunk a day; a series with a value a day, or none that lasts, has one every
32 days. A chunk holds any measures exactly: values as they came, starts of any order of regularity.
Half-hours of a day take some 2.5 bytes each.

| packed | bytes for a day of half-hours |
| --- | ---: |
| where the first start is in the span, and the unit of what lies between starts (seconds) | 6 |
| each start in units after the first; nothing when they follow each other | 2 |
| values, in as few bytes as the largest takes | 98 |
| step and nature, and up to which place | 8 |
| publication, author, row of a fleet, and up to which place | 7 |
"""

from __future__ import annotations

import json
import struct
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from math import gcd, isfinite
from typing import NamedTuple

import msgspec
from msgspec import Struct

from sgeflow.core.measures.columns import NO_MEASURES, Measures, MeasureValues, QualityRun
from sgeflow.core.model import Measure

_WIDTHS = tuple(  # of whole numbers, by what they may be
    (sign, -(2 ** (8 * size - 1)) * (sign.islower()), 2 ** (8 * size - sign.islower()) - 1)
    for size, signs in ((1, "Bb"), (2, "Hh"), (4, "Ii"), (8, "q"))
    for sign in signs
)
_FLOATS, _MIXED = "d", "j"


def pack_numbers(values: MeasureValues) -> bytes:
    """Numbers as bytes; whole ones of any size, and any that are finite.

    Raises:
        ValueError: one of them is none: infinite, or not a number.
    """
    if not isinstance(values, array):
        return _MIXED.encode() + json.dumps(list(values), allow_nan=False).encode()
    if values.typecode == _FLOATS:
        if not all(map(isfinite, values)):
            raise ValueError
        return _pack(_FLOATS, values)
    return _pack(_narrowest(min(values), max(values)), values)


def unpack_numbers(packed: bytes) -> Sequence[int | float]:
    """The numbers that were packed; raises `ValueError`, `struct.error` for other bytes."""
    sign = packed[:1].decode("ascii")
    if sign == _MIXED:
        values: list[int | float] = json.loads(packed[1:])
        return values
    one = struct.calcsize(f"<{sign}")
    return struct.unpack(f"<{(len(packed) - 1) // one}{sign}", packed[1:])


def is_whole(packed: bytes) -> bool:
    """Whether the packed numbers are all whole and fit an array of them."""
    return packed[0] not in (ord(_FLOATS), ord(_MIXED))


def is_float(packed: bytes) -> bool:
    """Whether the packed numbers are all floats."""
    return packed[0] == ord(_FLOATS)


def _narrowest(low: float, high: float) -> str:
    """The first width that holds all between two whole numbers; the last one does."""
    for sign, least, most in _WIDTHS:
        if least <= low and high <= most:
            return sign
    raise ValueError


def _pack(sign: str, values: Sequence[int | float]) -> bytes:
    return sign.encode() + struct.pack(f"<{len(values)}{sign}", *values)


UNREADABLE_CHUNK = (msgspec.MsgspecError, struct.error, ValueError, LookupError, TypeError)
"""What unpacking raises for bytes that were not packed here."""

_DAY = 86_400
_LONG = 32 * _DAY
_EAST = 3600  # seconds: chunks begin at midnight of winter in France, a civil day is one or two


class ValueOrigin(NamedTuple):
    """By what a value came, as numbers of the store; 0 where there is none.

    The publication of the delivered file that gave it last, the author (a run, or a fleet) that
    brought the value, and the row of the fleet.
    """

    publication: int
    author: int
    row: int


class OriginRun(NamedTuple):
    """Measures side by side that came by the same: the places `first <= place < end`."""

    first: int
    end: int
    origin: ValueOrigin


class KeptMeasure(NamedTuple):
    """A measure as it is kept, and by what it came."""

    measure: Measure
    origin: ValueOrigin


class MeasureChunk(Struct, frozen=True):
    """The kept measures of one series in one span, in order, and by what each came."""

    measures: Measures
    origins: tuple[OriginRun, ...]

    @classmethod
    def of(cls, kept: Iterable[KeptMeasure]) -> MeasureChunk:
        """A chunk of measures, in the order of their starts."""
        rows = sorted(kept, key=lambda one: one.measure.start)
        return cls(Measures.of(row.measure for row in rows), _runs([row.origin for row in rows]))

    def rows(self) -> Iterator[KeptMeasure]:
        """Each measure with its origin."""
        measures = iter(self.measures)
        for first, end, origin in self.origins:
            for _ in range(first, end):
                yield KeptMeasure(next(measures), origin)

    def by_start(self) -> dict[int, KeptMeasure]:
        """Each measure with its origin, by its start."""
        return {one.measure.start: one for one in self.rows()}

    def followed_by(self, other: MeasureChunk) -> MeasureChunk:
        """The measures of this chunk, then those of another."""
        one, two, place = self.measures, other.measures, len(self.measures)
        runs = (run._replace(first=run.first + place, end=run.end + place) for run in two.runs)
        origins = (OriginRun(first + place, end + place, by) for first, end, by in other.origins)
        measures = Measures(one.starts + two.starts, [*one.values, *two.values], (*one.runs, *runs))
        return MeasureChunk(measures, _merge_runs((*self.origins, *origins)))

    def came_by(self, publication: int) -> MeasureChunk:
        """The same values, said by a publication: the one they came by from now on."""
        origins = (
            OriginRun(first, end, origin._replace(publication=publication))
            for first, end, origin in self.origins
        )
        return MeasureChunk(self.measures, _merge_runs(origins))


class _Packed(Struct, array_like=True, frozen=True):
    """What stands in the bytes; see the head of this file."""

    first: int
    unit: int
    places: bytes
    values: bytes
    qualities: tuple[tuple[int, int, str], ...]
    origins: tuple[tuple[int, int, int, int], ...]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Packed).decode


def span_for(measures: Measures) -> int:
    """How many seconds a chunk of a series covers, by the first measures that are kept of it."""
    return _DAY if 0 < measures.runs[0].step < _DAY else _LONG


def number_of(start: int, span: int) -> int:
    """The number of the chunk that an instant is on."""
    return (start + _EAST) // span


def base_of(number: int, span: int) -> int:
    """The first second of a chunk."""
    return number * span - _EAST


def pack(chunk: MeasureChunk, base: int) -> bytes:
    """A chunk as bytes; `base` is where its span begins, in epoch seconds.

    Raises:
        ValueError: a value is no number.
    """
    measures = chunk.measures
    first, unit, places = _pack_starts(measures.starts)
    return _encode(
        _Packed(
            first=first - base,
            unit=unit,
            places=places,
            values=pack_numbers(measures.values),
            qualities=tuple([(end, step, nature) for _, end, step, nature in measures.runs]),
            origins=tuple([(end, *origin) for _, end, origin in chunk.origins]),
        )
    )


def unpack(content: bytes, base: int) -> MeasureChunk:
    """The chunk that was packed; raises one of UNREADABLE_CHUNK for other bytes."""
    packed = _decode(content)
    measures = _join([(base, packed)])
    origins, first = [], 0
    for end, *origin in packed.origins:
        origins.append(OriginRun(first, end, ValueOrigin(*origin)))
        first = end
    if first != len(measures):
        raise ValueError
    return MeasureChunk(measures, tuple(origins))


def count(content: bytes) -> int:
    """How many measures a chunk holds; raises one of UNREADABLE_CHUNK for other bytes."""
    return len(unpack_numbers(_decode(content).values))


def publications_of(content: bytes) -> set[int]:
    """The publications that measures of a chunk came by; raises as `unpack` does."""
    return {publication for _, publication, *_ in _decode(content).origins}


def join(chunks: Iterable[tuple[int, bytes]]) -> Measures:
    """The measures of chunks that follow each other, each with the base of its span.

    Raises one of UNREADABLE_CHUNK for what was not packed here.
    """
    return _join((base, _decode(content)) for base, content in chunks)


def _join(chunks: Iterable[tuple[int, _Packed]]) -> Measures:
    starts = array("q")
    values: list[int | float] = []
    runs: list[QualityRun] = []
    whole, floats = True, True
    for base, packed in chunks:
        numbers = unpack_numbers(packed.values)
        place = len(values)
        values += numbers
        starts.extend(_unpack_starts(packed, base, len(numbers)))
        whole, floats = whole and is_whole(packed.values), floats and is_float(packed.values)
        _add_runs(runs, place, packed.qualities)
        if len(starts) != len(values) or runs[-1].end != len(values):
            raise ValueError
    if not values:
        return NO_MEASURES
    column = array("q", values) if whole else array("d", values) if floats else values
    return Measures(starts, column, runs)


def _add_runs(
    runs: list[QualityRun], place: int, qualities: Iterable[tuple[int, int, str]]
) -> None:
    """Put the qualities of a chunk behind those of the chunks before, which end at a place."""
    first = place
    for end, step, nature in qualities:
        if runs and runs[-1][2:] == (step, nature):
            runs[-1] = QualityRun(runs[-1].first, place + end, step, nature)
        else:
            runs.append(QualityRun(first, place + end, step, nature))
        first = place + end


def _pack_starts(starts: array[int]) -> tuple[int, int, bytes]:
    """The first start, the unit of what lies between them, and where each is, or nothing."""
    first = starts[0]
    if len(starts) == 1:
        return first, 1, b""
    unit = starts[1] - first
    if starts[-1] == first + unit * (len(starts) - 1) and starts == _regular(starts, unit):
        return first, unit, b""
    after = [start - first for start in starts]
    unit = gcd(*after)
    return first, unit, pack_numbers(array("q", [one // unit for one in after]))


def _regular(starts: array[int], unit: int) -> array[int]:
    return array("q", range(starts[0], starts[-1] + 1, unit))


def _unpack_starts(packed: _Packed, base: int, count: int) -> Iterable[int]:
    first, unit = base + packed.first, packed.unit
    if not packed.places:
        return range(first, first + unit * count, unit)
    return [first + unit * int(place) for place in unpack_numbers(packed.places)]


def _runs(origins: Sequence[ValueOrigin]) -> tuple[OriginRun, ...]:
    runs, first = [], 0
    for origin, same in groupby(origins):
        end = first + sum(1 for _ in same)
        runs.append(OriginRun(first, end, origin))
        first = end
    return tuple(runs)


def _merge_runs(origins: Iterable[OriginRun]) -> tuple[OriginRun, ...]:
    runs: list[OriginRun] = []
    for one in origins:
        if runs and runs[-1].origin == one.origin:
            runs[-1] = OriginRun(runs[-1].first, one.end, one.origin)
        else:
            runs.append(one)
    return tuple(runs)


def spread(measures: Measures, span: int) -> Iterator[tuple[int, Measures]]:
    """Measures, in order, with the number of the chunk that they stand on."""
    starts = measures.starts
    first = 0
    while first < len(starts):
        number = number_of(starts[first], span)
        end = bisect_left(starts, base_of(number + 1, span), first)
        yield number, measures[first:end]
        first = end
