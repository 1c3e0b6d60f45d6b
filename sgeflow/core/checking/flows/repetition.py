"""Whether a step may be done more than once, as its modifiers say: over a list, or asked again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sgeflow.core.checking.expressions.hints import sort_text
from sgeflow.core.checking.flows.namespace import Namespace
from sgeflow.core.documents import Operation
from sgeflow.core.engine.step import Flow, Foreach, Step
from sgeflow.core.engine.walk import called_flows, every_step, placed_in
from sgeflow.core.language.shapes import Shape, Sort
from sgeflow.errors import Id, Problem
from sgeflow.messages import say


def check_list(foreach: Foreach, items: Shape) -> Iterator[Problem]:
    """What a step is done for is a list."""
    if items.sort not in (Sort.LIST, Sort.ANY, Sort.XML):
        message = say("foreach needs a list, this is {sort}", sort=sort_text(items))
        yield Problem(id=Id.WRONG_TYPE, message=message, at=foreach.items.spot.at())


def check_repetition(step: Step, namespace: Namespace) -> Iterator[Problem]:
    """Nothing is asked again that would be ordered again."""
    if step.poll:
        yield from _check_poll(step, namespace.operations, namespace.flows)
    yield from _check_retry(step, namespace.operations)


def _check_poll(
    step: Step, operations: Mapping[str, Operation], flows: Mapping[str, Flow]
) -> Iterator[Problem]:
    """What is polled is asked again and again: an order would be sent again and again."""
    note = say("poll the read that shows what the order made")
    for inner in every_step((step,), undos=False):
        if _is_once(inner, operations):
            message = say('"{id}" is no read, and what is polled is asked again', id=inner.id)
            yield Problem(id=Id.MODIFIER, message=message, at=inner.at, note=note)
            continue
        for flow in called_flows(flows, inner.uses.flow, steps=_own_steps).values():
            once = next((one for one in _own_steps(flow) if _is_once(one, operations)), None)
            if once:
                message = say(
                    '"{id}" of the flow {flow} is no read, and what is polled is asked again',
                    id=once.id,
                    flow=flow.name,
                )
                yield Problem(id=Id.MODIFIER, message=message, at=inner.at, note=note)
                break


def _own_steps(flow: Flow) -> Iterator[Step]:
    """The steps of a flow and of its handlers, but for undos."""
    return (placed.step for placed in placed_in(flow))


def _check_retry(step: Step, operations: Mapping[str, Operation]) -> Iterator[Problem]:
    """Only a read is asked again after an answer: an order that was refused stays so."""
    again = [handler for handler in step.handlers if handler.retry]
    if again and any(_is_once(one, operations) for one in _asking(step)):
        message = say("an order is never tried again after an answer")
        note = say("leave retry out, and run the flow again")
        at = next(iter(again[0].places), step.at)
        yield Problem(id=Id.MODIFIER, message=message, at=at, note=note)


def _asking(step: Step) -> Iterator[Step]:
    """The step that asks, or those of which one is chosen to."""
    if step.uses.is_choice:
        for one in step.uses.inner:
            yield from _asking(one)
    else:
        yield step


def _is_once(step: Step, operations: Mapping[str, Operation]) -> bool:
    """Whether a step changes something, and does harm when it is done twice."""
    uses = step.uses
    return bool(uses.casebook) or (uses.changes(operations) and not uses.is_repeatable)
