"""`return`: end the flow here, well, with these outputs.

    - id: nothing_to_do
      when: "!present(state.boId)"
      return: {stopped: false}

The names are among the flow's `outputs`; those not named are null.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

from msgspec import Struct

from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.verb import Keys, Verb
from sgeflow.core.engine.effects import Effect
from sgeflow.core.engine.step import End, Returned, Run
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.schemas import names_to
from sgeflow.core.language.shapes import NULL, Shape
from sgeflow.core.language.template import Scope, Template
from sgeflow.errors import Id, Location
from sgeflow.messages import say


class ReturnSpec(Struct, frozen=True, kw_only=True):
    """The outputs by name."""

    outputs: Mapping[str, Template]
    places: Mapping[str, Location]


def decode(keys: Keys) -> ReturnSpec:
    """The outputs."""
    return ReturnSpec(outputs=keys.templates("return"), places=keys.places("return"))


def check(spec: ReturnSpec, checker: Checker) -> Shape:
    """The names are the flow's outputs."""
    checker.namespace.note_return({name: checker.template(t) for name, t in spec.outputs.items()})
    for name in spec.outputs:
        if name not in checker.outputs:
            checker.report(
                Id.UNKNOWN_FIELD,
                say('the flow has no output "{name}"', name=name),
                spec.places[name],
                allowed=checker.outputs,
                allowed_label="outputs",
                suggestion=closest(name, checker.outputs),
            )
    return NULL


def run(
    spec: ReturnSpec,
    scope: Scope,
    run: Run,  # noqa: ARG001 - every verb is given the run
) -> Generator[Effect[Any], Any, End]:
    """End."""
    yield from ()
    return Returned(outputs={name: t.evaluate(scope) for name, t in spec.outputs.items()})


def says(spec: ReturnSpec) -> tuple[str, ...]:
    """The names."""
    return (", ".join(spec.outputs),)


VERB = Verb(
    name="return",
    manual=__doc__ or "",
    properties={"return": names_to({}, "outputs by name")},
    decode=decode,
    check=check,
    run=run,
    says=says,
    ends=True,
    synonyms=("retour", "retourner"),
)
