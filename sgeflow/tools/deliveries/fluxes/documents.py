"""C68 and CR.M023: documents of a bulk order, kept whole, never as measures.

C68 is the technical and contractual data as on the day of the order. JSON (a list of objects, one a
point) or CSV (a row of some 200 columns, one a point); both are known from real files. Missing data
may have been left out for want of consent, so nothing is checked but the point. The documents name
people, and are erased with the point. Delivered as a zip of up to ten zips.

CR.M023 is the report that ends a bulk order: the state of each point, and why. Enedis's
homologation session V26.2 names it CR.M023R6X or CR.M023C68, after what was ordered. JSON (a list
of points, at the root or in it) or CSV. No file of it has been seen: that each entry names a point,
a state and perhaps a reason is known from the service's guide, their names are inference. Shown as
a table of point, state and reason.
"""

from collections.abc import Iterator, Mapping
from io import BufferedReader
from typing import Any

from sgeflow.tools.deliveries import fields
from sgeflow.tools.deliveries.csv import wide
from sgeflow.tools.deliveries.fields import Names, choose_fields, point_of, word
from sgeflow.tools.deliveries.json_records import entries
from sgeflow.tools.deliveries.model import DeliveredDocument, DeliveryItem, DeliverySource, Family

_POINTS = Names("list of points", ("prms", "points", "mesures", "donnees"))
_LINE = {"state": fields.STATE, "reason": fields.REASON}


def _contract_json(file: BufferedReader, _: DeliverySource) -> Iterator[DeliveryItem]:
    for entry in entries(file, _POINTS):
        yield DeliveredDocument(point=point_of(word(entry, fields.POINT)), body=entry)


def _contract_csv(file: BufferedReader, _: DeliverySource) -> Iterator[DeliveryItem]:
    for point, row in wide(file, fields.POINT):
        body = {name: cell for name, cell in row.items() if cell}
        yield DeliveredDocument(point=point_of(point), body=body)


def _report_json(file: BufferedReader, _: DeliverySource) -> Iterator[DeliveryItem]:
    for entry in entries(file, fields.ENTRIES):
        line = {name: word(entry, field) for name, field in _LINE.items()}
        yield _report(word(entry, fields.POINT), entry, line)


def _report_csv(file: BufferedReader, _: DeliverySource) -> Iterator[DeliveryItem]:
    for point, row in wide(file, fields.POINT):
        places = choose_fields(row, _LINE)
        yield _report(point, row, {name: row.get(places.get(name, ""), "") for name in _LINE})


def _report(point: str, body: Mapping[str, Any], line: Mapping[str, str]) -> DeliveredDocument:
    return DeliveredDocument(point=point_of(point), body=body, line={"point": point, **line})


FAMILIES = (
    Family(fluxes=("C68",), readers={"json": _contract_json, "csv": _contract_csv}),
    Family(
        fluxes=("CR.M023", "CR.M023R6X", "CR.M023C68"),
        readers={"json": _report_json, "csv": _report_csv},
    ),
)
