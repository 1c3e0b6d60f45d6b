"""Draws a flow as an SVG or a page, with the history of a run."""

from datetime import date
from pathlib import Path

from msgspec import Struct

from sgeflow.adapters.state.contents import KeptRun
from sgeflow.adapters.state.journal import Journal
from sgeflow.adapters.state.locations import StateLocation
from sgeflow.adapters.state.records import RunDetails, RunEntry, is_row
from sgeflow.core.engine.step import Flow
from sgeflow.core.engine.trails import trail_of
from sgeflow.core.model import Status
from sgeflow.errors import Id, Problem, UsageError
from sgeflow.locale.translate import translate
from sgeflow.locale.writing import write_day, write_duration
from sgeflow.messages import Message, from_table, join_items, say, say_count
from sgeflow.runtime.journal.history import find_run, fleet_of
from sgeflow.runtime.project import Workspace, verbs
from sgeflow.tools.graph.chart import ChartedRun, chart, history
from sgeflow.tools.graph.svg import to_svg

FORMS = ("svg", "html", "png")
ENDINGS = {".svg": "svg", ".html": "html", ".htm": "html", ".png": "png"}


class RecordedRun(Struct, frozen=True, kw_only=True):
    """An earlier run of a flow: its entry in the journal and its kept steps."""

    details: RunDetails
    kept: KeptRun

    @property
    def for_chart(self) -> ChartedRun:
        """The run in the form that a chart takes."""
        entry = self.details.entry
        calls = (trail_of(effect.key) for effect in self.details.effects)
        return ChartedRun(
            past=history(self.kept.steps, calls),
            heading=_heading(entry),
            code=entry.summary,
            is_ended=bool(entry.ended) and entry.status is not Status.FAILED,
        )


def _heading(entry: RunEntry) -> Message:
    """One line: id, time, environment and end of the run."""
    end = say("stopped")
    if entry.ended:
        status, seconds = from_table(entry.status.value), entry.ended - entry.started
        end = say("{word} in {duration}", word=status, duration=write_duration(seconds))
        if entry.summary:
            end = say("{end} ({code})", end=end, code=entry.summary)
    run, day = say("run {run}", run=entry.run), date.fromisoformat(entry.today)
    calls = say_count("{count:,} call", "{count:,} calls", count=entry.calls)
    return join_items((run, write_day(day, short=True), entry.environment, end, calls), " · ")


def picture(
    workspace: Workspace,
    flow: str,
    form: str,
    *,
    run: RecordedRun | None = None,
    expand: bool = False,
    run_file: str = "",
) -> str:
    """Draw a flow as text of a form: `svg` or `html`; a `png` is made from an `svg`.

    `flow` is a name or the path of a file; a `run` adds its history, and `run_file` is its page.
    With `expand` the steps of called flows are drawn too; a page always contains them and then
    unfolds them.

    Raises:
        UsageError: the flow or the form is unknown.
    """
    if form not in FORMS:
        problem = Problem(
            id=Id.USAGE,
            message=say('"{form}" is not a form of a picture', form=form),
            allowed=FORMS,
            allowed_label="forms",
        )
        raise UsageError(problem)
    flows = workspace.catalog.flows
    is_page = form == "html"
    drawn = chart(
        workspace.flow(flow),
        flows,
        expand=expand or is_page,
        run=run.for_chart if run else None,
        tell=translate,
    )
    if not is_page:
        return to_svg(drawn)
    from sgeflow.tools.graph.flow_page import Sources, to_page

    sources = Sources(
        texts=workspace.sources.texts,
        manuals={name: verb.manual for name, verb in verbs().items()},
        operations=workspace.catalog.operations,
    )
    environment = workspace.catalog.environments.get(run.details.entry.environment) if run else None
    return to_page(
        drawn,
        sources,
        is_unfolded=expand,
        is_simulated=bool(environment and environment.simulated),
        run_file=run_file,
    )


def picture_file(text: str, form: str) -> bytes:
    """The bytes of a picture's file.

    Raises:
        UsageError: a PNG is wanted, and the library for PNG is missing.
    """
    if form != "png":
        return text.encode()
    from sgeflow.adapters.rasterise import to_png

    return to_png(text)


def form_of(file: Path) -> str:
    """The form of a picture by the suffix of its file.

    Raises:
        UsageError: the suffix is unknown.
    """
    ending = file.suffix.lower()
    if ending not in ENDINGS:
        problem = Problem(
            id=Id.USAGE,
            message=say('no picture is made as "{ending}"', ending=ending or file),
            allowed=tuple(ENDINGS),
            allowed_label="endings of a file",
            note=say("every browser shows .html and .svg; --format says otherwise"),
        )
        raise UsageError(problem)
    return ENDINGS[ending]


def flow_of(home: StateLocation, run: str) -> str:
    """The name of a run's flow.

    Raises:
        UsageError: the run is unknown, or it was a single call.
    """
    entry = find_run(home, run).entry
    if entry.is_call:
        message = say("run {run} was a single call without a flow", run=entry.run)
        raise UsageError.of(Id.USAGE, message)
    return entry.flow


def recorded_run(home: StateLocation, run: str, flow: Flow | None = None) -> RecordedRun:
    """The run with an id, which may be abbreviated; a run of `flow` if one is given.

    Raises:
        UsageError: the run is unknown, is a fleet, or belongs to another flow.
    """
    details = find_run(home, run)
    entry = details.entry
    if not is_row(entry.run) and fleet_of(home, entry.run) is not None:
        see = (("see", f"sgeflow runs show {entry.run}"),)
        message = say(
            "run {run} is a fleet: name one of its rows, {run}.1 for example", run=entry.run
        )
        raise UsageError.of(Id.USAGE, message, details=see)
    if flow is not None and entry.flow != flow.name:
        message = say(
            "run {run} was of {other}, not of {flow}",
            run=entry.run,
            other=entry.flow,
            flow=flow.name,
        )
        raise UsageError.of(Id.USAGE, message)
    with Journal(home.journal) as journal:
        return RecordedRun(details=details, kept=journal.steps(entry.run) or KeptRun())
