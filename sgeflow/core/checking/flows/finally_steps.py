"""Proves the `finally` steps of a flow: they tell, and change nothing that is the flow's matter."""

from __future__ import annotations

from collections.abc import Iterator

from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.walk import every_step, steps_of
from sgeflow.core.engine.step import Flow, Step
from sgeflow.core.language.shapes import NULL, TEXT, Shape, join, object_of
from sgeflow.core.model import Kind
from sgeflow.errors import Id
from sgeflow.messages import Message, say


def check_finally(flow: Flow, outputs: Shape, checker: Checker) -> None:
    """Every name in the `finally` steps, which read `end`, and none of the steps before them."""
    if not flow.finally_steps:
        return
    misplaced = False
    for step in every_step(flow.finally_steps):
        if reason := next(_reasons(step, checker), None):
            note = say("what changes something belongs into the steps, where it can be undone")
            checker.report(Id.MODIFIER, reason, step.at, note=note)
            misplaced = True
    if not misplaced:
        maybe = dict.fromkeys(("code", "class", "step"), join(TEXT, NULL))
        end = object_of({"status": TEXT, **maybe, "outputs": join(outputs, NULL)}, "end")
        checker.over(checker.known.with_root("end", end)).block(flow.finally_steps)


def _reasons(step: Step, checker: Checker) -> Iterator[Message]:
    """Why a step cannot stand in `finally`."""
    if step.verb.ends:
        yield say("a finally step ends nothing: {verb} has no place in it", verb=step.verb.name)
    if step.undo:
        yield say("a finally step is not undone: nothing comes after it")
    yield from _changes(step, checker)
    called = checker.shelf.flows.get(step.uses.flow)
    for inner in steps_of(called) if called else ():
        yield from _changes(inner, checker)


def _changes(step: Step, checker: Checker) -> Iterator[Message]:
    uses, operation = step.uses, checker.shelf.operations.get(step.uses.operation)
    if operation and operation.kind is not Kind.READ:
        yield say("a finally step orders nothing, and {name} is no read", name=operation.name)
    if uses.remembers or uses.forgets:
        yield say("a finally step changes nothing of what the flow remembers")
    if uses.casebook:
        yield say("a finally step orders nothing, and cases may")
