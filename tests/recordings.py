"""Conversations of the main job about a whole year, recorded once a session: 10,000 lines each."""

import json
from pathlib import Path

import pytest
from msgspec import Struct

import sgeflow
from sgeflow import Options
from tests.postgres import locked, session_folder

TODAY = "2025-06-15"
LARGE = {
    "konnector-household": ("simulator", "household"),
    "konnector-household-previous": ("simulator-previous", "household"),
    "konnector-flaky": ("simulator", "flaky"),
}
"""The environment and the scenario of each."""


class Recording(Struct, frozen=True):
    """A run of a flow that plays again: how it ended, and the documents that it wrote."""

    name: str
    flow: str
    environment: str
    code: str | None
    path: Path
    written: Path | None = None

    @property
    def documents(self):
        return json.loads(self.written.read_text("utf-8"))


@pytest.fixture(scope="session")
def record_year():
    """Record a large conversation, unless another worker did: `record_year("konnector-flaky")`."""

    def record(name):
        environment, scenario = LARGE[name]
        folder = session_folder() / "recordings" / name
        folder.mkdir(parents=True, exist_ok=True)
        path, written = folder / f"{name}.yaml", folder / "importedData.simulated.json"
        with locked(folder / "lock"):
            if not written.exists():
                report = sgeflow.run(
                    "konnector",
                    {"file": str(folder / "importedData.json")},
                    workspace=sgeflow.open_catalog(Path(__file__).parents[1]),
                    options=Options(
                        environment=environment,
                        scenario=scenario,
                        today=TODAY,
                        state=folder / "state",
                        patient=False,
                        record=path,
                    ),
                )
                assert report.failure is None
        return Recording(name, "konnector", environment, None, path, written)

    return record
