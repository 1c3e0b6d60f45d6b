"""Reads the facts of a run's page from the journal."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from sgeflow.adapters.state.contents import KeptRun
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.records import RunDetails
from sgeflow.core.engine.trails import trail_of
from sgeflow.core.model import Status
from sgeflow.locale.translate import translate
from sgeflow.messages import join_items
from sgeflow.patterns import regex
from sgeflow.runtime.project import Workspace
from sgeflow.tools.graph.graph import RecordedRun, picture, recorded_run
from sgeflow.tools.pages.codes import EndFinder, explain_for
from sgeflow.tools.pages.run_facts import RunFacts, Try, lines_of
from sgeflow.tools.pages.run_page import Explained, run_page

_PART = regex(r"[/@]")
_RECOVERED = "found"  # the outcome of a lost order that a search found


class RunView(Struct, frozen=True, kw_only=True):
    """A run with its facts, and everything that the journal has kept of it."""

    facts: RunFacts
    recorded: RecordedRun

    @property
    def has_flow(self) -> bool:
        """Whether the flow can be drawn; single calls and unknown flows cannot."""
        return bool(self.facts.titles)


def read_run(workspace: Workspace, home: StateLocation, run: str) -> RunView:
    """Read a run from the journal; its id may be abbreviated.

    Raises:
        UsageError: the run is unknown or is a fleet.
    """
    past = recorded_run(home, run)
    return RunView(facts=facts_of(workspace, past.details, past.kept), recorded=past)


def run_text(workspace: Workspace, one: RunView, flow_file: str = "") -> str:
    """Return the page of a run; `flow_file` is the page of its flow."""
    facts = one.facts
    failures = [(step.trail, step.code) for step in facts.steps if step.code]
    end = EndFinder(workspace, facts.flow).find(facts.code, failures)
    tell_any = explain_for(workspace, facts.flow, is_simulated=facts.is_simulated)

    def tell(code: str) -> Explained:
        """The text of the run's own end; for other codes the general explanation."""
        if end and code == facts.code:
            return end.message, end.end.hint
        about = tell_any(code, "")
        return about.means, join_items(about.remedies, " ") if about.remedies else ""

    return run_page(facts, one.recorded.details.orders, tell, flow_file=flow_file)


def flow_text(workspace: Workspace, one: RunView, run_file: str) -> str:
    """Return the page of the run's flow with the run's history; `run_file` is the run's page."""
    return picture(workspace, one.facts.flow, "html", run=one.recorded, run_file=run_file)


def facts_of(workspace: Workspace, details: RunDetails, kept: KeptRun) -> RunFacts:
    """The facts of a run, with titles and texts from the present flow."""
    entry = details.entry
    flow = workspace.catalog.flows.get(entry.flow)
    environment = workspace.catalog.environments.get(entry.environment)
    blocks = list(EndFinder(workspace, entry.flow).blocks())
    return RunFacts(
        run=entry.run,
        flow=entry.flow,
        title=translate(flow.title) if flow else entry.flow,
        environment=entry.environment,
        is_simulated=bool(environment and environment.simulated),
        began=entry.started,
        seconds=entry.ended - entry.started if entry.ended else None,
        status=entry.status if entry.ended else Status.RUNNING,
        code=entry.summary if entry.status is not Status.DONE else "",
        lines=lines_of(_tries(details)),
        steps=kept.steps,
        warnings=kept.warnings,
        titles={one.key: one.title for one in blocks if one.title != _PART.split(one.key)[-1]},
        known=frozenset(block.key for block in blocks),
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
