"""Tries one case of a flow test, in a state and a folder of its own."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from sgeflow.adapters.atomic_write import replace_file
from sgeflow.adapters.project_files import TEST, show_path
from sgeflow.adapters.variables import variables
from sgeflow.core.engine.transcript import TranscriptMismatch
from sgeflow.core.language.mistakes.suggest import closest
from sgeflow.core.model import DEFAULT_ENVIRONMENT, RunReport
from sgeflow.errors import Id, Problem, ReplayMiss, SgeflowError
from sgeflow.messages import say
from sgeflow.runtime.options import Options
from sgeflow.runtime.project import Workspace
from sgeflow.tools.flowtest.judge import judge
from sgeflow.tools.flowtest.model import (
    CaseResult,
    CaseRun,
    FlowCase,
    FlowTest,
    Observed,
    PreviousRun,
)
from sgeflow.tools.flowtest.runs import CaseTake, run_live, run_rehearsed

Play = Callable[[Options, Mapping[str, Any]], tuple[RunReport, Observed]]
"""Does one run of a case, and says what was seen of it."""


def try_case(
    workspace: Workspace,
    test: FlowTest,
    case: FlowCase,
    *,
    record: bool = False,
    confirmed: bool = False,
    takes: list[CaseTake] | None = None,
) -> CaseResult:
    """Run a case and hold what was seen to what is expected; nothing of it stays.

    With `record` the conversation is held with the environment itself, and becomes the case's
    cassette when all that is expected was seen. `confirmed` orders are sent where the environment
    wants a word for them. `takes` are those of the last time: the case is rehearsed as long as it
    asks for the very same, else they are replaced by new ones.
    """
    began = time.monotonic()
    recorded, run = "", None
    try:
        _check_cassette(test, case, record=record)
        came = _rehearse(workspace, test, case, takes or (), confirmed=confirmed)
        if came is None:
            problems, run, recorded = _try_live(
                workspace, test, case, takes, record=record, confirmed=confirmed
            )
        else:
            problems, run = came
    except SgeflowError as error:
        problems = tuple(_place_problem(problem, case) for problem in error.problems)
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


def _rehearse(
    workspace: Workspace,
    test: FlowTest,
    case: FlowCase,
    takes: Sequence[CaseTake],
    *,
    confirmed: bool,
) -> tuple[tuple[Problem, ...], CaseRun | None] | None:
    """What a case comes to by its last takes; None where only the world can tell."""
    if not takes:
        return None
    left = list(takes)

    def play(options: Options, inputs: Mapping[str, Any]) -> tuple[RunReport, Observed]:
        return run_rehearsed(workspace, case.flow, options, inputs, left)

    with suppress(TranscriptMismatch, SgeflowError):  # an error is told when it is met in the world
        options = _options(workspace, test, case, Path(), None)
        return _judge(workspace, case, options, play, confirmed=confirmed)
    return None


def _try_live(
    workspace: Workspace,
    test: FlowTest,
    case: FlowCase,
    takes: list[CaseTake] | None,
    *,
    record: bool,
    confirmed: bool,
) -> tuple[tuple[Problem, ...], CaseRun | None, str]:
    """What a case comes to in its world, and the cassette that was made of it."""
    if takes is not None:
        takes.clear()

    def play(options: Options, inputs: Mapping[str, Any]) -> tuple[RunReport, Observed]:
        return run_live(workspace, case.flow, options, inputs, takes)

    with tempfile.TemporaryDirectory(prefix="sgeflow-test-") as folder:
        part = Path(folder) / "cassette.yaml" if record else None
        options = _options(workspace, test, case, Path(folder), part)
        problems, run = _judge(workspace, case, options, play, confirmed=confirmed)
        if part is None or problems:
            return problems, run, ""
        return problems, run, _move_recording(part, cassette_of(test, case))


def cassette_of(test: FlowTest, case: FlowCase) -> Path:
    """Where the cassette of a case is, or will be."""
    return Path(os.path.normpath(Path(test.file).parent / case.cassette))


def _check_cassette(test: FlowTest, case: FlowCase, *, record: bool) -> None:
    """The cassette of a case is there; or may be written.

    Raises:
        ReplayMiss: there is none.
        UsageError: another file stands where it would be recorded.
    """
    path = cassette_of(test, case)
    if record:
        from sgeflow.adapters.cassettes.file import check_target

        check_target(path)
    elif case.cassette and not path.is_file():
        beside = path.parent.glob("*.yaml") if path.parent.is_dir() else ()
        near = [one.name for one in beside if not one.name.endswith(TEST)]
        name = closest(path.name, near)
        raise ReplayMiss(
            Problem(
                id=Id.CASSETTE,
                message=say("there is no cassette {file}", file=show_path(path)),
                at=case.places["cassette"],
                suggestion=str(Path(case.cassette).with_name(name)) if name else "",
                details=(
                    ("remedy", say("record it: sgeflow test {file} --record", file=test.file)),
                ),
            )
        )


def _judge(
    workspace: Workspace, case: FlowCase, options: Options, play: Play, *, confirmed: bool
) -> tuple[tuple[Problem, ...], CaseRun | None]:
    usual = _usual_scenario(workspace, case)
    for run in case.earlier:
        before = replace(options, today=run.today, scenario=run.scenario or usual)
        report, _ = play(before, {**case.inputs, **run.inputs})
        if report.failure is not None and not report.failure.partial:
            return (_not_before(report, run),), None
    report, observed = play(replace(options, confirm_orders=confirmed), case.inputs)
    return judge(case.expect, observed), _case_run(report, observed, options)


def _usual_scenario(workspace: Workspace, case: FlowCase) -> str:
    """The scenario of the environment, whatever the person's variables say."""
    return workspace.environment(case.environment or DEFAULT_ENVIRONMENT).scenario


def _options(
    workspace: Workspace, test: FlowTest, case: FlowCase, folder: Path, record: Path | None
) -> Options:
    """All is said, so that no variable of the person's own changes a test.

    Only what is recorded of a real environment has no state of its own: an order there is one of
    all, and stands in the way of the next.
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


def _move_recording(part: Path, path: Path) -> str:
    """Put a recording in its place."""
    with replace_file(path) as whole:
        whole.write_bytes(part.read_bytes())
    return str(path)


def _place_problem(problem: Problem, case: FlowCase) -> Problem:
    """A problem of the run at the case, when it has no place of its own."""
    if problem.at is not None:
        return problem
    key = "cassette" if problem.id in (Id.CASSETTE, Id.NO_RECORDING, Id.USAGE) else ""
    return replace(problem, at=case.places.get(key, case.at))


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
