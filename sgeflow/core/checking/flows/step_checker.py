"""Checks every name in a step before anything runs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import reduce
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.checking.expressions.hints import sort_text
from sgeflow.core.checking.expressions.inference import (
    braceless,
    check_condition,
    check_nesting,
    infer,
    is_said,
)
from sgeflow.core.checking.expressions.known import (
    Known,
    steps_run_if_false,
    steps_run_if_true,
    suggested_names,
)
from sgeflow.core.checking.flows.namespace import Namespace
from sgeflow.core.checking.values import check_rules, misfits, misfits_of
from sgeflow.core.documents import Operation
from sgeflow.core.engine.step import Flow, Handler, Repeat, Step, Verdict
from sgeflow.core.engine.walk import called_flows, every_step, placed_in
from sgeflow.core.language.expression import Expression, compile_expression
from sgeflow.core.language.mistakes.suggest import ALIKE, closest
from sgeflow.core.language.mistakes.unknown_parameters import unknown_parameter
from sgeflow.core.language.parameter import Parameter
from sgeflow.core.language.shapes import (
    ANY,
    NULL,
    TEXT,
    Shape,
    Sort,
    join,
    join_all,
    list_of,
    object_of,
    shape_of_value,
    union_of,
)
from sgeflow.core.language.template import Template
from sgeflow.errors import Id, Location, Problem
from sgeflow.messages import Message, say


def _check_repetition(step: Step, namespace: Namespace) -> Iterator[Problem]:
    """Report polled steps that send orders, and orders that are retried after an answer."""
    operations, flows = namespace.operations, namespace.flows
    note = say("poll a read that shows the order")
    for inner in every_step((step,), undos=False) if step.poll else ():
        if _is_once(inner, operations):
            message = say('"{id}" is not a read: only reads can be polled', id=inner.id)
            yield Problem(id=Id.MODIFIER, message=message, at=inner.at, note=note)
            continue
        for flow in called_flows(flows, inner.uses.flow, steps=_own_steps).values():
            once = next((one for one in _own_steps(flow) if _is_once(one, operations)), None)
            if once:
                message = say(
                    '"{id}" of the flow {flow} is not a read: only reads can be polled',
                    id=once.id,
                    flow=flow.name,
                )
                yield Problem(id=Id.MODIFIER, message=message, at=inner.at, note=note)
                break
    again = [handler for handler in step.handlers if handler.retry]
    if again and any(_is_once(one, operations) for one in _asking(step)):
        message = say("an order is never sent again after an answer")
        note = say("leave retry out, and run the flow again")
        at = next(iter(again[0].places), step.at)
        yield Problem(id=Id.MODIFIER, message=message, at=at, note=note)


def _own_steps(flow: Flow) -> Iterator[Step]:
    """The steps of a flow and of its handlers, without undos."""
    return (placed.step for placed in placed_in(flow))


def _asking(step: Step) -> Iterator[Step]:
    """The step, or the alternatives of a choice."""
    if step.uses.is_choice:
        for one in step.uses.inner:
            yield from _asking(one)
    else:
        yield step


def _is_once(step: Step, operations: Mapping[str, Operation]) -> bool:
    """Whether it does harm to run a step twice."""
    uses = step.uses
    return bool(uses.casebook) or (uses.changes(operations) and not uses.is_repeatable)


_FAULT = object_of(dict.fromkeys(("code", "message", "class", "reason"), TEXT), "fault")
FAILED_ITEM = object_of(
    {"item": ANY, "code": TEXT, "message": TEXT, "class": TEXT, "step": TEXT}, "failed[]"
)


class Checker(Struct, frozen=True):
    """Checks steps and their parts with the names that are known at their place."""

    namespace: Namespace
    known: Known
    outputs: tuple[str, ...] = ()  # the outputs of the flow, for `return`

    def over(self, known: Known) -> Checker:
        """A checker of the same flow with other known names."""
        return replace(self, known=known)

    # -- what verbs use ---------------------------------------------------------------------------

    def expression(self, expression: Expression) -> Shape:
        """The shape of an expression's value; its mistakes are reported."""
        shape, problems = infer(expression, self.known)
        self.namespace.problems += problems
        return shape

    def condition(self, expression: Expression | None) -> None:
        """Check an expression that must be true or false."""
        if expression is not None:
            self.namespace.problems += check_condition(expression, self.known)

    def template(self, template: Template | None) -> Shape:
        """The shape of a value with `${…}`; its mistakes are reported."""
        if template is None:
            return ANY
        if template.children is not None and isinstance(template.written, dict):
            return object_of({key: self.template(child) for key, child in template.children})
        if template.children is not None:
            return list_of(join_all([self.template(child) for child in template.children]))
        shapes = [self.expression(expression) for expression in template.expressions()]
        if template.single:
            return shapes[0]
        problems = check_nesting(template, shapes) or braceless(template, self.known)
        self.namespace.problems += problems
        return ANY if problems else TEXT if template.parts else shape_of_value(template.written)

    def templates(self, templates: Mapping[str, Template]) -> dict[str, Shape]:
        """The shapes of several values, by name; their mistakes are reported."""
        return {name: self.template(template) for name, template in templates.items()}

    def arguments(
        self,
        owner: str,
        parameters: Mapping[str, Parameter],
        templates: Mapping[str, Template],
        places: Mapping[str, Location],
        at: Location,
    ) -> None:
        """Check the `with` of a call: names, required parameters, and values as far as known."""
        for name, template in templates.items():
            shape = self.template(template)
            if name not in parameters:
                problem = unknown_parameter(
                    owner, name, parameters, id_=Id.UNKNOWN_ARGUMENT, at=places[name]
                )
                if not any(
                    one.at == problem.at for one in self.namespace.problems
                ):  # by a YAML alias
                    self.namespace.problems.append(problem)
            elif is_said(template, self.known):
                self.namespace.problems += misfits(template, parameters[name])
            elif not template.is_constant:
                parameter = parameters[name]
                is_each = (
                    template.single is not None
                    and template.single.text in self.known.takes_each_value
                )
                for misfit in misfits_of(shape, parameter.schema, is_each=is_each):
                    message = say("{name} cannot be {sort}", name=name, sort=misfit)
                    note = parameter.description
                    self.report(Id.WRONG_TYPE, message, places[name], note=note)
        misspelt = {closest(name, parameters) for name in templates if name not in parameters}
        for name, parameter in parameters.items():
            if parameter.required and name not in templates and name not in misspelt:
                message = say('{owner} needs the parameter "{name}"', owner=owner, name=name)
                self.report(Id.MISSING_ARGUMENT, message, at, note=parameter.description)

    def rules(self, operation: Operation, templates: Mapping[str, Template], at: Location) -> None:
        """Check the rules between literal values of a call."""
        if not any(braceless(template, self.known) for template in templates.values()):
            for problem in check_rules(operation, templates):
                self.namespace.problems.append(replace(problem, at=problem.at or at))

    def operation(self, name: str, at: Location) -> Operation | None:
        """The called operation; None after reporting an unknown name."""
        self.name(say("operation"), "operations", name, self.namespace.operations, at)
        return self.namespace.operations.get(name)

    def flow(self, name: str, at: Location) -> Flow | None:
        """The called flow, checked before its caller; None after reporting an unknown name."""
        self.name(say("flow"), "flows", name, self.namespace.flows, at)
        return self.namespace.flow(name, at)

    def casebook(self, name: str, at: Location) -> None:
        """Check the name of a homologation catalogue that a step runs."""
        what, kind = say("homologation catalogue"), "homologation catalogues"
        self.name(what, kind, name, self.namespace.casebooks, at)

    def service(self, name: str, at: Location) -> None:
        """Report a service that no environment has."""
        if self.namespace.services is not None:
            self.name(say("service"), "services", name, self.namespace.services, at)

    def name(
        self, what: Message, kind: str, name: str, known: Collection[str], at: Location, **more: str
    ) -> None:
        """Report a name that is not among the known ones."""
        if name not in known:
            self.report(
                Id.UNKNOWN_REFERENCE,
                say('there is no {what} "{name}"', what=what, name=name),
                at,
                allowed=tuple(sorted(known)),
                allowed_label=kind,
                suggestion=closest(name, known),
                lacks=name,
                **more,
            )

    def series(self, name: str | None, at: Location | None) -> None:
        """Report a name that looks like a misspelt series; files may bring other series."""
        series = self.namespace.series
        near = closest(name, series, least=ALIKE) if name and series else ""
        if name and near and name != near and not name.startswith(f"{near}_"):
            message = say('there is no {what} "{name}"', what=say("series"), name=name)
            self.report(Id.UNKNOWN_REFERENCE, message, at, suggestion=near)

    def own_state(self, at: Location) -> None:
        """Report a step that needs a state in a flow that declares none."""
        if "state" not in self.known.roots:
            message = say("the flow declares no state")
            note = 'state: {collection: accounts, key: "${inputs.pointId}"}'
            self.report(Id.MISSING_KEY, message, at, note=note)

    def verdict(self, verdict: Verdict) -> None:
        """Check the code, message and hint of an end."""
        for words in filter(None, (verdict.message, verdict.hint)):
            for template in words:
                self.template(template)

    def shape_at(self, path: str) -> Shape:
        """The shape of a path's value; its problems are reported elsewhere."""
        return infer(compile_expression(path), self.known)[0]

    def report(self, id_: Id, message: Message, at: Location | None, **more: Any) -> None:
        """Add a problem."""
        self.namespace.problems.append(Problem(id=id_, message=message, at=at, **more))

    # -- blocks and steps -------------------------------------------------------------------------

    def block(self, steps: tuple[Step, ...]) -> tuple[Shape, Known]:
        """The shape of consecutive steps, and what is known after them."""
        known = self.known
        steps_shape = known.roots.get("steps", object_of({}, "steps"))
        later = known.later | {step.id for step in steps}
        outputs: dict[str, Shape] = {}
        for step in steps:
            before = replace(known.with_root("steps", steps_shape), later=later)
            shape = self.over(before).step(step)
            outputs[step.id] = shape
            fields = {**steps_shape.fields, step.id: shape}
            steps_shape = replace(steps_shape, fields=fields)
            later = later - {step.id}
        return object_of(outputs, say("the group")), known.with_root("steps", steps_shape)

    def alternatives(self, steps: tuple[Step, ...]) -> Shape:
        """The common shape of steps of which only one runs.

        Each step may rely on the conditions before it being false.
        """
        refused: frozenset[str] = frozenset()
        shapes: list[Shape] = []
        for step in steps:
            self.over(self.known.under_condition(refused)).step(step)
            if step.when:
                refused |= steps_run_if_false(step.when.syntax_tree)
            if not step.verb.ends:
                shapes.append(self.namespace.shapes[id(step)])
        shape = reduce(join, shapes) if shapes else NULL
        is_total = not steps[-1].when and all(o.sort is not Sort.NULL for o in shapes)
        return shape if is_total and not any(o.sometimes for o in shapes) else shape.maybe()

    def step(self, step: Step) -> Shape:
        """The shape of `steps.<id>` for a step with its modifiers."""
        inside = self.known
        if step.when:
            count = len(self.namespace.problems)
            item = step.foreach.name if step.foreach else ""
            self.over(replace(inside, item=item)).condition(step.when)
            slips = self.namespace.problems[count:]
            inside = inside.under_condition(
                steps_run_if_true(step.when.syntax_tree) | suggested_names(slips)
            )
        if step.foreach:
            items = self.over(inside).template(step.foreach.items)
            if items.sort not in (Sort.LIST, Sort.ANY, Sort.XML):
                message = say("foreach needs a list, not {seen}", seen=sort_text(items))
                self.report(Id.WRONG_TYPE, message, step.foreach.items.spot.at())
            inside = inside.with_root(step.foreach.name, items.items)
            is_each = not (step.when or step.foreach.until)
            inside = replace(
                inside, takes_each_value=frozenset({step.foreach.name} if is_each else ())
            )
        if step.repeat:
            inside = inside.under_condition().with_root(
                "turn", self.over(inside).turn(step, step.repeat)
            )
        checker = self.over(inside)
        shape = step.spec.check(checker)
        known = inside.under_condition().with_root("this", replace(shape, sometimes=False))
        after = self.over(known)
        if step.repeat:
            after.condition(step.repeat.until)
            after.templates(step.repeat.next)
        after.condition(step.foreach.until if step.foreach else None)
        after.condition(step.poll.until if step.poll else None)
        after.condition(step.poll.fail_if if step.poll else None)
        if step.undo:
            after.step(step.undo)
        self.namespace.problems += _check_repetition(step, self.namespace)
        shape = union_of(shape, checker.handlers(step.handlers, shape))
        shape = list_of(shape) if step.repeat else shape
        if step.foreach:
            listed = list_of(shape)
            collected = {"items": listed, "failed": list_of(FAILED_ITEM)}
            shape = (
                object_of(collected, say("step {trail}", trail=step.id)) if step.collect else listed
            )
        self.namespace.shapes[id(step)] = shape
        return shape.maybe() if step.when else shape

    def turn(self, step: Step, repeat: Repeat) -> Shape:
        """The shape of `turn` in a step with `repeat`: its values in the first or a later turn."""
        problems = self.namespace.problems
        first = self.templates(repeat.first)
        names = dict.fromkeys((*first, *repeat.next))
        unsure = self.over(self.known.with_root("turn", object_of(dict.fromkeys(names, ANY))))
        count = len(problems)  # the step is checked again over the shapes that are found here
        this = replace(step.spec.check(unsure), sometimes=False)
        after = self.over(unsure.known.with_root("this", this))
        later = after.templates(repeat.next)
        del problems[count:]
        shapes = {name: first.get(name, NULL) for name in names}
        return object_of(
            {
                name: replace(join(one, later.get(name, one)), may_lack=one.sort is Sort.NULL)
                for name, one in shapes.items()
            },
            "turn",
        )

    def handlers(self, handlers: tuple[Handler, ...], shape: Shape) -> Shape:
        """The shape of a step's outputs, including those that its handlers give instead."""
        result = shape
        checker = self.over(self.known.under_condition().with_root("fault", _FAULT))
        for handler in handlers:
            self.namespace.note_handler(handler)
            if handler.outputs:
                outputs = checker.template(handler.outputs)
                is_known = shape.sort is Sort.OBJECT and not shape.is_open
                for name in outputs.fields if is_known else ():
                    if name not in shape.fields:
                        self.report(
                            Id.UNKNOWN_FIELD,
                            say('continue: the step has no output "{name}"', name=name),
                            handler.given[name],
                            allowed=tuple(shape.fields),
                            allowed_label=say("outputs of {origin}", origin=shape.origin),
                            suggestion=closest(name, shape.fields),
                        )
                result = union_of(result, outputs)
            if handler.steps:
                last = checker.block(handler.steps)[0].fields[handler.steps[-1].id]
                result = union_of(result, replace(last, sometimes=False))
            if handler.fail:
                checker.verdict(handler.fail)
        return result
