"""`steps`: group several steps, so that one modifier applies to all of them.

    - id: renewal
      when: present(state.serviceId)
      steps:
        - id: order
          call: commanderServicesAccesDonnees

Inside the group, steps read each other as `steps.order`; after the group, as `steps.renewal.order`.
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
from sgeflow.messages import say


class _Steps(Spec, frozen=True, kw_only=True):
    inner: tuple[Step, ...]

    @classmethod
    def decode(cls, keys: Keys) -> Self:
        return cls(inner=keys.steps("steps"))

    def check(self, checker: Checker) -> Shape:
        shape, _ = checker.block(self.inner)
        return replace(shape, origin=say("the group"))

    def run(self, scope: Scope, run: Run) -> Script[End]:
        from sgeflow.core.engine.blocks import block

        return (yield from block(self.inner, scope, run))

    def uses(self) -> Uses:
        return Uses(blocks={"": self.inner})


VERB = Verb(spec=_Steps, properties={"steps": {**STEPS}}, modifiers=frozenset({"repeat", "poll"}))
