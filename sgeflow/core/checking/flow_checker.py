"""Proves every name in the flows before anything runs, each flow before those that call it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce

from sgeflow.core.checking.defaults import check_default
from sgeflow.core.checking.examples import check_defaults
from sgeflow.core.checking.homologation_checker import check_casebook
from sgeflow.core.checking.inference import Known
from sgeflow.core.checking.namespace import Material, Shelf
from sgeflow.core.checking.operation_checks import shape_of_parameters
from sgeflow.core.checking.operations import ENV
from sgeflow.core.checking.step_checker import Checker
from sgeflow.core.checking.walk import every_step
from sgeflow.core.engine.step import Flow
from sgeflow.core.language.shapes import (
    ANY,
    NULL,
    TEXT,
    Shape,
    Sort,
    joined,
    object_of,
    shape_of_value,
)
from sgeflow.errors import Id, Problem

RUN = object_of({"id": TEXT, "today": TEXT, "now": TEXT}, "run")


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
        check=_checked,
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
