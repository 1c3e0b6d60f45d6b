"""Cozy documents in the form of the Métropole de Lyon's konnector (`importedData.json`).

One object, from document type to list of documents. Documents name their point only if the file has
several points.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sgeflow.adapters.atomic_write import replace_file
from sgeflow.adapters.export import MeasureSource
from sgeflow.core.measures.cozy_documents import (
    DATE_FIELDS,
    DOCUMENT_TYPES,
    document_number,
    documents_of,
)
from sgeflow.errors import Id, InvalidValues
from sgeflow.messages import say

SUFFIX = ".json"
_in_one_line = json.JSONEncoder(ensure_ascii=False).encode
_DATED = ", ".join(f'"{name}": %d' for name in DATE_FIELDS)
_LINE = f'{{"_id": "%s", %s"load": %r, {_DATED}}}'
"""A document as JSON: its id, its point if given, and its members, which are numbers."""
ADDED = "added_in_autumn"
"""Counts values that were added to another, because their civil time occurs twice in autumn."""


def write(
    path: Path, source: MeasureSource, points: Sequence[str], documents: Mapping[str, Any]
) -> dict[str, int]:
    """Write the documents of some points, and further documents by type (`io.cozy.accounts`).

    Returns counts by document type, and `ADDED` if values of the autumn hour were added.

    Raises:
        InvalidValues: the unit of a series differs from the unit of its documents.
    """
    by_type: dict[str, list[str]] = {kind.name: [] for kind in DOCUMENT_TYPES}
    added = 0
    for kind in DOCUMENT_TYPES:
        for point in sorted(points):
            loaded = source.load(point, kind.series)
            some, twice = documents_of(kind, point, loaded.measures, loaded.unit)
            owner = f'"pointId": {_in_one_line(point)}, ' if len(points) > 1 else ""
            by_type[kind.name] += [_LINE % (one.number, owner, one.load, *one.date) for one in some]
            added += twice
    for name, others in sorted(documents.items()):
        by_type.setdefault(name, []).extend(map(_in_one_line, _with_ids(name, others)))
    with replace_file(path) as part, part.open("w", encoding="utf-8") as file:
        file.write("{")  # one document per line: small, readable, comparable
        for place, (name, lines) in enumerate(by_type.items()):
            file.write(("," if place else "") + f"\n  {json.dumps(name)}: [")
            file.write(",".join(f"\n    {text}" for text in lines))
            file.write("\n  ]" if lines else "]")
        file.write("\n}\n")
    counts = {name: len(some) for name, some in by_type.items()}
    return counts | {ADDED: added} if added else counts


def _with_ids(name: str, others: Any) -> Iterator[Mapping[str, Any]]:
    """Further documents; each run gives them the same ids and the same order of members."""
    for place, document in enumerate(others if isinstance(others, list | tuple) else [others]):
        if not isinstance(document, Mapping):
            message = say("document {place} of {name} is not an object", place=place + 1, name=name)
            raise InvalidValues.of(Id.INVALID_VALUE, message)
        ordered = json.loads(json.dumps(document, sort_keys=True))
        yield {"_id": document_number(name, str(place)), **ordered}
