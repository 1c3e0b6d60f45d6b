"""One run of a case, in its world or rehearsed, and what is seen of it."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sgeflow.adapters.state.store import Store
from sgeflow.core.engine.transcript import TranscriptMismatch
from sgeflow.core.measures.civil_time import civil_day
from sgeflow.core.model import RunReport
from sgeflow.runtime.data_files import inside
from sgeflow.runtime.journal.log import lost_orders_of
from sgeflow.runtime.options import Options
from sgeflow.runtime.project import Workspace
from sgeflow.runtime.run import run_in
from sgeflow.runtime.run_context import RunContext, open_context
from sgeflow.tools.flowtest.model import Observed
from sgeflow.tools.flowtest.observer import CallObserver, SentCall, observe_calls
from sgeflow.tools.flowtest.rehearsal import Take, marking, rehearse_run
from sgeflow.tools.flowtest.world import RunWorld, answer_alike, world_of


class RunEvidence(Struct, frozen=True, kw_only=True):
    """What a run has sent and left behind."""

    sent: Sequence[SentCall] = ()
    files: Mapping[str, Any] = {}  # by name, what is in them
    measures: Mapping[str, Mapping[str, Any]] = {}  # facts of what is kept, by series


class CaseTake(Struct, frozen=True, kw_only=True):
    """A run of a case that can be rehearsed: its world, what it was answered, what it left."""

    world: RunWorld
    run: Take
    evidence: RunEvidence


def run_live(
    workspace: Workspace,
    flow: str,
    options: Options,
    inputs: Mapping[str, Any],
    takes: list[CaseTake] | None,
) -> tuple[RunReport, Observed]:
    """A run in its world; where `takes` are wanted, another one is added when it can be one."""
    chosen = workspace.flow(flow)
    with open_context(workspace, options) as context:
        session = context.session
        session.metadata["flow"] = chosen.name
        watching = CallObserver(session.transport)
        watched = replace(
            context,
            session=replace(session, transport=watching),
            workspace=workspace if takes is None else marking(workspace),
            transcripts=None if takes is None else [],
        )
        report = run_in(watched, chosen, inputs, watching.listen)
        evidence = _look(report, watching, session.store, options.folder)
        if takes is not None and not watching.was_warned:
            takes.append(
                CaseTake(
                    world=world_of(workspace, options),
                    run=_take(watched, workspace, watching),
                    evidence=evidence,
                )
            )
    return report, _observation(report, evidence, workspace)


def run_rehearsed(
    workspace: Workspace,
    flow: str,
    options: Options,
    inputs: Mapping[str, Any],
    takes: list[CaseTake],
) -> tuple[RunReport, Observed]:
    """The same of the first of some takes, which is taken away; the world is asked nothing.

    Raises:
        TranscriptMismatch: only the world can tell.
    """
    if not takes:
        raise TranscriptMismatch
    take = takes.pop(0)
    requests = [call.request for call in take.evidence.sent]
    if not answer_alike(take.world, world_of(workspace, options), requests):
        raise TranscriptMismatch
    report = rehearse_run(take.run, workspace, flow, inputs)
    return report, _observation(report, take.evidence, workspace)


def _take(context: RunContext, workspace: Workspace, watching: CallObserver) -> Take:
    return Take(
        session=context.session,
        transcripts=context.transcripts or (),
        lost=lost_orders_of(context.journal, context.session.run),
        workspace=workspace,
        codes=watching.codes(),
    )


def _look(
    report: RunReport, watching: CallObserver, store: Store | None, folder: Path | None
) -> RunEvidence:
    files = {file: _content(inside(folder, file)) for file in report.files} if folder else {}
    return RunEvidence(
        sent=watching.sent_calls(), files=files, measures=_measures(store) if store else {}
    )


def _observation(report: RunReport, evidence: RunEvidence, workspace: Workspace) -> Observed:
    failure = report.failure
    problem = failure.problem if failure else None
    return Observed(
        outcome=report.status.value,
        exit=int(report.exit),
        code=failure.code if failure else "",
        message=problem.message if problem else "",
        hint=failure.hint if failure else "",
        step=failure.step if failure else "",
        outputs=report.outputs,
        steps=report.steps,
        warnings=report.warnings,
        calls=observe_calls(evidence.sent, workspace.catalog.operations),
        files=evidence.files,
        measures=evidence.measures,
    )


def _measures(store: Store) -> dict[str, dict[str, Any]]:
    """What is kept of each series, of all points together."""
    facts: dict[str, dict[str, Any]] = {}
    for point in store.points():
        for series in store.series_of(point):
            measures = store.load(point, series.name).measures
            if not measures:
                continue
            days = [civil_day(measures[at].start) for at in (0, -1)]
            by_series = facts.setdefault(
                series.name,
                {"values": 0, "sum": 0, "first": days[0], "last": days[1], "unit": series.unit},
            )
            by_series["values"] += len(measures)
            by_series["sum"] += sum(measure.value for measure in measures)
            by_series["first"] = min(by_series["first"], days[0])
            by_series["last"] = max(by_series["last"], days[1])
    return facts


def _content(path: Path) -> Any:
    """A written file as data: JSON, a list of lines or of rows, else its text."""
    if path.suffix == ".parquet":
        return {"bytes": path.stat().st_size}
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix == ".json":
        return json.loads(text)
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    if path.suffix == ".csv":
        return list(csv.DictReader(text.splitlines()))
    return text
