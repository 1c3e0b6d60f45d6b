"""Runs about an account that were killed, and that bar others until they have ended."""

from __future__ import annotations

from collections.abc import Sequence

from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.records import RunEntry
from sgeflow.errors import Exit, UsageError
from sgeflow.runtime.journal.history import find_run, is_at_work, runs
from sgeflow.tools.cozy.account_store import AccountClaims

_RECENT = 40  # runs: what was stopped bars others for thirty days


def stopped_run(home: StateLocation, environment: str, point: str, flow: str) -> RunEntry | None:
    """The last run of a flow about a point that was killed, should there be one."""
    for entry in _runs_of(home, environment, point):
        if entry.flow == flow and _is_stopped(entry) and not is_at_work(home, entry):
            return entry
    return None


def was_last_stopped(home: StateLocation, environment: str, point: str, flow: str) -> bool:
    """Whether the last run of a flow about a point did not come to an end of which it told."""
    entries = (one for one in _runs_of(home, environment, point) if one.flow == flow)
    last = next(entries, None)
    return last is not None and _is_stopped(last)


def _is_stopped(entry: RunEntry) -> bool:
    return entry.ended is None or entry.exit == Exit.INTERRUPTED


def _runs_of(home: StateLocation, environment: str, point: str) -> Sequence[RunEntry]:
    """The runs that may be about a point, the last one first.

    A server has the runs of all accounts: whose a run is, its claim tells.
    """
    if not home.server:
        return runs(home, _RECENT)
    with AccountClaims(home.store(environment)) as store:
        holder = store.holder(point)
    try:
        return [find_run(home, holder).entry] if holder else []
    except UsageError:  # it was pruned
        return []
