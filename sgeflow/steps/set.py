"""`set`: names for computed values.

    - id: period
      set:
        start: ${latest([date_add(run.today, '-P1Y'), steps.contract.startDate])}

Read as `steps.period.start`. The names of one `set` do not see each other.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

from msgspec import Struct

from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.verb import Keys, Verb
from sgeflow.core.engine.effects import Effect
from sgeflow.core.engine.step import Done, End, Run, Uses
from sgeflow.core.language.schemas import names_to
from sgeflow.core.language.shapes import Shape, object_of
from sgeflow.core.language.template import Scope, Template
from sgeflow.messages import say


class SetSpec(Struct, frozen=True, kw_only=True):
    """The values by name."""

    values: Mapping[str, Template]


def decode(keys: Keys) -> SetSpec:
    """The values."""
    return SetSpec(values=keys.templates("set"))


def check(spec: SetSpec, checker: Checker) -> Shape:
    """Each value's shape by its name."""
    return object_of({k: checker.template(t) for k, t in spec.values.items()}, say("the set"))


def run(
    spec: SetSpec,
    scope: Scope,
    run: Run,  # noqa: ARG001 - every verb is given the run
) -> Generator[Effect[Any], Any, End]:
    """Evaluate them."""
    yield from ()
    return Done(outputs={name: template.evaluate(scope) for name, template in spec.values.items()})


def uses(spec: SetSpec) -> Uses:
    """The values."""
    return Uses(values=spec.values)


def says(spec: SetSpec) -> tuple[str, ...]:
    """The names."""
    return (", ".join(spec.values),)


VERB = Verb(
    name="set",
    manual=__doc__ or "",
    properties={"set": {**names_to({}, "values by name"), "minProperties": 1}},
    decode=decode,
    check=check,
    run=run,
    uses=uses,
    says=says,
    synonyms=("definir", "let"),
)
