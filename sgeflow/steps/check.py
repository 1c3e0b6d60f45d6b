"""`check`: a condition that must hold, and what is told when it does not.

- id: level
  check: steps.contract.level == '2'
  else:
    code: USER_ACTION_NEEDED
    message: The meter does not give detailed measures yet.
    hint: Ask Enedis when the meter will be open to them.

With `warn: true` the flow goes on, and the words are a warning.
"""

from __future__ import annotations

from msgspec import Struct

from sgeflow.core.checking.flows.decoder import verdict
from sgeflow.core.checking.flows.grammar import VERDICT
from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.verb import Keys, Verb
from sgeflow.core.engine.effects import Emit, Script, Warn
from sgeflow.core.engine.failures import verdict_failure
from sgeflow.core.engine.step import Done, End, Failed, Run, Uses, Verdict
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.shapes import NULL, Shape
from sgeflow.core.language.template import Scope, message
from sgeflow.errors import Id
from sgeflow.messages import say, sentences


class CheckSpec(Struct, frozen=True, kw_only=True):
    """The condition and the words for when it fails."""

    condition: Expression | None
    otherwise: Verdict
    warns: bool


def decode(keys: Keys) -> CheckSpec:
    """The condition, and its `else`."""
    plain = Verdict(code="CHECK_FAILED", message=message(say("the condition does not hold")))
    path = (*keys.path, "else")
    otherwise = verdict(keys.reader, path) if keys.get("else") else plain
    warns = bool(keys.get("warn"))
    if warns and (otherwise.partial or otherwise.technical):
        no_end = say("a check that warns ends nothing: it is neither partial nor technical")
        keys.reader.report(Id.MODIFIER, no_end, path)
    return CheckSpec(condition=keys.expression("check"), otherwise=otherwise, warns=warns)


def check(spec: CheckSpec, checker: Checker) -> Shape:
    """The condition is true or false; it gives nothing."""
    checker.condition(spec.condition)
    checker.verdict(spec.otherwise)
    return NULL


def run(spec: CheckSpec, scope: Scope, run: Run) -> Script[End]:
    """Go on when it holds."""
    yield from ()
    if spec.condition is None or spec.condition.truth(scope):
        return Done(summary=say("holds"))
    from sgeflow.core.engine.conditions import explain

    at = spec.condition.spot.at(0, len(spec.condition.text))
    details = explain(spec.condition, scope)
    failure = verdict_failure(spec.otherwise, Id.CHECK_FAILED, scope, run, at=at, details=details)
    if spec.warns:
        told = sentences(failure.code, failure.problem.message, between=": ")
        yield Emit(Warn(run.trail, sentences(told, failure.hint)))
        return Done(summary=say("does not hold"))
    return Failed(failure=failure)


def uses(spec: CheckSpec) -> Uses:
    """The end that is told when the condition does not hold."""
    return Uses(ends=() if spec.warns else (spec.otherwise,))


def says(spec: CheckSpec) -> tuple[str, ...]:
    """The condition."""
    return (spec.condition.text if spec.condition else "",)


VERB = Verb(
    name="check",
    manual=__doc__ or "",
    properties={
        "check": {"type": ["string", "boolean"], "description": "JMESPath that must hold"},
        "else": VERDICT,
        "warn": {"type": "boolean", "description": "go on with a warning when it does not hold"},
    },
    expressions=("check",),
    decode=decode,
    check=check,
    run=run,
    uses=uses,
    says=says,
)
