"""Proves every name in the flows before anything runs, each flow before those that call it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce

from sgeflow.core.engine.casebooks import check_casebook
from sgeflow.core.engine.check import Checker, every_step
from sgeflow.core.engine.step import Handler
from sgeflow.core.language.declared import shape_of_parameters
from sgeflow.core.language.decode import ENV
from sgeflow.core.language.defaults import check_default
from sgeflow.core.language.examples import check_defaults
from sgeflow.core.language.infer import Known
from sgeflow.core.language.paths import path_input
from sgeflow.core.language.shape import (
    ANY,
    NULL,
    TEXT,
    Shape,
    Sort,
    joined,
    object_of,
    shape_of_value,
)
from sgeflow.core.language.suggest import closest
from sgeflow.core.language.template import Template
from sgeflow.core.model import Casebook, Environment, FaultEntry, Flow, Operation
from sgeflow.errors import Id, Location, Problem
from sgeflow.say import say

RUN = object_of({"id": TEXT, "today": TEXT, "now": TEXT}, "run")
_HTTP = re.compile(r"HTTP[1-5][0-9]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What the flows of a project are checked against."""

    flows: Mapping[str, Flow]
    operations: Mapping[str, Operation]
    environments: Mapping[str, Environment]
    faults: Mapping[str, FaultEntry]
    drafts: Mapping[str, Flow] = field(default_factory=dict)  # with a mistake, looked at for more
    incomplete: frozenset[str] = frozenset()  # kinds of documents of which one has a mistake
    casebooks: Mapping[str, Casebook] = field(default_factory=dict)


@dataclass(slots=True)
class Shelf:
    """What flows may refer to: operations, other flows, services, what states remember."""

    operations: Mapping[str, Operation]
    flows: Mapping[str, Flow]
    services: frozenset[str] | None  # None when not all can be known
    env: Shape
    states: Mapping[str, Shape]
    codes: frozenset[str] | None  # that a failure may have; None when not all can be known
    drafts: frozenset[str] = frozenset()  # names of flows with a mistake
    casebooks: Mapping[str, Casebook] = field(default_factory=dict)
    series: frozenset[str] = frozenset()  # that some flow keeps; none when not all can be known
    checked: dict[str, Flow] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)  # flows being checked, to find circles
    problems: list[Problem] = field(default_factory=list)
    shapes: dict[int, Shape] = field(default_factory=dict)  # of what steps give, by identity
    paths: dict[str, set[str]] = field(default_factory=dict)  # inputs of flows that begin a path
    ends: dict[str, list[Shape]] = field(default_factory=dict)  # what flows give when they return

    def flow(self, name: str, at: Location) -> Flow | None:
        """A checked flow by name; a circle is noted where it closes."""
        if name in self.open:
            circle = " → ".join([*self.open[self.open.index(name) :], name])
            message = say("flows call each other in a circle: {circle}", circle=circle)
            self.problems.append(Problem(id=Id.CYCLE, message=message, at=at))
            return None
        if name not in self.checked and name in self.flows:
            self.open.append(name)
            self.checked[name] = _checked(self.flows[name], self)
            self.open.pop()
        return None if name in self.drafts else self.checked.get(name)

    def returned(self, outputs: Mapping[str, Shape]) -> None:
        """What the flow that is being checked gives when it ends before its last step."""
        self.ends.setdefault(self.open[-1], []).append(object_of(outputs))

    def path(self, template: Template) -> None:
        """The path of a file that is written: an input of the flow may begin it, and hold one."""
        if name := path_input(template):
            self.paths.setdefault(self.open[-1], set()).add(name)

    def handled(self, handler: Handler) -> None:
        """The codes of a handler are codes that something can fail with."""
        known = self.codes
        for code, at in zip(handler.codes, handler.places, strict=True) if known else ():
            if known and code not in known and not _HTTP.fullmatch(code):
                problem = Problem(
                    id=Id.NOT_ALLOWED,
                    message=say('nothing fails with the code "{code}"', code=code),
                    at=at,
                    note=say(
                        "codes are SGE's, in faults.yaml; HTTP404 and so on; and those of `fail`"
                    ),
                    suggestion=closest(code, known),
                )
                self.problems.append(problem)


def check_flows(material: Material) -> tuple[dict[str, Flow], list[Problem]]:
    """The flows with the shapes of their outputs, and every name that is wrong in them.

    Drafts are looked at too, and are not among the flows that come back.
    """
    shelf = shelf_of(material)
    for casebook in material.casebooks.values():
        check_casebook(casebook, shelf, RUN)
    for name, flow in shelf.flows.items():
        shelf.flow(name, flow.at)
    return {name: shelf.checked[name] for name in material.flows}, shelf.problems


def shelf_of(material: Material) -> Shelf:
    """What the documents of a project may refer to."""
    flows, environments = {**material.drafts, **material.flows}, material.environments.values()
    is_sure = "environments" not in material.incomplete
    services = {name for e in environments for name in e.endpoints if name != "sge"}
    return Shelf(
        operations=material.operations,
        flows=flows,
        services=frozenset(services) if is_sure else None,
        env=shape_of_env(material),
        states={} if "flows" in material.incomplete else _states(flows.values()),
        codes=_codes(material),
        drafts=frozenset(material.drafts) - frozenset(material.flows),
        casebooks=material.casebooks,
        series=frozenset() if "flows" in material.incomplete else _series(flows.values()),
    )


def shape_of_env(material: Material) -> Shape:
    """What some environment says of itself; a setting may be text here and a number there."""
    shapes: dict[str, list[Shape]] = {}
    is_sure = "environments" not in material.incomplete
    for environment in material.environments.values():
        for name, value in environment.settings.items():
            shapes.setdefault(name, []).append(shape_of_value(value))
    fields = {**{k: reduce(joined, v) for k, v in shapes.items()}, **ENV.fields}
    return replace(ENV, fields=fields, is_open=not is_sure)


def _states(flows: Iterable[Flow]) -> dict[str, Shape]:
    """What each collection may hold: the names that some flow's `remember` writes."""
    fields: dict[str, dict[str, Shape]] = {}
    for flow in flows:
        if flow.state:
            kept = fields.setdefault(flow.state.collection, {})
            handled = (step for handler in flow.handlers for step in handler.steps)
            for step in every_step((*flow.steps, *handled)):
                kept.update(dict.fromkeys(getattr(step.spec, "remembers", ()), ANY))
    return {name: object_of(kept, "state") for name, kept in fields.items()}


def _series(flows: Iterable[Flow]) -> frozenset[str]:
    """The series that flows keep."""
    steps = (step for flow in flows for step in every_step(flow.steps))
    return frozenset(name for step in steps for name in getattr(step.spec, "keeps", ()))


def _codes(material: Material) -> frozenset[str] | None:
    """SGE's codes, ours, and those that some flow gives; None when a document is unreadable."""
    if not material.faults or {"flows", "operations"} & material.incomplete:
        return None
    codes = {*material.faults, *(one.code for one in Id)}
    codes.update(code for operation in material.operations.values() for code in operation.faults)
    for flow in material.flows.values():
        handlers = list(flow.handlers)
        for step in every_step((*flow.steps, *(s for h in flow.handlers for s in h.steps))):
            codes.update(getattr(step.spec, "tells", ()))
            handlers += step.handlers
        codes.update(handler.fail.code for handler in handlers if handler.fail)
    return frozenset(codes)


def _checked(flow: Flow, shelf: Shelf) -> Flow:
    roots = {
        "inputs": shape_of_parameters(flow.inputs, "inputs"),
        "env": shelf.env,
        "run": RUN,
    }
    checker = Checker(shelf, Known(roots), tuple(flow.outputs))
    for parameter in flow.inputs.values():
        if parameter.default:
            over = checker.over(Known({"env": shelf.env, "run": RUN}))
            shelf.problems += check_default(parameter, over.template(parameter.default))
    shelf.problems += check_defaults(flow.inputs)
    if flow.state:
        checker.template(flow.state.key)
        state = shelf.states.get(flow.state.collection, ANY)
        checker = checker.over(checker.known.with_root("state", state))
    nothing = object_of(dict.fromkeys(flow.outputs, NULL), flow.name)
    handled = checker.handlers(flow.handlers, nothing)
    _, known = checker.block(flow.steps)
    after = checker.over(known)
    outputs = {name: after.expression(e) for name, e in flow.outputs.items()}
    for end in (handled, *shelf.ends.get(flow.name, ())):
        is_known = end.sort is Sort.OBJECT and not end.is_open
        other = end.fields if is_known else dict.fromkeys(outputs, ANY)
        outputs = {name: joined(shape, other.get(name, NULL)) for name, shape in outputs.items()}
    paths = frozenset(shelf.paths.get(flow.name, ()))
    return replace(flow, shape=object_of(outputs, flow.name), paths=paths)
