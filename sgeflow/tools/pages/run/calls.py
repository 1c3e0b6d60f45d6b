"""Calls with their tries and waits, a line each; those of a long loop are one line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from sgeflow.core.engine.trails import without_items
from sgeflow.core.model import Kind

OK = "ok"
_MANY = 6  # items of a loop: more of them stand in one line
Span = tuple[float, float]
"""From when to when, in seconds from the start of the run."""


class Try(Struct, frozen=True, kw_only=True):
    """One attempt of a call: seconds from the start of the run, how it ended, empty for nothing.

    Before it left it was `paused` because it is tried again, and then `waited` for its turn.
    """

    start: float
    seconds: float
    outcome: str
    waited: float = 0.0
    paused: float = 0.0

    @property
    def end(self) -> float:
        """When its answer was there."""
        return self.start + self.seconds

    @property
    def turn(self) -> Span:
        """The wait for its turn: the rate, or a neighbour that is down."""
        return max(0.0, self.start - self.waited), self.start

    @property
    def pause(self) -> Span:
        """The wait before it was tried again."""
        until = self.turn[0]
        return max(0.0, until - self.paused), until

    @property
    def is_well(self) -> bool:
        """Whether it was answered as it should be."""
        return self.outcome == OK


class CallLine(Struct, frozen=True, kw_only=True):
    """A call with its tries, in their order; of a loop of many items, the calls of all items."""

    key: str
    trail: str
    label: str
    kind: Kind
    calls: tuple[tuple[Try, ...], ...]

    @property
    def tries(self) -> tuple[Try, ...]:
        """Those of all its calls."""
        return tuple(one for call in self.calls for one in call)

    @property
    def start(self) -> float:
        """When the first one left."""
        return min(one.start for one in self.tries)

    @property
    def seconds(self) -> float:
        """From its first departure to its last answer."""
        return max(one.end for one in self.tries) - self.start

    @property
    def turn_seconds(self) -> float:
        """Seconds that its tries waited for their turn."""
        return sum(one.waited for one in self.tries)

    @property
    def pause_seconds(self) -> float:
        """Seconds that its tries waited to be tried again."""
        return sum(one.paused for one in self.tries)

    @property
    def outcomes(self) -> Counter[str]:
        """What went wrong, and how often."""
        return Counter(one.outcome for one in self.tries if not one.is_well)


def lines_of(tries: Iterable[tuple[str, str, Kind, Try]]) -> tuple[CallLine, ...]:
    """Attempts (trail, label, kind, try), in their order, as lines: of one call, or of one loop."""
    calls: dict[tuple[str, str], tuple[Kind, list[Try]]] = {}
    for trail, label, kind, one in tries:
        calls.setdefault((trail, label), (kind, []))[1].append(one)
    items = Counter((without_items(trail), label) for trail, label in calls)
    together: dict[tuple[str, str], tuple[Kind, list[tuple[Try, ...]]]] = {}
    for (trail, label), (kind, attempts) in calls.items():
        plain = without_items(trail)
        shown = plain if items[plain, label] > _MANY else trail
        together.setdefault((shown, label), (kind, []))[1].append(tuple(attempts))
    lines = (
        CallLine(key=f"{trail}#{label}", trail=trail, label=label, kind=kind, calls=tuple(some))
        for (trail, label), (kind, some) in together.items()
    )
    return tuple(sorted(lines, key=lambda line: line.start))
