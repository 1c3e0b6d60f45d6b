"""`choose`: one of several steps, the first whose `when` holds.

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

After it, `steps.services` is what the chosen alternative gave; what all of them give can be read
of it. The last one may stand without `when`: it is chosen when no other is. When none is, the step
is skipped, and null. Any step can be an alternative, with modifiers of its own; those of `choose`
itself are for whichever is chosen. The ids of alternatives name them in messages and pictures.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.checking.flows.grammar import STEPS
from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.verb import Keys, Verb
from sgeflow.core.engine.effects import Script
from sgeflow.core.engine.step import End, Run, Step, Uses
from sgeflow.core.language.shapes import Shape
from sgeflow.core.language.template import Scope
from sgeflow.errors import Id
from sgeflow.messages import say


class ChooseSpec(Struct, frozen=True, kw_only=True):
    """The steps of which one is done."""

    alternatives: tuple[Step, ...]


def decode(keys: Keys) -> ChooseSpec:
    """The alternatives, in their order; only the last may have no condition.

    Nothing is said of the condition of a step that cannot be read: it may be what is misspelt.
    """
    alternatives = keys.alternatives("choose")
    if len(alternatives) < len(keys.get("choose")):
        return ChooseSpec(alternatives=alternatives)
    *conditional, last = (keys.get("choose", i, "when") for i in range(len(alternatives)))
    if not conditional and last is None:
        message = say("there is nothing to choose: the only alternative has no when")
        note = say("write it as the step itself, or give it a when")
        keys.report(Id.MODIFIER, message, "choose", 0, note=note)
    for index, when in enumerate(conditional):
        if when is None:
            message = say("an alternative without when is always chosen: those after it never are")
            note = say("give it a when, or put it last")
            keys.report(Id.MODIFIER, message, "choose", index, note=note)
    return ChooseSpec(alternatives=alternatives)


def check(spec: ChooseSpec, checker: Checker) -> Shape:
    """The shape that all alternatives give; null when none may be chosen."""
    return replace(checker.alternatives(spec.alternatives), origin=say("the choice"))


def run(spec: ChooseSpec, scope: Scope, run: Run) -> Script[End]:
    """The first alternative whose condition holds."""
    from sgeflow.core.engine.blocks import choice

    return (yield from choice(spec.alternatives, scope, run))


def uses(spec: ChooseSpec) -> Uses:
    """The alternatives, of which one gives what the step gives."""
    return Uses(blocks={"": spec.alternatives}, is_choice=True)


VERB = Verb(
    name="choose",
    manual=__doc__ or "",
    properties={"choose": {**STEPS}},
    modifiers=frozenset({"retry", "poll"}),
    decode=decode,
    check=check,
    run=run,
    uses=uses,
    synonyms=("choisir",),
)
