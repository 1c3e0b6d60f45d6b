"""A whole flow: its inputs and state, its steps, its outputs, and the way back when one fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sgeflow.core.engine.blocks import block, handle, undo_all
from sgeflow.core.engine.call import failure_from
from sgeflow.core.engine.effects import Recall, Script, Tell, Warn, ask
from sgeflow.core.engine.step import Done, End, Failed, Flow, Memory, Returned, Run
from sgeflow.core.engine.unknown import besides, is_unknown
from sgeflow.core.language.parameters import fill
from sgeflow.errors import SgeflowError
from sgeflow.messages import say


def evaluate_flow(flow: Flow, given: Mapping[str, Any], run: Run) -> Script[End]:
    """A flow from its inputs to its outputs; a failure is a value, after what was done is undone.

    Undos belong to the flow that declares them: a sub-flow that ends well has nothing left to
    undo, whatever happens to its caller later.
    """
    run = run.into(flow.name)
    try:
        scope, run = yield from _opened(flow, given, run)
    except SgeflowError as error:
        return Failed(failure=failure_from(error, run))
    end = yield from block(flow.steps, scope, run)
    if isinstance(end, Failed):
        return (yield from _failed(flow, end, scope, run))
    if isinstance(end, Returned):
        return _done(flow, end)
    try:
        seen = {**scope, "steps": end.outputs}
        outputs = {name: expression.search(seen) for name, expression in flow.outputs.items()}
    except SgeflowError as error:
        failed = Failed(failure=failure_from(error, run), undos=end.undos)
        return (yield from _failed(flow, failed, scope, run))
    return Done(outputs=outputs, status=end.status)


def _done(flow: Flow, end: Done | Returned) -> Done:
    """A flow that ended before its last step: of its outputs, those that were given."""
    given = end.outputs if isinstance(end.outputs, Mapping) else {}
    return Done(outputs={name: given.get(name) for name in flow.outputs}, status=end.status)


def check_inputs(flow: Flow, given: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """The inputs of a flow, filled and checked.

    Raises:
        InvalidValues: every input that is unknown, missing or invalid.
    """
    scope = {"env": run.environment.facts(), "run": run.facts()}
    return fill(flow.inputs, given, scope, owner=flow.name)


def _opened(
    flow: Flow, given: Mapping[str, Any], run: Run
) -> Script[tuple[Mapping[str, Any], Run]]:
    """What the flow's first step may read, and the run with the flow's memory."""
    inputs = check_inputs(flow, given, run)
    scope: dict[str, Any] = {
        "inputs": {name: inputs.get(name) for name in flow.inputs},
        "env": run.environment.facts(),
        "run": run.facts(),
        "steps": {},
    }
    if flow.state is None:
        return scope, replace(run, memory=None)
    memory = Memory(collection=flow.state.collection, name=str(flow.state.key.evaluate(scope)))
    recall = Recall(key=run.key("state"), collection=memory.collection, name=memory.name)
    scope["state"] = (yield from ask(recall)) or {}
    return scope, replace(run, memory=memory)


def _failed(flow: Flow, end: Failed, scope: Mapping[str, Any], run: Run) -> Script[End]:
    handler = next((h for h in flow.handlers if h.fits(end.failure)), None)
    told: End = end
    if handler:
        there = replace(run, trail=end.failure.step)
        told = yield from handle(handler, end, scope, there, flow=flow.name)
    if not isinstance(told, Failed):
        return _done(flow, told)
    lost: Failed | None = None
    if is_unknown(told):
        if end.undos:
            text = say("nothing was undone, because an order may have been accepted")
            yield Tell(Warn(run.trail, text))
    elif not told.failure.partial:
        lost = yield from undo_all(end.undos, run)
    if lost:
        text = say("nothing more was undone, because an order may have been accepted")
        yield Tell(Warn(run.trail, text))
        told = besides(lost, told.failure)
    return replace(told, undos=())
