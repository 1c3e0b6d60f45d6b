"""What bars a flow before it begins anything: what another run has open at the same place."""

from __future__ import annotations

from collections.abc import Iterator

from sgeflow.core.engine.effects import Script, ask
from sgeflow.core.engine.open_undos import FindConflict
from sgeflow.core.engine.step import Flow, Run, Step
from sgeflow.core.engine.trails import undo_around
from sgeflow.core.engine.walk import called_flows, every_step
from sgeflow.core.model import Kind
from sgeflow.errors import Problem


def find_conflict(flow: Flow, run: Run) -> Script[Problem | None]:
    """What is open where a flow remembers things, if the flow changes anything itself.

    A flow that only reads, or goes over what it did, is in nobody's way, nor is one that undoes:
    two undos would wait for each other. A sub-flow asks itself.
    """
    if run.memory is None or run.recorded or undo_around(run.trail):
        return None
    operations = run.library.catalog.operations
    uses = [step.uses for step in _own_steps(flow)]
    of_cancel = any(
        one.forgets or (one.operation and operations[one.operation].kind is Kind.CANCEL)
        for one in uses
    )
    if not of_cancel and not any(one.remembers or one.changes(operations) for one in uses):
        return None
    problem: Problem | None = yield from ask(
        FindConflict(place=run.memory.place, of_cancel=of_cancel)
    )
    return problem


def begins_anything(flow: Flow, run: Run) -> bool:
    """Whether a flow, or one that it runs, changes anything or keeps it for the next run."""
    catalog = run.library.catalog
    flows = {**catalog.flows, flow.name: flow}
    return any(
        uses.remembers or uses.forgets or uses.recognises or uses.changes(catalog.operations)
        for called in called_flows(flows, flow.name, steps=_own_steps).values()
        for uses in (step.uses for step in _own_steps(called))
    )


def _own_steps(flow: Flow) -> Iterator[Step]:
    """The steps that begin something: neither undos nor what is done when the flow has ended."""
    return every_step(flow.steps, undos=False)
