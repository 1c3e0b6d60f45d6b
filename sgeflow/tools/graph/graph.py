"""A flow as a picture, and what a run did in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from sgeflow.adapters.state.contents.step_traces import KeptRun
from sgeflow.adapters.state.fleets import is_row
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.records import RunDetails
from sgeflow.core.engine.step import Flow
from sgeflow.core.engine.trails import trail_of
from sgeflow.errors import Id, Problem, UsageError
from sgeflow.messages import say
from sgeflow.runtime.journal.history import find_run, fleet_of
from sgeflow.runtime.project import Workspace
from sgeflow.tools.graph.chart import Chart, StatusOf, chart
from sgeflow.tools.graph.mermaid import to_mermaid
from sgeflow.tools.graph.run_status import StepRecord, history
from sgeflow.tools.graph.svg import to_svg

FORMS: dict[str, Callable[[Chart], str]] = {"mermaid": to_mermaid, "svg": to_svg}
ENDINGS = {".svg": "svg", ".mmd": "mermaid", ".mermaid": "mermaid"}


class SeenRun(Struct, frozen=True, kw_only=True):
    """An earlier run of a flow: what the journal lists, and what it kept of its steps."""

    details: RunDetails
    kept: KeptRun

    @property
    def heading(self) -> str:
        """One line: which run, when, where, how it ended."""
        entry = self.details.entry
        ended = entry.status.value if entry.ended else "stopped"
        took = f" in {entry.ended - entry.started:.1f} s" if entry.ended else ""
        code = f" ({entry.summary})" if entry.summary else ""
        calls = f"{entry.calls} call{'' if entry.calls == 1 else 's'}"
        parts = (f"run {entry.run}", entry.today, entry.environment, f"{ended}{took}{code}", calls)
        return " · ".join(parts)


def picture(
    workspace: Workspace, flow: str, form: str, *, run: SeenRun | None = None, expand: bool = False
) -> str:
    """A flow as text of a form: `mermaid` or `svg`.

    Args:
        workspace: an opened project.
        flow: its name, or the path of its file.
        form: one of `FORMS`.
        run: what happened, to be drawn too.
        expand: draw the steps of called flows as well.

    Raises:
        UsageError: there is no such flow or form.
    """
    if form not in FORMS:
        problem = Problem(
            id=Id.USAGE,
            message=say('"{form}" is no form of a picture', form=form),
            allowed=tuple(FORMS),
            allowed_label="forms",
        )
        raise UsageError(problem)
    chosen = workspace.flow(flow)
    past = _past(run) if run else None
    heading = run.heading if run else ""
    flows = workspace.catalog.flows
    code = run.details.entry.summary if run else ""
    drawn = chart(chosen, flows, expand=expand, past=past, heading=heading, code=code)
    return FORMS[form](drawn)


def form_of(file: Path | None) -> str:
    """The form of a picture that the ending of its file says; text where there is no file.

    Raises:
        UsageError: it is another ending.
    """
    ending = file.suffix.lower() if file else ".mmd"
    if ending not in ENDINGS:
        problem = Problem(
            id=Id.USAGE,
            message=say('no picture is made as "{ending}"', ending=ending or file),
            allowed=tuple(ENDINGS),
            allowed_label="endings of a file",
            note=say("every browser shows an SVG and can print it; --format says otherwise"),
        )
        raise UsageError(problem)
    return ENDINGS[ending]


def flow_of(home: StateLocation, run: str) -> str:
    """The name of the flow that a run was of.

    Raises:
        UsageError: there is no such run, or it was a single call.
    """
    entry = find_run(home, run).entry
    if entry.is_call:
        message = say("run {run} was a single call, and of no flow", run=entry.run)
        raise UsageError(Problem(id=Id.USAGE, message=message))
    return entry.flow


def seen_run(home: StateLocation, run: str, flow: Flow) -> SeenRun:
    """An earlier run of a flow.

    Raises:
        UsageError: there is no such run, it was of another flow, or it is a fleet.
    """
    from sgeflow.adapters.state.journal import Journal

    details = find_run(home, run)
    entry = details.entry
    if not is_row(entry.run) and fleet_of(home, entry.run) is not None:
        see = (("see", f"sgeflow runs show {entry.run}"),)
        message = say(
            "run {run} is a fleet: name one of its rows, {run}.1 for example", run=entry.run
        )
        raise UsageError(Problem(id=Id.USAGE, message=message, details=see))
    if entry.flow != flow.name:
        message = say(
            "run {run} was of {other}, not of {flow}",
            run=entry.run,
            other=entry.flow,
            flow=flow.name,
        )
        raise UsageError(Problem(id=Id.USAGE, message=message))
    with Journal(home.journal) as journal:
        return SeenRun(details=details, kept=journal.steps(entry.run) or KeptRun())


def _past(run: SeenRun) -> StatusOf:
    steps = (
        StepRecord(
            trail=one.trail,
            status=one.status,
            seconds=one.seconds,
            summary=one.summary,
            code=one.code,
            after=one.after,
        )
        for one in run.kept.steps
    )
    calls = (trail_of(effect.key) for effect in run.details.effects)
    return history(steps, calls).at
