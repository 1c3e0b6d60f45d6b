"""The facts of a run for its page: its calls with attempts and waits, under their steps."""

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
_MANY = 6  # items of a loop; the calls of longer loops share one line
_OF_SAVING = frozenset({"series", "rows", "new", "changed", "unchanged"})  # of a stored series
Span = tuple[float, float]
"""Start and end in seconds from the start of the run."""


class Try(Struct, frozen=True, kw_only=True):
    """One attempt of a call: seconds from the start of the run, and outcome (empty: none).

    Before it was sent, it was `paused` as a repetition and then `waited` for its turn.
    """

    start: float
    seconds: float
    outcome: str
    waited: float = 0.0
    paused: float = 0.0

    @property
    def end(self) -> float:
        """The time of its answer."""
        return self.start + self.seconds

    @property
    def turn(self) -> Span:
        """The wait for the rate limit or for an unavailable service."""
        return max(0.0, self.start - self.waited), self.start

    @property
    def pause(self) -> Span:
        """The pause before the repetition."""
        until = self.turn[0]
        return max(0.0, until - self.paused), until

    @property
    def is_well(self) -> bool:
        """Whether the answer was good."""
        return self.outcome == OK


class CallLine(Struct, frozen=True, kw_only=True):
    """A call with its attempts in order; for a long loop, the calls of all items."""

    key: str
    trail: str
    label: str
    kind: Kind
    calls: tuple[tuple[Try, ...], ...]

    @property
    def tries(self) -> tuple[Try, ...]:
        """The attempts of all its calls."""
        return tuple(one for call in self.calls for one in call)

    @property
    def start(self) -> float:
        """The start of the first attempt."""
        return min(one.start for one in self.tries)

    @property
    def seconds(self) -> float:
        """Seconds from the first start to the last answer."""
        return max(one.end for one in self.tries) - self.start

    @property
    def turn_seconds(self) -> float:
        """Seconds in which its attempts waited for their turn."""
        return sum(one.waited for one in self.tries)

    @property
    def pause_seconds(self) -> float:
        """Seconds in which its attempts paused before a repetition."""
        return sum(one.paused for one in self.tries)

    @property
    def outcomes(self) -> Counter[str]:
        """The failures of its attempts, with their numbers."""
        return Counter(one.outcome for one in self.tries if not one.is_well)


def lines_of(tries: Iterable[tuple[str, str, Kind, Try]]) -> tuple[CallLine, ...]:
    """Group attempts (trail, label, kind, attempt) into lines, one per call or per long loop."""
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
    """A heading for steps with a title at a depth; its calls follow."""

    title: str
    depth: int


class RunFacts(Struct, frozen=True, kw_only=True, dict=True):
    """The facts of a run; `titles` has the titles of steps by trail, without items."""

    run: str
    flow: str
    title: str
    environment: str
    is_simulated: bool
    began: float  # epoch seconds
    seconds: float | None  # None if the run was stopped
    status: Status
    code: str
    lines: tuple[CallLine, ...]
    steps: Sequence[Any]  # `KeptStep`s
    warnings: tuple[str, ...]
    titles: Mapping[str, str]
    known: frozenset[str]  # trails of the flow's steps; other steps come from documents
    recovered: frozenset[str]  # keys of calls whose lost answers were found by a search

    @cached_property
    def length(self) -> float:
        """The length of the time line in seconds."""
        return max([self.seconds or 0.0, *(one.end for one in self._all), 0.001])

    @cached_property
    def tries(self) -> int:
        """The number of sent requests."""
        return len(self._all)

    @cached_property
    def again(self) -> int:
        """The number of calls that were repeated."""
        return sum(len(call) > 1 for line in self.lines for call in line.calls)

    @property
    def waits(self) -> float:
        """Seconds in which a call waited and none was under way."""
        return self._idle([one.turn for one in self._all] + [one.pause for one in self._all])

    @property
    def turn_seconds(self) -> float:
        """Seconds in which a call waited for its turn and none was under way."""
        return self._idle([one.turn for one in self._all])

    @property
    def pause_seconds(self) -> float:
        """Seconds in which a call paused before a repetition and none was under way."""
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
        """The number of steps that were undone completely."""
        well: dict[str, list[int]] = {}
        for line in self.lines:
            if undo := outermost_undo(line.trail):
                is_known = line.key in self.recovered
                calls = sum(is_known or call[-1].is_well for call in line.calls)
                well.setdefault(undo, []).append(calls)
        return sum(map(min, well.values()))

    @cached_property
    def outcomes(self) -> Counter[str]:
        """The failures of all attempts, with their numbers."""
        counts: Counter[str] = Counter()
        for line in self.lines:
            counts += line.outcomes
        return counts

    @cached_property
    def values(self) -> int | None:
        """The number of stored measures; None if no step stores any."""
        counts = [
            gave["fields"]["rows"]
            for step in self.steps
            if isinstance(gave := step.gave, dict) and gave.get("fields", {}).keys() >= _OF_SAVING
        ]
        return sum(one for one in counts if isinstance(one, int)) if counts else None

    @cached_property
    def rows(self) -> tuple[CallGroup | CallLine, ...]:
        """The calls in order of time, under the titles of the steps around them."""
        rows: list[CallGroup | CallLine] = []
        path: tuple[str, ...] = ()
        # the calls of a step stay together, sorted by the start of their outermost step
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
        """The trails of the titled steps around a call, except the innermost.

        An undo is listed next to its step.
        """
        plain = without_items(line.trail)
        titled = [trail for trail in around(plain) if trail in self.titles]
        outer = titled if self.is_of_document(line) else titled[:-1]
        return tuple(one for one in outer if not plain.startswith(f"{one}@"))

    def drawn_trail(self, trail: str) -> str:
        """The trail of the step in the picture of the flow, without items.

        A flow's handlers are drawn once, and act at any failed step.
        """
        plain = without_items(trail)
        at, rest = flow_handler(plain) or ("", "")
        trails = (f"{one}{rest}" for one in enclosing(plain) if is_part(at, one))
        return next((one for one in trails if one in self.known), plain)

    def is_of_document(self, line: CallLine) -> bool:
        """Whether the step of a call comes from a document, for example a homologation case."""
        plain = without_items(line.trail)
        return bool(self.known) and "@" not in plain and plain not in self.known

    def step_of(self, line: CallLine) -> str:
        """The step of the flow to which a call belongs in the picture."""
        plain = self.drawn_trail(line.trail).removesuffix(at_reconcile(""))
        if not self.is_of_document(line):
            return plain
        return next((one for one in reversed(around(plain)) if one in self.known), plain)

    def title_of(self, line: CallLine) -> str:
        """The title of a call: of its step or the nearest step around it; a case has a name."""
        plain = self.drawn_trail(line.trail)
        if self.is_of_document(line):
            return last_name(plain)
        known = [trail for trail in around(plain) if trail in self.titles]
        return self.titles[known[-1]] if known else last_name(plain)


def around(trail: str) -> list[str]:
    """A trail and those around it, without items, outermost first, with the sides of handlers."""
    parts = without_items(trail).replace("@", "/@").split("/")
    return ["/".join(parts[: count + 1]).replace("/@", "@") for count in range(len(parts))]


def _length(spans: Iterable[Span]) -> float:
    """The total time covered by at least one span."""
    total = until = 0.0
    for first, last in sorted(spans):
        total += max(0.0, last - max(first, until))
        until = max(until, last)
    return total
