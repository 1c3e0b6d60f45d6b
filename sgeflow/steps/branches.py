"""`branches`: run named groups of steps side by side.

    - id: gather
      on_item_error: collect
      branches:
        daily: [{id: fetch, call: consulterMesuresDetailleesV3, with: {…}}]
        half_hours: [{id: fetch, call: consulterMesuresDetailleesV3, with: {…}}]

Later steps read a branch as `steps.gather.daily.fetch`. A branch cannot read another branch.

With `on_item_error: collect` a failed branch does not stop the others. The branch is null, and
`steps.gather.failed` lists it with `item` (the branch), `code`, `message` and `class`. An order
that may have been accepted is never collected: the step fails.
"""

from collections.abc import Mapping
from typing import Any, Self

from msgspec.structs import replace

from sgeflow.core.checking.flows.grammar import STEPS
from sgeflow.core.checking.flows.step_checker import FAILED_ITEM, Checker
from sgeflow.core.checking.flows.verb import Keys, Verb
from sgeflow.core.engine.effects import Script, Together, ask
from sgeflow.core.engine.step import Done, End, Failed, Run, Spec, Step, Uses
from sgeflow.core.language.schemas import names_to
from sgeflow.core.language.shapes import Shape, list_of, object_of
from sgeflow.core.language.template import Scope
from sgeflow.errors import Id
from sgeflow.messages import say


class _Branches(Spec, frozen=True, kw_only=True):
    branches: Mapping[str, tuple[Step, ...]]
    collect: bool

    @classmethod
    def decode(cls, keys: Keys) -> Self:
        names = keys.get("branches")
        if "failed" in names:
            keys.report(Id.NAME, say('a branch cannot be called "failed"'), "branches", "failed")
        if keys.get("on_item_error") == "keep":
            message = say("all branches begin at once: there is no other to leave out")
            keys.report(Id.MODIFIER, message, "on_item_error", note=say("write stop or collect"))
        return cls(
            branches={name: keys.steps("branches", name) for name in names},
            collect=keys.get("on_item_error") == "collect",
        )

    def check(self, checker: Checker) -> Shape:
        shapes = {}
        for name, steps in self.branches.items():
            shape = replace(checker.block(steps)[0], origin=say("branch {name}", name=name))
            shapes[name] = shape.maybe() if self.collect else shape
        if self.collect:
            shapes["failed"] = list_of(FAILED_ITEM)
        return object_of(shapes, say("the branches"))

    def run(self, scope: Scope, run: Run) -> Script[End]:
        from sgeflow.core.engine.blocks import block, is_return, stops_others

        runs = [run.into(name) for name in self.branches]
        beside = Together(
            scripts=tuple(map(block, self.branches.values(), [scope] * len(runs), runs)),
            trails=tuple(one.trail for one in runs),
            limit=len(runs),
            stop=is_return if self.collect else stops_others,
        )
        ends = yield from ask(beside)
        named: dict[str, End] = {
            name: end for name, end in zip(self.branches, ends, strict=True) if end is not None
        }
        return self._join(named)

    def uses(self) -> Uses:
        return Uses(blocks=self.branches)

    def _join(self, ends: Mapping[str, End]) -> End:
        from sgeflow.core.engine.blocks import failed_item, whole_end

        whole = whole_end(ends.values(), collect=self.collect)
        if not isinstance(whole, Done):
            return whole
        outputs: dict[str, Any] = {n: e.outputs for n, e in ends.items() if isinstance(e, Done)}
        if not self.collect:
            return replace(whole, outputs=outputs)
        bad = {name: end for name, end in ends.items() if isinstance(end, Failed)}
        outputs["failed"] = [failed_item(name, end.failure) for name, end in bad.items()]
        summary = say("{names} failed", names=", ".join(bad)) if bad else ""
        return replace(whole, outputs=outputs, summary=summary)


VERB = Verb(
    spec=_Branches,
    properties={"branches": names_to({**STEPS}, "groups of steps, by name")},
    modifiers=frozenset({"on_item_error"}),
    synonyms=("parallele",),
)
