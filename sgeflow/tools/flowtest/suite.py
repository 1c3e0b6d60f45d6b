"""Flow tests: find, check, and run cases in parallel."""

import functools
import math
import os
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from pathlib import Path

from msgspec import Struct

from sgeflow.adapters import project_files
from sgeflow.adapters.project_files import find_tests
from sgeflow.core.checking.document import Document
from sgeflow.core.checking.flows.checker import namespace_beside
from sgeflow.core.checking.flows.namespace import Namespace
from sgeflow.errors import Exit, Id, InvalidDocuments, Problem, UsageError
from sgeflow.messages import say
from sgeflow.runtime.project import Workspace, open_catalog
from sgeflow.tools.flowtest.case import try_case
from sgeflow.tools.flowtest.check import certain_problems, read_flowtest
from sgeflow.tools.flowtest.model import CaseResult, FlowCase, FlowTest

_WORTH = 4  # cases that justify another process, which takes half a second to start


class PickedCase(Struct, frozen=True, kw_only=True):
    """A case to run, by its names: another process finds it again."""

    file: str
    project: str  # empty: found from the test's folder
    name: str


class Selection(Struct, frozen=True, kw_only=True):
    """The cases to run, and the mistakes of tests whose cases cannot run."""

    cases: tuple[PickedCase, ...]
    problems: tuple[Problem, ...] = ()


class SuiteOptions(Struct, frozen=True, kw_only=True):
    """The tests to run and the way to run them."""

    paths: Sequence[Path] = ()
    project: Path | None = None
    words: str = ""  # words in a case's file, name or title
    jobs: int = 1
    record: bool = False
    confirmed: bool = False


def open_test(file: Path, project: Path | None = None) -> tuple[Workspace, FlowTest]:
    """Return a flow test and its project: the chosen one, else the nearest above its file.

    Raises:
        InvalidDocuments: lists every mistake in the test and in the project's documents.
    """
    folder = project_files.find_project(project, file.resolve().parent).folder
    test, problems = _read_beside(folder, project_files.document("tests", file))
    if problems or test is None:
        raise InvalidDocuments(*problems)
    return _workspace(folder), test


def workspace_of(file: Path, project: Path | None = None) -> Workspace:
    """The opened project of a flow test."""
    return _workspace(project_files.find_project(project, file.resolve().parent).folder)


def pick(options: SuiteOptions) -> Selection:
    """The cases to run, in the order of files and cases.

    If cases are chosen by words, the mistakes of other tests are reported without ending the
    command.

    Raises:
        InvalidDocuments: tests have mistakes, and all are chosen or no valid case is.
        UsageError: there is no case to run.
    """
    files = find_files(options)
    problems: list[Problem] = []
    picked: list[PickedCase] = []
    for file in files:
        try:
            _, test = open_test(file, options.project)
        except InvalidDocuments as error:
            problems += error.problems
            continue
        picked += [
            PickedCase(file=str(file), project=str(options.project or ""), name=case.name)
            for case in test.cases
            if _fits(options.words, test, case) and (case.cassette or not options.record)
        ]
    if problems and not (options.words and picked):
        raise InvalidDocuments(*dict.fromkeys(problems))
    if not picked:
        note = ""
        if not files:
            where = ", ".join(map(str, options.paths)) or "tests/"
            message = say("there is no flow test in {where}", where=where)
            note = say("a flow test is a file {name}", name=f"<name>{project_files.TEST}")
        elif options.record:
            message = say("no case that was chosen names a cassette")
            note = say("`cassette: FILE` in the case")
        else:
            message = say('no case has "{words}" in its file, name or title', words=options.words)
        raise UsageError.of(Id.USAGE, message, note=note)
    return Selection(cases=tuple(picked), problems=tuple(dict.fromkeys(problems)))


def find_files(options: SuiteOptions) -> list[Path]:
    """The files of the requested tests."""
    first = options.paths[0] if options.paths else None
    start = first if first is None or first.is_dir() else first.parent
    project = project_files.find_project(options.project, start)
    return find_tests(options.paths, project)


def forget_projects() -> None:
    """Forget opened projects, because their documents may have changed."""
    for known in (_workspace, _namespace, _read_beside):
        known.cache_clear()


def run_tests(picked: Sequence[PickedCase], options: SuiteOptions) -> Iterator[CaseResult]:
    """Run cases in as many processes as are useful; results come in the order of cases."""
    act = functools.partial(_try_by_name, record=options.record, confirmed=options.confirmed)
    count = min(options.jobs, math.ceil(len(picked) / _WORTH))
    if count <= 1:
        yield from map(act, picked)
        return
    # `spawn`: a forked copy would have this process's locks, but not its threads
    processes = ProcessPoolExecutor(
        count, mp_context=get_context("spawn"), initializer=_begin_process
    )
    try:
        yield from processes.map(act, picked)
    finally:
        # the pool's queues have semaphores; the command exits without clean-up, so free them here
        processes.shutdown(wait=True, cancel_futures=True)


def _begin_process() -> None:
    """Let the parent handle interrupts, and end when the parent ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if (first := parent_process()) is None:
        return

    def end() -> None:
        first.join()
        os._exit(1)

    threading.Thread(target=end, daemon=True).start()


def _try_by_name(picked: PickedCase, *, record: bool, confirmed: bool) -> CaseResult:
    """Run a case that another process has chosen."""
    workspace, test = open_test(Path(picked.file), Path(picked.project) if picked.project else None)
    case = next(case for case in test.cases if case.name == picked.name)
    return try_case(workspace, test, case, record=record, confirmed=confirmed)


def exit_of(results: Sequence[CaseResult], problems: Sequence[Problem] = ()) -> Exit:
    """The exit code of test results: 1 if a case failed, 9 if only cassettes differ.

    3 if some tests could not be read, because their cases may have been requested.
    """
    if problems:
        return InvalidDocuments(*problems).exit
    failed = [one for one in results if not one.is_success]
    if not failed:
        return Exit.OK
    stale = all(p.id.exit is Exit.NO_RECORDING for one in failed for p in one.problems)
    return Exit.NO_RECORDING if stale else Exit.FAILED


@functools.cache
def _workspace(folder: Path | None) -> Workspace:
    return open_catalog(folder)


@functools.cache
def _namespace(folder: Path | None) -> Namespace:
    return namespace_beside(_workspace(folder).catalog)


@functools.cache
def _read_beside(folder: Path | None, document: Document) -> tuple[FlowTest | None, list[Problem]]:
    """Read a flow test beside a project's documents; return its certain mistakes too.

    The result is cached for all cases of the test.
    """
    workspace = _workspace(folder)
    unsure = frozenset(name for _, name in workspace.lacking)
    wrong = frozenset(p.at.file for p in workspace.problems if p.at is not None)
    test, problems = read_flowtest(document, workspace.catalog, _namespace(folder), unsure, wrong)
    return test, certain_problems(problems, unsure)


def _fits(words: str, test: FlowTest, case: FlowCase) -> bool:
    """Whether all words occur in a case's file, name or title."""
    text = f"{test.file} {case.name} {case.title}".casefold()
    return all(word in text for word in words.casefold().split())


def by_file(results: Sequence[CaseResult]) -> Mapping[str, list[CaseResult]]:
    """The results by file."""
    files: dict[str, list[CaseResult]] = {}
    for one in results:
        files.setdefault(one.test, []).append(one)
    return files
