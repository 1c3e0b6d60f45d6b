"""Entries of dated points as the guide lays them out, decoded to Structs and seen as columns.

An entry of any other layout (a name that the guide does not have, a point written as a number) is
none to this decoder: it is read as plain data, which knows all names (`points`). What stands in an
entry and is not kept is `Raw`: any value.
"""

from __future__ import annotations

from typing import Any

import msgspec

from sgeflow.core.language.rows import Rows

_NAMES = {
    "point": "idPrm",
    "quantities": "grandeur",
    "quantity": "grandeurPhysique",
    "direction": "grandeurMetier",
    "unit": "unite",
    "stage": "etapeMetier",
    "period": "periode",
    "mode": "modeCalcul",
    "kind": "typeValeur",
    "step": "pas",
}
_POINT_NAMES = {"date": "d", "value": "v", "step": "p", "nature": "n", "validity": "iv"}


class TypedPoint(
    msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, rename=_POINT_NAMES
):
    """A value at a stamp."""

    date: str
    value: str | int | float | None
    step: str | None = None
    nature: str | None = None
    validity: str | int | None = None
    ec: str | int | None = None
    tc: str | int | None = None


class TypedQuantity(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename=_NAMES):
    """The points of a quantity."""

    quantity: str
    unit: str
    points: list[TypedPoint]
    direction: str = ""
    stage: str = ""


class TypedEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename=_NAMES):
    """What one point has in the list `mesures`."""

    point: str
    quantities: list[TypedQuantity]
    stage: str = ""
    period: msgspec.Raw = msgspec.Raw()
    mode: msgspec.Raw = msgspec.Raw()
    kind: msgspec.Raw = msgspec.Raw()
    step: msgspec.Raw = msgspec.Raw()


_decode = msgspec.json.Decoder(TypedEntry).decode


def decode_entry(text: str) -> TypedEntry:
    """An entry from its text.

    Raises:
        ValueError: it is not laid out so, or a stamp or value stands twice in a point.
    """
    entry = _decode(text)
    count = sum(len(one.points) for one in entry.quantities)
    if text.count('"d"') != count or text.count('"v"') != count:
        raise ValueError
    return entry


def rows_of_points(points: list[TypedPoint]) -> Rows:
    """The values of a quantity as rows `{date, value, step, nature, validity}`."""
    columns: dict[str, Any] = {
        "date": [one.date for one in points],
        "value": [one.value for one in points],
        "step": [one.step for one in points],
        "nature": [one.nature or "" for one in points],
        "validity": [one.validity for one in points],
    }
    return Rows(columns, len(points))
