"""What happened at each step of a run, put together from its traces and calls."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sgeflow.core.model import Status

_ITEM = re.compile(r"\[\d+\]|~\d+")
_WORST = (Status.FAILED, Status.PARTIAL, Status.RUNNING, Status.DONE, Status.SKIPPED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What happened at a step; nothing when its turn never came."""

    status: Status | None = None
    seconds: float = 0.0
    times: int = 0  # it was done, once an item of what surrounds it
    calls: int = 0  # attempts of it and of what it holds
    summary: str = ""
    code: str = ""


NOTHING = Past()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a run kept of one step."""

    trail: str
    status: Status
    seconds: float
    summary: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """Finds what happened at a trail of a chart, whatever the items it stands in."""

    steps: Mapping[str, tuple[Told, ...]]
    calls: Counter[str]

    def at(self, trail: str) -> Past:
        """What happened at a trail; a flow's own handlers act where it failed, wherever that is."""
        told = self.steps.get(trail, ())
        above, is_handler, name = trail.rpartition("/on_fault/")
        if is_handler and not told:
            found = (t for t in self.steps if t.startswith(f"{above}/") and t.endswith(f"/{name}"))
            told = next((self.steps[t] for t in found), ())
        calls = sum(
            count
            for at, count in self.calls.items()
            if f"{at}/".startswith(f"{trail}/") and not at.startswith(f"{trail}/undo")
        )
        if not told:
            return Past(status=Status.RUNNING if calls else None, calls=calls)
        statuses = {one.status for one in told}
        return Past(
            status=next(status for status in _WORST if status in statuses),
            seconds=sum(one.seconds for one in told),
            times=sum(one.status is not Status.SKIPPED for one in told),
            calls=calls,
            summary=told[-1].summary if len(told) == 1 else "",
            code=next((one.code for one in told if one.code), ""),
        )


def history(steps: Iterable[Told], calls: Iterable[str]) -> History:
    """What a run kept, by trail; `calls` are the trails of its attempts, one each."""
    found: dict[str, tuple[Told, ...]] = {}
    for one in steps:
        plain = _ITEM.sub("", one.trail)
        found[plain] = (*found.get(plain, ()), one)
    return History(found, Counter(_ITEM.sub("", trail) for trail in calls))
