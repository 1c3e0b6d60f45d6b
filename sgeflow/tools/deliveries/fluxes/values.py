"""R63, R65, R66: load curves, daily energy and daily maximum power of a bulk order.

JSON (`mesures[]{idPrm, grandeur[]{…, points[]{d, v, p, n, iv}}}`) or CSV, a row a value. The JSON
names are those of the detailed measures v3; CSV headers of R63 are known from real files, no CSV of
R65 and R66 has been seen (inference). R63A (C1 to C4, P1 to P3), R63B (C5, P4) and R66B, which
subscriptions deliver, are read as R63 and R66: their guide is the same, no file of them has been
seen (inference).

R63 is kept as `load_curve` (W), `load_curve_pri` and `load_curve_prc` (VAr), `voltage_curve` (V);
production as `load_curve_injection`; corrected values (`etapeMetier` BEST) as
`load_curve_corrected`, beside the raw ones (BRUT).

R65 has a point a day (`{d: 2025-05-01, v: 7421}`), kept as `daily_energy` (Wh), from midnight to
midnight; reactive energy as `daily_energy_eri` and `daily_energy_erc` (VArh).

R66 has a point a day, stamped with the instant of the peak, kept as `max_power` (VA) at that
instant; the phases of a three-phase meter as `max_power_phase1` to `max_power_phase3`.

An entry as the guide lays it out is decoded to Structs and seen as columns. An entry of any other
layout (a name that the guide does not have, a point written as a number) is read as plain data.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from io import BufferedReader
from itertools import repeat
from typing import Any

import msgspec
from msgspec import Struct, to_builtins

from sgeflow.core.language.rows import Rows
from sgeflow.core.measures.conventions import is_blank
from sgeflow.core.measures.series import CURVES, ENERGIES, PEAKS, MeasureRows, QuantityKind
from sgeflow.core.packed import RepeatedCell
from sgeflow.messages import say
from sgeflow.tools.deliveries import fields
from sgeflow.tools.deliveries.csv import CsvRow, CsvRun, runs_by_point, runs_of
from sgeflow.tools.deliveries.fields import choose_fields, plain_word, several, word
from sgeflow.tools.deliveries.json_records import entries
from sgeflow.tools.deliveries.model import (
    DeliveryItem,
    DeliverySource,
    Family,
    damage_error,
    quick_reader,
)
from sgeflow.tools.deliveries.series import (
    Label,
    count_doubtful,
    curve,
    measure_rows,
    series_of,
    unknown_quantity,
)

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

_WORD = 12  # characters of a step or nature

DeliveredRows = list[dict[str, Any]]


class Plan(Struct, frozen=True, kw_only=True):
    """How the points of a flux are kept; without `stamped` a curve, whose stamps must be told."""

    kinds: Mapping[str, QuantityKind]
    stamped: str = ""
    step: str | None = None


def _family(plan: Plan, *fluxes: str) -> Family:
    def read_json(file: BufferedReader, source: DeliverySource) -> Iterator[DeliveryItem]:
        """Reads `mesures[]{idPrm, grandeur[]{…, unite, points[]{d, v, p, n, iv}}}`."""
        for entry in entries(file, fields.MEASURES, decode_entry if source.quickly else None):
            quantities = _typed_quantities if isinstance(entry, TypedEntry) else _entry_quantities
            for label, rows in quantities(entry):
                if rows:
                    yield _measure(plan, source, label, rows)

    def read_csv(file: BufferedReader, source: DeliverySource) -> Iterator[DeliveryItem]:
        """Reads one row a value, the point and quantity on each; a point's rows stand together."""
        for point, runs in runs_by_point(runs_of(file, _LABEL | _ROW, source)):
            groups: dict[Label, list[CsvRun]] = defaultdict(list)
            for run in runs:
                groups[label_of(point, run.row)].append(run)
            for label, same in groups.items():
                yield _measure(plan, source, label, rows_of_runs(same))

    readers = {"json": quick_reader(read_json), "csv": quick_reader(read_csv)}
    return Family(fluxes=fluxes, readers=readers)


def _entry_quantities(entry: Any) -> Iterator[tuple[Label, MeasureRows]]:
    """The quantities of an entry, whatever its names."""
    point = word(entry, fields.POINT)
    stage = word(entry, fields.STAGE)
    for one in several(entry, fields.QUANTITIES):
        label = Label(
            point=point,
            stage=word(one, fields.STAGE) or stage,
            quantity=word(one, fields.QUANTITY),
            direction=word(one, fields.DIRECTION),
            unit=word(one, fields.UNIT),
        )
        yield label, rows_of(several(one, fields.POINTS))


def _typed_quantities(entry: TypedEntry) -> Iterator[tuple[Label, MeasureRows]]:
    """The quantities of an entry as the guide has it."""
    point, stage = plain_word(entry.point), plain_word(entry.stage)
    for one in entry.quantities:
        label = Label(
            point=point,
            stage=plain_word(one.stage) or stage,
            quantity=plain_word(one.quantity),
            direction=plain_word(one.direction),
            unit=plain_word(one.unit),
        )
        rows = rows_of_points(one.points)
        natures, steps = set(rows.column("nature")), set(rows.column("step"))
        is_plain = all(map(_is_word, natures)) and all(map(_is_step, steps))
        if is_plain and not any(map(is_blank, natures - {""})):
            yield label, rows
        else:
            yield label, rows_of(to_builtins(one.points))


def rows_of_runs(runs: list[CsvRun]) -> Rows:
    """The rows of a table as stamps are read from them: what is empty is not there."""
    columns: dict[str, Any] = {name: [] for name in _ROW}
    for run in runs:
        columns["date"] += run.dates
        columns["value"] += run.values
    total = len(columns["date"])
    for name in ("step", "nature", "validity"):
        empty = None if name == "step" else ""
        cells = [run.row.get(name) or empty for run in runs]
        if len(set(cells)) == 1:
            columns[name] = RepeatedCell(cells[0], total)
            continue
        for cell, run in zip(cells, runs, strict=True):
            columns[name] += repeat(cell, len(run.dates))
    return Rows(columns, total)


def label_of(point: str, row: CsvRow) -> Label:
    """The point and quantity of a row of a table."""
    return Label(
        point=point,
        quantity=row["quantity"],
        direction=row["direction"],
        unit=row["unit"],
        stage=row.get("stage", ""),
    )


def rows_of(points: list[Any]) -> DeliveredRows:
    """The values of a list as rows, whatever its names; every name is looked up once a list."""
    if not all(isinstance(one, dict) for one in points):
        raise damage_error(say("its layout is not known: a value is not an object"))
    if not points:
        return []
    names = choose_fields(dict.fromkeys(name for one in points for name in one), _ROW)
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
        raise damage_error(say("its layout is not known: a step or nature is not a short text"))
    if any(name and is_blank(name) for name in {row["nature"] for row in rows}):
        rows = [row | {"nature": ""} if is_blank(row["nature"]) else row for row in rows]
    return rows


def _is_step(value: Any) -> bool:
    return value is None or _is_word(value)


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= _WORD and value.isascii()


def _measure(plan: Plan, source: DeliverySource, label: Label, rows: MeasureRows) -> DeliveryItem:
    if unknown := unknown_quantity(label, plan.kinds):
        return unknown
    series, factor = series_of(label, plan.kinds)
    if not plan.stamped:
        return curve(series, factor, rows, source)
    doubtful = count_doubtful(rows)
    return measure_rows(
        series, factor, rows, stamped=plan.stamped, step=plan.step, doubtful=doubtful
    )


_NAMES = {
    "point": "idPrm",
    "quantities": "grandeur",
    "quantity": "grandeurPhysique",
    "direction": "grandeurMetier",
    "unit": "unite",
    "stage": "etapeMetier",
    "period": "periode",
    "mode": "modeCalcul",
    "kind": "typeValeur",
    "step": "pas",
}
_POINT_NAMES = {"date": "d", "value": "v", "step": "p", "nature": "n", "validity": "iv"}


class TypedPoint(
    msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, rename=_POINT_NAMES
):
    """A value at a stamp."""

    date: str
    value: str | int | float | None
    step: str | None = None
    nature: str | None = None
    validity: str | int | None = None
    ec: str | int | None = None
    tc: str | int | None = None


class TypedQuantity(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename=_NAMES):
    """The points of a quantity."""

    quantity: str
    unit: str
    points: list[TypedPoint]
    direction: str = ""
    stage: str = ""


class TypedEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename=_NAMES):
    """The entry of one point in the list `mesures`."""

    point: str
    quantities: list[TypedQuantity]
    stage: str = ""
    period: msgspec.Raw = msgspec.Raw()
    mode: msgspec.Raw = msgspec.Raw()
    kind: msgspec.Raw = msgspec.Raw()
    step: msgspec.Raw = msgspec.Raw()


_decode = msgspec.json.Decoder(TypedEntry).decode


def decode_entry(text: str) -> TypedEntry:
    """An entry from its text.

    Raises:
        ValueError: it is not laid out so, or a stamp or value stands twice in a point.
    """
    entry = _decode(text)
    count = sum(len(one.points) for one in entry.quantities)
    if text.count('"d"') != count or text.count('"v"') != count:
        raise ValueError
    return entry


def rows_of_points(points: list[TypedPoint]) -> Rows:
    """The values of a quantity as rows `{date, value, step, nature, validity}`."""
    columns: dict[str, Any] = {
        "date": [one.date for one in points],
        "value": [one.value for one in points],
        "step": [one.step for one in points],
        "nature": [one.nature or "" for one in points],
        "validity": [one.validity for one in points],
    }
    return Rows(columns, len(points))


FAMILIES = (
    _family(Plan(kinds=CURVES), "R63", "R63A", "R63B"),
    _family(Plan(kinds=ENERGIES, stamped="day", step="P1D"), "R65"),
    _family(Plan(kinds=PEAKS, stamped="instant"), "R66", "R66B"),
)
