"""`fail`: end here, badly, with a code for programs and words for people.

    - id: none_left
      when: empty(steps.match.rows)
      fail: {code: USER_ACTION_NEEDED, message: "No such commune.", hint: "Check the postal code."}

What the flow did is undone, last first, unless `partial: true` says that what was done stays done
(exit code 7). `technical: true` says that another side does not work now (exit code 5): trying
again later may help, and nothing here is to be changed.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from sgeflow.core.checking.flows.decoder import verdict
from sgeflow.core.checking.flows.grammar import VERDICT
from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.verb import Keys, Verb
from sgeflow.core.engine.effects import Effect
from sgeflow.core.engine.failures import verdict_failure
from sgeflow.core.engine.step import End, Failed, Run, Uses, Verdict
from sgeflow.core.language.shapes import NULL, Shape
from sgeflow.core.language.template import Scope
from sgeflow.errors import Id


def decode(keys: Keys) -> Verdict:
    """The words."""
    return verdict(keys.reader, (*keys.path, "fail"))


def check(spec: Verdict, checker: Checker) -> Shape:
    """The names in the words."""
    checker.verdict(spec)
    return NULL


def run(spec: Verdict, scope: Scope, run: Run) -> Generator[Effect[Any], Any, End]:
    """End."""
    yield from ()
    id_ = Id.PARTIAL if spec.partial else Id.FLOW_FAILED
    return Failed(failure=verdict_failure(spec, id_, scope, run))


def uses(spec: Verdict) -> Uses:
    """The end."""
    return Uses(ends=(spec,))


def says(spec: Verdict) -> tuple[str, ...]:
    """The code and the message."""
    return (spec.code, spec.message.source_text)


VERB = Verb(
    name="fail",
    manual=__doc__ or "",
    properties={"fail": VERDICT},
    decode=decode,
    check=check,
    run=run,
    uses=uses,
    says=says,
    ends=True,
)
