"""JSON lines: one object for each measure, with the columns of the CSV export as members."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sgeflow.adapters.atomic_write import replace_file
from sgeflow.adapters.export import MeasureSource, rows
from sgeflow.core.measures.civil_time import civil

SUFFIX = ".jsonl"


def write(
    path: Path, source: MeasureSource, points: Sequence[str], documents: Mapping[str, Any]
) -> dict[str, int]:
    """Write the measures, then each other document as `{"type": …, "document": …}`."""
    counts: Counter[str] = Counter()
    with replace_file(path) as part, part.open("w", encoding="utf-8") as file:
        for series, measure in rows(source, points):
            counts[series.name] += 1
            line = {
                "point": series.point,
                "series": series.name,
                "start": civil(measure.start).isoformat(),
                "step": measure.step,
                "value": measure.value,
                "unit": series.unit,
                "nature": measure.nature,
            }
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
        for name, members in sorted(documents.items()):
            for document in members if isinstance(members, list | tuple) else [members]:
                counts[name] += 1
                line = {"type": name, "document": document}
                file.write(json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n")
    return dict(counts)
