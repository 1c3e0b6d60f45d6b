"""Runs one case of a flow test in its own state and folder, and judges the outcome."""

import csv
import json
import os
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from msgspec.structs import replace

from sgeflow.adapters.atomic_write import replace_file
from sgeflow.adapters.project_files import TEST, show_path
from sgeflow.adapters.state.store import Store
from sgeflow.adapters.variables import variables
from sgeflow.core.engine.ports import Leave, Transport
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.measures.civil_time import civil_day
from sgeflow.core.model import (
    DEFAULT_ENVIRONMENT,
    CallRecord,
    NoAnswer,
    Request,
    Response,
    RunReport,
)
from sgeflow.core.rest.request import without_nulls
from sgeflow.errors import Id, Problem, ReplayMiss, SgeflowError
from sgeflow.messages import say
from sgeflow.runtime.data_files import inside
from sgeflow.runtime.driver import Event, RunStarted
from sgeflow.runtime.options import Options
from sgeflow.runtime.project import Workspace
from sgeflow.runtime.run import run_in
from sgeflow.runtime.run_context import open_context
from sgeflow.tools.flowtest.judge import judge
from sgeflow.tools.flowtest.model import (
    CaseResult,
    CaseRun,
    FlowCase,
    FlowTest,
    Observed,
    ObservedCall,
)


def try_case(
    workspace: Workspace,
    test: FlowTest,
    case: FlowCase,
    *,
    record: bool = False,
    confirmed: bool = False,
) -> CaseResult:
    """Run a case and compare the outcome with the expectations; the run leaves nothing behind.

    With `record` the case runs against the environment itself, and becomes the case's cassette if
    it passes. Orders that the environment asks to confirm are sent if `confirmed`.
    """
    began = time.monotonic()
    recorded, run = "", None
    try:
        _check_cassette(test, case, record=record)
        with tempfile.TemporaryDirectory(prefix="sgeflow-test-") as folder:
            part = Path(folder) / "cassette.yaml" if record else None
            options = _options(workspace, test, case, Path(folder), part)
            problems, run = _run_and_judge(workspace, case, options, confirmed=confirmed)
            if part is not None and not problems:
                path = cassette_of(test, case)
                with replace_file(path) as whole:
                    whole.write_bytes(part.read_bytes())
                recorded = str(path)
    except SgeflowError as error:
        at_cassette = (Id.CASSETTE, Id.NO_RECORDING, Id.USAGE)
        problems = tuple(
            problem  # the problem has a place of its own
            if problem.at is not None
            else replace(
                problem,
                at=case.places.get("cassette" if problem.id in at_cassette else "", case.at),
            )
            for problem in error.problems
        )
    return CaseResult(
        test=test.file,
        name=case.name,
        title=case.title,
        flow=case.flow,
        at=case.at,
        run=run,
        seconds=time.monotonic() - began,
        problems=problems,
        recorded=recorded,
    )


def cassette_of(test: FlowTest, case: FlowCase) -> Path:
    """The path of a case's cassette, whether it was recorded or not."""
    return Path(os.path.normpath(Path(test.file).parent / case.cassette))


def _check_cassette(test: FlowTest, case: FlowCase, *, record: bool) -> None:
    """Check that the cassette of a case exists, or may be written.

    Raises:
        ReplayMiss: the cassette is missing. UsageError: another file is at the place of the
            recording.
    """
    path = cassette_of(test, case)
    if record:
        from sgeflow.adapters.cassettes.file import check_target

        check_target(path)
    elif case.cassette and not path.is_file():
        beside = path.parent.glob("*.yaml") if path.parent.is_dir() else ()
        near = [one.name for one in beside if not one.name.endswith(TEST)]
        name = closest(path.name, near)
        raise ReplayMiss.of(
            Id.CASSETTE,
            say("there is no cassette {file}", file=show_path(path)),
            at=case.places["cassette"],
            suggestion=str(Path(case.cassette).with_name(name)) if name else "",
            details=(("remedy", say("record it: sgeflow test {file} --record", file=test.file)),),
        )


def _run_and_judge(
    workspace: Workspace, case: FlowCase, options: Options, *, confirmed: bool
) -> tuple[tuple[Problem, ...], CaseRun | None]:
    usual = _usual_scenario(workspace, case)
    for run in case.earlier:
        before = replace(options, today=run.today, scenario=run.scenario or usual)
        report, _ = _run_once(workspace, case.flow, before, {**case.inputs, **run.inputs})
        failure = report.failure
        if failure is not None and not failure.partial:
            message = say(
                "the earlier run of {day} failed, so that this case was not tried", day=run.today
            )
            details = (("message", failure.problem.message), ("step", failure.step))
            return (Problem(id=Id.EXPECTATION, message=message, at=run.at, details=details),), None
    final = replace(options, confirm_orders=confirmed)
    report, observed = _run_once(workspace, case.flow, final, case.inputs)
    case_run = CaseRun(
        environment=report.environment,
        scenario=options.scenario or "",
        today=report.today,
        calls=tuple((call.label, call.outcome) for call in observed.calls),
        step=observed.step,
        at=report.failure.problem.at if report.failure else None,
    )
    return judge(case.expect, observed), case_run


def _usual_scenario(workspace: Workspace, case: FlowCase) -> str:
    """The scenario of the environment, whatever the person's variables say."""
    return workspace.environment(case.environment or DEFAULT_ENVIRONMENT).scenario


def _options(
    workspace: Workspace, test: FlowTest, case: FlowCase, folder: Path, record: Path | None
) -> Options:
    """The options of a case; all are set, so that no variable of the person changes a test.

    A case has its own state, except while a case is recorded with a real environment: its orders
    are real, and must prevent the next case from repeating them.
    """
    replays = bool(case.cassette) and record is None
    environment = case.environment or (None if replays else DEFAULT_ENVIRONMENT)
    recorded = workspace.environment(environment) if record and environment else None
    is_real = recorded is not None and not recorded.simulated
    return Options(
        patient=False,
        environment=environment,
        today=case.today or None,
        scenario=case.scenario or (None if replays else _usual_scenario(workspace, case)),
        faults=case.faults,
        stubs=case.stubs,
        record=record,
        replay=cassette_of(test, case) if replays else None,
        state=variables().state if is_real else folder / "state",
        offline=False,
        folder=folder / "files",
        secrets=case.secrets,
    )


# -- what is seen of a run -------------------------------------------------------------------------


def _run_once(
    workspace: Workspace, flow: str, options: Options, inputs: Mapping[str, Any]
) -> tuple[RunReport, Observed]:
    chosen = workspace.flow(flow)
    with open_context(workspace, options) as context:
        session = context.session
        session.metadata["flow"] = chosen.name
        calls = _CallObserver(session.transport)
        watched = replace(context, session=replace(session, transport=calls))
        report = run_in(watched, chosen, inputs, calls.listen)
        folder, store = options.folder, session.store
        files = {file: _content(inside(folder, file)) for file in report.files} if folder else {}
        measures = _measures(store) if store else {}
    failure = report.failure
    problem = failure.problem if failure else None
    observed = Observed(
        outcome=report.status.value,
        exit=int(report.exit),
        code=failure.code if failure else "",
        message=problem.message if problem else "",
        hint=failure.hint if failure else "",
        step=failure.step if failure else "",
        outputs=report.outputs,
        steps=report.steps,
        warnings=report.warnings,
        calls=tuple(_observed_call(request, outcome) for request, outcome in calls.sent),
        files=files,
        measures=measures,
    )
    return report, observed


class _CallObserver:
    """A transport that notes each request in the order of their start, with its outcome."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self.sent: list[tuple[Request, str]] = []
        self._last: dict[int, int] = {}  # the last call of each thread
        self._lock = threading.Lock()

    def send(
        self, request: Request, deadline: float | None = None, leave: Leave | None = None
    ) -> Response | NoAnswer:
        """Note the request, and let the inner transport send it."""
        with self._lock:
            self._last[threading.get_ident()] = len(self.sent)
            self.sent.append((request, ""))
        return self._inner.send(request, deadline, leave)

    def close(self) -> None:
        """Close the inner transport."""
        self._inner.close()

    def listen(self, event: Event | RunStarted) -> None:
        """Note the outcome of the last call of this thread."""
        if not isinstance(event, CallRecord):
            return
        with self._lock:
            number = self._last.pop(threading.get_ident(), None)
            if number is not None and self.sent[number][0].label == event.label:
                self.sent[number] = self.sent[number][0], event.outcome


def _observed_call(request: Request, outcome: str) -> ObservedCall:
    path, _, query = request.path.partition("?")
    values: dict[str, Any]
    if request.is_operation:
        values = without_nulls(request.values)
    else:  # the query of a JSON request, or the members of its body
        values = dict(parse_qsl(query, keep_blank_values=True))
        if request.body:
            data = json.loads(request.body)
            values |= data if isinstance(data, dict) else {"body": data}
    return ObservedCall(
        label=request.label,
        kind=request.kind.value,
        method=request.method,
        path="" if request.is_operation else path,
        values=values,
        is_operation=request.is_operation,
        outcome=outcome,
    )


def _measures(store: Store) -> dict[str, dict[str, Any]]:
    """Facts about the kept measures of each series, over all points."""
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
    """A written file as data: JSON, lines, rows or text."""
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
