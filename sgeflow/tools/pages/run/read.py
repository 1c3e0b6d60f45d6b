"""What the journal tells of a run, read for its page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from sgeflow.adapters.state.contents.step_traces import KeptRun
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.records import RunDetails
from sgeflow.core.engine.trails import trail_of, without_items
from sgeflow.core.model import FaultClass, Status
from sgeflow.errors import UsageError
from sgeflow.locale.translate import translate
from sgeflow.messages import reword
from sgeflow.runtime.project import Workspace
from sgeflow.tools.graph.chart import Block, chart, every_block
from sgeflow.tools.graph.graph import SeenRun, picture, seen_run
from sgeflow.tools.pages.run.facts import RunFacts, Try, lines_of
from sgeflow.tools.pages.run.page import Explained, run_page
from sgeflow.tools.project.explain_code import FlowEnding, explain

_RECOVERED = "found"  # of an order whose answer was lost: a search shows that it was accepted


class SeenPage(Struct, frozen=True, kw_only=True):
    """A run to be looked at: its facts, and all that the journal kept of it."""

    facts: RunFacts
    seen: SeenRun

    @property
    def has_flow(self) -> bool:
        """Whether there is a flow to be drawn: a single call has none, an unknown one neither."""
        return bool(self.facts.titles)


class _HandlerEnd(Struct, frozen=True, kw_only=True):
    """The end that a flow's handler made of a failure: its code, and where the end is written."""

    fault: str
    place: tuple[str, int]


def read_run(workspace: Workspace, home: StateLocation, run: str) -> SeenPage:
    """A run of the journal, whose id may be cut short.

    Raises:
        UsageError: there is no such run, or it is a fleet.
    """
    past = seen_run(home, run)
    return SeenPage(facts=facts_of(workspace, past.details, past.kept), seen=past)


def run_text(workspace: Workspace, one: SeenPage, flow_file: str = "") -> str:
    """The page of a run as text; `flow_file` is the page of its flow, beside it."""
    orders = one.seen.details.orders
    end = _handler_that_ended(workspace, one.facts)
    place = end.place if end else _place_of_failure(workspace, one)
    explainer = _explainer(workspace, place, end.fault if end else "")
    return run_page(one.facts, orders, explainer, flow_file=flow_file)


def flow_text(workspace: Workspace, one: SeenPage, run_file: str) -> str:
    """The page of its flow, with what the run did in it; `run_file` is the run's, beside it."""
    return picture(workspace, one.facts.flow, "html", run=one.seen, run_file=run_file)


def facts_of(workspace: Workspace, details: RunDetails, kept: KeptRun) -> RunFacts:
    """The facts of a run; what its flow says is told as it is today."""
    entry = details.entry
    flow = workspace.catalog.flows.get(entry.flow)
    environment = workspace.catalog.environments.get(entry.environment)
    return RunFacts(
        run=entry.run,
        flow=entry.flow,
        title=translate(flow.title) if flow else entry.flow,
        environment=entry.environment,
        is_simulated=bool(environment and environment.simulated),
        today=entry.today,
        began=entry.started,
        seconds=entry.ended - entry.started if entry.ended else None,
        status=entry.status if entry.ended else Status.RUNNING,
        code=entry.summary if entry.status is not Status.DONE else "",
        lines=lines_of(_tries(details)),
        steps=kept.steps,
        warnings=kept.warnings,
        titles=_titles(workspace, entry.flow),
        recovered=frozenset(one.key for one in details.effects if one.outcome == _RECOVERED),
    )


def _tries(details: RunDetails) -> Iterator[tuple[str, str, Any, Try]]:
    began = details.entry.started
    for one in details.effects:
        if one.started is not None:
            attempt = Try(
                start=max(0.0, one.started - began),
                seconds=one.seconds,
                outcome=one.outcome,
                waited=one.waited,
                paused=one.paused,
            )
            yield trail_of(one.key), one.label, one.kind, attempt


def _titles(workspace: Workspace, name: str) -> Mapping[str, str]:
    """The titles of the steps of a flow and of those that it calls, by trail."""
    return {
        block.key: block.title
        for block in _every_block(workspace, name)
        if block.title != block.key.rpartition("/")[2]
    }


def _every_block(workspace: Workspace, name: str) -> Iterator[Block]:
    flow = workspace.catalog.flows.get(name)
    if flow is None:
        return
    drawn = chart(flow, workspace.catalog.flows, expand=True, tell=translate)
    for lane in (drawn.lane, *(side.lane for side in drawn.sides if side.lane)):
        yield from every_block(lane)


def _place_of_failure(workspace: Workspace, one: SeenPage) -> tuple[str, int]:
    """The file and line of the step that ended the run; nothing when it is not known."""
    trails = {without_items(step.trail) for step in one.facts.steps if step.code == one.facts.code}
    deepest = max(trails, key=lambda trail: (trail.count("/"), trail), default="")
    for block in _every_block(workspace, one.facts.flow):
        if block.key == deepest and block.at is not None:
            return block.at.file, block.at.line
    return "", 0


def _handler_that_ended(workspace: Workspace, facts: RunFacts) -> _HandlerEnd | None:
    """The end of the flow's own handler that gave the run its code; None where a step gave it."""
    codes = {step.code for step in facts.steps if step.status is Status.FAILED}
    flow = workspace.catalog.flows.get(facts.flow)
    if flow is None or facts.code in codes:
        return None
    for code in sorted(codes):
        try:
            kind = explain(workspace, code).fault_class
        except UsageError:
            kind = ""
        fault_class = FaultClass(kind) if kind else FaultClass.NETWORK  # a code of ours: no answer
        fits = (one for one in flow.handlers if one.acts and one.fits(code, fault_class))
        handler = next(fits, None)
        if handler and handler.fail and handler.fail.code == facts.code:
            at = handler.fail.message.spot.at()
            return _HandlerEnd(fault=code, place=(at.file, at.line) if at else ("", 0))
    return None


def _explainer(
    workspace: Workspace, place: tuple[str, int], fault: str
) -> Callable[[str], Explained]:
    def tell(code: str) -> Explained:
        try:
            meaning = explain(workspace, code)
        except UsageError:
            return "", ""
        if meaning.ends:
            end = _nearest(meaning.ends, place)
            words = reword(end.message, lambda text: text.replace("${fault.code}", fault or "${"))
            return ("" if "${" in words else words), end.hint
        return meaning.means, meaning.remedy

    return tell


def _nearest(ends: Sequence[FlowEnding], place: tuple[str, int]) -> FlowEnding:
    """The end that stands first at or behind a line of a file; the first one where none does."""
    file, line = place
    lines = [
        (int(number), end)
        for end in ends
        for name, _, number in [end.place.rpartition(":")]
        if name == file and number.isdecimal()
    ]
    behind = [pair for pair in lines if pair[0] >= line]
    return min(behind, key=lambda pair: pair[0])[1] if behind else ends[0]
