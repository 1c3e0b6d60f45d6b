"""What a step gives comes from somewhere, and is not always there: both in words, with places."""

from __future__ import annotations

import json
from collections.abc import Iterator

from msgspec import Struct

from sgeflow.core.documents import Operation
from sgeflow.core.engine.step import Catalog, Flow, Handler, Step
from sgeflow.core.engine.walk import StepPosition, is_in_handler
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.shapes import Shape, Sort
from sgeflow.core.language.template import Template
from sgeflow.core.language.unparse import FieldPath
from sgeflow.errors import Location
from sgeflow.messages import say, verbatim


class Link(Struct, frozen=True, kw_only=True):
    """One thing that is told of a value: in words, where it stands, and what is written there."""

    words: str
    at: Location | None = None
    text: str = ""


def sources(step: Step, rest: FieldPath, catalog: Catalog) -> tuple[Link, ...]:
    """Where what a step gives, or the part of it behind some names, comes from."""
    summary = " ".join(line for line in step.verb.says(step.spec)[:1] if line)
    does = verbatim(f"{step.verb.name} {summary}".strip())
    first = Link(words=say("step {step}: {does}", step=step.id, does=does), at=step.at)
    rest = rest[1:] if step.foreach and step.collect else rest  # behind items and failed
    links = [first, *_inside(step, rest, catalog), *_instead(step.handlers, rest)]
    return tuple(links)


def absences(placed: StepPosition, shape: Shape) -> Iterator[Link]:
    """When there is no such value: what is skipped, collected, or left out by SGE."""
    around = (*placed.holders, placed.step)
    for holder, step in zip((None, *placed.holders), around, strict=True):
        if holder and holder.uses.is_choice and step is not holder.uses.inner[0]:
            words = say("an alternative of {step} before it is chosen", step=holder.id)
            yield Link(words=words, at=holder.at)
        if step.when:
            words = say("{step} is skipped unless this holds", step=step.id)
            yield Link(words=words, at=step.when.spot.at(), text=step.when.text)
        if step.uses.is_choice and step is placed.step and step.uses.inner[-1].when:
            words = say("no alternative of {step} is chosen", step=step.id)
            yield Link(words=words, at=step.at)
        if step.collect and step is not placed.step:
            words = say("a branch or item of {step} fails", step=step.id)
            yield Link(words=words, at=step.at)
        yield from _ends_of_loop(step)
    if is_in_handler(placed.block):
        yield Link(words=say("what its handler is for does not happen"))
    if shape.sort is Sort.XML:
        yield Link(words=say("SGE leaves it out of its answer: it is null then"))


def _ends_of_loop(step: Step) -> Iterator[Link]:
    words = say("an earlier item of {step} ended the loop", step=step.id)
    if step.foreach and step.foreach.until:
        yield Link(words=words, at=step.foreach.until.spot.at(), text=step.foreach.until.text)
    if step.keep:
        yield Link(words=words, at=step.at)


def _inside(step: Step, rest: FieldPath, catalog: Catalog) -> Iterator[Link]:
    uses = step.uses
    if uses.is_choice:
        for one in uses.inner:
            yield from _alternative_sources(one, rest, catalog)
        return
    operation = catalog.operations.get(uses.operation)
    called = catalog.flows.get(uses.flow)
    if operation is not None:
        yield from _of_reply(operation, rest)
    elif called is not None and rest and rest[0] in called.outputs:
        yield _of_flow(called, rest)
    elif rest and rest[0] in uses.values:
        template = uses.values[rest[0]]
        at = template.spot.at()
        yield Link(words=say("its value {name}", name=rest[0]), at=at, text=_flat(template))


def _alternative_sources(step: Step, rest: FieldPath, catalog: Catalog) -> Iterator[Link]:
    """Where it comes from when this alternative of a choice is done."""
    if step.verb.ends:
        return
    if step.when:
        words = say("when {step} is chosen, because this holds", step=step.id)
        yield Link(words=words, at=step.when.spot.at(), text=step.when.text)
    else:
        yield Link(words=say("otherwise"))
    yield from sources(step, rest, catalog)


def _of_reply(operation: Operation, rest: FieldPath) -> Iterator[Link]:
    if not rest:
        words = say("all response paths of {name}", name=operation.name)
        yield Link(words=words, at=operation.at)
        return
    if rest[0] in operation.response.paths:
        path = operation.response.paths[rest[0]]
        words = say("response path {path} of {name}", path=rest[0], name=operation.name)
        yield Link(words=words, at=path.spot.at(), text=" ".join(path.text.split()))
    lost = operation.reconcile
    if lost and rest[0] in lost.outputs:
        words = say("or, when the answer was lost, what {name} finds", name=lost.call)
        expression: Expression = lost.outputs[rest[0]]
        yield Link(words=words, at=expression.spot.at(), text=expression.text)


def _of_flow(called: Flow, rest: FieldPath) -> Link:
    expression = called.outputs[rest[0]]
    words = say(
        "output {output} of {flow}; see sgeflow explain {flow} outputs.{output}",
        output=rest[0],
        flow=called.name,
    )
    return Link(words=words, at=expression.spot.at(), text=expression.text)


def _instead(handlers: tuple[Handler, ...], rest: FieldPath) -> Iterator[Link]:
    for handler in handlers:
        causes = ", ".join((*handler.codes, *(one.value for one in handler.classes)))
        if handler.outputs is not None:
            template = dict(handler.outputs.children or ()).get(rest[0]) if rest else None
            words = say("on a fault ({causes}): what its handler continues with", causes=causes)
            one = template or handler.outputs
            yield Link(words=words, at=one.spot.at(), text=_flat(one))
        elif handler.steps:
            last = handler.steps[-1]
            words = say(
                "on a fault ({causes}): what step {step} gives", causes=causes, step=last.id
            )
            yield Link(words=words, at=last.at)


def _flat(template: Template) -> str:
    value = template.written
    if isinstance(value, str):
        return " ".join(value.split())
    return json.dumps(value, ensure_ascii=False, default=str)
