"""A whole flow: its inputs and state, its steps, its outputs, and the way back when one fails."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from sgeflow.core.engine.blocks import block, handle, handler_for
from sgeflow.core.engine.conflicts import begins_anything, find_conflict
from sgeflow.core.engine.customers import key_of
from sgeflow.core.engine.effects import Claim, Recall, Script, ask
from sgeflow.core.engine.failures import bar_failure, error_failure
from sgeflow.core.engine.named_instances import check_instances
from sgeflow.core.engine.retrace import retrace
from sgeflow.core.engine.step import Done, End, Failed, Flow, Memory, Returned, Run
from sgeflow.core.engine.undo import begun_undo, finish_undo, undo
from sgeflow.core.language.parameters import fill
from sgeflow.core.language.paths import check_names
from sgeflow.errors import Problem, SgeflowError


def evaluate_flow(flow: Flow, inputs: Mapping[str, Any], run: Run) -> Script[End]:
    """A flow from its inputs to its outputs; a failure is a value, after what was done is undone.

    Undos belong to the flow that declares them: a sub-flow that ends well has nothing left to
    undo, whatever happens to its caller later.
    """
    run = run.into(flow.name)
    begun = yield from begun_undo(run)
    inner = replace(run, recorded=run.recorded or begun is not None)
    try:
        scope, inner = _open(flow, inputs, inner)
    except SgeflowError as error:
        return Failed(failure=error_failure(error, run))
    run = replace(run, memory=inner.memory)
    state = yield from _recall(flow, inner)
    if isinstance(state, Problem):
        return Failed(failure=bar_failure(state, run))
    open_ = yield from find_conflict(flow, inner)
    if open_ is not None:
        return Failed(failure=bar_failure(open_, run))
    work = _evaluate_steps(flow, scope | state, inner)
    end = yield from (retrace(work) if inner.recorded else work)
    if begun is not None:
        return (yield from finish_undo(begun, end, run))
    if isinstance(end, Failed):
        return (yield from undo(end, run))
    return replace(end, undos=())


def _evaluate_steps(flow: Flow, scope: Mapping[str, Any], run: Run) -> Script[Done | Failed]:
    """The steps of a flow, and what it makes of their end.

    Once a step has found out who the customer is, the state is what is remembered of that one.
    """
    first, rest = flow.steps[: flow.known_after], flow.steps[flow.known_after :]
    end: End = Done(outputs={})
    if first:
        end = yield from block(first, scope, run)
    if isinstance(end, Done):
        if first:
            state = yield from _recall_again(run)
            scope = {**scope, "state": state, "steps": end.outputs}
        end = yield from block(rest, scope, run, end)
    return (yield from _end_of_flow(flow, end, scope, run))


def _end_of_flow(flow: Flow, end: End, scope: Mapping[str, Any], run: Run) -> Script[Done | Failed]:
    """The end of a flow's steps as that of the flow: its outputs, or what its handlers make."""
    if isinstance(end, Done):
        try:
            inner = {**scope, "steps": end.outputs}
            outputs = {name: expression.search(inner) for name, expression in flow.outputs.items()}
            return Done(outputs=outputs, status=end.status, undos=end.undos)
        except SgeflowError as error:
            end = Failed(failure=error_failure(error, run), undos=end.undos)
    if isinstance(end, Failed) and (handler := handler_for(end, flow.handlers)):
        there = replace(run, trail=end.failure.step)
        end = yield from handle(handler, end, scope, there, flow=flow.name)
    return end if isinstance(end, Failed) else _finish(flow, end)


def _finish(flow: Flow, end: Done | Returned) -> Done:
    """A flow that ended before its last step: of its outputs, those that were given."""
    given_outputs = end.outputs if isinstance(end.outputs, Mapping) else {}
    outputs = {name: given_outputs.get(name) for name in flow.outputs}
    return Done(outputs=outputs, status=end.status, undos=end.undos)


def check_inputs(flow: Flow, inputs: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """The inputs of a flow, filled and checked.

    Raises:
        InvalidValues: every input that is unknown, missing or invalid, of which a file cannot be
            named, or that lacks where a service is many of a kind.
    """
    scope = {"env": run.environment.facts(), "run": run.facts()}
    filled = fill(flow.inputs, inputs, scope, owner=flow.name, of_flow=True)
    check_names(flow.name_parts, filled)
    check_instances(flow, filled, run)
    return filled


def first_scope(flow: Flow, values: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """What the first step of a flow may read, but for its state; raises as `check_inputs`."""
    inputs = check_inputs(flow, values, run)
    return {
        "inputs": {name: inputs.get(name) for name in flow.inputs},
        "env": run.environment.facts(),
        "run": run.facts(),
        "steps": {},
    }


def _open(flow: Flow, values: Mapping[str, Any], run: Run) -> tuple[dict[str, Any], Run]:
    """What the flow's first step may read, but for its state, and the run with its memory."""
    scope = first_scope(flow, values, run)
    if flow.state is None:
        return scope, replace(run, memory=None)
    place = str(flow.state.key.evaluate(scope))
    customer = flow.state.customer.evaluate(scope) if flow.state.customer else None
    name = key_of(place, customer)
    memory = Memory(collection=flow.state.collection, name=name, place=place)
    return scope, replace(run, memory=memory)


def _recall(flow: Flow, run: Run) -> Script[Problem | dict[str, Any]]:
    """What is remembered of what a flow is for, claimed when it changes anything."""
    memory = run.memory
    if memory is None:
        return {}
    key, collection, name = _state_key(run, memory), memory.collection, memory.name
    state: Problem | Mapping[str, Any] | None
    if not run.recorded and begins_anything(flow, run):
        state = yield from ask(Claim(key=key, collection=collection, name=name))
    else:
        state = yield from ask(Recall(key=key, collection=collection, name=name))
    return state if isinstance(state, Problem) else {"state": state or {}}


def _recall_again(run: Run) -> Script[Mapping[str, Any]]:
    """What is remembered of the customer, once it is known who that is."""
    memory = run.memory
    if memory is None:
        raise TypeError("a flow without a state knows of no customer")
    key = f"{_state_key(run, memory)}:customer"
    place = {"collection": memory.collection, "name": memory.name}
    return (yield from ask(Recall(key=key, **place))) or {}


def _state_key(run: Run, memory: Memory) -> str:
    """The key of what was remembered when a flow began: what was noted is of that place alone."""
    return run.key(f"state:{memory.collection}:{memory.name}")
