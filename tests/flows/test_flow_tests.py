"""The shipped flows are proved by flow tests, scenario by scenario; nothing is left out of them."""

from functools import cache
from pathlib import Path

from sgeflow.core.engine.walk import every_step
from sgeflow.tools.flowtest.suite import open_test
from tests.flows.conftest import GENERATIONS

FOLDER = Path(__file__).parent
ONCE = {"flaky", "down"}  # Enedis is in trouble in the same way, whatever the generation


@cache
def flow_tests():
    """The flow tests by name."""
    return {file.name.partition(".")[0]: open_test(file)[1] for file in FOLDER.glob("*.test.yaml")}


def tried(name):
    """The scenarios and environments of the cases of a test."""
    return {(one.scenario or "household", one.environment) for one in flow_tests()[name].cases}


def test_the_main_job_is_tried_in_every_scenario(workspace):
    for scenario in workspace.catalog.scenarios:
        environments = {where for what, where in tried("konnector") if what == scenario}
        wanted = {"simulator"} if scenario in ONCE else set(GENERATIONS.values())
        assert environments == wanted, scenario


def test_every_shipped_flow_is_run_by_some_test(workspace):
    flows = workspace.catalog.flows
    seen = set()

    def reach(name):
        if name not in seen:
            seen.add(name)
            for step in every_step(flows[name].steps):
                if inner := getattr(step.spec, "flow", ""):
                    reach(inner)

    for test in flow_tests().values():
        for case in test.cases:
            reach(case.flow)
    assert seen == set(flows)


def test_every_cassette_belongs_to_a_test():
    named = {Path(one.cassette).name for test in flow_tests().values() for one in test.cases}
    kept = {file.name for file in (FOLDER.parent / "cassettes").glob("*.yaml")}
    assert kept == named - {""}
