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
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from io import BufferedReader
from itertools import chain, repeat
from types import NoneType
from typing import Any

from msgspec import Struct

from sgeflow.core.language.rows import Rows
from sgeflow.core.measures.conventions import is_blank
from sgeflow.core.measures.series import CURVES, ENERGIES, PEAKS, MeasureRows, QuantityKind
from sgeflow.core.packed import Column, RepeatedCell, map_cells
from sgeflow.messages import say
from sgeflow.tools.deliveries import fields
from sgeflow.tools.deliveries.csv import CsvRow, CsvRun, runs_by_point, table_runs
from sgeflow.tools.deliveries.fields import choose_fields, several, word
from sgeflow.tools.deliveries.json_records import entries
from sgeflow.tools.deliveries.model import (
    DeliveryItem,
    DeliverySource,
    Family,
    damage_error,
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
        for entry in entries(file, fields.MEASURES):
            for label, rows in _quantities(entry):
                if rows:
                    yield _measure(plan, source, label, rows)

    def read_csv(file: BufferedReader, source: DeliverySource) -> Iterator[DeliveryItem]:
        """Reads one row a value, the point and quantity on each; a point's rows stand together."""
        for point, runs in runs_by_point(table_runs(file, _LABEL | _ROW, source)):
            groups: dict[Label, list[CsvRun]] = defaultdict(list)
            for run in runs:
                groups[label_of(point, run.row)].append(run)
            for label, same in groups.items():
                yield _measure(plan, source, label, rows_of_runs(same))

    readers = {"json": read_json, "csv": read_csv}
    return Family(fluxes=fluxes, readers=readers)


def _quantities(entry: Any) -> Iterator[tuple[Label, MeasureRows]]:
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


def rows_of(points: list[Any]) -> MeasureRows:
    """The values of a list as rows, whatever its names; every name is looked up once a list."""
    if not {*map(type, points)} <= {dict}:
        raise damage_error(say("its layout is not known: a value is not an object"))
    if not points:
        return []
    names = choose_fields(dict.fromkeys(chain.from_iterable(points)), _ROW)
    columns = {field: [one.get(name) for one in points] for field, name in names.items()}
    rows = Rows(columns, len(points))
    is_known = _are_words(rows.column("step")) and _are_words(rows.column("nature"))
    if not is_known or {list, dict} & {*map(type, rows.column("validity"))}:
        raise damage_error(
            say("its layout is not known: a step, nature or validity is not a short text")
        )
    natures = map_cells(rows.column("nature"), lambda one: "" if is_blank(one) else one)
    return Rows({**columns, "nature": natures}, len(points))


def _are_words(cells: Column) -> bool:
    """Whether all are short texts, or nothing."""
    if not {*map(type, cells)} <= {str, NoneType}:
        return False
    return all(one is None or (len(one) <= _WORD and one.isascii()) for one in {*cells})


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


FAMILIES = (
    _family(Plan(kinds=CURVES), "R63", "R63A", "R63B"),
    _family(Plan(kinds=ENERGIES, stamped="day", step="P1D"), "R65"),
    _family(Plan(kinds=PEAKS, stamped="instant"), "R66", "R66B"),
)
