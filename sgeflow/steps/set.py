"""`set`: give names to computed values.

    - id: period
      set:
        start: ${latest([date_add(run.today, '-P1Y'), steps.contract.startDate])}

Later steps read a value as `steps.period.start`. A value cannot read the other values of the same
`set`.
"""

from collections.abc import Mapping
from typing import Self

from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.verb import Keys, Verb
from sgeflow.core.engine.effects import Script
from sgeflow.core.engine.step import Done, End, Run, Spec, Uses
from sgeflow.core.language.schemas import names_to
from sgeflow.core.language.shapes import Shape, object_of
from sgeflow.core.language.template import Scope, Template
from sgeflow.messages import say


class _Set(Spec, frozen=True, kw_only=True):
    values: Mapping[str, Template]

    @classmethod
    def decode(cls, keys: Keys) -> Self:
        return cls(values=keys.templates("set"))

    def check(self, checker: Checker) -> Shape:
        return object_of(checker.templates(self.values), say("the set"))

    def run(self, scope: Scope, run: Run) -> Script[End]:  # noqa: ARG002 - a verb's form
        yield from ()
        return Done(
            outputs={name: template.evaluate(scope) for name, template in self.values.items()}
        )

    def uses(self) -> Uses:
        return Uses(values=self.values)

    def says(self) -> tuple[str, ...]:
        return (", ".join(self.values),)


VERB = Verb(
    spec=_Set,
    properties={"set": {**names_to({}, "values by name"), "minProperties": 1}},
    synonyms=("definir", "let"),
)
