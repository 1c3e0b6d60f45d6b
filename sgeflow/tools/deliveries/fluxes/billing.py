"""R67: billing measures of a bulk order: amounts of a period, already differenced.

JSON (`…classeTemporelle[]{quantite[]{dbtMesure, finMesure, quantite, codeNature, codeStatut,
dateCreation}}`) is known from real files; CSV, a row an amount, from the guide.

Each point's whole entry is kept as a document. Its amounts are also kept as `billing_<class>` and
`billing_supplier_<class>` (Wh), from the first day to the end (excluded), never mixed with
readings. Cancelled amounts (status A, Annulé) are left out and counted, with the amounts that they
repeat; where nothing else holds on that day, what an earlier publication gave is taken out. Of two
amounts that begin on the same day the one created last is kept, and that is told: a regularisation,
which may be negative, is then in the document alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from io import BufferedReader
from typing import Any

from sgeflow.core.measures.series import BILLED, Register
from sgeflow.messages import say
from sgeflow.tools.deliveries import fields
from sgeflow.tools.deliveries.amounts import Amount, balance
from sgeflow.tools.deliveries.csv import table
from sgeflow.tools.deliveries.fields import Names, several, word
from sgeflow.tools.deliveries.json_records import entries
from sgeflow.tools.deliveries.model import Family, Measured, Paper, Piece, Source
from sgeflow.tools.deliveries.points import by_point, label_of
from sgeflow.tools.deliveries.registers import parts_needed
from sgeflow.tools.deliveries.series import Label, series_of

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
    "kind_label": fields.KIND_LABEL,
    "status": fields.STATUS,
    "status_label": fields.STATUS_LABEL,
}


_Groups = dict[tuple[Label, tuple[str, ...]], list[Amount]]


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
) -> Iterator[tuple[tuple[Label, tuple[str, ...]], list[Amount]]]:
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
                Amount(
                    first=word(amount, fields.FIRST),
                    last=word(amount, fields.LAST),
                    amount=fields.get(amount, fields.AMOUNT),
                    kind=word(amount, fields.KIND),
                    kind_label=word(amount, fields.KIND_LABEL),
                    status=word(amount, fields.STATUS),
                    status_label=word(amount, fields.STATUS_LABEL),
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
            amount = {name: row[name] for name in Amount.__slots__}
            groups[label_of(point, row), parts_needed(cell)].append(Amount(**amount))
        yield Paper(point=fields.point_of(point), body={"amounts": kept})
        yield from _measured(groups)


def _measured(groups: _Groups) -> Iterable[Measured]:
    for (label, parts), amounts in groups.items():
        series, factor = series_of(label, BILLED, *parts)
        balanced = balance(amounts)
        holding = [one.measure(factor) for one in balanced.holding]
        kept = {measure.start: measure for measure in holding}
        flags = []
        if len(kept) < len(holding):
            flags.append(
                say(
                    "{series} of point {point}: {count} amounts begin on the day of another "
                    "one; the last created is kept, all are in the document",
                    series=series.name,
                    point=series.point,
                    count=len(holding) - len(kept),
                )
            )
        yield Measured(
            series=series,
            measures=tuple(kept[start] for start in sorted(kept)),
            withdrawn=balanced.withdrawn(kept),
            dropped=len(amounts) - len(holding),
            flags=tuple(flags),
        )


FAMILY = Family(
    title="billing measures",
    fluxes=("R67",),
    readers={"json": _read_json, "csv": _read_csv},
    manual=__doc__ or "",
)
