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
    """The state of an order."""

    PLANNED = "planned"
    SENDING = "sending"  # its bytes may have left
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"  # its answer was lost: only a read or a person settles it
    UNDOING = "undoing"  # no order either: what an undo that has begun has not taken away yet
    STRANDED = "stranded"  # no order: what an undo has left standing; its key is that of the undo
    ORPHAN = "orphan"  # it may have made something of no use: sent again by a later run, or now
    ABSENT = "absent"  # a read has proved that it was not accepted: it may be sent once more

    @classmethod
    def _missing_(cls, value: object) -> OrderState:  # noqa: ARG003 - whatever stands there
        """An order whose state cannot be read counts as unknown, and is in the way of others."""
        return cls.UNKNOWN


UNSETTLED = (OrderState.SENDING, OrderState.UNKNOWN)
UNDO_PENDING = (OrderState.UNDOING, OrderState.STRANDED)
SETTLED = (OrderState.PLANNED, OrderState.DONE, OrderState.REFUSED)
"""The states that nobody has to look at. All other orders are on the list: lost ones, absent ones,
orphans, and what is to be undone."""
CLEAR = tuple(state for state in OrderState if state not in UNSETTLED)
"""All states but the unsettled ones. An order in none of them is unsettled, also when its state
cannot be read."""
IS_ON_THE_LIST = f"state NOT IN ({', '.join(repr(str(state)) for state in SETTLED)})"
"""The condition for orders on the list, as their index has it."""
IS_UNSETTLED = f"state NOT IN ({', '.join('?' * len(CLEAR))})"
"""The condition for unsettled orders; its values are `CLEAR`."""

_CALL = "call "


class RunStart(Struct, frozen=True, kw_only=True):
    """The facts that a run is begun with; `inputs` are kept only until it ends well.

    `asked` are those that its caller said, of a run that has a name of the caller's. Two runs with
    the same `person` are about the same person; empty: about nobody.
    """

    run: str
    flow: str
    environment: str
    today: str
    now: str
    started: float  # epoch seconds
    documents: str = ""  # digests of the documents, to go on with the same ones only
    texts: Mapping[str, str] = field(default_factory=dict)  # of the documents, by digest
    inputs: Mapping[str, Any] = field(default_factory=dict)
    asked: Mapping[str, Any] | None = None
    person: str = ""


def made_key(order: str) -> str:
    """The key of what a person says that the order of a key made, beside what effects gave."""
    return f"{order}!made"


def named_call(operation: str) -> str:
    """The text in the place of a flow's name in a run that is a single call."""
    return f"{_CALL}{operation}"


def is_call(name: str) -> bool:
    """Whether what stands in the place of a flow's name is a single call; no flow is called so."""
    return name.startswith(_CALL)


class RunEntry(Struct, frozen=True, kw_only=True):
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

    @property
    def is_call(self) -> bool:
        """Whether it was a single call, and of no flow."""
        return is_call(self.flow)


class SentRequest(Struct, frozen=True, kw_only=True):
    """A request about to be sent; `request` is its text, personal elements masked."""

    key: str
    attempt: int
    kind: Kind
    label: str
    request: str
    at: float  # epoch seconds


class KeptAnswer(Discreet, frozen=True):
    """An answer as it is kept: its head on one line, and its body."""

    withheld = frozenset({"head", "body"})

    head: str
    body: bytes


class Order(Struct, frozen=True, kw_only=True):
    """An order or cancel: what makes it the same one again is its fingerprint."""

    run: str
    key: str
    operation: str
    point: str  # of an undo that takes back no order: what its flow remembers things under
    fingerprint: str
    state: OrderState = OrderState.PLANNED
    code: str = ""
    planned: float = 0.0
    sending: float | None = None
    settled: float | None = None
    boot: str = ""  # of the machine that sent it, and how long that was up: a clock nobody sets
    up: float | None = None
    settled_boot: str = ""  # of the machine that noted the settling, and its uptime then
    settled_up: float | None = None
    absent: float | None = None  # when it was found not to be accepted
    absent_by: str = ""  # the key of the read that did not show it
    token: str = ""  # of the sending that its state tells of; settled otherwise, it gets another
    lasts: float | None = None  # seconds since it left in which it may come; None once settled
    late: str = ""  # what was answered to a sending that had been settled otherwise
    departures: str = ""  # when it left before, in epoch seconds, when it was sent once more
    left: float = 0.0  # seconds for which it may still be under way; of one on the list
    age: float | None = None  # seconds since it was accepted; of the same one, in the way
    ended_by: tuple[str, ...] = ()  # operations that end what it makes; of one about to be sent

    @property
    def service(self) -> str:
        """The service that it was sent to, or that what is to be undone was ordered at."""
        label, _, service = self.operation.rpartition(" ")
        return _endpoint_of(self.fingerprint) or (service if label else DEFAULT_SERVICE)

    @property
    def is_undo(self) -> bool:
        """Whether it is an undo that has not ended, and no order."""
        return fingerprint_parts(self.fingerprint)[0] == [""]


_ENDPOINT = 4  # the part of a fingerprint that names the service


def _endpoint_of(fingerprint: str) -> str:
    """The service that a fingerprint names; empty for the default one."""
    return "".join(fingerprint.split(".")[_ENDPOINT:])


def fingerprint_of_undo(order: Order) -> str:
    """The fingerprint of an undo of an order: it names the service alone."""
    endpoint = _endpoint_of(order.fingerprint)
    return "." * _ENDPOINT + endpoint if endpoint else ""


def fingerprint_parts(fingerprint: str) -> tuple[list[str], str, str, str]:
    """The things that an order names, its terms, the form in which they were told, its service."""
    things, terms, form, service = (*fingerprint.split("."), "", "", "")[:4]
    return things.split(","), terms, form, service


def is_unlike(one: str, other: str) -> bool:
    """Whether two orders of one service cannot be compared, because their documents differ.

    `one` and `other` are fingerprints. Orders of two services can always be compared, because the
    document of one names the other.
    """
    (*_, form, service), (*_, other_form, other_service) = map(fingerprint_parts, (one, other))
    return service == other_service and form != other_form


class EffectEntry(Struct, frozen=True, kw_only=True):
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
    waited: float = 0.0  # for its turn: the rate, or a neighbour that is down
    paused: float = 0.0  # before it was tried again


class RunDetails(Struct, frozen=True, kw_only=True):
    """A run with its calls in the order in which they were begun, and its orders."""

    entry: RunEntry
    effects: tuple[EffectEntry, ...]
    orders: tuple[Order, ...]


class RunLeft(Struct, frozen=True, kw_only=True):
    """How a run that may not be at work was left; `order` keeps others from working beside it."""

    flow: str
    started: float
    has_ended: bool
    is_over: bool  # it ended well, or was given up: nobody goes on with it
    is_stopped: bool  # its flow has not brought it to an end
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
    """A run from its row, for a list: one that cannot be read is named, with the code of that."""
    try:
        return run_entry(row)
    except UNREADABLE:
        *most, _, started, ended, _, exit_code, _, calls = row
        end = (started, ended, Status.FAILED, exit_code, Id.STORAGE.code, calls)
        return run_entry((*most, None, *end))


def effect_entry(row: tuple[Any, ...]) -> EffectEntry:
    """An attempt of a call from what is kept of it."""
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
"""The key of the `--finally` flow among what is kept of a fleet's end."""
_LONGEST = 64  # characters of a run's name


class RowState(IntEnum):
    """The state of a row."""

    OPEN = 0  # not begun
    STOPPED = 1  # begun, and interrupted or killed: it goes on
    FAILED = 2
    DONE = 3


class FleetEntry(Struct, frozen=True, kw_only=True):
    """A fleet: its run, its file and the file's digest, how many rows it has to do.

    `again` is the fleet whose failed rows it runs once more; empty when it runs all. `shard` is the
    part of the rows that it does, `0/8`; empty when it does the whole.
    """

    run: str
    file: str
    digest: str
    total: int
    again: str = ""
    shard: str = ""


def row_run(fleet: str, number: int) -> str:
    """The run of a row: its own line of the journal."""
    return f"{fleet}.{number}"


def name_of_closing(fleet: str) -> str:
    """The name of the run that tells how a fleet ended; no two fleets share it."""
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
    """Between which two names the runs of a fleet's rows are: the sign after `.` is `/`."""
    return f"{fleet}.", f"{fleet}/"


def row_number(run: str) -> int:
    """The number of the row that a run is."""
    return int(run.rpartition(".")[2])


def row_state(ended: float | None, status: str, code: str, exit_: int | None) -> RowState:
    """How a row stands; one that ended without a code did not come to an end of its own."""
    if ended is None or exit_ == Exit.INTERRUPTED:
        return RowState.STOPPED
    if status in (Status.DONE, Status.SKIPPED):
        return RowState.DONE
    return RowState.FAILED if code else RowState.STOPPED


class Uptime(Struct, frozen=True):
    """Which start of which machine, and how many seconds ago; `boot` is empty if not known."""

    boot: str
    seconds: float

    def since(self, boot: str, seconds: float | None) -> float | None:
        """Seconds since an uptime that was noted; None of another machine, or another start."""
        if not self.boot or self.boot != boot or seconds is None:
            return None
        return self.seconds - seconds


def uptime() -> Uptime:
    """The uptime of this machine; time in which it slept counts."""
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
    """Accepted orders, each behind for how many seconds that is known: not longer ago, perhaps.

    It may have left long after its note, and a person may settle it days later: when it was
    settled counts. Since this machine's start its uptime tells, when it noted the settling. Else
    `now` does, the clock of whoever keeps the journal, but no more time than passed by the uptime
    since the order left this machine, nor since the first that it sent: never more than no set
    clock can make of it.
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
    """The clock, as far as the uptime since the first order of this start bears it out."""
    first = connection.execute(
        "SELECT sending, up FROM orders WHERE boot = ? AND up IS NOT NULL ORDER BY up LIMIT 1",
        (machine.boot,),
    ).fetchone()
    if not machine.boot or not first:
        return now
    sending, up = first
    return min(now, float(sending + machine.seconds - up))


def has_left_since(cancel: Order, other: Order) -> bool:
    """Whether an order left, whenever it did, when another had been accepted.

    Within one start of a machine its uptime tells, else the clocks.
    """
    is_first = not cancel.departures
    if is_first and cancel.boot and cancel.boot == other.settled_boot:
        return (cancel.up or 0.0) >= (other.settled_up or 0.0)
    departures = (*map(float, cancel.departures.split()), cancel.sending or cancel.planned)
    return min(departures) >= (other.settled or other.planned)
