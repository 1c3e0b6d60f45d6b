"""R67: billing measures of a bulk order: amounts of a period, already differenced.

JSON (`…classeTemporelle[]{quantite[]{dbtMesure, finMesure, quantite, codeNature, codeStatut,
dateCreation}}`) is known from real files; CSV, a row an amount, from the guide.

Each point's whole entry is kept as a document. Its amounts are also kept as `billing_<class>` and
`billing_supplier_<class>` (Wh), from the first day to the end (excluded), never mixed with
readings. Cancelled amounts (status A, Annulé) are left out and counted, each with one amount that
it repeats: of the same days, value and nature, in this file or kept from an earlier publication. A
cancelled amount that repeats none is told. Of two amounts that begin on the same day the one
created last is kept, and that is told: a regularisation, which may be negative, is then in the
document alone. Two amounts of the same days, nature and creation that differ are both left out. So
are two that begin on different days and overlap, and an amount whose status has a code that its
label contradicts, with those that it may cancel.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from io import BufferedReader
from typing import Any

from sgeflow.core.measures.columns import Measures
from sgeflow.core.measures.series import BILLED, Register
from sgeflow.core.model import Series
from sgeflow.messages import Message, say, say_count
from sgeflow.tools.deliveries import fields
from sgeflow.tools.deliveries.amounts import Amount, balance, contradicting, overlapping
from sgeflow.tools.deliveries.csv import by_point, table
from sgeflow.tools.deliveries.fields import Names, several, word
from sgeflow.tools.deliveries.json_records import entries
from sgeflow.tools.deliveries.model import (
    DeliveredDocument,
    DeliveredMeasures,
    DeliveryItem,
    DeliverySource,
    Family,
)
from sgeflow.tools.deliveries.points import label_of
from sgeflow.tools.deliveries.registers import amount_parts
from sgeflow.tools.deliveries.series import Label, series_of, unknown_quantity

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


_AmountGroups = dict[tuple[Label, tuple[str, ...]], list[Amount]]


def _read_json(file: BufferedReader, source: DeliverySource) -> Iterator[DeliveryItem]:
    del source
    for entry in entries(file, _MEASURES):
        point = word(entry, fields.POINT)
        groups: _AmountGroups = defaultdict(list)
        for context in several(entry, fields.CONTEXTS):
            for quantity in several(context, fields.QUANTITIES):
                for key, amounts in _amounts(point, quantity):
                    groups[key] += amounts
        yield DeliveredDocument(point=fields.point_of(point), body=entry)
        yield from _measure(groups)


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
                    calendar=word(calendar, fields.CALENDAR),
                )
                for amount in several(one, fields.AMOUNTS)
            ]
            yield (label, amount_parts(cell)), amounts


def _read_csv(file: BufferedReader, source: DeliverySource) -> Iterator[DeliveryItem]:
    for point, rows in by_point(table(file, _COLUMNS, source)):
        groups: _AmountGroups = defaultdict(list)
        lines: list[Mapping[str, str]] = []
        for row in rows:
            lines.append(row)
            cell = Register(
                calendar=row["calendar"],
                grid=row["grid"],
                time_class=row["class"],
                label=row["class_label"],
            )
            amount = {name: row[name] for name in Amount.__struct_fields__}
            groups[label_of(point, row), amount_parts(cell)].append(Amount(**amount))
        yield DeliveredDocument(point=fields.point_of(point), body={"amounts": lines})
        yield from _measure(groups)


def _measure(groups: _AmountGroups) -> Iterator[DeliveryItem]:
    for (label, parts), amounts in groups.items():
        if unknown := unknown_quantity(label, BILLED):
            yield unknown
            continue
        series, factor = series_of(label, BILLED, *parts)
        balanced = balance(amounts)
        daily, flags, contradictions = _by_day(series, balanced.holding)
        doubts = tuple(_doubt(series, one) for one in balanced.doubtful)
        measures = [one.measure(factor) for one in daily]
        withdrawn = [one.measure(factor) for one in balanced.cancelled]
        yield DeliveredMeasures(
            series=series,
            measures=Measures.of(measures),
            withdrawn=tuple(one for one in withdrawn if one not in measures),
            unmatched=tuple(one.measure(factor) for one in balanced.unmatched),
            contradictions=(*doubts, *contradictions),
            dropped=len(amounts) - len(balanced.holding),
            flags=flags,
        )


def _by_day(
    series: Series, amounts: Iterable[Amount]
) -> tuple[list[Amount], tuple[Message, ...], tuple[Message, ...]]:
    """The amount of each first day, what is told of the others, and which of them contradict."""
    days: dict[date, list[Amount]] = defaultdict(list)
    for one in amounts:
        days[one.period[0]].append(one)
    measures, contradictions, others = [], [], 0
    for day in sorted(days):
        pair = contradicting(days[day])
        if pair is None:
            measures.append(days[day][-1])
            others += len(days[day]) - 1
        else:
            contradictions.append(_contradiction(series, *pair))
    flags = (_begun_with_others(series, others),) if others else ()
    pairs = overlapping(measures)
    contradictions += [_overlap(series, *pair) for pair in pairs]
    unclear = [one for pair in pairs for one in pair]
    kept = [one for one in measures if one not in unclear]
    return kept, flags, tuple(contradictions)


def _overlap(series: Series, one: Amount, other: Amount) -> Message:
    return say(
        "{series} of point {point}: the amount from {first} to {end} overlaps that from "
        "{other_first} to {other_end}",
        series=series.name,
        point=series.point,
        first=one.period[0],
        end=one.period[1],
        other_first=other.period[0],
        other_end=other.period[1],
    )


def _begun_with_others(series: Series, count: int) -> Message:
    return say_count(
        "{series} of point {point}: {count} amount begins on the day of another one; the last "
        "created is kept, all are in the document",
        "{series} of point {point}: {count} amounts begin on the day of another one; the last "
        "created is kept, all are in the document",
        series=series.name,
        point=series.point,
        count=count,
    )


def _doubt(series: Series, one: Amount) -> Message:
    """An amount that may be cancelled, or may not: one like it is not kept either."""
    return say(
        "{series} of point {point}: of the amount {amount} from {first} to {end} the code of the "
        "status is {code}, and its label is {label}",
        series=series.name,
        point=series.point,
        amount=one.amount,
        first=one.period[0],
        end=one.period[1],
        code=one.status[:20],
        label=one.status_label[:20],
    )


def _contradiction(series: Series, one: Amount, other: Amount) -> Message:
    return say(
        "{series} of point {point}: the amount from {first} to {end} is {one}, and it is {other}",
        series=series.name,
        point=series.point,
        first=one.period[0],
        end=one.period[1],
        one=one.amount,
        other=other.amount,
    )


FAMILY = Family(
    title="billing measures",
    fluxes=("R67",),
    readers={"json": _read_json, "csv": _read_csv},
    manual=__doc__ or "",
)
