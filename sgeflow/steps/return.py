"""`return`: end the flow as successful, with these outputs.

    - id: nothing_to_do
      when: "!present(state.boId)"
      return: {stopped: false}

The names must be among the flow's `outputs`; the other outputs are null.
"""

from collections.abc import Mapping
from typing import Self

from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.verb import Keys, Verb
from sgeflow.core.engine.effects import Script
from sgeflow.core.engine.step import End, Returned, Run, Spec
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.language.schemas import names_to
from sgeflow.core.language.shapes import NULL, Shape
from sgeflow.core.language.template import Scope, Template
from sgeflow.errors import Id, Location
from sgeflow.messages import say


class _Return(Spec, frozen=True, kw_only=True):
    outputs: Mapping[str, Template]
    places: Mapping[str, Location]

    @classmethod
    def decode(cls, keys: Keys) -> Self:
        return cls(outputs=keys.templates("return"), places=keys.places("return"))

    def check(self, checker: Checker) -> Shape:
        checker.namespace.note_return(checker.templates(self.outputs))
        for name in self.outputs:
            if name not in checker.outputs:
                checker.report(
                    Id.UNKNOWN_FIELD,
                    say('there is no {what} "{name}"', what=say("output"), name=name),
                    self.places[name],
                    allowed=checker.outputs,
                    allowed_label="outputs",
                    suggestion=closest(name, checker.outputs),
                )
        return NULL

    def run(self, scope: Scope, run: Run) -> Script[End]:  # noqa: ARG002 - a verb's form
        yield from ()
        return Returned(outputs={name: t.evaluate(scope) for name, t in self.outputs.items()})

    def says(self) -> tuple[str, ...]:
        return (", ".join(self.outputs),)


VERB = Verb(
    spec=_Return,
    properties={"return": names_to({}, "outputs by name")},
    ends=True,
    synonyms=("retour", "retourner"),
)
