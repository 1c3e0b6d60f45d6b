"""Proves every name in the flows before anything runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sgeflow.core.engine.step import Handler, Step, Verdict
from sgeflow.core.language.decode import ENV, shape_of_outputs, shape_of_parameters
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.guards import guards
from sgeflow.core.language.infer import Known, infer
from sgeflow.core.language.parameters import coerce, faults_of
from sgeflow.core.language.shape import (
    ANY,
    TEXT,
    Shape,
    Sort,
    joined,
    list_of,
    object_of,
    shape_of_value,
)
from sgeflow.core.language.suggest import closest
from sgeflow.core.language.template import Template
from sgeflow.core.model import Environment, Flow, Operation, Parameter
from sgeflow.errors import Id, Location, Problem

_FAULT = object_of({"code": TEXT, "message": TEXT, "class": TEXT}, "fault")
_RUN = object_of({"id": TEXT, "today": TEXT, "now": TEXT}, "run")
FAILED_ITEM = object_of(
    {"item": ANY, "code": TEXT, "message": TEXT, "class": TEXT, "step": TEXT}, "failed[]"
)


@dataclass(slots=True)
class Shelf:
    """What flows may refer to: operations, other flows, services, what states remember."""

    operations: Mapping[str, Operation]
    flows: Mapping[str, Flow]
    services: frozenset[str]
    env: Shape
    states: Mapping[str, Shape]
    checked: dict[str, Flow] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)  # flows being checked, to find circles
    problems: list[Problem] = field(default_factory=list)

    def flow(self, name: str, at: Location) -> Flow | None:
        """A checked flow by name; a circle is noted where it closes."""
        if name in self.open:
            circle = " → ".join([*self.open[self.open.index(name) :], name])
            message = f"flows call each other in a circle: {circle}"
            self.problems.append(Problem(id=Id.CYCLE, message=message, at=at))
            return None
        if name not in self.checked and name in self.flows:
            self.open.append(name)
            self.checked[name] = _checked(self.flows[name], self)
            self.open.pop()
        return self.checked.get(name)


def check_flows(
    flows: Mapping[str, Flow],
    operations: Mapping[str, Operation],
    environments: Mapping[str, Environment],
) -> tuple[dict[str, Flow], list[Problem]]:
    """The flows with the shapes of their outputs, and every name that is wrong in them."""
    services = {name for e in environments.values() for name in e.endpoints if name != "sge"}
    settings = {k: shape_of_value(v) for e in environments.values() for k, v in e.settings.items()}
    shelf = Shelf(
        operations=operations,
        flows=flows,
        services=frozenset(services),
        env=replace(ENV, fields={**settings, **ENV.fields}),
        states=_states(flows.values()),
    )
    for name, flow in flows.items():
        shelf.flow(name, flow.at)
    return shelf.checked, shelf.problems


def _states(flows: Iterable[Flow]) -> dict[str, Shape]:
    """What each collection may hold: the names that some flow's `remember` writes."""
    fields: dict[str, dict[str, Shape]] = {}
    for flow in flows:
        if flow.state:
            kept = fields.setdefault(flow.state.collection, {})
            for step in every_step(flow.steps):
                kept.update(dict.fromkeys(getattr(step.spec, "remembers", ()), ANY))
    return {name: object_of(kept, "state") for name, kept in fields.items()}


def every_step(steps: Iterable[Step]) -> Iterable[Step]:
    """All steps of a flow: nested ones, handlers' and undos too."""
    for step in steps:
        yield step
        yield from every_step(getattr(step.spec, "inner", ()))
        for handler in step.handlers:
            yield from every_step(handler.steps)
        if step.undo:
            yield step.undo


def _checked(flow: Flow, shelf: Shelf) -> Flow:
    roots = {
        "inputs": shape_of_parameters(flow.inputs, "inputs"),
        "env": shelf.env,
        "run": _RUN,
    }
    checker = Checker(shelf, Known(roots), tuple(flow.outputs))
    for parameter in flow.inputs.values():
        if parameter.default:
            checker.over(Known({"env": shelf.env, "run": _RUN})).template(parameter.default)
    if flow.state:
        checker.template(flow.state.key)
        state = shelf.states.get(flow.state.collection, ANY)
        checker = checker.over(checker.known.with_root("state", state))
    checker.handlers(flow.handlers, ANY)
    _, known = checker.block(flow.steps)
    after = checker.over(known)
    outputs = {name: after.expression(e) for name, e in flow.outputs.items()}
    return replace(flow, shape=object_of(outputs, flow.name))


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
                f"a condition must be true or false, this is {_sort(shape)}",
                expression.spot.at(0, len(expression.text)),
                note="compare it: … == 'value', present(…), length(…) > `0`",
            )

    def template(self, template: Template | None) -> Shape:
        """The shape of a value with `${…}` in it."""
        if template is None:
            return ANY
        if template.children is not None and isinstance(template.written, dict):
            return object_of({key: self.template(child) for key, child in template.children})
        if template.children is not None:
            items = [self.template(child) for child in template.children]
            return list_of(items[0] if items and all(i == items[0] for i in items) else ANY)
        shapes = [self.expression(expression) for expression in template.expressions()]
        if template.single:
            return shapes[0]
        return TEXT if template.parts else shape_of_value(template.written)

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
                    f'{owner} has no parameter "{name}"',
                    places[name],
                    allowed=tuple(parameters),
                    allowed_label="parameters",
                    suggestion=closest(name, parameters),
                )
            elif template.is_constant and template.written is not None:
                self._constant(template.written, parameters[name], places[name])
        for name, parameter in parameters.items():
            if parameter.required and name not in given:
                message = f'{owner} needs the parameter "{name}"'
                self.report(Id.MISSING_ARGUMENT, message, at, note=parameter.description)

    def operation(self, name: str, at: Location) -> Operation | None:
        """A called operation."""
        self._named("operation", name, self.shelf.operations, at)
        return self.shelf.operations.get(name)

    def flow(self, name: str, at: Location) -> Flow | None:
        """A called flow, checked before the one that calls it."""
        self._named("flow", name, self.shelf.flows, at)
        return self.shelf.flow(name, at)

    def service(self, name: str, at: Location) -> None:
        """A service that some environment names."""
        self._named("service", name, dict.fromkeys(self.shelf.services, True), at)

    def verdict(self, verdict: Verdict) -> None:
        """The words of an end."""
        self.template(verdict.message)
        self.template(verdict.hint)

    def outputs_of(self, operation: Operation) -> Shape:
        """What a call of an operation gives."""
        return shape_of_outputs(operation)

    def report(self, id_: Id, message: str, at: Location | None, **more: Any) -> None:
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
            seen = replace(seen, fields={**seen.fields, step.id: shape})
            later = later - {step.id}
        return object_of(given, "the group"), known.with_root("steps", seen)

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
        if step.undo:
            after.step(step.undo)
        shape = joined(shape, checker.handlers(step.handlers, shape))
        if step.foreach:
            listed = list_of(shape)
            collected = {"items": listed, "failed": list_of(FAILED_ITEM)}
            shape = object_of(collected, f"step {step.id}") if step.collect else listed
        return shape.maybe() if step.when else shape

    def handlers(self, handlers: tuple[Handler, ...], shape: Shape) -> Shape:
        """The handlers of an `on_fault`: what a step gives when one goes on in its place."""
        result = shape
        checker = self.over(self.known.with_root("fault", _FAULT))
        for handler in handlers:
            if handler.outputs:
                given = checker.template(handler.outputs)
                self._continued(handler, given, shape)
                result = joined(result, given)
            if handler.steps:
                checker.block(handler.steps)
                result = replace(result, is_open=True)
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
                    f'the step has no output "{name}" to go on with',
                    handler.outputs.children[0][1].spot.at(),
                    allowed=tuple(shape.fields),
                    allowed_label=f"outputs of {shape.origin}",
                    suggestion=closest(name, shape.fields),
                )

    def _list(self, items: Shape, step: Step) -> None:
        if items.sort not in (Sort.LIST, Sort.ANY, Sort.XML) and step.foreach:
            at = step.foreach.items.spot.at()
            self.report(Id.WRONG_TYPE, f"foreach needs a list, this is {_sort(items)}", at)

    def _named(self, what: str, name: str, known: Mapping[str, Any], at: Location) -> None:
        if name not in known:
            self.report(
                Id.UNKNOWN_REFERENCE,
                f'there is no {what} "{name}"',
                at,
                allowed=tuple(sorted(known)),
                allowed_label=f"{what}s",
                suggestion=closest(name, known),
            )

    def _constant(self, value: Any, parameter: Parameter, at: Location) -> None:
        for problem in faults_of(coerce(value, parameter.schema), parameter):
            self.shelf.problems.append(replace(problem, at=at, where=""))


def _sort(shape: Shape) -> str:
    words = {Sort.OBJECT: "an object", Sort.XML: "what SGE answers (text)", Sort.NULL: "nothing"}
    return words.get(shape.sort, f"a {shape.sort.value}" if shape.sort is not Sort.TEXT else "text")
