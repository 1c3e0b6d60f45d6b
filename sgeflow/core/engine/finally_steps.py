"""The `finally` steps of a run's flow: done once whatever happened, and the end stays as it is.

They are noted before they begin. A run that goes on and finds that note does none of them again:
when it was stopped in their middle, what they told may have gone out, and that is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from msgspec.structs import replace

from sgeflow.core.engine.blocks import one_step, with_step
from sgeflow.core.engine.effects import (
    CallClosed,
    Effect,
    Emit,
    Exchange,
    Note,
    Noted,
    Script,
    Together,
    Warn,
    ask,
    intercept,
)
from sgeflow.core.engine.failures import one_line
from sgeflow.core.engine.flow import first_scope
from sgeflow.core.engine.step import Done, End, Failed, Flow, Run
from sgeflow.core.engine.trails import at_finally
from sgeflow.core.engine.unknown_orders import is_unknown
from sgeflow.core.model import SGE, FaultClass, Kind, NoAnswer, Request, Status
from sgeflow.errors import Id, Problem
from sgeflow.messages import say

T = TypeVar("T")
_BEGUN, _ENDED = "begun", "ended"


def evaluate_finally(flow: Flow, inputs: Mapping[str, Any], end: End, run: Run) -> Script[None]:
    """Do the `finally` steps of a flow whose end is known, each whatever became of the others."""
    run = replace(run.into(flow.name), trail=at_finally(flow.name), memory=None)
    if (yield from ask(Noted(run.key(_BEGUN)))):
        is_over = yield from ask(Noted(run.key(_ENDED)))
        yield Emit(Warn(run.trail, _not_again(is_over=bool(is_over))))
        return
    yield from ask(Note(key=run.key(_BEGUN), value=True))
    scope: Mapping[str, Any] = {**first_scope(flow, inputs, run), "end": end_facts(end)}
    for step in flow.finally_steps:
        came = yield from _as_notices(one_step(step, scope, run))
        if isinstance(came, Failed):
            yield Emit(Warn(run.trail, _not_done(came)))
        elif isinstance(came, Done) and came.status is not Status.SKIPPED:
            scope = with_step(scope, step.id, came.outputs)
    yield from ask(Note(key=run.key(_ENDED), value=True))


def end_facts(end: End) -> Mapping[str, Any]:
    """What `finally` steps read as `end`: nothing that a message of a failure may hold."""
    if isinstance(end, Failed):
        failure = end.failure
        return {
            "status": failure.status.value,
            "code": failure.code,
            "class": failure.fault_class.value if failure.fault_class else None,
            "step": failure.step,
            "outputs": None,
        }
    facts = {"code": None, "class": None, "step": None, "outputs": end.outputs}
    return {"status": end.status.value, **facts}


def _not_again(*, is_over: bool) -> str:
    if is_over:
        return say("the finally steps were done when this run ended before: not again")
    return say(
        "the finally steps had begun when this run was stopped: what they tell may have gone out, "
        "and is not told again"
    )


def _not_done(end: Failed) -> str:
    if is_unknown(end):
        return say("a finally step got no answer: what it tells may have arrived all the same")
    return say(
        "a finally step failed, and changes nothing: {failure}", failure=one_line(end.failure)
    )


def _no_notice(request: Request) -> NoAnswer:
    message = say("{label} is an order, and a finally step orders nothing", label=request.label)
    problem = Problem(id=Id.GUARD, message=message)
    return NoAnswer(sent=False, problem=problem, fault_class=FaultClass.INVALID)


def _as_notices(script: Script[T]) -> Script[T]:
    """The same script, but that what it sends is no order: nobody waits for what became of it.

    An order to SGE is one wherever it stands: it is not sent.
    """
    return intercept(script, _answer_notice)


def _answer_notice(effect: Effect[Any]) -> Script[Any]:
    if isinstance(effect, Exchange):
        request = effect.request
        if request.endpoint == SGE and request.kind is not Kind.READ:
            return _no_notice(request)
        effect = replace(effect, request=replace(request, is_notice=True))
    elif isinstance(effect, CallClosed):
        effect = replace(effect, record=replace(effect.record, kind=Kind.READ))
    elif isinstance(effect, Together):
        effect = replace(effect, scripts=tuple(map(_as_notices, effect.scripts)))
    return (yield effect)
