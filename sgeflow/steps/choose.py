"""`choose`: run the first of several steps whose `when` holds.

    - id: services
      title: Look for services and oppositions
      choose:
        - id: subscribed
          when: env.generation == 'previous'
          call: rechercherServicesSouscritsMesures
          with: {pointId: "${inputs.pointId}"}
        - id: access
          call: rechercherServicesAccesDonnees
          with: {pointId: "${inputs.pointId}"}

`steps.services` has the outputs of the chosen alternative; later steps can read the outputs that
all alternatives have. The last alternative may have no `when`: it is chosen if no other is. If no
alternative is chosen, the step is skipped and its value is null.

Any step can be an alternative and can have its own modifiers. The modifiers of `choose` itself
apply to the chosen alternative. Messages and charts name an alternative by its id;
expressions cannot read the id.
"""

from typing import Self

from msgspec.structs import replace

from sgeflow.core.checking.flows.grammar import STEPS
from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.verb import Keys, Verb
from sgeflow.core.engine.effects import Script
from sgeflow.core.engine.step import End, Run, Spec, Step, Uses
from sgeflow.core.language.shapes import Shape
from sgeflow.core.language.template import Scope
from sgeflow.errors import Id
from sgeflow.messages import say


class _Choose(Spec, frozen=True, kw_only=True):
    alternatives: tuple[Step, ...]

    @classmethod
    def decode(cls, keys: Keys) -> Self:
        alternatives = keys.alternatives("choose")
        if len(alternatives) < len(keys.get("choose")):
            return cls(alternatives=alternatives)
        *conditional, last = (keys.get("choose", i, "when") for i in range(len(alternatives)))
        if not conditional and last is None:
            message = say("there is nothing to choose: the only alternative has no when")
            note = say("write it as the step itself, or give it a when")
            keys.report(Id.MODIFIER, message, "choose", 0, note=note)
        for index, when in enumerate(conditional):
            if when is None:
                message = say(
                    "an alternative without when is always chosen: those after it never are"
                )
                note = say("give it a when, or put it last")
                keys.report(Id.MODIFIER, message, "choose", index, note=note)
        return cls(alternatives=alternatives)

    def check(self, checker: Checker) -> Shape:
        return replace(checker.alternatives(self.alternatives), origin=say("the choice"))

    def run(self, scope: Scope, run: Run) -> Script[End]:
        from sgeflow.core.engine.blocks import choice

        return (yield from choice(self.alternatives, scope, run))

    def uses(self) -> Uses:
        return Uses(blocks={"": self.alternatives}, is_choice=True)


VERB = Verb(
    spec=_Choose,
    properties={"choose": {**STEPS}},
    modifiers=frozenset({"retry", "repeat", "poll"}),
    synonyms=("choisir",),
)
