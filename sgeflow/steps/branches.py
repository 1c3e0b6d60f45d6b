"""`branches`: named groups of steps run side by side.

    - id: gather
      on_item_error: collect
      branches:
        daily: [{id: fetch, call: consulterMesuresDetailleesV3, with: {…}}]
        half_hours: [{id: fetch, call: consulterMesuresDetailleesV3, with: {…}}]

After it, `steps.gather.daily.fetch`. A branch cannot read another. With `on_item_error: collect`
a branch that fails does not stop the others: it is null, and `steps.gather.failed` lists it with
`item` (the branch), `code`, `message`, `class`. An order that may have been accepted is not
collected: the step fails of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.core.checking.flows.grammar import STEPS
from sgeflow.core.checking.flows.step_checker import FAILED_ITEM, Checker
from sgeflow.core.checking.flows.verb import Keys, Verb
from sgeflow.core.engine.effects import Script, Together, ask
from sgeflow.core.engine.step import Done, End, Failed, Run, Step, Uses
from sgeflow.core.language.schemas import names_to
from sgeflow.core.language.shapes import Shape, list_of, object_of
from sgeflow.core.language.template import Scope
from sgeflow.core.model import Status
from sgeflow.errors import Id
from sgeflow.messages import say


class BranchesSpec(Struct, frozen=True, kw_only=True):
    """The branches by name."""

    branches: Mapping[str, tuple[Step, ...]]
    collect: bool


def decode(keys: Keys) -> BranchesSpec:
    """The steps of each branch."""
    names = keys.get("branches")
    if "failed" in names:
        keys.report(Id.NAME, say('a branch cannot be called "failed"'), "branches", "failed")
    if keys.get("on_item_error") == "keep":
        message = say("all branches begin at once: there is no other to leave out")
        keys.report(Id.MODIFIER, message, "on_item_error", note=say("write stop or collect"))
    return BranchesSpec(
        branches={name: keys.steps("branches", name) for name in names},
        collect=keys.get("on_item_error") == "collect",
    )


def check(spec: BranchesSpec, checker: Checker) -> Shape:
    """Each branch sees what came before, and not the others."""
    shapes = {}
    for name, steps in spec.branches.items():
        shape = replace(checker.block(steps)[0], origin=say("branch {name}", name=name))
        shapes[name] = shape.maybe() if spec.collect else shape
    if spec.collect:
        shapes["failed"] = list_of(FAILED_ITEM)
    return object_of(shapes, say("the branches"))


def run(spec: BranchesSpec, scope: Scope, run: Run) -> Script[End]:
    """All branches at once; what each gives by its name."""
    from sgeflow.core.engine.blocks import block, is_return, stops_others

    runs = [run.into(name) for name in spec.branches]
    beside = Together(
        scripts=tuple(map(block, spec.branches.values(), [scope] * len(runs), runs)),
        trails=tuple(one.trail for one in runs),
        limit=len(runs),
        stop=is_return if spec.collect else stops_others,
    )
    ends = yield from ask(beside)
    named: dict[str, End] = {
        name: end for name, end in zip(spec.branches, ends, strict=True) if end is not None
    }
    return _join(spec, named)


def uses(spec: BranchesSpec) -> Uses:
    """A block of steps a branch."""
    return Uses(blocks=spec.branches)


def _join(spec: BranchesSpec, ends: Mapping[str, End]) -> End:
    from sgeflow.core.engine.blocks import failed_item
    from sgeflow.core.engine.failures import deciding_end

    undos = tuple(pending for end in ends.values() for pending in end.undos)
    outputs: dict[str, Any] = {n: e.outputs for n, e in ends.items() if isinstance(e, Done)}
    bad = {name: end for name, end in ends.items() if isinstance(end, Failed)}
    partial = any(isinstance(e, Done) and e.status is Status.PARTIAL for e in ends.values())
    if end := deciding_end(ends.values(), collect=spec.collect):
        return replace(end, undos=undos)
    if not spec.collect:
        status = Status.PARTIAL if partial else Status.DONE
        return Done(outputs=outputs, undos=undos, status=status)
    outputs["failed"] = [failed_item(name, end.failure) for name, end in bad.items()]
    return Done(
        outputs=outputs,
        undos=undos,
        status=Status.PARTIAL if bad or partial else Status.DONE,
        summary=say("{names} failed", names=", ".join(bad)) if bad else "",
    )


VERB = Verb(
    name="branches",
    manual=__doc__ or "",
    properties={"branches": names_to({**STEPS}, "groups of steps, by name")},
    modifiers=frozenset({"on_item_error"}),
    decode=decode,
    check=check,
    run=run,
    uses=uses,
    synonyms=("parallele",),
)
