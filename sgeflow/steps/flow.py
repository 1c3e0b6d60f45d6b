"""`flow`: another flow as one step; only inputs go in, only outputs come out.

    - id: identity
      flow: verify-identity
      with: {pointId: "${inputs.pointId}", lastname: "${inputs.lastname}"}

What the sub-flow must undo when it fails it undoes itself; once it has ended well, it is not
undone for what fails later.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.verb import Keys, Verb
from sgeflow.core.engine.effects import Script
from sgeflow.core.engine.step import End, Run, Uses
from sgeflow.core.language.paths import path_of
from sgeflow.core.language.schemas import text
from sgeflow.core.language.shapes import ANY, Shape
from sgeflow.core.language.template import Scope, Template
from sgeflow.errors import Location


class FlowSpec(Struct, frozen=True, kw_only=True):
    """The flow and its inputs."""

    flow: str
    arguments: Mapping[str, Template]
    at: Location
    places: Mapping[str, Location]


def decode(keys: Keys) -> FlowSpec:
    """The flow's name and its inputs."""
    return FlowSpec(
        flow=keys.get("flow"),
        arguments=keys.templates("with"),
        at=keys.at("flow"),
        places=keys.places("with"),
    )


def check(spec: FlowSpec, checker: Checker) -> Shape:
    """The flow exists, does not call this one, and takes these inputs."""
    flow = checker.flow(spec.flow, spec.at)
    if flow is None:
        for template in spec.arguments.values():
            checker.template(template)
        return ANY
    checker.arguments(spec.flow, flow.inputs, spec.arguments, spec.places, spec.at)
    for name in flow.paths & spec.arguments.keys():
        checker.namespace.path(spec.arguments[name])
    for name in flow.name_parts & spec.arguments.keys():
        checker.namespace.part_of_path(spec.arguments[name])
    return flow.shape


def run(spec: FlowSpec, scope: Scope, run: Run) -> Script[End]:
    """Evaluate the inputs, then the flow."""
    from sgeflow.core.engine.flow import evaluate_flow

    flow = run.library.catalog.flows[spec.flow]
    inputs = {
        name: path_of(template, scope) if name in flow.paths else template.evaluate(scope)
        for name, template in spec.arguments.items()
    }
    return (yield from evaluate_flow(flow, inputs, run))


def uses(spec: FlowSpec) -> Uses:
    """The other flow."""
    return Uses(flow=spec.flow, arguments=spec.arguments)


def says(spec: FlowSpec) -> tuple[str, ...]:
    """The other flow."""
    return (spec.flow,)


VERB = Verb(
    name="flow",
    manual=__doc__ or "",
    properties={
        "flow": text("the other flow"),
        "with": {"type": "object", "description": "its inputs"},
    },
    modifiers=frozenset({"poll"}),
    names={("flow",): "flows"},
    decode=decode,
    check=check,
    run=run,
    uses=uses,
    says=says,
)
