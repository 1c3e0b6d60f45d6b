"""`remember`: keep values for the next run of the flow, under the key of its `state`.

    - id: kept
      remember: {boId: "${steps.consent.body.ID}", serviceId: "${steps.contract.serviceId}"}

Values remembered earlier remain unless the step names them; null deletes a value. `state.*` has the
values from the beginning of the run. The outputs of this step are the values remembered now.
"""

from collections.abc import Mapping
from typing import Self

from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.verb import Keys, Verb
from sgeflow.core.engine.effects import CUSTOMER, Remember, Script, ask
from sgeflow.core.engine.failures import bar_failure
from sgeflow.core.engine.step import Done, End, Failed, Run, Spec, Uses
from sgeflow.core.language.schemas import names_to
from sgeflow.core.language.shapes import ANY, Shape
from sgeflow.core.language.template import Scope, Template
from sgeflow.errors import EvaluationError, Id, Location, Problem
from sgeflow.messages import say


class _Remember(Spec, frozen=True, kw_only=True):
    values: Mapping[str, Template]
    at: Location

    @classmethod
    def decode(cls, keys: Keys) -> Self:
        return cls(values=keys.templates("remember"), at=keys.key_at("remember"))

    def check(self, checker: Checker) -> Shape:
        checker.templates(self.values)
        if CUSTOMER in self.values:
            message = say("only a customer step sets `state.{name}`: remove it here", name=CUSTOMER)
            checker.report(Id.NAME, message, self.at)
        checker.own_state(self.at)
        return checker.known.roots.get("state", ANY)

    def run(self, scope: Scope, run: Run) -> Script[End]:
        if run.memory is None:
            problem = Problem(
                id=Id.EVALUATION, message=say("the flow declares no state"), at=self.at
            )
            raise EvaluationError(problem)
        values = {name: template.evaluate(scope) for name, template in self.values.items()}
        state = yield from ask(
            Remember(key=run.key("remember"), values=values, **run.memory.effect)
        )
        if isinstance(state, Problem):
            return Failed(failure=bar_failure(state, run))
        return Done(outputs=state, summary=", ".join(values))

    def uses(self) -> Uses:
        return Uses(values=self.values, remembers=self.values)

    def says(self) -> tuple[str, ...]:
        return (", ".join(self.values),)


VERB = Verb(
    spec=_Remember,
    properties={"remember": {**names_to({}, "values by name"), "minProperties": 1}},
    synonyms=("retenir", "memoriser"),
)
