"""What happened at each step of a run, put together from its traces and calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from msgspec import Struct

from sgeflow.core.engine.trails import belongs, flow_handler, is_part, without_items
from sgeflow.core.model import Status

_WORST = (Status.FAILED, Status.PARTIAL, Status.RUNNING, Status.DONE, Status.SKIPPED)


class Past(Struct, frozen=True, kw_only=True):
    """What happened at a step; nothing when its turn never came."""

    status: Status | None = None
    seconds: float = 0.0
    times: int = 0  # it was done, once an item of what surrounds it
    calls: int = 0  # attempts of it and of what it holds
    summary: str = ""
    code: str = ""
    after: str = ""  # the code of the failure after which a handler went on


NOTHING = Past()


class StepRecord(Struct, frozen=True, kw_only=True):
    """What a run kept of one step."""

    trail: str
    status: Status
    seconds: float
    summary: str = ""
    code: str = ""
    after: str = ""


class History(Struct, frozen=True):
    """Finds what happened at a trail of a chart, whatever the items it stands in."""

    steps: Mapping[str, tuple[StepRecord, ...]]
    calls: Counter[str]

    def at(self, trail: str) -> Past:
        """What happened at a trail; a flow's own handlers act where it failed, wherever that is."""
        trail = self._find_handler_trail(trail)
        records = self.steps.get(trail, ())
        calls = sum(count for at, count in self.calls.items() if belongs(at, trail))
        if not records:
            return Past(status=Status.RUNNING if calls else None, calls=calls)
        statuses = {one.status for one in records}
        return Past(
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
        trails = (t for t in self.steps if is_part(t, flow) and behind and t.endswith(behind))
        return next(trails, trail)


def history(steps: Iterable[StepRecord], calls: Iterable[str]) -> History:
    """What a run kept, by trail; `calls` are the trails of its attempts, one each."""
    records: dict[str, tuple[StepRecord, ...]] = {}
    for one in steps:
        plain = without_items(one.trail)
        records[plain] = (*records.get(plain, ()), one)
    return History(records, Counter(map(without_items, calls)))
