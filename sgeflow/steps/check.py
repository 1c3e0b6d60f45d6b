"""`check`: a condition that must hold, and the message if it does not.

- id: level
  check: steps.contract.level == '2'
  else:
    code: USER_ACTION_NEEDED
    message: The meter does not give detailed measures yet.
    hint: Ask Enedis when the meter will be open to them.

With `warn: true` the message is a warning, and the flow goes on.
"""

from typing import Self

from sgeflow.core.checking.flows.decoder import verdict
from sgeflow.core.checking.flows.grammar import VERDICT
from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.verb import Keys, Verb
from sgeflow.core.engine.effects import Emit, Script, Warn
from sgeflow.core.engine.failures import verdict_failure
from sgeflow.core.engine.step import Done, End, Failed, Run, Spec, Uses, Verdict
from sgeflow.core.language.expression import Expression
from sgeflow.core.language.schemas import flag
from sgeflow.core.language.shapes import NULL, Shape
from sgeflow.core.language.template import LocalizedTemplate, Scope, Template
from sgeflow.errors import Id
from sgeflow.messages import say, sentences


class _Check(Spec, frozen=True, kw_only=True):
    condition: Expression | None
    otherwise: Verdict
    warns: bool

    @classmethod
    def decode(cls, keys: Keys) -> Self:
        words = LocalizedTemplate.of(Template(say("the condition is false")))
        plain = Verdict(code="CHECK_FAILED", message=words)
        path = (*keys.path, "else")
        otherwise = verdict(keys.reader, path) if keys.get("else") else plain
        warns = bool(keys.get("warn"))
        if warns and (otherwise.partial or otherwise.technical):
            no_end = say(
                "a check that only warns does not end the run: remove partial and technical"
            )
            keys.reader.report(Id.MODIFIER, no_end, path)
        return cls(condition=keys.expression("check"), otherwise=otherwise, warns=warns)

    def check(self, checker: Checker) -> Shape:
        checker.condition(self.condition)
        checker.verdict(self.otherwise)
        return NULL

    def run(self, scope: Scope, run: Run) -> Script[End]:
        yield from ()
        if self.condition is None or self.condition.truth(scope):
            return Done(summary=say("holds"))
        from sgeflow.core.engine.conditions import explain

        at = self.condition.spot.at(0, len(self.condition.text))
        details = explain(self.condition, scope)
        failure = verdict_failure(
            self.otherwise, Id.CHECK_FAILED, scope, run, at=at, details=details
        )
        if self.warns:
            told = sentences(failure.code, failure.problem.message, between=": ")
            yield Emit(Warn(run.trail, sentences(told, failure.hint)))
            return Done(summary=say("does not hold"))
        return Failed(failure=failure)

    def uses(self) -> Uses:
        return Uses(ends=() if self.warns else (self.otherwise,))

    def says(self) -> tuple[str, ...]:
        return (self.condition.text if self.condition else "",)


VERB = Verb(
    spec=_Check,
    properties={
        "check": {"type": ["string", "boolean"], "description": "JMESPath that must be true"},
        "else": VERDICT,
        "warn": flag("true: a false condition is a warning, and the flow goes on"),
    },
    expressions=("check",),
)
