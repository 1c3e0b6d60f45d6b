"""After a save the cases are tried again that rest on what changed, and those that failed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from sgeflow.errors import Exit, Id, Problem
from sgeflow.messages import say
from sgeflow.tools.flowtest.model import CaseResult
from sgeflow.tools.flowtest.processes import CaseProcesses
from sgeflow.tools.flowtest.suite import PickedCase, Selection, SuiteOptions, find_case
from sgeflow.tools.flowtest.watched_suite import WatchedSuite

OUTER = """
flow: outer
title: A flow that runs another
steps:
  - {id: inner, flow: inner}
"""
INNER = """
flow: inner
title: A flow that calls
steps:
  - {id: point, call: rechercherPoint, with: {numSiret: "21690266800013"}}
"""
APART = """
flow: apart
title: A flow that stands alone
steps:
  - {id: one, set: {x: 1}}
"""
TEST = """
test: mine
title: They work
today: 2025-06-15
environment: simulator
cases:
  outer: {flow: outer, expect: {outcome: failed}}
  apart: {flow: apart, environment: simulator-previous, expect: {outcome: done}}
  opposed: {flow: apart, scenario: opposition, expect: {outcome: done}}
  recorded: {flow: apart, cassette: apart.yaml, expect: {outcome: done}}
"""
ALL = {"outer", "apart", "opposed", "recorded"}
REPLACED = ("operations/rechercherPoint.yaml", "simulator/scenarios/opposition.yaml")
ROOT = Path(__file__).parents[3]

Save = Callable[..., set[str]]
"""Changes a file, and says which cases are tried."""


class Runner:
    """Notes the cases that it is to try; those fail that `failing` names."""

    def __init__(self) -> None:
        self.tried: list[str] = []
        self.failing: set[str] = set()

    def run(
        self,
        selection: Selection,
        kept: Mapping[PickedCase, CaseResult],
        _: CaseProcesses[PickedCase],
    ) -> tuple[Exit, Sequence[CaseResult]]:
        picked = [one for one in selection.cases if one not in kept]
        self.tried = [one.name for one in picked]
        return Exit.OK, [self._result(one) for one in picked]

    def _result(self, picked: PickedCase) -> CaseResult:
        _, test, case = find_case(picked)
        wrong = Problem(id=Id.EXPECTATION, message=say("it is not so"))
        return CaseResult(
            test=test.file,
            name=case.name,
            title="",
            flow=case.flow,
            at=case.at,
            seconds=0,
            problems=(wrong,) if case.name in self.failing else (),
        )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    documents = {"flows/outer.yaml": OUTER, "flows/inner.yaml": INNER, "flows/apart.yaml": APART}
    documents |= {"tests/mine.test.yaml": TEST, "tests/apart.yaml": "interactions: []\n"}
    documents |= {name: (ROOT / name).read_text() for name in REPLACED}
    for name, text in documents.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def runner() -> Runner:
    return Runner()


@pytest.fixture
def save(project: Path, runner: Runner) -> Iterator[Save]:
    options = SuiteOptions(paths=(project / "tests",), project=project)

    def change(name: str, old: str = "", new: str = "") -> set[str]:
        path = project / name
        text = path.read_text() if path.exists() else ""
        path.write_text(text.replace(old, new) if old else f"{text}\n# {new}\n")
        watched([path])
        return {*runner.tried}

    with closing(WatchedSuite(options, runner.run)) as watched:
        watched(())
        assert {*runner.tried} == ALL
        yield change


def test_a_save_tries_the_cases_again_that_rest_on_the_document(save: Save) -> None:
    assert save("flows/outer.yaml") == {"outer"}
    assert save("flows/inner.yaml") == {"outer"}, "a flow that is run within"
    assert save("operations/rechercherPoint.yaml") == {"outer"}, "an operation that it calls"
    assert save("flows/apart.yaml") == {"apart", "opposed", "recorded"}
    assert save("simulator/scenarios/opposition.yaml") == {"opposed"}
    assert save("tests/apart.yaml") == {"recorded"}, "a cassette"
    assert save("operations/types.yaml") == ALL, "what may be of any of them"
    assert save("tests/notes.yaml") == ALL, "nobody knows who reads it"


def test_of_a_test_the_cases_are_tried_again_that_say_something_else(save: Save) -> None:
    mine = "tests/mine.test.yaml"
    assert save(mine, new="a remark") == set()
    assert save(mine, "outcome: failed", "outcome: partial") == {"outer"}
    assert save(mine, "today: 2025-06-15", "today: 2025-06-16") == ALL, "what holds for all"


def test_an_environment_changes_the_cases_that_are_tried_in_it(project: Path, save: Save) -> None:
    (project / "environments").mkdir()
    shipped = (ROOT / "environments" / "simulator.yaml").read_text()
    (project / "environments" / "simulator.yaml").write_text(shipped)
    assert save("environments/simulator.yaml") == ALL - {"apart"}


def test_a_case_that_failed_is_tried_with_each_save_and_first(save: Save, runner: Runner) -> None:
    runner.failing = {"opposed"}
    assert save("flows/apart.yaml") == {"apart", "opposed", "recorded"}
    assert save("flows/outer.yaml") == {"outer", "opposed"}
    assert runner.tried == ["opposed", "outer"]
    runner.failing = set()
    assert save("flows/inner.yaml") == {"outer", "opposed"}
    assert save("flows/inner.yaml") == {"outer"}


def test_what_is_as_it_was_when_a_case_passed_changes_nothing(project: Path, save: Save) -> None:
    flow = (project / "flows" / "outer.yaml").read_text()
    assert save("flows/outer.yaml", flow, flow) == set()


def pid_of(_: int) -> int:
    """The process that does an item."""
    return os.getpid()


def test_a_case_goes_back_to_the_process_that_tried_it() -> None:
    with closing(CaseProcesses[int](2, stay=True)) as processes:
        first = list(processes.map(pid_of, range(9), int))
        assert len({*first}) == 2
        assert first[::2] == [first[0]] * 5, "neighbours are apart"
        assert os.getpid() not in first
        assert list(processes.map(pid_of, range(8, -1, -1), int)) == first[::-1]
        assert list(processes.map(pid_of, [3], int)) == [first[3]]
