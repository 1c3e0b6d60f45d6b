"""`flow`: run another flow as one step; it sees only its inputs and gives only its outputs.

    - id: identity
      flow: verify-identity
      with: {pointId: "${inputs.pointId}", lastname: "${inputs.lastname}"}

A sub-flow that fails undoes its own steps. A sub-flow that has succeeded is not undone if a later
step fails.
"""

from collections.abc import Mapping
from typing import Self

from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.verb import Keys, Verb
from sgeflow.core.engine.effects import Script
from sgeflow.core.engine.step import End, Run, Spec, Uses
from sgeflow.core.language.paths import path_of
from sgeflow.core.language.schemas import text
from sgeflow.core.language.shapes import ANY, Shape
from sgeflow.core.language.template import Scope, Template
from sgeflow.errors import Location


class _Flow(Spec, frozen=True, kw_only=True):
    flow: str
    arguments: Mapping[str, Template]
    at: Location
    places: Mapping[str, Location]

    @classmethod
    def decode(cls, keys: Keys) -> Self:
        return cls(
            flow=keys.get("flow"),
            arguments=keys.templates("with"),
            at=keys.at("flow"),
            places=keys.places("with"),
        )

    def check(self, checker: Checker) -> Shape:
        flow = checker.flow(self.flow, self.at)
        if flow is None:
            checker.templates(self.arguments)
            return ANY
        checker.arguments(self.flow, flow.inputs, self.arguments, self.places, self.at)
        for name in flow.paths & self.arguments.keys():
            checker.namespace.path(self.arguments[name])
        for name in flow.name_parts & self.arguments.keys():
            checker.namespace.part_of_path(self.arguments[name])
        return flow.shape

    def run(self, scope: Scope, run: Run) -> Script[End]:
        from sgeflow.core.engine.flow import evaluate_flow

        flow = run.library.catalog.flows[self.flow]
        inputs = {
            name: path_of(template, scope) if name in flow.paths else template.evaluate(scope)
            for name, template in self.arguments.items()
        }
        return (yield from evaluate_flow(flow, inputs, run))

    def uses(self) -> Uses:
        return Uses(flow=self.flow, arguments=self.arguments)

    def says(self) -> tuple[str, ...]:
        return (self.flow,)


VERB = Verb(
    spec=_Flow,
    properties={
        "flow": text("the other flow"),
        "with": {"type": "object", "description": "the inputs of the other flow"},
    },
    modifiers=frozenset({"repeat", "poll"}),
    names={("flow",): "flows"},
)
