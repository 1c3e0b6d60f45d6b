"""CR.M023: the report that ends a bulk order: what became of each point, and why.

Enedis's homologation session V26.2 names it CR.M023R6X or CR.M023C68, after what was ordered.

JSON (a list of points, at the root or in it) or CSV. No file of it has been seen: that each entry
names a point, a state and perhaps a reason is known from the service's guide, their names are
inference. Told as a table of point, state and reason, and kept whole as documents.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BufferedReader
from typing import Any

from sgeflow.tools.deliveries import fields
from sgeflow.tools.deliveries.csv import wide
from sgeflow.tools.deliveries.fields import choose_fields, point_of, word
from sgeflow.tools.deliveries.json_records import entries
from sgeflow.tools.deliveries.model import DeliveredDocument, DeliveryItem, DeliverySource, Family

_FIELDS = {"state": fields.STATE, "reason": fields.REASON}


def _read_json(file: BufferedReader, source: DeliverySource) -> Iterator[DeliveryItem]:
    del source
    for entry in entries(file, fields.ENTRIES):
        line = {name: word(entry, field) for name, field in _FIELDS.items()}
        yield _document(word(entry, fields.POINT), entry, line)


def _read_csv(file: BufferedReader, source: DeliverySource) -> Iterator[DeliveryItem]:
    del source
    for point, row in wide(file, fields.POINT):
        places = choose_fields(row, _FIELDS)
        yield _document(point, row, {name: row.get(places.get(name, ""), "") for name in _FIELDS})


def _document(point: str, body: Mapping[str, Any], line: Mapping[str, str]) -> DeliveredDocument:
    return DeliveredDocument(point=point_of(point), body=body, line={"point": point, **line})


FAMILY = Family(
    title="report of a bulk order",
    fluxes=("CR.M023", "CR.M023R6X", "CR.M023C68"),
    readers={"json": _read_json, "csv": _read_csv},
    manual=__doc__ or "",
)
