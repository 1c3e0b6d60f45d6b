"""What the journal gives back: runs, their calls and their orders, as they are stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sgeflow.core.model import Kind, Status


class OrderState(StrEnum):
    """Where an order stands."""

    PLANNED = "planned"
    SENDING = "sending"  # its bytes may have left
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"  # its answer was lost: only a read or a person settles it
    ABSENT = "absent"  # a read has proved that it was not accepted: it may be sent once more


UNSETTLED = (OrderState.SENDING, OrderState.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStart:
    """What a run is begun with; `inputs` are kept only until it ends well."""

    run: str
    flow: str
    environment: str
    today: str
    now: str
    started: float  # epoch seconds
    documents: str = ""  # digests of the documents, to go on with the same ones only
    texts: Mapping[str, str] = field(default_factory=dict)  # of the documents, by digest
    inputs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEntry:
    """A run as the journal lists it; `ended` is None while it runs, or when it was killed."""

    run: str
    flow: str
    environment: str
    today: str
    now: str
    documents: str
    started: float
    ended: float | None
    status: Status
    exit: int | None
    summary: str
    calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A request about to be sent; `request` is its text, personal elements masked."""

    key: str
    attempt: int
    kind: Kind
    label: str
    request: str
    at: float  # epoch seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order or cancel: what makes it the same one again is its fingerprint."""

    run: str
    key: str
    operation: str
    point: str
    fingerprint: str
    state: OrderState = OrderState.PLANNED
    code: str = ""
    planned: float = 0.0
    sending: float | None = None
    settled: float | None = None
    boot: str = ""  # of the machine that sent it, and how long that was up: a clock nobody sets
    up: float | None = None
    absent: float | None = None  # when it was found not to be accepted
    absent_by: str = ""  # the key of the read that did not show it


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectEntry:
    """One attempt of one call; `outcome` is empty while no answer came."""

    key: str
    attempt: int
    kind: Kind
    label: str
    request: str | None
    outcome: str
    started: float | None
    seconds: float
    bytes_in: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDetails:
    """A run with its calls in the order in which they were begun, and its orders."""

    entry: RunEntry
    effects: tuple[EffectEntry, ...]
    orders: tuple[Order, ...]


RUN_COLUMNS = (
    "run, flow, environment, today, now, documents, started, ended, status, exit, summary, "
    "(SELECT count(*) FROM effects WHERE effects.run = runs.run "
    "OR effects.run > runs.run || '.' AND effects.run < runs.run || '/')"
)
"""The columns of `runs` that `run_entry` reads, in its order; a fleet's calls are its rows'."""

ORDER_COLUMNS = (
    "run, key, operation, point, fingerprint, state, code, planned, sending, settled, "
    "boot, up, absent, absent_by"
)
EFFECT_COLUMNS = "key, attempt, kind, label, request, outcome, started, seconds, bytes"


def run_entry(row: tuple[Any, ...]) -> RunEntry:
    """A run from its row."""
    names = ("run", "flow", "environment", "today", "now", "documents", "started", "ended")
    entry = dict(zip(names, row, strict=False))
    status, exit_code, summary, calls = row[len(names) :]
    return RunEntry(**entry, status=Status(status), exit=exit_code, summary=summary, calls=calls)


def effect_entry(row: tuple[Any, ...]) -> EffectEntry:
    """An attempt of a call from its row."""
    key, attempt, kind, label, request, outcome, started, seconds, bytes_in = row
    return EffectEntry(
        key=key,
        attempt=attempt,
        kind=Kind(kind),
        label=label,
        request=request,
        outcome=outcome,
        started=started,
        seconds=seconds,
        bytes_in=bytes_in,
    )


def order_entry(row: tuple[Any, ...]) -> Order:
    """An order from its row."""
    order = dict(zip(ORDER_COLUMNS.split(", "), row, strict=True))
    return Order(**order | {"state": OrderState(order["state"])})
