"""Cozy documents, as the Métropole de Lyon's konnector leaves them in `importedData.json`.

One object, document type to list of documents. Documents name their point only when the file holds
more than one.
"""

from __future__ import annotations

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
from sgeflow.errors import Id, InvalidValues, Problem
from sgeflow.messages import say

SUFFIX = ".json"
_in_one_line = json.JSONEncoder(ensure_ascii=False).encode
_DATED = ", ".join(f'"{name}": %d' for name in DATE_FIELDS)
_LINE = f'{{"_id": "%s", %s"load": %r, {_DATED}}}'
"""A document as JSON: its id, its point where that is said, and its members, all plain numbers."""
ADDED = "added_in_autumn"
"""The count of values that were added to another one, because their civil time came twice."""


def write(
    path: Path, source: MeasureSource, points: Sequence[str], documents: Mapping[str, Any]
) -> dict[str, int]:
    """Write the documents of some points, and further ones by type (`io.cozy.accounts`).

    The counts are by document type, and `ADDED` when there is something to say of the autumn hour.

    Raises:
        InvalidValues: a series is kept in a unit that its documents cannot have.
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
        file.write("{")  # a document a line: small, and a person can read it and compare two
        for place, (name, lines) in enumerate(by_type.items()):
            file.write(("," if place else "") + f"\n  {json.dumps(name)}: [")
            file.write(",".join(f"\n    {text}" for text in lines))
            file.write("\n  ]" if lines else "]")
        file.write("\n}\n")
    counts = {name: len(some) for name, some in by_type.items()}
    return counts | {ADDED: added} if added else counts


def _with_ids(name: str, others: Any) -> Iterator[Mapping[str, Any]]:
    """Further documents; a second run gives each the same id and order of members."""
    for place, document in enumerate(others if isinstance(others, list | tuple) else [others]):
        if not isinstance(document, Mapping):
            message = say("document {place} of {name} is not an object", place=place + 1, name=name)
            raise InvalidValues(Problem(id=Id.INVALID_VALUE, message=message))
        ordered = json.loads(json.dumps(document, sort_keys=True))
        yield {"_id": document_number(name, str(place)), **ordered}
