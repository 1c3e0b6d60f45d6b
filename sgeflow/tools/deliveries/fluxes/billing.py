"""R67: billing measures of a bulk order: amounts of a period, already differenced.

JSON (`…classeTemporelle[]{quantite[]{dbtMesure, finMesure, quantite, codeNature, codeStatut,
dateCreation}}`) is known from real files; CSV, a row an amount, from the guide.

Each point's whole entry is kept as a document. Its amounts are also kept as `billing_<class>` and
`billing_supplier_<class>` (Wh), from the first day to the end (excluded), never mixed with
readings. A cancelled amount (status A, Annulé) is left out and counted, with one amount that it
repeats: of the same days, value and nature, in this file or stored from an earlier publication. A
cancelled amount that repeats none is reported. Of two amounts that begin on the same day, the one
created last is stored, with a note: a regularisation, which may be negative, is then in the
document only. Two amounts with the same days, nature and creation that differ are both left out. So
are two that begin on different days and overlap. An amount whose status has contradictory code and
label is left out too, with the amounts that it may cancel.

To put an amount right, Enedis sends the original again as cancelled, and the right one as rectified
(Enedis.SGE.GUI.0131 4.3): one amount may stand three times. Codes of status and nature are
optional, their labels are not (JSON.0515); CSV has labels alone (0503 5.4).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from io import BufferedReader
from itertools import combinations
from typing import Any

from msgspec import Struct

from sgeflow.core.measures.columns import Measures
from sgeflow.core.measures.series import BILLED, Register, grid_parts, plain, scale
from sgeflow.core.model import Measure, Series
from sgeflow.messages import Message, say, say_count
from sgeflow.tools.deliveries import fields
from sgeflow.tools.deliveries.csv import by_point, table
from sgeflow.tools.deliveries.fields import several, word
from sgeflow.tools.deliveries.fluxes.values import label_of
from sgeflow.tools.deliveries.json_records import entries
from sgeflow.tools.deliveries.model import (
    DeliveredDocument,
    DeliveredMeasures,
    DeliveryItem,
    DeliverySource,
    Family,
)
from sgeflow.tools.deliveries.series import (
    Label,
    day_of,
    name_parts,
    period_measure,
    series_of,
    unknown_quantity,
)

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

# One letter as a code, a word in a label: `Annulé`, `Mesure annulée`, with accents encoded twice.
_STATUSES = {"i": "initial", "a": "annul", "r": "rectif"}
# Labels were seen with their accents encoded twice: `RÃ©el` is plainly "rael".
_KINDS = {"estim": "E", "inconnu": "I", "regul": "C", "ragul": "C", "reel": "R", "rael": "R"}


class Amount(Struct, frozen=True, kw_only=True):
    """An amount of a period as the file writes it; any code or label may be empty."""

    first: str
    last: str
    amount: Any
    kind: str
    kind_label: str
    status: str
    status_label: str
    created: str
    calendar: str

    @property
    def rank(self) -> tuple[str, bool]:
        """The order in which amounts replace each other: by creation, then rectified ones last."""
        return self.created, "r" in self._statuses

    @property
    def period(self) -> tuple[date, date]:
        """The first day, and the end, which is excluded."""
        return day_of(self.first), day_of(self.last)

    @property
    def nature(self) -> str:
        """The code of its kind, else the code for its label; empty if both are unknown."""
        label = plain(self.kind_label)
        named = (code for word, code in _KINDS.items() if label.startswith(word))
        return self.kind or next(named, "")

    @property
    def is_cancelled(self) -> bool:
        """Whether its code or its label says that it is cancelled."""
        return "a" in self._statuses

    @property
    def is_doubtful(self) -> bool:
        """Whether the code and the label of its status contradict each other."""
        return len(self._statuses) > 1

    @property
    def _statuses(self) -> frozenset[str]:
        return _codes_of(self.status, self.status_label)

    def measure(self, factor: int) -> Measure:
        """The amount as a measure, in a unit that is smaller by a factor."""
        return period_measure(*self.period, scale(self.amount, factor), self.nature)


class Balance(Struct, frozen=True, kw_only=True):
    """The amounts of a series, sorted by whether they hold.

    `holding` are the valid amounts, in the order of their creation. `cancelled` are the cancelled
    ones; `unmatched` are those of them that repeat no valid amount. `doubtful` are amounts whose
    status has contradictory code and label. An amount that a doubtful one may cancel, and a valid
    amount that was cancelled, are in no group.
    """

    holding: tuple[Amount, ...]
    cancelled: tuple[Amount, ...]
    unmatched: tuple[Amount, ...]
    doubtful: tuple[Amount, ...]


@lru_cache(maxsize=256)
def _codes_of(status: str, label: str) -> frozenset[str]:
    """The codes `i`, `a`, `r` that the code and the label of a status mean; unknown words none."""
    return frozenset(
        code
        for word in (plain(status), plain(label))
        for code, part in _STATUSES.items()
        if word == code or part in word
    )


def balance(amounts: Sequence[Amount]) -> Balance:
    """Sort amounts into a `Balance`; each cancelled amount takes one amount out that it repeats."""
    unsure = [one for one in amounts if one.is_doubtful]
    left = [one for one in amounts if not one.is_doubtful]
    repeated_by = [
        one for one in left if any(other.is_cancelled and _repeats(other, one) for other in unsure)
    ]
    in_order = sorted((one for one in left if one not in repeated_by), key=lambda one: one.rank)
    holding = [one for one in in_order if not one.is_cancelled]
    cancelled = [one for one in in_order if one.is_cancelled]
    unmatched = []
    for one in cancelled:
        repeated = next((other for other in holding if _repeats(one, other)), None)
        if repeated is None:
            unmatched.append(one)
        else:
            holding.remove(repeated)
    return Balance(
        holding=tuple(holding),
        cancelled=tuple(cancelled),
        unmatched=tuple(unmatched),
        doubtful=tuple(unsure),
    )


def _repeats(cancelled: Amount, other: Amount) -> bool:
    """Whether a cancelled amount repeats another one, which must not be created after it."""
    earlier = other.created <= cancelled.created or not cancelled.created
    same = other.period == cancelled.period and _agree(other.calendar, cancelled.calendar)
    kind = _agree(other.nature, cancelled.nature)
    return earlier and same and kind and scale(other.amount, 1) == scale(cancelled.amount, 1)


def _agree(one: str, other: str) -> bool:
    """Whether two codes are equal; an empty code agrees with any."""
    return one == other or not (one and other)


def overlapping(amounts: Sequence[Amount]) -> list[tuple[Amount, Amount]]:
    """Pairs of an earlier amount and one that begins before its end.

    The amounts come in the order of their first days.
    """
    pairs: list[tuple[Amount, Amount]] = []
    longest = amounts[0] if amounts else None
    for one in amounts[1:]:
        if longest and one.period[0] < longest.period[1]:
            pairs.append((longest, one))
        if longest and one.period[1] > longest.period[1]:
            longest = one
    return pairs


def contradicting(amounts: Sequence[Amount]) -> tuple[Amount, Amount] | None:
    """Two of the latest amounts that differ although period and nature are the same; or None."""
    last = max(amounts, key=lambda one: one.rank).rank
    for one, other in combinations([one for one in amounts if one.rank == last], 2):
        same = one.period == other.period and one.nature == other.nature
        if same and scale(one.amount, 1) != scale(other.amount, 1):
            return one, other
    return None


_AmountGroups = dict[tuple[Label, tuple[str, ...]], list[Amount]]


def _read_json(file: BufferedReader, _: DeliverySource) -> Iterator[DeliveryItem]:
    for entry in entries(file, fields.MEASURES):
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
            yield (label, name_parts(cell, grid_parts)), amounts


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
            groups[label_of(point, row), name_parts(cell, grid_parts)].append(Amount(**amount))
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
    """The amount to store for each first day, notes on the other amounts, and contradictions."""
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
    flags: tuple[Message, ...] = ()
    if others:
        begun_with_others = say(
            "{series} of point {point}: the last created amount of a day is kept, {amounts} of "
            "the same day not; all are in the document",
            series=series.name,
            point=series.point,
            amounts=say_count("{count} amount", "{count} amounts", count=others),
        )
        flags = (begun_with_others,)
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


def _doubt(series: Series, one: Amount) -> Message:
    """The message about an amount with a contradictory status."""
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


FAMILIES = (Family(fluxes=("R67",), readers={"json": _read_json, "csv": _read_csv}),)
