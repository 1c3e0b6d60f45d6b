"""The shipped flows are proved by flow tests, scenario by scenario; nothing is left out of them."""

from pathlib import Path

import pytest

from sgeflow.core.checking.walk import every_step
from sgeflow.simulator.scenarios import SCENARIOS
from sgeflow.tools.flowtest.suite import open_test
from tests.flows.conftest import GENERATIONS

FOLDER = Path(__file__).parent
TESTS = {file.name.partition(".")[0]: open_test(file)[1] for file in FOLDER.glob("*.test.yaml")}
ONCE = {"flaky", "down"}  # Enedis is in trouble in the same way, whatever the generation


def tried(name):
    """The scenarios and environments of the cases of a test."""
    return {(one.scenario or "household", one.environment) for one in TESTS[name].trials}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_main_job_is_tried_in_every_scenario(scenario):
    environments = {where for what, where in tried("konnector") if what == scenario}
    wanted = {"simulator"} if scenario in ONCE else set(GENERATIONS.values())
    assert environments == wanted


def test_every_shipped_flow_is_run_by_some_test(workspace):
    flows = workspace.catalog.flows
    seen = set()

    def reach(name):
        if name not in seen:
            seen.add(name)
            for step in every_step(flows[name].steps):
                if inner := getattr(step.spec, "flow", ""):
                    reach(inner)

    for test in TESTS.values():
        for trial in test.trials:
            reach(trial.flow)
    assert seen == set(flows)


def test_every_cassette_belongs_to_a_test():
    named = {Path(one.cassette).name for test in TESTS.values() for one in test.trials}
    kept = {file.name for file in (FOLDER.parent / "cassettes").glob("*.yaml")}
    assert kept == named - {""}
