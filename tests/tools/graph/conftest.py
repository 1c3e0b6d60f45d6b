"""Runs of the shipped flows to look at, each in a folder of its own."""

import pytest

import sgeflow
from sgeflow import Options, open_catalog

TODAY = "2025-06-15"


@pytest.fixture(scope="session")
def workspace():
    return open_catalog()


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
