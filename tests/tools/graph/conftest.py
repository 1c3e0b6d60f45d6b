"""Runs of the shipped flows to look at, each in a folder of its own."""

import pytest

import sgeflow
from sgeflow import Options
from tests.conftest import build

TODAY = "2025-06-15"


def made(steps, more=""):
    """A catalogue with a flow `main` of these steps."""
    inputs = "{p: {type: string}, q: {type: string, optional: true}}"
    text = f"flow: main\ntitle: A flow\ninputs: {inputs}\n{more}steps:\n{steps}"
    catalog, problems = build({"flows/main.yaml": text})
    assert not problems, [str(problem) for problem in problems]
    return catalog


@pytest.fixture
def ran(workspace, tmp_path):
    """Run a flow: `ran("konnector", scenario="opposition")`; its report, and the state folder."""

    def run(flow="konnector", **options):
        known = {"file": str(tmp_path / "out.json"), "inseeCode": "69123"}
        inputs = workspace.catalog.flows[flow].inputs
        given = {name: value for name, value in known.items() if name in inputs}
        folder = tmp_path / "state"
        options = {"today": TODAY, "environment": "simulator", "state": folder, **options}
        return sgeflow.run(flow, given, workspace=workspace, options=Options(**options)), folder

    return run
