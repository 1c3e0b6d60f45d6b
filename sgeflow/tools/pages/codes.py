"""What is told of a code on a page: in words of the flow that ended with it."""

from __future__ import annotations

from collections.abc import Collection

from msgspec.structs import replace

from sgeflow.core.engine.walk import called_flows
from sgeflow.errors import UsageError
from sgeflow.runtime.project import Workspace
from sgeflow.tools.pages.code_explanation import CodeExplanation, Explain
from sgeflow.tools.pages.endings import without_values
from sgeflow.tools.project.explain_code import ASK_CODE, FlowEnding, Meaning, explain


def explain_for(workspace: Workspace, flow: str, *, is_simulated: bool = False) -> Explain:
    """Tells of codes of a flow, and of those that it calls before those of others."""
    near = called_flows(workspace.catalog.flows, flow)

    def tell(code: str, place: str) -> CodeExplanation:
        try:
            meaning = explain(workspace, code)
        except UsageError:
            return CodeExplanation()
        if is_simulated and meaning.simulated:
            meaning = replace(meaning, remedy=meaning.simulated)
        return _of_flow(meaning, near, place) if meaning.ends else _of_code(meaning)

    return tell


def _of_code(meaning: Meaning) -> CodeExplanation:
    remedies = (meaning.remedy,) if meaning.remedy and meaning.remedy != ASK_CODE else ()
    return CodeExplanation(means=meaning.means, remedies=remedies, fault_class=meaning.fault_class)


def _of_flow(meaning: Meaning, near: Collection[str], place: str) -> CodeExplanation:
    """The words of one end; where nobody knows which, all hints, and the message of all."""
    ends: list[FlowEnding] = [end for end in meaning.ends if end.place == place]
    ends = ends or [end for end in meaning.ends if end.flow in near] or list(meaning.ends)
    hints = dict.fromkeys(end.hint for end in ends if end.hint)
    messages = dict.fromkeys(without_values(end.message) for end in ends)
    return CodeExplanation(
        means=next(iter(messages)) if len(messages) == 1 else "",
        remedies=tuple(hints) or ((meaning.remedy,) if meaning.remedy else ()),
    )
