"""`call`: call one operation; its outputs become `steps.<id>`.

    - id: contract
      call: consulterDonneesTechniquesContractuelles
      with: {pointId: "${inputs.pointId}"}

`with` gives the operation's parameters; a parameter with a default may be left out. `on_fault`
handles refusals. Reads are retried after technical errors, as `retry` says.
"""

from collections.abc import Mapping
from typing import Any, Self

from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.verb import Keys, Verb
from sgeflow.core.checking.operations import shape_of_outputs
from sgeflow.core.engine.effects import Script
from sgeflow.core.engine.step import End, Run, Spec, Uses
from sgeflow.core.language.schemas import text
from sgeflow.core.language.shapes import ANY, Shape
from sgeflow.core.language.template import Scope, Template
from sgeflow.errors import Location


class _Call(Spec, frozen=True, kw_only=True):
    operation: str
    arguments: Mapping[str, Template]
    at: Location
    places: Mapping[str, Location]

    @classmethod
    def decode(cls, keys: Keys) -> Self:
        return cls(
            operation=keys.get("call"),
            arguments=keys.templates("with"),
            at=keys.at("call"),
            places=keys.places("with"),
        )

    def check(self, checker: Checker) -> Shape:
        operation = checker.operation(self.operation, self.at)
        if operation is None:
            checker.templates(self.arguments)
            return ANY
        checker.arguments(
            self.operation, operation.parameters, self.arguments, self.places, self.at
        )
        checker.rules(operation, self.arguments, self.at)
        return shape_of_outputs(operation, self.arguments)

    def run(self, scope: Scope, run: Run) -> Script[End]:
        from sgeflow.core.engine.call import call_operation

        arguments: dict[str, Any] = {k: t.evaluate(scope) for k, t in self.arguments.items()}
        return (yield from call_operation(self.operation, arguments, run))

    def uses(self) -> Uses:
        return Uses(operation=self.operation)

    def says(self) -> tuple[str, ...]:
        return (self.operation,)


VERB = Verb(
    spec=_Call,
    properties={
        "call": text("the operation"),
        "with": {"type": "object", "description": "the operation's parameters, by their XSD names"},
    },
    modifiers=frozenset({"retry", "repeat", "poll"}),
    names={("call",): "operations"},
)
