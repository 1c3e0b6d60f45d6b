"""R67: billing measures of a bulk order: amounts of a period, already differenced.

JSON (`…classeTemporelle[]{quantite[]{dbtMesure, finMesure, quantite, codeNature, codeStatut,
dateCreation}}`) is known from real files; CSV, a row an amount, is inference.

Each point's whole entry is kept as a document. Its amounts are also kept as `billing_<class>` and
`billing_supplier_<class>` (Wh), from the first day to the end (excluded), never mixed with
readings: cancelled amounts (status A) are left out and counted; of two amounts that begin on the
same day the one created last is kept, and that is told: a regularisation, which may be negative, is
then in the document alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from io import BufferedReader
from typing import Any

from sgeflow.core.files import fields
from sgeflow.core.files.fields import Names, several, word
from sgeflow.core.files.grids import parts_needed
from sgeflow.core.files.naming import Label, day_of, period_measure, series_of
from sgeflow.core.files.pieces import Family, Measured, Paper, Piece, Source
from sgeflow.core.files.points import by_point, label_of
from sgeflow.core.files.records import entries
from sgeflow.core.files.tables import table
from sgeflow.core.measures.naming import BILLED, Register, scaled
from sgeflow.say import say

_CANCELLED = "A"
_MEASURES = Names("list of measures", ("mesures", "mesure"))
_COLUMNS = {
    "point": fields.POINT,
    "quantity": fields.QUANTITY,
    "direction": fields.DIRECTION,
    "unit": fields.UNIT,
    "calendar": fields.CALENDAR,
    "grid": fields.GRID,
    "class": fields.CLASS,
    "class_label": fields.CLASS_LABEL,
    "first": fields.FIRST,
    "last": fields.LAST,
    "created": fields.CREATED,
    "amount": fields.AMOUNT,
    "kind": fields.KIND,
    "status": fields.STATUS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Amount:
    first: str
    last: str
    amount: Any
    kind: str
    status: str
    created: str


_Groups = dict[tuple[Label, tuple[str, ...]], list[_Amount]]


def _read_json(file: BufferedReader, source: Source) -> Iterator[Piece]:
    del source
    for entry in entries(file, _MEASURES):
        point = word(entry, fields.POINT)
        groups: _Groups = defaultdict(list)
        for context in several(entry, fields.CONTEXTS):
            for quantity in several(context, fields.QUANTITIES):
                for key, amounts in _amounts(point, quantity):
                    groups[key] += amounts
        yield Paper(point=fields.point_of(point), body=entry)
        yield from _measured(groups)


def _amounts(
    point: str, entry: Any
) -> Iterator[tuple[tuple[Label, tuple[str, ...]], list[_Amount]]]:
    label = Label(
        point=point,
        quantity=word(entry, fields.QUANTITY),
        direction=word(entry, fields.DIRECTION),
        unit=word(entry, fields.UNIT),
    )
    for calendar in several(entry, fields.CALENDARS):
        for one in several(calendar, fields.CLASSES):
            cell = Register(
                calendar=word(calendar, fields.CALENDAR),
                grid=word(calendar, fields.GRID),
                time_class=word(one, fields.CLASS),
                label=word(one, fields.CLASS_LABEL),
            )
            amounts = [
                _Amount(
                    first=word(amount, fields.FIRST),
                    last=word(amount, fields.LAST),
                    amount=fields.get(amount, fields.AMOUNT),
                    kind=word(amount, fields.KIND),
                    status=word(amount, fields.STATUS),
                    created=word(amount, fields.CREATED),
                )
                for amount in several(one, fields.AMOUNTS)
            ]
            yield (label, parts_needed(cell)), amounts


def _read_csv(file: BufferedReader, source: Source) -> Iterator[Piece]:
    del source
    for point, rows in by_point(table(file, _COLUMNS)):
        groups: _Groups = defaultdict(list)
        kept: list[Mapping[str, str]] = []
        for row in rows:
            kept.append(row)
            cell = Register(
                calendar=row["calendar"],
                grid=row["grid"],
                time_class=row["class"],
                label=row["class_label"],
            )
            amount = {name: row[name] for name in _Amount.__slots__}
            groups[label_of(point, row), parts_needed(cell)].append(_Amount(**amount))
        yield Paper(point=fields.point_of(point), body={"amounts": kept})
        yield from _measured(groups)


def _measured(groups: _Groups) -> Iterable[Measured]:
    for (label, parts), amounts in groups.items():
        series, factor = series_of(label, BILLED, *parts)
        valid = sorted((a for a in amounts if a.status != _CANCELLED), key=lambda a: a.created)
        found = [
            period_measure(
                day_of(one.first), day_of(one.last), scaled(one.amount, factor), one.kind
            )
            for one in valid
        ]
        kept = {measure.start: measure for measure in found}
        flags = []
        if len(kept) < len(valid):
            flags.append(
                say(
                    "{series} of point {point}: {count} amounts begin on the day of another "
                    "one; the last created is kept, all are in the document",
                    series=series.name,
                    point=series.point,
                    count=len(valid) - len(kept),
                )
            )
        yield Measured(
            series=series,
            measures=tuple(kept[start] for start in sorted(kept)),
            dropped=len(amounts) - len(valid),
            flags=tuple(flags),
        )


FAMILY = Family(
    title="billing measures",
    fluxes=("R67",),
    readers={"json": _read_json, "csv": _read_csv},
    manual=__doc__ or "",
)
