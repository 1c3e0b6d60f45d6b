"""Runs the shipped flows through the public door, each in a folder of its own."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import sgeflow
from sgeflow import Options, open_catalog
from sgeflow.core.model import CallRecord, RunReport

TODAY = "2025-06-15"
GENERATIONS = {"previous": "simulator", "current": "simulator-current"}
KINDS = tuple(f"com.grandlyon.enedis.{k}" for k in ("minute", "day", "month", "year", "maxpower"))


@pytest.fixture(scope="session")
def workspace():
    return open_catalog()


@dataclass
class Play:
    """One run: its report, the calls in order, and the documents it wrote."""

    report: RunReport
    calls: list[CallRecord] = field(default_factory=list)
    file: Path = Path()

    @property
    def documents(self):
        return json.loads(self.file.read_text(encoding="utf-8"))

    @property
    def code(self):
        return self.report.failure.code if self.report.failure else None

    @property
    def labels(self):
        return [call.label for call in self.calls]

    def step(self, ending):
        return next(s for s in self.report.steps if s.trail.endswith(ending))


@pytest.fixture
def play(workspace, tmp_path):
    """Run a flow: `play("konnector", scenario=…, generation=…)`."""

    def run(flow="konnector", inputs=None, generation="previous", state=None, **options):
        calls = []
        file = tmp_path / "importedData.json"
        given = dict(inputs or {})
        if "file" in workspace.catalog.flows[flow].inputs:
            given.setdefault("file", str(file))
        options = {"today": TODAY, "environment": GENERATIONS[generation], **options}
        report = sgeflow.run(
            flow,
            given,
            workspace=workspace,
            options=Options(state=state or tmp_path / "state", patient=False, **options),
            listener=lambda event: isinstance(event, CallRecord) and calls.append(event),
        )
        return Play(report, calls, Path(report.files[-1]) if report.files else file)

    return run
