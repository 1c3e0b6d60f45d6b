"""Explains the code with which a run ended, with the text of that end in the flow."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.adapters.state.contents import KeptStep
from sgeflow.core.engine.blocks import acting_handler
from sgeflow.core.engine.step import Step, Verdict
from sgeflow.core.engine.trails import outermost_undo, without_items
from sgeflow.core.engine.walk import called_flows, steps_of
from sgeflow.core.language.template import compile_template
from sgeflow.core.model import FaultClass, Status
from sgeflow.errors import UsageError
from sgeflow.locale.translate import translate
from sgeflow.messages import reword
from sgeflow.runtime.project import Workspace
from sgeflow.tools.graph.chart import Block, chart, every_block
from sgeflow.tools.pages.parts import CodeExplanation, Explain
from sgeflow.tools.project.explain_code import ASK_CODE, FlowEnding, Meaning, explain, place_of

FailedStep = tuple[str, str]
"""The trail of a step that failed, and its code."""

_VALUE = "…"  # takes the place of a value that only the run knew
_ASIDE = f" ({_VALUE})"  # a parenthesis without information


class FoundEnd(Struct, frozen=True):
    """The end of a run; for the end of a handler, also the code that it handled."""

    end: FlowEnding
    fault: str = ""

    @property
    def message(self) -> str:
        """The text of the end, with a sign in place of unknown values."""
        return without_values(self.end.message, self.fault)


class EndFinder(Struct, frozen=True, dict=True):
    """Finds the ends of a flow and of the flows that it calls."""

    workspace: Workspace
    flow: str

    def find(self, code: str, failures: Iterable[FailedStep]) -> FoundEnd | None:
        """Find the end of a run with this code and these failures; None if it is ambiguous."""
        known = list(failures)
        if trail := _deepest(at for at, met in known if met == code):
            step = self._steps.get(trail)
            if step is None:
                return None
            # the ends of a step, and those of handlers in a flow that it calls
            called = self.workspace.catalog.flows.get(step.uses.flow)
            acting = (*step.handlers, *(called.handlers if called else ()))
            verdicts = (*step.uses.ends, *(one.fail for one in acting if one.fail))
            return self._only(code, verdicts, "")
        flow = self.workspace.catalog.flows.get(self.flow)
        handlers = flow.handlers if flow else ()
        for fault in sorted({met for _, met in known}):
            for kind in self._classes(fault, [at for at, met in known if met == fault]):
                handler = acting_handler(handlers, fault, kind)
                if handler and handler.fail and handler.fail.code == code:
                    return self._only(code, (handler.fail,), fault)
        return None

    def blocks(self) -> Iterator[Block]:
        """Every drawn step of the flow, also of called flows."""
        flows = self.workspace.catalog.flows
        flow = flows.get(self.flow)
        if flow is None:
            return
        drawn = chart(flow, flows, expand=True, tell=translate)
        yield from (block for block, _ in every_block(drawn))

    @cached_property
    def _steps(self) -> Mapping[str, Step]:
        flows = called_flows(self.workspace.catalog.flows, self.flow).values()
        by_place = {step.at: step for flow in flows for step in steps_of(flow)}
        return {one.key: by_place[one.at] for one in self.blocks() if one.at in by_place}

    def _classes(self, fault: str, trails: Iterable[str]) -> list[FaultClass]:
        """The classes of a code in the operations that returned it; else its general class."""
        try:
            kind = explain(self.workspace, fault).fault_class
        except UsageError:
            kind = ""
        usual = FaultClass(kind) if kind else FaultClass.NETWORK  # our own code: no answer
        steps = filter(None, (self._steps.get(without_items(one)) for one in trails))
        called = (self.workspace.catalog.operations.get(one.uses.operation) for one in steps)
        own = {one.faults.get(fault, usual) for one in called if one}
        return sorted(own or {usual})

    def _only(self, code: str, verdicts: Iterable[Verdict], fault: str) -> FoundEnd | None:
        """The single end of verdicts with this code; None for zero or several."""
        places = {place_of(one) for one in verdicts if one.code == code}
        try:
            ends = [end for end in explain(self.workspace, code).ends if end.place in places]
        except UsageError:
            return None
        return FoundEnd(ends[0], fault) if len({end.place for end in ends}) == 1 else None


def ending_step(code: str, steps: Iterable[KeptStep]) -> str:
    """The trail of the step with which a run ended, without items; empty if no step failed."""
    known = list(steps)
    same = [one.trail for one in known if one.code == code]
    return _deepest(same or (one.trail for one in known if one.status is Status.FAILED))


def _deepest(trails: Iterable[str]) -> str:
    """The most deeply nested step, without items and undos."""
    plain = {without_items(one) for one in trails if not outermost_undo(one)}
    return max(plain, key=lambda trail: (trail.count("/"), trail), default="")


def without_values(text: str, fault: str = "") -> str:
    """The text of an end in each language, with a sign for each value except the fault's."""
    return reword(text, lambda one: _plain(one.replace("${fault.code}", fault or "${fault.code}")))


def _plain(text: str) -> str:
    template = compile_template(text)
    parts = (one if isinstance(one, str) else _VALUE for one in template.parts)
    words = "".join(parts).replace(_ASIDE, "").replace(f"{_VALUE}.", _VALUE)  # one full stop
    return words if template.parts else text


def explain_for(workspace: Workspace, flow: str, *, is_simulated: bool = False) -> Explain:
    """Explains codes of a flow; ends of the flow and its callees come before those of others."""
    near = called_flows(workspace.catalog.flows, flow)

    def tell(code: str, place: str) -> CodeExplanation:
        try:
            meaning = explain(workspace, code)
        except UsageError:
            return CodeExplanation()
        if is_simulated and meaning.simulated:
            meaning = replace(meaning, remedy=meaning.simulated)
        if meaning.ends:
            return _of_flow(meaning, near, place)
        remedies = (meaning.remedy,) if meaning.remedy not in ("", ASK_CODE) else ()
        means, kind = meaning.means, meaning.fault_class
        return CodeExplanation(means=means, remedies=remedies, fault_class=kind)

    return tell


def _of_flow(meaning: Meaning, near: Collection[str], place: str) -> CodeExplanation:
    """The explanation of one end; if the end is ambiguous, with all hints and messages."""
    ends: list[FlowEnding] = [end for end in meaning.ends if end.place == place]
    ends = ends or [end for end in meaning.ends if end.flow in near] or list(meaning.ends)
    hints = dict.fromkeys(end.hint for end in ends if end.hint)
    messages = dict.fromkeys(without_values(end.message) for end in ends)
    return CodeExplanation(
        means=next(iter(messages)) if len(messages) == 1 else "",
        remedies=tuple(hints) or ((meaning.remedy,) if meaning.remedy else ()),
    )
