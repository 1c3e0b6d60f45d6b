"""Runs, rows of fleets, calls and orders as the journal stores them; the machine's uptime."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum, StrEnum
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from sgeflow.adapters.state.database import UNREADABLE, SqlConnection
from sgeflow.core.model import DEFAULT_SERVICE, Kind, Status
from sgeflow.errors import Exit, Id
from sgeflow.values import Discreet

CLOCK_SKEW = 300.0  # seconds by which the clocks of a service and of the journal may differ


class OrderState(StrEnum):
    """The state of an order, or of an undo that is not complete (`UNDOING`, `STRANDED`)."""

    PLANNED = "planned"
    SENDING = "sending"  # the request may have been sent
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"  # the answer was lost: a read or a person has to settle the order
    UNDOING = "undoing"  # an undo that has started and has not finished
    STRANDED = "stranded"  # an undo that failed; the entry has the key of the undo
    ORPHAN = "orphan"  # the order was sent again: the first sending may have had an effect, too
    ABSENT = "absent"  # a read has proved that the order was not accepted; it may be sent again

    @classmethod
    def _missing_(cls, value: object) -> OrderState:  # noqa: ARG003 - for any unreadable value
        """An order whose state cannot be read counts as unknown, and blocks conflicting orders."""
        return cls.UNKNOWN


UNSETTLED = (OrderState.SENDING, OrderState.UNKNOWN)
UNDO_PENDING = (OrderState.UNDOING, OrderState.STRANDED)
SETTLED = (OrderState.PLANNED, OrderState.DONE, OrderState.REFUSED)
"""The states that need no attention. `sgeflow orders` lists the orders in all other states."""
CLEAR = tuple(state for state in OrderState if state not in UNSETTLED)
"""All states but the unsettled ones. An order in any other state, also an unreadable state, is
unsettled."""
IS_ON_THE_LIST = f"state NOT IN ({', '.join(repr(str(state)) for state in SETTLED)})"
"""The condition for orders on the list, as their index has it."""
IS_UNSETTLED = f"state NOT IN ({', '.join('?' * len(CLEAR))})"
"""The condition for unsettled orders; its values are `CLEAR`."""

_CALL = "call "


class RunStart(Struct, frozen=True, kw_only=True):
    """The facts recorded at the start of a run; `inputs` are deleted when the run succeeds.

    `asked` are the inputs that the caller gave, for a run whose name the caller chose. Runs with
    the same `person` are about the same person; it is empty if a run is about nobody.
    """

    run: str
    flow: str
    environment: str
    today: str
    now: str
    started: float  # epoch seconds
    documents: str = ""  # digests of the documents: a run is resumed with unchanged documents only
    texts: Mapping[str, str] = field(default_factory=dict)  # texts of the documents by digest
    inputs: Mapping[str, Any] = field(default_factory=dict)
    asked: Mapping[str, Any] | None = None
    person: str = ""


def made_key(order: str) -> str:
    """The journal key for the outputs of an order that a person entered by hand."""
    return f"{order}!made"


def named_call(operation: str) -> str:
    """The flow name that the journal gives a single call."""
    return f"{_CALL}{operation}"


def is_call(name: str) -> bool:
    """Whether a flow name of the journal is that of a single call."""
    return name.startswith(_CALL)


class RunEntry(Struct, frozen=True, kw_only=True):
    """A run in the journal's list; `ended` is None while the run is active or if it was killed."""

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

    @property
    def is_call(self) -> bool:
        """Whether the run is a single call."""
        return is_call(self.flow)


class SentRequest(Struct, frozen=True, kw_only=True):
    """A request before it is sent; `request` is its text, with personal elements masked."""

    key: str
    attempt: int
    kind: Kind
    label: str
    request: str
    at: float  # epoch seconds


class KeptAnswer(Discreet, frozen=True):
    """A stored answer: the head on one line, and the body."""

    withheld = frozenset({"head", "body"})

    head: str
    body: bytes


class Order(Struct, frozen=True, kw_only=True):
    """An order or cancel; two orders with the same fingerprint ask for the same thing."""

    run: str
    key: str
    operation: str
    point: str  # for an undo without an order: the key of the flow's remembered state
    fingerprint: str
    state: OrderState = OrderState.PLANNED
    code: str = ""
    planned: float = 0.0
    sending: float | None = None
    settled: float | None = None
    boot: str = ""  # boot id of the sending machine
    up: float | None = None  # uptime of the sending machine, in seconds; not affected by its clock
    settled_boot: str = ""  # boot id of the machine that recorded the result
    settled_up: float | None = None  # uptime of that machine, in seconds
    absent: float | None = None  # when a read proved that the order was not accepted
    absent_by: str = ""  # the key of the read that proved that the order was not accepted
    token: str = ""  # id of the attempt to which `state` belongs
    lasts: float | None = None  # seconds after sending in which the order may arrive
    late: str = ""  # an answer that arrived after the order was settled in another way
    departures: str = ""  # earlier times of sending, in epoch seconds, separated by spaces
    left: float = 0.0  # seconds in which the order may still arrive; set for orders on the list
    age: float | None = None  # seconds since acceptance; set for an order that blocks another
    ended_by: tuple[str, ...] = ()  # operations that end the result; set before the order is sent

    @property
    def service(self) -> str:
        """The service that received the order, or the service of the order that is undone."""
        label, _, service = self.operation.rpartition(" ")
        return _endpoint_of(self.fingerprint) or (service if label else DEFAULT_SERVICE)

    @property
    def is_undo(self) -> bool:
        """Whether the entry is an undo that is not complete."""
        return fingerprint_parts(self.fingerprint)[0] == [""]


_ENDPOINT = 4  # the part of a fingerprint that names the service


def _endpoint_of(fingerprint: str) -> str:
    """The service that a fingerprint names; empty for the default one."""
    return "".join(fingerprint.split(".")[_ENDPOINT:])


def fingerprint_of_undo(order: Order) -> str:
    """The fingerprint of an undo of an order; it contains only the service."""
    endpoint = _endpoint_of(order.fingerprint)
    return "." * _ENDPOINT + endpoint if endpoint else ""


def fingerprint_parts(fingerprint: str) -> tuple[list[str], str, str, str]:
    """The parts of a fingerprint: identifiers, terms, version of the document's form, service."""
    things, terms, form, service = (*fingerprint.split("."), "", "", "")[:4]
    return things.split(","), terms, form, service


def is_unlike(one: Order, other: Order) -> bool:
    """Whether two orders of a service or operation cannot be compared: their documents differ.

    An operation whose envelope was deleted, because it moved to REST, keeps only its name. Other
    orders can always be compared, because the document of one names the other.
    """
    parts, others = (fingerprint_parts(each.fingerprint)[2:] for each in (one, other))
    is_renamed = one.operation == other.operation and not (one.is_undo or other.is_undo)
    return parts != others and (parts[1] == others[1] or is_renamed)


class EffectEntry(Struct, frozen=True, kw_only=True):
    """One attempt of one call; `outcome` is empty if the attempt got no answer."""

    key: str
    attempt: int
    kind: Kind
    label: str
    request: str | None
    outcome: str
    started: float | None
    seconds: float
    bytes_in: int
    waited: float = 0.0  # seconds spent on the rate limit or the circuit breaker
    paused: float = 0.0  # seconds of pause before the attempt


class RunDetails(Struct, frozen=True, kw_only=True):
    """A run with its orders, and its calls in the order of their start."""

    entry: RunEntry
    effects: tuple[EffectEntry, ...]
    orders: tuple[Order, ...]


class RunLeft(Struct, frozen=True, kw_only=True):
    """The state of a run that may be inactive; `order` is an order that blocks other runs."""

    flow: str
    started: float
    has_ended: bool
    is_over: bool  # the run succeeded or was abandoned; it cannot be resumed
    is_stopped: bool  # the run was interrupted or killed
    order: Order | None


ORDER_COLUMNS = (
    "run, key, operation, point, fingerprint, state, code, planned, sending, settled, "
    "boot, up, settled_boot, settled_up, absent, absent_by, token, lasts, late, departures"
)


def run_entry(row: tuple[Any, ...]) -> RunEntry:
    """A run from its row."""
    entry = dict(zip(RunEntry.__struct_fields__, row, strict=True))
    documents = "" if entry["documents"] is None else zlib.decompress(entry["documents"]).decode()
    return RunEntry(**entry | {"documents": documents, "status": Status(entry["status"])})


def listed_run(row: tuple[Any, ...]) -> RunEntry:
    """A run from its row, for a list; an unreadable run has the summary `Id.STORAGE`."""
    try:
        return run_entry(row)
    except UNREADABLE:
        *most, _, started, ended, _, exit_code, _, calls = row
        end = (started, ended, Status.FAILED, exit_code, Id.STORAGE.code, calls)
        return run_entry((*most, None, *end))


def effect_entry(row: tuple[Any, ...]) -> EffectEntry:
    """An attempt of a call from its row."""
    entry = dict(zip(EffectEntry.__struct_fields__, row, strict=True))
    return EffectEntry(**entry | {"kind": Kind(entry["kind"])})


def order_entry(row: tuple[Any, ...]) -> Order:
    """An order from its row."""
    order = dict(zip(ORDER_COLUMNS.split(", "), row, strict=True))
    state = OrderState(order["state"])
    code = order["code"] if state == order["state"] else Id.STORAGE.code
    return Order(**order | {"state": state, "code": code})


FLEETS = """
CREATE TABLE fleets (
  run TEXT PRIMARY KEY REFERENCES runs, file TEXT NOT NULL, digest TEXT NOT NULL,
  total INTEGER NOT NULL, again TEXT NOT NULL, shard TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID
"""


CLOSING = "finally"
"""The key of the `--finally` flow in the records of a fleet's end."""
_LONGEST = 64  # characters of a run's name


class RowState(IntEnum):
    """The state of a row."""

    OPEN = 0  # not started
    STOPPED = 1  # interrupted or killed; it will be resumed
    FAILED = 2
    DONE = 3


class FleetEntry(Struct, frozen=True, kw_only=True):
    """A fleet: its run, its file with the digest, and the number of its rows.

    `again` is the fleet whose failed rows are run again; empty if all rows are run. `shard` is a
    part of the rows, such as `0/8`; empty for all rows.
    """

    run: str
    file: str
    digest: str
    total: int
    again: str = ""
    shard: str = ""


def row_run(fleet: str, number: int) -> str:
    """The run id of a row of a fleet."""
    return f"{fleet}.{number}"


def name_of_closing(fleet: str) -> str:
    """The run id of the `--finally` flow of a fleet; unique for each fleet."""
    suffix = "-finally"
    room = _LONGEST - len(suffix)
    if len(fleet) > room:
        mark = sha256(fleet.encode()).hexdigest()[:8]
        fleet = f"{fleet[: room - len(mark) - 1]}-{mark}"
    return f"{fleet}{suffix}"


def is_row(run: str) -> bool:
    """Whether a run is a row of a fleet."""
    return "." in run


def rows_between(fleet: str) -> tuple[str, str]:
    """The bounds of the run ids of a fleet's rows; `/` is the character after `.`."""
    return f"{fleet}.", f"{fleet}/"


def row_number(run: str) -> int:
    """The row number in the run id of a row."""
    return int(run.rpartition(".")[2])


def row_state(ended: float | None, status: str, code: str, exit_: int | None) -> RowState:
    """The state of a row; a failed row without an error code was stopped from outside."""
    if ended is None or exit_ == Exit.INTERRUPTED:
        return RowState.STOPPED
    if status in (Status.DONE, Status.SKIPPED):
        return RowState.DONE
    return RowState.FAILED if code else RowState.STOPPED


class Uptime(Struct, frozen=True):
    """The boot id of a machine, and the seconds since its boot; `boot` is empty if unknown."""

    boot: str
    seconds: float

    def since(self, boot: str, seconds: float | None) -> float | None:
        """Seconds since a recorded uptime; None if it is of another machine or another boot."""
        if not self.boot or self.boot != boot or seconds is None:
            return None
        return self.seconds - seconds


def uptime() -> Uptime:
    """The uptime of this machine, including time in sleep."""
    boot = _boot()
    return Uptime(boot, time.clock_gettime(time.CLOCK_BOOTTIME) if boot else 0.0)


@cache
def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()  # Linux
    except OSError:
        return ""


def with_ages(
    connection: SqlConnection, orders: Iterable[Order], now: float
) -> Iterator[tuple[float, Order]]:
    """Pairs of seconds since acceptance, at least, and the accepted order.

    The time of settling counts, because a person may settle an order days after it was sent. If
    this machine has recorded the settling since its boot, its uptime gives the seconds. Otherwise
    `now`, the clock of the journal, gives them; the uptime since the order was sent is the upper
    limit, so that a wrong clock cannot make an order look older than it is.
    """
    machine, believed = uptime(), None
    for order in orders:
        ago = machine.since(order.settled_boot, order.settled_up)
        if ago is None:
            if believed is None:
                believed = _likely_now(connection, machine, now)
            ago = believed - (order.settled or order.planned)
            left = machine.since(order.boot, order.up)
            ago = ago if left is None else min(ago, left)
        yield ago, order


def _likely_now(connection: SqlConnection, machine: Uptime, now: float) -> float:
    """The clock, limited by the uptime since the first order that was sent after this boot."""
    first = connection.execute(
        "SELECT sending, up FROM orders WHERE boot = ? AND up IS NOT NULL ORDER BY up LIMIT 1",
        (machine.boot,),
    ).fetchone()
    if not machine.boot or not first:
        return now
    sending, up = first
    return min(now, float(sending + machine.seconds - up))


def has_left_since(cancel: Order, other: Order) -> bool:
    """Whether every sending of `cancel` was after the acceptance of `other`.

    Uptimes are compared if both were recorded after the same boot, otherwise clock times.
    """
    is_first = not cancel.departures
    if is_first and cancel.boot and cancel.boot == other.settled_boot:
        return (cancel.up or 0.0) >= (other.settled_up or 0.0)
    departures = (*map(float, cancel.departures.split()), cancel.sending or cancel.planned)
    return min(departures) >= (other.settled or other.planned)
