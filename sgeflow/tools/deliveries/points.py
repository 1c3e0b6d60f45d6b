"""Reads the fluxes whose values are dated points of a quantity: curves, daily energy, peaks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BufferedReader
from itertools import groupby
from typing import Any

from sgeflow.core.measures.series import Kind
from sgeflow.messages import say
from sgeflow.tools.deliveries import fields
from sgeflow.tools.deliveries.csv import Row, table
from sgeflow.tools.deliveries.fields import Names, chosen, several, word
from sgeflow.tools.deliveries.json_records import entries
from sgeflow.tools.deliveries.model import Piece, Source, damaged
from sgeflow.tools.deliveries.series import Label, curve, is_doubtful, measured, series_of

_ROW = {
    "date": fields.DATE,
    "value": fields.VALUE,
    "step": fields.STEP,
    "nature": fields.NATURE,
    "validity": fields.VALIDITY,
}
_LABEL = {
    "point": fields.POINT,
    "quantity": fields.QUANTITY,
    "direction": fields.DIRECTION,
    "unit": fields.UNIT,
    "stage": fields.STAGE,
}
_MEASURES = Names("list of measures", ("mesures", "mesure"))

_WORD = 12  # characters of a step or nature

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How the points of a flux are kept; without `stamped` a curve, whose stamps must be told."""

    kinds: Mapping[str, Kind]
    staged: bool = False  # whether raw and corrected values are ordered apart
    stamped: str = ""
    step: str | None = None


def json_reader(plan: Plan) -> Callable[[BufferedReader, Source], Iterator[Piece]]:
    """Reads `mesures[]{idPrm, grandeur[]{grandeurPhysique, unite, points[]{d, v, p, n, iv}}}`."""

    def read(file: BufferedReader, source: Source) -> Iterator[Piece]:
        for entry in entries(file, _MEASURES):
            point = word(entry, fields.POINT)
            stage = word(entry, fields.STAGE)
            for one in several(entry, fields.QUANTITIES):
                label = Label(
                    point=point,
                    stage=(word(one, fields.STAGE) or stage) if plan.staged else "",
                    quantity=word(one, fields.QUANTITY),
                    direction=word(one, fields.DIRECTION),
                    unit=word(one, fields.UNIT),
                )
                rows = rows_of(several(one, fields.POINTS))
                if rows:
                    yield _measured(plan, source, label, rows)

    return read


def csv_reader(plan: Plan) -> Callable[[BufferedReader, Source], Iterator[Piece]]:
    """Reads one row a value, the point and quantity on each; a point's rows stand together."""

    def read(file: BufferedReader, source: Source) -> Iterator[Piece]:
        for point, rows in by_point(table(file, _LABEL | _ROW)):
            groups: dict[Label, Rows] = defaultdict(list)
            for row in rows:
                groups[label_of(point, row, staged=plan.staged)].append(filled(row))
            for label, some in groups.items():
                yield _measured(plan, source, label, some)

    return read


def by_point(rows: Iterable[Row]) -> Iterator[tuple[str, Iterator[Row]]]:
    """Rows that follow each other and are of one point."""
    return groupby(rows, key=lambda row: row["point"])


def label_of(point: str, row: Row, *, staged: bool = False) -> Label:
    """Whose value a row of a table holds, and what it measures."""
    return Label(
        point=point,
        quantity=row["quantity"],
        direction=row["direction"],
        unit=row["unit"],
        stage=row["stage"] if staged else "",
    )


def filled(row: Row) -> dict[str, Any]:
    """A row of a table as stamps are read from it: what is empty is not there."""
    return {
        "date": row["date"],
        "value": row["value"],
        "step": row.get("step") or None,
        "nature": row.get("nature", ""),
        "validity": row["validity"],
    }


def rows_of(points: list[Any]) -> Rows:
    """The values of a list as rows, whatever its names; every name is looked up once a list."""
    if not all(isinstance(one, dict) for one in points):
        raise damaged(say("its layout is not known: a value is no object"))
    if not points:
        return []
    names = chosen(dict.fromkeys(name for one in points for name in one), _ROW)
    date, value = names["date"], names["value"]
    step, nature = names.get("step", ""), names.get("nature", "")
    validity = names.get("validity", "")
    rows = [
        {
            "date": one.get(date),
            "value": one.get(value),
            "step": one.get(step),
            "nature": one.get(nature) or "",
            "validity": one.get(validity),
        }
        for one in points
    ]
    if not all(_is_word(row["nature"]) and _is_step(row["step"]) for row in rows):
        raise damaged(say("its layout is not known: a step or nature is no short text"))
    return rows


def _is_step(value: Any) -> bool:
    return value is None or _is_word(value)


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= _WORD and value.isascii()


def _measured(plan: Plan, source: Source, label: Label, rows: Rows) -> Piece:
    series, factor = series_of(label, plan.kinds)
    if not plan.stamped:
        return curve(series, factor, rows, source, doubtful(rows))
    return measured(
        series, factor, rows, stamped=plan.stamped, step=plan.step, doubtful=doubtful(rows)
    )


def doubtful(rows: Iterable[Mapping[str, Any]]) -> int:
    """How many rows Enedis doubts."""
    return sum(1 for row in rows if is_doubtful(row["validity"]))
