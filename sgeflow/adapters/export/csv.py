"""CSV with one line for each measure: `point, series, start, step, value, unit, nature`.

`start` is legal time with its offset (`2025-05-01T00:00:00+02:00`). `step` is in seconds, 0 for
an instant. `value` is the number that the service sent.
"""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sgeflow.adapters.atomic_write import replace_file
from sgeflow.adapters.export import MeasureSource, rows
from sgeflow.core.cells import without_formula
from sgeflow.core.measures.civil_time import civil

SUFFIX = ".csv"
COLUMNS = ("point", "series", "start", "step", "value", "unit", "nature")


def write(
    path: Path, source: MeasureSource, points: Sequence[str], documents: Mapping[str, Any]
) -> dict[str, int]:
    """Write the measures, and return their number by series; `documents` are not written."""
    del documents
    with replace_file(path) as part:
        return table(part, source, points)


def table(path: Path, source: MeasureSource, points: Sequence[str]) -> dict[str, int]:
    """Write the measures to a file, and return their number by series."""
    counts: Counter[str] = Counter()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for series, measure in rows(source, points):
            counts[series.name] += 1
            writer.writerow(
                (
                    *(without_formula(series.point), series.name),
                    *(civil(measure.start).isoformat(), measure.step, measure.value),
                    *map(without_formula, (series.unit, measure.nature)),
                )
            )
    return dict(counts)
