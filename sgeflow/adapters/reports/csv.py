"""CSV: one line for each case; each line repeats the facts of the run and can be copied alone."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sgeflow.adapters.atomic_write import replace_file
from sgeflow.adapters.reports import count_verdicts
from sgeflow.core.cells import without_formula

CASE = (
    *("case", "title", "service", "version", "operation", "time", "expected", "received"),
    *("verdict", "affaireId", "serviceSouscritId", "message", "stale", "ends"),
)
RUN = ("release", "environment", "login", "run")


def write(path: Path, document: Mapping[str, Any]) -> dict[str, int]:
    """Write the lines in the order of the cases."""
    run = [_cell(document[name]) for name in RUN]
    with replace_file(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow((*CASE, *RUN))
        for row in document["rows"]:
            writer.writerow([*(_cell(row[name]) for name in CASE), *run])
    return count_verdicts(document)


def _cell(value: Any) -> str:
    return without_formula("" if value is None else " ".join(str(value).split()))
