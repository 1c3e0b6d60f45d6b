"""Tries one case of a flow test, in a state and a folder of its own."""

from __future__ import annotations

import csv
import json
import os
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from sgeflow.adapters.project_files import TEST, show_path
from sgeflow.adapters.state.store import Store
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.measures.civil_time import civil_day
from sgeflow.core.model import DEFAULT_ENVIRONMENT, RunReport
from sgeflow.errors import Id, Problem, ReplayMiss, SgeflowError
from sgeflow.messages import say
from sgeflow.runtime.data_files import inside
from sgeflow.runtime.options import Options
from sgeflow.runtime.project import Workspace
from sgeflow.runtime.run import exit_of, run_in
from sgeflow.runtime.run_context import open_ground
from sgeflow.tools.flowtest.judge import judge
from sgeflow.tools.flowtest.model import (
    CaseResult,
    CaseRun,
    FlowCase,
    FlowTest,
    Observed,
    PreviousRun,
)
from sgeflow.tools.flowtest.observer import CallObserver


def try_case(
    workspace: Workspace,
    test: FlowTest,
    trial: FlowCase,
    *,
    record: bool = False,
    confirmed: bool = False,
) -> CaseResult:
    """Run a case and hold what was seen to what is expected; nothing of it stays.

    With `record` the conversation is held with the environment itself, and becomes the case's
    cassette when all that is expected was seen. `confirmed` orders are sent where the environment
    wants a word for them.
    """
    began = time.monotonic()
    recorded, run = "", None
    with tempfile.TemporaryDirectory(prefix="sgeflow-test-") as folder:
        part = Path(folder) / "cassette.yaml" if record else None
        try:
            _check_cassette(test, trial, record=record)
            problems, run = _judge(workspace, test, trial, Path(folder), part, confirmed=confirmed)
        except SgeflowError as error:
            problems = tuple(_place_problem(problem, trial) for problem in error.problems)
        if part is not None and not problems:
            recorded = _move_recording(part, cassette_of(test, trial))
    return CaseResult(
        test=test.file,
        name=trial.name,
        title=trial.title,
        flow=trial.flow,
        at=trial.at,
        run=run,
        seconds=time.monotonic() - began,
        problems=problems,
        recorded=recorded,
    )


def cassette_of(test: FlowTest, trial: FlowCase) -> Path:
    """Where the cassette of a case is, or will be."""
    return Path(os.path.normpath(Path(test.file).parent / trial.cassette))


def _check_cassette(test: FlowTest, trial: FlowCase, *, record: bool) -> None:
    """The cassette of a case is there; or may be written.

    Raises:
        ReplayMiss: there is none.
        UsageError: another file stands where it would be recorded.
    """
    path = cassette_of(test, trial)
    if record:
        from sgeflow.adapters.cassettes.transports import check_target

        check_target(path)
    elif trial.cassette and not path.is_file():
        beside = path.parent.glob("*.yaml") if path.parent.is_dir() else ()
        near = [one.name for one in beside if not one.name.endswith(TEST)]
        name = closest(path.name, near)
        raise ReplayMiss(
            Problem(
                id=Id.CASSETTE,
                message=say("there is no cassette {file}", file=show_path(path)),
                at=trial.places["cassette"],
                suggestion=str(Path(trial.cassette).with_name(name)) if name else "",
                details=(
                    ("remedy", say("record it: sgeflow test {file} --record", file=test.file)),
                ),
            )
        )


def _judge(
    workspace: Workspace,
    test: FlowTest,
    trial: FlowCase,
    folder: Path,
    record: Path | None,
    *,
    confirmed: bool,
) -> tuple[tuple[Problem, ...], CaseRun | None]:
    options = _options(workspace, test, trial, folder, record)
    usual = _usual_scenario(workspace, trial)
    for run in trial.earlier:
        before = replace(options, today=run.today, scenario=run.scenario or usual)
        report, _ = _run(workspace, trial, before, {**trial.inputs, **run.inputs})
        if report.failure is not None and not report.failure.partial:
            return (_not_before(report, run),), None
    report, observed = _run(
        workspace, trial, replace(options, confirm_orders=confirmed), trial.inputs, final=True
    )
    return judge(trial.expect, observed), _case_run(report, observed, options)


def _usual_scenario(workspace: Workspace, trial: FlowCase) -> str:
    """The scenario of the environment, whatever the person's variables say."""
    return workspace.environment(trial.environment or DEFAULT_ENVIRONMENT).scenario


def _options(
    workspace: Workspace, test: FlowTest, trial: FlowCase, folder: Path, record: Path | None
) -> Options:
    """All is said, so that no variable of the person's own changes a test."""
    replays = bool(trial.cassette) and record is None
    return Options(
        patient=False,
        environment=trial.environment or (None if replays else DEFAULT_ENVIRONMENT),
        today=trial.today or None,
        scenario=trial.scenario or (None if replays else _usual_scenario(workspace, trial)),
        faults=trial.faults,
        stubs=trial.stubs,
        record=record,
        replay=cassette_of(test, trial) if replays else None,
        state=folder / "state",
        offline=False,
        folder=folder / "files",
        secrets=trial.secrets,
    )


def _run(
    workspace: Workspace,
    trial: FlowCase,
    options: Options,
    inputs: Mapping[str, Any],
    *,
    final: bool = False,
) -> tuple[RunReport, Observed]:
    """One run, and what was seen of it while its session was open."""
    flow = workspace.flow(trial.flow)
    with open_ground(workspace, options) as ground:
        session = ground.session
        session.metadata["flow"] = flow.name
        watching = CallObserver(session.transport, workspace.catalog.operations)
        watched = replace(ground, session=replace(session, transport=watching))
        report = run_in(watched, flow, inputs, watching.listen)
        observed = _observe(report, watching, session.store, options.folder) if final else None
    return report, observed or Observed(outcome=report.status.value, exit=int(exit_of(report)))


def _observe(
    report: RunReport, watching: CallObserver, store: Store | None, folder: Path | None
) -> Observed:
    failure = report.failure
    problem = failure.problem if failure else None
    files = {file: _content(inside(folder, file)) for file in report.files} if folder else {}
    return Observed(
        outcome=report.status.value,
        exit=int(exit_of(report)),
        code=failure.code if failure else "",
        message=problem.message if problem else "",
        hint=failure.hint if failure else "",
        step=failure.step if failure else "",
        outputs=report.outputs,
        steps=report.steps,
        warnings=report.warnings,
        calls=watching.calls(),
        files=files,
        measures=_measures(store) if store else {},
    )


def _case_run(report: RunReport, observed: Observed, options: Options) -> CaseRun:
    failure = report.failure
    return CaseRun(
        environment=report.environment,
        scenario=options.scenario or "",
        today=report.today,
        calls=tuple((call.label, call.outcome) for call in observed.calls),
        step=observed.step,
        at=failure.problem.at if failure else None,
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


def _move_recording(part: Path, path: Path) -> str:
    """Put a recording in its place."""
    from sgeflow.adapters.atomic_write import replace_file

    with replace_file(path) as whole:
        whole.write_bytes(part.read_bytes())
    return str(path)


def _place_problem(problem: Problem, trial: FlowCase) -> Problem:
    """A problem of the run at the case, when it has no place of its own."""
    if problem.at is not None:
        return problem
    key = "cassette" if problem.id in (Id.CASSETTE, Id.NO_RECORDING, Id.USAGE) else ""
    return replace(problem, at=trial.places.get(key, trial.at))


def _not_before(report: RunReport, run: PreviousRun) -> Problem:
    failure = report.failure
    details = (("message", failure.problem.message), ("step", failure.step)) if failure else ()
    return Problem(
        id=Id.EXPECTATION,
        message=say(
            "the earlier run of {day} failed, so that this case was not tried", day=run.today
        ),
        at=run.at,
        details=details,
    )
