"""`steps`: a group, so that one modifier can hold several steps.

    - id: renewal
      when: present(state.serviceId)
      steps:
        - id: order
          call: commanderServicesAccesDonnees

Inside the group its steps are read as `steps.order`; after it as `steps.renewal.order`.
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
from sgeflow.messages import say


class GroupSpec(Struct, frozen=True, kw_only=True):
    """The steps of the group."""

    inner: tuple[Step, ...]


def decode(keys: Keys) -> GroupSpec:
    """The steps."""
    return GroupSpec(inner=keys.steps("steps"))


def check(spec: GroupSpec, checker: Checker) -> Shape:
    """Each step in its turn; together they give an object of what each gives."""
    shape, _ = checker.block(spec.inner)
    return replace(shape, origin=say("the group"))


def run(spec: GroupSpec, scope: Scope, run: Run) -> Script[End]:
    """The steps, one after the other."""
    from sgeflow.core.engine.blocks import block

    return (yield from block(spec.inner, scope, run))


def uses(spec: GroupSpec) -> Uses:
    """The steps of the group: one block, behind no name of its own."""
    return Uses(blocks={"": spec.inner})


VERB = Verb(
    name="steps",
    manual=__doc__ or "",
    properties={"steps": {**STEPS}},
    modifiers=frozenset({"poll"}),
    decode=decode,
    check=check,
    run=run,
    uses=uses,
)
