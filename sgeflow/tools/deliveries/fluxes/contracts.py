"""C68: technical and contractual data of a bulk order, as on the day of the order.

JSON (a list of objects, one a point) or CSV (a row of some 200 columns, one a point); both are
known from real files. What is not there may have been left out for want of consent, so nothing is
checked but the point. Kept whole as documents, never as measures: they name people, and are erased
with the point. Delivered as a zip of up to ten zips.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BufferedReader

from sgeflow.tools.deliveries import fields
from sgeflow.tools.deliveries.csv import wide
from sgeflow.tools.deliveries.fields import Names, point_of, word
from sgeflow.tools.deliveries.json_records import entries
from sgeflow.tools.deliveries.model import DeliveredDocument, DeliveryItem, DeliverySource, Family

_POINTS = Names("list of points", ("prms", "points", "mesures", "donnees"))


def _read_json(file: BufferedReader, source: DeliverySource) -> Iterator[DeliveryItem]:
    del source
    for entry in entries(file, _POINTS):
        yield DeliveredDocument(point=point_of(word(entry, fields.POINT)), body=entry)


def _read_csv(file: BufferedReader, source: DeliverySource) -> Iterator[DeliveryItem]:
    del source
    for point, row in wide(file, fields.POINT):
        yield DeliveredDocument(
            point=point_of(point), body={name: cell for name, cell in row.items() if cell}
        )


FAMILY = Family(
    title="technical and contractual data",
    fluxes=("C68",),
    readers={"json": _read_json, "csv": _read_csv},
    manual=__doc__ or "",
)
