"""`call`: one SGE operation; its outputs become `steps.<id>`.

    - id: contract
      call: consulterDonneesTechniquesContractuelles
      with: {pointId: "${inputs.pointId}"}

`with` names the operation's parameters; what has a default may be left out. A refusal is handled
by `on_fault`, technical errors of reads are tried again (`retry` says how).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.verb import Keys, Verb
from sgeflow.core.engine.effects import Script
from sgeflow.core.engine.step import End, Run, Uses
from sgeflow.core.language.schemas import text
from sgeflow.core.language.shapes import ANY, Shape
from sgeflow.core.language.template import Scope, Template
from sgeflow.errors import Location


class CallSpec(Struct, frozen=True, kw_only=True):
    """The operation and its arguments."""

    operation: str
    arguments: Mapping[str, Template]
    at: Location
    places: Mapping[str, Location]


def decode(keys: Keys) -> CallSpec:
    """The operation's name and its arguments."""
    return CallSpec(
        operation=keys.get("call"),
        arguments=keys.templates("with"),
        at=keys.at("call"),
        places=keys.places("with"),
    )


def check(spec: CallSpec, checker: Checker) -> Shape:
    """The operation exists and takes these arguments; it gives its response paths."""
    operation = checker.operation(spec.operation, spec.at)
    if operation is None:
        for template in spec.arguments.values():
            checker.template(template)
        return ANY
    checker.arguments(spec.operation, operation.parameters, spec.arguments, spec.places, spec.at)
    checker.rules(operation, spec.arguments, spec.at)
    return checker.outputs_of(operation, spec.arguments)


def run(spec: CallSpec, scope: Scope, run: Run) -> Script[End]:
    """Evaluate the arguments and call."""
    from sgeflow.core.engine.call import call_operation

    arguments: dict[str, Any] = {k: t.evaluate(scope) for k, t in spec.arguments.items()}
    return (yield from call_operation(spec.operation, arguments, run))


def uses(spec: CallSpec) -> Uses:
    """The operation."""
    return Uses(operation=spec.operation)


def says(spec: CallSpec) -> tuple[str, ...]:
    """The operation."""
    return (spec.operation,)


VERB = Verb(
    name="call",
    manual=__doc__ or "",
    properties={
        "call": text("the SGE operation"),
        "with": {"type": "object", "description": "its parameters, by their XSD names"},
    },
    modifiers=frozenset({"retry", "poll"}),
    names={("call",): "operations"},
    decode=decode,
    check=check,
    run=run,
    uses=uses,
    says=says,
)
