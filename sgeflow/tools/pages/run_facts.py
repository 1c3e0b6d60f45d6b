"""A run as facts: its calls with their tries and waits, below the steps that they are of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import takewhile
from typing import Any

from msgspec import Struct

from sgeflow.core.engine.trails import (
    at_reconcile,
    enclosing,
    flow_handler,
    is_part,
    last_name,
    outermost_undo,
    without_items,
)
from sgeflow.core.model import Kind, Status

OK = "ok"
_MANY = 6  # items of a loop: more of them stand in one line
_OF_SAVING = frozenset({"series", "rows", "new", "changed", "unchanged"})  # fields of a result
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
        """The tries of all its calls."""
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
        """The failures of its tries, and how often each happened."""
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


class CallGroup(Struct, frozen=True, kw_only=True):
    """A heading of steps with a title, so deep; its calls stand below it."""

    title: str
    depth: int


class RunFacts(Struct, frozen=True, kw_only=True, dict=True):
    """All that the page tells of a run; `titles` are those of steps, by trails without items."""

    run: str
    flow: str
    title: str
    environment: str
    is_simulated: bool
    began: float  # epoch seconds
    seconds: float | None  # None of a run that was stopped
    status: Status
    code: str
    lines: tuple[CallLine, ...]
    steps: Sequence[Any]  # `KeptStep`s
    warnings: tuple[str, ...]
    titles: Mapping[str, str]
    known: frozenset[str]  # the steps that the flow has, by trail: others come of a document
    recovered: frozenset[str]  # calls by key: a search found what their lost answer had said

    @cached_property
    def length(self) -> float:
        """The seconds that the time line shows."""
        return max([self.seconds or 0.0, *(one.end for one in self._all), 0.001])

    @cached_property
    def tries(self) -> int:
        """How often something was sent."""
        return len(self._all)

    @cached_property
    def again(self) -> int:
        """How many calls were tried more than once."""
        return sum(len(call) > 1 for line in self.lines for call in line.calls)

    @property
    def waits(self) -> float:
        """Seconds in which nothing was under way because a call waited, whatever for."""
        return self._idle([one.turn for one in self._all] + [one.pause for one in self._all])

    @property
    def turn_seconds(self) -> float:
        """Seconds in which nothing was under way because a call waited for its turn."""
        return self._idle([one.turn for one in self._all])

    @property
    def pause_seconds(self) -> float:
        """Seconds in which nothing was under way because a call waited to be tried again."""
        return self._idle([one.pause for one in self._all])

    @property
    def answering(self) -> float:
        """Seconds in which at least one call was under way."""
        return _length((one.start, one.end) for one in self._all)

    @cached_property
    def _all(self) -> list[Try]:
        return [one for line in self.lines for one in line.tries]

    def _idle(self, waits: list[Span]) -> float:
        calls = [(one.start, one.end) for one in self._all]
        return _length([*waits, *calls]) - self.answering

    @cached_property
    def undone_steps(self) -> int:
        """How many steps were undone: all that an undo asked for was answered well."""
        well: dict[str, list[int]] = {}
        for line in self.lines:
            if undo := outermost_undo(line.trail):
                is_known = line.key in self.recovered
                calls = sum(is_known or call[-1].is_well for call in line.calls)
                well.setdefault(undo, []).append(calls)
        return sum(map(min, well.values()))

    @cached_property
    def outcomes(self) -> Counter[str]:
        """The failures of all tries, and how often each happened."""
        counts: Counter[str] = Counter()
        for line in self.lines:
            counts += line.outcomes
        return counts

    @cached_property
    def values(self) -> int | None:
        """Measures that were kept; None when no step kept any."""
        counts = [
            gave["fields"]["rows"]
            for step in self.steps
            if isinstance(gave := step.gave, dict) and gave.get("fields", {}).keys() >= _OF_SAVING
        ]
        return sum(one for one in counts if isinstance(one, int)) if counts else None

    @cached_property
    def rows(self) -> tuple[CallGroup | CallLine, ...]:
        """Calls in their time, below the titles of the steps around them."""
        rows: list[CallGroup | CallLine] = []
        path: tuple[str, ...] = ()
        # those of a step stay together, by the start of what they are in, outermost first
        starts: dict[str, float] = {}
        for line in self.lines:
            for trail in around(line.trail):
                starts[trail] = min(starts.get(trail, line.start), line.start)
        ordered = sorted(
            self.lines,
            key=lambda line: (
                *((starts[one], one) for one in around(line.trail)),
                (line.start, line.key),
            ),
        )
        for line in ordered:
            groups = self.groups_of(line)
            shared = takewhile(lambda pair: pair[0] == pair[1], zip(path, groups, strict=False))
            same = sum(1 for _ in shared)
            rows += [
                CallGroup(title=self.titles[trail], depth=depth)
                for depth, trail in enumerate(groups[same:], same)
            ]
            path = groups
            rows.append(line)
        return tuple(rows)

    def groups_of(self, line: CallLine) -> tuple[str, ...]:
        """The trails of the steps around a call that have a title, but for the innermost one.

        An undo is listed next to its step.
        """
        plain = without_items(line.trail)
        titled = [trail for trail in around(plain) if trail in self.titles]
        outer = titled if self.is_of_document(line) else titled[:-1]
        return tuple(one for one in outer if not plain.startswith(f"{one}@"))

    def drawn_trail(self, trail: str) -> str:
        """The trail by which the picture of the flow has a step, whatever its item.

        A flow's handlers are drawn once, and act wherever something failed in it.
        """
        plain = without_items(trail)
        at, rest = flow_handler(plain) or ("", "")
        trails = (f"{one}{rest}" for one in enclosing(plain) if is_part(at, one))
        return next((one for one in trails if one in self.known), plain)

    def is_of_document(self, line: CallLine) -> bool:
        """Whether a call's step is not in the flow, for example a homologation case."""
        plain = without_items(line.trail)
        return bool(self.known) and "@" not in plain and plain not in self.known

    def step_of(self, line: CallLine) -> str:
        """The step of the flow that a call is of: where its picture shows it."""
        plain = self.drawn_trail(line.trail).removesuffix(at_reconcile(""))
        if not self.is_of_document(line):
            return plain
        return next((one for one in reversed(around(plain)) if one in self.known), plain)

    def title_of(self, line: CallLine) -> str:
        """The title of a call: of its step, or of the nearest one around it; a case has a name."""
        plain = self.drawn_trail(line.trail)
        if self.is_of_document(line):
            return last_name(plain)
        known = [trail for trail in around(plain) if trail in self.titles]
        return self.titles[known[-1]] if known else last_name(plain)


def around(trail: str) -> list[str]:
    """A trail and those around it, without items, outermost first; what is beside is in it too."""
    parts = without_items(trail).replace("@", "/@").split("/")
    return ["/".join(parts[: count + 1]).replace("/@", "@") for count in range(len(parts))]


def _length(spans: Iterable[Span]) -> float:
    """How long at least one span lasts."""
    total = until = 0.0
    for first, last in sorted(spans):
        total += max(0.0, last - max(first, until))
        until = max(until, last)
    return total
