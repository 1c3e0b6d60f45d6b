"""Reads kept measures: of one series, of all points at once, and what stood there before."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.adapters.state.customers import IS_PRESENT
from sgeflow.adapters.state.database import SqlConnection
from sgeflow.adapters.state.measures.authors import run_of
from sgeflow.adapters.state.measures.chunk import (
    MeasureChunk,
    ValueOrigin,
    base_of,
    join,
    number_of,
    publications_of,
    unpack,
)
from sgeflow.adapters.state.measures.series_chunks import (
    READ_CHUNKS,
    SeriesRow,
    find_series,
    reading_chunks,
)
from sgeflow.core.engine.effects import Loaded
from sgeflow.core.measures.columns import NO_MEASURES, Measures
from sgeflow.core.model import Measure, Series

_AROUND = """
SELECT number, content FROM chunk WHERE series = ?1
AND number >= coalesce((SELECT max(number) FROM chunk WHERE series = ?1 AND number < ?2), ?2)
AND number <= coalesce((SELECT min(number) FROM chunk WHERE series = ?1 AND number > ?3), ?3)
ORDER BY number
"""
_EVER = 2**62  # seconds beyond any measure
_AT_ONCE = 200  # series of which chunks are read in one statement
_REPLACED = (
    "SELECT chunk, content FROM replaced WHERE series = ? AND chunk >= ? AND chunk <= ? "
    "ORDER BY chunk, number"
)
_NEXT = (
    "SELECT point, span FROM series "  # noqa: S608 - names of our own
    f"WHERE name = ? AND point > ? AND {IS_PRESENT} ORDER BY point LIMIT ?"
)
_OF_ALL = (
    "SELECT point, unit, span, number, content "  # noqa: S608 - names of our own
    "FROM series JOIN chunk ON series = series.id "
    "WHERE name = ? AND point > ? AND point <= ? AND number >= {first} AND number <= {last} "
    f"AND {IS_PRESENT} ORDER BY point, number"
)


class ArrivedValue(Struct, frozen=True, kw_only=True):
    """A value with what brought it: a run, and the delivered file that said it last."""

    measure: Measure
    run: str
    file: str


def load(
    connection: SqlConnection, point: str, name: str, start: int | None, end: int | None
) -> Loaded:
    """The kept measures of a series with `start <= t < end`, in order of their start."""
    row = find_series(connection, point, name)
    if row is None:
        return Loaded(unit="", measures=NO_MEASURES)
    contents = _contents(connection, READ_CHUNKS, row, start, end)
    return Loaded(unit=row.unit, measures=_join(contents, row.span, start, end))


def load_around(connection: SqlConnection, row: SeriesRow, first: int, last: int) -> Measures:
    """The kept measures from one instant to another, with some before and behind them."""
    bounds = (row.number, number_of(first, row.span), number_of(last, row.span))
    contents = connection.execute(_AROUND, bounds).fetchall()
    return _join(contents, row.span, None, None)


def cut_off(loaded: Loaded, end: int | None) -> Loaded:
    """What was loaded, without the measures that reach beyond an instant."""
    if end is None or not loaded.measures:
        return loaded
    own = (one for one in loaded.measures if one.start < end and one.start + one.step <= end)
    return replace(loaded, measures=Measures.of(own))


def points_after(connection: SqlConnection, name: str, point: str) -> list[tuple[str, int]]:
    """The next points that have a series of a name, each with the span of its chunks."""
    rows: list[tuple[str, int]] = connection.execute(_NEXT, (name, point, _AT_ONCE)).fetchall()
    return rows


def load_of_all(
    connection: SqlConnection,
    name: str,
    points: Sequence[tuple[str, int]],
    after: str,
    bounds: tuple[int | None, int | None],
) -> Iterator[tuple[Series, Measures]]:
    """The measures in a period of the series of a name of some points, by point.

    `points` are those after one, as `points_after` gave them.
    """
    spans = sorted({span for _, span in points})
    numbers = [_numbers(span, *bounds) for span in spans]
    query = _OF_ALL.format(first=_by_span(spans, numbers, 0), last=_by_span(spans, numbers, 1))
    rows = connection.execute(query, (name, after, points[-1][0])).fetchall()
    for (point, unit, span), same in groupby(rows, key=lambda row: row[:3]):
        measures = _join([row[3:] for row in same], span, *bounds)
        if measures:
            yield Series(point=point, name=name, unit=unit), measures


def kept_by(
    connection: SqlConnection, point: str, name: str, start: int | None, end: int | None
) -> tuple[ArrivedValue, ...]:
    """The kept measures of a series in a period, each with what brought it."""
    return _came(connection, READ_CHUNKS, (point, name), (start, end))


def replaced_measures(
    connection: SqlConnection, point: str, name: str, start: int | None, end: int | None
) -> tuple[ArrivedValue, ...]:
    """What was kept before of a series in a period: of each start in the order in which it went."""
    return _came(connection, _REPLACED, (point, name), (start, end))


def files_of(connection: SqlConnection, point: str, name: str) -> tuple[str, ...]:
    """The delivered files that kept values of a series came by, by their names."""
    row = find_series(connection, point, name)
    if row is None:
        return ()
    contents = _contents(connection, READ_CHUNKS, row, None, None)
    with reading_chunks():
        numbers = {one for _, content in contents for one in publications_of(content)}
    return tuple(sorted(filter(None, (_file(connection, number) for number in numbers))))


def _came(
    connection: SqlConnection,
    query: str,
    series: tuple[str, str],
    bounds: tuple[int | None, int | None],
) -> tuple[ArrivedValue, ...]:
    row = find_series(connection, *series)
    if row is None:
        return ()
    contents = _contents(connection, query, row, *bounds)
    with reading_chunks():
        chunks = [unpack(content, base_of(number, row.span)) for number, content in contents]
    teller = _Teller(connection)
    first, last = _first(bounds[0]), _last(bounds[1])
    return tuple(came for came in teller.all(chunks) if first <= came.measure.start <= last)


class _Teller:
    """Tells runs and files by their numbers, each of which is looked up once."""

    def __init__(self, connection: SqlConnection) -> None:
        self._connection = connection
        self._known: dict[ValueOrigin, tuple[str, str]] = {}

    def all(self, chunks: Iterable[MeasureChunk]) -> Iterator[ArrivedValue]:
        for chunk in chunks:
            for measure, origin in chunk.rows():
                run, file = self._names(origin)
                yield ArrivedValue(measure=measure, run=run, file=file)

    def _names(self, origin: ValueOrigin) -> tuple[str, str]:
        if origin not in self._known:
            file = _file(self._connection, origin.publication)
            self._known[origin] = run_of(self._connection, origin), file
        return self._known[origin]


def _file(connection: SqlConnection, publication: int) -> str:
    """The name of a publication's file; empty when there is none."""
    query = "SELECT name FROM publication WHERE id = ?"
    row = connection.execute(query, (publication,)).fetchone()
    return str(row[0]) if row else ""


def _contents(
    connection: SqlConnection, query: str, row: SeriesRow, start: int | None, end: int | None
) -> list[tuple[int, bytes]]:
    """The packed chunks of a series in a period, each behind its number."""
    numbers = _numbers(row.span, start, end)
    return connection.execute(query, (row.number, *numbers)).fetchall()


def _join(
    contents: Iterable[tuple[int, bytes]], span: int, start: int | None, end: int | None
) -> Measures:
    """The measures of chunks with their numbers, cut where the period begins and ends."""
    with reading_chunks():
        measures = join((base_of(number, span), content) for number, content in contents)
    starts = measures.starts
    first = 0 if start is None else bisect_left(starts, start)
    last = len(starts) if end is None else bisect_left(starts, end)
    return measures if (first, last) == (0, len(starts)) else measures[first:last]


def _by_span(spans: Sequence[int], numbers: Sequence[tuple[int, int]], side: int) -> str:
    """Numbers of chunks by the span of a series, as SQL; all of them are our own."""
    cases = " ".join(
        f"WHEN {span} THEN {both[side]}" for span, both in zip(spans, numbers, strict=True)
    )
    return f"CASE span {cases} END"


def _numbers(span: int, start: int | None, end: int | None) -> tuple[int, int]:
    """The numbers of the first and last chunk of a period."""
    return number_of(_first(start), span), number_of(_last(end), span)


def _first(start: int | None) -> int:
    return -_EVER if start is None else start


def _last(end: int | None) -> int:
    return _EVER if end is None else end - 1
