"""How long this machine has been up: a clock that nobody sets, good until its next start.

And how old orders are by it, and which left since others were accepted (docs/adr/0017).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from msgspec import Struct

from sgeflow.adapters.state.database import SqlConnection
from sgeflow.adapters.state.records import Order

_BOOT = Path("/proc/sys/kernel/random/boot_id")  # Linux


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
    """The present one; time in which the machine slept counts."""
    boot = _boot()
    return Uptime(boot, time.clock_gettime(time.CLOCK_BOOTTIME) if boot else 0.0)


@cache
def _boot() -> str:
    try:
        return _BOOT.read_text(encoding="ascii").strip()
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
