"""Keeps calls under the rates that servers allow, over all threads of a process.

Processes and machines keep a common rate if they share a note of their starts.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.errors import Id, InvalidDocuments
from sgeflow.messages import say
from sgeflow.patterns import regex

OWN_DELAY = 0.05
"""Seconds from a noted start to the first byte; a longer delay is noted again."""

MOST = 500  # starts of a limit that are noted for all processes
SLICE = 0.25  # seconds; a wait may continue so long after `close`

_UNITS = {"s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_RATE = regex(r"([1-9][0-9]{0,6})/([1-9][0-9]{0,6})?(s|min|h|d)")


class Rate(Struct, frozen=True):
    """At most `count` arrivals in any `seconds`.

    The delay from start to arrival varies by up to `slack` seconds.
    """

    count: int
    seconds: float
    slack: float = 0.0

    @property
    def window(self) -> float:
        """The window in seconds for `count` starts; arrivals may be `slack` closer than starts."""
        return self.seconds + self.slack

    @property
    def share(self) -> Rate:
        """An equal rate with fewer starts: both numbers divided by the same factor."""
        parts = -(-self.count // MOST)
        return replace(self, count=self.count // parts, seconds=self.seconds / parts)

    @property
    def gap(self) -> float:
        """Seconds between two starts when they are spread evenly."""
        return self.window / self.count


def parse_rate(text: str) -> Rate:
    """Read `5/s`, `1/2s`, `30/min`, `1000/d`; raises InvalidDocuments for anything else."""
    match = _RATE.fullmatch(text.replace(" ", ""))
    if match is None:
        raise InvalidDocuments.of(
            Id.MALFORMED,
            say('"{text}" is not a rate of at most 7 digits', text=text),
            allowed=("5/s", "1/2s", "30/min", "100/h", "1000/d"),
            allowed_label="for example",
        )
    return Rate(int(match[1]), int(match[2] or 1) * _UNITS[match[3]])


def arrival_rate(text: str, jitter: float) -> Rate:
    """A rate as the server counts it, where calls may arrive closer together than they started.

    They come closer by `jitter` seconds on the network, and by the delay between the noted start
    and the first byte. Raises as `parse_rate` does.
    """
    return replace(parse_rate(text), slack=jitter + OWN_DELAY)


class _Lane:
    """One limit: the next start of its even schedule, and its last `count` real starts."""

    __slots__ = ("next", "rate", "starts")

    def __init__(self, rate: Rate, now: float) -> None:
        self.rate = rate
        self.next = now
        self.starts: deque[float] = deque(maxlen=rate.count)

    def free_at(self) -> float:
        """The earliest start by the window; a thread may wake late and the next one on time."""
        if len(self.starts) < self.rate.count:
            return float("-inf")
        return self.starts[0] + self.rate.window


class Shared(Protocol):
    """A note of request starts and access tokens that several processes share."""

    def begin(self, limits: Mapping[str, Rate]) -> float:
        """Note a start now and return 0.0, or return the seconds to wait before asking again."""

    def renew(self, limits: Mapping[str, Rate]) -> None:
        """Note that an earlier start happens now instead."""

    def claim_token(self, name: str, refused: str, patience: float) -> tuple[str, float] | None:
        """A sealed token that is not `refused`, with the seconds until its end.

        The token is empty while another process requests one, for at most `patience` seconds. None:
        the caller must request a token; others wait.
        """

    def keep_token(self, name: str, sealed: str, seconds: float) -> None:
        """Keep a sealed token for so many seconds; others stop waiting."""


class Pacer:
    """Gives start times, evenly spaced, never more than allowed in any window.

    A start is reserved on the even schedule, then checked against the real starts, so that the
    average is kept and no window is exceeded. With `shared`, starts of other processes count too.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] | None = None,
        shared: Shared | None = None,
    ) -> None:
        self._shared = shared
        self._clock = clock
        self._closed = threading.Event()
        self._sleep = sleep or self._closed.wait
        self._lock = threading.Lock()
        self._lanes: dict[str, _Lane] = {}

    def wait(self, limits: Mapping[str, Rate], deadline: float | None = None) -> float | None:
        """Wait until all limits (by name) allow a start, and return its time.

        None if the deadline comes first (returned at once) or `close` was called. Put the limit
        with the fewest calls first, so that nobody waits for a start that another limit prevents.
        """
        end = float("inf") if deadline is None else deadline
        lanes = [self._lane(name, rate) for name, rate in limits.items()]
        for lane in lanes:
            with self._lock:
                start = max(self._clock(), lane.next)
                if start > end:
                    return None
                lane.next = start + lane.rate.gap
            if not self._wait_until(start):
                return None
        while True:
            with self._lock:
                now = self._clock()
                free = max((lane.free_at() for lane in lanes), default=now)
                if free <= now:  # no window is full
                    for lane in lanes:
                        lane.starts.append(now)
            if free <= now:
                return self._wait_for_others(limits, now, end) if now <= end else None
            if free > end or not self._wait_until(free):
                return None

    def depart(self, limits: Mapping[str, Rate], start: float, deadline: float) -> bool:
        """Whether the first byte of a call may leave now, after its turn (a time of `wait`).

        Connecting may take time. If nobody has started meanwhile, the call counts from now on;
        otherwise it waits for another turn until the deadline.
        """
        if not limits:
            return True
        while (late := self._clock() - start) > OWN_DELAY:
            if late < min(rate.share.seconds for rate in limits.values()):
                lanes = [self._lane(name, rate) for name, rate in limits.items()]
                with self._lock:
                    for lane in lanes:
                        lane.starts.append(self._clock())
                if self._shared:
                    self._shared.renew(limits)
                return True
            turn = self.wait(limits, deadline)
            if turn is None:
                return False
            start = turn
        return True

    def close(self) -> None:
        """Release all waiting threads without a start."""
        self._closed.set()

    def _lane(self, name: str, rate: Rate) -> _Lane:
        with self._lock:
            lane = self._lanes.get(name)
            if lane is None or lane.rate != rate:
                lane = self._lanes[name] = _Lane(rate, self._clock())
            return lane

    def _wait_for_others(
        self, limits: Mapping[str, Rate], start: float, end: float
    ) -> float | None:
        """Wait until other processes leave room, and note the start."""
        while self._shared and limits:
            start = max(start, self._clock())
            wait = self._shared.begin(limits)
            if not wait:
                break
            start += wait
            if start > end or not self._wait_until(start):
                return None
        return start

    def _wait_until(self, start: float) -> bool:
        while not self._closed.is_set():
            left = start - self._clock()
            if left <= 0:
                return True
            self._sleep(min(left, SLICE))
        return False
