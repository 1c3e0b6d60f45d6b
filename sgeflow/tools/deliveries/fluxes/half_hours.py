"""R50: half-hours of C5 points, which a subscription delivers every day, week or month.

XML, several points a file: `PRM{Id_PRM, Donnees_Releve{PDC{H, V, IV}}}`. H carries its offset and
marks the end of the half-hour; V is W and may be missing. Kept as `load_curve` with nature B: these
are the raw values of a Linky, which the web services mark so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from io import BufferedReader
from itertools import chain

from sgeflow.core.language.rows import Rows
from sgeflow.core.measures.series import CURVES
from sgeflow.core.soap.xml import Element, find_children
from sgeflow.tools.deliveries.model import (
    DeliveryItem,
    DeliverySource,
    Family,
    MisreadError,
    quick_reader,
)
from sgeflow.tools.deliveries.points import doubtful
from sgeflow.tools.deliveries.series import Label, measure_rows, minutes, series_of
from sgeflow.tools.deliveries.xml import LiftedParts, child, parts, required_text

_RAW = "B"
_PARTS = ("R50", "En_Tete_Flux", "PRM")


def _quick(file: BufferedReader, source: DeliverySource) -> Iterator[DeliveryItem]:
    del source  # R50 is C5 alone: its stamps mark the end, whatever the source says
    lifted = LiftedParts(file, "PDC", ("H", "V", "IV"))
    yield from _items(lifted.parts(*_PARTS), lifted.records)


def _plain(file: BufferedReader, source: DeliverySource) -> Iterator[DeliveryItem]:
    del source
    yield from _items(parts(file, *_PARTS), partial(find_children, name="PDC"))


def _items(
    elements: Iterator[tuple[str, Element]],
    records: Callable[[Element], Iterable[Rows | Element]],
) -> Iterator[DeliveryItem]:
    step = "PT30M"
    for name, element in elements:
        if name == "En_Tete_Flux":
            step = minutes(child(element, "Pas_Publication") or "30")
            continue
        label = Label(point=required_text(element, "Id_PRM"), quantity="PA", direction="", unit="W")
        series, factor = series_of(label, CURVES)
        readings = find_children(element, "Donnees_Releve")
        rows = _rows(chain.from_iterable(map(records, readings)), step)
        yield measure_rows(series, factor, rows, stamped="end", doubtful=doubtful(rows))


def _rows(records: Iterable[Rows | Element], step: str) -> Rows:
    """Half-hours as rows `{date, value, step, nature, validity}`."""
    dates: list[str | None] = []
    values: list[str | None] = []
    validities: list[str | None] = []
    for one in records:
        if isinstance(one, Rows):
            if not all(one.column("H")):
                raise MisreadError
            dates += one.column("H")
            values += one.column("V")
            validities += one.column("IV")
        else:
            dates.append(required_text(one, "H"))
            values.append(child(one, "V"))
            validities.append(child(one, "IV"))
    count = len(dates)
    columns = {
        "date": dates,
        "value": [value or None for value in values],
        "step": (step,) * count,
        "nature": (_RAW,) * count,
        "validity": [validity or "" for validity in validities],
    }
    return Rows(columns, count)


FAMILY = Family(
    title="half-hours of C5 points",
    fluxes=("R50",),
    readers={"xml": quick_reader(_quick, _plain)},
    manual=__doc__ or "",
)
