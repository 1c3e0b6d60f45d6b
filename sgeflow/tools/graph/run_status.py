"""What happened at each step of a run, put together from its traces and calls."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from sgeflow.core.engine.trails import above, belongs, flow_handler, is_part, without_items
from sgeflow.core.model import Status

_WORST = (Status.FAILED, Status.PARTIAL, Status.RUNNING, Status.DONE, Status.SKIPPED)


class StepHistory(Struct, frozen=True, kw_only=True):
    """What happened at a step; nothing when its turn never came."""

    status: Status | None = None
    seconds: float = 0.0
    times: int = 0  # it was done, once an item of what surrounds it
    calls: int = 0  # attempts of it and of what it holds
    summary: str = ""
    code: str = ""
    after: str = ""  # the code of the failure after which a handler went on


NOT_REACHED = StepHistory()


class StepRecord(Struct, frozen=True, kw_only=True):
    """What a run kept of one step."""

    trail: str
    status: Status
    seconds: float
    summary: str = ""
    code: str = ""
    after: str = ""


class History(Struct, frozen=True):
    """Finds what happened at a trail of a chart, whatever the items it stands in.

    `calls` are attempts by the trails that they belong to, `handlers` the trails of steps of a
    flow's handlers, by what stands behind the step that failed.
    """

    steps: Mapping[str, Sequence[StepRecord]]
    calls: Mapping[str, int]
    handlers: Mapping[str, Sequence[str]]

    def at(self, trail: str) -> StepHistory:
        """What happened at a trail; a flow's own handlers act where it failed, wherever that is."""
        trail = self._find_handler_trail(trail)
        records = self.steps.get(trail, ())
        calls = self.calls.get(trail, 0)
        if not records:
            return StepHistory(status=Status.RUNNING if calls else None, calls=calls)
        statuses = {one.status for one in records}
        return StepHistory(
            status=next(status for status in _WORST if status in statuses),
            seconds=sum(one.seconds for one in records),
            times=sum(one.status is not Status.SKIPPED for one in records),
            calls=calls,
            summary=records[-1].summary if len(records) == 1 else "",
            code=next((one.code for one in records if one.code), ""),
            after=records[-1].after if len(records) == 1 else "",
        )

    def _find_handler_trail(self, trail: str) -> str:
        """Where a step of a flow's handlers acted."""
        flow, behind = flow_handler(trail) or (trail, "")
        return next((one for one in self.handlers.get(behind, ()) if is_part(one, flow)), trail)


def history(steps: Iterable[StepRecord], calls: Iterable[str]) -> History:
    """What a run kept, by trail; `calls` are the trails of its attempts, one each."""
    records: dict[str, list[StepRecord]] = defaultdict(list)
    handlers: dict[str, list[str]] = defaultdict(list)
    for one in steps:
        records[without_items(one.trail)].append(one)
    for trail in records:
        if handler := flow_handler(trail):
            handlers[handler[1]].append(trail)
    attempts: Counter[str] = Counter()
    for trail, count in Counter(map(without_items, calls)).items():
        for step in (*above(trail), trail):
            if belongs(trail, step):
                attempts[step] += count
    return History(records, attempts, handlers)
