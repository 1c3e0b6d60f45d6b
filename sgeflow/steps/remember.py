"""`remember`: keep values for the next run of the flow, under the key of its `state`.

    - id: kept
      remember: {boId: "${steps.consent.body.ID}", serviceId: "${steps.contract.serviceId}"}

What was remembered before stays unless it is named again; a null removes it. `state.*` shows what
was remembered when the run began; this step gives what is remembered now.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.verb import Keys, Verb
from sgeflow.core.engine.effects import CUSTOMER, Remember, Script, ask
from sgeflow.core.engine.failures import bar_failure
from sgeflow.core.engine.step import Done, End, Failed, Run, Uses
from sgeflow.core.language.schemas import names_to
from sgeflow.core.language.shapes import ANY, Shape
from sgeflow.core.language.template import Scope, Template
from sgeflow.errors import EvaluationError, Id, Location, Problem
from sgeflow.messages import say


class RememberSpec(Struct, frozen=True, kw_only=True):
    """The values by name."""

    values: Mapping[str, Template]
    at: Location


def decode(keys: Keys) -> RememberSpec:
    """The values."""
    return RememberSpec(values=keys.templates("remember"), at=keys.key_at("remember"))


def check(spec: RememberSpec, checker: Checker) -> Shape:
    """The flow has a state; the values' names."""
    for template in spec.values.values():
        checker.template(template)
    if CUSTOMER in spec.values:
        message = say(
            "`state.{name}` is the customer of the state: no step remembers it", name=CUSTOMER
        )
        checker.report(Id.NAME, message, spec.at)
    if "state" not in checker.known.roots:
        checker.report(
            Id.MISSING_KEY,
            say("nothing can be remembered: the flow declares no state"),
            spec.at,
            note='state: {collection: accounts, key: "${inputs.pointId}"}',
        )
    return checker.known.roots.get("state", ANY)


def run(spec: RememberSpec, scope: Scope, run: Run) -> Script[End]:
    """Put the values to what is remembered."""
    if run.memory is None:
        problem = Problem(id=Id.EVALUATION, message=say("the flow declares no state"), at=spec.at)
        raise EvaluationError(problem)
    values = {name: template.evaluate(scope) for name, template in spec.values.items()}
    state = yield from ask(Remember(key=run.key("remember"), values=values, **run.memory.effect))
    if isinstance(state, Problem):
        return Failed(failure=bar_failure(state, run))
    return Done(outputs=state, summary=", ".join(values))


def uses(spec: RememberSpec) -> Uses:
    """The values, for those who read `state` and for those who read the step."""
    return Uses(values=spec.values, remembers=spec.values)


def says(spec: RememberSpec) -> tuple[str, ...]:
    """The names."""
    return (", ".join(spec.values),)


VERB = Verb(
    name="remember",
    manual=__doc__ or "",
    properties={"remember": {**names_to({}, "values by name"), "minProperties": 1}},
    decode=decode,
    check=check,
    run=run,
    uses=uses,
    says=says,
    synonyms=("retenir", "memoriser"),
)
