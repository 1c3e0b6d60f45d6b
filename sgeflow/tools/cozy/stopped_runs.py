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
    """The last run of a flow about a point that was killed, should there be one.

    A server has the runs of all accounts: whose a run is, its claim tells.
    """
    for entry in _runs_of(home, environment, point) if home.server else runs(home, _RECENT):
        is_stopped = entry.ended is None or entry.exit == Exit.INTERRUPTED
        if entry.flow == flow and is_stopped and not is_at_work(home, entry):
            return entry
    return None


def _runs_of(home: StateLocation, environment: str, point: str) -> Sequence[RunEntry]:
    with AccountClaims(home.store(environment)) as store:
        holder = store.holder(point)
    try:
        return [find_run(home, holder).entry] if holder else []
    except UsageError:  # it was pruned
        return []
