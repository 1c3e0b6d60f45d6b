"""A case that was tried is rehearsed: it comes out as it would in its world, which is not asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from msgspec.structs import replace

from sgeflow.core.engine import step_events
from sgeflow.core.engine.effects import Script
from sgeflow.core.engine.step import End, Run, Step
from sgeflow.core.language.template import Scope
from sgeflow.core.model import RunReport
from sgeflow.errors import InvalidDocuments
from sgeflow.tools.flowtest import case, runs, suite
from sgeflow.tools.flowtest.model import CaseResult, Observed
from sgeflow.tools.flowtest.suite import PickedCase, SuiteOptions

ROOT = Path(__file__).parents[3]
TEST = """
test: mine
title: Two runs
flow: delete-account
today: 2025-06-15
environment: simulator
scenario: settled
cases:
  settled: {expect: {outputs: {consentDeleted: true}, calls: [DELETE backoffice]}}
  again: {earlier: [{today: 2025-06-14}], expect: {outputs: {consentDeleted: true}}}
  recorded: {cassette: none.yaml, expect: {outcome: done}}
"""
FLOW, ENVIRONMENT = "flows/delete-account.yaml", "environments/simulator.yaml"
SCENARIO, PEOPLE = "simulator/scenarios/settled.yaml", "simulator/people/lyon.yaml"
POINT = "operations/rechercherPoint.yaml"
STOP = "operations/commanderArretServicesAccesDonnees.yaml"
TYPES, FAULTS = "operations/types.yaml", "operations/faults.yaml"
DOCUMENTS = (FLOW, ENVIRONMENT, STOP, SCENARIO, PEOPLE, POINT, TYPES, FAULTS)

AFTER = ["more", "forgotten", "ended"]  # they are given what the one before them gave

Takes = dict[PickedCase, list[runs.CaseTake]]
Rehearse = Callable[..., list[CaseResult]]
"""Saves a document, and tries its cases again, rehearsed as far as they can be."""


@pytest.fixture
def lived(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The flows of the runs that were done in a world."""
    flows: list[str] = []

    def run_live(*given: Any) -> tuple[RunReport, Observed]:
        flows.append(given[1])
        return runs.run_live(*given)

    monkeypatch.setattr(case, "run_live", run_live)
    return flows


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project of all tests here, as each of them leaves it."""
    tmp_path = tmp_path_factory.mktemp("project")
    for folder in (
        "flows",
        "operations",
        "environments",
        "simulator/scenarios",
        "simulator/people",
        "tests",
    ):
        (tmp_path / folder).mkdir(parents=True)
    for name in DOCUMENTS:
        (tmp_path / name).write_text((ROOT / name).read_text())
    (tmp_path / "tests" / "mine.test.yaml").write_text(TEST)
    return tmp_path


@pytest.fixture(scope="module")
def tried(project: Path) -> Takes:
    """The two cases, tried once, and what the world answered them."""
    suite.forget_projects()
    suite.forget_takes()
    found = suite.pick(SuiteOptions(paths=(project / "tests",), project=project)).cases
    known = [one for one in found if one.name != "recorded"]
    assert all(suite.try_by_name(one, rehearses=True).is_success for one in known)
    return {one: list(suite._TAKES[one]) for one in known}


@pytest.fixture
def rehearse(project: Path, tried: Takes, lived: list[str]) -> Iterator[Rehearse]:
    suite._TAKES.update({one: list(takes) for one, takes in tried.items()})

    def save(name: str, old: str, new: str) -> list[CaseResult]:
        text = (project / name).read_text()
        assert old in text
        (project / name).write_text(text.replace(old, new))
        suite.forget_projects()
        lived.clear()
        return [suite.try_by_name(one, rehearses=True) for one in tried]

    yield save
    suite.forget_takes()
    suite.forget_projects()
    for name in DOCUMENTS:
        (project / name).write_text((ROOT / name).read_text())


@pytest.mark.parametrize(
    ("name", "old", "new", "verdict"),
    [
        (FLOW, "flow: delete-account", "# a remark\nflow: delete-account", True),
        (FLOW, "Read the consent", "Look for the consent", True),
        (FLOW, "  consentDeleted:", "  deleted: true\n  consentDeleted:", True),
        (
            FLOW,
            "consentDeleted: present",
            "consentDeleted: default(true, 1) == true && present",
            True,
        ),
        (
            FLOW,
            "consentDeleted: present",
            "consentDeleted: default(true, 1) == 1 && present",
            False,
        ),
        (ENVIRONMENT, "en: Simulated SGE", "en: A simulated SGE", True),
        (ENVIRONMENT, "login: donnees", "# a remark\nlogin: donnees", True),
        (STOP, "title:", "# a remark\ntitle:", True),
        (SCENARIO, "scenario: settled", "# a remark\nscenario: settled", True),
        (SCENARIO, "title:", "description: {en: x, fr: x}\ntitle:", True),
        (PEOPLE, "people: ", "# a remark\npeople: ", True),
        (PEOPLE, "name: PETIT", "name: PETITE", True),
        (PEOPLE, "commune: genis", "commune: lyon7", True),
        (TYPES, "en: The delivery point", "en: The point", True),
        (TYPES, "[0-9]{14}", "[0-9]{14,14}", True),
        (FAULTS, "class: denied", "class: invalid", True),
    ],
)
def test_what_asks_for_the_same_is_told_without_a_world(
    rehearse: Rehearse, lived: list[str], name: str, old: str, new: str, verdict: bool
) -> None:
    assert [one.is_success for one in rehearse(name, old, new)] == [verdict] * 2
    assert lived == []


@pytest.fixture
def evaluated(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The steps that were evaluated in a rehearsal."""
    steps: list[str] = []

    def do_modified(step: Step, scope: Scope, run: Run) -> Script[End]:
        steps.append(step.id)
        return do_step(step, scope, run)

    do_step = step_events.do_modified
    monkeypatch.setattr(step_events, "do_modified", do_modified)
    return steps


@pytest.mark.parametrize(
    ("name", "old", "new", "steps"),
    [
        (FLOW, "flow: delete-account", "# a remark\nflow: delete-account", []),
        (FLOW, "consentDeleted: present(", "consentDeleted: empty(", []),
        (FLOW, "en: Read the consent", "en: Look for the consent", ["consent"]),
        (FLOW, "fr: Lire le consentement", "fr: Chercher le consentement", ["consent"]),
        (FLOW, "body.serviceID, null", "body.serviceID, null, null", ["service"]),
        (FLOW, "  - id: forgotten", "  - {id: more, set: {x: 1}}\n  - id: forgotten", AFTER),
        (STOP, "title:", "# a remark\ntitle:", ["stop", "access"]),
        (POINT, "title:", "# a remark\ntitle:", []),
        (ENVIRONMENT, "simulated: true", "# a remark\nsimulated: true", []),
        (FAULTS, "class: denied", "class: invalid", []),
        (TYPES, "en: A civil date in France", "en: A date in France", []),
        (
            *(TYPES, "en: The delivery point", "en: The point"),
            ["doubt", "ran", "stop", "collection", "access"],
        ),
    ],
)
def test_of_a_rehearsal_those_steps_are_evaluated_that_are_others_or_are_given_something_else(
    rehearse: Rehearse, evaluated: list[str], name: str, old: str, new: str, steps: list[str]
) -> None:
    evaluated.clear()
    rehearse(name, old, new)
    assert [*dict.fromkeys(evaluated)] == steps


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (FLOW, "consent/${state.boId}", "consent/${state.boId}?again=1"),
        (ENVIRONMENT, "read: PT3S", "read: PT4S"),
        (STOP, "direct: ", "direct: elsewhere/"),
        (SCENARIO, "from: -P120D", "from: -P121D"),
        (PEOPLE, "lastname: Lefèvre", "lastname: Lefebvre"),
        (PEOPLE, "addressee: MME LEFEVRE ELODIE", "addressee: MME ELODIE LEFEVRE"),
        (PEOPLE, "count: 240", "count: 241"),
    ],
)
def test_what_asks_for_something_else_or_elsewhere_is_tried_in_its_world(
    rehearse: Rehearse, lived: list[str], name: str, old: str, new: str
) -> None:
    rehearse(name, old, new)
    assert lived == ["delete-account"] * 3, "the earlier run, too"
    text = "# another remark\n"
    assert all(one.is_success for one in rehearse(FLOW, "flow: ", f"{text}flow: "))
    assert lived == [], "what it was answered now is what it is rehearsed with"


def test_what_flows_read_of_an_environment_changes_what_they_ask_for(
    rehearse: Rehearse, lived: list[str]
) -> None:
    came = rehearse(ENVIRONMENT, 'contractId: "1234567"', 'contractId: "7654321"')
    assert lived
    assert not any(one.is_success for one in came), "the simulator knows no such contract"


def positions(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where steps stand in a document."""
    if isinstance(node, dict) and "id" in node:
        yield path
    pairs = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in pairs:
        if isinstance(value, dict | list):
            yield from positions(value, (*path, key))


def without(step: tuple[Any, ...]) -> str:
    """The flow of which a step is never done."""
    document = found = deepcopy(DOCUMENT)
    for key in step:
        found = found[key]
    found["when"] = "run.today == '1999-01-01'"
    return json.dumps(document)  # YAML, too


DOCUMENT = yaml.safe_load((ROOT / FLOW).read_text())
STEPS = list(positions(DOCUMENT))


def test_of_a_flow_without_one_of_its_steps_a_rehearsal_tells_what_its_world_would(
    project: Path, lived: list[str]
) -> None:
    tests = ROOT / "tests" / "flows" / "delete-account.test.yaml"
    options = SuiteOptions(paths=(tests,), project=project)
    rehearsed = 0
    suite.forget_projects()
    cases = suite.pick(options).cases
    for number, step in enumerate(STEPS):
        (project / FLOW).write_text(without(step))
        suite.forget_projects()
        try:
            suite.pick(options)
        except InvalidDocuments:
            continue  # another step needs it
        for one in cases[number % 2 :: 2]:
            lived.clear()
            came = suite.try_by_name(one, rehearses=True)
            if not lived:
                rehearsed += 1
                assert replace(came, seconds=0) == replace(suite.try_by_name(one), seconds=0)
    (project / FLOW).write_text((ROOT / FLOW).read_text())
    suite.forget_takes()
    suite.forget_projects()
    assert rehearsed > len(cases)
