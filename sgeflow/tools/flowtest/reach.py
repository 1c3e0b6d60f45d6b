"""What a flow can do, the flows that it runs included: its steps, calls and kept series."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sgeflow.core.checking.walk import every_step
from sgeflow.core.engine.step import Flow

if TYPE_CHECKING:
    from sgeflow.core.checking.namespace import Shelf
    from sgeflow.core.engine.step import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What a flow can do, its sub-flows' steps included."""

    steps: frozenset[str]
    calls: Mapping[str, bool]  # labels; whether it is an operation
    series: frozenset[str]
    is_whole: bool = True  # all calls are known: no catalogue of cases is run
    is_sure: bool = True  # no flow of them has a mistake, which may be why a name is not there


def reach_of(flow: Flow, shelf: Shelf, wrong: Collection[str]) -> Reach:
    """What a flow can do; `wrong` are the files in which something is wrong."""
    flows: set[str] = set()
    steps = list(_steps(flow, shelf, flows))
    calls: dict[str, bool] = {}
    for step in steps:
        for label in _labels(step, shelf):
            calls[label] = " " not in label
    series = {
        name
        for step in steps
        for name in (getattr(step.spec, "series", None), getattr(step.spec, "into", None))
        if isinstance(name, str)
    }
    names = {flow.name, *(step.id for step in steps)} | {
        name for step in steps if (name := getattr(step.spec, "flow", ""))
    }
    return Reach(
        steps=frozenset(names),
        calls=calls,
        series=frozenset(series),
        is_whole=not any(hasattr(step.spec, "catalogue") for step in steps),
        is_sure=not any(_is_doubtful(name, shelf, wrong) for name in flows),
    )


def _is_doubtful(name: str, shelf: Shelf, wrong: Collection[str]) -> bool:
    flow = shelf.flows.get(name)
    return flow is None or flow.at.file in wrong


def _labels(step: Step, shelf: Shelf) -> Iterator[str]:
    """What a step calls; an order may be settled by a read."""
    if operation := getattr(step.spec, "operation", ""):
        yield operation
        known = shelf.operations.get(operation)
        if known and known.reconcile:
            yield known.reconcile.call
    if service := getattr(step.spec, "service", ""):
        yield f"{step.spec.method} {service}"


def _steps(flow: Flow, shelf: Shelf, seen: set[str]) -> Iterator[Step]:
    """Every step of a flow and of the flows that it runs."""
    if flow.name in seen:
        return
    seen.add(flow.name)
    handled = (step for handler in flow.handlers for step in handler.steps)
    for step in every_step((*flow.steps, *handled)):
        yield step
        name = getattr(step.spec, "flow", "")
        inner = shelf.flows.get(name)
        if inner is not None:
            yield from _steps(inner, shelf, seen)
        elif name:
            seen.add(name)
