"""What a flow can do, the flows that it runs included: its steps, calls and kept series."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from sgeflow.core.engine.step import Flow
from sgeflow.core.engine.walk import called_flows, steps_of

if TYPE_CHECKING:
    from sgeflow.core.checking.flows.namespace import Namespace
    from sgeflow.core.engine.step import Uses


class Reach(Struct, frozen=True, kw_only=True):
    """What a flow can do, its sub-flows' steps included."""

    steps: frozenset[str]
    calls: Mapping[str, bool]  # labels; whether it is an operation
    series: frozenset[str]
    is_whole: bool = True  # all calls are known: no catalogue of cases is run
    is_sure: bool = True  # no flow of them has a mistake, which may be why a name is not there


def reach_of(flow: Flow, namespace: Namespace, wrong: Collection[str]) -> Reach:
    """What a flow can do; `wrong` are the files in which something is wrong."""
    flows = called_flows({**namespace.flows, flow.name: flow}, flow.name)
    steps = [step for one in flows.values() for step in steps_of(one)]
    uses = [step.uses for step in steps]
    calls = {label: " " not in label for one in uses for label in _labels(one, namespace)}
    series = {name for one in uses for name in (*one.keeps, *one.loads)}
    called = {one.flow for one in uses if one.flow}
    return Reach(
        steps=frozenset({flow.name, *called, *(step.id for step in steps)}),
        calls=calls,
        series=frozenset(series),
        is_whole=not any(one.casebook for one in uses),
        is_sure=not any(_is_doubtful(name, namespace, wrong) for name in {*flows, *called}),
    )


def _is_doubtful(name: str, namespace: Namespace, wrong: Collection[str]) -> bool:
    flow = namespace.flows.get(name)
    return flow is None or flow.at.file in wrong


def _labels(uses: Uses, namespace: Namespace) -> Iterator[str]:
    """What a step calls; an order may be settled by a read."""
    if uses.request:
        yield uses.request
    known = namespace.operations.get(uses.operation)
    if known and known.reconcile:
        yield known.reconcile.call
