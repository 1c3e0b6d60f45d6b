"""Proves the `finally` steps of a flow: they tell, and change nothing that is the flow's matter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum

from msgspec.structs import replace

from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.engine.step import Flow, Step
from sgeflow.core.engine.walk import called_flows, every_step, steps_of
from sgeflow.core.language.shapes import NULL, TEXT, Shape, join, object_of
from sgeflow.core.model import FaultClass, Kind, Status
from sgeflow.errors import Id
from sgeflow.messages import Message, say


def check_finally(flow: Flow, outputs: Shape, checker: Checker) -> None:
    """Every name in the `finally` steps, which read `end`, and none of the steps before them."""
    misplaced = [step for step in flow.finally_steps if _is_misplaced(step, checker)]
    if misplaced or not flow.finally_steps:
        return
    maybe = {"code": TEXT, "class": _one_of(FaultClass), "step": TEXT}
    fields = {
        "status": _one_of((Status.DONE, Status.PARTIAL, Status.FAILED)),
        **{name: join(shape, NULL) for name, shape in maybe.items()},
        "outputs": join(outputs, NULL),
    }
    checker.over(checker.known.with_root("end", object_of(fields, "end"))).block(flow.finally_steps)


def _one_of(words: Iterable[StrEnum]) -> Shape:
    return replace(TEXT, allowed=tuple(word.value for word in words))


def _is_misplaced(step: Step, checker: Checker) -> bool:
    """Whether a step, or one in it, cannot stand in `finally`, which is noted."""
    note = say("what changes something belongs into the steps, where it can be undone")
    is_misplaced = False
    for one in every_step((step,)):
        if reason := next(_reasons(one, checker), None):
            checker.report(Id.MODIFIER, reason, one.at, note=note)
            is_misplaced = True
    return is_misplaced


def _reasons(step: Step, checker: Checker) -> Iterator[Message]:
    """Why a step cannot stand in `finally`."""
    if step.verb.ends:
        yield say("a finally step ends nothing: {verb} has no place in it", verb=step.verb.name)
    if step.undo:
        yield say("a finally step is not undone: nothing comes after it")
    yield from _changes(step, checker)
    for called in called_flows(checker.namespace.flows, step.uses.flow).values():
        for inner in steps_of(called):
            yield from _changes(inner, checker)


def _changes(step: Step, checker: Checker) -> Iterator[Message]:
    uses, operation = step.uses, checker.namespace.operations.get(step.uses.operation)
    if operation and operation.kind is not Kind.READ:
        yield say("a finally step orders nothing, and {name} is no read", name=operation.name)
    if uses.remembers or uses.forgets:
        yield say("a finally step changes nothing of what the flow remembers")
    if uses.casebook:
        yield say("a finally step orders nothing, and cases may")
