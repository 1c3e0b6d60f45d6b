"""`fail`: end the flow as failed, with a code for programs and a message for people.

    - id: none_left
      when: empty(steps.match.rows)
      fail: {code: USER_ACTION_NEEDED, message: "No such commune.", hint: "Check the postal code."}

The undo steps of the flow run, last first. With `partial: true` nothing is undone (exit code 7).
`technical: true` says that another system does not work at the moment (exit code 5): a later run
may succeed without any change here.
"""

from typing import Self

from sgeflow.core.checking.flows.decoder import verdict
from sgeflow.core.checking.flows.grammar import VERDICT
from sgeflow.core.checking.flows.step_checker import Checker
from sgeflow.core.checking.flows.verb import Keys, Verb
from sgeflow.core.engine.effects import Script
from sgeflow.core.engine.failures import verdict_failure
from sgeflow.core.engine.step import End, Failed, Run, Spec, Uses, Verdict
from sgeflow.core.language.shapes import NULL, Shape
from sgeflow.core.language.template import Scope
from sgeflow.errors import Id


class _Fail(Spec, frozen=True, kw_only=True):
    verdict: Verdict

    @classmethod
    def decode(cls, keys: Keys) -> Self:
        return cls(verdict=verdict(keys.reader, (*keys.path, "fail")))

    def check(self, checker: Checker) -> Shape:
        checker.verdict(self.verdict)
        return NULL

    def run(self, scope: Scope, run: Run) -> Script[End]:
        yield from ()
        id_ = Id.PARTIAL if self.verdict.partial else Id.FLOW_FAILED
        return Failed(failure=verdict_failure(self.verdict, id_, scope, run))

    def uses(self) -> Uses:
        return Uses(ends=(self.verdict,))

    def says(self) -> tuple[str, ...]:
        return (self.verdict.code, self.verdict.message.source_text)


VERB = Verb(spec=_Fail, properties={"fail": VERDICT}, ends=True)
