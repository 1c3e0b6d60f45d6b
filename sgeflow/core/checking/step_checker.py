"""Proves every name in a step before anything runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING, Any

from sgeflow.core.checking.braces import braceless, is_said, nested
from sgeflow.core.checking.examples import check_rules, misfits
from sgeflow.core.checking.guards import guards
from sgeflow.core.checking.inference import Known, infer
from sgeflow.core.checking.operation_checks import shape_of_outputs
from sgeflow.core.checking.walk import every_step
from sgeflow.core.documents import Operation
from sgeflow.core.engine.step import Flow, Handler, Step, Verdict
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.mistakes.suggest import ALIKE, closest
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.language.shapes import (
    ANY,
    TEXT,
    Shape,
    Sort,
    joined,
    list_of,
    object_of,
    shape_of_value,
    words_of,
)
from sgeflow.core.language.template import Template
from sgeflow.core.model import Kind
from sgeflow.errors import Id, Location, Problem
from sgeflow.messages import Said, say

if TYPE_CHECKING:
    from sgeflow.core.checking.namespace import Shelf

_FAULT = object_of({"code": TEXT, "message": TEXT, "class": TEXT}, "fault")
FAILED_ITEM = object_of(
    {"item": ANY, "code": TEXT, "message": TEXT, "class": TEXT, "step": TEXT}, "failed[]"
)


@dataclass(frozen=True, slots=True)
class Checker:
    """Checks steps and what stands in them, over the names known at that place."""

    shelf: Shelf
    known: Known
    outputs: tuple[str, ...] = ()  # of the flow, for `return`

    @property
    def nothing(self) -> Shape:
        """The shape of what cannot be known because of another mistake."""
        return ANY

    def over(self, known: Known) -> Checker:
        """The same checker over other names."""
        return replace(self, known=known)

    # -- what verbs use ---------------------------------------------------------------------------

    def expression(self, expression: Expression) -> Shape:
        """The shape of an expression; what is wrong with it is noted."""
        shape, problems = infer(expression, self.known)
        self.shelf.problems += problems
        return shape

    def condition(self, expression: Expression | None) -> None:
        """An expression that must be true or false."""
        if expression is None:
            return
        shape = self.expression(expression)
        if shape.sort not in (Sort.BOOLEAN, Sort.ANY):
            self.report(
                Id.NOT_BOOLEAN,
                say("a condition must be true or false, this is {sort}", sort=_sort(shape)),
                expression.spot.at(0, len(expression.text)),
                note=say("compare it: … == 'value', present(…), length(…) > `0`"),
            )

    def template(self, template: Template | None) -> Shape:
        """The shape of a value with `${…}` in it."""
        if template is None or template.is_broken:
            return ANY
        if template.children is not None and isinstance(template.written, dict):
            return object_of({key: self.template(child) for key, child in template.children})
        if template.children is not None:
            items = [self.template(child) for child in template.children]
            return list_of(reduce(joined, items) if items else ANY)
        shapes = [self.expression(expression) for expression in template.expressions()]
        if template.single:
            return shapes[0]
        found = nested(template, shapes) or braceless(template, self.known)
        self.shelf.problems += found
        return ANY if found else TEXT if template.parts else shape_of_value(template.written)

    def arguments(
        self,
        owner: str,
        parameters: Mapping[str, Parameter],
        given: Mapping[str, Template],
        places: Mapping[str, Location],
        at: Location,
    ) -> None:
        """The `with` of a call: every name known, every required one there, constants valid."""
        for name, template in given.items():
            self.template(template)
            if name not in parameters:
                self.report(
                    Id.UNKNOWN_ARGUMENT,
                    say('{owner} has no parameter "{name}"', owner=owner, name=name),
                    places[name],
                    allowed=tuple(parameters),
                    allowed_label="parameters",
                    suggestion=closest(name, parameters),
                )
            elif is_said(template, self.known):
                self.shelf.problems += misfits(template, parameters[name])
        misspelt = {closest(name, parameters) for name in given if name not in parameters}
        for name, parameter in parameters.items():
            if parameter.required and name not in given and name not in misspelt:
                message = say('{owner} needs the parameter "{name}"', owner=owner, name=name)
                self.report(Id.MISSING_ARGUMENT, message, at, note=parameter.description)

    def rules(self, operation: Operation, given: Mapping[str, Template], at: Location) -> None:
        """The rules between values of a call that are written out."""
        said = {n: t for n, t in given.items() if not braceless(t, self.known)}
        for problem in check_rules(operation, given) if len(said) == len(given) else ():
            self.shelf.problems.append(replace(problem, at=problem.at or at))

    def operation(self, name: str, at: Location) -> Operation | None:
        """A called operation."""
        message = say('there is no operation "{name}"', name=name)
        self._named(message, "operations", name, self.shelf.operations, at)
        return self.shelf.operations.get(name)

    def flow(self, name: str, at: Location) -> Flow | None:
        """A called flow, checked before the one that calls it."""
        message = say('there is no flow "{name}"', name=name)
        self._named(message, "flows", name, self.shelf.flows, at)
        return self.shelf.flow(name, at)

    def casebook(self, name: str, at: Location) -> None:
        """A homologation catalogue that a step runs."""
        message = say('there is no homologation catalogue "{name}"', name=name)
        self._named(message, "homologation catalogues", name, self.shelf.casebooks, at)

    def service(self, name: str, at: Location) -> None:
        """A service that some environment names."""
        if self.shelf.services is not None:
            message = say('there is no service "{name}"', name=name)
            self._named(message, "services", name, dict.fromkeys(self.shelf.services, True), at)

    def series(self, name: str | None, at: Location | None) -> None:
        """A kept series: files bring others than flows do, so only what looks misspelt is told."""
        kept = self.shelf.series
        meant = closest(name, kept, least=ALIKE) if name and kept else ""
        if name and meant and name != meant and not name.startswith(f"{meant}_"):
            message = say('no flow keeps a series "{name}"', name=name)
            self.report(Id.UNKNOWN_REFERENCE, message, at, suggestion=meant)

    def verdict(self, verdict: Verdict) -> None:
        """The words of an end."""
        self.template(verdict.message)
        self.template(verdict.hint)

    def outputs_of(self, operation: Operation) -> Shape:
        """What a call of an operation gives."""
        return shape_of_outputs(operation)

    def report(self, id_: Id, message: Said, at: Location | None, **more: Any) -> None:
        """Note a problem."""
        self.shelf.problems.append(Problem(id=id_, message=message, at=at, **more))

    # -- blocks and steps -------------------------------------------------------------------------

    def block(self, steps: tuple[Step, ...]) -> tuple[Shape, Known]:
        """Steps one after the other: what they give together, and what is known after them."""
        known = self.known
        seen = known.roots.get("steps", object_of({}, "steps"))
        later = known.later | {step.id for step in steps}
        given: dict[str, Shape] = {}
        for step in steps:
            before = replace(known.with_root("steps", seen), later=later)
            shape = self.over(before).step(step)
            given[step.id] = shape
            fields = {**seen.fields, step.id: shape}
            # without an id it is a mistake of its own: who reads the step makes no second one
            seen = replace(seen, fields=fields, is_open=seen.is_open or not step.id)
            later = later - {step.id}
        return object_of(given, say("the group")), known.with_root("steps", seen)

    def step(self, step: Step) -> Shape:
        """One step with its modifiers: the shape of `steps.<id>`."""
        self.condition(step.when)
        inside = self.known
        if step.when:
            inside = replace(inside, ran=inside.ran | guards(step.when.parsed))
        if step.foreach:
            items = self.over(inside).template(step.foreach.items)
            self._list(items, step)
            inside = inside.with_root(step.foreach.name, items.items)
        checker = self.over(inside)
        shape = step.verb.check(step.spec, checker)
        after = self.over(inside.with_root("this", shape))
        after.condition(step.foreach.until if step.foreach else None)
        after.condition(step.poll.until if step.poll else None)
        after.condition(step.poll.fail_if if step.poll else None)
        if step.poll:
            self._repeatable(step)
        if step.undo:
            after.step(step.undo)
        shape = joined(shape, checker.handlers(step.handlers, shape))
        if step.foreach:
            listed = list_of(shape)
            collected = {"items": listed, "failed": list_of(FAILED_ITEM)}
            shape = (
                object_of(collected, say("step {trail}", trail=step.id)) if step.collect else listed
            )
        self.shelf.shapes[id(step)] = shape
        return shape.maybe() if step.when else shape

    def handlers(self, handlers: tuple[Handler, ...], shape: Shape) -> Shape:
        """The handlers of an `on_fault`: what a step gives when one goes on in its place."""
        result = shape
        checker = self.over(self.known.with_root("fault", _FAULT))
        for handler in handlers:
            self.shelf.handled(handler)
            if handler.outputs:
                given = checker.template(handler.outputs)
                self._continued(handler, given, shape)
                result = joined(result, given)
            if handler.steps:
                given, _ = checker.block(handler.steps)
                last = given.fields[handler.steps[-1].id]
                result = joined(result, replace(last, sometimes=False))
            if handler.fail:
                checker.verdict(handler.fail)
        return result

    # -- details ----------------------------------------------------------------------------------

    def _continued(self, handler: Handler, given: Shape, shape: Shape) -> None:
        if shape.sort is not Sort.OBJECT or shape.is_open or handler.outputs is None:
            return
        for name in given.fields:
            if name not in shape.fields:
                self.report(
                    Id.UNKNOWN_FIELD,
                    say('the step has no output "{name}" to go on with', name=name),
                    handler.given[name],
                    allowed=tuple(shape.fields),
                    allowed_label=say("outputs of {origin}", origin=shape.origin),
                    suggestion=closest(name, shape.fields),
                )

    def _repeatable(self, step: Step) -> None:
        """What is polled is asked again and again: an order would be sent again and again."""
        for inner in every_step((step,), undos=False):
            operation = self.shelf.operations.get(getattr(inner.spec, "operation", ""))
            is_order = operation is not None and operation.kind is not Kind.READ
            if is_order or getattr(inner.spec, "method", "GET") != "GET":
                message = say('"{id}" is no read, and what is polled is asked again', id=inner.id)
                note = say("poll the read that shows what the order made")
                self.report(Id.MODIFIER, message, inner.at, note=note)

    def _list(self, items: Shape, step: Step) -> None:
        if items.sort not in (Sort.LIST, Sort.ANY, Sort.XML) and step.foreach:
            at = step.foreach.items.spot.at()
            self.report(
                Id.WRONG_TYPE, say("foreach needs a list, this is {sort}", sort=_sort(items)), at
            )

    def _named(
        self, message: Said, label: str, name: str, known: Mapping[str, Any], at: Location
    ) -> None:
        if name not in known:
            self.report(
                Id.UNKNOWN_REFERENCE,
                message,
                at,
                allowed=tuple(sorted(known)),
                allowed_label=label,
                suggestion=closest(name, known),
            )


def _sort(shape: Shape) -> str:
    return say("what SGE answers (text)") if shape.sort is Sort.XML else words_of(shape)
