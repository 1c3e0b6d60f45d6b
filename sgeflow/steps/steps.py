"""`steps`: a group, so that one modifier can hold several steps.

    - id: renewal
      when: present(state.serviceId)
      steps:
        - id: order
          call: commanderCollectePublicationMesures

Inside the group its steps are read as `steps.order`; after it as `steps.renewal.order`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sgeflow.core.checking.modifiers import STEPS
from sgeflow.core.checking.step_checker import Checker
from sgeflow.core.checking.step_reader import Keys
from sgeflow.core.checking.verb import Verb
from sgeflow.core.engine.blocks import block
from sgeflow.core.engine.effects import Script
from sgeflow.core.engine.step import End, Run, Scope, Step
from sgeflow.core.language.shapes import Shape
from sgeflow.messages import say


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The steps of the group."""

    inner: tuple[Step, ...]


def decode(keys: Keys) -> Group:
    """The steps."""
    return Group(inner=keys.steps("steps"))


def check(spec: Group, checker: Checker) -> Shape:
    """Each step in its turn; together they give an object of what each gives."""
    shape, _ = checker.block(spec.inner)
    return replace(shape, origin=say("the group"))


def run(spec: Group, scope: Scope, run: Run) -> Script[End]:
    """The steps, one after the other."""
    return (yield from block(spec.inner, scope, run))


VERB = Verb(
    name="steps",
    manual=__doc__ or "",
    properties={"steps": {**STEPS}},
    required=("steps",),
    modifiers=frozenset({"poll"}),
    decode=decode,
    check=check,
    run=run,
)
