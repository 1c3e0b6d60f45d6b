"""`remember`: keep values for the next run of the flow, under the key of its `state`.

    - id: kept
      remember: {boId: "${steps.consent.body.ID}", serviceId: "${steps.contract.serviceId}"}

What was remembered before stays unless it is named again; a null removes it. `state.*` shows what
was remembered when the run began; this step gives what is remembered now.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sgeflow.core.checking.step_checker import Checker
from sgeflow.core.checking.step_reader import Keys
from sgeflow.core.checking.verb import Verb
from sgeflow.core.engine.effects import Recall, Remember, Script, ask
from sgeflow.core.engine.step import Done, End, Run, Scope
from sgeflow.core.language.schemas import names_to
from sgeflow.core.language.shapes import Shape
from sgeflow.core.language.template import Template
from sgeflow.errors import EvaluationError, Id, Location, Problem
from sgeflow.messages import say


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The values by name."""

    values: Mapping[str, Template]
    at: Location

    @property
    def remembers(self) -> tuple[str, ...]:
        """The names, for those who read `state`."""
        return tuple(self.values)


def decode(keys: Keys) -> Kept:
    """The values."""
    return Kept(values=keys.templates("remember"), at=keys.key_at("remember"))


def check(spec: Kept, checker: Checker) -> Shape:
    """The flow has a state; the values' names."""
    for template in spec.values.values():
        checker.template(template)
    if "state" not in checker.known.roots:
        checker.report(
            Id.MISSING_KEY,
            say("nothing can be remembered: the flow declares no state"),
            spec.at,
            note='state: {collection: accounts, key: "${inputs.pointId}"}',
        )
    return checker.known.roots.get("state", checker.nothing)


def run(spec: Kept, scope: Scope, run: Run) -> Script[End]:
    """Put the values to what is remembered."""
    if run.memory is None:
        problem = Problem(id=Id.EVALUATION, message=say("the flow declares no state"), at=spec.at)
        raise EvaluationError(problem)
    place = {"collection": run.memory.collection, "name": run.memory.name}
    before = yield from ask(Recall(key=run.key("recall"), **place))
    values = {name: template.evaluate(scope) for name, template in spec.values.items()}
    merged: dict[str, Any] = {**(before or {}), **values}
    kept = {name: value for name, value in merged.items() if value is not None}
    yield from ask(Remember(key=run.key("remember"), value=kept, **place))
    return Done(outputs=kept, summary=", ".join(values))


def says(spec: Kept) -> tuple[str, ...]:
    """The names."""
    return (", ".join(spec.values),)


VERB = Verb(
    name="remember",
    manual=__doc__ or "",
    properties={"remember": {**names_to({}, "values by name"), "minProperties": 1}},
    required=("remember",),
    decode=decode,
    check=check,
    run=run,
    says=says,
)
